package agent

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// stage is a host, a directory of journals, one order and a clock, over which agents come and go.
type stage struct {
	t      failer
	dir    string
	key    ed25519.PrivateKey
	host   *simulated
	before map[string]string
	clock  time.Time
	order  wire.Signed
	events int    // journal writes and changes of the host so far
	killAt int    // the one before which the agent is killed; 0 = never
	torn   string // what a kill leaves behind the last whole line of the journal
	where  string // the write before or after which the agent is
	killed string // where it was killed last
	open   func(time.Time) *Trouble
}

type failer interface {
	Fatalf(format string, args ...any)
	Helper()
}

func newStage(t failer, dir string) *stage {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatalf("key: %v", err)
	}
	s := &stage{t: t, dir: filepath.Join(dir, "journal"), key: key, host: newSimulated(), clock: simDay, order: sealed("web1", closing("run-1", simDay), key)}
	s.before = maps.Clone(s.host.files)
	s.host.tick = s.tick
	return s
}

func (s *stage) tick() {
	s.events++
	s.clock = s.clock.Add(time.Second)
	if s.killAt != 0 && s.events == s.killAt {
		s.killed = s.where
		panic(errCrash)
	}
}

// ticking is a journal whose every write is a place to be killed at, before and after it.
type ticking struct {
	*journal.Journal
	stage *stage
}

func (j ticking) Append(e run.Event) (run.Effect, error) {
	j.stage.where = fmt.Sprintf("before writing %s %s", e.Kind, e.Step)
	j.stage.tick()
	effect, err := j.Journal.Append(e)
	j.stage.where = fmt.Sprintf("after writing %s %s", e.Kind, e.Step)
	j.stage.tick()
	return effect, err
}

// live is one life of an agent: from its start to the end of the run, or until it is killed.
func (s *stage) live() (killed bool, err error) {
	s.t.Helper()
	d, err := journal.OpenDir(s.dir, s.host.boot)
	if err != nil {
		s.t.Fatalf("open the journals: %v", err)
	}
	var j *journal.Journal
	if _, known, _ := d.Digest("run-1"); known {
		j, err = d.Open("run-1")
	} else {
		j, err = d.Create("run-1", s.order)
	}
	if err != nil {
		s.t.Fatalf("journal: %v", err)
	}
	w, err := wire.Open(j.Order(), s.key.Public().(ed25519.PublicKey))
	if err != nil {
		s.t.Fatalf("order: %v", err)
	}
	r := &runner{order: w, log: ticking{j, s}, memory: d, host: s.host.host().steps(w), now: func() time.Time { return s.clock },
		pause: func(ctx context.Context, d time.Duration) error { s.clock = s.clock.Add(d); return ctx.Err() },
		open:  s.open, wrote: func() {}, slog: quiet}
	defer func() {
		if e := recover(); e != nil {
			if err, ok := e.(error); !ok || !errors.Is(err, errCrash) {
				panic(e)
			}
			killed = true
			if cerr := j.Close(); cerr != nil {
				s.t.Fatalf("close: %v", cerr)
			}
			s.tear()
		}
	}()
	err = r.drive(context.Background())
	return false, errors.Join(err, j.Close())
}

