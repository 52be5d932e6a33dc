package webtest

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// Demo is a small hoster on a Saturday at 05:20, the maintenance window open: one run is under way,
// one succeeded, one was put back, one could not be put back, one was blocked, one is installed but
// not effective, one is unknown; one waits for an order; one is the customer's own; one host is
// silent, one not enrolled. Two critical holes have become known the evening before.
func Demo() *Backend {
	m := newMaker(Morning)
	b := &Backend{Now: Morning, Check: goodRecord(4711)}
	t := &b.board
	t.Now = Morning
	for _, add := range []func(maker, *Backend){
		succeeded, restored, waiting, foreignSystem, running, restoreFailed, blocked, notEffective, unknown, asking, plannedRun, silent, stranger, intruder,
	} {
		add(m, b)
	}
	for _, name := range []string{"mail1", "mail2", "wiki1", "git1"} {
		s := m.system(name, alpenrad, advanced())
		b.systems = append(b.systems, s)
		t.Fine = append(t.Fine, name)
	}
	t.Total = len(b.systems)
	t.Fine = slices.DeleteFunc(t.Fine, func(name string) bool { return name != "mail1" }) // the others have a hole
	holes(m, b)
	b.aside(m)
	meetings(m, b)
	series(m, b)
	queue(m, b)
	return b
}

// enter takes a system with its runs into the server.
func (b *Backend) enter(s *board.System, runs ...*board.Run) {
	for _, r := range runs {
		b.runs = append(b.runs, r)
		s.Runs = append(s.Runs, r.RunRow)
	}
	if len(runs) > 0 {
		s.Last = &s.Runs[0]
	}
	b.systems = append(b.systems, s)
}

func succeeded(m maker, b *Backend) {
	s := m.system(Succeeded, nordlicht, advanced())
	s.Held.System.Purpose = "Verlagsseite"
	m.points(s)
	p := m.start(s, "R-0811", "standing_order "+standing.ID, m.before(18*time.Minute), updates[:7])
	p.untilApplied().done(run.Applying, 39*time.Second)
	p.begin(run.Settling).done(run.Settling, 4800*time.Millisecond)
	r := p.begin(run.Verifying).verified(3600*time.Millisecond, observation(true))
	r.LeftOut = []mandate.Refusal{{
		Finding: foreignFinding(), Rule: "MH2-19", Text: foreign(policy.PackageAdvanced).Refusal(), Decision: foreign(policy.PackageAdvanced),
	}}
	r.Preview = r.Preview[:len(r.Preview)-1] // one more became due since
	m.due(s, false, updates[8])
	b.enter(s, r)
	b.board.Done = append(b.board.Done, r.RunRow)
}

func restored(m maker, b *Backend) {
	s := m.system(Restored, nordlicht, advanced())
	p := m.start(s, "R-0812", "standing_order "+standing.ID, m.before(16*time.Minute), updates[4:6])
	p.untilApplied().done(run.Applying, 21*time.Second)
	p.begin(run.Settling).done(run.Settling, 4100*time.Millisecond)
	p.begin(run.Verifying)
	v := p.judge(observation(false))
	p.fail(run.Verifying, 3*time.Second, "unit_lost", lang.T("Die Nachprüfung fand Abweichungen.", "Verification found differences."), "nginx.service: Main process exited, code=exited, status=1/FAILURE")
	p.begin(run.Restoring).done(run.Restoring, 9*time.Second)
	v.Outcome = verdict.Restored
	v.Proof = &verdict.Proof{Point: p.r.State.Point.ID, ManifestSHA256: p.r.State.Point.ManifestSHA256, Checked: 1412, Restored: 63, Aside: 4}
	r := p.over(v)
	m.due(s, true, updates[4:6]...)
	b.enter(s, r)
	b.board.Desk = 1
	b.board.Needs = append(b.board.Needs, r.RunRow)
}

