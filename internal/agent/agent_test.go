package agent

import (
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/patchwart/patchwart/internal/agent/agenttest"
	"github.com/patchwart/patchwart/internal/agent/identity"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/proof"
	"github.com/patchwart/patchwart/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is one enrolled host and its server.
type world struct {
	t      *testing.T
	server *agenttest.Server
	host   *simulated
	config Config
	policy string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, server: agenttest.New(t), host: newSimulated()}
	base := t.TempDir()
	if err := os.Chmod(base, 0o755); err != nil {
		t.Fatal(err)
	}
	w.policy = filepath.Join(base, "host.yaml")
	dir := filepath.Join(base, "state")
	id, err := identity.Enrol(context.Background(), identity.Enrolment{
		Server: w.server.URL, System: "web1", Authority: w.server.Authority(), Token: w.server.Token("web1"), Dir: dir, Now: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	w.config = Config{Dir: dir, Policy: w.policy, Build: "test", Host: w.host.host(), Identity: id, Log: quiet}
	return w
}

// start runs an agent; the returned function stops it and waits.
func (w *world) start() (stop func()) {
	w.t.Helper()
	a, err := New(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-done; err != nil {
				w.t.Errorf("agent: %v", err)
			}
		}
	}
	w.t.Cleanup(stop)
	return stop
}

func (w *world) order(id string, change func(*wire.Closing)) wire.Signed {
	c := closing(id, time.Now())
	if change != nil {
		change(&c)
	}
	return sealed("web1", c, w.server.OrderKey)
}

func over(id string) func(agenttest.Seen) bool {
	return func(s agenttest.Seen) bool {
		list := s.Events[id]
		return len(list) > 0 && (list[len(list)-1].Kind == run.Ended || list[len(list)-1].Kind == run.Refused)
	}
}

// fold is what the server makes of the events.
func fold(t *testing.T, list []run.Event) run.State {
	t.Helper()
	var s run.State
	var err error
	for _, e := range list {
		if s, _, err = run.Apply(s, e); err != nil {
			t.Fatalf("event %d: %v", e.Seq, err)
		}
	}
	return s
}

func TestFromFactsToVerdict(t *testing.T) {
	w := newWorld(t)
	w.start()
	seen := w.server.Wait(t, "facts", func(s agenttest.Seen) bool { return len(s.Facts) == 1 })
	if len(seen.Facts[0].Facts.Pending) != len(simPackages) {
		t.Errorf("pending: %+v", seen.Facts[0].Facts.Pending)
	}
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	seen = w.server.Wait(t, "the end of the run and the facts after it", func(s agenttest.Seen) bool { return over("run-1")(s) && len(s.Facts) == 2 })
	if s := fold(t, seen.Events["run-1"]); s.Outcome != verdict.Succeeded || len(s.Verdict.Changes) != 3 {
		t.Errorf("outcome %s, verdict %+v", s.Outcome, s.Verdict)
	}
	if len(seen.Facts[1].Facts.Pending) != 0 {
		t.Errorf("after the run there is still pending: %+v", seen.Facts[1].Facts.Pending)
	}
	seen = w.server.Wait(t, "a poll that says the host is idle", func(s agenttest.Seen) bool {
		last := s.Polls[len(s.Polls)-1]
		return last.Order == "" && last.Facts == s.Facts[1].Hash
	})
	told := false
	for _, p := range seen.Polls {
		told = told || p.Order == "run-1"
	}
	if !told {
		t.Error("the server was never told that the order is under way")
	}
	if len(seen.Refusals) != 0 {
		t.Errorf("refusals: %+v", seen.Refusals)
	}
}

func TestUnchangedFactsAreNotSentAgain(t *testing.T) {
	w := newWorld(t)
	w.config.Interval = time.Nanosecond // look before every poll
	stop := w.start()
	w.server.Wait(t, "facts", func(s agenttest.Seen) bool { return len(s.Facts) == 1 })
	w.server.Refresh("fresh-1")
	seen := w.server.Wait(t, "a poll after the refresh", func(s agenttest.Seen) bool {
		return s.Polls[len(s.Polls)-1].Refreshed == "fresh-1"
	})
	if len(seen.Facts) != 1 || w.host.refresh != 1 {
		t.Errorf("%d reports, %d refreshes", len(seen.Facts), w.host.refresh)
	}
	stop()
	w.start()
	w.server.Wait(t, "a poll of the next agent", func(s agenttest.Seen) bool {
		return s.Polls[len(s.Polls)-1].Facts == seen.Facts[0].Hash && len(s.Facts) == 1 && len(s.Polls) > len(seen.Polls)
	})
}

func TestOrdersThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		policy string
		order  func(w *world) wire.Signed
		code   string
		event  bool // told as the run's event, too
	}{
		{"signed by another key", "", func(*world) wire.Signed {
			_, other, _ := ed25519.GenerateKey(nil)
			return sealed("web1", closing("run-1", time.Now()), other)
		}, codeSignature, false},
		{"changed on the way", "", func(w *world) wire.Signed {
			o := w.order("run-1", nil)
			o.Document = []byte(strings.Replace(string(o.Document), "1.22.1-1", "1.22.9-1", 1))
			return o
		}, codeSignature, false},
		{"for another host", "", func(w *world) wire.Signed {
			return sealed("web2", closing("run-1", time.Now()), w.server.OrderKey)
		}, codeSystem, false},
		{"of a clock that is an hour off", "", func(w *world) wire.Signed {
			return w.order("run-1", func(c *wire.Closing) { c.Issued = c.Issued.Add(-time.Hour) })
		}, codeClock, true},
		{"that has expired", "", func(w *world) wire.Signed {
			return w.order("run-1", func(c *wire.Closing) {
				c.NotBefore, c.NotAfter = c.Issued.Add(-2*time.Hour), c.Issued.Add(-time.Second)
			})
		}, codeTime, true},
		{"for a far day", "", func(w *world) wire.Signed {
			return w.order("run-1", func(c *wire.Closing) {
				c.NotBefore, c.NotAfter = c.Issued.Add(72*time.Hour), c.Issued.Add(74*time.Hour)
			})
		}, codeTime, true},
		{"of a version the host does not see", "", func(w *world) wire.Signed {
			return sealed("web1", closing("run-1", time.Now()), w.server.OrderKey, wire.Package{Name: "nginx", Arch: "amd64", From: "1.22.0-1", To: "9.9-1"})
		}, codeHostPolicy, true},
		{"against a policy that only lets report", "verbs: []\n", func(w *world) wire.Signed { return w.order("run-1", nil) }, codeHostPolicy, true},
		{"from a repository the host does not accept", "origins: [Somebody]\n", func(w *world) wire.Signed { return w.order("run-1", nil) }, codeHostPolicy, true},
		{"with a longer time limit than the host allows", "max_run_minutes: 30\n", func(w *world) wire.Signed { return w.order("run-1", nil) }, codeHostPolicy, true},
		{"that permits a reboot", "reboot: never\n", func(w *world) wire.Signed {
			return w.order("run-1", func(c *wire.Closing) { c.Reboot = true })
		}, codeHostPolicy, true},
		{"under a policy that cannot be read", "reboot: perhaps\n", func(w *world) wire.Signed { return w.order("run-1", nil) }, codeHostPolicy, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if c.policy != "" {
				if err := os.WriteFile(w.policy, []byte(c.policy), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			o := c.order(w)
			w.server.Order("run-1", &o)
			w.start()
			seen := w.server.Wait(t, "the refusal", func(s agenttest.Seen) bool {
				return len(s.Refusals) == 1 && (len(s.Events["run-1"]) > 0) == c.event
			})
			if r := seen.Refusals[0]; r.Code != c.code || r.Digest != o.Digest() || r.Detail == "" {
				t.Errorf("refusal %+v, want code %s", r, c.code)
			}
			if c.event {
				if s := fold(t, seen.Events["run-1"]); s.Outcome != verdict.Blocked || s.Failure.Code != c.code || s.Verdict == nil {
					t.Errorf("the run ended %s: %+v", s.Outcome, s.Failure)
				}
			}
			if w.host.installs != 0 || len(w.host.points) != 0 {
				t.Error("the host was touched")
			}
		})
	}
	proof.Obstacle(t, 22, "refused, recorded", "Twelve orders that a malicious server could give a real agent over the real wire (another key, altered, for another host, expired, for a far day, beyond the host's policy) were refused, each with its code, and the host was not touched (simulated package manager).")
}

