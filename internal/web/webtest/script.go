package webtest

import (
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// script writes the events of a run one after the other and folds them, as server and agent do. What
// does not fit the state machine is a mistake of the test and panics.
type script struct {
	r  *board.Run
	at time.Time
}

// start begins a run on a system: the order is closed and signed, the host begins at that time.
func (m maker) start(s *board.System, id, ground string, at time.Time, list []update) *script {
	r := &board.Run{
		RunRow: board.RunRow{
			ID: id, System: s.Name, Customer: s.Customer, Stage: board.Running, Ground: ground, Packages: len(list),
			Slot: m.today(), Zone: Berlin, Created: at.Add(-26 * time.Hour), Began: at,
		},
		Policy: Policy.ID, Mandate: digest("mandate " + id), WorkOrder: digest("order " + id),
		NotBefore: m.today().From, NotAfter: m.today().To,
		Grounds: []mandate.Ground{{Kind: mandate.ByStandingOrder, Basis: standing.ID, Contact: standing.By, Rules: s.Job.Rules()}},
		Usual: map[run.Step]int64{
			run.Prechecking: 3200, run.Fetching: 21000, run.Saving: 1400, run.Applying: 48000, run.Settling: 5200, run.Verifying: 3900,
		},
	}
	r.Times = map[run.Step]board.Usually{}
	for step, ms := range r.Usual {
		r.Times[step] = board.Usually{MedianMillis: ms, HighMillis: ms * 2, Samples: 12}
	}
	r.Times[run.Settling] = board.Usually{MedianMillis: 5200, HighMillis: 7800, Samples: 1, Few: true}
	r.Whole = board.Usually{MedianMillis: 84_000, HighMillis: 140_000, Samples: 12}
	for _, u := range list {
		r.Changes = append(r.Changes, mandate.Change{Package: u.name, Arch: "amd64", From: u.from, To: u.to})
	}
	r.Preview = append(r.Preview, r.Changes...)
	return &script{r: r, at: at}
}

// add folds one event.
func (s *script) add(e run.Event) *script {
	e.Order, e.Seq, e.At = "O-"+s.r.ID, s.r.State.Seq+1, s.at
	next, _, err := run.Apply(s.r.State, e)
	if err != nil {
		panic(fmt.Sprintf("webtest: run %s: %v", s.r.ID, err))
	}
	s.r.State = next
	if e.Kind == run.Line {
		s.r.Lines = append(s.r.Lines, e)
	} else {
		s.r.Events = append(s.r.Events, e)
	}
	s.r.Step = next.Step
	return s
}

// begin begins a step.
func (s *script) begin(step run.Step) *script { return s.add(run.Event{Kind: run.Begun, Step: step}) }

// say writes live text, a quarter of a second apart.
func (s *script) say(step run.Step, lines ...string) *script {
	for _, l := range lines {
		s.at = s.at.Add(250 * time.Millisecond)
		s.add(run.Event{Kind: run.Line, Step: step, Detail: l})
	}
	return s
}

// done ends the step well after so long.
func (s *script) done(step run.Step, after time.Duration) {
	s.at = s.at.Add(after)
	e := run.Event{Kind: run.Finished, Step: step}
	if step == run.Saving {
		e.Point = &run.Point{ID: "P-" + s.r.ID, Driver: "files", Files: 13036, Bytes: 41 << 20, Millis: 640, ManifestSHA256: digest("manifest " + s.r.ID)}
	}
	s.add(e)
}

// verified ends the verification well, and the run with it.
func (s *script) verified(after time.Duration, seen verdict.Observation) *board.Run {
	v := s.judge(seen)
	s.at = s.at.Add(after)
	s.add(run.Event{Kind: run.Finished, Step: run.Verifying, Verdict: &v})
	return s.over(v)
}

// fail ends the step badly after so long.
func (s *script) fail(step run.Step, after time.Duration, code string, text lang.Text, detail string) {
	s.at = s.at.Add(after)
	s.add(run.Event{Kind: run.Failed, Step: step, Code: code, Text: text, Detail: detail})
}

// over ends the run with a verdict.
func (s *script) over(v verdict.Verdict) *board.Run {
	s.at = s.at.Add(200 * time.Millisecond)
	s.add(run.Event{Kind: run.Ended, Verdict: &v})
	s.r.Stage, s.r.Outcome, s.r.EndedAt = board.Over, v.Outcome, s.at
	s.r.Sentence = v.Sentence(s.r.System)
	return s.r
}

// untilApplied is the good beginning of every run that gets as far as applying.
func (s *script) untilApplied() *script {
	s.begin(run.Prechecking).done(run.Prechecking, 3100*time.Millisecond)
	s.begin(run.Fetching).say(run.Fetching, "Get:1 bookworm-security/main amd64 libssl3 amd64 3.0.17-1~deb12u3 [2,034 kB]", "Get:2 bookworm-security/main amd64 nginx amd64 1.22.1-9+deb12u3 [527 kB]").done(run.Fetching, 19*time.Second)
	s.begin(run.Saving).done(run.Saving, 1300*time.Millisecond)
	s.begin(run.Applying)
	for _, ch := range s.r.Changes {
		s.say(run.Applying, "Preparing to unpack .../"+ch.Package+"_"+ch.To+"_amd64.deb ...", "Unpacking "+ch.Package+" ("+ch.To+") over ("+ch.From+") ...", "Setting up "+ch.Package+" ("+ch.To+") ...")
	}
	return s
}

// units are the services of a web host, nginx in the given state.
func units(nginx string) []fact.Unit {
	sub := map[string]string{"active": "running", "failed": "failed"}[nginx]
	return []fact.Unit{
		{Name: "cron.service", Active: "active", Sub: "running"},
		{Name: "mariadb.service", Active: "active", Sub: "running"},
		{Name: "nginx.service", Active: nginx, Sub: sub},
		{Name: "php8.2-fpm.service", Active: "active", Sub: "running"},
		{Name: "ssh.service", Active: "active", Sub: "running"},
	}
}

// observation is what is seen on a web host: well, or with nginx down.
func observation(well bool) verdict.Observation {
	o := verdict.Observation{Units: units("active"), Listen: []fact.Listener{
		{Proto: "tcp", Address: "0.0.0.0", Port: 22, Process: "sshd"},
		{Proto: "tcp", Address: "0.0.0.0", Port: 80, Process: "nginx"},
		{Proto: "tcp", Address: "127.0.0.1", Port: 3306, Process: "mariadbd"},
	}}
	home := estate.Check{Name: "startseite", Kind: estate.CheckHTTP, Port: 80, Path: "/", Status: 200}
	base := estate.Check{Name: "datenbank", Kind: estate.CheckTCP, Port: 3306}
	if well {
		o.Checks = []verdict.CheckResult{{Check: home, Passed: true, Saw: "HTTP 200"}, {Check: base, Passed: true}}
		return o
	}
	o.Units = units("failed")
	o.Listen = append(o.Listen[:1:1], o.Listen[2])
	o.Checks = []verdict.CheckResult{{Check: home, Saw: "connection refused"}, {Check: base, Passed: true}}
	return o
}

// judge compares the host before and after as the product does.
func (s *script) judge(after verdict.Observation) verdict.Verdict {
	before := observation(true)
	before.Versions, after.Versions = map[string]string{}, map[string]string{}
	ordered := make([]verdict.Ordered, 0, len(s.r.Changes))
	for _, ch := range s.r.Changes {
		before.Versions[verdict.Key(ch.Package, ch.Arch)] = ch.From
		after.Versions[verdict.Key(ch.Package, ch.Arch)] = ch.To
		ordered = append(ordered, verdict.Ordered{Package: ch.Package, Arch: ch.Arch, From: ch.From, To: ch.To})
	}
	v, _ := verdict.Judge(ordered, before, after)
	return v
}