func waiting(m maker, b *Backend) {
	s := m.system(Waiting, nordlicht, basic())
	s.Held.System.Purpose = "Datenbank des Redaktionssystems"
	s.SystemRow.Held = 1
	m.due(s, false, updates...)
	b.enter(s)
	b.board.Waiting = append(b.board.Waiting, board.Waiting{
		System: s.Name, Customer: s.Customer, Rule: "MH2-20", Text: s.Job.Refusal(), Ask: s.DueList[0].Ask, Due: 8, Security: 7, CanOrder: true,
	})
}

func foreignSystem(m maker, b *Backend) {
	s := m.system(Foreign, alpenrad, iaas())
	m.due(s, false, updates[:4]...)
	b.enter(s)
	b.board.Yours = append(b.board.Yours, s.Name)
}

func running(m maker, b *Backend) {
	s := m.system(Running, alpenrad, advanced())
	p := m.start(s, "R-0817", "standing_order "+standing.ID, m.before(54*time.Second), updates[:7])
	p.untilApplied()
	p.r.Sentence = lang.Textf("Auf %[1]s werden 7 Pakete eingespielt.", "7 packages are being applied on %[1]s.", s.Name)
	m.due(s, true, updates[:7]...)
	b.enter(s, p.r)
	b.board.Running = append(b.board.Running, p.r.RunRow)
}

func restoreFailed(m maker, b *Backend) {
	s := m.system("web7", alpenrad, advanced())
	p := m.start(s, "R-0809", "order A-2026-0101", m.before(14*time.Minute), updates[3:6])
	p.untilApplied().fail(run.Applying, 12*time.Second, "apt_failed", lang.T("Ein Skript des Pakets mariadb-server ist gescheitert.", "A script of package mariadb-server failed."), "dpkg: error processing package mariadb-server (--configure):\n installed mariadb-server package post-installation script subprocess returned error exit status 1")
	full := lang.T("Beim Zurücksetzen war der Datenträger voll.", "The disk was full while restoring.")
	for range 3 {
		p.begin(run.Restoring).fail(run.Restoring, 6*time.Second, "disk_full", full, "write /usr/sbin/mariadbd: no space left on device")
	}
	r := p.over(verdict.Verdict{Outcome: verdict.RestoreFailed,
		Reasons: []verdict.Reason{{Code: "disk_full", Text: full}},
		Proof: &verdict.Proof{Point: p.r.State.Point.ID, ManifestSHA256: p.r.State.Point.ManifestSHA256, Checked: 1398, Restored: 41, Aside: 2,
			Differences: []string{"/usr/sbin/mariadbd: content", "/usr/lib/mysql/plugin/ha_connect.so: missing"}},
	})
	r.Grounds = []mandate.Ground{{Kind: mandate.ByOrder, Basis: "A-2026-0101", Contact: "huber", Rules: s.Job.Rules()}}
	s.Facts.Failed = []string{"mariadb.service"}
	s.Facts.Dpkg.Broken = []string{"mariadb-server"}
	b.enter(s, r)
	b.board.Needs = slices.Insert(b.board.Needs, 0, r.RunRow)
}

func blocked(m maker, b *Backend) {
	s := m.system("web4", alpenrad, advanced())
	p := m.start(s, "R-0813", "standing_order "+standing.ID, m.before(12*time.Minute), updates[:4])
	lock := lang.T("Die Paketverwaltung war zehn Minuten lang gesperrt.", "The package manager was locked for ten minutes.")
	p.begin(run.Prechecking).fail(run.Prechecking, 10*time.Minute, "lock_timeout", lock, "Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 2214 (unattended-upgr)")
	r := p.over(verdict.Verdict{Outcome: verdict.Blocked, Reasons: []verdict.Reason{{Code: "lock_timeout", Text: lock}}})
	m.due(s, true, updates[:4]...)
	b.enter(s, r)
	b.board.Needs = append(b.board.Needs, r.RunRow)
}