func TestOrderIsCarriedOutOnce(t *testing.T) {
	w := newWorld(t)
	stop := w.start()
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	w.server.Wait(t, "the end of the run", over("run-1"))
	w.server.Wait(t, "an idle host", func(s agenttest.Seen) bool { return s.Polls[len(s.Polls)-1].Order == "" })
	stop() // the end is written down as delivered
	w.start()
	w.server.Forget("run-1", 0) // the server loses everything, and gives the order again
	w.server.Order("run-1", &o)
	seen := w.server.Wait(t, "the refusal of the replay", func(s agenttest.Seen) bool { return len(s.Refusals) > 0 })
	if seen.Refusals[0].Code != codeReplay || w.host.installs != 1 {
		t.Errorf("refusal %+v, %d installs", seen.Refusals[0], w.host.installs)
	}
	proof.Obstacle(t, 22, "refused, recorded", "An order that had been carried out was offered again by a server that had forgotten it; the agent refused it as a replay, and installed once.")
}

func TestRunFinishesWithoutItsServer(t *testing.T) {
	w := newWorld(t)
	w.host.faults["install"] = 1
	reached := make(chan struct{})
	w.host.tick = func() {
		if w.host.installs == 1 && reached != nil {
			close(reached)
			reached = nil
			w.server.Down(true)
		}
	}
	wait := reached
	w.start()
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	<-wait
	// The run goes on alone to its end, which lies in the journal.
	deadline := time.Now().Add(60 * time.Second)
	for {
		s, err := Look(context.Background(), w.config.Dir, w.policy, w.host)
		if err == nil && s.Order == nil && s.Unsent == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the run did not end without the server: %+v, %v", s, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.server.Down(false)
	seen := w.server.Wait(t, "the events", over("run-1"))
	if s := fold(t, seen.Events["run-1"]); s.Outcome != verdict.Restored || s.Verdict.Proof == nil {
		t.Errorf("outcome %s", s.Outcome)
	}
}

func TestServerThatLostEventsGetsThemAgain(t *testing.T) {
	w := newWorld(t)
	hold := make(chan struct{})
	w.host.tick = func() {
		if w.host.installs == 1 && hold != nil {
			<-hold
			hold = nil
		}
	}
	let := hold
	w.start()
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	w.server.Wait(t, "some events", func(s agenttest.Seen) bool { return len(s.Events["run-1"]) >= 7 })
	w.server.Forget("run-1", 2)
	close(let)
	seen := w.server.Wait(t, "the end of the run", over("run-1"))
	if s := fold(t, seen.Events["run-1"]); s.Outcome != verdict.Succeeded {
		t.Errorf("outcome %s", s.Outcome)
	}
}

func TestNextAgentGoesOn(t *testing.T) {
	w := newWorld(t)
	w.host.faults["hang"] = 1
	stop := w.start()
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	w.server.Wait(t, "the begin of applying", func(s agenttest.Seen) bool {
		list := s.Events["run-1"]
		return len(list) > 0 && list[len(list)-1].Step == run.Applying
	})
	if _, err := New(w.config); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second agent on the same host: %v", err)
	}
	stop()
	w.start()
	seen := w.server.Wait(t, "the end of the run", over("run-1"))
	s := fold(t, seen.Events["run-1"])
	if s.Outcome != verdict.Restored || s.Failure.Code != "interrupted" || w.host.installs != 1 {
		t.Errorf("outcome %s, failure %+v, %d installs", s.Outcome, s.Failure, w.host.installs)
	}
}

