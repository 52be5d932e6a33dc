package advisory

import (
	"cmp"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/debian"
)

// Inventory is what a Debian or Ubuntu host has installed, as far as matching needs it.
type Inventory struct {
	Release  string // codename
	Kernel   string // release of the running kernel, uname -r; empty: not known
	Packages []debian.Installed
}

// Match is one source package in one version on a host, and the holes that it has.
type Match struct {
	Source   string   `json:"source"`
	Version  string   `json:"source_version"`
	Binaries []string `json:"binaries"` // installed binary packages of it, sorted
	Holes    []Hole   `json:"holes"`    // belongs to the index
}

// Match finds the holes of an inventory, sorted by source and version.
func (x *Index) Match(inv Inventory) []Match {
	type key struct{ source, version string }
	at := make(map[key]int, 64)
	var found []Match
	inv.counted(func(p debian.Installed) {
		if x.line(inv.Release, p.Source, p.SourceVersion) == nil {
			return
		}
		k := key{p.Source, p.SourceVersion}
		if i, ok := at[k]; ok {
			if i >= 0 && !slices.Contains(found[i].Binaries, p.Name) {
				found[i].Binaries = append(found[i].Binaries, p.Name)
			}
			return
		}
		open := x.Open(inv.Release, p.Source, p.SourceVersion)
		if len(open) == 0 {
			at[k] = -1
			return
		}
		at[k] = len(found)
		found = append(found, Match{Source: p.Source, Version: p.SourceVersion, Binaries: []string{p.Name}, Holes: open})
	})
	for _, m := range found {
		slices.Sort(m.Binaries)
	}
	slices.SortFunc(found, func(a, b Match) int {
		return cmp.Or(strings.Compare(a.Source, b.Source), debian.Compare(a.Version, b.Version), strings.Compare(a.Version, b.Version))
	})
	return found
}

// counted gives the packages that count. Of several kernels only the one that runs does: the others are
// files that nobody executes, and a fixed one that waits for a reboot does not protect yet. When it is not
// known which one runs, or the running one is none of them, each counts, for it may be the one.
func (inv Inventory) counted(each func(debian.Installed)) {
	running := slices.ContainsFunc(inv.Packages, func(p debian.Installed) bool {
		return inv.Kernel != "" && debian.ImageOf(p.Name) == inv.Kernel
	})
	for _, p := range inv.Packages {
		if running && debian.Kernel(p.Source) && (strings.HasPrefix(p.Name, "linux-image-") || debian.KernelOf(p.Name) != "") && debian.KernelOf(p.Name) != inv.Kernel {
			continue
		}
		each(p)
	}
}
