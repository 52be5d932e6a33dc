package policy

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Report is what Lint finds out about a version by deciding every combination of facets.
type Report struct {
	Policy         string `json:"policy"`
	Combinations   int    `json:"combinations"` // all of them were decided
	Gaps           []Flaw `json:"gaps"`
	Contradictions []Flaw `json:"contradictions"`
	DeadRules      []Flaw `json:"dead_rules"`
}

// Clean reports whether nothing was found.
func (r Report) Clean() bool {
	return len(r.Gaps) == 0 && len(r.Contradictions) == 0 && len(r.DeadRules) == 0
}

// Flaw is something that the writer of a policy did not mean, with a combination that shows it.
type Flaw struct {
	Rules   []string  `json:"rules,omitempty"`  // IDs of the rules concerned
	Fields  []string  `json:"fields,omitempty"` // result fields concerned
	Count   int       `json:"count,omitempty"`  // how many combinations show it
	Example Facets    `json:"example,omitzero"` // one of them
	Text    lang.Text `json:"text"`
}

// Lint decides the whole facet space, unknown facts included, and reports
//
//   - gaps: combinations for which no rule says who plans, who executes or on what trigger; or for which
//     the provider acts and no rule says whether an order must be explicit, when, and at what price
//     (a rule may say that no price is known);
//   - contradictions: two cases of the same tier that hold at once and say different things, so that only
//     their order in the file decides;
//   - dead rules: cases that never decide anything, results that never count, notices that are never said.
//
// The order of the findings follows the space and the file, so that it is the same each time.
func Lint(v *Version) Report { return lint(v, Enumerate) }

func lint(v *Version, space iter.Seq[Facets]) Report {
	l := linter{v: v, used: make([]bool, len(v.clauses)), told: make([][fieldCount]bool, len(v.clauses)), seen: map[string]int{}}
	l.report = Report{Policy: v.ID, Gaps: []Flaw{}, Contradictions: []Flaw{}, DeadRules: []Flaw{}}
	for f := range space {
		l.report.Combinations++
		l.look(f)
	}
	l.dead()
	return l.report
}

type linter struct {
	v      *Version
	report Report
	used   []bool             // by clause: it decided something, or its notice was said
	told   [][fieldCount]bool // by clause and field: the value was told in some decision
	seen   map[string]int     // findings by what they are about: index into their list
}

// look decides one combination.
func (l *linter) look(f Facets) {
	p := f.point()
	known := !slices.Contains(p[:], valueUnknown) // f.Known(), with the point at hand
	w := walk(l.v.clauses, &p)
	verdict := w.verdict()
	settled := w
	settled.settle(verdict)
	l.gap(f, &w, verdict)
	if !known {
		return
	}
	for _, o := range settled {
		if o.by != noClause {
			l.used[o.by] = true
		}
	}
	for i := range l.v.clauses {
		if c := &l.v.clauses[i]; c.at(&p) == holds {
			l.used[i] = l.used[i] || c.notices(l.v)
			for j, o := range settled {
				// Saying the same as a stronger rule is a restatement, as a table restates a text.
				l.told[i][j] = l.told[i][j] || o.by != noClause && c.result[j] == o.value
			}
		}
	}
	l.contradiction(f, &p, &w)
}

// notices reports whether the clause only says something.
func (c *clause) notices(v *Version) bool {
	return len(v.Rules[c.rule].Cases[c.number].Result) == 0
}

func (l *linter) gap(f Facets, w *outcomes, verdict Verdict) {
	var open [fieldCount]bool
	some := false
	need := fieldTrigger
	if verdict == Permitted {
		need = fieldWindow
	}
	for i := range need + 1 {
		if i == fieldCadence || i == fieldDeadline {
			continue // nothing said means none
		}
		if w[i].by == noClause {
			open[i], some = true, true
		}
	}
	if !some {
		return
	}
	var names []string
	for i, is := range open {
		if is {
			names = append(names, fields[i].name)
		}
	}
	l.add(&l.report.Gaps, fmt.Sprint("gap", names), Flaw{Fields: names, Example: f, Text: lang.Textf(
		"Keine Regel sagt etwas zu: %[1]s.", "No rule says anything about: %[1]s.", strings.Join(names, ", "))})
}

