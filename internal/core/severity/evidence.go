package severity

import (
	"math"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// The bounds of what is taken in about one hole; more is reported and left out.
const (
	maxVectors = 64
	maxWords   = 64
)

// Evidence is everything that is said about one hole.
type Evidence struct {
	Holes   []string `json:"holes"` // its names: CVE, DSA, GHSA …; overrides refer to one of them
	Vectors []Vector `json:"vectors,omitempty"`
	KEV     *KEV     `json:"kev,omitempty"`     // nil: the catalogue is not at hand, which is not "not exploited"
	EPSS    *EPSS    `json:"epss,omitempty"`    // nil: not scored, or not at hand
	Urgency string   `json:"urgency,omitempty"` // Debian's word for the package, as in the security tracker
	Words   []Word   `json:"words,omitempty"`   // other publishers' own words
}

// Vector is a CVSS vector and who published it.
type Vector struct {
	Publisher string `json:"publisher"`
	Text      string `json:"text"`
}

// KEV is what the catalogue of known exploited holes says (CISA KEV).
type KEV struct {
	Listed     bool      `json:"listed"`
	Added      time.Time `json:"added,omitzero"` // since when it is listed; a day
	Ransomware bool      `json:"ransomware"`     // known to be used by ransomware; false means that the catalogue does not know
	Catalogue  string    `json:"catalogue"`      // version of the catalogue: 2026.07.23
}

// EPSS is the estimated probability that the hole is exploited within 30 days (FIRST EPSS). Scores of
// different models cannot be compared, so the model is part of the statement.
type EPSS struct {
	Score      float64   `json:"score"`      // 0 to 1
	Percentile float64   `json:"percentile"` // 0 to 1: share of all holes with the same or a lower score
	Model      string    `json:"model"`      // v2025.03.14
	Date       time.Time `json:"date"`       // the day of the score
}

// Word is a publisher's own word for how bad a hole is.
type Word struct {
	Publisher string `json:"publisher"`
	Text      string `json:"text"`
}

// Broken is a statement that could not be read. It counts as not made.
type Broken struct {
	Publisher string    `json:"publisher"`
	Text      string    `json:"text"`
	Why       lang.Text `json:"why"`
}

// Debian's urgencies that say something about how bad a hole is. "not yet assigned" and "end-of-life" do not.
const (
	urgencyHigh        = "high"
	urgencyMedium      = "medium"
	urgencyLow         = "low"
	urgencyUnimportant = "unimportant"
)

var urgencies = []string{urgencyHigh, urgencyMedium, urgencyLow, urgencyUnimportant}

// words maps publishers' own words to levels: Red Hat's and SUSE's, GitHub's, Drupal's, Ubuntu's.
var words = map[string]Level{
	"critical": Critical, "highly critical": Critical,
	"important": High, "high": High, "severe": High, "moderately critical": High,
	"moderate": Medium, "medium": Medium,
	"low": Low, "minor": Low, "less critical": Low, "not critical": Low,
	"none": None, "negligible": None, "unimportant": None, "informational": None,
}

// joint is what is said about a hole besides vectors, read.
type joint struct {
	exploited  Answer
	ransomware Answer
	epss       float64 // -1: not known
	percentile float64 // -1: not known
	urgency    string  // empty: not known
	word       Level   // the worst; Unknown: none
}

// notKnown stands for a number that is not known; no score is negative.
const notKnown = -1.0

// read puts the statements besides vectors into one value and collects those that cannot be read.
func (e *Evidence) read() (joint, []Broken) {
	j := joint{exploited: NotKnown, ransomware: NotKnown, epss: notKnown, percentile: notKnown, word: Unknown}
	var broken []Broken
	if e.KEV != nil {
		j.exploited = answer(e.KEV.Listed)
		switch {
		case e.KEV.Listed && e.KEV.Ransomware:
			j.ransomware = Yes
		case !e.KEV.Listed:
			j.ransomware = No
		}
	}
	if e.EPSS != nil {
		if share(e.EPSS.Score) && share(e.EPSS.Percentile) {
			j.epss, j.percentile = e.EPSS.Score, e.EPSS.Percentile
		} else {
			broken = append(broken, Broken{Publisher: "EPSS", Why: lang.T(
				"Wert und Rang müssen zwischen 0 und 1 liegen", "score and percentile must lie between 0 and 1")})
		}
	}
	switch u := strings.ToLower(strings.TrimRight(strings.TrimSpace(e.Urgency), "*")); u {
	case urgencyHigh, urgencyMedium, urgencyLow, urgencyUnimportant:
		j.urgency = u
	case "", "not yet assigned", "end-of-life", "undetermined":
	default:
		broken = append(broken, Broken{Publisher: "Debian", Text: bounded(e.Urgency), Why: lang.T(
			"diese Dringlichkeit kennt der Debian Security Tracker nicht", "the Debian security tracker knows no such urgency")})
	}
	for _, w := range e.Words[:min(len(e.Words), maxWords)] {
		level, ok := words[strings.ToLower(strings.TrimSpace(w.Text))]
		if !ok {
			broken = append(broken, Broken{w.Publisher, bounded(w.Text), lang.T("dieses Wort ist keine bekannte Einstufung", "this word is no known rating")})
			continue
		}
		j.word = worse(j.word, level)
	}
	return j, broken
}

// views reads the vectors, the highest score first, and collects those that cannot be read.
func (e *Evidence) views() ([]View, []Broken) {
	var broken []Broken
	views := make([]View, 0, min(len(e.Vectors), maxVectors))
	for i, v := range e.Vectors {
		if i == maxVectors {
			broken = append(broken, Broken{Why: lang.Textf("mehr als %[1]d Vektoren; die übrigen sind nicht gelesen",
				"more than %[1]d vectors; the others were not read", maxVectors)})
			break
		}
		view, err := ParseVector(v.Publisher, v.Text)
		if err != nil {
			broken = append(broken, Broken{v.Publisher, bounded(v.Text), lang.Textf(
				"kein gültiger CVSS-Vektor (%[1]s)", "%[1]s", err.Error())})
			continue
		}
		at := len(views)
		for at > 0 && views[at-1].Score < view.Score {
			at--
		}
		views = append(views, View{})
		copy(views[at+1:], views[at:])
		views[at] = view
	}
	return views, broken
}

func share(f float64) bool { return !math.IsNaN(f) && f >= 0 && f <= 1 }

// bounded keeps a foreign text short enough to be shown.
func bounded(s string) string {
	if len(s) > maxVector {
		return strings.ToValidUTF8(s[:maxVector], "") + "…"
	}
	return s
}
