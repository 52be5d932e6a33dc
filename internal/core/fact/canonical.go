package fact

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/patchwart/patchwart/internal/core/application"
)

// Sort brings the facts into their canonical form, in place: text as JSON can carry it, and all lists
// in their order. Whoever makes facts sorts them before hashing or sending them; sorting what was
// received changes nothing then.
func (f *Facts) Sort() {
	*f, _ = legible(*f)
	slices.SortFunc(f.Packages, func(a, b Package) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Version, b.Version))
	})
	for _, p := range f.Packages {
		slices.SortFunc(p.Origins, compareOrigins)
	}
	slices.SortFunc(f.Pending, func(a, b Pending) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Candidate, b.Candidate))
	})
	for _, p := range f.Pending {
		slices.SortFunc(p.Origins, compareOrigins)
	}
	slices.SortFunc(f.Units, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Active, b.Active), cmp.Compare(a.Sub, b.Sub))
	})
	// Several processes may share one socket (SO_REUSEPORT): the process counts, too.
	slices.SortFunc(f.Listen, func(a, b Listener) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Proto, b.Proto),
			cmp.Compare(a.Address, b.Address), cmp.Compare(a.Process, b.Process))
	})
	slices.SortFunc(f.Applications, application.Compare)
	slices.SortFunc(f.Measures, func(a, b Measure) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(f.Fragments, func(a, b Fragment) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(f.Root, compareHolders)
	slices.SortFunc(f.Conffiles, func(a, b Conffile) int { return cmp.Compare(a.Offered, b.Offered) })
	for _, list := range [][]string{f.Indices.Errors, f.Failed, f.Tools, f.Reboot.Services, f.Dpkg.Broken} {
		slices.Sort(list)
	}
}

func compareOrigins(a, b Origin) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.Label, b.Label), cmp.Compare(a.Codename, b.Codename),
		cmp.Compare(a.Suite, b.Suite), cmp.Compare(a.Component, b.Component), cmp.Compare(a.Site, b.Site))
}

// Hash is the SHA-256 of the canonical JSON form, in hex. The time of the last refresh does not
// count: a refresh that changed nothing is no news. That a list is empty or was never made does not
// count either.
func (f Facts) Hash() string {
	f.Indices.Refreshed = 0
	f.Packages, f.Units, f.Listen = made(f.Packages), made(f.Units), made(f.Listen)
	f.Failed, f.Tools = made(f.Failed), made(f.Tools)
	f.Pending = made(slices.Clone(f.Pending)) // a copy: the caller's facts stay as they are
	for i := range f.Pending {
		f.Pending[i].Origins = made(f.Pending[i].Origins)
	}
	_, doc := legible(f)
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:])
}

// made turns a list that was never made, which JSON writes as null, into an empty one.
func made[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// legible gives f as whoever receives it will read it, and its JSON form. They differ from f where a
// tool of the host wrote bytes that are not UTF-8 (messages in an old locale, names of processes):
// JSON carries the replacement character instead, and sorts and writes it differently from the bytes
// it stands for. Were it not put in here already, the two sides would never agree on a hash.
func legible(f Facts) (Facts, []byte) {
	doc, err := json.Marshal(f)
	if err == nil && bytes.Contains(doc, []byte(`\ufffd`)) {
		var read Facts
		if err = json.Unmarshal(doc, &read); err == nil {
			f = read
			doc, err = json.Marshal(f)
		}
	}
	if err != nil { // no field of Facts can fail to marshal, nor to be read again
		panic("fact: " + err.Error())
	}
	return f, doc
}