func notEffective(m maker, b *Backend) {
	s := m.system("app1", nordlicht, advanced())
	p := m.start(s, "R-0810", "standing_order "+standing.ID, m.before(19*time.Minute), updates[1:3])
	p.untilApplied().done(run.Applying, 17*time.Second)
	p.begin(run.Settling).done(run.Settling, 3*time.Second)
	after := observation(true)
	after.Reboot = fact.Reboot{Required: true, Expected: "6.1.0-40-amd64", Services: []string{"dbus.service"}}
	r := p.begin(run.Verifying).verified(3*time.Second, after)
	s.Facts.Reboot = after.Reboot
	b.enter(s, r)
	b.board.Needs = append(b.board.Needs, r.RunRow)
}

func unknown(m maker, b *Backend) {
	s := m.system("app2", nordlicht, advanced())
	p := m.start(s, "R-0808", "standing_order "+standing.ID, m.before(20*time.Minute), updates[:2])
	p.untilApplied()
	p.r.Stage, p.r.Outcome, p.r.EndedAt = board.Over, verdict.Unknown, m.before(3*time.Minute)
	p.r.Sentence = verdict.Verdict{Outcome: verdict.Unknown}.Sentence(s.Name)
	b.enter(s, p.r)
	b.board.Needs = append(b.board.Needs, p.r.RunRow)
}

func asking(m maker, b *Backend) {
	s := m.system("alt1", alpenrad, askAccess())
	m.due(s, false, updates[:3]...)
	b.enter(s)
	b.board.Waiting = append(b.board.Waiting, board.Waiting{
		System: s.Name, Customer: s.Customer, Rule: "MH2-13", Text: s.Job.Refusal(), Due: 3, Security: 3,
	})
}

func plannedRun(m maker, b *Backend) {
	s := m.system("shop2", alpenrad, basic())
	given := m.before(22 * time.Hour)
	s.Orders = []mandate.Order{{
		ID: "A-2026-0117", System: s.Name, Customer: alpenrad.ID, Contact: "huber", Channel: "Ticket 20261127-14",
		Text: "Guten Tag,\nbitte installieren Sie auf shop2 die anstehenden Sicherheitsupdates.\nMaria Huber", Explicit: true,
		Scope: estate.ScopeSecurity, Given: given, Used: "R-0820",
	}}
	m.due(s, true, updates[:5]...)
	for i := range s.DueList {
		s.DueList[i].Ground = &mandate.Ground{Kind: mandate.ByOrder, Basis: "A-2026-0117", Contact: "huber", Rules: s.Job.Rules()}
	}
	r := m.start(s, "R-0820", "order A-2026-0117", m.now, updates[:5]).r
	r.Stage, r.Began, r.WorkOrder, r.Slot, r.Sentence = board.Planned, time.Time{}, "", m.nextDay(), planned(s.Name)
	r.NotBefore, r.NotAfter = time.Time{}, time.Time{}
	r.Grounds = []mandate.Ground{*s.DueList[0].Ground}
	s.Next = &r.RunRow
	b.enter(s, r)
	s.Last = nil
	b.board.Next = append(b.board.Next, r.RunRow)
}

func silent(m maker, b *Backend) {
	s := m.system("edge1", nordlicht, advanced())
	s.Seen = m.before(31 * time.Hour)
	b.enter(s)
	b.board.Silent = append(b.board.Silent, board.Silent{System: s.Name, Customer: s.Customer, Enrolled: true, Last: s.Seen})
}

func stranger(m maker, b *Backend) {
	s := m.system(Stranger, nordlicht, basic())
	s.Enrolled, s.Seen, s.OS, s.Facts, s.FactsHash, s.Slot = false, time.Time{}, "", nil, "", nil
	s.NoSlot = lang.T("Vor der Aufnahme des Hosts gibt es keinen Termin.", "There is no slot before the host is enrolled.")
	b.enter(s)
	b.board.Silent = append(b.board.Silent, board.Silent{System: s.Name, Customer: s.Customer})
}
