package web

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// systemsLead says how many systems the list shows.
func systemsLead(v systemsView) string {
	if v.List.Filtered() && v.List.Found != v.List.Total {
		return v.F(systemsWords.FoundAll, v.Count(v.List.Found), v.Count(v.List.Total))
	}
	if v.List.Total == 0 {
		return ""
	}
	return v.N(v.List.Total, systemsWords.Found)
}

// runsLead says how many runs the list shows.
func runsLead(v runsView) string {
	if v.List.Total == 0 {
		return ""
	}
	return v.N(v.List.Found, runsWords.Found)
}

// runAbout is what a run is about: so many packages, or a measure against a hole.
func runAbout(p page, r board.RunRow) string {
	switch {
	case r.Measure == "":
		return p.N(r.Packages, todayWords.Packages)
	case r.Lift:
		return p.T(todayWords.MeasureBack)
	}
	return p.T(todayWords.Measure)
}

// groundText says what allowed a run. A ground is a kind, and the ID of a document where there is
// one: "order A-17", "standing_order/D-3".
func groundText(p page, ground string) string {
	at := strings.IndexAny(ground, " :/")
	kind, id := ground, ""
	if at >= 0 {
		kind, id = ground[:at], strings.TrimLeft(ground[at:], " :/")
	}
	return strings.TrimSpace(p.T(groundWord(mandate.Kind(kind))) + " " + id)
}
