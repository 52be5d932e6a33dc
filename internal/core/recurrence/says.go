package recurrence

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Text is the occurrence in words: when it is, or that it does not take place, and who said so when and why.
func (o Occurrence) Text() lang.Text {
	from, to := o.Interval.From, o.Interval.To
	when := lang.T(lang.IntervalYear(from, to, lang.DE), lang.IntervalYear(from, to, lang.EN))
	if o.Notice == nil {
		return when
	}
	at := o.Notice.At.In(from.Location())
	said := lang.Textf("%[1]s, %[2]s: %[4]s", "%[1]s, %[3]s: %[4]s",
		o.Notice.By, lang.Date(at, lang.DE), lang.Date(at, lang.EN), strings.TrimRight(strings.TrimSpace(o.Notice.Reason), "."))
	switch o.State {
	case Moved:
		return lang.Textf("%[1]s statt %[2]s, verschoben (%[3]s)", "%[1]s instead of %[2]s, moved (%[3]s)", when, date(o.Day), said)
	case LeftOut:
		return lang.Textf("%[1]s entfällt (%[2]s)", "%[1]s is left out (%[2]s)", when, said)
	case Paused:
		return lang.Textf("%[1]s entfällt, die Regel ist ausgesetzt (%[2]s)", "%[1]s is left out, the rule is paused (%[2]s)", when, said)
	case Ended:
		return lang.Textf("%[1]s entfällt, die Regel ist beendet (%[2]s)", "%[1]s is left out, the rule has ended (%[2]s)", when, said)
	case Due:
	}
	return when
}
