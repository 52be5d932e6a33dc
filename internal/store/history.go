package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
)

// MostPast is how many runs of a system PastRuns tells at most.
const MostPast = 50

// past is what is kept in memory of a run that is over: of 5,000 systems these are a quarter of a million.
type past struct {
	id, ground, measure      string
	outcome                  verdict.Outcome
	written                  bool
	created, ended, from, to int64
	begun, last              time.Time
}

// archive holds the runs that are over, by system, the newest first. A run that is over never changes and is never
// deleted, so an archive that has as many as the database has those of the database. It is not changed once it is made.
type archive struct {
	size   int64           // runs that are over
	last   int64           // when the last of them ended
	edge   map[string]bool // IDs of those that ended then
	of     map[string][]past
	newest map[string]Run // the whole of each system's newest
}

// memory is what is kept of the database between transactions. Nothing in it is true by itself: each transaction asks
// the database whether it still holds.
type memory struct {
	mu     sync.Mutex
	over   *archive
	open   map[string]Run // by ID; holds for a run that has the same version
	estate *statedEstate
}

// opened are the runs that were not over when they were read last, by ID.
func (m *memory) opened() map[string]Run {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.open
}

// reopen keeps the runs that are not over.
func (m *memory) reopen(runs []Run) {
	open := make(map[string]Run, len(runs))
	for _, r := range runs {
		open[r.ID] = r
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.open = open
}

// PastRuns are the newest runs of a system, the newest first, one that is not over included, as far as they count for
// planning the next: ID, System, Stage, Slot, Created, Ground, Outcome, Ended, Measure, and of State when they began,
// when they were heard last and whether they wrote anything. All else is empty.
func (tx *Tx) PastRuns(ctx context.Context, system string, most int) ([]Run, error) {
	most = min(most, MostPast)
	if a := tx.runsAhead(system); a != nil {
		over, err := tx.archive(ctx)
		if err != nil {
			return nil, err
		}
		list := over.of[system]
		runs := make([]Run, 0, min(len(list)+1, most))
		for _, p := range list[:min(len(list), most)] {
			runs = append(runs, p.run(system))
		}
		open, ok, err := tx.ActiveRun(ctx, system)
		if err != nil || !ok {
			return runs, err
		}
		at, _ := slices.BinarySearchFunc(runs, open, newestFirst)
		runs = slices.Insert(runs, at, head(open))
		return runs[:min(len(runs), most)], nil
	}
	runs, err := tx.Runs(ctx, board.RunFilter{System: system, Limit: most})
	for i, r := range runs {
		runs[i] = head(r)
	}
	return runs, err
}

// NewestOver is the newest run of a system that is over, whole.
func (tx *Tx) NewestOver(ctx context.Context, system string) (Run, bool, error) {
	if a := tx.runsAhead(system); a != nil {
		over, err := tx.archive(ctx)
		if err != nil {
			return Run{}, false, err
		}
		r, ok := over.newest[system]
		return r, ok, nil
	}
	runs, err := tx.Runs(ctx, board.RunFilter{System: system, Stage: board.Over, Limit: 1})
	if err != nil || len(runs) == 0 {
		return Run{}, false, err
	}
	return runs[0], true, nil
}

// RunOf is the run with that ID, which is one of the system's.
func (tx *Tx) RunOf(ctx context.Context, system, id string) (Run, bool, error) {
	if tx.runsAhead(system) != nil {
		for _, ask := range []func(context.Context, string) (Run, bool, error){tx.NewestOver, tx.ActiveRun} {
			if r, ok, err := ask(ctx, system); err != nil || ok && r.ID == id {
				return r, ok, err
			}
		}
	}
	return tx.Run(ctx, id)
}

func newestFirst(a, b Run) int {
	return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(b.ID, a.ID))
}

// head is a run as PastRuns tells it.
func head(r Run) Run {
	return Run{ID: r.ID, System: r.System, Stage: r.Stage, Slot: r.Slot, Created: r.Created, Ground: r.Ground, Outcome: r.Outcome, Ended: r.Ended, Measure: r.Measure,
		State: run.State{Begun: r.State.Begun, Last: r.State.Last, Written: r.State.Written}}
}

