package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
	"github.com/patchwart/patchwart/internal/stage"
)

// moment is a place in the journal: the event after which the agent is killed.
type moment struct {
	kind run.Kind
	step run.Step
}

func (m moment) String() string { return string(m.kind) + " " + string(m.step) }

// TestAgentKilledAtEveryJournalStep is obstacle 14 on the way to a good end: the agent is killed with -9
// right after each event that it writes to its journal. It comes back, and the host ends verified new or
// identical to before, never in between.
func TestAgentKilledAtEveryJournalStep(t *testing.T) {
	t.Parallel()
	var moments []moment
	for _, s := range run.Steps {
		moments = append(moments, moment{run.Begun, s}, moment{run.Finished, s})
	}
	patient(t, "patient2", small).sweep(append(moments, moment{run.Ended, ""}), nil)
}

// TestAgentKilledAtEveryJournalStepOfTheWayBack is obstacle 14 on the way back, with an update whose check
// fails.
func TestAgentKilledAtEveryJournalStepOfTheWayBack(t *testing.T) {
	t.Parallel()
	patient(t, "patient3", small).sweep([]moment{
		{run.Failed, run.Verifying}, {run.Begun, run.Restoring}, {run.Finished, run.Restoring}, {run.Ended, ""},
	}, func(d *lab.Deb) {
		d.Files["/usr/share/patient/nginx.conf"] = lab.File{Content: "location = /portal { return 500; }\n"}
	})
}

// sweep kills the agent at each moment of a run of its own, and lists the moments.
func (p *play) sweep(moments []moment, bad func(*lab.Deb)) {
	t := p.T
	var killed []string
	for _, m := range moments {
		t.Run("killed after "+m.String(), func(t *testing.T) {
			p := p.of(t)
			d := p.next(bad)
			before := p.offer(d)
			done := p.killAfter(m)
			id := p.order()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			r := p.finish(id)
			switch {
			case r.Outcome == verdict.Succeeded && bad == nil:
				p.renewed(d.Version)
			case r.Outcome == verdict.Restored, r.Outcome == verdict.Blocked:
				p.identical(before)
			default:
				t.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
			}
			if n := count(r.Events, run.Begun, run.Applying); n > 1 {
				t.Errorf("applied %d times", n)
			}
			at := m.String()
			for i, e := range r.Events {
				if e.Kind == run.Resumed && i > 0 {
					at = fmt.Sprintf("%s %s", r.Events[i-1].Kind, r.Events[i-1].Step)
				}
			}
			killed = append(killed, fmt.Sprintf("%-22s → %s", at, r.Outcome))
			end := "succeeded, verified new"
			if r.Outcome != verdict.Succeeded {
				end = string(r.Outcome) + ", identical"
			}
			proof.Cell(t, strings.TrimSpace(m.String()), "files", "kill -9", end)
		})
	}
	t.Logf("killed at %d steps:\n%s", len(killed), strings.Join(killed, "\n"))
	p.of(t)
	proof.Obstacle(t, 14, "resumed", fmt.Sprintf("Killed at %d events of the journal, a run of its own each; every time the next agent went on, nothing was installed twice, and the host was verified new or identical.", len(killed)))
}

func count(events []run.Event, kind run.Kind, step run.Step) int {
	n := 0
	for _, e := range events {
		if e.Kind == kind && e.Step == step {
			n++
		}
	}
	return n
}

// killAfter kills the agent the moment the event stands in its journal: before the agent knows that it is on disk.
func (p *play) killAfter(m moment) <-chan error {
	pid := p.agentPID()
	ctx := p.Context()
	return p.at(m, func() error { return p.host.Signal(ctx, pid, unix.SIGKILL) })
}

// at watches the journal from outside of the host, and does something the moment the event stands in that of a
// run that is new.
func (p *play) at(m moment, do func() error) <-chan error {
	done := make(chan error, 1)
	old := map[string]bool{}
	for _, n := range p.journals() {
		old[n] = true
	}
	ctx, cancel := context.WithTimeout(p.Context(), 5*time.Minute)
	go func() {
		defer cancel()
		done <- func() error {
			for w := p.watch(old); ctx.Err() == nil; time.Sleep(200 * time.Microsecond) {
				if w.saw(m) {
					return do()
				}
			}
			return fmt.Errorf("the journal never said %s", m)
		}()
	}()
	return done
}

// watcher looks at the journals of runs that are new, from outside of the host.
type watcher struct {
	p    *play
	old  map[string]bool
	dir  unix.Timespec
	live []string
	size map[string]int64
}

func (p *play) watch(old map[string]bool) *watcher {
	return &watcher{p: p, old: old, size: map[string]int64{}}
}

// saw reports whether a journal holds the event now. Nothing is read that has not grown: it is asked thousands of times.
func (w *watcher) saw(m moment) bool {
	var dir unix.Stat_t
	if unix.Stat(filepath.Join(w.p.host.Root(), journals), &dir) == nil && (dir.Mtim != w.dir || time.Since(time.Unix(dir.Mtim.Unix())) < time.Second) {
		w.dir, w.live = dir.Mtim, nil
		for _, n := range w.p.journals() {
			if !w.old[n] {
				w.live = append(w.live, n)
			}
		}
	}
	for _, n := range w.live {
		info, err := os.Stat(n)
		if err != nil || info.Size() == w.size[n] {
			continue
		}
		if text, err := w.p.host.ReadFile("/" + journals + "/" + filepath.Base(n)); err == nil {
			w.size[n] = int64(len(text))
			if stands(text, m) {
				return true
			}
		}
	}
	return false
}

// journals is where a host keeps them, below its root.
const journals = "var/lib/patchwart-agent/journal"

func (p *play) journals() []string {
	names, _ := filepath.Glob(filepath.Join(p.host.Root(), journals, "*.jsonl"))
	return names
}

// stands reports whether a journal holds the event.
func stands(journal []byte, m moment) bool {
	for line := range bytes.Lines(journal) {
		if bytes.Contains(line, []byte(`"kind":"`+string(m.kind)+`"`)) && (m.step == "" || bytes.Contains(line, []byte(`"step":"`+string(m.step)+`"`))) {
			return true
		}
	}
	return false
}

// agentPID is the agent's process, as this machine numbers it.
func (p *play) agentPID() int {
	p.Helper()
	list, err := p.host.Processes()
	p.ok(err)
	for _, proc := range list {
		if len(proc.Args) > 1 && proc.Args[0] == stage.AgentPath && proc.Args[1] == "run" {
			return proc.PID
		}
	}
	p.Fatal("the agent does not run")
	return 0
}
