package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// StandingOrder is a contract's standing order as people see it, with all that was said about single dates.
type StandingOrder struct {
	Contract string               `json:"contract"`
	Customer string               `json:"customer"`
	Systems  []string             `json:"systems"`
	Order    estate.StandingOrder `json:"order"` // with what was said since the estate was stated
	RRule    string               `json:"rrule"` // RFC 5545, also where an interval was stated
	Zone     string               `json:"zone"`  // IANA name
	Text     lang.Text            `json:"text"`  // when it recurs, in words
	Paused   bool                 `json:"paused"`
	Dates    []StandingDate       `json:"dates"` // to come, also those that do not take place; at most 24
	Overdue  []Overdue            `json:"overdue"`
	Said     []StandingChange     `json:"said"` // what was said, in order
}

// StandingDate is one date of a standing order.
type StandingDate struct {
	recurrence.Occurrence
	Text lang.Text `json:"text"` // when, or that it does not take place, and who said so
}

// Overdue is a system on which a date of its standing order went by with nothing done (MH2-22).
type Overdue struct {
	System   string    `json:"system"`
	Customer string    `json:"customer"` // ID
	Contract string    `json:"contract"`
	Order    string    `json:"order"`
	Missed   time.Time `json:"missed"`        // when the date began that went by
	Last     time.Time `json:"last,omitzero"` // when the order was carried out last; zero: never
	Zone     string    `json:"zone"`
	Text     lang.Text `json:"text"`
}

// StandingKind is what is said about a standing order.
type StandingKind string

// The kinds.
const (
	StandingMove     StandingKind = "move"      // one date is moved
	StandingLeaveOut StandingKind = "leave_out" // one date does not take place
	StandingPause    StandingKind = "pause"     // nothing takes place for some days, or until further notice
	StandingResume   StandingKind = "resume"    // the pause ends
)

// StandingSide is in whose name something is said about a standing order.
type StandingSide string

// The sides.
const (
	ByContact  StandingSide = "contact"  // a contact of the customer with the authority to order
	ByProvider StandingSide = "provider" // the provider, with notice to the customer
)

// StandingChange says something about single dates of a standing order.
type StandingChange struct {
	Contract string       `json:"contract"`
	Kind     StandingKind `json:"kind"`
	Day      wall.Day     `json:"day,omitzero"`   // move, leave_out: the day on which the rule has the date
	To       wall.Time    `json:"to,omitzero"`    // move
	From     wall.Day     `json:"from,omitzero"`  // pause: first day; zero: today
	Until    wall.Day     `json:"until,omitzero"` // pause: last day; zero: until further notice
	By       string       `json:"by"`             // a person; of a customer's contact the ID
	As       StandingSide `json:"as"`
	Reason   string       `json:"reason"`
	At       time.Time    `json:"at,omitzero"`
}
