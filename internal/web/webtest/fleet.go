package webtest

import (
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// foreignFinding is a package from somebody else's repository.
func foreignFinding() finding.Finding {
	u := updates[8]
	return finding.Finding{Package: u.name, Arch: "amd64", Source: u.source, Installed: u.from, Candidate: u.to, Class: u.class, Origin: u.origin, From: u.repository}
}

// Fleet is a hoster with n systems on a bad day: of a hundred systems each, five run, three failed,
// twenty wait for an order, ten belong to customers, the others have nothing due.
func Fleet(n int) *Backend {
	m := newMaker(Morning)
	b := &Backend{Now: Morning, Check: goodRecord(int64(n) * 40)}
	t := &b.board
	t.Now, t.Total = Morning, n
	for i := range n {
		name := fmt.Sprintf("de-%02d-srv-%04d", i%40, i)
		job, c := advanced(), nordlicht
		switch k := i % 100; {
		case k >= 8 && k < 28:
			job = basic()
		case k >= 28 && k < 38:
			job, c = iaas(), alpenrad
		}
		s := &board.System{SystemRow: board.SystemRow{
			Name: name, Customer: c.Name, Model: job.Facets.ServiceModel, Package: job.Facets.Package, Policy: Policy.ID,
			OS: "Debian 12 (bookworm)", Enrolled: true, Seen: m.before(time.Duration(i) * time.Second), Answer: job.Answer(),
		}, Job: job}
		row := board.RunRow{
			ID: fmt.Sprintf("R-%05d", i), System: name, Customer: c.Name, Ground: "standing_order " + standing.ID, Packages: 7,
			Slot: m.today(), Zone: Berlin, Created: m.before(24 * time.Hour), Began: m.before(10 * time.Minute),
		}
		switch k := i % 100; {
		case k < 5:
			row.Stage, row.Step, row.Sentence = board.Running, run.Applying, lang.Textf("Auf %[1]s werden 7 Pakete eingespielt.", "7 packages are being applied on %[1]s.", name)
			t.Running = append(t.Running, row)
		case k < 8:
			row.Stage, row.Outcome, row.EndedAt = board.Over, verdict.Restored, m.before(time.Minute)
			row.Sentence = verdict.Verdict{Outcome: verdict.Restored, Proof: &verdict.Proof{Checked: 1412}}.Sentence(name)
			t.Needs = append(t.Needs, row)
		case k < 28:
			s.Due, s.Security = 9, 7
			t.Waiting = append(t.Waiting, board.Waiting{System: name, Customer: c.Name, Rule: "MH2-20", Text: job.Refusal(), Due: 9, Security: 7, CanOrder: true})
		case k < 38:
			t.Yours = append(t.Yours, name)
		default:
			row.Stage, row.Outcome, row.EndedAt = board.Over, verdict.Succeeded, m.before(time.Hour)
			row.Sentence = lang.Textf("%[1]s ist aktualisiert und geprüft: 7 Pakete.", "%[1]s is updated and verified: 7 packages.", name)
			t.Fine = append(t.Fine, name)
			t.Done = append(t.Done, row)
		}
		if row.Stage != "" {
			s.Last = &row
			b.runs = append(b.runs, &board.Run{RunRow: row})
		}
		b.systems = append(b.systems, s)
	}
	return b
}

// Evil is text that tries to break out of wherever it is put.
const Evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>'; javascript:alert(3)//{{7*7}}`

// HostileSystem and HostileRun are the names in Hostile.
const (
	HostileSystem = `ev"il<b>'x`
	HostileRun    = "R-0666"
)

// Hostile is a server whose every text comes from somebody who means harm.
func Hostile() *Backend {
	m := newMaker(Morning)
	b := &Backend{Now: Morning, Check: goodRecord(1)}
	evil := lang.T(Evil, Evil)
	c := estate.Customer{ID: "evil", Name: Evil, Contacts: []estate.Contact{{ID: Evil, Name: Evil, Authority: []estate.Authority{estate.AuthorityOrder}}}}
	job := basic()
	job.PolicyID, job.Governing = Evil, Evil
	job.Reasons = append(job.Reasons, policy.Reason{RuleID: Evil, Text: evil})
	s := m.system(HostileSystem, c, job)
	s.OS, s.Policy, s.Held.System.Purpose = Evil, Evil, Evil
	s.Facts.OS.Name, s.Facts.Kernel.Running = Evil, Evil
	s.Facts.Failed, s.Facts.Indices.Errors = []string{Evil}, []string{Evil}
	m.due(s, false, update{Evil, Evil, Evil, Evil, security, policy.OriginStandard, Evil}, update{"=cmd()", "x", "1", "2", security, policy.OriginStandard, "x"})
	s.Orders = []mandate.Order{{ID: Evil, Contact: Evil, Channel: Evil, Text: Evil, Given: m.now}}
	p := m.start(s, HostileRun, "order "+Evil, m.before(time.Minute), []update{{Evil, Evil, Evil, Evil, security, policy.OriginStandard, Evil}})
	p.begin(run.Prechecking).say(run.Prechecking, Evil, "\x1b[31mrot\x1b[0m").fail(run.Prechecking, time.Second, Evil, evil, Evil)
	r := p.over(verdict.Verdict{Outcome: verdict.Blocked, Reasons: []verdict.Reason{{Code: Evil, Text: evil}},
		Before: &verdict.Observation{Units: []fact.Unit{{Name: Evil, Active: Evil}}}, After: &verdict.Observation{Units: []fact.Unit{{Name: Evil, Active: "x"}}},
		Proof: &verdict.Proof{Point: Evil, ManifestSHA256: Evil, Differences: []string{Evil}}})
	r.Sentence, r.LeftOut = evil, []mandate.Refusal{{Finding: s.DueList[0].Finding, Rule: Evil, Text: evil, Ask: evil}}
	b.enter(s, r)
	b.board = board.Today{Now: Morning, Total: 1, Needs: []board.RunRow{r.RunRow}, Fine: []string{Evil},
		Waiting: []board.Waiting{{System: HostileSystem, Customer: Evil, Rule: Evil, Text: evil, Ask: evil, Due: 1, CanOrder: true}}}
	b.Check.Text, b.Check.Checkpoint = evil, Evil
	b.clock(m, HostileSystem, hole{Evil, Evil, Evil, Evil, Evil, Evil, known}, clock.Duty{Footing: clock.Own, Hours: 24, Rule: Evil}, clock.Times{})
	b.told(HostileSystem, Evil, Evil, m.now, evil)
	b.feeds = []board.Feed{{Name: Evil, Kind: Evil, Origin: Evil, Edition: Evil, Problem: evil, Tried: m.now, Accepted: m.now}}
	b.board.Feeds = b.feeds
	return b
}
