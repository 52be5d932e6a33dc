package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/store"
)

// large says how big an estate is made for measuring.
type large struct {
	systems   int
	customers int
	packages  int // installed on each host, besides what is due
	past      int // runs of each system that are over
}

// promised is the size that the product is made for.
var promised = large{systems: 5000, customers: 400, packages: 400, past: 6}

// largeNow is the moment at which a large estate is looked at: a Tuesday, the windows are at night.
var largeNow = time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)

func (l large) system(i int) string { return fmt.Sprintf("srv-%05d", i) }

// open makes a server over the estate, everything written by the store's own means.
func (l large) open(tb testing.TB) *Server {
	tb.Helper()
	s, err := New(tb.Context(), Config{DataDir: tb.TempDir(), Listen: "127.0.0.1:0", Agents: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		Clock: func() time.Time { return largeNow }})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	ctx, cancel := context.WithTimeout(tb.Context(), 30*time.Minute)
	defer cancel()
	e := l.estate()
	for _, step := range []func(context.Context, *store.Tx, estate.Estate) error{
		func(ctx context.Context, tx *store.Tx, e estate.Estate) error {
			_, err := tx.SaveEstate(ctx, e, fmt.Sprintf("%064d", l.systems), largeNow.AddDate(-1, 0, 0))
			return err
		}, l.hosts, l.history, l.planned, l.orders, l.rulings, l.clocks,
	} {
		if err := s.store.Write(ctx, func(tx *store.Tx) error { return step(ctx, tx, e) }); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// contract is the n-th contract of a customer: one with a standing order, one by single orders, and some of customers
// who do it themselves.
func (l large) contract(customer, n int) estate.Contract {
	id := fmt.Sprintf("k%03d", customer)
	c := estate.Contract{ID: fmt.Sprintf("c-%03d-%d", customer, n), Customer: id, Model: policy.ServiceModelPaaS, Policy: "managedhosting-2", Window: fmt.Sprintf("w%02d", (customer*2+n)%40)}
	switch n {
	case 0:
		c.Package = policy.PackageAdvanced
		c.StandingOrder = &estate.StandingOrder{ID: "so-" + id, By: "eva", Given: "2026-01-15", Channel: "Ticket 1", Scope: estate.ScopeSecurity, Interval: estate.Monthly, Text: "Bitte regelmäßig."}
	case 1:
		c.Package = policy.PackageBasic
	case 2:
		c.Model, c.Package, c.Window = policy.ServiceModelIaaS, "", ""
	}
	return c
}

func (l large) estate() (e estate.Estate) {
	days := []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
	for i := range 40 {
		e.Windows = append(e.Windows, estate.Window{Name: fmt.Sprintf("w%02d", i), Days: days[i%7 : i%7+1], Start: fmt.Sprintf("%02d:00", (20+i)%24), Hours: 5, Zone: "Europe/Berlin"})
	}
	for i := range 5 {
		e.Pools = append(e.Pools, estate.Pool{Name: fmt.Sprintf("site%d", i), Kind: estate.PoolSite, AtOnce: 60})
	}
	for i := range 150 {
		e.Pools = append(e.Pools, estate.Pool{Name: fmt.Sprintf("hv%03d", i), Kind: estate.PoolHypervisor, AtOnce: 3})
	}
	for i := range l.customers {
		id := fmt.Sprintf("k%03d", i)
		e.Customers = append(e.Customers, estate.Customer{ID: id, Name: fmt.Sprintf("Kunde %d GmbH", i), Contacts: []estate.Contact{
			{ID: "eva", Name: "Eva Kuhn", Email: "eva@" + id + ".example", Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityConsent}},
			{ID: "tom", Name: "Tom Kuhn", Email: "tom@" + id + ".example", Authority: []estate.Authority{estate.AuthorityRead}},
		}})
		for n := range 3 {
			e.Contracts = append(e.Contracts, l.contract(i, n))
		}
	}
	for i := range l.systems {
		n := []int{0, 0, 0, 1, 1, 0, 1, 1, 0, 2}[i/l.customers%10]
		s := estate.System{Name: l.system(i), Contract: fmt.Sprintf("c-%03d-%d", i%l.customers, n), AdminAccess: policy.AdminAccessProvider, Services: []string{"nginx.service"},
			Placement: estate.Placement{Site: fmt.Sprintf("site%d", i%5), Hypervisor: fmt.Sprintf("hv%03d", i%150)}}
		if i%20 < 2 {
			s.Groups = []string{fmt.Sprintf("g%03d", i/20)}
		}
		if i%20 == 1 {
			s.After = []string{l.system(i - 1)}
		}
		e.Systems = append(e.Systems, s)
	}
	return e
}

// facts are what a host reports: four in five have something due.
func (l large) facts(i int) fact.Facts {
	f := fact.Facts{Host: l.system(i), OS: fact.OS{ID: "debian", Version: "12", Codename: "bookworm", Name: "Debian GNU/Linux 12 (bookworm)"},
		Root: []fact.Holder{{Way: "sudo", Who: "ops", From: "/etc/sudoers"}}}
	main := []fact.Origin{{Origin: "Debian", Label: "Debian", Suite: "stable", Codename: "bookworm", Component: "main", Site: "mirror.example"}}
	for n := range l.packages {
		f.Packages = append(f.Packages, fact.Package{Name: fmt.Sprintf("lib%s%03d", []string{"apr", "gnutls", "mail", "perl"}[n%4], n), Arch: "amd64", Version: fmt.Sprintf("1.%d-%d", i%7, n),
			Source: fmt.Sprintf("src%03d", n), Section: "libs", Auto: true, Origins: main})
	}
	if i%5 != 4 {
		for n := range 6 {
			f.Pending = append(f.Pending, security(fmt.Sprintf("due%d", n), "1.0-1", fmt.Sprintf("1.0-%d", 2+i%3)))
		}
	}
	f.Sort()
	return f
}

func (l large) hosts(ctx context.Context, tx *store.Tx, e estate.Estate) error {
	for i, sys := range e.Systems {
		f := l.facts(i)
		if err := tx.SaveFacts(ctx, sys.Name, f.Hash(), largeNow.Add(-time.Hour), largeNow.Add(-time.Hour), f); err != nil {
			return err
		}
		if _, err := tx.SaveAgent(ctx, store.Agent{System: sys.Name, Serial: fmt.Sprintf("%032x", i+1), NotAfter: largeNow.AddDate(1, 0, 0), Enrolled: largeNow.AddDate(-1, 0, 0), Seen: largeNow}); err != nil {
			return err
		}
		if err := tx.Seen(ctx, sys.Name, largeNow, 0, "v1"); err != nil {
			return err
		}
	}
	return nil
}

// history are runs that are over. The newest of every fiftieth was put back.
func (l large) history(ctx context.Context, tx *store.Tx, e estate.Estate) error {
	for i, sys := range e.Systems {
		for n := range l.past {
			if err := l.over(ctx, tx, e, i, sys, n); err != nil {
				return err
			}
		}
	}
	return nil
}

func (l large) over(ctx context.Context, tx *store.Tx, e estate.Estate, i int, sys estate.System, n int) error {
	begun := largeNow.AddDate(0, -(l.past - n), 0).Add(time.Duration(i) * time.Second)
	took := time.Duration(8+(i+n)%20) * time.Minute
	r := store.Run{ID: fmt.Sprintf("p%05d-%02d", i, n), System: sys.Name, Customer: fmt.Sprintf("k%03d", i%l.customers), Stage: board.Planned,
		Slot: window.Interval{From: begun, To: begun.Add(4 * time.Hour)}, Zone: "Europe/Berlin", Created: begun.Add(-24 * time.Hour), Policy: "managedhosting-2",
		Ground: mandate.GroundName(mandate.ByStandingOrder, fmt.Sprintf("so-k%03d", i%l.customers)), Packages: 6}
	if _, err := tx.AddRun(ctx, r); err != nil {
		return err
	}
	r.Stage, r.Outcome, r.Ended = board.Over, verdict.Succeeded, begun.Add(took)
	if n == l.past-1 && i%50 == 7 {
		r.Outcome = verdict.Restored
		if _, err := tx.SavePaper(ctx, r.ID, store.Closing, store.Paper{Changes: []mandate.Change{{Package: "due0", Arch: "amd64", To: "1.0-2"}}}, begun); err != nil {
			return err
		}
	}
	r.State = run.State{Order: "w-" + r.ID, Seq: 14, Step: run.Verifying, Saved: true, Written: true, Ended: true, Outcome: r.Outcome, Begun: begun, Last: r.Ended,
		Verdict: &verdict.Verdict{Outcome: r.Outcome}}
	for k, step := range []run.Step{run.Prechecking, run.Fetching, run.Saving, run.Applying, run.Settling, run.Verifying} {
		at := begun.Add(time.Duration(k) * took / 6)
		r.State.Spans = append(r.State.Spans, run.Span{Step: step, Begun: at, Ended: at.Add(took / 6), Good: true})
	}
	_, err := tx.UpdateRun(ctx, r, 1)
	return err
}

// planned are runs that are not over: every twentieth system has one, every tenth of these is under way.
func (l large) planned(ctx context.Context, tx *store.Tx, e estate.Estate) error {
	for i := 3; i < len(e.Systems); i += 20 {
		held, _ := e.Held(e.Systems[i].Name)
		if held.Contract.Window == "" {
			continue
		}
		w, err := window.Compile(held.Window, time.LoadLocation)
		if err != nil {
			return err
		}
		at, ok := w.Next(largeNow, 30*time.Minute)
		if !ok {
			continue
		}
		r := store.Run{ID: fmt.Sprintf("a%05d", i), System: held.System.Name, Customer: held.Customer.ID, Stage: board.Planned, Slot: at, Zone: held.Window.Zone,
			Created: largeNow.Add(-time.Hour), Policy: "managedhosting-2", Ground: mandate.GroundName(mandate.ByStandingOrder, "so-"+held.Customer.ID), Packages: 6}
		if i%200 == 3 {
			r.Stage, r.Slot = board.Running, window.Interval{From: largeNow.Add(-5 * time.Minute), To: largeNow.Add(3 * time.Hour)}
			r.State = run.State{Order: "w-" + r.ID, Seq: 3, Step: run.Applying, Open: true, Saved: true, Written: true, Begun: r.Slot.From, Last: largeNow}
		}
		if _, err := tx.AddRun(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// orders: systems without a standing order have one that was carried out, and every second one that is open.
func (l large) orders(ctx context.Context, tx *store.Tx, e estate.Estate) error {
	for i, sys := range e.Systems {
		held, _ := e.Held(sys.Name)
		if held.Contract.Package != policy.PackageBasic {
			continue
		}
		o := mandate.Order{ID: fmt.Sprintf("o-%05d-1", i), System: sys.Name, Customer: held.Customer.ID, Contact: "eva", Channel: "Ticket 4712", Explicit: true, Scope: estate.ScopeSecurity,
			Text: "Bitte die Sicherheitsupdates einspielen.", Given: largeNow.AddDate(0, -2, 0), Used: fmt.Sprintf("p%05d-%02d", i, l.past-1)}
		if _, err := tx.AddOrder(ctx, o); err != nil {
			return err
		}
		if i%2 == 0 {
			o.ID, o.Given, o.Used = fmt.Sprintf("o-%05d-2", i), largeNow.Add(-3*time.Hour), ""
			if _, err := tx.AddOrder(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// rulings: who may be root, what was said about standing orders, freezes.
func (l large) rulings(ctx context.Context, tx *store.Tx, e estate.Estate) error {
	keep := func(id, kind, about string, v any) error {
		doc, err := json.Marshal(v)
		if err != nil {
			return err
		}
		_, err = tx.AddRuling(ctx, store.Ruling{ID: id, Kind: kind, About: about, Given: largeNow.AddDate(0, -1, 0), Document: doc})
		return err
	}
	for i, sys := range e.Systems {
		if err := keep(fmt.Sprintf("root-%05d", i), store.RulingRoot, sys.Name, rootPaper{System: sys.Name, Holders: l.facts(i).Root, By: "patchwart", Reason: "first"}); err != nil {
			return err
		}
	}
	for i := 0; i < l.customers; i += 8 {
		k := l.contract(i, 0)
		said := standingPaper{Order: k.StandingOrder.ID, Said: []board.StandingChange{{Contract: k.ID, Kind: board.StandingLeaveOut, Day: wall.Day{Year: 2027, Month: 1, Day: 15}, By: "eva", As: board.ByContact, Reason: "Inventur", At: largeNow.AddDate(0, -1, 0)}}}
		if err := keep(standingID(k.ID, k.StandingOrder.ID), store.RulingStanding, k.ID, said); err != nil {
			return err
		}
	}
	for i := range min(10, l.customers) {
		f := freeze.Freeze{ID: fmt.Sprintf("s-%d", i), Scope: freeze.Scope{Customer: fmt.Sprintf("k%03d", i)}, From: wall.Day{Year: 2026, Month: 12, Day: 2}.At(0, 0), To: wall.Day{Year: 2026, Month: 12, Day: 9}.At(0, 0),
			Zone: "Europe/Berlin", Reason: "Inventur", SetBy: "eva", SetAt: largeNow.AddDate(0, -1, 0), May: []freeze.Authority{freeze.Contact}}
		if err := keep(f.ID, store.RulingFreeze, f.Scope.Customer, freezePaper{Freeze: f}); err != nil {
			return err
		}
	}
	return nil
}

// clocks run for a critical hole on every fiftieth system.
func (l large) clocks(ctx context.Context, tx *store.Tx, e estate.Estate) error {
	for i := 5; i < len(e.Systems); i += 50 {
		doc, err := json.Marshal(clockPaper{Release: "bookworm", Version: "1.0-1", Fixed: "1.0-2", Binaries: []string{"due0"}, Rating: severity.Rating{Level: severity.Critical},
			Times: clock.Times{Known: largeNow.Add(-5 * time.Hour)}})
		if err != nil {
			return err
		}
		if _, _, err := tx.AddClock(ctx, store.Clock{System: e.Systems[i].Name, Source: "due0", CVE: "CVE-2026-4711", Known: largeNow.Add(-5 * time.Hour), Document: doc}); err != nil {
			return err
		}
	}
	return nil
}

// planOf is a plan without the names of runs, which are drawn, so that two can be laid side by side.
func planOf(p board.PlanResult) string {
	for i := range p.Slots {
		p.Slots[i].Run = ""
	}
	for i := range p.Not {
		p.Not[i].Run = ""
	}
	return asJSON(p)
}

func asJSON(v any) string {
	doc, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		panic(err)
	}
	if string(doc) == "null" {
		return "[]" // nothing is nothing
	}
	return string(doc)
}

// TestALargerEstateIsNotAskedAboutMoreOften: a page and a plan of 120 systems ask the database as often as those of 40. Each question more for each system would be 5,000 in an estate of the promised size.
func TestALargerEstateIsNotAskedAboutMoreOften(t *testing.T) {
	asked := func(n int) map[string]int64 {
		l := large{systems: n, customers: 2, past: 3}
		s := l.open(t)
		out := map[string]int64{}
		for range 2 { // facts of hosts are read once, runs that are over too
			for _, k := range l.looks() {
				before := s.store.Asked()
				k.do(t, s)
				out[k.name] = s.store.Asked() - before
			}
		}
		return out
	}
	small, large := asked(40), asked(120)
	for name, n := range large {
		if slices.Contains(asksForEach, name) {
			continue
		}
		if n > small[name]+3 {
			t.Errorf("%s: %d questions for 40 systems, %d for 120", name, small[name], n)
		}
	}
}

// asksForEach are the pages that do ask for each thing that they show.
var asksForEach = []string{"what waits"} // since when each has waited, and whom was asked

// TestReadingAheadDecidesTheSame: a plan of the whole estate, read ahead, says of each system what a plan of that system
// alone says, where they do not get into each other's way; and reading ahead tells the same as asking one by one.
func TestReadingAheadDecidesTheSame(t *testing.T) {
	l := large{systems: 60, customers: 3, past: 4}
	s := l.open(t)
	whole, err := s.Plan(t.Context(), "", true)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole.Slots) == 0 || len(whole.Not) == 0 || len(whole.Refused) == 0 {
		t.Fatalf("an estate with nothing to tell: %d planned, %d not, %d refused", len(whole.Slots), len(whole.Not), len(whole.Refused))
	}
	var single board.PlanResult
	for _, sys := range l.estate().Systems {
		one, err := s.Plan(t.Context(), sys.Name, true)
		if err != nil {
			t.Fatal(err)
		}
		single.Not, single.Refused = append(single.Not, one.Not...), append(single.Refused, one.Refused...)
		for _, slot := range one.Slots {
			i := slices.IndexFunc(whole.Slots, func(x board.Slot) bool { return x.System == slot.System })
			if i < 0 || whole.Slots[i].Estimate != slot.Estimate || whole.Slots[i].At.From.Before(slot.At.From) {
				t.Errorf("%s alone: %+v; in the whole: %d", sys.Name, slot, i)
			}
		}
	}
	if got, want := planOf(board.PlanResult{Not: whole.Not, Refused: whole.Refused}), planOf(board.PlanResult{Not: single.Not, Refused: single.Refused}); got != want {
		t.Errorf("not planned in the whole:\n%s\nalone:\n%s", got, want)
	}
	if err := s.store.Read(t.Context(), func(tx *store.Tx) error {
		return s.store.Read(t.Context(), func(ahead *store.Tx) error {
			ahead.ReadAhead()
			for _, sys := range l.estate().Systems {
				for what, ask := range map[string]func(*store.Tx) (any, error){
					"orders": func(tx *store.Tx) (any, error) { return tx.Orders(t.Context(), sys.Name) },
					"clocks": func(tx *store.Tx) (any, error) { return tx.OpenClocksOf(t.Context(), sys.Name) },
					"runs":   func(tx *store.Tx) (any, error) { return tx.PastRuns(t.Context(), sys.Name, 3) },
					"newest": func(tx *store.Tx) (any, error) {
						r, _, err := tx.NewestOver(t.Context(), sys.Name)
						return r, err
					},
					"active": func(tx *store.Tx) (any, error) {
						r, _, err := tx.ActiveRun(t.Context(), sys.Name)
						return r, err
					},
					"facts": func(tx *store.Tx) (any, error) {
						h, _, err := tx.FactsHead(t.Context(), sys.Name)
						return h, err
					},
					"request": func(tx *store.Tx) (any, error) {
						sub, err := s.subject(t.Context(), tx, l.estate(), sys.Name)
						return sub.request("", largeNow), err
					},
				} {
					one, err := ask(tx)
					all, err2 := ask(ahead)
					if err != nil || err2 != nil {
						return errors.Join(err, err2)
					}
					if got, want := asJSON(all), asJSON(one); got != want {
						t.Errorf("%s of %s one by one:\n%s\nahead:\n%s", what, sys.Name, want, got)
					}
				}
			}
			return nil
		})
	}); err != nil {
		t.Fatal(err)
	}
}
