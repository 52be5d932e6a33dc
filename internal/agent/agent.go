// Package agent is what runs on each host: it reports facts, waits for work orders, and carries them
// out. It speaks to its server only outbound, and needs it only to get an order: with the order in
// hand it finishes alone.
//
// The parts, each in a file or package of its own:
//
//   - accept.go judges a signed order: signature by the pinned key, own name, time, replay, and the
//     host's own policy (package hostpolicy). What is refused is told to the server.
//   - runner.go and steps.go carry an order out, driven by core/run, on a journal (package journal)
//     that is on disk before anything is done. Killed at any instant, the next agent goes on from the
//     journal; the host ends verified new or identical to before.
//   - upload.go sends journals and refusals to the server, in order, until the server has them. The
//     run never waits for it.
//   - loop.go polls the server (package link), looks at the host, and refreshes the indices on demand.
//   - prepare.go has an idle host read beforehand what the next restore point would have to read.
//   - wiring.go joins all this with a real host.
//
// There is one run at a time, and one agent for a state directory, guarded by a lock.
package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/agent/identity"
	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/agent/link"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/wire"
)

// DefaultDir is where the agent keeps its state.
const DefaultDir = "/var/lib/patchwart-agent"

// Config is what an agent is made of.
type Config struct {
	Dir      string        // state directory
	Policy   string        // path of the host policy
	Build    string        // which build of the agent this is
	Interval time.Duration // between two looks at the host; 10 minutes when 0
	Host     Host
	Identity identity.Identity
	Log      *slog.Logger
	Now      func() time.Time // the host's clock; time.Now when nil
}

// Agent is a running agent.
type Agent struct {
	Config
	dir      *journal.Dir
	refusals *refusals
	link     *link.Client
	lock     *os.File

	wake   chan struct{} // something to send
	ended  chan struct{} // a run has ended: poll anew
	runs   sync.WaitGroup
	beats  heart
	look   lookout
	ready  preparing
	backed link.Backoff
	asked  struct { // the refresh that was carried out last
		id string
		at time.Time
	}
	contacted time.Time // when the last contact was written down
	held      string    // digest of the order that waits for a countersignature, once the server was told so

	mu      sync.Mutex
	live    *journal.Journal // of the run under way
	current string           // its order; stays until the server knows the end
	damaged []string         // orders whose journals do not hold
}

// New prepares an agent: the state directory, its lock, and the line to the server.
func New(c Config) (*Agent, error) {
	if c.Interval == 0 {
		c.Interval = 10 * time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if err := durable.Private(c.Dir); err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	lock, err := hold(filepath.Join(c.Dir, "lock"))
	if err != nil {
		return nil, err
	}
	a := &Agent{Config: c, lock: lock, wake: make(chan struct{}, 1), ended: make(chan struct{}, 1),
		backed: link.Backoff{First: time.Second, Most: time.Minute}}
	conf, err := c.Identity.TLS()
	if err == nil {
		a.link, err = link.New(c.Identity.Server, conf)
	}
	if err == nil {
		a.dir, err = journal.OpenDir(filepath.Join(c.Dir, "journal"), c.Host.Boot)
	}
	if err == nil {
		a.refusals, err = openRefusals(filepath.Join(c.Dir, "refusals"))
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("agent: %w", err)
	}
	return a, nil
}

// hold takes the lock of the state directory. The kernel gives it back however the agent ends.
func hold(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("agent: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, &fault.Error{Code: fault.Conflict, Cause: err,
			Text: lang.T("Ein anderer Agent läuft auf diesem Host.", "Another agent runs on this host."),
			Mend: lang.T("Beenden Sie ihn zuerst: systemctl stop patchwart-agent.", "Stop it first: systemctl stop patchwart-agent.")}
	}
	return f, nil
}

// Run works until ctx ends. A run that is under way then is left as it is and is taken up again by
// the next start.
func (a *Agent) Run(ctx context.Context) error {
	defer a.lock.Close()
	defer a.link.Close()
	if err := a.resume(ctx); err != nil {
		return err
	}
	var others sync.WaitGroup
	others.Go(func() { a.upload(ctx) })
	others.Go(func() { a.beats.watch(ctx, a.busy) })
	notify("READY=1")
	a.poll(ctx)
	notify("STOPPING=1")
	a.ready.stop(time.Now().Add(betweenPreparations))
	a.runs.Wait()
	others.Wait()
	return nil
}

