package bench

import (
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/lab"
)

// usage is what the control side of a contender used in a turn.
type usage struct {
	cpu  time.Duration // of all its programs, ended ones included, by the control group
	peak int64         // bytes: the largest sum of their proportional set sizes that was seen
}

// betweenSamples is how often memory is looked at. A look costs some milliseconds for each program, which those without
// a control side do not have to share the machine with: five looks a second were 2 % of a processor. A program that
// lives shorter than this may be missed, to the advantage of whoever starts many.
const betweenSamples = time.Second

// meter measures a group from its start to its stop.
type meter struct {
	group *lab.Beside
	began time.Duration
	done  chan struct{}
	wait  sync.WaitGroup
	peak  int64
	err   error
}

func measure(b testing.TB, group *lab.Beside) *meter {
	m := &meter{group: group, done: make(chan struct{})}
	var err error
	m.began, err = group.CPU()
	must(b, err)
	m.wait.Go(func() {
		tick := time.NewTicker(betweenSamples)
		defer tick.Stop()
		for {
			now, err := group.Memory()
			if err != nil {
				m.err = err
				return
			}
			m.peak = max(m.peak, now)
			select {
			case <-m.done:
				return
			case <-tick.C:
			}
		}
	})
	return m
}

func (m *meter) stop(b testing.TB) usage {
	b.Helper()
	close(m.done)
	m.wait.Wait()
	must(b, m.err)
	now, err := m.group.CPU()
	must(b, err)
	return usage{cpu: now - m.began, peak: m.peak}
}
