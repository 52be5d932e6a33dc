package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Calendar is when changes are made, and when not, over some days.
type Calendar struct {
	Now     time.Time     `json:"now"`
	From    time.Time     `json:"from"` // begin of the first local day
	Zone    string        `json:"zone"` // IANA name of the zone that the days are of
	Days    []CalendarDay `json:"days"`
	Freezes []Freeze      `json:"freezes"` // those in force first
}

// CalendarDay is one local day.
type CalendarDay struct {
	Day     string          `json:"day"` // 2026-11-28
	From    time.Time       `json:"from"`
	To      time.Time       `json:"to"`
	Windows []CalendarEntry `json:"windows"`
	Runs    []RunRow        `json:"runs"` // planned or under way, by their slots
	Frozen  []freeze.Hold   `json:"frozen"`
}

// CalendarEntry is one maintenance window on one day.
type CalendarEntry struct {
	Name    string          `json:"name"`
	At      window.Interval `json:"at"`
	Zone    string          `json:"zone"`
	Systems int             `json:"systems"` // how many systems have it
}

// Subscription is a calendar that somebody subscribes to at a secret address: of one customer, or, without one, of
// the operators. Its address is told once, when it is made or renewed; only the hash of its secret is kept.
type Subscription struct {
	ID           string    `json:"id"`
	Customer     string    `json:"customer,omitempty"` // ID
	CustomerName string    `json:"customer_name,omitempty"`
	Lang         lang.Lang `json:"lang"`
	By           string    `json:"by"`
	Given        time.Time `json:"given"`
	Renewed      time.Time `json:"renewed,omitzero"` // since then another address
	Revoked      time.Time `json:"revoked,omitzero"`
	RevokedBy    string    `json:"revoked_by,omitempty"`
}

// SubscriptionRequest asks for a subscription: of a customer, or of the operators with everything.
type SubscriptionRequest struct {
	Customer  string    `json:"customer,omitempty"`
	Operators bool      `json:"operators,omitempty"`
	Lang      lang.Lang `json:"lang,omitempty"`
	By        string    `json:"by"`
}

// CustomerName is a customer as lists to choose from show it.
type CustomerName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// SubscriptionSecret is a subscription with its address, which is told once.
type SubscriptionSecret struct {
	Subscription
	Path string `json:"path"` // on the server, with the secret in it
}
