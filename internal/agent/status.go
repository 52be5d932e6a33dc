package agent

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/agent/identity"
	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/host/durable"
)

// Status is how the agent of this host stands, as its state directory shows it.
type Status struct {
	System   string      `json:"system"`
	Server   string      `json:"server"`
	Enrolled time.Time   `json:"enrolled"`
	Expires  time.Time   `json:"expires"`                // of the client certificate
	Contact  time.Time   `json:"last_contact,omitzero"`  // to the minute
	Order    *UnderWay   `json:"order_under_way"`        // null when idle
	Unsent   int         `json:"unsent_runs"`            // runs that the server does not know whole
	Refusals int         `json:"unsent_refusals"`        // refusals that the server does not know
	Damaged  []string    `json:"damaged,omitempty"`      // journals that do not hold: somebody has to look
	Policy   string      `json:"host_policy,omitempty"`  // what is wrong with it
	Points   []KeptPoint `json:"restore_points"`         // oldest first
	NoPoints string      `json:"points_error,omitempty"` // why they could not be listed
}

// UnderWay is the run that has not ended.
type UnderWay struct {
	ID    string    `json:"id"`
	Step  run.Step  `json:"step,omitempty"` // empty: it has not begun
	Seq   int64     `json:"seq"`
	Begun time.Time `json:"begun,omitzero"`
}

// Look reads the status and changes nothing; the agent may be running. points may be nil.
func Look(ctx context.Context, dir, policy string, points Points) (Status, error) {
	id, err := identity.Load(dir)
	if err != nil {
		return Status{}, err
	}
	s := Status{System: id.System, Server: id.Server, Enrolled: id.Enrolled, Expires: id.Expires, Points: []KeptPoint{}}
	if note, err := durable.Read(filepath.Join(dir, contactFile), 100); err == nil {
		// A note that is no time is none: the server was not spoken to.
		s.Contact, _ = time.Parse(time.RFC3339, strings.TrimSpace(string(note)))
	}
	if _, err := hostpolicy.Load(policy); err != nil {
		s.Policy = err.Error()
	}
	if err := s.journals(filepath.Join(dir, "journal")); err != nil {
		return Status{}, err
	}
	names, err := (&refusals{path: filepath.Join(dir, "refusals")}).names()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Status{}, err
	}
	s.Refusals = len(names)
	if points != nil {
		list, err := points.List(ctx)
		if err != nil {
			s.NoPoints = err.Error()
		}
		held := hostpolicy.DefaultHold
		if p, err := hostpolicy.Load(policy); err == nil {
			held = p.RestoreHold
		}
		for _, p := range judge(list, fates(journal.Look(filepath.Join(dir, "journal"), "")), held) {
			s.Points = append(s.Points, p.KeptPoint)
		}
	}
	return s, nil
}

func (s *Status) journals(path string) error {
	d := journal.Look(path, "")
	list, err := d.List()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Sent.Done {
			continue
		}
		s.Unsent++
		_, state, err := d.Peek(e.ID)
		switch {
		case errors.Is(err, journal.ErrDamaged):
			s.Damaged = append(s.Damaged, e.ID)
		case err != nil:
			return err
		case !state.Ended:
			s.Order = &UnderWay{ID: e.ID, Step: state.Step, Seq: state.Seq, Begun: state.Begun}
		}
	}
	return nil
}
