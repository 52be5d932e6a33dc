package policy

import "slices"

// ruleOf is the ID of the rule a clause belongs to.
func (v *Version) ruleOf(c int16) string {
	if c == noClause {
		return ""
	}
	return v.Rules[v.clauses[c].rule].ID
}

// citation says that a clause settled a result field, or may settle it.
type citation struct {
	clause int16
	field  uint8
	may    bool
}

// explain cites, in the order of the walk, every rule that settled a field, with those fields.
func (v *Version) explain(d *Decision, w *outcomes) {
	var room [fieldCount]citation
	v.cite(d, w.settled(room[:0]))
}

// explainOpen names the facts that are missing and cites the rules that hang on them, together with
// what is settled already.
func (v *Version) explainOpen(d *Decision, w *outcomes, p *point) {
	var missing uint16
	cited := w.settled(nil)
	for i, o := range w {
		if !o.open() {
			continue
		}
		for j := range v.clauses {
			c := &v.clauses[j]
			s := c.at(p)
			if s == fails || c.result[i] == valueUnset {
				continue
			}
			if s == holds {
				break // it settles the field: what comes after cannot matter
			}
			missing |= c.unknown(p)
			cited = append(cited, citation{int16(j), uint8(i), true})
			if int16(j) == o.until {
				break // the cases of its rule settle the field together
			}
		}
	}
	for i := range facets {
		if missing&(1<<i) != 0 {
			d.Missing = append(d.Missing, facets[i].name)
		}
	}
	v.cite(d, cited)
}

// settled appends a citation for every settled field.
func (w *outcomes) settled(to []citation) []citation {
	for i, o := range w {
		if o.by != noClause {
			to = append(to, citation{o.by, uint8(i), false})
		}
	}
	return to
}

// cite turns citations into reasons, in the order of the walk, one for each rule.
func (v *Version) cite(d *Decision, cited []citation) {
	slices.SortStableFunc(cited, func(a, b citation) int { return int(a.clause) - int(b.clause) })
	sets := make([]string, 0, len(cited))
	d.Reasons = make([]Reason, 0, len(cited))
	for i, c := range cited {
		rule := v.clauses[c.clause].rule
		if slices.ContainsFunc(cited[:i], func(e citation) bool { return e.may == c.may && v.clauses[e.clause].rule == rule }) {
			continue // the reason of this rule is made at its first citation
		}
		from := len(sets)
		for _, e := range cited[i:] {
			name := fields[e.field].name
			if e.may == c.may && v.clauses[e.clause].rule == rule && !slices.Contains(sets[from:], name) {
				sets = append(sets, name)
			}
		}
		d.Reasons = append(d.Reasons, Reason{
			RuleID: v.Rules[rule].ID, Sets: slices.Clip(sets[from:]), May: c.may, Text: v.Rules[rule].Text,
		})
	}
}

// addNotices adds the notices of all cases that surely hold, in the order of the walk, each once. A
// case that also has a result has its notice said only where it decided something.
func (v *Version) addNotices(d *Decision, w *outcomes, p *point) {
	for i := range v.clauses {
		c := &v.clauses[i]
		said := &v.Rules[c.rule].Cases[c.number]
		if said.Notice.IsZero() || c.at(p) != holds {
			continue
		}
		if len(said.Result) > 0 && !slices.ContainsFunc(w[:], func(o outcome) bool { return o.by == int16(i) }) {
			continue
		}
		n := Notice{RuleID: v.Rules[c.rule].ID, Text: said.Notice}
		if !slices.Contains(d.Notices, n) {
			d.Notices = append(d.Notices, n)
		}
	}
}
