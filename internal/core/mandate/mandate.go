// Package mandate answers "may we?": it turns a decision, the customer's orders and the contract's
// standing order into a Mandate, or into refusals that name the rule.
//
// Grant is the only maker of a Mandate: its fields are unexported and its zero value covers nothing.
// A work order can be made from a Mandate only (wire.NewWorkOrder), so there is no run without one,
// by type. A Mandate that has to survive a restart is not stored as such: its Request is, and Grant
// makes the same Mandate from it again.
//
// Everything that is not allowed is refused (MH2-09).
package mandate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Kind is what a mandate rests on.
type Kind string

// The kinds of mandates.
const (
	ByOrder         Kind = "order"          // the customer's explicit order (MH2-10, MH2-20)
	ByStandingOrder Kind = "standing_order" // the standing instruction made by booking (MH2-14, MH2-21)
	ByConsent       Kind = "consent"        // an emergency consent given beforehand, as an individual agreement
	ByProviderDuty  Kind = "provider_duty"  // the provider plans and executes (MH2-05, MH2-17)
	ByItself        Kind = "way_back"       // taking back what an earlier mandate let be done: the way back is part of it
)

// Order is what a customer's contact said, kept verbatim (Auftrag).
type Order struct {
	ID        string       `json:"id"`
	System    string       `json:"system"`
	Customer  string       `json:"customer"`
	Contact   string       `json:"contact"` // contact ID
	Channel   string       `json:"channel"` // ticket number, or where it was said
	Text      string       `json:"text"`    // verbatim
	Explicit  bool         `json:"explicit"`
	Scope     estate.Scope `json:"scope"`
	Given     time.Time    `json:"given"`
	Withdrawn bool         `json:"withdrawn,omitempty"`
	Used      string       `json:"used,omitempty"` // the run it was used for; an order is used once
	// Mitigation says that it orders measures against holes (a service stopped, a port closed) and no updates:
	// who orders updates has not ordered that a service stand still.
	Mitigation bool `json:"mitigation,omitempty"`
	// Reboot says that the system may be rebooted for it: who orders updates has not ordered an interruption.
	Reboot bool `json:"reboot,omitempty"`
	// Confirmation is what the customer was told about it; Withdrawal how it was taken back.
	Confirmation lang.Text   `json:"confirmation,omitzero"`
	Withdrawal   *Withdrawal `json:"withdrawal,omitempty"`
	Terms        Terms       `json:"terms,omitzero"`
}

// Withdrawal is how an order was taken back: by whom, where, in which words.
type Withdrawal struct {
	Contact string    `json:"contact"`
	Channel string    `json:"channel"`
	Text    string    `json:"text"` // verbatim
	At      time.Time `json:"at"`
}

// SHA256 is the hash of the order's verbatim text, in hex: what was said can be shown to be what was kept.
func (o Order) SHA256() string {
	sum := sha256.Sum256([]byte(o.Text))
	return hex.EncodeToString(sum[:])
}

// Item is one due change together with the decision on it.
type Item struct {
	Finding  finding.Finding `json:"finding"`
	Decision policy.Decision `json:"decision"`
	// Irreversible says why the change has no way back (MH2-16): it would convert data of which no dump exists.
	// Mend says what would give it one. Zero: it has one.
	Irreversible lang.Text `json:"irreversible,omitzero"`
	Mend         lang.Text `json:"mend,omitzero"`
}

// Request is all that a mandate is granted or refused on.
type Request struct {
	Held   estate.Held `json:"held"`
	Items  []Item      `json:"items"`
	Orders []Order     `json:"orders"` // the customer's orders for this system that are known
	Run    string      `json:"run"`    // the run that asks; an order used by it stays good for it
	At     time.Time   `json:"at"`     // in the zone of the system's window: days of standing orders are local ones
	// PutBack are runs on the system that failed and were put back.
	PutBack []Failure `json:"put_back,omitempty"`
}

// Change is one permitted change: exactly this package to exactly this version.
type Change struct {
	Package string `json:"package"`
	Arch    string `json:"arch"`
	From    string `json:"from,omitempty"` // empty: newly installed along with others
	To      string `json:"to"`
	Ground  int    `json:"ground"` // index into the mandate's grounds
}

