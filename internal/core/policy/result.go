package policy

import "github.com/patchwart/patchwart/internal/core/lang"

// Party is who does something.
type Party string

// The parties. Nobody means that the policy gives the job to no one.
const (
	PartyProvider Party = "provider"
	PartyCustomer Party = "customer"
	PartyNobody   Party = "nobody"
)

// Text is the party for people.
func (p Party) Text() lang.Text {
	switch p {
	case PartyProvider:
		return lang.T("Provider", "provider")
	case PartyCustomer:
		return lang.T("Kunde", "customer")
	}
	return lang.T("niemand", "nobody")
}

// Trigger is what must be there before a change may be made.
type Trigger string

// The triggers. Whatever is not one of the first three counts as never.
const (
	TriggerOrder         Trigger = "order"          // an order by the customer for this work
	TriggerStandingOrder Trigger = "standing_order" // an order given once for recurring work
	TriggerProactive     Trigger = "proactive"      // nothing: the provider acts by itself
	TriggerNever         Trigger = "never"          // the provider does not act
)

// Text is the trigger for people.
func (t Trigger) Text() lang.Text {
	switch t {
	case TriggerOrder:
		return lang.T("auf Auftrag", "on order")
	case TriggerStandingOrder:
		return lang.T("nach Dauerauftrag", "by standing order")
	case TriggerProactive:
		return lang.T("von sich aus", "proactively")
	}
	return lang.T("nie", "never")
}

// Cadence is how often recurring work falls due.
type Cadence string

// The cadences.
const (
	CadenceNone      Cadence = "none"
	CadenceQuarterly Cadence = "quarterly"
	CadenceAsAgreed  Cadence = "as_agreed"
)

// Text is the cadence for people; empty for none.
func (c Cadence) Text() lang.Text {
	switch c {
	case CadenceQuarterly:
		return lang.T("quartalsweise", "quarterly")
	case CadenceAsAgreed:
		return lang.T("im vereinbarten Abstand", "at the agreed interval")
	}
	return lang.Text{}
}

// Deadline is by when a change must be made after the hole became known.
type Deadline string

// The deadlines.
const (
	DeadlineNone Deadline = "none"
	Deadline24h  Deadline = "24h"
)

// Charge is what the customer pays for the work.
type Charge string

// The charges. Unknown means that the policy names no price.
const (
	ChargeFree        Charge = "free"
	ChargeFreeAsRule  Charge = "free_as_rule" // free unless agreed otherwise beforehand
	ChargeByAgreement Charge = "by_agreement" // a price must be agreed before
	ChargeUnknown     Charge = "unknown"
)

// Text is the charge for people.
func (c Charge) Text() lang.Text {
	switch c {
	case ChargeFree:
		return lang.T("kostenfrei", "free of charge")
	case ChargeFreeAsRule:
		return lang.T("in der Regel kostenfrei", "as a rule free of charge")
	case ChargeByAgreement:
		return lang.T("nach vorheriger Vereinbarung", "by prior agreement")
	}
	return lang.T("Preis nicht geregelt", "price not settled")
}

// Window is when the work is done.
type Window string

// The windows.
const (
	WindowNext Window = "next_window" // in the next fitting maintenance window
	WindowNone Window = "none"        // the provider does nothing, so there is no window
)

// The result fields by number, in the order in which a decision is told.
const (
	fieldPlanner = iota
	fieldExecutor
	fieldTrigger
	fieldExplicit
	fieldCadence
	fieldDeadline
	fieldCharge
	fieldWindow
	fieldCount
)

// field is one thing that rules decide: its name in rule files and JSON, its values, and the number
// of the value that holds where no rule says anything or the rules cannot be told apart.
type field struct {
	name    string
	values  []string
	neutral uint8
}

// The neutral values let nobody act: a decision that lost its rules is a denial.
var fields = [fieldCount]field{
	fieldPlanner:  {"planner", parties, 2},
	fieldExecutor: {"executor", parties, 2},
	fieldTrigger: {"trigger", []string{string(TriggerOrder), string(TriggerStandingOrder),
		string(TriggerProactive), string(TriggerNever)}, 3},
	fieldExplicit: {"explicit_request", []string{"false", "true"}, 0},
	fieldCadence:  {"cadence", []string{string(CadenceNone), string(CadenceQuarterly), string(CadenceAsAgreed)}, 0},
	fieldDeadline: {"deadline", []string{string(DeadlineNone), string(Deadline24h)}, 0},
	fieldCharge: {"charge", []string{string(ChargeUnknown), string(ChargeFree), string(ChargeFreeAsRule),
		string(ChargeByAgreement)}, 0},
	fieldWindow: {"window", []string{string(WindowNone), string(WindowNext)}, 0},
}

var parties = []string{string(PartyProvider), string(PartyCustomer), string(PartyNobody)}

// Numbers of the values that Decide itself asks for.
const (
	executorProvider = 0
	triggerNever     = 3
	explicitTrue     = 1
)
