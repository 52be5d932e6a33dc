package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Explanation is the whole answer in a few sentences: who plans and executes, when, by when and at what
// price, and the sentence that says so.
func (d Decision) Explanation() lang.Text {
	parts := []lang.Text{sentence(d.Answer())}
	if d.Verdict == Permitted {
		if w := d.Window.Text(); !w.IsZero() {
			parts = append(parts, sentence(lang.Textf("Zeit: %[1]s", "time: %[1]s", w)))
		}
		if d.DeadlineHours > 0 {
			parts = append(parts, lang.Textf("Frist: %[1]d Stunden ab Bekanntwerden.", "Deadline: %[1]d hours from when it became known.", d.DeadlineHours))
		}
		price := lang.Textf("Preis: %[1]s", "price: %[1]s", d.Charge.Text())
		if d.Charge == ChargeUnknown {
			price = d.Charge.Text() // says of itself what it is about
		}
		parts = append(parts, sentence(price))
		if len(d.Missing) > 0 {
			parts = append(parts, lang.Textf(
				"Nicht bekannt ist: %[1]s; bis dahin gelten die kürzeste Frist und das engste Zeitfenster.",
				"Not known: %[1]s; until then the shortest deadline and the narrowest window hold.", d.missing()))
		}
		if text := d.governingText(); !text.IsZero() {
			parts = append(parts, lang.Textf("%[1]s: %[2]s", "%[1]s: %[2]s", d.Governing, text))
		}
	} else {
		parts = append(parts, d.Refusal())
	}
	de, en := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		de[i], en[i] = p.DE, p.EN
	}
	return lang.T(strings.Join(de, " "), strings.Join(en, " "))
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(t lang.Text) lang.Text {
	whole := func(s string) string {
		first, size := utf8.DecodeRuneInString(s)
		return string(unicode.ToUpper(first)) + s[size:] + "."
	}
	return lang.T(whole(t.DE), whole(t.EN))
}
