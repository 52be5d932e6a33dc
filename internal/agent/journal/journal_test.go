package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

var order = wire.Signed{Document: []byte(`{"id":"run-1"}`), Key: "k", Signature: []byte("s")}

func begin(t *testing.T) (*Dir, *Journal) {
	t.Helper()
	d, err := OpenDir(filepath.Join(t.TempDir(), "journal"), "boot-1")
	if err != nil {
		t.Fatal(err)
	}
	j, err := d.Create("run-1", order)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return d, j
}

func add(t *testing.T, j *Journal, list ...run.Event) {
	t.Helper()
	for _, e := range list {
		e.At = time.Unix(1, 0).UTC()
		if _, err := j.Append(e); err != nil {
			t.Fatalf("%s %s: %v", e.Kind, e.Step, err)
		}
	}
}

func begun(s run.Step) run.Event    { return run.Event{Kind: run.Begun, Step: s} }
func finished(s run.Step) run.Event { return run.Event{Kind: run.Finished, Step: s} }
func text(s string) run.Event       { return run.Event{Kind: run.Line, Detail: s} }

func TestWhatWasWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	d, j := begin(t)
	add(t, j, begun(run.Prechecking), text("looking"), finished(run.Prechecking), begun(run.Fetching))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := d.Open("run-1")
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if diff := cmp.Diff(j.State(), again.State()); diff != "" {
		t.Errorf("state (-written +read):\n%s", diff)
	}
	if diff := cmp.Diff(order, again.Order()); diff != "" || again.Lines() != 1 {
		t.Errorf("%d lines, order (-written +read):\n%s", again.Lines(), diff)
	}
	effect, err := again.Append(finished(run.Fetching))
	if err != nil || effect.Step != run.Saving || again.State().Seq != 5 {
		t.Errorf("after reopening: effect %+v, event %d, %v", effect, again.State().Seq, err)
	}
}

func TestIllegalEventIsNotWritten(t *testing.T) {
	t.Parallel()
	d, j := begin(t)
	add(t, j, begun(run.Prechecking))
	if _, err := j.Append(begun(run.Applying)); !errors.Is(err, run.ErrIllegal) {
		t.Fatalf("applying was begun while prechecking: %v", err)
	}
	_, s, err := d.Peek("run-1")
	if err != nil || s.Seq != 1 {
		t.Errorf("the journal is at %d, %v", s.Seq, err)
	}
}

func TestOrderComesOnce(t *testing.T) {
	t.Parallel()
	d, _ := begin(t)
	if _, err := d.Create("run-1", order); !errors.Is(err, ErrExists) {
		t.Errorf("a second journal for the same order: %v", err)
	}
	digest, known, err := d.Digest("run-1")
	if digest != order.Digest() || !known || err != nil {
		t.Errorf("digest %q, %v, %v", digest, known, err)
	}
	if _, known, err := d.Digest("run-2"); known || err != nil {
		t.Errorf("an order that never came: known %v, %v", known, err)
	}
	for _, id := range []string{"../x", "a/b", "", ".", "..", ".hidden", "/etc/passwd"} {
		if _, err := d.Create(id, order); err == nil {
			t.Errorf("a journal for %q was made", id)
		}
	}
}

// TestEveryTornEndIsCutOff cuts the file after each byte: what is whole stays, the rest goes.
func TestEveryTornEndIsCutOff(t *testing.T) {
	t.Parallel()
	d, j := begin(t)
	path := d.file("run-1", endJournal)
	add(t, j, begun(run.Prechecking), text("a"), finished(run.Prechecking))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	header := bytes.IndexByte(whole, '\n') + 1
	for cut := header; cut <= len(whole); cut++ {
		for _, rest := range []string{"", "\x00\x00\x00", "0000 garbage\n\x00"} {
			if err := os.WriteFile(path, append(bytes.Clone(whole[:cut]), rest...), 0o600); err != nil {
				t.Fatal(err)
			}
			want := int64(bytes.Count(whole[header:cut], []byte{'\n'}))
			j, err := d.Open("run-1")
			if err != nil || j.State().Seq != want {
				t.Fatalf("cut at %d with %q: at event %d, want %d: %v", cut, rest, j.State().Seq, want, err)
			}
			add(t, j, text("goes on"))
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if _, s, err := d.Peek("run-1"); err != nil || s.Seq != want+1 {
				t.Fatalf("cut at %d: going on, the journal is at %d: %v", cut, s.Seq, err)
			}
		}
	}
}

