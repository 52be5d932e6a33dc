package severity

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// explain adds the sentences that say what the rating rests on. Plain concatenation instead of formats
// keeps Rate within microseconds: a new advisory is rated for everybody at once.
func (r *Rating) explain(e *Evidence, rules *Rules, missing []fact) {
	add := func(de, en string) { r.Reasons = append(r.Reasons, plain(de, en)) }
	switch {
	case len(r.Possible) > 0:
		list := make([]lang.Text, len(missing))
		for i, m := range missing {
			list[i] = factWords[m]
		}
		what := lang.JoinTexts(list)
		could := rules.named(r.Possible)
		add("Es kann noch „"+r.AtMost.Text().DE+"“ werden ("+could+"). Nicht bekannt ist: "+what.DE+".",
			`It may still become "`+r.AtMost.Text().EN+`" (`+could+"). Not known is: "+what.EN+".")
	case r.AtLeast == Unknown:
		add("Keine Regel erfasst diese Lücke.", "No rule covers this hole.")
	}
	if len(r.Views) > 0 {
		add("CVSS: "+viewsIn(r.Views, lang.DE)+".", "CVSS: "+viewsIn(r.Views, lang.EN)+".")
	} else {
		add("Es gibt keinen lesbaren CVSS-Vektor.", "There is no readable CVSS vector.")
	}
	if distinct(r.Views) {
		add("Die Vektoren sagen nicht dasselbe; der schlimmste zählt.", "The vectors do not say the same; the worst counts.")
	}
	if k := e.KEV; k != nil && k.Listed {
		de, en := "Sie wird ausgenutzt, nach dem KEV-Katalog "+bounded(k.Catalogue), "It is exploited, according to the KEV catalogue "+bounded(k.Catalogue)
		if !k.Added.IsZero() {
			de, en = de+" seit "+lang.Date(k.Added, lang.DE), en+" since "+lang.Date(k.Added, lang.EN)
		}
		if k.Ransomware {
			de, en = de+", auch von Erpressern", en+", also by extortionists"
		}
		add(de+".", en+".")
	}
	if p := e.EPSS; p != nil && share(p.Score) && share(p.Percentile) {
		score := strconv.FormatFloat(p.Score*100, 'f', 1, 64)
		add("Mit "+strings.Replace(score, ".", ",", 1)+" % Wahrscheinlichkeit wird sie binnen 30 Tagen angegriffen (EPSS, Modell "+bounded(p.Model)+", "+lang.Date(p.Date, lang.DE)+").",
			"The probability of an attack within 30 days is "+score+"% (EPSS, model "+bounded(p.Model)+", "+lang.Date(p.Date, lang.EN)+").")
	}
	if n := len(r.Broken); n == 1 {
		b := r.Broken[0]
		add("Nicht gelesen: "+b.Publisher+", „"+b.Text+"“: "+b.Why.DE+".", "Not read: "+b.Publisher+`, "`+b.Text+`": `+b.Why.EN+".")
	} else if n > 1 {
		add(strconv.Itoa(n)+" Angaben sind nicht gelesen, weil sie nicht stimmen können.", strconv.Itoa(n)+" statements were not read, because they cannot be right.")
	}
}

// maxShown bounds the vectors that a sentence lists; all are in Views.
const maxShown = 4

func viewsIn(views []View, l lang.Lang) string {
	var b strings.Builder
	for i, v := range views {
		if i == maxShown {
			b.WriteString(" …")
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		score := strconv.FormatFloat(v.Score, 'f', 1, 64)
		if l == lang.DE {
			score = strings.Replace(score, ".", ",", 1)
		}
		b.WriteString(score)
		b.WriteString(" (")
		if v.Publisher != "" {
			b.WriteString(bounded(v.Publisher))
			b.WriteString(", ")
		}
		b.WriteString("CVSS ")
		b.WriteString(v.Version)
		b.WriteString(")")
	}
	return b.String()
}

// distinct reports whether the vectors say different things about what rules ask for.
func distinct(views []View) bool {
	return slices.ContainsFunc(views, func(v View) bool {
		v.Automatable = views[0].Automatable // only CVSS 4 has it
		return v.Score != views[0].Score || v.Attributes != views[0].Attributes
	})
}

// named lists rules as sentences name them.
func (r *Rules) named(ids []string) string {
	var b strings.Builder
	for i := range r.Rules {
		if slices.Contains(ids, r.Rules[i].ID) {
			if b.Len() > 0 {
				b.WriteString(", ")
			}
			b.WriteString(r.Rules[i].name())
		}
	}
	return b.String()
}

func plain(de, en string) lang.Text { return lang.Text{DE: de, EN: en} }

func day(t time.Time) lang.Text { return plain(lang.Date(t, lang.DE), lang.Date(t, lang.EN)) }
