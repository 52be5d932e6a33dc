// Package conversion knows updates that have no way back by files alone: software that rewrites its data
// when a newer version starts (Datenumstellung). Programs can be put back as they were (MH2-16), the
// customer's data never is, and old programs on converted data do not run. Such an update needs a dump
// from before, or a restore point that holds the data, or it is refused.
//
// Which software that is stands in cases.yaml; a host's administrator can add to it.
package conversion

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Installed is a package that is on the host.
type Installed struct{ Name, Version string }

// Change is one package to be changed; From is empty when it would be newly installed.
type Change struct{ Name, From, To string }

// Conversion is one update that converts data.
type Conversion struct {
	Case     Case
	From, To string   // upstream versions
	Packages []string // the ordered packages that make it
}

// Find gives the conversions that a set of changes would cause on a host, in the order of the cases. A new
// version may come in a package of another name: what counts is what is installed of the case, and what
// would be.
func Find(cases []Case, installed []Installed, changes []Change) []Conversion {
	var found []Conversion
	for _, c := range cases {
		conv := Conversion{Case: c}
		if !slices.ContainsFunc(changes, func(ch Change) bool { return c.matches(ch.Name) }) {
			continue
		}
		old := ""
		for _, p := range installed {
			if v := upstream(p.Version); c.matches(p.Name) && v != "" && (old == "" || debian.Compare(v, old) < 0) {
				old = v
			}
		}
		for _, ch := range changes {
			if !c.matches(ch.Name) {
				continue
			}
			from := upstream(ch.From)
			if from == "" {
				from = old // newly installed beside an older one, whose data it takes over
			}
			to := upstream(ch.To)
			if from == "" || !c.converts(from, to) {
				continue
			}
			conv.Packages = append(conv.Packages, ch.Name)
			if conv.From == "" || debian.Compare(from, conv.From) < 0 {
				conv.From = from
			}
			if conv.To == "" || debian.Compare(to, conv.To) > 0 {
				conv.To = to
			}
		}
		if len(conv.Packages) > 0 {
			slices.Sort(conv.Packages)
			conv.Packages = slices.Compact(conv.Packages)
			found = append(found, conv)
		}
	}
	return found
}

// Dump is what a host's administrator declared as the dump of a case, and what was found there.
type Dump struct {
	Of     string        // name of the case
	Path   string        // where it lies
	Made   time.Time     // when its newest file was finished
	MaxAge time.Duration // older ones do not count
	// Problem says why it does not count whatever its age: not there, empty, open to others. Zero: it counts.
	Problem lang.Text
}

// DefaultMaxAge is how old a dump may be where its declaration does not say it.
const DefaultMaxAge = 24 * time.Hour

// skew is how far in the future a dump may seem to be made: two clocks, or the resolution of a file system.
const skew = 5 * time.Minute

// Stale says why a dump does not count; zero means that it does.
func (d Dump) Stale(now time.Time) lang.Text {
	most := d.MaxAge
	if most <= 0 {
		most = DefaultMaxAge
	}
	age := now.Sub(d.Made)
	switch {
	case !d.Problem.IsZero():
		return d.Problem
	case d.Made.IsZero():
		return lang.Textf("%[1]s fehlt", "%[1]s is missing", d.Path)
	case age < -skew:
		return lang.Textf("%[1]s ist mit einem Datum in der Zukunft versehen", "%[1]s bears a date in the future", d.Path)
	case age > most:
		return lang.Textf("%[1]s ist %[2]d Stunden alt, erlaubt sind %[3]d", "%[1]s is %[2]d hours old, %[3]d are allowed", d.Path, int(age.Hours()), int(most.Hours()))
	}
	return lang.Text{}
}

// Refused says why a conversion must not be made; a zero text means that it may. covered says whether a
// path is held by the restore point and comes back with it: one that covers all of the data needs no dump.
func (c Conversion) Refused(covered func(path string) bool, dumps []Dump, now time.Time) lang.Text {
	if covered != nil && !slices.ContainsFunc(c.Case.Data, func(p string) bool { return !covered(p) }) {
		return lang.Text{}
	}
	why := lang.T("Ein Auszug ist nicht vereinbart", "No dump is declared")
	for _, d := range dumps {
		if !strings.EqualFold(d.Of, c.Case.Name) {
			continue
		}
		if why = d.Stale(now); why.IsZero() {
			return lang.Text{}
		}
	}
	return lang.Textf(
		"%[1]s stellt von %[2]s auf %[3]s seine Daten in %[4]s um, und ein Zurücksetzen nimmt sie nicht mit: %[5]s",
		"%[1]s converts its data in %[4]s from %[2]s to %[3]s, and a restore does not take it back: %[5]s",
		c.Case.Name, c.From, c.To, strings.Join(c.Case.Data, ", "), why)
}

// Mend says what would let the conversion be made.
func (c Conversion) Mend() lang.Text {
	return lang.Textf(
		"Gebraucht wird %[1]s, angegeben in /etc/patchwart/host.yaml unter dumps.",
		"Needed is %[1]s, declared in /etc/patchwart/host.yaml under dumps.", c.Case.Dump)
}

// NotRolledBack says which data stayed as the newer version left it after a run was put back.
func (c Conversion) NotRolledBack() lang.Text {
	return lang.Textf(
		"Nicht zurückgesetzt sind die Daten von %[1]s in %[2]s: Kundendaten werden nie zurückgesetzt. Hat %[3]s sie schon umgestellt, hilft nur der Auszug von vorher.",
		"Not put back is the data of %[1]s in %[2]s: customers' data never is. If %[3]s has converted it already, only the dump from before helps.",
		c.Case.Name, strings.Join(c.Case.Data, ", "), c.To)
}
