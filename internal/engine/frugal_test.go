package engine

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// stopped is an engine that was never started, and a driver for its file.
func stopped(tb testing.TB) (*Engine, frugal) {
	tb.Helper()
	e, err := New(tb.Context(), Options{
		Path: filepath.Join(tb.TempDir(), "state.db"), Log: slog.New(slog.DiscardHandler),
		Handlers: map[Kind]Handler{"advance": func(context.Context, string) (time.Duration, error) { return 0, nil }},
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { e.db.Close() })
	thrifty, err := newFrugal(tb.Context(), e.db, riversqlite.New(e.db))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { thrifty.look.Close() })
	return e, thrifty
}

// counted is River's executor, with a count of what it is asked.
type counted struct {
	riverdriver.Executor
	asked int
}

func (c *counted) JobGetAvailable(ctx context.Context, p *riverdriver.JobGetAvailableParams) ([]*rivertype.JobRow, error) {
	c.asked++
	return c.Executor.JobGetAvailable(ctx, p)
}

// TestRiverIsAskedForWhatIsDueOnly: River's scheduler calls a job available some seconds before it is due. Until then River's
// dear question would be in vain; when the time has come the job is found.
func TestRiverIsAskedForWhatIsDueOnly(t *testing.T) {
	e, thrifty := stopped(t)
	rivers := &counted{Executor: thrifty.Driver.GetExecutor()}
	ours := looking{rivers, thrifty.look}
	ask := func(now *time.Time) int {
		t.Helper()
		got, err := ours.JobGetAvailable(t.Context(), &riverdriver.JobGetAvailableParams{ClientID: "c", MaxAttemptedBy: 10, MaxToLock: 4, Queue: "default", Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	soon := time.Now().Add(time.Second)
	err := e.transact(t.Context(), func(tx *sql.Tx) error {
		if err := e.Enqueue(t.Context(), tx, Job{Kind: "advance", Key: "r1", At: soon}); err != nil {
			return err
		}
		_, err := tx.ExecContext(t.Context(), "UPDATE river_job SET state = 'available'") // as River does, ahead of time
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := ask(nil); n > 0 || rivers.asked > 0 {
		t.Errorf("before its time: %d jobs, River asked %d times", n, rivers.asked)
	}
	time.Sleep(time.Until(soon) + 10*time.Millisecond)
	if n := ask(nil); n != 1 || rivers.asked != 1 {
		t.Errorf("in time: %d jobs, River asked %d times", n, rivers.asked)
	}
	if n := ask(&soon); n != 0 || rivers.asked != 2 {
		t.Errorf("of another time: %d jobs, River asked %d times", n, rivers.asked)
	}
}

// BenchmarkALookInVain is what an idle server does several times a second: River's own question, and ours before it.
func BenchmarkALookInVain(b *testing.B) {
	_, ours := stopped(b)
	for name, exec := range map[string]riverdriver.Executor{"River's": ours.Driver.GetExecutor(), "ours": ours.GetExecutor()} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				got, err := exec.JobGetAvailable(b.Context(), &riverdriver.JobGetAvailableParams{ClientID: "c", MaxAttemptedBy: 10, MaxToLock: 4, Queue: "default"})
				if err != nil || len(got) > 0 {
					b.Fatal(got, err)
				}
			}
		})
	}
}
