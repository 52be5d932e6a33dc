// Package appointment agrees on a time outside of maintenance windows (Terminabstimmung, MH1-06): either side
// proposes, the other accepts, declines or proposes another time, and nothing holds before both have agreed.
//
// It is a pure state machine: Apply takes an appointment and an event and gives the appointment as it is then, or
// says why the event is not allowed. Nothing is forgotten: every step stays with its words and their hash.
package appointment

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Side is one of the two who agree.
type Side string

// The sides.
const (
	Customer Side = "customer"
	Provider Side = "provider"
)

// Other is the side that has to answer.
func (s Side) Other() Side {
	if s == Customer {
		return Provider
	}
	return Customer
}

// Text names the side.
func (s Side) Text() lang.Text {
	if s == Customer {
		return lang.T("Kunde", "customer")
	}
	return lang.T("Provider", "provider")
}

// State is how an appointment stands.
type State string

// The states.
const (
	Wanted   State = "wanted"   // one is needed; nobody has proposed a time
	Proposed State = "proposed" // one side has proposed a time, the other has to answer
	Agreed   State = "agreed"   // both sides have
	Declined State = "declined" // a side said no, or took back what was agreed
	Expired  State = "expired"  // no answer in time
)

// States lists the states.
var States = []State{Wanted, Proposed, Agreed, Declined, Expired}

// Over reports whether no time can come of it any more.
func (s State) Over() bool { return s == Declined || s == Expired }

// Text is the state in words.
func (s State) Text() lang.Text {
	switch s {
	case Wanted:
		return lang.T("gesucht", "wanted")
	case Proposed:
		return lang.T("vorgeschlagen", "proposed")
	case Agreed:
		return lang.T("vereinbart", "agreed")
	case Declined:
		return lang.T("abgelehnt", "declined")
	case Expired:
	}
	return lang.T("verfallen", "expired")
}

// Act is what a side does.
type Act string

// The acts.
const (
	Propose Act = "propose" // also another time than the one proposed
	Accept  Act = "accept"
	Decline Act = "decline" // also of what was agreed, until it begins
)

// Bounds.
const (
	// Within is how long a proposal waits for its answer.
	Within = 14 * 24 * time.Hour
	// Longest is how long an appointment may last.
	Longest = 24 * time.Hour
	// Farthest is how far ahead one may lie.
	Farthest = 366 * 24 * time.Hour
	// MaxSteps bounds how often the sides go back and forth.
	MaxSteps = 50
)

// Event is what a side says.
type Event struct {
	Act     Act             `json:"act"`
	Side    Side            `json:"side"`
	By      string          `json:"by"`      // contact ID of the customer's, or who at the provider
	Channel string          `json:"channel"` // ticket number, or where it was said
	Text    string          `json:"text"`    // verbatim
	Time    window.Interval `json:"time,omitzero"`
}

// Step is an event that happened.
type Step struct {
	Event
	SHA256 string    `json:"sha256"` // of the words
	At     time.Time `json:"at"`
}

// Appointment is a time for work on one system that is being agreed, or is.
type Appointment struct {
	ID       string          `json:"id"`
	System   string          `json:"system"`
	Customer string          `json:"customer"`
	Order    string          `json:"order,omitempty"` // the order that waits for it
	State    State           `json:"state"`
	Time     window.Interval `json:"time,omitzero"`  // proposed or agreed
	Turn     Side            `json:"turn,omitempty"` // who has to answer; empty: either, or nobody
	Until    time.Time       `json:"until,omitzero"` // an answer has to come before
	Steps    []Step          `json:"steps,omitempty"`
}

// New is an appointment that is wanted.
func New(id, system, customer, order string, now time.Time) Appointment {
	return Appointment{ID: id, System: system, Customer: customer, Order: order, State: Wanted, Until: now.Add(Within)}
}

// At is the appointment as it stands at a time: one without an answer in time has expired.
func (a Appointment) At(now time.Time) Appointment {
	if (a.State == Wanted || a.State == Proposed) && !now.Before(a.Until) {
		a.State, a.Turn = Expired, ""
	}
	return a
}

// Holds reports whether work may be planned at the appointment's time, from now on.
func (a Appointment) Holds(now time.Time) bool { return a.State == Agreed && now.Before(a.Time.To) }

