package agent

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// Host is all that the agent needs of the machine it runs on.
type Host struct {
	Scout   Scout
	Machine Machine
	Witness Witness
	Points  Points
	Power   Power
	Boot    string // names the present boot
	// Hold says how long a restore point is kept after a verified run. An error keeps all of them.
	Hold func() (time.Duration, error)
	// Measure gives the steps of an order about a measure against a hole; ok is false for every other order.
	Measure func(w wire.WorkOrder) (Steps, bool)
}

// Steps are what a run does on a host.
type Steps struct {
	Machine Machine
	Witness Witness
	Points  Points
	Power   Power
}

// Power has the host rebooted.
type Power interface {
	// Reboot orders the reboot and returns once it is on its way; the agent is stopped by it. An error means
	// that none will come.
	Reboot(ctx context.Context) error
}

// steps are the steps that an order's verb asks for.
func (h Host) steps(w wire.WorkOrder) Steps {
	if h.Measure != nil {
		if s, ok := h.Measure(w); ok {
			return s
		}
	}
	return Steps{Machine: h.Machine, Witness: h.Witness, Points: h.Points, Power: h.Power}
}

// Scout looks at the host and changes nothing but the package indices.
type Scout interface {
	// Facts looks at the host.
	Facts(ctx context.Context) (fact.Facts, error)
	// Refresh fetches the package indices anew. What the repositories complain about is a fact.
	Refresh(ctx context.Context) error
}

// Machine carries out the steps of a run. A step that ends badly says so by a *Trouble. A step whose
// context ends stops what it started, and returns after that.
type Machine interface {
	// Precheck says whether the order could be carried out now. It writes nothing.
	Precheck(ctx context.Context, w wire.WorkOrder) error
	// Fetch downloads what the order needs.
	Fetch(ctx context.Context, w wire.WorkOrder, line func(string)) error
	// Install brings the packages to the ordered versions and flushes them to disk. It keeps the order's
	// time limit.
	Install(ctx context.Context, w wire.WorkOrder, line func(string)) error
	// Settle restarts, once, what still runs on replaced files, and tells what is not effective after that.
	Settle(ctx context.Context, line func(string)) (fact.Reboot, error)
	// Observe looks at what a verdict is made of.
	Observe(ctx context.Context, w wire.WorkOrder) (verdict.Observation, error)
}

// Witness tells what an interrupted step left behind.
type Witness interface {
	// KillLeftovers ends what an earlier agent started and did not see the end of.
	KillLeftovers(ctx context.Context) error
	// LookUp reports whether all ordered versions are in place, on disk, and no package is half-done.
	// If not, detail says what is.
	LookUp(ctx context.Context, w wire.WorkOrder) (complete bool, detail string, err error)
	// Revive follows a restore: it restarts what still runs on files that were taken away, and starts
	// what was active before and is not now.
	Revive(ctx context.Context, w wire.WorkOrder, before verdict.Observation, line func(string)) error
}

// Points keeps the restore points of the host. A point's ID is its order's.
type Points interface {
	// Save takes a point; one of the same ID that is there is replaced: nothing was written since.
	Save(ctx context.Context, id string) (run.Point, error)
	// Restore puts the host back and proves it. The proof is filled as far as it came, also on errors.
	Restore(ctx context.Context, id string) (verdict.Proof, error)
	// Drop removes a point. That it is not there is no error.
	Drop(ctx context.Context, id string) error
	// List gives the points, oldest first.
	List(ctx context.Context) ([]KeptPoint, error)
}

// KeptPoint is one restore point on the host.
type KeptPoint struct {
	ID       string    `json:"id"`
	Created  time.Time `json:"created"`
	Driver   string    `json:"driver"`
	Complete bool      `json:"complete"`
	Files    int       `json:"files"`
	Bytes    int64     `json:"bytes"` // taken on disk by copies
	// Expires is when it may be dropped; zero while nothing is verified, and for the newest one.
	Expires time.Time `json:"expires,omitzero"`
}

// Trouble is why a step ended badly.
type Trouble struct { //nolint:errname // the word of package host and of the journal
	Code   string    // stable word, as in run.Event
	Text   lang.Text // for people
	Detail string    // what the tool said
	Cause  error
}

func (t *Trouble) Error() string {
	s := t.Code + ": " + t.Text.EN
	if t.Detail != "" {
		s += ": " + t.Detail
	}
	return s
}

// Unwrap returns the cause.
func (t *Trouble) Unwrap() error { return t.Cause }
