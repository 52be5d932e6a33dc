package intake

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// State is how an order stands.
type State string

// The states of an order.
const (
	StateReceived  State = "received"  // kept verbatim, not judged yet
	StateQuestion  State = "question"  // waits for an answer: what is meant, price, appointment
	StateAccepted  State = "accepted"  // complete and permitted
	StateScheduled State = "scheduled" // has a slot
	StateRunning   State = "running"
	StateDone      State = "done"
	StateRestored  State = "restored" // it failed, and the previous state is back (MH1-08, MH2-16)
	StateWithdrawn State = "withdrawn"
	StateRefused   State = "refused"
	StateExpired   State = "expired" // nobody answered, or it could not be carried out in time
)

// States lists the states in the order of an order's life.
func States() []State {
	return []State{StateReceived, StateQuestion, StateAccepted, StateScheduled, StateRunning,
		StateDone, StateRestored, StateWithdrawn, StateRefused, StateExpired}
}

// Transition is an allowed change of an order's state, with what makes it happen.
type Transition struct {
	From, To State
	By       lang.Text
}

var transitions = []Transition{
	{StateReceived, StateAccepted, lang.T("vollständig und erlaubt", "complete and permitted")},
	{StateReceived, StateQuestion, lang.T("etwas ist unklar oder zu vereinbaren", "something is unclear or to be agreed")},
	{StateReceived, StateRefused, lang.T("das Regelwerk sagt nein", "the policy says no")},
	{StateReceived, StateWithdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{StateQuestion, StateAccepted, lang.T("die Antwort macht ihn vollständig", "the answer completes it")},
	{StateQuestion, StateRefused, lang.T("das Regelwerk oder die Antwort sagt nein", "the policy or the answer says no")},
	{StateQuestion, StateWithdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{StateQuestion, StateExpired, lang.T("keine Antwort in der Frist", "no answer in time")},
	{StateAccepted, StateScheduled, lang.T("ein Fenster oder Termin steht fest", "a window or appointment is set")},
	{StateAccepted, StateQuestion, lang.T("ein Termin ist zu vereinbaren", "an appointment is to be agreed")},
	{StateAccepted, StateRefused, lang.T("das Regelwerk hat sich geändert", "the policy has changed")},
	{StateAccepted, StateWithdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{StateAccepted, StateExpired, lang.T("kein Fenster in der Frist", "no window in time")},
	{StateScheduled, StateRunning, lang.T("das Fenster beginnt, alle Prüfungen bestehen", "the window begins, all checks pass")},
	{StateScheduled, StateAccepted, lang.T("das Fenster entfällt", "the window falls away")},
	{StateScheduled, StateRefused, lang.T("das Regelwerk hat sich geändert", "the policy has changed")},
	{StateScheduled, StateWithdrawn, lang.T("der Kunde zieht zurück", "the customer withdraws")},
	{StateScheduled, StateExpired, lang.T("nicht in der Frist begonnen", "not begun in time")},
	{StateRunning, StateDone, lang.T("ausgeführt und nachgeprüft", "carried out and checked")},
	{StateRunning, StateRestored, lang.T("fehlgeschlagen, Stand wiederhergestellt", "failed, previous state restored")},
}

// Transitions lists the allowed changes of state.
func Transitions() []Transition { return append([]Transition(nil), transitions...) }

// May reports whether an order may change from one state to another, and by what. What is running cannot be
// withdrawn, and what is over stays as it is: a new try needs a new order (C10).
func (s State) May(to State) (by lang.Text, ok bool) {
	for _, t := range transitions {
		if t.From == s && t.To == to {
			return t.By, true
		}
	}
	return lang.Text{}, false
}

// Over reports whether nothing can follow. A state that does not exist is over.
func (s State) Over() bool {
	for _, t := range transitions {
		if t.From == s {
			return false
		}
	}
	return true
}

// Text is the state for people.
func (s State) Text() lang.Text {
	switch s {
	case StateReceived:
		return lang.T("eingegangen", "received")
	case StateQuestion:
		return lang.T("Rückfrage offen", "question open")
	case StateAccepted:
		return lang.T("angenommen", "accepted")
	case StateScheduled:
		return lang.T("eingeplant", "scheduled")
	case StateRunning:
		return lang.T("in Ausführung", "running")
	case StateDone:
		return lang.T("ausgeführt", "done")
	case StateRestored:
		return lang.T("zurückgestellt", "restored")
	case StateWithdrawn:
		return lang.T("zurückgezogen", "withdrawn")
	case StateRefused:
		return lang.T("abgelehnt", "refused")
	case StateExpired:
		return lang.T("verfallen", "expired")
	}
	return lang.T("nicht bekannt", "not known")
}

// Diagram is the states and transitions as a Mermaid state diagram.
func Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	fmt.Fprintf(&b, "    [*] --> %s\n", StateReceived)
	for _, t := range transitions {
		fmt.Fprintf(&b, "    %s --> %s: %s\n", t.From, t.To, t.By.EN)
	}
	for _, s := range States() {
		if s.Over() {
			fmt.Fprintf(&b, "    %s --> [*]\n", s)
		}
	}
	return b.String()
}
