package severity

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Rating is how bad a hole is and why.
type Rating struct {
	Level    Level       `json:"level"`              // what counts: the override in force, else Derived
	Derived  Level       `json:"derived"`            // what the rules say
	AtLeast  Level       `json:"at_least"`           // of the rules: what is established; Unknown: nothing is
	AtMost   Level       `json:"at_most"`            // of the rules: what could still come out; Unknown: no rule covers the hole
	Rules    []string    `json:"rules,omitempty"`    // the rules that hold and give AtLeast
	Possible []string    `json:"possible,omitempty"` // the rules that could hold and give more than AtLeast
	Unknown  []string    `json:"unknown,omitempty"`  // the facts that would settle them
	Reasons  []lang.Text `json:"reasons"`
	Score    float64     `json:"score,omitempty"` // the worst of the views
	Views    []View      `json:"views,omitempty"` // all vectors that could be read, the highest score first
	Broken   []Broken    `json:"broken,omitempty"`
	Override *Override   `json:"override,omitempty"` // in force
}

// Critical answers whether this is a critical hole in the sense of IT-33. It is not known as long as it
// could be one.
func (r *Rating) Critical() Answer {
	switch {
	case r.Level == Critical:
		return Yes
	case r.Level != Unknown:
		return No
	case r.AtMost == Critical || r.AtMost == Unknown:
		return NotKnown
	}
	return No
}

// Rate judges a hole by the rules, and then by what operators said about it.
func Rate(now time.Time, e Evidence, rules *Rules, overrides []Override) Rating {
	views, broken := e.views()
	joint, unread := e.read()
	r := Rating{AtLeast: Unknown, AtMost: Unknown, Views: views, Broken: append(broken, unread...)}
	subjects := make([]subject, 0, max(len(views), 1))
	fine := slices.ContainsFunc(views, func(v View) bool { return !v.coarse() })
	for i := range views {
		s := subject{views[i].Attributes, views[i].Score, joint}
		if fine && views[i].coarse() && s.WithoutHelp == NotKnown {
			s.WithoutHelp = No // the gap of CVSS 2 is not held against the hole, see the package comment
		}
		subjects = append(subjects, s)
	}
	if len(views) > 0 {
		r.Score = views[0].Score
	} else {
		subjects = append(subjects, subject{unknownAttributes, notKnown, joint})
	}

	holding, open := make([]int, 0, 8), make([]int, 0, 8)
	for i := range rules.Rules {
		rule := &rules.Rules[i]
		answer := No
		for k := range subjects {
			switch a := rule.when.holds(&subjects[k]); {
			case a == Yes:
				answer = Yes
			case a == NotKnown && answer == No && !rule.Lenient:
				answer = NotKnown
			}
		}
		switch answer {
		case Yes:
			holding = append(holding, i)
			r.AtLeast = worse(r.AtLeast, rule.Level)
		case NotKnown:
			open = append(open, i)
		}
	}
	r.AtMost = r.AtLeast
	var missing []fact
	for _, i := range open {
		rule := &rules.Rules[i]
		if rule.Level.Rank() <= r.AtLeast.Rank() {
			continue
		}
		r.AtMost = worse(r.AtMost, rule.Level)
		r.Possible = append(r.Possible, rule.ID)
		for k := range subjects {
			missing = rule.when.missing(&subjects[k], missing)
		}
	}
	r.Derived = r.AtLeast
	if len(r.Possible) > 0 {
		r.Derived = Unknown
	}
	for _, m := range missing {
		r.Unknown = append(r.Unknown, string(m))
	}
	for _, i := range holding {
		if rule := &rules.Rules[i]; rule.Level == r.AtLeast {
			r.Rules = append(r.Rules, rule.ID)
			r.Reasons = append(r.Reasons, plain(rule.name()+": "+rule.Text.DE, rule.name()+": "+rule.Text.EN))
		}
	}
	r.explain(&e, rules, missing)
	r.settle(now, &e, rules, overrides)
	return r
}

// settle puts the operator's word in force, if there is one.
func (r *Rating) settle(now time.Time, e *Evidence, rules *Rules, overrides []Override) {
	r.Level = r.Derived
	if len(overrides) == 0 {
		return
	}
	ceiling := r.AtMost
	if ceiling == Unknown {
		ceiling = Critical
	}
	chosen, told := rules.inForce(now, e, ceiling, overrides)
	if chosen != nil {
		o := *chosen
		r.Level, r.Override = o.Level, &o
		first := lang.Textf("%[1]s hat die Lücke am %[4]s als „%[2]s“ eingestuft, bis %[5]s: %[6]s. Nach den Regeln wäre sie „%[3]s“.",
			`%[1]s rated the hole "%[2]s" on %[4]s, until %[5]s: %[6]s. By the rules it would be "%[3]s".`,
			o.By, o.Level.Text(), r.Derived.Text(), day(o.At), day(o.Expires), bounded(o.Reason))
		r.Reasons = slices.Insert(r.Reasons, 0, first)
	}
	r.Reasons = append(r.Reasons, told...)
}
