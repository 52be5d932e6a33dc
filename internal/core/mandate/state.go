package mandate

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// OrderState is how far an order has come. There is one set of states and of changes between them, for the
// intake, the server, the API, the command line and the console.
type OrderState string

// The states of an order, in the order of its life.
const (
	Received  OrderState = "received"  // kept verbatim, not judged yet
	Question  OrderState = "question"  // waits for an answer: what is meant, price, appointment
	Accepted  OrderState = "accepted"  // complete and permitted; no run has it yet
	Scheduled OrderState = "scheduled" // a planned run rests on it
	Running   OrderState = "running"   // its run is with the host
	Done      OrderState = "done"      // carried out and verified
	PutBack   OrderState = "restored"  // tried, failed, and the previous state is back (MH1-08, MH2-16)
	Unsettled OrderState = "unsettled" // its run ended otherwise than ordered, or it cannot be told how
	Withdrawn OrderState = "withdrawn" // taken back before its run began
	Refused   OrderState = "refused"   // the policy, the customer's answer or the service desk said no
	Expired   OrderState = "expired"   // nobody answered in time
)

// OrderStates lists the states in the order of an order's life.
var OrderStates = []OrderState{Received, Question, Accepted, Scheduled, Running, Done, PutBack, Unsettled, Withdrawn, Refused, Expired}

// Transition is an allowed change of an order's state, with what makes it happen.
type Transition struct {
	From OrderState `json:"from"`
	To   OrderState `json:"to"`
	By   lang.Text  `json:"by"`
}

var transitions = []Transition{
	{Received, Accepted, lang.T("vollständig und erlaubt", "complete and permitted")},
	{Received, Question, lang.T("etwas ist unklar oder zu vereinbaren", "something is unclear or to be agreed")},
	{Received, Refused, lang.T("das Regelwerk sagt nein", "the policy says no")},
	{Received, Withdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{Question, Accepted, lang.T("die Antwort macht ihn vollständig", "the answer completes it")},
	{Question, Refused, lang.T("das Regelwerk oder die Antwort sagt nein", "the policy or the answer says no")},
	{Question, Withdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{Question, Expired, lang.T("keine Antwort in der Frist", "no answer in time")},
	{Accepted, Scheduled, lang.T("ein Fenster oder Termin steht fest", "a window or appointment is set")},
	{Accepted, Question, lang.T("ein Preis oder Termin ist zu vereinbaren", "a price or an appointment is to be agreed")},
	{Accepted, Running, lang.T("ein Lauf, der gerade beginnt, nimmt ihn mit", "a run that begins takes it along")},
	{Accepted, Done, lang.T("von Hand ausgeführt", "carried out by hand")},
	{Accepted, Refused, lang.T("das Regelwerk oder der Service sagt nein", "the policy or the service desk says no")},
	{Accepted, Withdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{Scheduled, Running, lang.T("das Fenster beginnt, alle Prüfungen bestehen", "the window begins, all checks pass")},
	{Scheduled, Accepted, lang.T("das Fenster entfällt", "the window falls away")},
	{Scheduled, Question, lang.T("ein Preis oder Termin ist zu vereinbaren", "a price or an appointment is to be agreed")},
	{Scheduled, Withdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{Running, Done, lang.T("ausgeführt und nachgeprüft", "carried out and checked")},
	{Running, PutBack, lang.T("fehlgeschlagen, Stand wiederhergestellt", "failed, previous state restored")},
	{Running, Unsettled, lang.T("anders ausgegangen als beauftragt", "ended otherwise than ordered")},
	{Running, Accepted, lang.T("der Lauf endete, ehe er etwas änderte", "the run ended before it changed anything")},
}

// Transitions lists the allowed changes of state.
func Transitions() []Transition { return append([]Transition(nil), transitions...) }

// May reports whether an order may change from one state to another, and by what. What is running cannot be
// withdrawn, and what is over stays as it is: a new try needs a new order (C10).
func (s OrderState) May(to OrderState) (by lang.Text, ok bool) {
	for _, t := range transitions {
		if t.From == s && t.To == to {
			return t.By, true
		}
	}
	return lang.Text{}, false
}

// Over reports whether nothing can follow. A state that does not exist is over.
func (s OrderState) Over() bool {
	for _, t := range transitions {
		if t.From == s {
			return false
		}
	}
	return true
}

// MayWithdraw reports whether an order can still be taken back: until its run begins.
func (s OrderState) MayWithdraw() bool {
	_, ok := s.May(Withdrawn)
	return ok
}

// Pursuit is what the runs of a system say about an order.
type Pursuit struct {
	Planned bool            // a run that rests on it is planned
	With    bool            // its run is with the host
	Over    bool            // its run is over
	Outcome verdict.Outcome // how, when it is over
}

// StateOf is the state of an order: what was said about it, and what the runs of its system say. A kept order
// has been judged, so that none is merely received.
func StateOf(o Order, p Pursuit) OrderState {
	switch {
	case o.Withdrawn:
		return Withdrawn
	case o.Used != "" && !p.Over:
		return Running
	case o.Used != "" && p.Outcome == verdict.Succeeded:
		return Done
	case o.Used != "" && p.Outcome == verdict.Restored:
		return PutBack
	case o.Used != "":
		return Unsettled
	case o.Terms.Closed != nil:
		return o.Terms.Closed.State
	case len(o.Awaits()) > 0:
		return Question
	case p.Planned:
		return Scheduled
	}
	return Accepted
}

// Text is the state in words.
func (s OrderState) Text() lang.Text {
	switch s {
	case Received:
		return lang.T("eingegangen", "received")
	case Question:
		return lang.T("Rückfrage offen", "question open")
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
	case Refused:
		return lang.T("abgelehnt", "refused")
	case Expired:
		return lang.T("verfallen", "expired")
	case Unsettled:
	}
	return lang.T("ungeklärt", "unsettled")
}

// Diagram is the states and transitions as a Mermaid state diagram.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	fmt.Fprintf(&b, "    [*] --> %s\n", Received)
	for _, t := range transitions {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", t.From, t.To, t.By.EN)
	}
	for _, s := range OrderStates {
		if s.Over() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String()
}
