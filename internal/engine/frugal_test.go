package engine

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// BenchmarkALookInVain is what an idle server does several times a second: River's own question, and ours before it.
func BenchmarkALookInVain(b *testing.B) {
	e, err := New(b.Context(), Options{Path: filepath.Join(b.TempDir(), "state.db"), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer e.db.Close()
	own := riversqlite.New(e.db)
	ours, err := newFrugal(b.Context(), e.db, own)
	if err != nil {
		b.Fatal(err)
	}
	defer ours.look.Close()
	for name, exec := range map[string]riverdriver.Executor{"River's": own.GetExecutor(), "ours": ours.GetExecutor()} {
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
