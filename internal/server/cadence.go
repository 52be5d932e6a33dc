package server

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// holdBack says why a system whose changes are permitted is not planned now; zero means plan it.
//
//   - What was put back is not tried again with the same versions: it would fail again.
//   - What ended in a way that a person has to look at is not touched by itself.
//   - A standing order falls due once in its interval (MH2-22); an order of its own goes at once.
//   - What was blocked is tried again in a later window, not in the same one.
func holdBack(m mandate.Mandate, s *estate.StandingOrder, past []store.Run, lastChanges []mandate.Change, now time.Time) lang.Text {
	if len(past) > 0 {
		last := past[0] // newest first
		switch {
		case last.Stage != board.Over:
		case last.Outcome == verdict.RestoreFailed, last.Outcome == verdict.Unknown:
			return lang.Textf("Lauf %[1]s ist nicht geklärt; bis dahin wird nichts geplant.",
				"Run %[1]s is not settled; nothing is planned until it is.", last.ID)
		case last.Outcome == verdict.Restored && sameTargets(lastChanges, m.Changes()):
			return lang.Textf("Dieselben Versionen wurden in Lauf %[1]s zurückgesetzt. Nächster Versuch erst mit neuer Fassung.",
				"The same versions were put back in run %[1]s. Next try with a new version only.", last.ID)
		case last.Outcome == verdict.Blocked && now.Before(last.Slot.To) && !last.Slot.To.IsZero():
			return lang.Textf("Lauf %[1]s wurde in diesem Fenster blockiert; nächster Versuch im nächsten.",
				"Run %[1]s was blocked in this window; next try in the next one.", last.ID)
		}
	}
	for _, g := range m.Grounds() {
		if g.Kind != mandate.ByStandingOrder {
			return lang.Text{}
		}
	}
	if s == nil {
		return lang.Text{}
	}
	for _, r := range past {
		if r.Outcome != verdict.Succeeded || r.Ground != string(mandate.ByStandingOrder)+" "+s.ID {
			continue
		}
		if next := after(r.Slot.From, s.Interval); now.Before(next) {
			return lang.Textf("Nach dem Dauerauftrag wieder fällig ab %[1]s.", "Due again by the standing order from %[1]s.",
				next.Format(time.DateOnly))
		}
	}
	return lang.Text{}
}

// after is when a standing order falls due again: calendar arithmetic, since a quarter is no number
// of hours.
func after(t time.Time, r estate.Recurrence) time.Time {
	switch r {
	case estate.Nightly:
		return t.AddDate(0, 0, 1)
	case estate.Weekly:
		return t.AddDate(0, 0, 7)
	case estate.Monthly:
		return t.AddDate(0, 1, 0)
	}
	return t.AddDate(0, 3, 0)
}

// sameTargets reports whether both lists bring the same packages to the same versions.
func sameTargets(a, b []mandate.Change) bool {
	if len(a) != len(b) {
		return false
	}
	to := map[string]string{}
	for _, c := range a {
		to[c.Package+":"+c.Arch] = c.To
	}
	for _, c := range b {
		if to[c.Package+":"+c.Arch] != c.To {
			return false
		}
	}
	return true
}
