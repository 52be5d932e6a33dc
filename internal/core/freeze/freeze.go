// Package freeze holds change freezes (Sperrzeiten): times in which nothing is changed on a system because
// somebody has said so – before Christmas, on Black Friday, on public holidays and the day before.
//
// A freeze is the provider's for all systems, or is about one customer or one system. It says why, who set
// it, whether emergency work passes and who may override it. An override is recorded with who, when and
// why, holds for a stated time, and the other side is told. What is asked here are pure questions: which
// freezes hold for a system in some time, and what of that time is free.
package freeze

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/holiday"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Freeze is a change freeze as it is stated: either one stretch of local time, or the public holidays of a
// region, for as long as From and To say, or for good.
type Freeze struct {
	ID          string      `json:"id"`
	Scope       Scope       `json:"scope"`
	From        wall.Time   `json:"from,omitzero"` // first local minute
	To          wall.Time   `json:"to,omitzero"`   // first local minute after it
	Holidays    *Holidays   `json:"holidays,omitempty"`
	Zone        string      `json:"zone"` // IANA name, e.g. Europe/Berlin
	Reason      string      `json:"reason"`
	SetBy       string      `json:"set_by"`
	SetAt       time.Time   `json:"set_at"`
	Emergencies bool        `json:"emergencies"`  // emergency work passes
	May         []Authority `json:"may_override"` // nobody when empty
	Overrides   []Override  `json:"overrides,omitempty"`
}

// Scope is what is frozen: one system, or all systems of one customer, or, when neither is set, all that
// the provider looks after.
type Scope struct {
	Customer string `json:"customer,omitempty"`
	System   string `json:"system,omitempty"`
}

// Holidays freezes whole local days: each public holiday of a region, and some days before and after.
type Holidays struct {
	Region holiday.Region `json:"region"`
	Before int            `json:"before,omitempty"` // days
	After  int            `json:"after,omitempty"`  // days
	Partly bool           `json:"partly,omitempty"` // also days that are holidays in parts of the region only
}

// Authority is in whose name a freeze is overridden.
type Authority string

// The authorities.
const (
	Management Authority = "management" // the provider's management
	Contact    Authority = "contact"    // a contact of the customer with the authority to consent
)

// Text is who that is.
func (a Authority) Text() lang.Text {
	if a == Contact {
		return lang.T("ein berechtigter Ansprechpartner des Kunden", "a contact of the customer with authority")
	}
	return lang.T("die Leitung des Anbieters", "the provider's management")
}

// role is who that is, behind a name.
func (a Authority) role() lang.Text {
	if a == Contact {
		return lang.T("Ansprechpartner des Kunden", "contact of the customer")
	}
	return lang.T("Leitung des Anbieters", "management of the provider")
}

// Override lets work pass in a freeze, for some time.
type Override struct {
	By      string    `json:"by"` // a person
	As      Authority `json:"as"`
	At      time.Time `json:"at"` // when it was said
	Reason  string    `json:"reason"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
	Systems []string  `json:"systems,omitempty"` // empty: all in the freeze's scope
}

// Work is what a freeze may be in the way of.
type Work struct {
	System    string
	Customer  string
	Emergency bool
}

// Hold is a stretch of time in which a freeze is in the way.
type Hold struct {
	Freeze   string          `json:"freeze"` // its ID
	Interval window.Interval `json:"interval"`
	Text     lang.Text       `json:"text"` // why, in one sentence
}

// covers reports whether the freeze is about the work.
func (f Freeze) covers(w Work) bool {
	switch {
	case w.Emergency && f.Emergencies:
		return false
	case f.Scope.System != "":
		return f.Scope.System == w.System
	case f.Scope.Customer != "":
		return f.Scope.Customer == w.Customer
	}
	return true
}
