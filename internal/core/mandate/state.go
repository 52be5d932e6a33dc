package mandate

import (
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// OrderState is how far an accepted order has come.
type OrderState string

// The states of an accepted order.
const (
	Accepted  OrderState = "accepted"  // it stands; no run has it yet
	Scheduled OrderState = "scheduled" // a planned run rests on it
	Running   OrderState = "running"   // its run is with the host
	Done      OrderState = "done"      // carried out and verified
	PutBack   OrderState = "restored"  // tried, failed, and the host put back
	Unsettled OrderState = "unsettled" // its run ended otherwise, or it cannot be told how
	Withdrawn OrderState = "withdrawn" // taken back before its run began
)

// OrderStates lists the states, in the order of attention.
var OrderStates = []OrderState{Unsettled, PutBack, Accepted, Scheduled, Running, Done, Withdrawn}

// Pursuit is what the runs of a system say about an order.
type Pursuit struct {
	Planned bool            // a run that rests on it is planned
	With    bool            // its run is with the host
	Over    bool            // its run is over
	Outcome verdict.Outcome // how, when it is over
}

// StateOf is the state of an order.
func StateOf(o Order, p Pursuit) OrderState {
	switch {
	case o.Withdrawn:
		return Withdrawn
	case o.Used == "" && p.Planned:
		return Scheduled
	case o.Used == "":
		return Accepted
	case !p.Over:
		return Running
	case p.Outcome == verdict.Succeeded:
		return Done
	case p.Outcome == verdict.Restored:
		return PutBack
	}
	return Unsettled
}

// MayWithdraw reports whether an order can still be taken back: until its run begins.
func (s OrderState) MayWithdraw() bool { return s == Accepted || s == Scheduled }

// Text is the state in words.
func (s OrderState) Text() lang.Text {
	switch s {
	case Accepted:
		return lang.T("steht", "stands")
	case Scheduled:
		return lang.T("geplant", "scheduled")
	case Running:
		return lang.T("läuft", "running")
	case Done:
		return lang.T("ausgeführt", "done")
	case PutBack:
		return lang.T("zurückgesetzt", "restored")
	case Withdrawn:
		return lang.T("zurückgezogen", "withdrawn")
	case Unsettled:
	}
	return lang.T("ungeklärt", "unsettled")
}
