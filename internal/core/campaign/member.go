package campaign

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
)

// State is how a system stands in a campaign.
type State string

// The states, those that need a person first.
const (
	Unclear   State = "unclear"  // a run left it in a state that nobody knows to be good, or did only a part
	Restored  State = "restored" // a run failed, and the system is as it was before
	Blocked   State = "blocked"  // a run could not begin on the host
	Held      State = "held"     // its turn has come, and something holds it
	Mandate   State = "mandate"  // what is due waits for somebody who may order it
	Silent    State = "silent"   // the host has never reported: what is due is not known
	Running   State = "running"  // it is being worked on
	Planned   State = "planned"  // it has a slot
	Due       State = "due"      // something is due and may be done, and has no slot yet
	Later     State = "later"    // something is due, and its time has not come
	Done      State = "done"     // a run succeeded
	Current   State = "current"  // nothing is due
	SignedOff State = "signed_off"
	NotOurs   State = "not_ours" // the customer's own work
)

// States lists all states, those that need a person first.
var States = []State{Unclear, Restored, Blocked, Held, Mandate, Silent, Running, Planned, Due, Later, Done, Current, SignedOff, NotOurs}

// Person reports whether a person has to do something about a system in that state.
func (s State) Person() bool { return slices.Index(States, s) <= slices.Index(States, Silent) }

// Through reports whether there is nothing left to be done on the host.
func (s State) Through() bool { return s == Done || s == Current || s == SignedOff || s == NotOurs }

// Phase is how far a run is, as far as a campaign has to know it.
type Phase string

// The phases.
const (
	RunPlanned Phase = "planned"
	RunLive    Phase = "live"
	RunOver    Phase = "over"
)

// Run is a run of a system within a campaign.
type Run struct {
	ID       string          `json:"id"`
	Phase    Phase           `json:"phase"`
	Outcome  verdict.Outcome `json:"outcome,omitempty"`
	At       time.Time       `json:"at"` // planned: its slot; over: when it ended
	Sentence lang.Text       `json:"sentence,omitzero"`
}

// Failed reports whether a run ended in a way that counts against the budget: not as ordered, or stopped by
// trouble on the host. refused says that it was blocked because it was not permitted any more, which is no
// trouble of the host's. Partial counts, too: it was meant to be whole.
func Failed(o verdict.Outcome, refused bool) bool {
	switch o {
	case verdict.Succeeded, verdict.Deferred, "":
		return false
	case verdict.Blocked:
		return !refused
	}
	return true // also an outcome that this build does not know
}

// Sight is what is known of a system when one looks at a campaign.
type Sight struct {
	System   string
	Customer string
	Wave     int
	Ours     bool // the provider carries the updates out
	Rule     string
	Why      lang.Text // whose job it is, by Rule
	Known    bool      // the host has reported
	Due      int       // changes that are due
	Allowed  int       // of these, how many somebody allowed
	Refused  lang.Text // why the others are not, with its rule
	Refuser  string
	HeldBack lang.Text // why what is allowed is not planned now; zero: it is
	Runs     []Run     // of this campaign, newest first
	Hold     wave.Hold // what keeps its run, whose turn has come, from beginning
	Sign     *SignOff
	Secured  bool      // of an emergency: all its holes are closed
	Deadline time.Time // of an emergency: when they have to be; zero: no such time
	LastGood time.Time // end of the newest run that succeeded, of whatever campaign
}

// Member is how a system stands.
type Member struct {
	System   string    `json:"system"`
	Customer string    `json:"customer"`
	Wave     int       `json:"wave"` // 0: canary
	State    State     `json:"state"`
	Sentence lang.Text `json:"sentence"` // why, in one line
	Rule     string    `json:"rule,omitempty"`
	Code     wave.Code `json:"hold,omitempty"` // of a held one: what holds it
	Run      string    `json:"run,omitempty"`  // newest run of the campaign
	At       time.Time `json:"at,omitzero"`    // its slot, or when it ended
	Sign     *SignOff  `json:"sign_off,omitempty"`
	Deadline time.Time `json:"deadline,omitzero"`
	Missing  bool      `json:"missing"` // the campaign's promise is not kept for it yet
	Overdue  bool      `json:"overdue"` // nor was it in time
}

