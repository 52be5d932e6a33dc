package labtest

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/wire"
)

// The test binary is copied onto lab hosts and is the agent there: called with this variable it
// carries out one step on the machine it runs on, prints what came of it, and ends.
const stepEnv = "PATCHWART_TEST_STEP"

// step is what to do on a host.
type step struct {
	Do       string
	Order    string
	Packages []wire.Package
	Services []string
	Checks   []wire.Check
	Was      verdict.Observation
	Limit    time.Duration
	LockWait time.Duration
	Patience time.Duration
	Measure  mitigation.Measure
	Lift     bool
	Dumps    []conversion.Dump
	Source   backup.Source
	Demand   backup.Demand
	Die      int // the agent is killed at its so manieth use of a tool; 0 = it lives
}

// answer is what came of it.
type answer struct {
	Trouble *host.Trouble
	Error   string
	Facts   fact.Facts
	Hash    string
	Seen    verdict.Observation
	Reboot  fact.Reboot
	Found   run.Found
	Detail  string
	Lines   []string
	Took    time.Duration
	State   verdict.Measure
	Proof   verdict.Proof
	Calls   int
}

func TestMain(m *testing.M) {
	text := os.Getenv(stepEnv)
	if text == "" {
		os.Exit(m.Run())
	}
	var s step
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	a := s.carryOut()
	if err := json.NewEncoder(os.Stdout).Encode(a); err != nil {
		panic(err)
	}
}

func (s step) carryOut() (a answer) {
	ctx := context.Background()
	if s.Do == "hold lock" {
		holdLock(s.Limit)
		return a
	}
	if strings.HasPrefix(s.Do, "measure ") {
		return s.measure(ctx)
	}
	m, err := host.New(host.Options{LockWait: s.LockWait, Patience: s.Patience})
	if err != nil {
		a.Error = err.Error()
		return a
	}
	line := func(text string) { a.Lines = append(a.Lines, text) }
	began := time.Now()
	switch s.Do {
	case "facts":
		a.Facts, err = m.Facts(ctx)
		a.Hash = a.Facts.Hash()
	case "refresh":
		a.Trouble = m.Refresh(ctx)
	case "precheck":
		a.Trouble = m.Precheck(ctx, s.order())
	case "reversible":
		a.Trouble = m.Reversible(s.Packages, s.Dumps, nil)
	case "backed up":
		a.Trouble = m.BackedUp(ctx, s.Source, s.Demand)
	case "fetch":
		a.Trouble = m.Fetch(ctx, s.Packages, line)
	case "install":
		a.Trouble = m.Install(ctx, s.Packages, s.Limit, line)
	case "install between looks":
		a.Facts, err = s.installBetweenLooks(ctx, m, line)
	case "settle":
		a.Reboot, a.Trouble = m.Settle(ctx, line)
	case "revive":
		a.Reboot, a.Trouble = m.Revive(ctx, s.Was, line)
	case "observe":
		a.Seen, err = m.Observe(ctx, s.order())
	case "look up":
		a.Found, a.Detail = m.LookUp(ctx, s.Packages)
	case "kill leftovers":
		err = m.KillLeftovers(ctx)
	default:
		err = fmt.Errorf("no such step: %q", s.Do)
	}
	a.Took = time.Since(began)
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

// installBetweenLooks looks before and after an installation, as the agent does, and once more. The look after it is to
// be the same as one for which apt is asked anew, and not to have asked apt, which would have renewed its cache.
func (s step) installBetweenLooks(ctx context.Context, m *host.Machine, line func(string)) (fact.Facts, error) {
	if _, err := m.Facts(ctx); err != nil {
		return fact.Facts{}, err
	}
	if t := m.Install(ctx, s.Packages, s.Limit, line); t != nil {
		return fact.Facts{}, t
	}
	const cache = "/var/cache/apt/pkgcache.bin"
	before, err := os.Stat(cache)
	if err != nil {
		return fact.Facts{}, err
	}
	after, err := m.Facts(ctx)
	if err != nil {
		return after, err
	}
	if now, err := os.Stat(cache); err != nil || !now.ModTime().Equal(before.ModTime()) {
		return after, fmt.Errorf("apt was asked after the installation: %v, %w", now, err)
	}
	again, err := m.Facts(ctx)
	if now, err := os.Stat(cache); err != nil || now.ModTime().Equal(before.ModTime()) {
		return after, fmt.Errorf("apt was not asked at the third look: %w", err)
	}
	if err == nil && !reflect.DeepEqual([]any{after.Packages, after.Pending, after.Indices}, []any{again.Packages, again.Pending, again.Indices}) {
		err = fmt.Errorf("the look after the installation is another than the next one: %+v\n%+v", after, again)
	}
	return after, err
}

// holdLock is another package manager that works for a while.
func holdLock(d time.Duration) {
	file, err := os.OpenFile("/var/lib/dpkg/lock-frontend", os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		panic(err)
	}
	lock := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart}
	if err := unix.FcntlFlock(file.Fd(), unix.F_SETLK, &lock); err != nil {
		panic(err)
	}
	fmt.Println("{}")
	os.Stdout.Close() // tells the test that the lock is held
	time.Sleep(d)
	os.Exit(0) // lets go of the lock
}

// order makes a work order the way it reaches an agent: opened from a signed document. Only package
// wire can make one otherwise, from a mandate.
func (s step) order() wire.WorkOrder {
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		panic(err)
	}
	const none = "0000000000000000000000000000000000000000000000000000000000000000"
	if s.Order == "" {
		s.Order = "run-1"
	}
	now := time.Now().UTC()
	doc, err := json.Marshal(map[string]any{
		"version": wire.Version, "id": s.Order, "verb": wire.UpdatePackages, "system": "web1", "policy": "managedhosting-2",
		"mandate": none, "facts": none, "issued": now, "not_before": now, "not_after": now.Add(time.Hour),
		"max_minutes": 30, "restore": "files", "reboot": false,
		"packages": s.Packages, "services": s.Services, "checks": s.Checks,
	})
	if err != nil {
		panic(err)
	}
	sealed := wire.Signed{Document: doc, Key: wire.KeyID(public), Signature: ed25519.Sign(key, append([]byte("patchwart work order v1\n"), doc...))}
	order, err := wire.Open(sealed, public)
	if err != nil {
		panic(err)
	}
	return order
}
