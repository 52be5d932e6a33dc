package advisory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/debian"
)

// Fleet remembers which version of which source package each host of an estate has. Hosts are much
// alike: a hundred thousand of them run a few thousand different versions. So a version is judged once,
// however many hosts have it, and a new advisory is put to the versions in use of the packages that it
// names and to nothing else.
//
// A Fleet is not safe for concurrent use while it is being changed.
type Fleet struct {
	versions []installed // by number
	numbers  map[installed]uint32
	holders  [][]uint32          // by version: hosts, ascending
	used     map[origin][]uint32 // versions of a source package in a release
	names    []string            // of hosts, by number
	hosts    map[string]uint32
	has      [][]uint32 // by host: versions, ascending
}

// origin is a source package in a release.
type origin struct{ release, source string }

type installed struct {
	origin
	version string
}

// NewFleet gives a fleet without hosts.
func NewFleet() *Fleet {
	return &Fleet{numbers: map[installed]uint32{}, used: map[origin][]uint32{}, hosts: map[string]uint32{}}
}

// Set says what a host has now, and reports the source packages that came, went or changed: only these
// need to be looked at again.
func (f *Fleet) Set(host string, inv Inventory) (changed []string) {
	n, known := f.hosts[host]
	if !known {
		n = uint32(len(f.names))
		f.hosts[host] = n
		f.names = append(f.names, host)
		f.has = append(f.has, nil)
	}
	now := make([]uint32, 0, len(inv.Packages))
	inv.counted(func(p debian.Installed) {
		now = append(now, f.number(installed{origin{inv.Release, p.Source}, p.SourceVersion}))
	})
	slices.Sort(now)
	now = slices.Clip(slices.Compact(now))
	was := f.has[n]
	f.has[n] = now
	differ(was, now, func(v uint32, came bool) {
		at, _ := slices.BinarySearch(f.holders[v], n)
		if came {
			f.holders[v] = slices.Insert(f.holders[v], at, n)
		} else {
			f.holders[v] = slices.Delete(f.holders[v], at, at+1)
		}
		changed = append(changed, f.versions[v].source)
	})
	slices.Sort(changed)
	return slices.Compact(changed)
}

// Remove forgets a host.
func (f *Fleet) Remove(host string) { f.Set(host, Inventory{}) }

func (f *Fleet) number(v installed) uint32 {
	if n, ok := f.numbers[v]; ok {
		return n
	}
	// The texts of an inventory are parts of a file that need not be kept for them.
	v = installed{origin{strings.Clone(v.release), strings.Clone(v.source)}, strings.Clone(v.version)}
	n := uint32(len(f.versions))
	f.numbers[v] = n
	f.versions = append(f.versions, v)
	f.holders = append(f.holders, nil)
	f.used[v.origin] = append(f.used[v.origin], n)
	return n
}

// differ walks through two ascending lists and tells what only one of them has.
func differ(was, now []uint32, each func(v uint32, came bool)) {
	for len(was) > 0 || len(now) > 0 {
		switch {
		case len(was) == 0 || len(now) > 0 && now[0] < was[0]:
			each(now[0], true)
			now = now[1:]
		case len(now) == 0 || was[0] < now[0]:
			each(was[0], false)
			was = was[1:]
		default:
			was, now = was[1:], now[1:]
		}
	}
}

// Exposure is a version of a source package with holes, and the hosts that have it, sorted.
type Exposure struct {
	Release string
	Source  string
	Version string
	Holes   []Hole // belongs to the index
	Hosts   []string
}

// Exposed lists the versions in use of a source package that have holes.
func (f *Fleet) Exposed(x *Index, release, source string) []Exposure {
	var list []Exposure
	for _, n := range f.used[origin{release, source}] {
		v := f.versions[n]
		if len(f.holders[n]) == 0 {
			continue
		}
		open := x.Open(release, source, v.version)
		if len(open) == 0 {
			continue
		}
		hosts := make([]string, 0, len(f.holders[n]))
		for _, h := range f.holders[n] {
			hosts = append(hosts, f.names[h])
		}
		slices.Sort(hosts)
		list = append(list, Exposure{Release: release, Source: source, Version: v.version, Holes: open, Hosts: hosts})
	}
	slices.SortFunc(list, func(a, b Exposure) int {
		return cmp.Or(debian.Compare(a.Version, b.Version), strings.Compare(a.Version, b.Version))
	})
	return list
}

// Each gives every host's holes, one call for each version of a source package that has some. Every
// version is judged once.
func (f *Fleet) Each(x *Index, each func(host, source, version string, open []Hole)) {
	open := make([][]Hole, len(f.versions))
	for n, v := range f.versions {
		if len(f.holders[n]) > 0 {
			open[n] = x.Open(v.release, v.source, v.version)
		}
	}
	for h, versions := range f.has {
		for _, n := range versions {
			if len(open[n]) > 0 {
				each(f.names[h], f.versions[n].source, f.versions[n].version, open[n])
			}
		}
	}
}
