package record_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/record"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/store/storetest"
)

// writer is a server whose one run never ends: it gets live text, event after event.
type writer struct {
	ctx context.Context
	s   *store.Store
	run store.Run
}

func newWriter(ctx context.Context, s *store.Store) *writer { return &writer{ctx: ctx, s: s} }

// begin states the estate and plans the run, or picks up the one that is there.
func (w *writer) begin() error {
	return w.s.Write(w.ctx, func(tx *store.Tx) error {
		r, ok, err := tx.Run(w.ctx, "run-1")
		if w.run = r; ok || err != nil {
			return err
		}
		stated, err := tx.SaveEstate(w.ctx, storetest.Hoster(), "sha", noon)
		if err != nil {
			return err
		}
		w.run = store.Run{ID: "run-1", System: "web1", Stage: board.Running, Version: 1, Created: noon}
		added, err := tx.AddRun(w.ctx, w.run)
		if err != nil {
			return err
		}
		return record.Append(w.ctx, tx, noon, record.Entry(stated), record.Entry(added))
	})
}

// next takes in n events in one transaction, as a report of the host brings them.
func (w *writer) next(n int) error {
	r := w.run
	err := w.s.Write(w.ctx, func(tx *store.Tx) error {
		r = w.run
		var events []run.Event
		for range n {
			e := run.Event{Order: "run-1", Seq: r.State.Seq + 1, At: noon, Kind: run.Line, Detail: "Unpacking nginx (1.22.1-9+deb12u3) …"}
			state, _, err := run.Apply(r.State, e)
			if err != nil {
				return err
			}
			r.State, events = state, append(events, e)
		}
		statements, err := tx.AddEvents(w.ctx, "run-1", events)
		if err != nil {
			return err
		}
		updated, err := tx.UpdateRun(w.ctx, r, r.Version)
		if err != nil {
			return err
		}
		entries := []record.Entry{record.Entry(updated)}
		for _, s := range statements {
			entries = append(entries, record.Entry(s))
		}
		return record.Append(w.ctx, tx, noon, entries...)
	})
	if err == nil {
		r.Version++
		w.run = r
	}
	return err
}

// childPath is the database that this process writes as the child of the crash test; empty in a test.
func childPath() string { return os.Getenv("PATCHWART_RECORD_CHILD") }

// child writes without end, and says up to which event it has acknowledged.
func child(path string) {
	ctx := context.Background()
	s, err := store.Open(ctx, path)
	if err != nil {
		panic(err)
	}
	w := newWriter(ctx, s)
	if err := w.begin(); err != nil {
		panic(err)
	}
	signer, _ := key("ours")
	for {
		if err := w.next(1 + rand.IntN(5)); err != nil {
			panic(err)
		}
		fmt.Println(w.run.State.Seq)
		if rand.IntN(4) == 0 {
			if err := s.Write(ctx, func(tx *store.Tx) error {
				_, err := record.Sign(ctx, tx, signer)
				return err
			}); err != nil {
				panic(err)
			}
		}
	}
}

func TestKilledAtAnyMomentStateAndRecordAgree(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	const kills = 12
	var acknowledged, lost int64
	for range kills {
		acknowledged = writeUntilKilled(t, path, acknowledged)
		s, err := store.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if r := verify(t, s, record.Options{State: (*store.Tx)(nil)}); !r.Good() {
			t.Errorf("after a kill: %s", r.Broken.Text().EN)
		}
		storetest.Read(t, s, func(tx *store.Tx) error {
			r, ok, err := tx.Run(t.Context(), "run-1")
			if err != nil || !ok {
				return err // killed before it began
			}
			if r.State.Seq < acknowledged {
				t.Errorf("event %d was acknowledged, the run knows %d", acknowledged, r.State.Seq)
			}
			// A commit may have outlived the process that had no time left to say so.
			lost += r.State.Seq - acknowledged
			acknowledged = r.State.Seq
			newest, err := tx.Events(t.Context(), "run-1", r.State.Seq-1, 0)
			if len(newest) != int(min(1, r.State.Seq)) {
				t.Errorf("the run knows %d events, of which %d are there from the last on", r.State.Seq, len(newest))
			}
			return err
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills, %d events kept, %d of them committed but not acknowledged", kills, acknowledged, lost)
	if acknowledged < kills {
		t.Errorf("only %d events in %d lives: the test proves little", acknowledged, kills)
	}
}

// writeUntilKilled lets a child write for a moment, kills it, and returns what it acknowledged.
func writeUntilKilled(t *testing.T, path string, acknowledged int64) int64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "PATCHWART_RECORD_CHILD="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	read := func() bool {
		if !lines.Scan() {
			return false
		}
		n, err := strconv.ParseInt(strings.TrimSpace(lines.Text()), 10, 64)
		if err == nil { // else it was killed in the middle of the line
			acknowledged = n
		}
		return true
	}
	read() // it has begun
	time.AfterFunc(time.Duration(rand.IntN(150))*time.Millisecond, func() { _ = cmd.Process.Kill() })
	for more := true; more; {
		more = read()
	}
	_ = cmd.Wait() // it was killed, of course
	return acknowledged
}
