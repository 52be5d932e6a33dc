package policy

import "github.com/patchwart/patchwart/internal/core/lang"

// Party is who does something.
type Party string

// The parties. Both means that the job is done together; nobody that the policy gives it to no one.
const (
	PartyProvider Party = "provider"
	PartyCustomer Party = "customer"
	PartyBoth     Party = "both"
	PartyNobody   Party = "nobody"
)

// Acts reports whether the provider has a hand in it.
func (p Party) Acts() bool { return p == PartyProvider || p == PartyBoth }

// Text is the party for people.
func (p Party) Text() lang.Text {
	switch p {
	case PartyProvider:
		return lang.T("Provider", "provider")
	case PartyCustomer:
		return lang.T("Kunde", "customer")
	case PartyBoth:
		return lang.T("Provider und Kunde gemeinsam", "provider and customer together")
	}
	return lang.T("niemand", "nobody")
}

// Trigger is what must be there before a change may be made.
type Trigger string

// The triggers. Whatever is not one of the first four counts as never.
const (
	TriggerOrder         Trigger = "order"          // an order by the customer for this work
	TriggerStandingOrder Trigger = "standing_order" // an order given once for recurring work
	TriggerProactive     Trigger = "proactive"      // nothing: the provider acts by itself
	TriggerConsent       Trigger = "consent"        // a consent given beforehand for emergencies (Notfallfreigabe)
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
	case TriggerConsent:
		return lang.T("mit Notfallfreigabe", "by emergency consent")
	}
	return lang.T("nie", "never")
}

// Cadence is how often recurring work falls due.
type Cadence string

// The cadences.
const (
	CadenceNone      Cadence = "none"
	CadenceNightly   Cadence = "nightly"
	CadenceMonthly   Cadence = "monthly"
	CadenceQuarterly Cadence = "quarterly"
	CadenceAsAgreed  Cadence = "as_agreed"
)

// Text is the cadence for people; empty for none.
func (c Cadence) Text() lang.Text {
	switch c {
	case CadenceNightly:
		return lang.T("jede Nacht", "every night")
	case CadenceMonthly:
		return lang.T("jeden Monat", "every month")
	case CadenceQuarterly:
		return lang.T("quartalsweise", "quarterly")
	case CadenceAsAgreed:
		return lang.T("im vereinbarten Abstand", "at the agreed interval")
	}
	return lang.Text{}
}

// Charge is what the customer pays for the work.
type Charge string

// The charges. Unknown means that the policy names no price.
const (
	ChargeFree     Charge = "free"
	ChargeIncluded Charge = "included" // part of the package as a rule: free unless agreed otherwise beforehand
	ChargeQuote    Charge = "quote"    // a price must be agreed before
	ChargeUnknown  Charge = "unknown"
)

// Text is the charge for people.
func (c Charge) Text() lang.Text {
	switch c {
	case ChargeFree:
		return lang.T("kostenfrei", "free of charge")
	case ChargeIncluded:
		return lang.T("in der Regel kostenfrei", "as a rule free of charge")
	case ChargeQuote:
		return lang.T("nach vorheriger Vereinbarung", "by prior agreement")
	}
	return lang.T("Preis nicht geregelt", "price not settled")
}

// Window is when the work is done.
type Window string

// The windows.
const (
	WindowNext        Window = "next"        // in the next fitting maintenance window
	WindowAppointment Window = "appointment" // at a time agreed with the customer
	WindowAny         Window = "any"         // as soon as possible, also outside of windows
	WindowNone        Window = "none"        // the provider does nothing, so there is no window
)

// Text is the window for people; empty for none.
func (w Window) Text() lang.Text {
	switch w {
	case WindowNext:
		return lang.T("im nächsten Wartungsfenster", "in the next maintenance window")
	case WindowAppointment:
		return lang.T("zu einem vereinbarten Termin", "at an agreed time")
	case WindowAny:
		return lang.T("sofort, auch außerhalb der Wartungsfenster", "at once, also outside of maintenance windows")
	}
	return lang.Text{}
}

// The result fields by number, in the order in which a decision is told.
const (
	fieldPlanning = iota
	fieldExecution
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
//
// A cautious field can be lived with while it is open: its values stand in an order of caution, and the
// more cautious one keeps every promise that the others make. A shorter deadline is kept by whoever
// keeps the shortest, and work inside a window is permitted where work at any time is.
type field struct {
	name     string
	values   []string
	neutral  uint8
	cautious []uint8 // the numbers of the values, most cautious first; empty where an open field is a question
}

// The neutral values let nobody act: a decision that lost its rules is a denial.
var fields = [fieldCount]field{
	fieldPlanning:  {"planning", parties, 3, nil},
	fieldExecution: {"execution", parties, 3, nil},
	fieldTrigger: {"trigger", []string{string(TriggerOrder), string(TriggerStandingOrder),
		string(TriggerProactive), string(TriggerConsent), string(TriggerNever)}, triggerNever, nil},
	fieldExplicit: {"explicit_request", []string{"false", "true"}, 0, nil},
	fieldCadence: {"cadence", []string{string(CadenceNone), string(CadenceNightly), string(CadenceMonthly),
		string(CadenceQuarterly), string(CadenceAsAgreed)}, 0, nil},
	fieldDeadline: {"deadline_hours", []string{"none", "4", "24", "48", "72"}, 0, []uint8{1, 2, 3, 4, 0}},
	fieldCharge: {"charge", []string{string(ChargeUnknown), string(ChargeFree), string(ChargeIncluded),
		string(ChargeQuote)}, 0, nil},
	fieldWindow: {"window", []string{string(WindowNone), string(WindowNext), string(WindowAppointment),
		string(WindowAny)}, 0, []uint8{0, 2, 1, 3}},
}

// deadlineHours are the values of the deadline as numbers, in hours; 0 where there is none.
var deadlineHours = [...]int{0, 4, 24, 48, 72}

var parties = []string{string(PartyProvider), string(PartyCustomer), string(PartyBoth), string(PartyNobody)}

// Numbers of the values that Decide itself asks for.
const (
	executionProvider = 0
	executionBoth     = 2
	triggerNever      = 4
	explicitTrue      = 1

	// providerActs are the values of the execution in which the provider has a hand.
	providerActs = 1<<executionProvider | 1<<executionBoth
)
