package webtest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Runs that no list shows, for what seldom happens.
const (
	AwaitsSecond = "R-0830" // the host wants a second signature
	Reboots      = "R-0831"
)

// aside makes them.
func (b *Backend) aside(m maker) {
	s := m.system("web9", alpenrad, advanced())
	waits := &board.Run{RunRow: board.RunRow{ID: AwaitsSecond, System: s.Name, Customer: s.Customer, Stage: board.Ordered, Ground: "order A-2026-0117", Packages: 2, Slot: m.today(), Zone: Berlin, Created: m.before(3 * time.Hour),
		Sentence: lang.Textf("Der Host nimmt den Auftrag um diese Zeit nur mit einer zweiten Unterschrift an: patchwart countersign %[1]s", "At this time the host takes the order with a second signature only: patchwart countersign %[1]s", AwaitsSecond)},
		Policy: Policy.ID, WorkOrder: digest("order " + AwaitsSecond), NotBefore: m.today().From, NotAfter: m.today().To}
	p := m.start(s, Reboots, "standing_order "+standing.ID, m.before(3*time.Minute), updates[1:3])
	p.untilApplied().done(run.Applying, 40*time.Second)
	p.begin(run.Settling)
	p.at = p.at.Add(4 * time.Second)
	p.add(run.Event{Kind: run.Finished, Step: run.Settling, Reboot: true}).begin(run.Rebooting)
	p.r.Sentence = lang.Textf("%[1]s startet neu.", "%[1]s reboots.", s.Name)
	b.apart = []*board.Run{waits, p.r}
}

// WorkOrder is the order that waits for a second signature.
func (b *Backend) WorkOrder(_ context.Context, id string) (board.WorkOrder, error) {
	if b.Fail != nil {
		return board.WorkOrder{}, b.Fail
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r, err := b.findRun(id)
	if err != nil {
		return board.WorkOrder{}, err
	}
	if r.WorkOrder == "" {
		return board.WorkOrder{}, fault.Missing("Den Arbeitsauftrag des Laufs", "work order of run", id)
	}
	return board.WorkOrder{Run: id, System: r.System, Document: []byte("{}"), Digest: digest("order " + id), NotAfter: r.Slot.To, Waits: id == AwaitsSecond}, nil
}

// points puts restore points and dumps on a host.
func (m maker) points(s *board.System) {
	s.Facts.Points = []fact.Point{
		{ID: "R-0744", Driver: "files", Created: m.before(30 * 24 * time.Hour).Unix(), Bytes: 12 << 20, Expires: m.before(-24 * time.Hour).Unix()},
		{ID: "R-0811", Driver: "btrfs", Created: m.before(26 * time.Hour).Unix(), Complete: true, Bytes: 41 << 20},
	}
	s.Facts.Dumps = []fact.Dump{
		{Of: "MariaDB", Path: "/var/backups/mysql", Made: m.before(5 * time.Hour).Unix(), Hours: 24},
		{Of: "PostgreSQL", Path: "/var/backups/pg", Made: m.before(40 * time.Hour).Unix(), Hours: 24},
	}
}

// replanned is what planning anew does to the runs that are planned: one moves, one falls out.
func (b *Backend) replanned(out *board.PlanResult) {
	if b.Plans > 0 || len(b.systems) == 0 {
		return
	}
	day := func(days int) window.Interval {
		from := Morning.In(berlin).AddDate(0, 0, days).Truncate(time.Hour)
		return window.Interval{From: from, To: from.Add(2 * time.Hour)}
	}
	out.Moved = []board.Moved{{System: "shop2", Run: "R-0820", Before: day(1), After: day(7), Code: "group",
		Reason: lang.T("shop1 und shop2 sind eine Gruppe; nie sind beide zugleich in Arbeit.", "shop1 and shop2 are a group; both are never worked on at once.")}}
	out.Gone = []board.NotPlanned{{System: "web3", Run: "R-0821", Code: "frozen",
		Reason: lang.T("Bis zum Jahresende gilt eine Sperrzeit; davor ist kein Fenster mehr frei.", "A freeze holds until the end of the year; no window is free before it.")}}
	out.Unchanged = 3
}