// tear leaves a part of a line at the end of the journal.
func (s *stage) tear() {
	if s.torn == "" {
		return
	}
	f, err := os.OpenFile(filepath.Join(s.dir, "run-1.jsonl"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		s.t.Fatalf("tear: %v", err)
	}
	defer f.Close()
	if _, err := f.WriteString(s.torn); err != nil {
		s.t.Fatalf("tear: %v", err)
	}
}

// log reads the events back as the uploader would, and folds them as the server would.
func (s *stage) log() ([]run.Event, run.State) {
	s.t.Helper()
	d := journal.Look(s.dir, "")
	_, want, err := d.Peek("run-1")
	if err != nil {
		s.t.Fatalf("peek: %v", err)
	}
	events, err := d.Reader("run-1").Next(0, want.Seq, 1<<20, 1<<30)
	if err != nil {
		s.t.Fatalf("read: %v", err)
	}
	var state run.State
	for i, e := range events {
		if e.Seq != int64(i+1) {
			s.t.Fatalf("event %d has the number %d", i+1, e.Seq)
		}
		if state, _, err = run.Apply(state, e); err != nil {
			s.t.Fatalf("event %d: %v", e.Seq, err)
		}
	}
	return events, state
}

// sound checks what must hold after every run, whatever happened on the way.
func (s *stage) sound() verdict.Outcome {
	s.t.Helper()
	_, state := s.log()
	if !state.Ended {
		s.t.Fatalf("the run has not ended: %+v", state)
	}
	if s.host.reboots > run.MaxReboots {
		s.t.Fatalf("the host was told to reboot %d times", s.host.reboots)
	}
	if s.host.installs > 1 {
		s.t.Fatalf("packages were installed %d times", s.host.installs)
	}
	switch state.Outcome {
	case verdict.Succeeded, verdict.NotEffective:
		for _, p := range simPackages {
			if s.host.files["/usr/lib/"+p.Name] != p.To || s.host.files["/var/lib/dpkg/"+p.Name] != p.To {
				s.t.Fatalf("%s, but %s is %q", state.Outcome, p.Name, s.host.files["/usr/lib/"+p.Name])
			}
		}
		if len(s.host.down) > 0 {
			s.t.Fatalf("%s, but %v do not run", state.Outcome, s.host.down)
		}
	case verdict.Blocked, verdict.Restored:
		if diff := cmp.Diff(s.before, s.host.files); diff != "" {
			s.t.Fatalf("%s, but the host is not as before (-before +now):\n%s", state.Outcome, diff)
		}
	case verdict.RestoreFailed:
		if s.host.points["run-1"] == nil {
			s.t.Fatalf("the restore failed, and the old state is gone")
		}
	default:
		s.t.Fatalf("outcome %q", state.Outcome)
	}
	return state.Outcome
}

// finish lets agents live until the run has ended.
func (s *stage) finish() verdict.Outcome {
	s.t.Helper()
	for life := 0; life < 20; life++ {
		killed, err := s.live()
		if err != nil {
			s.t.Fatalf("life %d: %v", life, err)
		}
		if !killed {
			return s.sound()
		}
	}
	s.t.Fatalf("the run does not end")
	return ""
}

func TestRunEndsAsItShould(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		faults map[string]int
		want   verdict.Outcome
		step   run.Step // of the first failure
		code   string
	}{
		{"a good day", nil, verdict.Succeeded, "", ""},
		{"the new kernel waits for a reboot", map[string]int{"reboot": 1}, verdict.NotEffective, "", ""},
		{"the disk is too small", map[string]int{"precheck": 1}, verdict.Blocked, run.Prechecking, "disk_full"},
		{"a package was tampered with", map[string]int{"fetch": 1}, verdict.Blocked, run.Fetching, "hash_mismatch"},
		{"the host cannot be looked at", map[string]int{"observe": 1}, verdict.Blocked, run.Saving, "dpkg_unreadable"},
		{"the restore point does not fit", map[string]int{"save": 1}, verdict.Blocked, run.Saving, "disk_full"},
		{"postinst exits 1", map[string]int{"install": 1}, verdict.Restored, run.Applying, "apt_failed"},
		{"the restart fails", map[string]int{"settle": 1}, verdict.Restored, run.Settling, "restart_failed"},
		{"the service does not come back", map[string]int{"unit": 1}, verdict.Restored, run.Verifying, "unit_lost"},
		{"the first restore fails", map[string]int{"install": 1, "restore": 1}, verdict.Restored, run.Applying, "apt_failed"},
		{"every restore fails", map[string]int{"install": 1, "restore": 99}, verdict.RestoreFailed, run.Applying, "apt_failed"},
		{"a service does not revive", map[string]int{"unit": 1, "revive": 1}, verdict.Restored, run.Verifying, "unit_lost"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, t.TempDir())
			maps.Copy(s.host.faults, c.faults)
			if got := s.finish(); got != c.want {
				t.Errorf("outcome %s, want %s", got, c.want)
			}
			_, state := s.log()
			if c.step != "" && (state.Failure == nil || state.Failure.Step != c.step || state.Failure.Code != c.code) {
				t.Errorf("failure %+v, want %s %s", state.Failure, c.step, c.code)
			}
			if c.step == "" && state.Failure != nil {
				t.Errorf("unexpected failure %+v", state.Failure)
			}
			if v := state.Verdict; c.step != "" && (len(v.Reasons) == 0 || v.Reasons[0].Code != c.code || v.Reasons[0].Text.IsZero()) {
				t.Errorf("the verdict's first reason is %+v, want %s", v.Reasons, c.code)
			}
			if c.want == verdict.Restored && (state.Verdict.Proof == nil || state.Verdict.Proof.ManifestSHA256 == "") {
				t.Error("restored without a proof")
			}
		})
	}
}

