// Package campaign is work on many systems that belongs together: the monthly round that a person signs off
// server by server (IT-31), the quarterly round of those who booked regular updates (MH2-22), and the emergency
// after a critical hole (IT-33). It says how each system stands in it, what needs a person first, and how far
// the whole is. What may begin when is package wave's part.
package campaign

import (
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/wave"
)

// Kind is what a campaign is for.
type Kind string

// The kinds.
const (
	Monthly   Kind = "monthly"   // all systems, signed off one by one
	Quarterly Kind = "quarterly" // the systems with a quarterly standing order
	Emergency Kind = "emergency" // the systems with a critical hole; begun by the hole itself
)

// Text names the kind.
func (k Kind) Text() lang.Text {
	switch k {
	case Monthly:
		return lang.T("Monatsrunde", "Monthly round")
	case Quarterly:
		return lang.T("Quartalsrunde", "Quarterly round")
	}
	return lang.T("Notfall", "Emergency")
}

// Rule is the promise that a campaign of that kind keeps.
func (k Kind) Rule() string {
	switch k {
	case Monthly:
		return "IT-31"
	case Quarterly:
		return "MH2-22"
	}
	return "IT-33"
}

// Campaign is one campaign as it was begun, and as it ended.
type Campaign struct {
	ID       string     `json:"id"`
	Kind     Kind       `json:"kind"`
	From     time.Time  `json:"from"`               // of a round, its first moment; of an emergency, when it was begun
	To       time.Time  `json:"to,omitzero"`        // of a round, the first moment after it; of an emergency, none
	Customer string     `json:"customer,omitempty"` // ID; empty: all
	Source   string     `json:"source,omitempty"`   // of an emergency, the source package
	Holes    []string   `json:"holes,omitempty"`    // of an emergency
	Rules    wave.Rules `json:"rules"`
	Repeat   bool       `json:"repeat,omitempty"` // the next round is begun when this one is over, by the same rules
	Begun    time.Time  `json:"begun"`
	By       string     `json:"by"`               // a person, or Itself
	Resumed  time.Time  `json:"resumed,omitzero"` // since when failures count again; zero: all do
	Ended    time.Time  `json:"ended,omitzero"`
	EndedBy  string     `json:"ended_by,omitempty"`
	EndedFor string     `json:"ended_for,omitempty"` // why, when a person ended it
}

// Itself is who begins and ends campaigns that no person began or ended.
const Itself = "patchwart"

// Open reports whether the campaign goes on.
func (c Campaign) Open() bool { return c.Ended.IsZero() }

// Since is from when on a failure counts against the budget.
func (c Campaign) Since() time.Time {
	if c.Resumed.After(c.Begun) {
		return c.Resumed
	}
	return c.Begun
}

// Governs reports whether runs of that sort that begin now are work of the campaign. An emergency overtakes
// rounds, and the rounds' waves do not hold it up; a round whose time is over holds nothing up either.
func (c Campaign) Governs(urgent bool, now time.Time) bool {
	return c.Open() && urgent == (c.Kind == Emergency) && (c.To.IsZero() || now.Before(c.To))
}

// FourEyes reports whether a stop that the campaign's own rules brought about is lifted only by two persons. In
// an emergency nobody else is asked beforehand, so somebody else is asked then.
func (c Campaign) FourEyes() bool { return c.Kind == Emergency }

// Title names the campaign: "Monatsrunde 11/2026", "Notfall openssl".
func (c Campaign) Title() lang.Text {
	what := c.Source
	switch c.Kind {
	case Monthly:
		what = strconv.Itoa(int(c.From.Month())) + "/" + strconv.Itoa(c.From.Year())
	case Quarterly:
		what = strconv.Itoa(quarter(c.From)) + "/" + strconv.Itoa(c.From.Year())
	}
	return lang.Textf("%[1]s %[2]s", "%[1]s %[2]s", c.Kind.Text(), what)
}

func quarter(t time.Time) int { return (int(t.Month())-1)/3 + 1 }

// Period is the month or quarter that a moment lies in, in the moment's own location. A month is a month of the
// calendar there, whatever the clocks did.
func (k Kind) Period(t time.Time) (from, to time.Time) {
	first, months := t.Month(), 1
	if k == Quarterly {
		first, months = time.Month((quarter(t)-1)*3+1), 3
	}
	return time.Date(t.Year(), first, 1, 0, 0, 0, 0, t.Location()), time.Date(t.Year(), first+time.Month(months), 1, 0, 0, 0, 0, t.Location())
}

