package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Run is one run as the server keeps it. What it was decided on is beside it (Paper), and so are its
// mandate, work order, events and verdict, by the run's ID.
type Run struct {
	ID       string
	System   string
	Customer string      // customer ID
	Stage    board.Stage // Over needs Outcome and Ended, every other stage forbids them
	Version  int64       // counts the changes, from 1; the guard of UpdateRun
	Slot     window.Interval
	Zone     string // IANA name of the zone to show times in
	Created  time.Time
	Policy   string // policy version it was planned under
	Ground   string // kind and ID of what allowed it
	Packages int    // changes: as previewed, later as ordered
	Mandate  string // digest of the mandate; empty before the closing
	Outcome  verdict.Outcome
	Ended    time.Time
	Sentence lang.Text // what the server has to say, e.g. why it ended without the host
	State    run.State // the host's events, folded
	Urgent   bool      // closes critical holes and nothing else, without waiting for a window; never changes
	Measure  string    // ID of the mitigation that it is about; empty: it is about packages; never changes
	Lift     bool      // takes the measure back; never changes
}

// Bounds of lists of runs.
const (
	usualRuns = 100
	mostRuns  = 1000

	mostPutBack = 50
)

// AddRun keeps a new run, as version 1. A system has one run at most that is not over: ErrBusy.
func (tx *Tx) AddRun(ctx context.Context, r Run) (Statement, error) {
	row := rowOf(r)
	row.Version = 1
	tx.changed(r.System)
	n, err := tx.q.AddRun(ctx, sqlgen.AddRunParams(row))
	if err == nil && n == 0 {
		err = ErrBusy
	}
	if err != nil {
		return Statement{}, fmt.Errorf("store: add run %q of %q: %w", r.ID, r.System, err)
	}
	return runStatement(ctx, tx, r.ID)
}

// UpdateRun writes the run and counts its version up, provided that it still has the expected version
// and is not over: else ErrStale, and the caller reads again. ID, System, Customer and Created stay.
func (tx *Tx) UpdateRun(ctx context.Context, r Run, expected int64) (Statement, error) {
	row := rowOf(r)
	tx.changed(r.System)
	n, err := tx.q.UpdateRun(ctx, sqlgen.UpdateRunParams{ID: row.ID, Expected: expected,
		Stage: row.Stage, SlotFrom: row.SlotFrom, SlotTo: row.SlotTo, Zone: row.Zone, Policy: row.Policy, Ground: row.Ground,
		Packages: row.Packages, Mandate: row.Mandate, Outcome: row.Outcome, Ended: row.Ended, Sentence: row.Sentence, State: row.State})
	if err == nil && n == 0 {
		err = ErrStale
	}
	if err != nil {
		return Statement{}, fmt.Errorf("store: update run %q: %w", r.ID, err)
	}
	return runStatement(ctx, tx, r.ID)
}

// Run is the run with that ID.
func (tx *Tx) Run(ctx context.Context, id string) (Run, bool, error) {
	row, err := tx.q.GetRun(ctx, id)
	return oneRun(row, err)
}

// ActiveRun is the system's run that is not over.
func (tx *Tx) ActiveRun(ctx context.Context, system string) (Run, bool, error) {
	if a := tx.runsAhead(system); a != nil {
		r, err := a.active.of(ctx, system, func(ctx context.Context) (map[string]Run, error) {
			list, err := tx.ActiveRuns(ctx)
			of := make(map[string]Run, len(list))
			for _, r := range list {
				of[r.System] = r
			}
			return of, err
		})
		return r, r.ID != "", err
	}
	row, err := tx.q.OpenRunOf(ctx, system)
	return oneRun(row, err)
}

// ActiveRuns are all runs that are not over, in the order of their slots. A run with the same version is the same run:
// those that were read before and have not changed are not read again.
func (tx *Tx) ActiveRuns(ctx context.Context) ([]Run, error) {
	heads, err := tx.q.ListOpenRunVersions(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: runs: %w", err)
	}
	known, missing := tx.store.memory.opened(), 0
	for _, h := range heads {
		if known[h.ID].Version != h.Version {
			missing++
		}
	}
	runs := make([]Run, 0, len(heads))
	if missing > fewMissing {
		rows, err := tx.q.ListOpenRuns(ctx)
		if runs, err = manyRuns(rows, err); err != nil {
			return nil, err
		}
	} else {
		for _, h := range heads {
			r := known[h.ID]
			if r.Version != h.Version {
				row, err := tx.q.GetRun(ctx, h.ID)
				if r, _, err = oneRun(row, err); err != nil {
					return nil, err
				}
			}
			runs = append(runs, r)
		}
	}
	if missing > 0 {
		now := slices.Clone(runs)
		tx.AfterCommit(func() { tx.store.memory.reopen(now) }) // what is rolled back was never there
	}
	return runs, nil
}

// fewMissing is how many runs are read one by one rather than all anew.
const fewMissing = 8

// Runs lists runs, newest first.
func (tx *Tx) Runs(ctx context.Context, f board.RunFilter) ([]Run, error) {
	most := f.Limit
	if most <= 0 {
		most = usualRuns
	}
	most = min(most, mostRuns)
	if f.System != "" {
		rows, err := tx.q.ListRunsOf(ctx, f.System, string(f.Stage), int32(most))
		return manyRuns(rows, err)
	}
	rows, err := tx.q.ListRuns(ctx, string(f.Stage), int32(most))
	return manyRuns(rows, err)
}

// EndedRuns are the runs that ended at that time or later, the last ended first, 1000 at most.
func (tx *Tx) EndedRuns(ctx context.Context, since time.Time) ([]Run, error) {
	rows, err := tx.q.ListEndedRuns(ctx, micros(since), mostRuns)
	return manyRuns(rows, err)
}

