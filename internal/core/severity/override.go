package severity

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Override is an operator's own rating of a hole. It says who, when, why and until when, stands beside what
// the rules say and never replaces it silently, and lapses by itself.
type Override struct {
	Hole    string    `json:"hole"` // one of the names of the hole
	Level   Level     `json:"level"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
	Expires time.Time `json:"expires"` // the first moment at which it does not hold any more
	// KnowsExploited says that the operator knew that the hole is exploited. Without it, an override that
	// lowers a rating ends when the hole gets listed as exploited.
	KnowsExploited bool `json:"knows_exploited,omitempty"`
}

// Problem says why an override is not one, in both languages; a zero text says that it is complete. It is
// for the moment of entry, and Rate asks it again.
func (r *Rules) Problem(o Override) lang.Text {
	switch {
	case strings.TrimSpace(o.Hole) == "":
		return lang.T("es fehlt, für welche Lücke sie gilt", "it does not say for which hole")
	case o.Level.Rank() < 0:
		return lang.T("die Stufe muss critical, high, medium, low oder none sein", "the level must be critical, high, medium, low or none")
	case strings.TrimSpace(o.By) == "":
		return lang.T("es fehlt, von wem sie stammt", "it does not say whose it is")
	case strings.TrimSpace(o.Reason) == "":
		return lang.T("es fehlt der Grund", "the reason is missing")
	case o.At.IsZero() || o.Expires.IsZero():
		return lang.T("es fehlt, seit wann oder bis wann sie gilt", "it does not say since when or until when")
	case !o.Expires.After(o.At):
		return lang.T("sie endet, bevor sie beginnt", "it ends before it begins")
	case o.Expires.After(o.At.AddDate(0, 0, r.OverrideDays)):
		return lang.Textf("sie gilt länger als %[1]d Tage", "it holds for more than %[1]d days", r.OverrideDays)
	}
	return lang.Text{}
}

// inForce chooses the override that holds now, the latest one given, and tells why others do not. The
// ceiling is the worst that the hole is or could be.
func (r *Rules) inForce(now time.Time, e *Evidence, ceiling Level, all []Override) (*Override, []lang.Text) {
	var chosen *Override
	var told []lang.Text
	tell := func(o *Override, de, en string) {
		told = append(told, lang.Textf("Die Einstufung „%[1]s“ durch %[2]s gilt nicht: %[3]s.",
			`The rating "%[1]s" by %[2]s does not hold: %[3]s.`, o.Level.Text(), o.By, lang.T(de, en)))
	}
	for i := range all {
		o := &all[i]
		if !slices.Contains(e.Holes, o.Hole) {
			continue
		}
		problem := r.Problem(*o)
		lowers := o.Level.Rank() < ceiling.Rank()
		switch {
		case !problem.IsZero():
			tell(o, problem.DE, problem.EN)
		case now.Before(o.At):
			tell(o, "sie beginnt erst am "+lang.DateTime(o.At, lang.DE), "it begins on "+lang.DateTime(o.At, lang.EN))
		case !now.Before(o.Expires):
			tell(o, "sie ist am "+lang.DateTime(o.Expires, lang.DE)+" abgelaufen", "it lapsed on "+lang.DateTime(o.Expires, lang.EN))
		case lowers && !o.KnowsExploited && e.KEV != nil && e.KEV.Listed:
			tell(o, "sie stuft herab, ohne zu wissen, dass die Lücke ausgenutzt wird", "it lowers without knowing that the hole is exploited")
		case chosen == nil, o.At.After(chosen.At), o.At.Equal(chosen.At) && o.Level.Rank() > chosen.Level.Rank():
			chosen = o
		}
	}
	return chosen, told
}

// Text is the level as people say it.
func (l Level) Text() lang.Text {
	switch l {
	case Critical:
		return lang.T("kritisch", "critical")
	case High:
		return lang.T("hoch", "high")
	case Medium:
		return lang.T("mittel", "medium")
	case Low:
		return lang.T("gering", "low")
	case None:
		return lang.T("ohne Wirkung", "without effect")
	}
	return lang.T("unbekannt", "unknown")
}
