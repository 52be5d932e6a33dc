package server

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

// daily sends the operators what is overdue and what waits, once a day at the time that the policy versions name.
// Systems whose versions name different times come in different letters. A day on which there is nothing to say has
// no letter.
func (s *Server) daily(ctx context.Context) error {
	zone, err := s.zones(hostersZone)
	if err != nil || zone == nil {
		zone = time.UTC
	}
	now := s.now().In(zone)
	times := map[string]map[string]bool{} // systems by the time of day
	var late []notice.Fact
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		for _, sys := range e.Systems {
			if held, ok := e.Held(sys.Name); ok {
				rules, _ := s.telling(held, now)
				if times[rules.Digest.Daily] == nil {
					times[rules.Digest.Daily] = map[string]bool{}
				}
				times[rules.Digest.Daily][sys.Name] = true
			}
		}
		late, err = (&change{Tx: tx, server: s, at: s.now()}).overdueSystems(ctx, e)
		return err
	})
	if err != nil {
		return err
	}
	first := true
	for _, at := range slices.Sorted(maps.Keys(times)) {
		// The messages that wait at the desk are about no system: they are in the first letter.
		if err := s.dailyAt(ctx, at, now, times[at], late, first); err != nil {
			return err
		}
		first = false
	}
	return nil
}

// dailyAt sends the overview of some systems, unless its time has not come or it was looked at today.
func (s *Server) dailyAt(ctx context.Context, at string, now time.Time, systems map[string]bool, late []notice.Fact, desk bool) error {
	day := now.Format(time.DateOnly)
	if now.Format("15:04") < at || !s.firstLook(at, day) {
		return nil
	}
	today, err := s.Today(ctx)
	if err != nil {
		return err
	}
	text, total, ok := notice.Overview(s.overview(today, systems, late, desk, now.Location()))
	if !ok {
		return nil
	}
	subject := lang.Textf("Tagesübersicht %[1]s: %[2]d Punkte", "Daily overview %[1]s: %[2]d items", day, total)
	return s.change(ctx, func(c *change) error {
		return c.post(ctx, board.Letter{ID: "daily-" + day + "-" + strings.ReplaceAll(at, ":", ""), To: s.config.Post.Address(string(policy.ToOperator)), Subject: subject.DE,
			Text: text.DE + "\n\n* * *\n\n" + subject.EN + "\n\n" + text.EN + "\n"})
	})
}

// firstLook reports whether the overview of a time of day is looked at for the first time on a day. After a restart
// it is looked at again; the letter's name keeps it from being sent twice.
func (s *Server) firstLook(at, day string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.looked == nil {
		s.looked = map[string]string{}
	}
	if s.looked[at] == day {
		return false
	}
	s.looked[at] = day
	return true
}

// overview is what is overdue and what waits, of some systems.
func (s *Server) overview(t board.Today, systems map[string]bool, late []notice.Fact, desk bool, zone *time.Location) []notice.Group {
	overdue := notice.Group{Name: lang.T("Überfällig", "Overdue")}
	for _, c := range t.Clocks {
		if systems[c.System] && c.Clock.Overdue {
			overdue.Lines = append(overdue.Lines, lang.Textf("%[1]s: %[2]s. %[3]s", "%[1]s: %[2]s. %[3]s", c.System, c.CVE, c.Sentence))
		}
	}
	for _, f := range late {
		if systems[f.System] {
			since := lang.T(lang.Date(f.Since.In(zone), lang.DE), lang.Date(f.Since.In(zone), lang.EN))
			overdue.Lines = append(overdue.Lines, lang.Textf("%[1]s: wiederkehrende Updates seit %[2]s. %[3]s", "%[1]s: recurring updates since %[2]s. %[3]s", f.System, since, f.Note))
		}
	}
	needs := notice.Group{Name: lang.T("Braucht einen Menschen", "Needs a person")}
	for _, r := range t.Needs {
		if systems[r.System] {
			needs.Lines = append(needs.Lines, lang.Textf("%[1]s, Lauf %[2]s: %[3]s", "%[1]s, run %[2]s: %[3]s", r.System, r.ID, r.Sentence))
		}
	}
	if desk && t.Desk > 0 {
		needs.Lines = append(needs.Lines, lang.Textf("Nachrichten von Kunden, die jemand ansehen muss: %[1]d", "Messages of customers that somebody has to look at: %[1]d", t.Desk))
	}
	running := notice.Group{Name: lang.T("Kritische Lücken, Frist läuft", "Critical holes, time is running")}
	for _, c := range t.Clocks {
		if systems[c.System] && !c.Clock.Overdue && !c.Clock.Secured {
			running.Lines = append(running.Lines, lang.Textf("%[1]s: %[2]s. %[3]s", "%[1]s: %[2]s. %[3]s", c.System, c.CVE, c.Sentence))
		}
	}
	waits := notice.Group{Name: lang.T("Wartet auf Auftrag oder Angaben", "Waits for an order or for facts")}
	for _, w := range t.Waiting {
		if systems[w.System] {
			waits.Lines = append(waits.Lines, lang.Textf("%[1]s (%[2]s): %[3]d fällig. %[4]s", "%[1]s (%[2]s): %[3]d due. %[4]s", w.System, w.Rule, w.Due, w.Text))
		}
	}
	silent := notice.Group{Name: lang.T("Meldet sich nicht", "Does not report")}
	for _, x := range t.Silent {
		if systems[x.System] && x.Enrolled { // what was never set up is no news every day
			last := lang.T(lang.DateTime(x.Last.In(zone), lang.DE), lang.DateTime(x.Last.In(zone), lang.EN))
			silent.Lines = append(silent.Lines, lang.Textf("%[1]s: zuletzt %[2]s", "%[1]s: last %[2]s", x.System, last))
		}
	}
	return []notice.Group{overdue, needs, running, waits, silent}
}
