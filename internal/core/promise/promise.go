// Package promise lists what a published document promises, statement by statement, and what each one is
// here: a rule that decides, a control that is checked or attested, a notice that is said along, or nothing
// for software, with the reason. Coverage of a document is complete when none is missing.
package promise

import (
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/statute"
)

// Statement is one sentence of a document with what it is here.
type Statement struct {
	ID       string             `json:"id"`
	Kind     policy.Kind        `json:"kind"`
	Text     lang.Text          `json:"text"`
	Decides  []Effect           `json:"decides,omitempty"` // what it decides, case by case
	Notices  []lang.Text        `json:"notices,omitempty"`
	Controls []policy.Control   `json:"controls,omitempty"`
	Cites    []statute.Standing `json:"cites,omitempty"`
	Reason   lang.Text          `json:"reason,omitzero"`
	Question lang.Text          `json:"question,omitzero"`
}

// Effect is what follows from a statement under some conditions.
type Effect struct {
	When    lang.Text        `json:"when"`
	Results []policy.Setting `json:"results"`
	Tier    policy.Tier      `json:"tier"`
}

// Coverage counts statements by what they are.
type Coverage struct {
	Statements   int `json:"statements"`
	Rules        int `json:"rules"`
	Notices      int `json:"notices"`
	Controls     int `json:"controls"`     // statements that are nothing but controlled
	NotSoftware  int `json:"not_software"` // with the reason
	ControlCount int `json:"control_count"`
	Checks       int `json:"checks"` // of the controls, those that software can look at
	Questions    int `json:"questions"`
}

// Of lists the statements of a version in its order, with citations as they stand on the day.
func Of(v *policy.Version, statutes statute.Table, day string) []Statement {
	out := make([]Statement, 0, len(v.Rules))
	for _, r := range v.Rules {
		s := Statement{ID: r.ID, Kind: r.Kind, Text: r.Text, Controls: r.Controls, Reason: r.Reason, Question: r.Question}
		for _, c := range r.Cases {
			if len(c.Result) > 0 {
				s.Decides = append(s.Decides, Effect{When: policy.Box(c.When).Words(), Results: c.Result, Tier: c.Tier})
			}
			if !c.Notice.IsZero() {
				s.Notices = append(s.Notices, c.Notice)
			}
		}
		for _, id := range r.Cites {
			if standing, ok := statutes.At(id, day); ok {
				s.Cites = append(s.Cites, standing)
			}
		}
		out = append(out, s)
	}
	return out
}

// Count counts.
func Count(list []Statement) Coverage {
	c := Coverage{Statements: len(list)}
	for _, s := range list {
		switch s.Kind {
		case policy.KindRule:
			c.Rules++
		case policy.KindNotice:
			c.Notices++
		case policy.KindControl:
			c.Controls++
		default:
			c.NotSoftware++
		}
		for _, control := range s.Controls {
			c.ControlCount++
			if control.Kind == policy.ControlCheck {
				c.Checks++
			}
		}
		if !s.Question.IsZero() {
			c.Questions++
		}
	}
	return c
}

// KindWords say what a statement is here.
func KindWords(k policy.Kind) lang.Text {
	switch k {
	case policy.KindRule:
		return lang.T("Regel", "rule")
	case policy.KindNotice:
		return lang.T("Hinweis", "notice")
	case policy.KindControl:
		return lang.T("Kontrolle", "control")
	}
	return lang.T("nicht für Software", "not for software")
}
