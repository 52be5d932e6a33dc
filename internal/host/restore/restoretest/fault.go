package restoretest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

// fault is what goes wrong at one write of a driver.
type fault string

const (
	// kill ends the agent: this write and all after it are not made, what was made stays.
	kill fault = "kill"
	// full and broken are what the disk answers to this one write; the next ones succeed.
	full   fault = "ENOSPC"
	broken fault = "EIO"
	// power is kill of the whole machine: what was not flushed to disk is lost as well.
	power fault = "power cut"
)

var faults = []fault{kill, full, broken, power}

// Power is the power supply of a host that has a disk of its own.
type Power interface {
	// Cut keeps what the disk holds at this instant, which is all that is left after a power cut. It is
	// called in the middle of a driver's work, which then can only fail.
	Cut() error
	// On brings the host back, under the same paths, with what Cut kept.
	On() error
}

var errCrash = errors.New("the machine is dead")

// injector lets writes pass until its moment has come. Writes are counted from 0.
type injector struct {
	what fault
	at   int64
	cut  func() error

	mu     sync.Mutex
	writes int64
	op     string // the write that met the fault; empty if none did
	failed error  // of the cut itself
}

func (i *injector) ask(op, path string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := i.writes
	i.writes++
	if n < i.at {
		return nil
	}
	if n == i.at {
		i.op = op
	}
	switch i.what {
	case full, broken:
		if n > i.at {
			return nil
		}
		return fmt.Errorf("at %s %s: %w", op, path, i.errno())
	case power:
		if n == i.at {
			i.failed = i.cut()
		}
	}
	return fmt.Errorf("%w at %s %s", errCrash, op, path)
}

func (i *injector) errno() error {
	if i.what == full {
		return unix.ENOSPC
	}
	return unix.EIO
}

// named says that an error names the fault.
func (i *injector) named(err error) bool {
	switch i.what {
	case full, broken:
		return errors.Is(err, i.errno())
	}
	return errors.Is(err, errCrash)
}

// dieAt is a fault of a kind that lets n writes pass and none after.
func dieAt(n int64) *injector { return &injector{what: kill, at: n} }

// count gives the number of writes that a step asks for, and fails the test if it asks for too few.
func count(t *testing.T, f Fixture, st step) int64 {
	t.Helper()
	s := newScene(t, f.Fresh)
	st.prepare(s)
	none := &injector{what: kill, at: 1 << 62}
	if err := st.act(s, s.host.Open(none.ask)); err != nil {
		t.Fatalf("without a fault: %v", err)
	}
	least := int64(5)
	if s.host.Whole {
		least = 1 // what is one call to a hypervisor is one write
	}
	if none.writes < least {
		t.Fatalf("only %d writes were asked for: the driver does not ask before each", none.writes)
	}
	return none.writes
}
