package schedule

import (
	"fmt"
	"slices"

	"github.com/patchwart/patchwart/internal/core/window"
)

// Update is what of the input is different. Windows, freezes, pools and groups are added behind those that
// are there; a change refers to them by the index that they get.
type Update struct {
	Windows []window.Recurring
	Freezes []Freeze
	Pools   []Pool
	Groups  []string
	Remove  []string // IDs; one that is not due is passed over
	Put     []Change // new, or instead of the one with the same ID
}

// record is where an item was before an update.
type record struct {
	at             span // from is never when it had no place
	known          bool
	change, system string
}

// note remembers where an item was when it is touched for the first time in an update.
func (p *Planner) note(i int32, from int64) {
	if p.journal == nil {
		return
	}
	if _, noted := p.journal[i]; !noted {
		it := &p.items[i]
		p.journal[i] = record{span{from, after(from, it.high)}, true, it.change.ID, it.change.System}
	}
}

// Replan changes the input and plans anew what the changes concern; all else stays where it is. It gives the
// plan that the function Replan gives for the plan so far and the changed input, but for a change whose system,
// groups or pools are others: that one yields to those who were there. On an error nothing is changed.
func (p *Planner) Replan(u Update) (Difference, error) {
	put, err := p.accept(u)
	if err != nil {
		return Difference{}, err
	}
	p.journal = map[int32]record{}
	var touched, gone []int32
	was := map[int32]span{} // where things were that are taken out
	take := func(i int32) {
		it := &p.items[i]
		p.note(i, it.from)
		if it.placed() {
			was[i] = it.span()
			p.lift(i)
		}
		touched = append(touched, p.behind[it.change.ID]...)
		for _, id := range it.change.After {
			if j, due := p.due(id); due {
				touched = append(touched, j)
			}
		}
		p.forget(i)
	}
	for _, id := range u.Remove {
		if i, due := p.byID[id]; due {
			take(i)
			gone = append(gone, i)
		}
	}
	changed := make([]int32, len(put))
	former := make([]item, len(put)) // the changed ones as they were
	for k, it := range put {
		i, due := p.byID[it.change.ID]
		if due {
			take(i)
			former[k] = p.items[i]
			at, had := was[i]
			it.asks = had && !former[k].overdue(at.from) && it.overdue(at.from)
		} else {
			i = -1
			it.asks = true
		}
		changed[k] = p.register(it, i)
		if !due {
			p.journal[changed[k]] = record{span{never, never}, false, it.change.ID, it.change.System}
		}
	}
	touched = append(touched, changed...)
	linked := p.connected(touched)
	p.rearrange(linked, changed, was)
	for _, i := range gone {
		if at, had := was[i]; had {
			p.vacate(i, p.items[i].urgency, p.items[i].holds, at)
		}
	}
	for k, i := range changed {
		if at, had := was[i]; had {
			p.vacate(i, former[k].urgency, former[k].holds, at)
		}
	}
	p.run()
	d := p.difference()
	for i := range p.journal {
		p.items[i].lost, p.items[i].asks = Cause{}, false
	}
	for _, i := range linked {
		p.items[i].asks = false
	}
	p.journal, p.moves = nil, d.Moved
	p.spare = append(p.spare, gone...)
	return d, nil
}

// accept checks an update, adds what it adds and prepares its changes.
func (p *Planner) accept(u Update) ([]item, error) {
	w, f, k, g := len(p.windows), len(p.freezes), len(p.pools), len(p.groups)
	err := p.extend(u.Windows, u.Freezes, u.Pools, u.Groups)
	put := make([]item, 0, len(u.Put))
	seen := make(map[string]bool, len(u.Put))
	for _, c := range u.Put {
		if err != nil {
			break
		}
		var it item
		if it, err = p.prepare(c); err == nil && seen[c.ID] {
			err = fmt.Errorf("change %q is there twice", c.ID)
		}
		seen[c.ID] = true
		put = append(put, it)
	}
	if err != nil {
		p.windows, p.freezes, p.pools, p.groups = p.windows[:w], p.freezes[:f], p.pools[:k], p.groups[:g]
	}
	return put, err
}

// rearrange works out anew what hangs on what, and puts into the queue all for which that matters. was says
// where the changed ones were.
func (p *Planner) rearrange(linked, changed []int32, was map[int32]span) {
	urgencies := make([]urgency, len(linked))
	for k, i := range linked {
		urgencies[k] = p.items[i].urgency
	}
	p.relate(linked)
	p.back(slices.SortedFunc(slices.Values(changed), p.order), was)
	for k, i := range linked {
		it := &p.items[i]
		if !it.placed() {
			p.push(i)
			continue
		}
		if it.urgency != urgencies[k] { // those who hold something are listed with their urgency
			from := it.from
			p.lift(i)
			p.lay(i, from)
		}
		if it.urgency.compare(urgencies[k]) > 0 { // others may move it now
			p.vacate(i, urgencies[k], it.holds, it.span())
		}
		if why := p.outdated(it); why.Code != "" {
			p.lose(i, why)
			continue
		}
		p.aspire(i)
	}
}

// outdated says why a placed item cannot stay for what it waits for, or for its own part.
func (p *Planner) outdated(it *item) Cause {
	if it.lacks.Code != "" {
		return it.lacks
	}
	for _, id := range it.change.After {
		i, under := p.under[id]
		if !under {
			var due bool
			if i, due = p.byID[id]; !due {
				return Cause{Code: AfterNobody, Name: id}
			}
		}
		if before := &p.items[i]; before.placed() && before.span().to > it.from {
			return Cause{Code: AfterMoved, Name: id}
		}
	}
	return Cause{}
}

// difference tells what the update has changed.
func (p *Planner) difference() Difference {
	var d Difference
	for i, was := range p.journal {
		it := &p.items[i]
		now := it.used && it.placed()
		switch had := was.at.from != never; {
		case had && now:
			if it.from != was.at.from {
				d.Moved = append(d.Moved, p.move(it, was.at))
			}
		case had:
			why := Cause{Code: NotDue}
			if it.used {
				why = p.unplanned(it)
			}
			d.Removed = append(d.Removed, Gone{was.change, was.system, p.interval(was.at), why})
		case now:
			d.Added = append(d.Added, p.slot(i))
		case it.used && !was.known:
			d.Not = append(d.Not, NotPlanned{it.change.ID, it.change.System, p.unplanned(it)})
		}
	}
	d.sort()
	d.Unchanged = p.placed - len(d.Added) - len(d.Moved)
	return d
}
