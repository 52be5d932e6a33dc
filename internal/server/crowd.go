package server

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/store"
)

// crowd remembers which versions the hosts have, so that a new advisory is put to those and touches only the
// hosts that are concerned. It is made from the store when it is needed first, and holds nothing that is not
// there.
type crowd struct {
	making sync.Mutex // held while it is made or asked

	mu       sync.Mutex // guards what follows
	fleet    *advisory.Fleet
	releases map[string]string             // of hosts
	waiting  map[string]advisory.Inventory // arrived since it was made or asked last
}

func newCrowd() *crowd { return &crowd{waiting: map[string]advisory.Inventory{}} }

// set says what a host has now. It never waits for whoever asks.
func (c *crowd) set(host string, inv advisory.Inventory) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting[host] = inv
}

// concerned lists the hosts that have a critical hole under what is known, sorted.
func (c *crowd) concerned(ctx context.Context, s *Server, k *knowledge) ([]string, error) {
	c.making.Lock()
	defer c.making.Unlock()
	if err := c.gather(ctx, s); err != nil {
		return nil, err
	}
	type version struct{ release, source, version string }
	judged := map[version]bool{} // hosts are much alike: each version is rated once
	found := map[string]bool{}
	c.fleet.Each(k.shelf.Index, func(host, source, v string, open []advisory.Hole) {
		if found[host] {
			return
		}
		id := version{c.releases[host], source, v}
		critical, known := judged[id]
		if !known {
			critical = slices.ContainsFunc(open, func(h advisory.Hole) bool {
				r := k.rate(s, hole{id.release, source, h.CVE})
				return r.Critical() == severity.Yes
			})
			judged[id] = critical
		}
		if critical {
			found[host] = true
		}
	})
	hosts := make([]string, 0, len(found))
	for host := range found {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	return hosts, nil
}

// runs lists the releases of a distribution that hosts run, sorted.
func (c *crowd) runs(ctx context.Context, s *Server, distribution string) ([]string, error) {
	c.making.Lock()
	defer c.making.Unlock()
	if err := c.gather(ctx, s); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for _, release := range c.releases {
		if !found[release] && debian.Distribution(release) == distribution {
			found[release] = true
		}
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// gather makes it, if it is not made yet, and takes in what has arrived since.
func (c *crowd) gather(ctx context.Context, s *Server) error {
	if c.fleet == nil {
		fleet, releases, err := s.crowded(ctx)
		if err != nil {
			return err
		}
		c.fleet, c.releases = fleet, releases
	}
	c.mu.Lock()
	arrived := c.waiting
	c.waiting = map[string]advisory.Inventory{}
	c.mu.Unlock()
	for host, inv := range arrived {
		c.fleet.Set(host, inv)
		c.releases[host] = inv.Release
	}
	return nil
}

// crowded reads what all hosts have.
func (s *Server) crowded(ctx context.Context) (*advisory.Fleet, map[string]string, error) {
	fleet, releases := advisory.NewFleet(), map[string]string{}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		heads, err := tx.FactsHeads(ctx)
		if err != nil {
			return err
		}
		for host := range heads {
			row, ok, err := tx.Facts(ctx, host)
			if err != nil {
				return err
			}
			if ok {
				inv := inventoryOf(row.Facts)
				fleet.Set(host, inv)
				releases[host] = inv.Release
			}
		}
		return nil
	})
	return fleet, releases, err
}