// Ground is what allows a change: kind, document, person, and the rules that make it count.
type Ground struct {
	Kind    Kind     `json:"kind"`
	Basis   string   `json:"basis,omitempty"`   // ID of the order or standing order
	Contact string   `json:"contact,omitempty"` // who gave it
	Rules   []string `json:"rules"`             // rule IDs, the governing one first
	Reboot  bool     `json:"reboot,omitempty"`  // it permits a reboot, too
}

// Name is the ground in short: its kind, and the order that it is about, if any.
func (g Ground) Name() string { return GroundName(g.Kind, g.Basis) }

// GroundName is the short name of a ground of that kind and basis.
func GroundName(kind Kind, basis string) string {
	if basis == "" {
		return string(kind)
	}
	return string(kind) + " " + basis
}

// Refusal says why a due change is not permitted, in the words of the policy.
type Refusal struct {
	Finding  finding.Finding `json:"finding"`
	Rule     string          `json:"rule"` // the governing rule's ID
	Text     lang.Text       `json:"text"` // why
	Ask      lang.Text       `json:"ask"`  // what would change the answer; empty when nothing would
	Missing  []string        `json:"missing,omitempty"`
	PutBack  string          `json:"put_back,omitempty"` // the run that was put back with the same versions
	Decision policy.Decision `json:"decision"`
}

// document is a mandate's content; its canonical JSON is what the digest is made of.
type document struct {
	System       string    `json:"system"`
	Run          string    `json:"run"`
	Policy       string    `json:"policy"`
	PolicySHA256 string    `json:"policy_sha256"`
	At           time.Time `json:"at"`
	Grounds      []Ground  `json:"grounds"`
	Changes      []Change  `json:"changes"`
	// Measure is what is done instead of changing packages; Lift says that it is taken back.
	Measure *mitigation.Measure `json:"measure,omitempty"`
	Lift    bool                `json:"lift,omitempty"`
}

// Mandate is the permission for exact changes on one system. Only Grant makes one.
type Mandate struct{ doc document }

// Zero reports whether the mandate permits nothing.
func (m Mandate) Zero() bool { return len(m.doc.Changes) == 0 && m.doc.Measure == nil }

// System is the system the mandate is for.
func (m Mandate) System() string { return m.doc.System }

// Run is the run the mandate was granted to.
func (m Mandate) Run() string { return m.doc.Run }

// Policy is the policy version the mandate was granted under, with the SHA-256 of its text.
func (m Mandate) Policy() (id, sha string) { return m.doc.Policy, m.doc.PolicySHA256 }

// Changes are the permitted changes.
func (m Mandate) Changes() []Change { return append([]Change(nil), m.doc.Changes...) }

// Measure is the permitted measure against a hole, and whether it is to be taken back; nil when the mandate is
// for packages.
func (m Mandate) Measure() (measure *mitigation.Measure, lift bool) {
	if m.doc.Measure == nil {
		return nil, false
	}
	kept := *m.doc.Measure
	return &kept, m.doc.Lift
}

// Grounds are what the mandate rests on; never empty in a mandate that permits anything.
func (m Mandate) Grounds() []Ground { return append([]Ground(nil), m.doc.Grounds...) }

// Reboot reports whether the system may be rebooted for the changes: every ground has to permit it, because a
// reboot interrupts the whole system, whichever change needs it.
func (m Mandate) Reboot() bool {
	for _, g := range m.doc.Grounds {
		if !g.Reboot {
			return false
		}
	}
	return len(m.doc.Grounds) > 0 && m.doc.Measure == nil
}

// Document is the mandate's canonical JSON, for the record.
func (m Mandate) Document() []byte {
	doc, err := json.Marshal(m.doc)
	if err != nil { // no field can fail to marshal
		panic("mandate: " + err.Error())
	}
	return doc
}

// Digest is the SHA-256 of the document, in hex. Work orders carry it.
func (m Mandate) Digest() string {
	sum := sha256.Sum256(m.Document())
	return hex.EncodeToString(sum[:])
}
