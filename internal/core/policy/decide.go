package policy

import "math/bits"

// Decide says what the version rules for the facets. It is total: a nil version, or one that Parse
// did not make, permits nothing.
func Decide(v *Version, f Facets) Decision {
	if v == nil {
		v = new(Version)
	}
	p := f.point()
	w := walk(v.clauses, &p)
	d := Decision{PolicyID: v.ID, PolicySHA256: v.SHA256, Facets: f, Verdict: w.verdict()}
	governing := w[fieldTrigger].by
	if d.Verdict == Denied && w[fieldExecutor].possible&(1<<executorProvider) == 0 {
		governing = w[fieldExecutor].by
	}
	d.Governing = v.ruleOf(governing)
	w.settle(d.Verdict)
	w.fill(&d)
	if d.Verdict == Ask {
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
}

const noClause = int16(-1)

// open reports whether the field may have more than one value.
func (o outcome) open() bool { return bits.OnesCount8(o.possible) > 1 }

// outcomes is what a walk found out about all result fields.
type outcomes [fieldCount]outcome

// walk goes through the clauses in order and collects the possible values of every field, until a
// clause that surely holds settles it. What is never settled may be neutral.
func walk(clauses []clause, p *point) outcomes {
	var w outcomes
	for i := range w {
		w[i].by = noClause
	}
	unsettled := fieldCount
	for i := range clauses {
		c := &clauses[i]
		s := c.at(p)
		if s == fails {
			continue
		}
		for j, value := range c.result {
			o := &w[j]
			if value == valueUnset || o.by != noClause {
				continue
			}
			o.possible |= 1 << value
			if s == holds {
				o.by, o.value = int16(i), value
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

// verdict denies where the provider can neither be the executor nor act; asks where anything about
// what the provider does is open; and permits the rest.
func (w *outcomes) verdict() Verdict {
	if w[fieldExecutor].possible&(1<<executorProvider) == 0 || w[fieldTrigger].possible == 1<<triggerNever {
		return Denied
	}
	for _, o := range w {
		if o.open() {
			return Ask
		}
	}
	return Permitted
}

// settle makes open fields neutral, and, where the provider does not act, everything that would only
// describe how it acts.
func (w *outcomes) settle(v Verdict) {
	for i := range w {
		o := &w[i]
		// An open field keeps the clause that would settle it at the latest: a denial needs a rule to
		// name, and who of others than the provider acts does not change it.
		if o.open() {
			o.value = fields[i].neutral
		}
		switch {
		case v == Permitted, v == Denied && i <= fieldTrigger, i == fieldPlanner && !o.open():
		default:
			o.value, o.by = fields[i].neutral, noClause
		}
	}
	if v != Denied {
		return
	}
	// Rules may name the provider without ever letting it act, or a trigger for somebody else's work.
	// Neither is told, so that nobody who reads one field alone takes the denial for a permission.
	if o := &w[fieldExecutor]; o.value == executorProvider {
		o.value, o.by = fields[fieldExecutor].neutral, noClause
	}
	if o := &w[fieldTrigger]; o.value != triggerNever {
		o.value, o.by = triggerNever, noClause
	}
}

// fill writes the values into the decision.
func (w *outcomes) fill(d *Decision) {
	value := func(i int) string { return fields[i].values[w[i].value] }
	d.Planner = Party(value(fieldPlanner))
	d.Executor = Party(value(fieldExecutor))
	d.Trigger = Trigger(value(fieldTrigger))
	d.ExplicitRequest = w[fieldExplicit].value == explicitTrue
	d.Cadence = Cadence(value(fieldCadence))
	d.Deadline = Deadline(value(fieldDeadline))
	d.Charge = Charge(value(fieldCharge))
	d.Window = Window(value(fieldWindow))
}