// contradiction looks for cases of the settling tier that hold as well and say something else.
func (l *linter) contradiction(f Facets, p *point, w *outcomes) {
	for i, o := range w {
		if o.by == noClause {
			continue
		}
		tier := l.v.tierOf(o.by)
		for j := int(o.by) + 1; j < len(l.v.clauses); j++ {
			c := &l.v.clauses[j]
			if l.v.tierOf(int16(j)) != tier {
				break
			}
			if c.result[i] == valueUnset || c.result[i] == o.value || c.at(p) != holds {
				continue
			}
			a, b := l.v.caseName(int(o.by)), l.v.caseName(j)
			name := fields[i].name
			l.add(&l.report.Contradictions, fmt.Sprint("contradiction", o.by, j, i), Flaw{
				Rules: []string{l.v.ruleOf(o.by), l.v.ruleOf(int16(j))}, Fields: []string{name}, Example: f,
				Text: lang.Textf(
					"%[1]s sagt %[3]s: %[4]s, %[2]s sagt %[3]s: %[5]s; beide stehen auf tier: %[6]s und treffen zu.",
					"%[1]s says %[3]s: %[4]s, %[2]s says %[3]s: %[5]s; both have tier: %[6]s and hold.",
					a, b, name, fields[i].values[o.value], fields[i].values[c.result[i]], string(tier)),
			})
		}
	}
}

// dead reports what was never used.
func (l *linter) dead() {
	for i := range l.v.clauses {
		c := &l.v.clauses[i]
		name := l.v.caseName(i)
		if !l.used[i] {
			l.report.DeadRules = append(l.report.DeadRules, Flaw{Rules: []string{l.v.Rules[c.rule].ID}, Example: l.v.example(c), Text: lang.Textf(
				"%[1]s entscheidet nie etwas und wird nie gesagt; auch nicht im Beispiel, auf das der Fall zutrifft.",
				"%[1]s never decides anything and is never said; not even in the example, for which the case holds.", name)})
			continue
		}
		for field, value := range c.result {
			if value == valueUnset || l.told[i][field] {
				continue
			}
			l.report.DeadRules = append(l.report.DeadRules, Flaw{
				Rules: []string{l.v.Rules[c.rule].ID}, Fields: []string{fields[field].name}, Example: l.v.example(c),
				Text: lang.Textf(
					"%[1]s setzt %[2]s: %[3]s, aber nie zählt es: immer entscheidet das eine stärkere Regel, oder der Provider handelt nicht.",
					"%[1]s sets %[2]s: %[3]s, but it never counts: a stronger rule always decides it, or the provider does not act.",
					name, fields[field].name, fields[field].values[value]),
			})
		}
	}
}

// add counts a flaw that is known already, and appends a new one.
func (l *linter) add(to *[]Flaw, about string, f Flaw) {
	if i, ok := l.seen[about]; ok {
		(*to)[i].Count++
		return
	}
	l.seen[about] = len(*to)
	f.Count = 1
	*to = append(*to, f)
}

// example is a combination for which the clause holds: the first of its values, elsewhere the first known.
func (v *Version) example(c *clause) Facets {
	var p point
	for _, t := range c.when {
		for value := range facets[t.facet].known {
			if t.allowed&(1<<value) != 0 {
				p[t.facet] = uint8(value)
				break
			}
		}
	}
	return p.facets()
}

func (v *Version) tierOf(c int16) Tier {
	return v.Rules[v.clauses[c].rule].Cases[v.clauses[c].number].Tier
}

// caseName is a rule's ID, with the number of the case where it has several.
func (v *Version) caseName(c int) string {
	r := &v.Rules[v.clauses[c].rule]
	if len(r.Cases) == 1 {
		return r.ID
	}
	return fmt.Sprintf("%s (%d)", r.ID, v.clauses[c].number+1)
}
