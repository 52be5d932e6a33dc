package policy

// Ruling is a decision without its texts and reasons: what simulations, comparisons and lint ask for by
// the hundred thousand.
type Ruling struct {
	Verdict         Verdict
	Planning        Party
	Execution       Party
	Trigger         Trigger
	ExplicitRequest bool
	Cadence         Cadence
	DeadlineHours   int // 0: none
	Charge          Charge
	Window          Window
	Governing       string // ID of the rule that a refusal names first
}

// Judge decides without explaining. It does not allocate.
func Judge(v *Version, f Facets) Ruling {
	if v == nil {
		return (&Version{}).judgeAt(new(point))
	}
	p := f.point()
	return v.judgeAt(&p)
}

func (v *Version) judgeAt(p *point) Ruling {
	w := walk(v.clauses, p)
	return v.judge(&w, p)
}

// judge turns what a walk found out into a ruling. It leaves the outcomes as they are.
func (v *Version) judge(w *outcomes, p *point) Ruling {
	verdict := w.verdict()
	governing := v.governing(w, p, verdict)
	told := *w
	told.settle(verdict)
	value := func(i int) string { return fields[i].values[told[i].value] }
	return Ruling{
		Verdict: verdict, Planning: Party(value(fieldPlanning)), Execution: Party(value(fieldExecution)),
		Trigger: Trigger(value(fieldTrigger)), ExplicitRequest: told[fieldExplicit].value == explicitTrue,
		Cadence: Cadence(value(fieldCadence)), DeadlineHours: deadlineHours[told[fieldDeadline].value],
		Charge: Charge(value(fieldCharge)), Window: Window(value(fieldWindow)), Governing: governing,
	}
}

// governing finds the rule that a refusal names first: of a denial the one that keeps the provider from
// acting, of a permission the one that demands the trigger, of a question the first that hangs on a fact
// that is not known.
func (v *Version) governing(w *outcomes, p *point, verdict Verdict) string {
	switch {
	case verdict == Denied && w[fieldExecution].possible&providerActs == 0:
		return v.ruleOf(w[fieldExecution].by)
	case verdict != Ask:
		return v.ruleOf(w[fieldTrigger].by)
	}
	for j := range v.clauses {
		c := &v.clauses[j]
		if c.at(p) != may {
			continue
		}
		for i, o := range w {
			if o.open() && c.result[i] != valueUnset && (o.until == noClause || int16(j) <= o.until) {
				return v.ruleOf(int16(j))
			}
		}
	}
	return ""
}
