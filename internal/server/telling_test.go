package server

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/run"
)

// postOffice is an office with a way to send letters and hands of a clock that can be moved.
type postOffice struct {
	*office
	box *tray
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{office: open(t), box: &tray{}}
	if err := p.server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	p.config.Post = p.box
	p.start()
	return p
}

// at moves the clock and looks at what is due to be told.
func (p *postOffice) at(now time.Time) {
	p.Helper()
	p.ahead.Store(int64(time.Until(now)))
	if err := p.server.remind(p.Context()); err != nil {
		p.Fatal(err)
	}
}

// letters are those about work so far, oldest first, as "to: subject".
func (p *postOffice) letters() (list []board.Letter, lines []string) {
	p.Helper()
	all, err := p.server.Letters(p.Context())
	if err != nil {
		p.Fatal(err)
	}
	slices.SortFunc(all, func(a, b board.Letter) int { return cmp.Or(a.Queued.Compare(b.Queued), strings.Compare(a.To, b.To)) })
	for _, l := range all {
		if strings.HasPrefix(l.ID, "work-") {
			list, lines = append(list, l), append(lines, l.To+": "+l.Subject)
		}
	}
	return list, lines
}

func (p *postOffice) expect(want ...string) []board.Letter {
	p.Helper()
	list, lines := p.letters()
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		p.Fatalf("letters:\n%s\nwant:\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	return list
}

// TestAPlannedDowntimeIsAnnouncedMovedAndCalledOff: two days before, with an appointment that calendar programs
// replace and take away; after a restart nobody is told again.
func TestAPlannedDowntimeIsAnnouncedMovedAndCalledOff(t *testing.T) {
	p := openPostOffice(t)
	p.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	p.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	receipt := p.order("Bitte die Sicherheitsupdates auf db1 einspielen.")
	slot := p.plan("db1").Slots[0]
	p.at(slot.At.From.Add(-60 * time.Hour))
	p.expect()
	p.at(slot.At.From.Add(-48*time.Hour - 5*time.Minute))
	planned := p.expect("eva@kuhn.example: [db1] Wartung geplant")[0]
	for _, part := range []string{"METHOD:REQUEST", "UID:" + slot.Run + "@patchwart", "SEQUENCE:0", "ORGANIZER:mailto:sender@hoster.example", "mailto:eva@kuhn.example",
		"DTSTART:" + slot.At.From.UTC().Format("20060102T150405Z")} {
		if !strings.Contains(planned.Calendar, part) {
			t.Errorf("the appointment lacks %s:\n%s", part, planned.Calendar)
		}
	}
	if planned.Method != "REQUEST" || !strings.Contains(planned.Text, "Vorgabe des Hauses") || strings.Contains(planned.Text, "kürzer als") {
		t.Errorf("%s\n%s", planned.Method, planned.Text)
	}
	p.restart()
	p.at(slot.At.From.Add(-40 * time.Hour))
	p.expect("eva@kuhn.example: [db1] Wartung geplant")

	day := wall.DayOf(slot.At.From)
	if _, err := p.server.Freeze(t.Context(), freeze.Freeze{Scope: freeze.Scope{Customer: "kuhn"}, From: day.At(0, 0), To: day.Add(1).At(0, 0), Zone: "UTC", Reason: "Inventur", SetBy: "eva",
		May: []freeze.Authority{freeze.Contact}}); err != nil {
		t.Fatal(err)
	}
	moved := p.expect("eva@kuhn.example: [db1] Wartung geplant", "eva@kuhn.example: [db1] Wartung verschoben")[1]
	if !strings.Contains(moved.Calendar, "SEQUENCE:1") || !strings.Contains(moved.Calendar, "UID:"+slot.Run+"@patchwart") || !strings.Contains(moved.Text, "Inventur") {
		t.Errorf("%s\n%s", moved.Calendar, moved.Text)
	}
	if _, err := p.server.Withdraw(t.Context(), board.WithdrawalRequest{Order: receipt.Order.ID, Contact: "eva", Channel: "Ticket 2", Text: "Bitte doch nicht."}); err != nil {
		t.Fatal(err)
	}
	p.at(slot.At.From.Add(7 * 24 * time.Hour).Add(-time.Hour))
	if got := p.run(slot.Run); got.Stage == board.Over {
		list := p.expect("eva@kuhn.example: [db1] Wartung geplant", "eva@kuhn.example: [db1] Wartung verschoben", "eva@kuhn.example: [db1] Wartung entfällt")
		if off := list[2]; off.Method != "CANCEL" || !strings.Contains(off.Calendar, "STATUS:CANCELLED") || !strings.Contains(off.Calendar, "SEQUENCE:2") {
			t.Errorf("%s", off.Calendar)
		}
	} else {
		t.Errorf("the run is still %s", got.Stage)
	}
	p.verify()
}

// TestWhatWasDoneIsToldWithItsCause: the events of the host and who was told of them are one transaction. What went
// wrong goes to the operators, too; an urgent start says that it was not announced in time.
func TestWhatWasDoneIsToldWithItsCause(t *testing.T) {
	p := openPostOffice(t)
	db := p.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	p.order("Bitte die Sicherheitsupdates auf db1 einspielen.")
	p.plan("db1")
	db.await()
	db.work(run.Verifying)
	list := p.expect("eva@kuhn.example: [db1] Wartung begonnen", "eva@kuhn.example: [db1] Vorheriger Zustand wiederhergestellt", "operator@hoster.example: [db1] Vorheriger Zustand wiederhergestellt")
	if !strings.Contains(list[1].Text, "MH2-16") || list[1].Calendar != "" {
		t.Errorf("%s", list[1].Text)
	}
	if told, err := p.server.Notices(t.Context(), "db1"); err != nil || len(told) != 3 || told[0].Kind != noticeWork {
		t.Errorf("%+v, %v", told, err)
	}
	p.verify()
}

// TestTheDailyOverviewSaysWhatWaits: once a day, and not on a day on which nothing waits.
func TestTheDailyOverviewSaysWhatWaits(t *testing.T) {
	p := openPostOffice(t)
	daily := func() (out []board.Letter) {
		t.Helper()
		all, err := p.server.Letters(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			if strings.HasPrefix(l.ID, "daily-") {
				out = append(out, l)
			}
		}
		return out
	}
	zone, err := time.LoadLocation(hostersZone)
	if err != nil {
		t.Fatal(err)
	}
	tomorrow := time.Now().In(zone).AddDate(0, 0, 1)
	on := func(days, hour, minute int) time.Time {
		return time.Date(tomorrow.Year(), tomorrow.Month(), tomorrow.Day()+days, hour, minute, 0, 0, zone)
	}
	p.at(on(0, 7, 1))
	if list := daily(); len(list) != 0 {
		t.Fatalf("nothing waits, and yet: %+v", list)
	}
	p.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1")) // basic: waits for an order
	p.at(on(0, 9, 0))
	if list := daily(); len(list) != 0 {
		t.Fatalf("it was looked at today: %+v", list)
	}
	p.at(on(1, 6, 59))
	p.at(on(1, 7, 2))
	p.at(on(1, 7, 10))
	p.restart()
	p.at(on(1, 7, 20))
	list := daily()
	if len(list) != 1 || list[0].To != "operator@hoster.example" || !strings.Contains(list[0].Text, "db1") {
		t.Fatalf("%+v", list)
	}
}
