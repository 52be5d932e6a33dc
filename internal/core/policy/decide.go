package policy

import (
	"math/bits"
	"slices"
)

// Decide says what the version rules for the facets. It is total: a nil version, or one that Parse
// did not make, permits nothing. Where only the answer is needed, and not the texts and reasons that go
// out with it, Judge gives the same without allocating.
func Decide(v *Version, f Facets) Decision {
	if v == nil {
		v = new(Version)
	}
	p := f.point()
	w := walk(v.clauses, &p)
	r := v.judge(&w, &p)
	open := r.Verdict == Ask || r.Verdict == Permitted && w.anyOpen()
	w.settle(r.Verdict)
	d := Decision{
		PolicyID: v.ID, PolicySHA256: v.SHA256, Agreements: v.agreements, Facets: f, Verdict: r.Verdict,
		Planning: r.Planning, Execution: r.Execution, Trigger: r.Trigger, ExplicitRequest: r.ExplicitRequest,
		Cadence: r.Cadence, DeadlineHours: r.DeadlineHours, Charge: r.Charge, Window: r.Window, Governing: r.Governing,
	}
	if open {
		v.explainOpen(&d, &w, &p)
	} else {
		v.explain(&d, &w)
	}
	v.addNotices(&d, &w, &p)
	return d
}

// outcome is what a walk found out about one result field.
type outcome struct {
	possible uint8 // the values it may have, as bits
	value    uint8 // its value: the settled one, or the neutral one
	by       int16 // the clause that settled it, noClause when none did
	until    int16 // the same, whatever is told of it later: what comes after cannot matter

	// What the cases of one rule have covered so far of one unknown facet: when it is every value, one of
	// them holds whatever the facet turns out to be.
	rule    int16
	facet   uint8
	covered uint8
}

// cover notes that a case of a rule holds for some values of an unknown facet, and reports whether every
// value is covered now.
func (o *outcome) cover(rule int16, t test) bool {
	if o.rule != rule || o.facet != t.facet {
		o.rule, o.facet, o.covered = rule, t.facet, 0
	}
	o.covered |= t.allowed
	return o.covered == 1<<len(facets[t.facet].known)-1
}

const noClause = int16(-1)

// open reports whether the field may have more than one value.
func (o outcome) open() bool { return bits.OnesCount8(o.possible) > 1 }

// anyOpen reports whether any field is open.
func (w *outcomes) anyOpen() bool {
	return slices.ContainsFunc(w[:], outcome.open)
}

// outcomes is what a walk found out about all result fields.
type outcomes [fieldCount]outcome

// walk goes through the clauses in order and collects the possible values of every field, until a
// clause that surely holds settles it. What is never settled may be neutral.
func walk(clauses []clause, p *point) outcomes {
	var w outcomes
	for i := range w {
		w[i] = outcome{by: noClause, until: noClause, rule: noClause}
	}
	unsettled := fieldCount
	for i := range clauses {
		c := &clauses[i]
		s := c.at(p)
		if s == fails {
			continue
		}
		var hinge *test
		if s == may {
			hinge = c.hinge(p)
		}
		for j, value := range c.result {
			o := &w[j]
			if value == valueUnset || o.by != noClause {
				continue
			}
			o.possible |= 1 << value
			if s == holds || hinge != nil && o.cover(int16(c.rule), *hinge) {
				o.by, o.until, o.value = int16(i), int16(i), value
				unsettled--
			}
		}
		if unsettled == 0 {
			break
		}
	}
	for i := range w {
		if w[i].by == noClause {
			w[i].value = fields[i].neutral
			w[i].possible |= 1 << fields[i].neutral
		}
	}
	return w
}

// verdict denies where the provider can neither have a hand in it nor act; asks where anything is open
// that the provider cannot live with; and permits the rest.
func (w *outcomes) verdict() Verdict {
	if w[fieldExecution].possible&providerActs == 0 || w[fieldTrigger].possible == 1<<triggerNever {
		return Denied
	}
	for i, o := range w {
		if o.open() && fields[i].cautious == nil {
			return Ask
		}
	}
	return Permitted
}

// settle makes open fields neutral, or cautious where the provider acts all the same; and, where the
// provider does not act, everything neutral that would only describe how it acts.
func (w *outcomes) settle(v Verdict) {
	for i := range w {
		o := &w[i]
		// An open field keeps the clause that would settle it at the latest: a denial needs a rule to
		// name, and who of others than the provider acts does not change it.
		if o.open() {
			o.value = fields[i].neutral
			if v == Permitted {
				o.value, o.by = mostCautious(i, o.possible), noClause
			}
		}
		switch {
		case v == Permitted, v == Denied && i <= fieldTrigger, i == fieldPlanning && !o.open():
		default:
			o.value, o.by = fields[i].neutral, noClause
		}
	}
	if v != Denied {
		return
	}
	// Rules may name the provider without ever letting it act, or a trigger for somebody else's work.
	// Neither is told, so that nobody who reads one field alone takes the denial for a permission.
	if o := &w[fieldExecution]; providerActs&(1<<o.value) != 0 {
		o.value, o.by = fields[fieldExecution].neutral, noClause
	}
	if o := &w[fieldTrigger]; o.value != triggerNever {
		o.value, o.by = triggerNever, noClause
	}
}

// mostCautious is the most cautious of the possible values of a cautious field.
func mostCautious(field int, possible uint8) uint8 {
	for _, value := range fields[field].cautious {
		if possible&(1<<value) != 0 {
			return value
		}
	}
	return fields[field].neutral
}
