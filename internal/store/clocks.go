package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Clock is what is kept of one critical hole on one system: since when the provider knows of it, and
// whether that is over. What it rests on is its document.
type Clock struct {
	System   string
	Source   string // source package
	CVE      string
	Known    time.Time
	Closed   time.Time // zero: it runs
	Version  int64     // counts its changes
	Document []byte    // JSON
}

// AddClock starts a clock. One that is there, running or over, stays as it is: added is false then.
func (tx *Tx) AddClock(ctx context.Context, c Clock) (s Statement, added bool, err error) {
	n, err := tx.q.AddClock(ctx, sqlgen.AddClockParams{System: c.System, Source: c.Source, Cve: c.CVE, Known: micros(c.Known), Document: c.Document})
	if err != nil || n == 0 {
		if err != nil {
			err = fmt.Errorf("store: start the clock of %s on %q: %w", c.CVE, c.System, err)
		}
		return Statement{}, false, err
	}
	s, err = clockStatement(ctx, tx, c.key())
	return s, true, err
}

// UpdateClock changes a clock that is at the given version; ErrStale when it is not. Since when the hole
// is known never changes.
func (tx *Tx) UpdateClock(ctx context.Context, c Clock) (Statement, error) {
	n, err := tx.q.UpdateClock(ctx, sqlgen.UpdateClockParams{Closed: micros(c.Closed), Document: c.Document, System: c.System, Source: c.Source, Cve: c.CVE, Version: c.Version})
	switch {
	case err != nil:
		return Statement{}, fmt.Errorf("store: clock of %s on %q: %w", c.CVE, c.System, err)
	case n == 0:
		return Statement{}, fmt.Errorf("store: clock of %s on %q: %w", c.CVE, c.System, ErrStale)
	}
	return clockStatement(ctx, tx, c.key())
}

// Clock is the clock of one hole on one system.
func (tx *Tx) Clock(ctx context.Context, system, source, cve string) (Clock, bool, error) {
	row, err := tx.q.GetClock(ctx, system, source, cve)
	if errors.Is(err, sql.ErrNoRows) {
		return Clock{}, false, nil
	}
	if err != nil {
		return Clock{}, false, fmt.Errorf("store: clock of %s on %q: %w", cve, system, err)
	}
	return clockOf(row), true, nil
}

// Clocks are those that run, and those that were closed at since or later, the longest known first.
func (tx *Tx) Clocks(ctx context.Context, since time.Time) ([]Clock, error) {
	if since.IsZero() {
		return clocks(tx.q.ListOpenClocks(ctx))
	}
	return clocks(tx.q.ListClocksSince(ctx, micros(since)))
}

// ClocksOf are all clocks of a system, running or over, the newest first.
func (tx *Tx) ClocksOf(ctx context.Context, system string) ([]Clock, error) {
	return clocks(tx.q.ListClocksOf(ctx, system))
}

// OpenClocksOf are the clocks of a system that run, the newest first.
func (tx *Tx) OpenClocksOf(ctx context.Context, system string) ([]Clock, error) {
	if a := tx.allAhead(system); a != nil {
		return a.clocks.of(ctx, system, tx.openClocks)
	}
	return clocks(tx.q.ListOpenClocksOf(ctx, system))
}

func (tx *Tx) openClocks(ctx context.Context) (map[string][]Clock, error) {
	list, err := tx.Clocks(ctx, time.Time{})
	slices.SortStableFunc(list, func(a, b Clock) int { // as ListOpenClocksOf has them
		return cmp.Or(b.Known.Compare(a.Known), cmp.Compare(a.Source, b.Source), cmp.Compare(a.CVE, b.CVE))
	})
	of := map[string][]Clock{}
	for _, c := range list {
		of[c.System] = append(of[c.System], c)
	}
	return of, err
}

// ClocksOfHole are all clocks of a CVE, running or over, by system.
func (tx *Tx) ClocksOfHole(ctx context.Context, cve string) ([]Clock, error) {
	return clocks(tx.q.ListClocksOfHole(ctx, cve))
}

func clocks(rows []sqlgen.Clock, err error) ([]Clock, error) {
	if err != nil {
		return nil, fmt.Errorf("store: clocks: %w", err)
	}
	list := make([]Clock, len(rows))
	for i, r := range rows {
		list[i] = clockOf(r)
	}
	return list, nil
}

func clockOf(r sqlgen.Clock) Clock {
	return Clock{r.System, r.Source, r.Cve, moment(r.Known), moment(r.Closed), r.Version, r.Document}
}

func (c Clock) key() string { return c.System + "/" + c.Source + "/" + c.CVE }

func clockStatement(ctx context.Context, tx *Tx, subject string) (Statement, error) {
	part := strings.Split(subject, "/")
	if len(part) != 3 {
		return Statement{}, sql.ErrNoRows
	}
	tx.changed(part[0])
	r, err := tx.q.GetClock(ctx, part[0], part[1], part[2])
	if err != nil {
		return Statement{}, err
	}
	return state(KindClock, subject, struct {
		System  string `json:"system"`
		Source  string `json:"source"`
		CVE     string `json:"cve"`
		Known   int64  `json:"known"`
		Closed  int64  `json:"closed"`
		Version int64  `json:"version"`
	}{r.System, r.Source, r.Cve, r.Known, r.Closed, r.Version}, r.Document), nil
}

func eachClock(ctx context.Context, tx *Tx, fn func(string) error) error {
	rows, err := tx.q.ListClockKeys(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := fn(r.System + "/" + r.Source + "/" + r.Cve); err != nil {
			return err
		}
	}
	return nil
}
