package lifecycle

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Step is a notice about the end, by the months before it.
type Step struct {
	ID     string `json:"id"`
	Months int    `json:"months"` // before the end; 0: at the end
}

// Steps are the notices in the order in which they fall due.
func Steps() []Step {
	return []Step{{"EOL-12", 12}, {"EOL-06", 6}, {"EOL-03", 3}, {"EOL-01", 1}, {"EOL-00", 0}}
}

// Due is the notice that is due about an end, if any: the latest step whose time has come, unless it or a later
// one was told. A step that was missed is not made up for when a later one is due, so that nobody gets four
// at once. End is the last day with support.
func Due(now, end time.Time, told []string) (Step, bool) {
	if end.IsZero() {
		return Step{}, false
	}
	done := map[string]bool{}
	for _, id := range told {
		done[id] = true
	}
	steps := Steps()
	for i := len(steps) - 1; i >= 0; i-- {
		s := steps[i]
		if done[s.ID] {
			return Step{}, false
		}
		if !now.Before(end.AddDate(0, 0, 1).AddDate(0, -s.Months, 0)) {
			return s, true
		}
	}
	return Step{}, false
}

// Reminder is the step that is repeated every month after the end, until the customer has confirmed.
const Reminder = "EOL-RE"

// Remind reports whether the customer is to be reminded: the end has been told, nobody confirmed it, and a
// month has passed since the last word.
func Remind(now, last time.Time, confirmed bool) bool {
	return !confirmed && !last.IsZero() && !now.Before(last.AddDate(0, 1, 0))
}

// Words are what a step says about a system.
func (s Step) Words(system string, st Standing) lang.Text {
	end := lang.Text{DE: lang.Date(st.End, lang.DE), EN: lang.Date(st.End, lang.EN)}
	if s.Months == 0 {
		first := st.End.AddDate(0, 0, 1)
		end = lang.Text{DE: lang.Date(first, lang.DE), EN: lang.Date(first, lang.EN)}
		return lang.Textf(
			"%[1]s läuft mit %[2]s, das seit %[3]s keine Sicherheitsupdates mehr bekommt. Die Pflicht zu Updates ruht; für personenbezogene Daten darauf übernehmen wir keine Verantwortung (IT-37). Bitte bestätigen Sie, dass Sie das wissen. Den Umzug auf eine neuere Generation bieten wir Ihnen kostenlos an (IT-38).",
			"%[1]s runs %[2]s, which gets no security updates any more since %[3]s. The duty to update pauses; we take no responsibility for personal data on it (IT-37). Please confirm that you know this. We offer you the move to a newer generation free of charge (IT-38).",
			system, st.Name, end)
	}
	when := lang.Textf("in %[1]d Monaten", "in %[1]d months", s.Months)
	if s.Months == 1 {
		when = lang.T("in einem Monat", "in one month")
	}
	return lang.Textf(
		"%[1]s läuft mit %[2]s. Dessen Sicherheitsupdates enden spätestens %[4]s, am %[3]s (IT-35). Danach müssen die Dienste umgezogen sein (IT-36); den Umzug auf eine neuere Generation bieten wir Ihnen kostenlos an (IT-38).",
		"%[1]s runs %[2]s. Its security updates end %[4]s at the latest, on %[3]s (IT-35). By then the services have to be moved (IT-36); we offer you the move to a newer generation free of charge (IT-38).",
		system, st.Name, end, when)
}

// Move is how far the move of a system to a newer generation is (IT-38).
type Move string

// The states of a move.
const (
	Offered  Move = "offered"
	Ordered  Move = "ordered"
	Planned  Move = "planned"
	Done     Move = "done"
	Declined Move = "declined"
)

// moves are the transitions that are allowed. What was declined can be offered anew.
var moves = map[Move][]Move{
	"":       {Offered},
	Offered:  {Ordered, Declined},
	Ordered:  {Planned, Declined},
	Planned:  {Done, Ordered, Declined},
	Declined: {Offered},
}

// Next lists what may follow a state.
func (m Move) Next() []Move { return moves[m] }

// Text is the state in words.
func (m Move) Text() lang.Text {
	switch m {
	case Offered:
		return lang.T("angeboten", "offered")
	case Ordered:
		return lang.T("beauftragt", "ordered")
	case Planned:
		return lang.T("geplant", "planned")
	case Done:
		return lang.T("erledigt", "done")
	case Declined:
		return lang.T("abgelehnt", "declined")
	}
	return lang.T("nicht angeboten", "not offered")
}