func TestHostWithADamagedJournalTakesNothing(t *testing.T) {
	w := newWorld(t)
	stop := w.start()
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	w.server.Wait(t, "the end of the run", over("run-1"))
	w.server.Order("", nil)
	stop()
	path := filepath.Join(w.config.Dir, "journal", "run-1.jsonl")
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc = []byte(strings.Replace(string(doc), `"kind":"finished","step":"saving"`, `"kind":"finished","step":"fetching"`, 1))
	if err := os.WriteFile(path, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	// As if the server did not know the end: else nobody would read the journal again.
	if err := os.WriteFile(strings.Replace(path, ".jsonl", ".sent.json", 1), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.start()
	next := w.order("run-2", nil)
	w.server.Order("run-2", &next)
	seen := w.server.Wait(t, "the refusal", func(s agenttest.Seen) bool { return len(s.Refusals) == 1 && over("run-2")(s) })
	if seen.Refusals[0].Code != codeJournal || w.host.installs != 1 {
		t.Errorf("refusal %+v, %d installs", seen.Refusals[0], w.host.installs)
	}
	s, err := Look(context.Background(), w.config.Dir, w.policy, w.host)
	if err != nil || len(s.Damaged) != 1 || s.Damaged[0] != "run-1" {
		t.Errorf("status %+v, %v", s, err)
	}
}

func TestRefusalsAreBounded(t *testing.T) {
	t.Parallel()
	r, err := openRefusals(filepath.Join(t.TempDir(), "refusals"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range maxRefusals + 5 {
		fresh, err := r.add(wire.Refusal{Digest: strings.Repeat("a", i+1), Code: codeSignature, At: simDay.Add(time.Duration(i))})
		if err != nil || fresh != (i < maxRefusals) {
			t.Fatalf("refusal %d: %v, %v", i, fresh, err)
		}
	}
	if fresh, err := r.add(wire.Refusal{Digest: "a", Code: codeSignature, At: simDay}); fresh || err != nil {
		t.Errorf("the same again: %v, %v", fresh, err)
	}
	sent := 0
	down := errors.New("down")
	if err := r.each(func(w wire.Refusal) error {
		if sent++; sent != len(w.Digest) {
			t.Errorf("refusal %d comes as number %d", len(w.Digest), sent)
		}
		if sent == 4 {
			return down
		}
		return nil
	}); !errors.Is(err, down) {
		t.Errorf("each: %v", err)
	}
	if names, err := r.names(); err != nil || len(names) != maxRefusals-3 {
		t.Errorf("%d are left, %v", len(names), err)
	}
}

func TestUnitNamesItsBinary(t *testing.T) {
	t.Parallel()
	text, err := Unit("/usr/bin/patchwart-agent")
	if err != nil || !strings.Contains(text, "\nExecStart=/usr/bin/patchwart-agent run\n") || strings.Contains(text, "@") {
		t.Errorf("%v\n%s", err, text)
	}
	for _, bad := range []string{"patchwart-agent", "/opt/a b", "/x;y", "/x%n"} {
		if _, err := Unit(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