// Stand says how a system stands in a campaign.
func (c Campaign) Stand(in Sight, now time.Time) Member {
	m := Member{System: in.System, Customer: in.Customer, Wave: in.Wave, Sign: in.Sign, Deadline: in.Deadline}
	m.State, m.Sentence, m.Rule = stand(in, &m)
	if c.Kind == Emergency && in.Secured && m.State != Running {
		m.State, m.Sentence = Done, lang.T("Die Lücken sind geschlossen.", "The holes are closed.")
	}
	switch {
	case m.State == NotOurs:
	case c.Kind == Monthly: // IT-31: a person, for each server, each month
		m.Missing = in.Sign == nil
		m.Overdue = m.Missing && !now.Before(c.To)
	case c.Kind == Quarterly: // MH2-22: done within the quarter
		m.Missing = !m.State.Through()
		m.Overdue = m.Missing && (!now.Before(c.To) || !in.LastGood.IsZero() && in.LastGood.AddDate(0, 3, 0).Before(now))
	default:
		m.Missing = !in.Secured
		m.Overdue = m.Missing && !in.Deadline.IsZero() && now.After(in.Deadline)
	}
	return m
}

func stand(in Sight, m *Member) (State, lang.Text, string) {
	var last Run
	if len(in.Runs) > 0 {
		last = in.Runs[0]
		m.Run, m.At = last.ID, last.At
	}
	switch {
	case last.Phase == RunLive:
		return Running, last.Sentence, ""
	case last.Phase == RunPlanned && !in.Hold.Zero():
		m.Code = in.Hold.Code
		return Held, in.Hold.Reason, ""
	case last.Phase == RunPlanned:
		return Planned, last.Sentence, ""
	case in.Sign != nil && !last.At.After(in.Sign.At):
		return SignedOff, lang.Textf("%[1]s: %[2]s", "%[1]s: %[2]s", in.Sign.By, in.Sign.Text), ""
	case !in.Ours:
		return NotOurs, in.Why, in.Rule
	}
	switch last.Outcome {
	case verdict.Deferred, "": // nothing happened
	case verdict.Succeeded:
		return Done, last.Sentence, ""
	case verdict.Restored:
		return Restored, last.Sentence, ""
	case verdict.Blocked:
		return Blocked, last.Sentence, ""
	default:
		return Unclear, last.Sentence, ""
	}
	switch {
	case !in.Known:
		return Silent, lang.T("Der Host hat noch nichts gemeldet; was fällig ist, weiß niemand.", "The host has not reported yet; nobody knows what is due."), ""
	case in.Due == 0:
		return Current, lang.T("Nichts ist fällig.", "Nothing is due."), ""
	case in.Allowed == 0:
		return Mandate, in.Refused, in.Refuser
	case !in.HeldBack.IsZero():
		return Later, in.HeldBack, ""
	}
	return Due, lang.Textf("Fällig und erlaubt: %[1]d.", "Due and allowed: %[1]d.", in.Allowed), ""
}

// Order puts what needs a person first: what is overdue, then by state, then by name.
func Order(list []Member) {
	rank := func(m Member) int {
		i := slices.Index(States, m.State)
		if m.State == Held && !m.Code.ByPerson() { // it goes on by itself
			i = slices.Index(States, Running)
		}
		if m.Overdue {
			i -= len(States)
		}
		return i
	}
	slices.SortStableFunc(list, func(a, b Member) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.System, b.System))
	})
}

// Sum is how far a campaign is.
type Sum struct {
	Systems int           `json:"systems"` // without those that are not ours
	Missing int           `json:"missing"` // for which its promise is not kept yet
	Overdue int           `json:"overdue"`
	Person  int           `json:"person"` // that need somebody
	By      map[State]int `json:"by"`
}

// Person reports whether the system needs a person: not one that only waits for its turn.
func (m Member) Person() bool {
	return m.State != NotOurs && (m.Overdue || m.State.Person() && (m.State != Held || m.Code.ByPerson()))
}

// Total sums the members up.
func Total(list []Member) Sum {
	s := Sum{By: map[State]int{}}
	for _, m := range list {
		s.By[m.State]++
		if m.State == NotOurs {
			continue
		}
		s.Systems++
		if m.Missing {
			s.Missing++
		}
		if m.Overdue {
			s.Overdue++
		}
		if m.Person() {
			s.Person++
		}
	}
	return s
}

// Sentence says how far it is.
func (s Sum) Sentence() lang.Text {
	t := lang.Counted(s.Systems, lang.T("Bei %[2]d von %[1]s System ist es geschehen.", "It is done for %[2]d of %[1]s system."),
		lang.T("Bei %[2]d von %[1]s Systemen ist es geschehen.", "It is done for %[2]d of %[1]s systems."), s.Systems-s.Missing)
	if s.Overdue > 0 {
		t = lang.Textf("%[1]s %[2]d überfällig.", "%[1]s %[2]d overdue.", t, s.Overdue)
	}
	if s.Person > 0 {
		t = lang.Counted(s.Person, lang.T("%[2]s %[1]s braucht jemanden.", "%[2]s %[1]s needs somebody."), lang.T("%[2]s %[1]s brauchen jemanden.", "%[2]s %[1]s need somebody."), t)
	}
	return t
}
