package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Comparison is how two versions differ in what they decide.
type Comparison struct {
	Before       string       `json:"before"` // ID
	After        string       `json:"after"`
	Combinations int          `json:"combinations"` // compared: all with known facts
	Changed      int          `json:"changed"`
	Differences  []Difference `json:"differences"`
	RulesAdded   []string     `json:"rules_added"`
	RulesRemoved []string     `json:"rules_removed"`
	RulesChanged []string     `json:"rules_changed"` // the same ID with another text, result or condition
}

// Difference is one change of the answer, with all combinations for which it is the same change.
type Difference struct {
	Effect      Effect    `json:"effect"`
	Count       int       `json:"count"`
	Where       []Box     `json:"where"`
	Before      lang.Text `json:"before"`
	After       lang.Text `json:"after"`
	RulesBefore []string  `json:"rules_before"` // of the example
	RulesAfter  []string  `json:"rules_after"`
	Example     Facets    `json:"example"`
}

// Effect is what a difference means for the provider's hands.
type Effect string

// The effects, in the order in which they are told.
const (
	Forbids Effect = "forbids" // permitted before, not any more
	Permits Effect = "permits" // not permitted before
	Alters  Effect = "alters"  // something else changes
)

// Text is the effect for people.
func (e Effect) Text() lang.Text {
	switch e {
	case Forbids:
		return lang.T("nicht mehr erlaubt", "not permitted any more")
	case Permits:
		return lang.T("neu erlaubt", "newly permitted")
	}
	return lang.T("anders geregelt", "settled otherwise")
}

// Diff compares what two versions decide, over every combination of known facts, and groups what changes
// in the same way.
func Diff(a, b *Version) Comparison {
	out := Comparison{Before: a.ID, After: b.ID, Differences: []Difference{}}
	type change struct{ before, after Ruling }
	points := map[change][]point{}
	var order []change
	for f := range EnumerateKnown {
		out.Combinations++
		p := f.point()
		before, after := a.judgeAt(&p), b.judgeAt(&p)
		before.Governing, after.Governing = "", "" // another rule may say the same
		if before == after {
			continue
		}
		out.Changed++
		c := change{before, after}
		if points[c] == nil {
			order = append(order, c)
		}
		points[c] = append(points[c], p)
	}
	for _, c := range order {
		f := points[c][0].facets()
		before, after := Decide(a, f), Decide(b, f)
		d := Difference{
			Effect: Alters, Count: len(points[c]), Example: f, Before: before.briefly(), After: after.briefly(),
			RulesBefore: before.Rules(), RulesAfter: after.Rules(), Where: cover(points[c]),
		}
		switch {
		case c.before.Verdict == Permitted && c.after.Verdict != Permitted:
			d.Effect = Forbids
		case c.before.Verdict != Permitted && c.after.Verdict == Permitted:
			d.Effect = Permits
		}
		out.Differences = append(out.Differences, d)
	}
	rank := map[Effect]int{Forbids: 0, Permits: 1, Alters: 2}
	slices.SortStableFunc(out.Differences, func(x, y Difference) int {
		return cmp.Or(cmp.Compare(rank[x.Effect], rank[y.Effect]), cmp.Compare(y.Count, x.Count))
	})
	out.RulesAdded, out.RulesRemoved, out.RulesChanged = diffRules(a, b)
	return out
}

// briefly is the answer without the rules that made it, which differ between versions anyway.
func (d Decision) briefly() lang.Text {
	parts := []lang.Text{lang.Textf("Planung: %[1]s, Durchführung: %[2]s", "planning: %[1]s, execution: %[2]s", d.Planning.Text(), d.Execution.Text())}
	if d.Verdict == Permitted {
		parts = append(parts, d.how())
		if !d.Window.Text().IsZero() {
			parts = append(parts, d.Window.Text())
		}
		if d.DeadlineHours > 0 {
			parts = append(parts, lang.Textf("binnen %[1]d Stunden", "within %[1]d hours", d.DeadlineHours))
		}
		parts = append(parts, d.Charge.Text())
	}
	de, en := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		de[i], en[i] = p.DE, p.EN
	}
	return lang.T(strings.Join(de, ", "), strings.Join(en, ", "))
}

func diffRules(a, b *Version) (added, removed, changed []string) {
	added, removed, changed = []string{}, []string{}, []string{}
	for _, r := range b.Rules {
		switch before, ok := a.Rule(r.ID); {
		case !ok:
			added = append(added, r.ID)
		case !r.same(before):
			changed = append(changed, r.ID)
		}
	}
	for _, r := range a.Rules {
		if _, ok := b.Rule(r.ID); !ok {
			removed = append(removed, r.ID)
		}
	}
	return added, removed, changed
}

// same reports whether two rules say and decide the same.
func (r Rule) same(o Rule) bool {
	return r.Kind == o.Kind && r.Tier == o.Tier && r.Text == o.Text && slices.EqualFunc(r.Cases, o.Cases, func(x, y Case) bool {
		return x.Tier == y.Tier && x.Notice == y.Notice && slices.Equal(x.Result, y.Result) &&
			slices.EqualFunc(x.When, y.When, func(m, n Condition) bool { return m.Facet == n.Facet && slices.Equal(m.Values, n.Values) })
	})
}

// Words says a condition for people: "Schicht: Betriebssystem oder Middleware".
func (c Condition) Words() lang.Text {
	i := facetByName(c.Facet)
	if i < 0 {
		return lang.T(c.Facet, c.Facet)
	}
	var de, en []string
	for _, value := range c.Values {
		if j := slices.Index(facets[i].known, value); j >= 0 {
			de, en = append(de, facets[i].values[j].DE), append(en, facets[i].values[j].EN)
		}
	}
	return lang.Textf("%[1]s: %[2]s", "%[1]s: %[2]s", facets[i].title,
		lang.T(strings.Join(de, " oder "), strings.Join(en, " or ")))
}

// Words says a box for people, one condition after the other; for the whole space it says so.
func (b Box) Words() lang.Text {
	if len(b) == 0 {
		return lang.T("immer", "always")
	}
	de, en := make([]string, len(b)), make([]string, len(b))
	for i, c := range b {
		t := c.Words()
		de[i], en[i] = t.DE, t.EN
	}
	return lang.T(strings.Join(de, "; "), strings.Join(en, "; "))
}