// resume takes up what an earlier agent left: the run that had not ended, and what was not sent.
func (a *Agent) resume(ctx context.Context) error {
	list, err := a.dir.List()
	if err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	for _, e := range list {
		if e.Sent.Done {
			continue
		}
		j, err := a.dir.Open(e.ID)
		if err != nil {
			a.distrust(e.ID, err)
			continue
		}
		if !j.State().Ended {
			a.mu.Lock()
			started := a.start(ctx, j)
			a.mu.Unlock()
			if started {
				continue
			}
			a.Log.Error("a second run had not ended; it is taken up by the next start", "order", e.ID)
		}
		if err := j.Close(); err != nil {
			return fmt.Errorf("agent: %w", err)
		}
	}
	if err := a.dir.Prune(journal.Keep, a.mayReturn); err != nil {
		return fmt.Errorf("agent: %w", err)
	}
	a.nudge()
	return nil
}

// distrust remembers a journal that does not hold. The host is not touched any more, and no order is
// taken, until a person has looked at it: what was done by that order cannot be told.
func (a *Agent) distrust(id string, err error) {
	a.Log.Error("journal does not hold: no order is accepted until a person has looked at the host and moved it away", "order", id, "error", err)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.damaged = append(a.damaged, id)
}

// start carries out a journal's order in the background. It is false if a run is under way already.
// The caller holds a.mu.
func (a *Agent) start(ctx context.Context, j *journal.Journal) bool {
	if a.live != nil {
		return false
	}
	a.live, a.current = j, j.ID()
	a.runs.Go(func() { a.carry(ctx, j) })
	return true
}

// carry drives a run to its end, through failures of the journal's disk, and cleans up after it.
func (a *Agent) carry(ctx context.Context, j *journal.Journal) {
	idle := debug.SetGCPercent(100) // a run may take more memory than waiting does
	defer func() {
		debug.SetGCPercent(idle)
		a.mu.Lock()
		a.live = nil
		a.mu.Unlock()
		a.look.stale()
		a.nudge()
		signal(a.ended)
	}()
	defer func() { a.ready.stop(time.Now().Add(preparesAfterRun)) }()
	a.ready.stop(time.Now().Add(betweenPreparations))
	again := link.Backoff{First: 2 * time.Second, Most: 5 * time.Minute}
	a.expire(ctx)
	for j != nil {
		err := a.drive(ctx, j)
		if cerr := j.Close(); err == nil {
			err = cerr
		}
		switch {
		case ctx.Err() != nil:
			return
		case j.State().Ended:
			a.tidy(ctx, j.ID(), j.State())
			return
		case errors.Is(err, wire.ErrSignature), errors.Is(err, wire.ErrForm):
			a.distrust(j.ID(), err)
			return
		}
		a.Log.Error("run is held up", "order", j.ID(), "error", err)
		j = a.reopen(ctx, j.ID(), &again)
	}
}

// reopen waits and opens a journal anew after its disk failed; nil means to stop.
func (a *Agent) reopen(ctx context.Context, id string, again *link.Backoff) *journal.Journal {
	for sleep(ctx, again.Next(0)) == nil {
		j, err := a.dir.Open(id)
		if err == nil {
			a.mu.Lock()
			defer a.mu.Unlock()
			a.live = j
			return j
		}
		if errors.Is(err, journal.ErrDamaged) {
			a.distrust(id, err)
			return nil
		}
		a.Log.Error("run is held up", "order", id, "error", err)
	}
	return nil
}

// drive opens the order, which verifies its signature again, and carries it out.
func (a *Agent) drive(ctx context.Context, j *journal.Journal) error {
	w, err := wire.Open(j.Order(), a.Identity.Pinned())
	if err != nil {
		return fmt.Errorf("order %s in the journal: %w", j.ID(), err)
	}
	r := &runner{order: w, log: j, memory: a.dir, host: a.Host.steps(w), now: a.Now, pause: sleep, open: a.hours(j.Order()), wrote: a.nudge, slog: a.Log}
	return r.drive(ctx)
}

// busy reports whether a run is under way on the host.
func (a *Agent) busy() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.live != nil
}

// nudge says that there is something to send.
func (a *Agent) nudge() { signal(a.wake) }

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
