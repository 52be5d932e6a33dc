package exception

import (
	_ "embed" // the default limits are part of the program

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/core/severity/strictyaml"
)

// maxDays bounds what a document may allow: two years.
const maxDays = 731

//go:embed limits.yaml
var defaultLimits []byte

// Limits says for how many days an exception may hold at most, by the level of the hole.
type Limits map[severity.Level]int

// DefaultLimits returns the limits that come with the program. They are valid; a test holds that.
func DefaultLimits() Limits {
	l, err := ParseLimits("limits.yaml", defaultLimits)
	if err != nil {
		panic("exception: " + err.Error()) // the document is part of the program
	}
	return l
}

// ParseLimits reads limits from their YAML document, strictly: every level has one, none is longer for a worse
// level, and unknown is not longer than critical. The error is a *fault.Error with the code Invalid that names
// all places with line and column.
func ParseLimits(file string, data []byte) (Limits, error) {
	d, root := strictyaml.Open(file, data)
	f := root.Fields("version", "max_days")
	f.Need("version").Word()
	list := f.Need("max_days")
	levels := append(severity.Levels(), severity.Unknown)
	names := make([]string, len(levels))
	for i, l := range levels {
		names[i] = string(l)
	}
	days := list.Fields(names...)
	limits := Limits{}
	for _, l := range levels {
		limits[l] = days.Need(string(l)).Whole(1, maxDays)
	}
	if d.OK() {
		for i, l := range severity.Levels()[1:] {
			if worse := severity.Levels()[i]; limits[l] < limits[worse] {
				n, _ := days.Get(string(worse))
				n.Wrong(lang.Textf("„%[1]s“ darf nicht länger gelten als „%[2]s“", `"%[1]s" must not hold for longer than "%[2]s"`, worse.Text(), l.Text()))
			}
		}
		if limits[severity.Unknown] > limits[severity.Critical] {
			n, _ := days.Get(string(severity.Unknown))
			n.Wrong(lang.T("„unbekannt“ darf nicht länger gelten als „kritisch“; es könnte kritisch sein",
				`"unknown" must not hold for longer than "critical"; it may be critical`))
		}
	}
	if err := d.Err(lang.T("Die Tabelle der Fristen", "The table of limits")); err != nil {
		return nil, err
	}
	return limits, nil
}