func TestServiceThatDoesNotReviveIsNamed(t *testing.T) {
	t.Parallel()
	s := newStage(t, t.TempDir())
	maps.Copy(s.host.faults, map[string]int{"unit": 1, "revive": 1})
	s.finish()
	_, state := s.log()
	var codes []string
	for _, r := range state.Verdict.Reasons {
		codes = append(codes, r.Code)
	}
	want := []string{"unit_lost", "after_restore_restart_failed", "after_restore_unit_lost"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if state.Verdict.After == nil || state.Verdict.After.Units[0].Active != "failed" {
		t.Error("the verdict does not show the host as it is after the restore")
	}
}

// TestKilledAtEveryStep is obstacle 14: the agent is killed before and after every journal write and
// between any two changes of the host, with a whole and with a torn end of the journal.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	for _, faults := range []map[string]int{nil, {"install": 1}, {"unit": 1}} {
		dry := newStage(t, t.TempDir())
		maps.Copy(dry.host.faults, faults)
		dry.finish()
		outcomes, places := map[verdict.Outcome]int{}, []string(nil)
		for n := 1; n <= dry.events; n++ {
			s := newStage(t, t.TempDir())
			maps.Copy(s.host.faults, faults)
			s.killAt = n
			s.torn = []string{"", "0123abcd {\"event\":{\"seq\":", strings.Repeat("\x00", 300)}[n%3]
			outcome := s.finish()
			outcomes[outcome]++
			places = append(places, fmt.Sprintf("%s → %s", s.killed, outcome))
		}
		t.Logf("faults %v: killed at %d places, ended %v:\n%s", faults, dry.events, outcomes, strings.Join(slices.Compact(places), "\n"))
		if faults == nil && outcomes[verdict.Succeeded] == 0 {
			t.Error("no killed run was finished")
		}
	}
}

func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		s := newStage(t, filepath.Join(base, fmt.Sprint(n)))
		for _, f := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"precheck", "fetch", "save", "install", "settle", "unit", "restore", "reboot", "observe", "revive"}), 0, 3, rapid.ID).Draw(t, "faults") {
			s.host.faults[f] = 1
		}
		gaps := rapid.SliceOfN(rapid.IntRange(1, 40), 0, 4).Draw(t, "kills")
		boots := rapid.SliceOfN(rapid.Bool(), 4, 4).Draw(t, "boots")
		torn := rapid.SliceOfN(rapid.SampledFrom([]string{"", "x", "deadbeef {}\n", strings.Repeat("\x00", 5000)}), 4, 4).Draw(t, "torn")
		for i, gap := range gaps {
			s.killAt, s.torn = s.events+gap, torn[i]
			killed, err := s.live()
			if err != nil {
				t.Fatalf("life %d: %v", i, err)
			}
			if !killed {
				break
			}
			if boots[i] { // the power was cut: nothing runs on
				s.host.boot, s.host.left = fmt.Sprint("boot-", i+2), nil
			}
		}
		s.killAt = 0
		s.finish()
	})
}