// Check says what is wrong with a campaign that somebody wants to begin; nil when nothing is.
func (c Campaign) Check() error {
	if strings.TrimSpace(c.By) == "" {
		return fault.New(fault.Invalid, lang.T("Es fehlt, wer die Kampagne beginnt.", "It does not say who begins the campaign."), lang.Text{})
	}
	switch c.Kind {
	case Monthly, Quarterly:
		return c.Rules.Check()
	case Emergency:
		return fault.New(fault.Refused, lang.T("Eine Notfallkampagne beginnt von selbst, wenn eine kritische Lücke bekannt wird.", "An emergency campaign begins by itself when a critical hole becomes known."),
			lang.T("patchwart advisory rate stuft eine Lücke ein.", "patchwart advisory rate rates a hole."))
	}
	return fault.New(fault.Invalid, lang.Textf("„%[1]s“ ist keine Art von Kampagne.", `"%[1]s" is no kind of campaign.`, string(c.Kind)),
		lang.T("Es gibt monthly und quarterly.", "There are monthly and quarterly."))
}

// Next is the round that follows one that is over.
func (c Campaign) Next(now time.Time) Campaign {
	next := Campaign{Kind: c.Kind, Customer: c.Customer, Rules: c.Rules, Repeat: true, Begun: now, By: Itself}
	next.From, next.To = c.Kind.Period(now)
	return next
}

// Stop is that nothing more begins: in a campaign, or anywhere.
type Stop struct {
	ID       string    `json:"id"`
	Campaign string    `json:"campaign,omitempty"` // ID; empty: everything
	Code     wave.Code `json:"code"`
	By       string    `json:"by"` // a person, or Itself
	Reason   lang.Text `json:"reason"`
	At       time.Time `json:"at"`

	ResumedBy    string    `json:"resumed_by,omitempty"`
	ApprovedBy   string    `json:"approved_by,omitempty"` // the second person, where there has to be one
	ResumeReason string    `json:"resume_reason,omitempty"`
	ResumedAt    time.Time `json:"resumed_at,omitzero"`
}

// Holds reports whether the stop is in force.
func (s Stop) Holds() bool { return s.ID != "" && s.ResumedAt.IsZero() }

// Hold is what the stop means for a run whose turn has come.
func (s Stop) Hold() wave.Hold {
	if s.By == Itself {
		return wave.Hold{Code: s.Code, Reason: s.Reason}
	}
	if s.Campaign == "" {
		return wave.Hold{Code: wave.StoppedAll, Reason: lang.Textf("%[1]s hat alles angehalten: %[2]s", "%[1]s has stopped everything: %[2]s", s.By, s.Reason)}
	}
	return wave.Hold{Code: wave.Stopped, Reason: lang.Textf("%[1]s hat die Kampagne angehalten: %[2]s", "%[1]s has stopped the campaign: %[2]s", s.By, s.Reason)}
}

// Resume lifts the stop. It asks for a person and a reason; with fourEyes, for a second person, too, where no
// person brought the stop about.
func (s Stop) Resume(by, approved, reason string, fourEyes bool, at time.Time) (Stop, error) {
	by, approved, reason = strings.TrimSpace(by), strings.TrimSpace(approved), strings.TrimSpace(reason)
	switch {
	case !s.Holds():
		return s, fault.New(fault.Conflict, lang.T("Es ist nichts angehalten.", "Nothing is stopped."), lang.Text{})
	case by == "" || reason == "":
		return s, fault.New(fault.Invalid, lang.T("Zum Fortsetzen gehört, wer es tut und warum.", "To resume takes who does it and why."), lang.Text{})
	case fourEyes && s.By == Itself && (approved == "" || strings.EqualFold(approved, by)):
		return s, fault.New(fault.Refused, lang.T("In einem Notfall setzt nach Fehlschlägen nur fort, wer eine zweite Person hat, die zustimmt.", "In an emergency, after failures, one resumes only with a second person who approves."),
			lang.T("Bitte nennen Sie die zweite Person (--approved-by).", "Please name the second person (--approved-by)."))
	}
	s.ResumedBy, s.ApprovedBy, s.ResumeReason, s.ResumedAt = by, approved, reason, at
	return s, nil
}

// SignOff is that a person has looked at a system in a round (IT-31).
type SignOff struct {
	Campaign string    `json:"campaign"`
	System   string    `json:"system"`
	By       string    `json:"by"`
	Text     string    `json:"text"` // what was done and found
	At       time.Time `json:"at"`
}

// Check says what is missing; nil when nothing is.
func (s SignOff) Check() error {
	if strings.TrimSpace(s.By) == "" || strings.TrimSpace(s.Text) == "" {
		return fault.New(fault.Invalid, lang.T("Zum Abzeichnen gehört, wer es tut und was getan und gesehen wurde.", "A sign-off takes who gives it, and what was done and found."), lang.Text{})
	}
	return nil
}