func pastOf(r Run) past {
	return past{id: r.ID, ground: r.Ground, measure: r.Measure, outcome: r.Outcome, written: r.State.Written,
		created: micros(r.Created), ended: micros(r.Ended), from: micros(r.Slot.From), to: micros(r.Slot.To), begun: r.State.Begun, last: r.State.Last}
}

// run is the inverse of pastOf, as far as it goes: what head makes of the run.
func (p past) run(system string) Run {
	return Run{ID: p.id, System: system, Stage: board.Over, Slot: window.Interval{From: moment(p.from), To: moment(p.to)}, Created: moment(p.created), Ground: p.ground,
		Outcome: p.outcome, Ended: moment(p.ended), Measure: p.measure, State: run.State{Begun: p.begun, Last: p.last, Written: p.written}}
}

// archive is the archive of what the transaction sees.
func (tx *Tx) archive(ctx context.Context) (*archive, error) {
	if tx.ahead.past != nil {
		return tx.ahead.past, nil
	}
	size, err := tx.q.CountEndedRuns(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: runs: %w", err)
	}
	m := &tx.store.memory
	m.mu.Lock()
	known := m.over
	m.mu.Unlock()
	if known == nil || known.size > size { // a transaction that began before the archive was made sees less
		known = &archive{}
	}
	made := known
	if known.size < size {
		if made, err = tx.archived(ctx, known, known.last); err != nil {
			return nil, err
		}
	}
	if made.size != size { // one was kept late that had ended before the last one that is known
		if made, err = tx.archived(ctx, &archive{}, 0); err != nil {
			return nil, err
		}
	}
	if made.size != size {
		return nil, fmt.Errorf("store: %d runs are over, and %d can be read", size, made.size)
	}
	tx.ahead.past = made
	tx.AfterCommit(func() { // what is rolled back was never there
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.over == nil || m.over.size < made.size {
			m.over = made
		}
	})
	return made, nil
}

// archived is what is known together with the runs that ended at since or later.
func (tx *Tx) archived(ctx context.Context, known *archive, since int64) (*archive, error) {
	rows, err := tx.q.ListAllEndedRuns(ctx, since) // newest first
	if err != nil {
		return nil, fmt.Errorf("store: runs: %w", err)
	}
	made := &archive{size: known.size, last: known.last, edge: maps.Clone(known.edge), of: maps.Clone(known.of), newest: maps.Clone(known.newest)}
	if made.of == nil {
		made.edge, made.of, made.newest = map[string]bool{}, map[string][]past{}, map[string]Run{}
	}
	fresh := map[string][]past{}
	texts := map[string]string{}
	same := func(text string) string { // one copy of each
		if _, ok := texts[text]; !ok {
			texts[text] = text
		}
		return texts[text]
	}
	for _, row := range rows {
		if known.edge[row.ID] {
			continue
		}
		r, err := runOf(row)
		if err != nil {
			return nil, err
		}
		made.size++
		switch {
		case row.Ended > made.last:
			made.last, made.edge = row.Ended, map[string]bool{row.ID: true}
		case row.Ended == made.last:
			made.edge[row.ID] = true
		}
		if have, ok := made.newest[r.System]; !ok || newestFirst(r, have) < 0 {
			made.newest[r.System] = r
		}
		if len(fresh[r.System]) < MostPast {
			p := pastOf(r)
			p.ground, p.measure = same(p.ground), same(p.measure)
			fresh[r.System] = append(fresh[r.System], p)
		}
	}
	for system, list := range fresh {
		list = append(list, made.of[system]...)
		slices.SortFunc(list, func(a, b past) int { return cmp.Or(cmp.Compare(b.created, a.created), cmp.Compare(b.id, a.id)) })
		made.of[system] = slices.Clip(list[:min(len(list), MostPast)])
	}
	return made, nil
}
