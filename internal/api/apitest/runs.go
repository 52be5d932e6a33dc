package apitest

import (
	"context"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// story is one run: the events that will happen, and how many of them have.
type story struct {
	id, system string
	planned    bool
	all        []run.Event
	shown      int
}

// stories are the runs: r-web1 succeeded, r-web2 was restored, r-db1 is planned. r-live and r-bad
// happen while they are watched, two events at a time; the one ends well, the other is put back.
func stories() []*story {
	good, bad := goodDay("r-web1"), badDay("r-web2")
	return []*story{
		{id: "r-web2", system: "web2", all: bad, shown: len(bad)},
		{id: "r-web1", system: "web1", all: good, shown: len(good)},
		{id: "r-db1", system: "db1", planned: true},
		{id: "r-live", system: "web1", all: goodDay("r-live"), shown: 3},
		{id: "r-bad", system: "web2", all: badDay("r-bad")},
	}
}

// diary numbers and dates events; each takes the time it says.
type diary struct {
	order  string
	events []run.Event
	at     time.Time
}

func (d *diary) add(after time.Duration, e run.Event) {
	d.at = d.at.Add(after)
	e.Order, e.Seq, e.At = d.order, int64(len(d.events)+1), d.at
	d.events = append(d.events, e)
}

func (d *diary) step(s run.Step, took time.Duration) {
	d.add(0, run.Event{Kind: run.Begun, Step: s})
	e := run.Event{Kind: run.Finished, Step: s}
	if s == run.Saving {
		e.Point = &run.Point{ID: "rp-1", Driver: "files", Files: 13036, Bytes: 48 << 20, Millis: 700, ManifestSHA256: strings.Repeat("12", 32)}
	}
	if s == run.Verifying {
		e.Verdict = &verdict.Verdict{Outcome: verdict.Succeeded, Changes: changes("3.0.17-1~deb12u3")}
	}
	d.add(took, e)
}

func changes(now string) []verdict.Ordered {
	return []verdict.Ordered{{Package: "openssl", Arch: "amd64", From: "3.0.15-1~deb12u1", To: "3.0.17-1~deb12u3", Now: now}}
}

func goodDay(order string) []run.Event {
	d := &diary{order: order, at: Now.Add(-2 * time.Hour)}
	d.step(run.Prechecking, 800*time.Millisecond)
	d.step(run.Fetching, 3*time.Second)
	d.step(run.Saving, 700*time.Millisecond)
	d.add(0, run.Event{Kind: run.Begun, Step: run.Applying})
	// Tools colour their output; a terminal must not obey it.
	d.add(20*time.Second, run.Event{Kind: run.Line, Step: run.Applying, Detail: "Setting up openssl \x1b[31m(3.0.17)\x1b[0m ..."})
	d.add(22*time.Second, run.Event{Kind: run.Finished, Step: run.Applying})
	d.step(run.Settling, 4*time.Second)
	d.step(run.Verifying, 2*time.Second)
	d.add(0, run.Event{Kind: run.Ended, Verdict: &verdict.Verdict{Outcome: verdict.Succeeded, Changes: changes("3.0.17-1~deb12u3")}})
	return d.events
}

func badDay(order string) []run.Event {
	d := &diary{order: order, at: Now.Add(-1 * time.Hour)}
	d.step(run.Prechecking, 800*time.Millisecond)
	d.step(run.Fetching, 3*time.Second)
	d.step(run.Saving, 700*time.Millisecond)
	d.step(run.Applying, 41*time.Second)
	d.step(run.Settling, 4*time.Second)
	d.add(0, run.Event{Kind: run.Begun, Step: run.Verifying})
	failed := &verdict.Verdict{Outcome: verdict.Restored, Changes: changes("3.0.15-1~deb12u1"), Reasons: []verdict.Reason{{Code: "check_failed", Text: lang.T(
		"Die Prüfung „start page“ scheitert: HTTP 500.", `The check "start page" fails: HTTP 500.`)}},
		Proof: &verdict.Proof{Point: "rp-1", ManifestSHA256: strings.Repeat("12", 32), Checked: 13036, Restored: 212, Aside: 3}}
	d.add(2*time.Second, run.Event{Kind: run.Failed, Step: run.Verifying, Code: "check_failed", Verdict: failed,
		Text: lang.T("nginx antwortet nach dem Update mit HTTP 500", "nginx answers with HTTP 500 after the update")})
	d.step(run.Restoring, 9*time.Second)
	d.add(0, run.Event{Kind: run.Ended, Verdict: failed})
	return d.events
}

// state folds the events that have happened.
func (s *story) state() run.State {
	var st run.State
	for _, e := range s.all[:s.shown] {
		next, _, err := run.Apply(st, e)
		if err != nil {
			panic("apitest: the story is not told right: " + err.Error())
		}
		st = next
	}
	return st
}

func (s *story) row() board.RunRow {
	st := s.state()
	row := board.RunRow{ID: s.id, System: s.system, Customer: "Muster GmbH", Ground: "standing_order so-web", Packages: 1,
		Slot: Slot, Zone: "Europe/Berlin", Created: Now.Add(-24 * time.Hour), Began: st.Begun}
	switch {
	case s.planned:
		row.Stage, row.Ground = board.Planned, "order o-1"
		row.Sentence = lang.T("Geplant für das nächste Wartungsfenster.", "Planned for the next maintenance window.")
	case st.Ended:
		row.Stage, row.Outcome, row.EndedAt = board.Over, st.Outcome, st.Last
		row.Sentence = lang.T("1 Sicherheitsupdate ist eingespielt und geprüft.", "1 security update is installed and verified.")
		if st.Outcome == verdict.Restored {
			row.Sentence = lang.T("web2 ist wie vorher: nginx kam nach dem Update nicht zurück (HTTP 500).",
				"web2 is as before: nginx did not come back after the update (HTTP 500).")
		}
	default:
		row.Stage, row.Step = board.Running, st.Step
		row.Sentence = lang.T("Der Lauf ist unterwegs.", "The run is under way.")
	}
	return row
}

func (b *Backend) story(id string) (*story, error) {
	if err := named(id); err != nil {
		return nil, err
	}
	for _, s := range b.runs {
		if s.id == id {
			return s, nil
		}
	}
	return nil, fault.Missing("Den Lauf", "run", id)
}

// Runs lists the runs.
func (b *Backend) Runs(_ context.Context, f board.RunFilter) ([]board.RunRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rows []board.RunRow
	for _, s := range b.runs {
		row := s.row()
		if (f.System == "" || f.System == row.System) && (f.Stage == "" || f.Stage == row.Stage) && (f.Limit == 0 || len(rows) < f.Limit) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// Run is one run whole.
func (b *Backend) Run(_ context.Context, id string) (board.Run, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.story(id)
	if err != nil {
		return board.Run{}, err
	}
	r := board.Run{RunRow: s.row(), State: s.state(), Policy: "managedhosting-2",
		Grounds:   []mandate.Ground{{Kind: mandate.ByStandingOrder, Basis: "so-web", Contact: "anna", Rules: []string{"MH2-21", "MH2-14"}}},
		Changes:   []mandate.Change{{Package: "openssl", Arch: "amd64", From: "3.0.15-1~deb12u1", To: "3.0.17-1~deb12u3"}},
		Mandate:   strings.Repeat("34", 32),
		WorkOrder: strings.Repeat("56", 32), NotBefore: Slot.From, NotAfter: Slot.To,
		Usual: map[run.Step]int64{run.Applying: 40_000}}
	for _, e := range s.all[:s.shown] {
		if e.Kind == run.Line {
			r.Lines = append(r.Lines, e)
		} else {
			r.Events = append(r.Events, e)
		}
	}
	return r, nil
}

// Watch tells two more events each time it is asked for more than there are. A planned run has none:
// then it blocks until the reader has waited long enough.
func (b *Backend) Watch(ctx context.Context, id string, after int64) (board.Progress, error) {
	b.mu.Lock()
	s, err := b.story(id)
	if err != nil {
		b.mu.Unlock()
		return board.Progress{}, err
	}
	if s.planned {
		b.mu.Unlock()
		<-ctx.Done()
		return board.Progress{}, ctx.Err()
	}
	defer b.mu.Unlock()
	if int(after) >= s.shown {
		s.shown = min(s.shown+2, len(s.all))
	}
	p := board.Progress{Row: s.row(), State: s.state()}
	if int(after) < s.shown {
		p.Events = append(p.Events, s.all[after:s.shown]...)
	}
	return p, nil
}
