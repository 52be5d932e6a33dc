package server

import (
	"context"
	"flag"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/store"
)

var largeSystems = flag.Int("large", 0, "look at an estate of that many systems once and tell how long each page takes")

var largeLooks = flag.String("large-looks", "", "only those whose name has this in it")

var largePackages = flag.Int("large-packages", promised.packages, "packages installed on each of them")

// processor is the processor time that the process has taken: on a machine that others use, clocks on the wall tell
// little.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// look is what people and the server itself do with an estate.
type look struct {
	name string
	do   func(testing.TB, *Server)
}

func must[T any](tb testing.TB) func(T, error) {
	return func(_ T, err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
}

// looks are the pages that somebody opens who looks after the whole estate, and the work on one system.
func (l large) looks() []look {
	one, planned := "", "" // nothing planned and something that could be ordered; a run that is planned
	for i, sys := range l.estate().Systems {
		if one == "" && strings.HasSuffix(sys.Contract, "-1") && i%20 != 3 && i%2 == 1 && i%5 != 4 {
			one = sys.Name
		}
		if planned == "" && !strings.HasSuffix(sys.Contract, "-2") && i%20 == 3 && i%200 != 3 {
			planned = sys.Name
		}
	}
	return []look{
		{"start page", func(tb testing.TB, s *Server) { must[board.Today](tb)(s.Today(tb.Context())) }},
		{"systems", func(tb testing.TB, s *Server) { must[[]board.SystemRow](tb)(s.Systems(tb.Context())) }},
		{"System page, nothing planned", func(tb testing.TB, s *Server) { must[board.System](tb)(s.System(tb.Context(), one)) }},
		{"System page, planned", func(tb testing.TB, s *Server) { must[board.System](tb)(s.System(tb.Context(), planned)) }},
		{"order preview", func(tb testing.TB, s *Server) {
			p, err := s.PreviewOrder(tb.Context(), board.OrderRequest{System: one, Contact: "eva", Channel: "Ticket 1", Text: "Bitte.", Explicit: true})
			if err != nil || len(p.Changes) == 0 {
				tb.Fatalf("a preview of nothing: %+v, %v", p, err)
			}
		}},
		{"what waits", func(tb testing.TB, s *Server) { must[[]board.Queued](tb)(s.Queue(tb.Context())) }},
		{"calendar, 28 days", func(tb testing.TB, s *Server) { must[board.Calendar](tb)(s.Calendar(tb.Context(), time.Time{}, 28)) }},
		{"runs", func(tb testing.TB, s *Server) {
			must[[]board.RunRow](tb)(s.Runs(tb.Context(), board.RunFilter{Limit: 1000}))
		}},
		{"orders", func(tb testing.TB, s *Server) { must[[]board.OrderRow](tb)(s.Orders(tb.Context(), "")) }},
		{"standing orders", func(tb testing.TB, s *Server) { must[[]board.StandingOrder](tb)(s.StandingOrders(tb.Context())) }},
		{"appointments", func(tb testing.TB, s *Server) { must[[]board.Appointment](tb)(s.Appointments(tb.Context(), "")) }},
		{"campaigns", func(tb testing.TB, s *Server) { must[[]board.CampaignRow](tb)(s.Campaigns(tb.Context())) }},
		{"clocks", func(tb testing.TB, s *Server) { must[[]board.ClockRow](tb)(s.Clocks(tb.Context(), true)) }},
		{"everything due", func(tb testing.TB, s *Server) { must[[]board.DueRow](tb)(s.Due(tb.Context(), "")) }},
		{"preview of the plan", func(tb testing.TB, s *Server) { must[board.PlanDiff](tb)(s.PlanDiff(tb.Context(), "")) }},
		{"plan of one system", func(tb testing.TB, s *Server) { must[board.PlanResult](tb)(s.Plan(tb.Context(), one, true)) }},
		{"re-planning after a freeze", func(tb testing.TB, s *Server) {
			err := s.store.Write(tb.Context(), func(tx *store.Tx) error {
				_, err := (&change{Tx: tx, server: s, at: s.now()}).reslotAll(tb.Context(), false)
				return err
			})
			if err != nil {
				tb.Fatal(err)
			}
		}},
		{"re-planning after a freeze ended", func(tb testing.TB, s *Server) {
			err := s.store.Write(tb.Context(), func(tx *store.Tx) error {
				_, err := (&change{Tx: tx, server: s, at: s.now()}).reslotAll(tb.Context(), true)
				return err
			})
			if err != nil {
				tb.Fatal(err)
			}
		}},
	}
}

// TestLookAtLargeEstate tells how long each page takes, and how often it asks the database, before everything is
// planned and after. It is only made when a size is asked for: docs/benchmarks.md has what it told.
func TestLookAtLargeEstate(t *testing.T) {
	if *largeSystems == 0 {
		t.Skip("give -large 5000 to measure")
	}
	l := promised
	l.systems, l.packages = *largeSystems, *largePackages
	begin := time.Now()
	s := l.open(t)
	t.Logf("made %d systems in %s", l.systems, time.Since(begin).Round(time.Millisecond))
	measure := func(name string, do func(testing.TB, *Server)) {
		var best, cpu time.Duration
		var asked int64
		for range 3 {
			before, begin, busy := s.store.Asked(), time.Now(), processor()
			do(t, s)
			took, worked := time.Since(begin), processor()-busy
			if best == 0 || took < best {
				best = took
			}
			if cpu == 0 || worked < cpu {
				cpu = worked
			}
			asked = s.store.Asked() - before
		}
		t.Logf("%-34s %9.1f ms %9.1f ms of processor time %7d queries", name, ms(best), ms(cpu), asked)
	}
	before, busy := time.Now(), processor()
	must[board.Today](t)(s.Today(t.Context()))
	t.Logf("start page right after the start: %.0f ms, %.0f ms of processor time", ms(time.Since(before)), ms(processor()-busy))
	for _, round := range []string{"before the plan", "after it"} {
		t.Log(round)
		for _, k := range l.looks() {
			if !strings.Contains(k.name, *largeLooks) {
				continue
			}
			measure(k.name, k.do)
		}
		for _, which := range []string{"Plan", "Plan, once more"} {
			before, begin, busy := s.store.Asked(), time.Now(), processor()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute) // this machine may be busy with other work
			p, err := s.Plan(ctx, "", false)
			cancel()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%-34s %9.1f ms %9.1f ms of processor time %7d queries: %d planned, %d not, %d refused, %d moved", which, ms(time.Since(begin)), ms(processor()-busy), s.store.Asked()-before, len(p.Slots), len(p.Not), len(p.Refused), len(p.Moved))
		}
	}
}