func TestDamageIsNotMistakenForATornEnd(t *testing.T) {
	t.Parallel()
	d, j := begin(t)
	path := d.file("run-1", endJournal)
	add(t, j, begun(run.Prechecking), finished(run.Prechecking), begun(run.Fetching), text("a"), text("b"))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte{'\n'})
	for i := range lines[:len(lines)-1] {
		bad := bytes.Clone(whole)
		at := len(bytes.Join(lines[:i], nil)) + 20
		bad[at] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := d.Open("run-1")
		// Lines 4 and 5 are live text that nobody waited for: their loss is a torn end.
		if torn := i >= 4; torn != (err == nil) || err != nil && !errors.Is(err, ErrDamaged) {
			t.Errorf("damage in line %d: %v", i+1, err)
		}
		if now, _ := os.ReadFile(path); i < 4 && !bytes.Equal(now, bad) {
			t.Errorf("a damaged journal was changed (line %d)", i+1)
		}
	}
}

func TestOnlyWhatIsOnDiskIsSent(t *testing.T) {
	t.Parallel()
	d, j := begin(t)
	add(t, j, begun(run.Prechecking), text("a"), text("b"))
	if j.Safe() != 1 {
		t.Fatalf("safe is %d, only event 1 was waited for", j.Safe())
	}
	r := d.Reader("run-1")
	events, err := r.Next(0, j.Safe(), 100, 1<<20)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	safe, err := j.Sync()
	if err != nil || safe != 3 {
		t.Fatalf("after the flush safe is %d, %v", safe, err)
	}
	if events, err = r.Next(1, safe, 1, 1<<20); err != nil || len(events) != 1 || events[0].Seq != 2 {
		t.Fatalf("one at a time: %+v, %v", events, err)
	}
	if events, err = r.Next(0, safe, 100, 1<<20); err != nil || len(events) != 3 {
		t.Fatalf("from the start again: %d events, %v", len(events), err)
	}
	if events, err = r.Next(0, safe, 100, 1); err != nil || len(events) != 1 {
		t.Fatalf("bounded by size: %d events, %v", len(events), err)
	}
}

func TestBootOfApplyingIsRemembered(t *testing.T) {
	t.Parallel()
	d, j := begin(t)
	for _, s := range []run.Step{run.Prechecking, run.Fetching, run.Saving} {
		add(t, j, begun(s), finished(s))
	}
	add(t, j, begun(run.Applying))
	if !j.SameBoot() {
		t.Error("the host has not booted")
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	for boot, want := range map[string]bool{"boot-1": true, "boot-2": false, "": false} {
		again, err := Look(d.path, boot).Open("run-1")
		if err != nil {
			t.Fatal(err)
		}
		if again.SameBoot() != want {
			t.Errorf("boot %q: same boot %v", boot, again.SameBoot())
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStateBeforeTheRunIsKeptOrMissed(t *testing.T) {
	t.Parallel()
	d, _ := begin(t)
	if _, err := d.Before("run-1"); err == nil {
		t.Error("a state was read that was never written")
	}
	want := verdict.Observation{Versions: map[string]string{"nginx:amd64": "1.22"}, Broken: []string{"x"}}
	if err := d.SetBefore("run-1", want); err != nil {
		t.Fatal(err)
	}
	got, err := d.Before("run-1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	path := d.file("run-1", endBefore)
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(doc, []byte("1.22"), []byte("1.23"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Before("run-1"); err == nil {
		t.Error("a state that was changed on disk was believed")
	}
}

func TestOldJournalsGo(t *testing.T) {
	t.Parallel()
	d, err := OpenDir(filepath.Join(t.TempDir(), "journal"), "boot-1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		id := fmt.Sprint("run-", i)
		j, err := d.Create(id, order)
		if err != nil {
			t.Fatal(err)
		}
		add(t, j, run.Event{Kind: run.Refused, Code: "clock", Text: lang.T("Uhr", "clock")})
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if i != 1 { // the server does not know the end of run-1
			if err := d.SetSent(id, Sent{Seq: 1, Done: true}); err != nil {
				t.Fatal(err)
			}
		}
		at := time.Unix(int64(i), 0)
		if err := os.Chtimes(d.file(id, endJournal), at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Prune(3, func(id string) bool { return id == "run-2" }); err != nil {
		t.Fatal(err)
	}
	list, err := d.List()
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range list {
		left = append(left, e.ID)
	}
	if diff := cmp.Diff([]string{"run-1", "run-2", "run-6", "run-7", "run-8"}, left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	names, err := os.ReadDir(d.path)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if strings.HasPrefix(n.Name(), "run-3") {
			t.Errorf("%s is left", n.Name())
		}
	}
}

func TestSentSurvivesAndDoubtMeansAgain(t *testing.T) {
	t.Parallel()
	d, _ := begin(t)
	if err := d.SetSent("run-1", Sent{Seq: 7}); err != nil {
		t.Fatal(err)
	}
	if s, err := d.Sent("run-1"); err != nil || s.Seq != 7 || s.Done {
		t.Errorf("%+v, %v", s, err)
	}
	if err := os.WriteFile(d.file("run-1", endSent), nil, 0o600); err != nil { // as a power cut may leave it
		t.Fatal(err)
	}
	if s, err := d.Sent("run-1"); err != nil || s.Seq != 0 {
		t.Errorf("an empty file: %+v, %v", s, err)
	}
}
