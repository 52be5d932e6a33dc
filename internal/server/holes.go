package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/store"
)

// Holes lists the holes that a system has now, the worst first.
func (s *Server) Holes(ctx context.Context, system string) (board.OpenHoles, error) {
	out := board.OpenHoles{System: system, Counts: map[severity.Level]int{}}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.System(system); !ok {
			return fault.Missing("Das System", "system", system)
		}
		row, ok, err := tx.Facts(ctx, system)
		if err != nil {
			return err
		}
		if !ok {
			out.Why = lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet.")
			return nil
		}
		running, err := runningClocks(ctx, tx, system)
		if err != nil {
			return err
		}
		s.openHoles(&out, row, running)
		sub, err := s.subject(ctx, tx, e, system)
		if err != nil {
			return err
		}
		out.Applications, out.Partial = s.knows.Load().appHoles(s, sub, row.Facts), row.Facts.Partial
		out.Lives, out.PHP = s.appLives(sub, row.Facts)
		return nil
	})
	return out, err
}

// openHoles matches what a host reported with what the feeds say.
func (s *Server) openHoles(out *board.OpenHoles, row store.FactsRow, running map[hole]time.Time) {
	k := s.knows.Load()
	inv := inventoryOf(row.Facts)
	out.Release = inv.Release
	switch {
	case inv.Release == "":
		out.Why = lang.Textf("„%[1]s“ ist keine Ausgabe von Debian oder Ubuntu, die bekannt ist.", `"%[1]s" is no release of Debian or Ubuntu that is known.`,
			cmp.Or(row.Facts.OS.Codename, row.Facts.OS.Name))
		return
	case k.shelf.Holes() == 0:
		out.Why = lang.T("Es ist noch keine Veröffentlichung übernommen: Über Lücken ist nichts bekannt.", "No publication has been taken in yet: nothing is known about holes.")
		return
	case !k.shelf.Index.Knows(inv.Release):
		out.Why = lang.Textf("Keine Veröffentlichung, die übernommen ist, sagt etwas über %[1]s %[2]s: Über Lücken ist nichts bekannt.",
			"No publication that has been taken in says anything about %[1]s %[2]s: nothing is known about holes.", debian.Distribution(inv.Release), inv.Release)
		return
	}
	out.Matched = true
	for _, m := range k.shelf.Index.Match(inv) {
		for _, h := range m.Holes {
			r := k.rate(s, hole{inv.Release, m.Source, h.CVE})
			one := board.OpenHole{CVE: h.CVE, Source: m.Source, Version: m.Version, Fixed: h.Fixed, Pro: h.Pro, State: h.State, Urgency: h.Urgency,
				Advisories: h.Advisories, Binaries: m.Binaries, Level: r.Level, Critical: r.Critical(), Since: running[hole{inv.Release, m.Source, h.CVE}]}
			if d, ok := k.shelf.Hole(h.CVE); ok {
				one.Title = d.Title
			}
			out.Counts[one.Level]++
			if one.Critical == severity.NotKnown {
				out.Open++
			}
			out.Holes = append(out.Holes, one)
		}
	}
	slices.SortStableFunc(out.Holes, func(a, b board.OpenHole) int {
		return cmp.Or(cmp.Compare(loudness(b), loudness(a)), strings.Compare(a.Source, b.Source), strings.Compare(b.CVE, a.CVE))
	})
}

// loudness orders holes: critical, then by level; one that may still turn out critical stands directly
// below those that are, whatever is established.
func loudness(h board.OpenHole) int {
	switch {
	case h.Critical == severity.Yes:
		return 100
	case h.Level == severity.Unknown && h.Fixed != "":
		return 50
	case h.Level == severity.Unknown:
		return 15
	}
	return h.Level.Rank() * 10
}

// runningClocks are the holes of a system that a clock runs for, and since when.
func runningClocks(ctx context.Context, tx *store.Tx, system string) (map[hole]time.Time, error) {
	list, err := tx.ClocksOf(ctx, system)
	if err != nil {
		return nil, err
	}
	out := make(map[hole]time.Time, len(list))
	for _, c := range list {
		p, err := paperOf(c)
		if err != nil {
			return nil, err
		}
		if c.Closed.IsZero() {
			out[hole{p.Release, c.Source, c.CVE}] = c.Known
		}
	}
	return out, nil
}

// todaysHoles adds the clocks that run, and the feeds that need a person.
func (s *Server) todaysHoles(ctx context.Context, tx *store.Tx, out *board.Today) error {
	list, err := tx.Clocks(ctx, time.Time{})
	if err != nil {
		return err
	}
	rows, err := s.clockRows(ctx, tx, list)
	if err != nil {
		return err
	}
	// What a mitigation secures needs nobody before it has to be looked at again.
	out.Clocks = slices.DeleteFunc(rows, func(r board.ClockRow) bool { return r.Clock.Secured && r.Clock.Job != clock.Review })
	feeds, err := s.feedRows(ctx, tx)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		if f.Stale || !f.Problem.IsZero() {
			out.Feeds = append(out.Feeds, f)
		}
	}
	return nil
}

// openClocks counts the critical holes of each system that are open.
func (s *Server) openClocks(ctx context.Context, tx *store.Tx) (map[string]int, error) {
	list, err := tx.Clocks(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	rows, err := s.clockRows(ctx, tx, list)
	out := map[string]int{}
	for _, r := range rows {
		if !r.Clock.Secured {
			out[r.System]++
		}
	}
	return out, err
}

// holesOf adds the clocks of a system and what was told about them.
func (s *Server) holesOf(ctx context.Context, tx *store.Tx, out *board.System) error {
	list, err := tx.ClocksOf(ctx, out.Name)
	if err != nil {
		return err
	}
	since := s.now().Add(-recent)
	list = slices.DeleteFunc(list, func(c store.Clock) bool { return !c.Closed.IsZero() && c.Closed.Before(since) })
	if out.Clocks, err = s.clockRows(ctx, tx, list); err != nil {
		return err
	}
	for _, r := range out.Clocks {
		if !r.Clock.Secured {
			out.Critical++
		}
	}
	out.Notices, err = notices(ctx, tx, out.Name, 50)
	return err
}
