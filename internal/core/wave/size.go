package wave

import (
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Size is a number of systems, or a share of all systems of a campaign in percent. One of them is set.
type Size struct {
	Number  int `json:"number,omitempty"`
	Percent int `json:"percent,omitempty"` // 1 to 100
}

// Of is how many systems that is of so many: at least one, so that no share comes to nothing.
func (s Size) Of(total int) int {
	n := s.Number
	if s.Percent > 0 {
		n = total * s.Percent / 100
	}
	return max(n, 1)
}

// String writes a size as ParseSize reads it.
func (s Size) String() string {
	switch {
	case s.Percent == 100:
		return "rest"
	case s.Percent > 0:
		return strconv.Itoa(s.Percent) + "%"
	}
	return strconv.Itoa(s.Number)
}

// Good reports whether exactly one of the two is set, and in its bounds.
func (s Size) Good() bool {
	return s.Percent == 0 && s.Number >= 1 && s.Number <= 1_000_000 || s.Number == 0 && s.Percent >= 1 && s.Percent <= 100
}

// ParseSize reads "3", "10%" or "rest". Anything else is an error that says what a size looks like.
func ParseSize(text string) (Size, error) {
	var s Size
	trimmed := strings.TrimSpace(text)
	number, percent := strings.CutSuffix(trimmed, "%")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	switch {
	case trimmed == "rest":
		return Size{Percent: 100}, nil
	case percent:
		s.Percent = n
	default:
		s.Number = n
	}
	if err != nil || !s.Good() {
		return Size{}, fault.New(fault.Invalid, lang.Textf("„%[1]s“ ist keine Größe.", `"%[1]s" is no size.`, text),
			lang.T("Eine Größe ist eine Zahl von Systemen (3), ein Anteil (10%) oder rest.", "A size is a number of systems (3), a share (10%), or rest."))
	}
	return s, nil
}

// Check says what is wrong with rules, with the place; nil when nothing is.
func (r Rules) Check() error {
	var places []fault.Place
	bad := func(field string, de, en string, args ...any) {
		places = append(places, fault.Place{Field: field, Problem: lang.Textf(de, en, args...)})
	}
	for i, w := range r.Waves {
		if !w.Good() {
			bad("waves["+strconv.Itoa(i)+"]", "ist weder eine Zahl von Systemen noch ein Anteil von 1 bis 100 %", "is neither a number of systems nor a share of 1 to 100 %")
		}
	}
	if len(r.Waves) > maxWaves {
		bad("waves", "sind mehr als %[1]d Wellen", "are more than %[1]d waves", maxWaves)
	}
	if !r.Budget.Good() {
		bad("budget", "ist weder eine Zahl von Systemen noch ein Anteil von 1 bis 100 %", "is neither a number of systems nor a share of 1 to 100 %")
	}
	if r.AtOnce < 0 {
		bad("at_once", "ist kleiner als 0", "is less than 0")
	}
	for name, n := range r.Pools {
		if n < 1 {
			bad("pools."+name, "lässt nichts zu: es muss mindestens 1 sein", "lets nothing begin: it has to be at least 1")
		}
	}
	if len(places) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Places: places,
		Text: lang.T("Die Regeln der Kampagne werden nicht angenommen.", "The rules of the campaign are not accepted."),
		Mend: lang.T("Bitte ändern Sie die genannten Angaben.", "Please change the fields named.")}
}

// maxWaves bounds the waves of a campaign.
const maxWaves = 20
