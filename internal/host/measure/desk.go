// Package measure puts mitigations of holes in place on the host, and takes them back (IT-34): a service is
// stopped and stays stopped, a port is closed by the packet filter, a piece of configuration that the host's
// administrator prepared is put where its service reads it.
//
// The set is closed and none of it is a command: the tools and their arguments are fixed here, the order names
// a unit, a port, or the name and hash of what was prepared. Each measure keeps, before anything is written,
// what it will have to put back; each step may be repeated after a crash at any instant; and putting back is
// compared with what was kept, thing by thing.
package measure

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host/command"
)

// Where things lie on a host.
const (
	DefaultDir       = "/var/lib/patchwart/measures"
	DefaultFragments = "/etc/patchwart/fragments"
)

// Tools starts the host's tools.
type Tools interface {
	Find(tool string) (string, bool)
	Run(ctx context.Context, c command.Call) (command.Result, error)
}

// Desk is where the measures of one host are kept.
type Desk struct {
	Root      string // where the host's files are for this process; empty = /
	Dir       string // of the records, below Root
	Fragments string // of what the administrator prepared, below Root
	Proc      string // where the processes are seen; empty = /proc
	Tools     Tools
}

// Errors. Their texts say what is the matter; who shows them adds the sentence.
var (
	ErrTool      = errors.New("the host lacks a tool")
	ErrUnknown   = errors.New("there is no such thing on the host")
	ErrForbidden = errors.New("this is never done")
	ErrTaken     = errors.New("another measure has its hand on it")
	ErrMore      = errors.New("more than the measure would be hit")
	ErrChanged   = errors.New("it is not what was approved")
	ErrRejected  = errors.New("the service rejects it")
	ErrNotKept   = errors.New("this measure is not in force here")
)

// act is one verb of measures. All of its methods may be repeated; put and back come to the same end also
// after they were cut off in the middle.
type act interface {
	// ready says why the measure cannot be put in place now. It writes nothing.
	ready(ctx context.Context, m mitigation.Measure) error
	// before looks at what will have to be put back.
	before(ctx context.Context, m mitigation.Measure) (Before, error)
	put(ctx context.Context, m mitigation.Measure, b Before, line func(string)) error
	back(ctx context.Context, m mitigation.Measure, b Before, line func(string)) error
	// holds says what keeps the measure from being in force; empty = nothing.
	holds(ctx context.Context, m mitigation.Measure, b Before) (string, error)
	// differs compares the host with before and names what is not as it was, of so many things compared.
	differs(ctx context.Context, m mitigation.Measure, b Before) (differences []string, compared int, err error)
}

func (d *Desk) act(v mitigation.Verb) (act, error) {
	switch v {
	case mitigation.StopUnit:
		return units{d}, nil
	case mitigation.ClosePort:
		return ports{d}, nil
	case mitigation.PlaceFragment:
		return fragments{d}, nil
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknown, v)
}

// Ready says why a measure cannot be put in place now, or, with lift, not be taken back.
func (d *Desk) Ready(ctx context.Context, m mitigation.Measure, lift bool) error {
	if err := m.Check(); err != nil {
		return err
	}
	a, err := d.act(m.Verb)
	if err != nil {
		return err
	}
	kept, ok, err := d.load(m.ID)
	switch {
	case err != nil:
		return err
	case lift && (!ok || !kept.there() || kept.Measure != m):
		return fmt.Errorf("%s: %w", m.ID, ErrNotKept)
	case lift:
		return nil
	case ok && kept.Measure != m:
		return fmt.Errorf("%s: %w: a measure of this name was here before", m.ID, ErrTaken)
	}
	return a.ready(ctx, m)
}

// Save keeps what the measure will have to put back, on disk, before anything is written. The restore point of
// a lift is the record of the measure itself.
func (d *Desk) Save(ctx context.Context, m mitigation.Measure, lift bool) (Kept, error) {
	kept, ok, err := d.load(m.ID)
	if err != nil || ok && kept.there() || lift {
		if err == nil && !ok {
			err = fmt.Errorf("%s: %w", m.ID, ErrNotKept)
		}
		return kept, err
	}
	a, err := d.act(m.Verb)
	if err != nil {
		return Kept{}, err
	}
	b, err := a.before(ctx, m)
	if err != nil {
		return Kept{}, err
	}
	kept = Kept{Measure: m, Before: b, Stage: saved}
	return kept, d.store(kept)
}