func TestBootDuringInstallIsNeverTrusted(t *testing.T) {
	t.Parallel()
	// Killed right before "finished applying" is written: all files are new.
	dry := newStage(t, t.TempDir())
	dry.finish()
	for n := 1; n <= dry.events; n++ {
		fresh := newStage(t, t.TempDir())
		fresh.killAt = n
		if killed, _ := fresh.live(); killed && fresh.killed == "before writing finished applying" {
			fresh.host.boot, fresh.host.left = "boot-2", nil
			if got := fresh.finish(); got != verdict.Restored {
				t.Errorf("outcome %s: after a power cut nobody knows what reached the disk", got)
			}
			return
		}
	}
	t.Fatal("the place was not found")
}

func TestNothingIsBegunTooLate(t *testing.T) {
	t.Parallel()
	dry := newStage(t, t.TempDir())
	dry.finish()
	for n := 1; n <= dry.events; n++ {
		s := newStage(t, t.TempDir())
		s.killAt = n
		if killed, _ := s.live(); killed && s.killed == "after writing finished saving" {
			s.clock = s.clock.Add(3 * time.Hour)
			if got := s.finish(); got != verdict.Blocked {
				t.Errorf("outcome %s, want blocked", got)
			}
			if _, state := s.log(); state.Verdict.Reasons[0].Code != "too_late" || s.host.installs != 0 {
				t.Errorf("reasons %+v, %d installs", state.Verdict.Reasons, s.host.installs)
			}
			return
		}
	}
	t.Fatal("the place was not found")
}

func TestWritingWaitsForItsTime(t *testing.T) {
	t.Parallel()
	s := newStage(t, t.TempDir())
	c := closing("run-1", simDay)
	c.NotBefore = simDay.Add(time.Hour)
	s.order = sealed("web1", c, s.key)
	if got := s.finish(); got != verdict.Succeeded {
		t.Fatalf("outcome %s", got)
	}
	events, _ := s.log()
	for _, e := range events {
		if early := e.At.Before(c.NotBefore); early != (e.Step == run.Prechecking || e.Step == run.Fetching) {
			t.Errorf("%s %s at %s, not before %s", e.Kind, e.Step, e.At.Format(time.TimeOnly), c.NotBefore.Format(time.TimeOnly))
		}
	}
}

func TestLiveTextIsBounded(t *testing.T) {
	t.Parallel()
	s := newStage(t, t.TempDir())
	s.host.lines = 2500
	s.finish()
	events, _ := s.log()
	lines, last := 0, run.Event{}
	for _, e := range events {
		if e.Kind == run.Line && e.Step == run.Applying {
			lines, last = lines+1, e
		}
	}
	if lines > maxLines+1 || last.Code != "omitted" || last.Text.IsZero() {
		t.Errorf("%d lines, the last is %+v", lines, last)
	}
}

func TestStoppedAgentWritesNoFailure(t *testing.T) {
	t.Parallel()
	s := newStage(t, t.TempDir())
	d, err := journal.OpenDir(s.dir, "boot-1")
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Create("run-1", s.order)
	if err != nil {
		t.Fatal(err)
	}
	w, err := wire.Open(s.order, s.key.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	writes := 0
	r := &runner{order: w, log: j, memory: d, host: s.host.host().steps(w), now: func() time.Time { return s.clock }, pause: sleep, slog: quiet,
		wrote: func() {
			if writes++; j.State().Step == run.Applying {
				stop()
			}
		}}
	if err := r.drive(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("drive: %v", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	events, state := s.log()
	if last := events[len(events)-1]; last.Kind == run.Failed || !state.Open || state.Step != run.Applying {
		t.Errorf("a stop is written as %s %s", last.Kind, last.Step)
	}
	if got := s.finish(); got != verdict.Restored {
		t.Errorf("outcome %s, want restored", got)
	}
}
