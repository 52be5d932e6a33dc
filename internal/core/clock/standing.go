package clock

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Standing is a clock in one word, for lists: what of a Clock matters most now.
type Standing string

// The standings, the loudest first.
const (
	StandsOverdue   Standing = "overdue"   // the deadline has passed
	StandsRunning   Standing = "running"   // a deadline runs
	StandsUnclear   Standing = "unclear"   // nobody's job for want of facts
	StandsAsking    Standing = "asking"    // the customer must be asked, or has not answered yet
	StandsRefused   Standing = "refused"   // the customer said no
	StandsSilent    Standing = "silent"    // the customer's silence is on record
	StandsOpen      Standing = "open"      // to be closed, without a deadline
	StandsCustomers Standing = "customers" // the customer's job
	StandsPaused    Standing = "paused"    // there is no duty now
	StandsAccepted  Standing = "accepted"  // an exception covers it
	StandsMitigated Standing = "mitigated" // secured by a mitigation that ends
	StandsSecured   Standing = "secured"
)

// Standings lists the standings, the loudest first.
func Standings() []Standing {
	return []Standing{StandsOverdue, StandsRunning, StandsUnclear, StandsAsking, StandsRefused, StandsSilent, StandsOpen,
		StandsCustomers, StandsPaused, StandsAccepted, StandsMitigated, StandsSecured}
}

// Standing is how the clock stands. Whatever else is true, a deadline that has passed comes first.
func (c *Clock) Standing() Standing {
	switch {
	case c.Secured && c.By == ByMitigation:
		return StandsMitigated
	case c.Secured:
		return StandsSecured
	case c.Overdue:
		return StandsOverdue
	case c.Accepted:
		return StandsAccepted
	case c.Paused:
		return StandsPaused
	case !c.Deadline.IsZero():
		return StandsRunning
	case c.Job == Clarify:
		return StandsUnclear
	case c.Job == Inform:
		return StandsCustomers
	case c.Phase == Refused:
		return StandsRefused
	case c.Phase == Silent && c.Job == Nothing:
		return StandsSilent
	case c.Job == Ask:
		return StandsAsking
	}
	return StandsOpen
}

// Short says the standing in a few words, with the time that is left or over, in units of a minute.
func (c *Clock) Short() lang.Text {
	span := func(d time.Duration) lang.Text {
		d = d.Round(time.Minute)
		return lang.T(lang.Duration(d, lang.DE), lang.Duration(d, lang.EN))
	}
	switch c.Standing() {
	case StandsSecured:
		switch c.By {
		case ByRemoval:
			return lang.T("gesichert: entfernt", "secured: removed")
		case ByNotAffected:
			return lang.T("nicht betroffen", "not affected")
		}
		return lang.T("gesichert", "secured")
	case StandsMitigated:
		if c.Job == Review {
			return lang.T("abgemildert, zu prüfen", "mitigated, to be reviewed")
		}
		return lang.T("abgemildert", "mitigated")
	case StandsOverdue:
		over := (-c.Left).Round(time.Minute)
		return lang.Textf("überfällig seit %[1]s", "overdue for %[1]s", lang.T(lang.DurationDative(over, lang.DE), lang.DurationDative(over, lang.EN)))
	case StandsRunning:
		return lang.Textf("noch %[1]s", "%[1]s left", span(c.Left))
	case StandsUnclear:
		return lang.T("unklar, wessen Aufgabe", "unclear whose job")
	case StandsAsking:
		if c.Phase == Asked {
			return lang.T("Kunde gefragt", "customer asked")
		}
		return lang.T("Kunde zu fragen", "customer to be asked")
	case StandsRefused:
		return lang.T("Kunde lehnt ab", "customer refuses")
	case StandsSilent:
		return lang.T("Kunde schweigt", "customer silent")
	case StandsCustomers:
		return lang.T("Aufgabe des Kunden", "customer's job")
	case StandsPaused:
		return lang.T("Pflicht ruht", "duty paused")
	case StandsAccepted:
		return lang.T("Ausnahme angenommen", "exception accepted")
	}
	return lang.T("offen, ohne Frist", "open, no deadline")
}
