package server

import (
	"context"
	"sync"

	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/store"
)

// dueCache keeps the facts of hosts in memory as long as their hash stays the same: a start page over
// thousands of systems must not read and parse thousands of documents. It holds nothing that is not in
// the store.
type dueCache struct {
	mu       sync.Mutex
	facts    map[string]cachedFacts      // by system
	failures map[string][]mandate.Change // what runs changed that were put back, by run; that never changes
}

type cachedFacts struct {
	hash  string
	facts *fact.Facts // never changed once it is here; only what a decision needs
}

// maxCached bounds the cache; beyond it, entries are dropped at random.
const maxCached = 20_000

func newDueCache() *dueCache {
	return &dueCache{facts: map[string]cachedFacts{}, failures: map[string][]mandate.Change{}}
}

func (d *dueCache) get(system, hash string) *fact.Facts {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.facts[system]; ok && c.hash == hash {
		return c.facts
	}
	return nil
}

// put keeps of the facts what findings are made of, and returns it. Installed packages are most of the
// weight and are not needed for that.
func (d *dueCache) put(system, hash string, f fact.Facts) *fact.Facts {
	light := &fact.Facts{Host: f.Host, OS: f.OS, Kernel: f.Kernel, Pending: f.Pending, Indices: f.Indices, Reboot: f.Reboot, Dpkg: f.Dpkg,
		Root: f.Root, Conffiles: f.Conffiles, Fragments: f.Fragments, Dumps: f.Dumps}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.facts) >= maxCached {
		for k := range d.facts {
			delete(d.facts, k)
			break
		}
	}
	d.facts[system] = cachedFacts{hash, light}
	return light
}

// failure is what a run changed that was put back.
func (d *dueCache) failure(ctx context.Context, tx *store.Tx, run string) ([]mandate.Change, error) {
	d.mu.Lock()
	changes, known := d.failures[run]
	d.mu.Unlock()
	if known {
		return changes, nil
	}
	paper, ok, err := tx.Paper(ctx, run, store.Closing)
	if err != nil || !ok {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.failures) >= maxCached {
		clear(d.failures)
	}
	d.failures[run] = paper.Changes
	return paper.Changes, nil
}

// putBack are the runs on the system that were put back and whose changes are all due as they were then.
func (s *Server) putBack(ctx context.Context, tx *store.Tx, sub subject) ([]mandate.Failure, error) {
	heads, err := tx.PutBack(ctx, sub.held.System.Name)
	if err != nil || len(heads) == 0 || sub.facts == nil {
		return nil, err
	}
	var items []mandate.Item
	for _, f := range finding.Due(*sub.facts) {
		items = append(items, mandate.Item{Finding: f})
	}
	var list []mandate.Failure
	for _, h := range heads {
		changes, err := s.dues.failure(ctx, tx, h.ID)
		if err != nil {
			return nil, err
		}
		if f := (mandate.Failure{Run: h.ID, Ended: h.Ended, Changes: changes}); f.Concerns(items) {
			list = append(list, f)
		}
	}
	return list, nil
}

// subject reads everything that a judgement about a system rests on. Facts are light ones (see
// dueCache): pending changes, without the list of installed packages.
func (s *Server) subject(ctx context.Context, tx *store.Tx, e estate.Estate, name string) (subject, error) {
	held, ok := e.Held(name)
	if !ok {
		return subject{}, fault.Missing("Das System", "system", name)
	}
	return s.subjectOf(ctx, tx, held)
}

// subjectOf is subject where the system is at hand with all that is agreed about it.
func (s *Server) subjectOf(ctx context.Context, tx *store.Tx, held estate.Held) (subject, error) {
	name := held.System.Name
	var err error
	if held.Contract.StandingOrder, err = s.standingOrder(ctx, tx, held.Contract, held.Window); err != nil {
		return subject{}, err
	}
	sub := s.shelf().subjectOf(held, s.dayFor(held, s.now()))
	sub.zone = s.local(held, s.now()).Location()
	head, ok, err := tx.FactsHead(ctx, name)
	if err != nil {
		return sub, err
	}
	if ok {
		sub.hash, sub.observed = head.Hash, head.Observed
		if sub.facts = s.dues.get(name, head.Hash); sub.facts == nil {
			row, ok, err := tx.Facts(ctx, name)
			if err != nil {
				return sub, err
			}
			if ok {
				sub.facts = s.dues.put(name, row.Hash, row.Facts)
			}
		}
	}
	s.supported(&sub)
	if sub.orders, err = tx.Orders(ctx, name); err != nil {
		return sub, err
	}
	if sub.critical, err = critical(ctx, tx, name); err != nil {
		return sub, err
	}
	if sub.putBack, err = s.putBack(ctx, tx, sub); err != nil {
		return sub, err
	}
	if k := s.knows.Load(); sub.facts != nil && len(k.exceptions) > 0 {
		release, _ := debian.Release(sub.facts.OS.Codename)
		sub.excepted = k.excepted(s, held, release)
	}
	return sub, nil
}