// PutBack are the system's runs about packages that failed and were put back, the newest first: ID and end.
func (tx *Tx) PutBack(ctx context.Context, system string) ([]RunHead, error) {
	if tx.runsAhead(system) != nil {
		over, err := tx.archive(ctx)
		if err != nil {
			return nil, err
		}
		var heads []RunHead
		for _, p := range over.of[system] {
			if p.outcome == verdict.Restored && p.measure == "" && len(heads) < mostPutBack {
				heads = append(heads, RunHead{ID: p.id, System: system, Stage: board.Over, Outcome: p.outcome, Ended: moment(p.ended)})
			}
		}
		return heads, nil
	}
	rows, err := tx.q.ListPutBack(ctx, system, mostPutBack)
	if err != nil {
		return nil, fmt.Errorf("store: runs of %q that were put back: %w", system, err)
	}
	heads := make([]RunHead, len(rows))
	for i, r := range rows {
		heads[i] = RunHead{ID: r.ID, System: system, Stage: board.Over, Outcome: verdict.Restored, Ended: moment(r.Ended)}
	}
	return heads, nil
}

// RunHead is what has to be known of a run to see how far many systems are.
type RunHead struct {
	ID       string
	System   string
	Stage    board.Stage
	Outcome  verdict.Outcome
	SlotFrom time.Time
	Created  time.Time
	Ended    time.Time
	Urgent   bool
	Measure  string
}

// RunHeads are all runs that are not over, or were made or ended at that time or later, the newest first. There
// is no bound: what is decided on them must not rest on a part.
func (tx *Tx) RunHeads(ctx context.Context, since time.Time) ([]RunHead, error) {
	rows, err := tx.q.ListRunHeads(ctx, micros(since))
	if err != nil {
		return nil, fmt.Errorf("store: heads of runs: %w", err)
	}
	heads := make([]RunHead, len(rows))
	for i, r := range rows {
		heads[i] = RunHead{ID: r.ID, System: r.System, Stage: board.Stage(r.Stage), Outcome: verdict.Outcome(r.Outcome),
			SlotFrom: moment(r.SlotFrom), Created: moment(r.Created), Ended: moment(r.Ended), Urgent: r.Urgent, Measure: r.Measure}
	}
	return heads, nil
}

func oneRun(row sqlgen.Run, err error) (Run, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, false, nil
	}
	if err != nil {
		return Run{}, false, fmt.Errorf("store: run: %w", err)
	}
	r, err := runOf(row)
	return r, err == nil, err
}

func manyRuns(rows []sqlgen.Run, err error) ([]Run, error) {
	if err != nil {
		return nil, fmt.Errorf("store: runs: %w", err)
	}
	runs := make([]Run, len(rows))
	for i, row := range rows {
		if runs[i], err = runOf(row); err != nil {
			return nil, err
		}
	}
	return runs, nil
}

func rowOf(r Run) sqlgen.Run {
	return sqlgen.Run{ID: r.ID, System: r.System, Customer: r.Customer, Stage: string(r.Stage), Version: r.Version,
		SlotFrom: micros(r.Slot.From), SlotTo: micros(r.Slot.To), Zone: r.Zone, Created: micros(r.Created),
		Policy: r.Policy, Ground: r.Ground, Packages: int64(r.Packages), Mandate: r.Mandate, Outcome: string(r.Outcome),
		Ended: micros(r.Ended), Sentence: list(r.Sentence), State: list(r.State), Urgent: r.Urgent, Measure: r.Measure, Lift: r.Lift}
}

func runOf(row sqlgen.Run) (Run, error) {
	r := Run{ID: row.ID, System: row.System, Customer: row.Customer, Stage: board.Stage(row.Stage), Version: row.Version,
		Slot: window.Interval{From: moment(row.SlotFrom), To: moment(row.SlotTo)}, Zone: row.Zone, Created: moment(row.Created),
		Policy: row.Policy, Ground: row.Ground, Packages: int(row.Packages), Mandate: row.Mandate,
		Outcome: verdict.Outcome(row.Outcome), Ended: moment(row.Ended), Urgent: row.Urgent, Measure: row.Measure, Lift: row.Lift}
	err := errors.Join(json.Unmarshal([]byte(row.Sentence), &r.Sentence), json.Unmarshal([]byte(row.State), &r.State))
	if err != nil {
		return Run{}, unreadable("runs", row.ID, err)
	}
	return r, nil
}

// runStatement covers every column of the row, the folded state as it is stored.
func runStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	row, err := tx.q.GetRun(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	body := []byte(row.State)
	row.State = ""
	return state(KindRun, id, runColumns(row), body), nil
}

// runColumns gives the columns of a run their names in the statement. State follows as the body.
type runColumns struct {
	ID       string `json:"id"`
	System   string `json:"system"`
	Customer string `json:"customer"`
	Stage    string `json:"stage"`
	Version  int64  `json:"version"`
	SlotFrom int64  `json:"slot_from"`
	SlotTo   int64  `json:"slot_to"`
	Zone     string `json:"zone"`
	Created  int64  `json:"created"`
	Policy   string `json:"policy"`
	Ground   string `json:"ground"`
	Packages int64  `json:"packages"`
	Mandate  string `json:"mandate"`
	Outcome  string `json:"outcome"`
	Ended    int64  `json:"ended"`
	Sentence string `json:"sentence"`
	State    string `json:"state,omitempty"`
	Urgent   bool   `json:"urgent,omitempty"`
	Measure  string `json:"measure,omitempty"`
	Lift     bool   `json:"lift,omitempty"`
}

func eachRun(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListRunIDs(ctx)
	return eachOf(ids, err, fn)
}
