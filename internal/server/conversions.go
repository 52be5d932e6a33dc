package server

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// irreversible is why the packages of one source must not be updated, and what would change that.
type irreversible struct{ why, mend lang.Text }

// conversions gives the source packages whose update would convert data that nothing brings back: neither a
// dump that the host declared and found fresh, nor the restore point, which leaves the data of databases out.
// All packages of a source are left together: they are updated together or not at all. Ages are judged at the
// time of the look that the dumps were seen at. The host decides once more, right before, on
// all that is installed.
func (s subject) conversions() map[string]irreversible {
	source := map[string]string{}
	var changes []conversion.Change
	for _, p := range s.facts.Pending {
		source[p.Name] = p.Source
		changes = append(changes, conversion.Change{Name: p.Name, From: p.Installed, To: p.Candidate})
	}
	var dumps []conversion.Dump
	for _, d := range s.facts.Dumps {
		dump := conversion.Dump{Of: d.Of, Path: d.Path, MaxAge: time.Duration(d.Hours) * time.Hour, Problem: d.Problem}
		if d.Made > 0 {
			dump.Made = time.Unix(d.Made, 0)
		}
		dumps = append(dumps, dump)
	}
	left := map[string]irreversible{}
	for _, c := range conversion.Find(conversion.Known(), nil, changes) {
		why := c.Refused(nil, dumps, s.observed)
		if why.IsZero() {
			continue
		}
		for _, name := range c.Packages {
			left[source[name]] = irreversible{why, c.Mend()}
		}
	}
	return left
}