// RefusalError says why an event is not allowed. Field is what it is about, where it is one of the event's times.
type RefusalError struct {
	Text  lang.Text
	Field string // "from", "to"; empty: the event as such
}

func (r RefusalError) Error() string { return r.Text.EN }

func no(de, en string, args ...any) error { return RefusalError{Text: lang.Textf(de, en, args...)} }

func noTime(field, de, en string) error { return RefusalError{Text: lang.T(de, en), Field: field} }

// Apply is what becomes of an appointment by an event at a time. The error is a RefusalError; then nothing changes.
func Apply(a Appointment, e Event, now time.Time) (Appointment, error) {
	a = a.At(now)
	switch {
	case e.Side != Customer && e.Side != Provider:
		return a, no("Es fehlt, welche Seite das sagt.", "It does not say which side says so.")
	case strings.TrimSpace(e.By) == "" || strings.TrimSpace(e.Text) == "":
		return a, no("Es fehlt, wer das sagt, oder mit welchen Worten.", "It does not say who says so, or in which words.")
	case a.State.Over():
		return a, no("Der Termin ist %[1]s; ein neuer muss vorgeschlagen werden.", "The appointment is %[1]s; a new one has to be proposed.", a.State.Text())
	case len(a.Steps) >= MaxSteps:
		return a, no("Über diesen Termin wurde %[1]d Mal hin und her gesprochen; bitte einen neuen beginnen.", "This appointment went back and forth %[1]d times; please begin a new one.", MaxSteps)
	case a.State == Agreed && !now.Before(a.Time.From):
		return a, no("Der Termin hat schon begonnen.", "The appointment has begun.")
	}
	next := a
	switch e.Act {
	case Propose:
		if err := checkTime(e.Time, now); err != nil {
			return a, err
		}
		if a.State == Agreed {
			return a, no("Der Termin ist vereinbart; bitte zuerst ablehnen und dann neu vorschlagen.", "The appointment is agreed; please decline it first and then propose anew.")
		}
		next.State, next.Time, next.Turn = Proposed, e.Time, e.Side.Other()
		next.Until = earlier(now.Add(Within), e.Time.From)
	case Accept:
		switch {
		case a.State == Wanted:
			return a, no("Noch hat niemand eine Zeit vorgeschlagen.", "Nobody has proposed a time yet.")
		case a.State == Agreed:
			return a, no("Der Termin ist schon vereinbart.", "The appointment is agreed already.")
		case a.Turn != e.Side:
			return a, no("Der eigene Vorschlag lässt sich nicht annehmen; zustimmen muss die andere Seite (%[1]s).",
				"One's own proposal cannot be accepted; the other side (%[1]s) has to agree.", a.Turn.Text())
		case !e.Time.Zero() && (!e.Time.From.Equal(a.Time.From) || !e.Time.To.Equal(a.Time.To)):
			return a, no("Angenommen wird eine andere Zeit als die vorgeschlagene.", "Another time is accepted than the one proposed.")
		}
		e.Time = a.Time
		next.State, next.Turn, next.Until = Agreed, "", time.Time{}
	case Decline:
		next.State, next.Turn, next.Until = Declined, "", time.Time{}
	default:
		return a, no("„%[1]s“ ist hier keine Antwort.", `"%[1]s" is no answer here.`, string(e.Act))
	}
	sum := sha256.Sum256([]byte(e.Text))
	next.Steps = append(slices.Clone(a.Steps), Step{Event: e, SHA256: hex.EncodeToString(sum[:]), At: now})
	return next, nil
}

func checkTime(t window.Interval, now time.Time) error {
	switch {
	case t.From.IsZero() || !t.To.After(t.From):
		return noTime("to", "Ein Termin braucht Anfang und Ende.", "An appointment needs a begin and an end.")
	case t.To.Sub(t.From) > Longest:
		return noTime("to", "Ein Termin dauert höchstens 24 Stunden.", "An appointment lasts at most 24 hours.")
	case !t.From.After(now):
		return noTime("from", "Der Termin liegt in der Vergangenheit.", "The appointment lies in the past.")
	case t.From.Sub(now) > Farthest:
		return noTime("from", "Der Termin liegt mehr als ein Jahr voraus.", "The appointment lies more than a year ahead.")
	}
	return nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
