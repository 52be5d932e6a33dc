package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
	"github.com/patchwart/patchwart/internal/stage/stagetest"
)

var (
	randomRuns  = flag.Int("random-runs", 6, "how many random runs")
	randomFirst = flag.Int("random-first", 0, "the number of the first one; with -random-runs 1: that one again")
	randomSeed  = flag.Uint64("random-seed", 0, "what is drawn; 0: something else each day")
	randomHosts = flag.Int("random-hosts", 2, "on how many hosts at the same time; one of them has a btrfs")
	randomFor   = flag.Duration("random-for", 0, "no run begins after so long; 0: all do")
	randomLog   = flag.String("random-log", "", "file that takes a line of JSON for each run; those that it has already are not run again")
	randomPage  = flag.String("random-page", "", "file that takes the page made of all lines of that log")
)

// lane is a host of random runs, with a server of its own, which is a process and can be killed.
type lane struct {
	*play
	edited string // what the customer wrote into the file of configuration; empty: nothing
	good   string // the version that is installed
	began  time.Time
}

// TestRandomFaults has random updates and random faults meet on real hosts. Whatever comes of a run, what the server says
// of it is the truth: a success is one, and after anything else the host is as it was.
func TestRandomFaults(t *testing.T) {
	t.Parallel()
	needRoot(t)
	seed := *randomSeed
	if seed == 0 {
		seed = uint64(time.Now().Unix() / 86400)
	}
	if *randomHosts < 2 {
		t.Fatal("-random-hosts: one for each restore driver, at least")
	}
	queues := map[string]chan trial{"files": make(chan trial, *randomRuns), "btrfs": make(chan trial, *randomRuns)}
	known, err := readRuns(*randomLog)
	if err != nil {
		t.Fatal(err)
	}
	for n := range *randomRuns {
		one := drawTrial(seed, *randomFirst+n)
		if !slices.ContainsFunc(known, func(r judged) bool { return r.Seed == seed && r.Number == one.number }) {
			queues[one.driver] <- one
		}
	}
	for _, q := range queues {
		close(q)
	}
	begun := time.Now()
	book := &ledgerOfRuns{path: *randomLog}
	t.Run("hosts", func(t *testing.T) {
		for n := range *randomHosts {
			driver := "files"
			if n == *randomHosts-1 {
				driver = "btrfs"
			}
			if len(queues[driver]) == 0 {
				continue
			}
			t.Run(fmt.Sprint(driver, n+1), func(t *testing.T) {
				t.Parallel()
				l := newLane(t, driver)
				for one := range queues[driver] {
					if *randomFor > 0 && time.Since(begun) > *randomFor {
						break
					}
					l.act(fmt.Sprintf("%d: %s, %v", one.number, one.update.name, one.blows), func(p *play) { l.try(one, book) })
				}
				check, err := l.stage.Client.VerifyRecord(t.Context())
				l.ok(err)
				if !check.Good {
					t.Errorf("record: %+v", check)
				}
			})
		}
	})
	if len(known)+len(book.all()) == 0 {
		t.Error("not one run was judged")
	}
	for _, r := range book.all() {
		if len(r.Wrong) > 0 {
			t.Errorf("run %d (again: -random-seed %d -random-first %d -random-runs 1), %s, %v: %s", r.Number, seed, r.Number, r.Update, r.Struck, strings.Join(r.Wrong, "; "))
		}
	}
	if *randomPage != "" {
		lines, err := readRuns(*randomLog)
		if err == nil {
			err = os.WriteFile(*randomPage, []byte(pageOfRuns(lines)), 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// newLane makes the host and the server.
func newLane(t *testing.T, driver string) *lane {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	on, err := stage.Open(t.Context(), stage.Options{
		Agent: binary(t, "patchwart-agent"), RunLimit: time.Minute, Lab: lab.Options{Progress: func(s string) { t.Log(s) }},
		Apart: []string{self}, ApartEnv: []string{serveEnv + "=1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := on.Close(); err != nil {
			t.Error(err)
		}
	})
	doc := stagetest.Estate(time.Now())
	doc = fmt.Appendf(doc, oneSystem, "dice1")
	for n := range *randomRuns + 8 { // one that was blocked waits for its next window: the host is another system then
		doc = fmt.Appendf(doc, oneSystem, fmt.Sprintf("dice1-%d", n+1))
	}
	if _, err := on.Client.Apply(t.Context(), "estate.yaml", doc); err != nil {
		t.Fatal(err)
	}
	p := furnish(t, on, "dice1", func(s *lab.HostSpec) { s.Profile, s.Btrfs = lab.Base, driver == "btrfs" })
	p.ok(p.host.Poweroff(t.Context()))
	p.ok(p.host.Save(t.Context(), "ready"))
	p.ok(p.host.Boot(t.Context()))
	p.known = &lab.Memory{}
	return &lane{play: p, good: "1.1-1"}
}

// try is one run from its draw to its judgement. A host that is not as it has to be is put back by the lab.
func (l *lane) try(t trial, book *ledgerOfRuns) {
	p := l.play
	r := judged{Seed: t.seed, Number: t.number, Driver: t.driver, Update: t.update.name, Good: t.update.good, Begun: time.Now().UTC()}
	whole, lost := false, false
	defer func() {
		if lost {
			l.fromScratch()
			return
		}
		if r.Outcome == "" && len(r.Wrong) == 0 {
			r.Wrong = []string{"it could not be judged; see the test's output"}
		}
		r.Seconds = time.Since(r.Begun).Seconds()
		if err := book.add(r); err != nil {
			p.Error(err)
		}
		if len(r.Wrong) > 0 {
			p.Errorf("seed %d, run %d: %s\n%s", r.Seed, r.Number, strings.Join(r.Wrong, "\n"), l.story())
		}
		if !whole {
			l.fromScratch()
		}
	}()
	if t.update.name == theEdited {
		l.edited = fmt.Sprintf("# by the customer, before run %d\n", t.number)
		p.ok(p.host.WriteFile("/etc/patient.conf", []byte(l.edited), 0o644))
	}
	d := p.next(func(d *lab.Deb) {
		if t.update.make != nil {
			t.update.make(p, d)
		}
	})
	before := p.offer(d)
	s := p.arm(t.blows)
	id := l.give(s)
	end, err := l.end(id)
	if failed := s.settle(); failed != nil { // says nothing about the product
		lost = true
		p.Errorf("the lab could not do it, run %d does not count: %v", t.number, failed)
		return
	}
	slices.Sort(s.struck)
	r.Struck, r.Missed, r.Outcome, r.Run = s.struck, s.missed, string(end.Outcome), id
	for _, b := range t.blows {
		if slices.Contains(s.struck, b.String()) {
			r.Faults = append(r.Faults, b.fault)
		}
	}
	slices.Sort(r.Faults)
	if err != nil {
		r.Outcome, r.Wrong = "", append(r.Wrong, err.Error())
		return
	}
	l.atRest()
	r.Wrong = p.judge(end, t, before, l.good, d.Version)
	if l.edited != "" {
		if text, err := p.host.ReadFile("/etc/patient.conf"); err != nil || string(text) != l.edited {
			r.Wrong = append(r.Wrong, fmt.Sprintf("the customer's file is %q, %v", text, err))
		}
	}
	if len(s.struck) == 0 && t.update.good != (end.Outcome == verdict.Succeeded) {
		r.Wrong = append(r.Wrong, fmt.Sprintf("without any fault it ended %s: %s", end.Outcome, end.Sentence.EN))
	}
	if len(r.Wrong) > 0 {
		return
	}
	switch end.Outcome {
	case verdict.Succeeded:
		l.good = d.Version
		if l.edited != "" {
			p.inside("mv", "/etc/patient.conf.dpkg-dist", "/etc/patient.conf") // the customer has merged it
			l.edited = ""
		}
	case verdict.Blocked:
		p.anew()
	}
	whole = true
}

// give places the customer's order and has it planned; a server that is just being killed is asked again.
func (l *lane) give(s *striker) string {
	l.Helper()
	ctx := l.Context()
	l.began = time.Now()
	var placed bool
	var id string
	var last error
	l.until("the run is planned", func() bool {
		if !placed {
			_, err := l.stage.Client.PlaceOrder(ctx, board.OrderRequest{
				System: l.name, Contact: "eva", Channel: "Ticket 1", Text: "Bitte die Sicherheitsupdates einspielen.", Explicit: true, Scope: estate.ScopeSecurity,
			})
			l.ok(err) // nothing strikes before a run is planned
			placed = true
		}
		_, last = l.stage.Client.Plan(ctx, l.name, false)
		rows, err := l.stage.Client.Runs(ctx, board.RunFilter{System: l.name, Limit: 1})
		if err == nil && len(rows) == 1 && rows[0].Created.After(l.began.Add(-time.Second)) {
			id = rows[0].ID
		}
		last = errors.Join(last, err)
		return id != ""
	})
	close(s.planned)
	return id
}

// end waits for the end of a run, through all faults.
func (l *lane) end(id string) (board.Run, error) {
	ctx, cancel := context.WithTimeout(l.Context(), 5*time.Minute)
	defer cancel()
	var last error
	var seq int64
	for ctx.Err() == nil {
		r, err := l.stage.Client.Run(ctx, id)
		if err == nil && r.Stage == board.Over {
			return r, nil
		}
		if err == nil {
			seq = r.State.Seq
			last = fmt.Errorf("it is %s: %s", r.Stage, r.Sentence.EN)
			_, err = l.stage.Client.Watch(ctx, id, seq, 5*time.Second)
		}
		if err != nil { // killed, or just coming back
			last = err
			time.Sleep(100 * time.Millisecond)
		}
	}
	return board.Run{}, fmt.Errorf("the run has no end after five minutes: %w", last)
}

// atRest waits until host and agent are up again and do nothing.
func (l *lane) atRest() {
	l.Helper()
	l.until("the agent runs and nobody refreshes the package lists", func() bool {
		out, err := l.host.Run(l.Context(), "systemctl", "is-active", "patchwart-agent.service")
		if err != nil || strings.TrimSpace(string(out)) != "active" {
			return false
		}
		out, err = l.host.Run(l.Context(), "ps", "-eo", "comm=")
		return err == nil && !strings.Contains(string(out), "apt-get") && !strings.Contains(string(out), "dpkg")
	})
}

// story is what the agent and its journal say, for whoever looks for the reason.
func (l *lane) story() string {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	log, err := l.host.Run(ctx, "journalctl", "--no-pager", "-n", "40", "-u", "patchwart-agent.service")
	names, _ := l.host.Run(ctx, "sh", "-c", "ls -t /var/lib/patchwart-agent/journal/*.jsonl | head -1 | xargs cut -c1-600 | grep -v '\"kind\":\"line\"'")
	return fmt.Sprintf("%s%v\n%s", log, err, names)
}

// fromScratch has the lab put the host back, as another system.
func (l *lane) fromScratch() {
	ctx := l.Context()
	_ = l.host.RestoreNetwork(ctx)
	_ = l.host.Kill()
	l.ok(l.host.Revert(ctx, "ready"))
	l.known.Forget()
	l.ok(l.host.Boot(ctx))
	l.good, l.edited = "1.1-1", ""
	l.anew()
}

// ledgerOfRuns keeps what was judged.
type ledgerOfRuns struct {
	path string
	mu   sync.Mutex
	runs []judged
}

func (b *ledgerOfRuns) all() []judged {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.runs)
}
