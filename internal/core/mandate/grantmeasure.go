package mandate

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// MeasureRequest is all that a mandate for a measure against a hole is granted or refused on.
type MeasureRequest struct {
	Held     estate.Held        `json:"held"`
	Hole     finding.Finding    `json:"hole"`     // what the hole is in, as the policy is asked about it
	Decision policy.Decision    `json:"decision"` // on closing it
	Orders   []Order            `json:"orders"`
	Measure  mitigation.Measure `json:"measure"`
	Lift     bool               `json:"lift,omitempty"` // take it back
	PutBy    string             `json:"put_by,omitempty"`
	Run      string             `json:"run"`
	At       time.Time          `json:"at"`
}

// GrantMeasure gives a mandate for one measure against a hole (IT-34), or says why not. The policy is asked
// about mitigations, a class of change of its own: neither a standing order nor an order for updates lets a
// service stand still. It takes the provider's own duty, an emergency consent, or an order that says so.
//
// Taking a measure back rests on the mandate by which it was put in place (PutBy is its digest): the way back
// is part of what was permitted.
func GrantMeasure(r MeasureRequest) (Mandate, *Refusal) {
	item := Item{Finding: r.Hole, Decision: r.Decision}
	ground := Ground{Kind: ByItself, Basis: r.PutBy, Rules: []string{"IT-34"}}
	if !r.Lift || r.PutBy == "" {
		var refusal *Refusal
		if ground, refusal = considerMeasure(r, item); refusal != nil {
			return Mandate{}, refusal
		}
	}
	measure := r.Measure
	return Mandate{doc: document{
		System: r.Held.System.Name, Run: r.Run, Policy: r.Held.InForce(), PolicySHA256: r.Decision.PolicySHA256,
		At: r.At.UTC(), Grounds: []Ground{ground}, Measure: &measure, Lift: r.Lift,
	}}, nil
}

func considerMeasure(r MeasureRequest, item Item) (Ground, *Refusal) {
	if err := r.Measure.Check(); err != nil {
		return refuse(item, "IT-34", lang.T("Die Maßnahme hat nicht die geschlossene Form.", "The measure does not have the closed form."), lang.Text{})
	}
	return consider(Request{Held: r.Held, Orders: r.Orders, Run: r.Run, At: r.At}, item)
}