// Put puts a measure in place that was saved.
func (d *Desk) Put(ctx context.Context, m mitigation.Measure, line func(string)) error {
	return d.move(m, inForce, func(a act, b Before) error { return a.put(ctx, m, b, line) })
}

// Back takes a measure back. As long as that has not come to its end, it counts as in force.
func (d *Desk) Back(ctx context.Context, m mitigation.Measure, line func(string)) error {
	err := d.move(m, lifted, func(a act, b Before) error { return a.back(ctx, m, b, line) })
	return errors.Join(err, d.prune())
}

// move writes down that something begins before it does anything, and that it came to its end after that.
func (d *Desk) move(m mitigation.Measure, to stage, do func(a act, b Before) error) error {
	kept, ok, err := d.load(m.ID)
	if err != nil || !ok {
		return errors.Join(err, notKept(ok, m.ID))
	}
	a, err := d.act(m.Verb)
	if err != nil {
		return err
	}
	kept.Stage = begun
	if err := d.store(kept); err != nil {
		return err
	}
	if err := do(a, kept.Before); err != nil {
		return err
	}
	kept.Stage = to
	return d.store(kept)
}

func notKept(ok bool, id string) error {
	if ok {
		return nil
	}
	return fmt.Errorf("%s: %w", id, ErrNotKept)
}

// State is how a measure stands against what was ordered: in force, or taken back with lift.
func (d *Desk) State(ctx context.Context, m mitigation.Measure, lift bool) (verdict.Measure, error) {
	s := verdict.Measure{Text: m.Text()}
	if lift {
		s.Text = taking(m)
		proof, err := d.Proof(ctx, m)
		s.Done, s.Saw = err == nil && len(proof.Differences) == 0, strings.Join(proof.Differences, "; ")
		return s, err
	}
	kept, ok, err := d.load(m.ID)
	if err != nil || !ok || kept.Stage != inForce {
		s.Saw = "it is not in place"
		return s, err
	}
	a, err := d.act(m.Verb)
	if err != nil {
		return s, err
	}
	s.Saw, err = a.holds(ctx, m, kept.Before)
	s.Done = err == nil && s.Saw == ""
	return s, err
}

// Proof compares the host with how it was before the measure.
func (d *Desk) Proof(ctx context.Context, m mitigation.Measure) (verdict.Proof, error) {
	kept, ok, err := d.load(m.ID)
	if err != nil || !ok {
		return verdict.Proof{}, errors.Join(err, notKept(ok, m.ID))
	}
	a, err := d.act(m.Verb)
	if err != nil {
		return verdict.Proof{}, err
	}
	proof := verdict.Proof{Point: m.ID, ManifestSHA256: kept.hash()}
	proof.Differences, proof.Checked, err = a.differs(ctx, m, kept.Before)
	return proof, err
}

// Taken is what a measure takes away on purpose, or would: it is no damage that it is gone.
func (d *Desk) Taken(ctx context.Context, m mitigation.Measure) (stopped []string, listen []fact.Listener, err error) {
	if m.Verb != mitigation.StopUnit {
		return nil, nil, nil
	}
	kept, ok, err := d.load(m.ID)
	if err == nil && (!ok || !kept.there()) {
		kept.Before, err = units{d}.before(ctx, m)
	}
	return names(kept.Before.Units), kept.Before.Listen, err
}

// Standing is how all measures in force stand, for the facts.
func (d *Desk) Standing(ctx context.Context) ([]fact.Measure, error) {
	list, err := d.list()
	if err != nil {
		return nil, err
	}
	var out []fact.Measure
	for _, k := range list {
		if !k.there() {
			continue
		}
		s, err := d.State(ctx, k.Measure, false)
		if err != nil {
			s.Saw = err.Error()
		}
		out = append(out, fact.Measure{ID: k.Measure.ID, Holds: s.Done, Saw: s.Saw})
	}
	return out, nil
}

// inForceBut lists the measures of a verb of which something may be there, without the one named.
func (d *Desk) inForceBut(v mitigation.Verb, id string) ([]Kept, error) {
	list, err := d.list()
	return slices.DeleteFunc(list, func(k Kept) bool { return !k.there() || k.Measure.Verb != v || k.Measure.ID == id }), err
}

func (d *Desk) path(p string) string { return filepath.Join("/", d.Root, p) }

func (d *Desk) exists(p string) (bool, error) {
	_, err := os.Lstat(d.path(p))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}
