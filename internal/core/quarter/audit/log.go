// Package audit judges a quarter of a hoster's work from what was written down about it: for every promise of the
// published documents, whether it was kept, or else alarmed, or broken.
//
// It is the second opinion. It imports none of the rooms that decide, plan or tell (a test holds that): windows,
// freezes, dates and mandates are worked out here once more, from the documents' sentences and in the plainest way,
// so that a mistake there is not repeated here.
package audit

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
)

// Kind is what an entry of the log tells.
type Kind string

// What happens to the hoster.
const (
	Arrived   Kind = "arrived"    // an update fell due on a system: What is its name with its version
	Mailed    Kind = "mailed"     // a message came: Intent is what its writer meant and was entitled to
	Froze     Kind = "froze"      // a freeze was set from From to Until, for Customer or System; Urgent: emergencies pass
	PausedDay Kind = "paused"     // the customer paused a standing order from From to Until
	MovedDate Kind = "moved_date" // a date of a standing order was moved from From to Until
)

// What the hoster does.
const (
	Ordered   Kind = "ordered"   // a message was taken as the order Order
	AskedBack Kind = "asked"     // a question went back
	Warned    Kind = "warned"    // the message was not acted on, and somebody was told
	Declined  Kind = "declined"  // the policy's no was answered
	Withdrawn Kind = "withdrawn" // the order was taken back
	Agreed    Kind = "agreed"    // the customer agreed to the price of the order
	Planned   Kind = "planned"   // a run has the slot From
	Moved     Kind = "moved"     // a run has another slot
	Cancelled Kind = "cancelled" // a planned run does not take place
	Begun     Kind = "begun"     // a run has begun; Ground and Basis are what it rests on, Names what it installs
	Ended     Kind = "ended"     // a run has ended; What is its outcome
	Told      Kind = "told"      // To was told What about Run, with the slot From; Late: later than the rule says
	Alarm     Kind = "alarm"     // To was told that a promise is in danger or not kept: Rule and Why say which and why
	Signed    Kind = "signed"    // a person signed a system off
)

// Intent is what the writer of a message meant, as whoever invented the message knows.
type Intent string

// The intents.
const (
	Clear        Intent = "clear"        // a plain order by somebody who may order
	Vague        Intent = "unclear"      // by somebody who may order, and no plain order
	Unauthorised Intent = "unauthorised" // by somebody who may not order, or not certainly by who it says
	TakesBack    Intent = "withdrawal"
)

// Entry is one line of the log. Which fields are set is said at the kinds.
type Entry struct {
	At                   time.Time
	Kind                 Kind
	System, Customer     string
	Run, Order, Mail     string
	What                 string
	Names                []string
	Ground, Basis        string
	To, Rule, Why        string
	From, Until          time.Time
	Intent               Intent
	Urgent, Late         bool
	Security, Critical   bool
	Standard, NeedsPrice bool
}

// System is a system with what is agreed about it when the quarter begins.
type System struct {
	estate.System
	Customer string
	Contract estate.Contract
	Window   estate.Window
	Zone     *time.Location
}

// World is what stands still during the quarter.
type World struct {
	From, Until time.Time
	Customers   []estate.Customer
	Systems     []System
	Pools       []estate.Pool
}
