package server

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/wire"
)

// farm is an office with many alike hosts under one standing order, each with one update due.
type farm struct {
	*office
	hosts []*host
	bad   map[string]bool // hosts on which the update fails its check

	mu      sync.Mutex
	down    map[string]bool // hosts that are being worked on now
	touched map[string]int  // how often each was worked on
	group   func(system string) string
	halted  time.Time // when the stop was answered
	ended   chan string
}

func newFarm(t *testing.T, n int, group func(string) string) *farm {
	t.Helper()
	o := open(t)
	estateText := officeEstate[:strings.Index(officeEstate, "systems:")] + "systems:\n"
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("web%02d", i+1))
		estateText += fmt.Sprintf("  - {name: %s, contract: c-shop, admin_access: provider}\n", names[i])
	}
	if _, err := o.server.Apply(t.Context(), "estate.yaml", []byte(estateText)); err != nil {
		t.Fatal(err)
	}
	f := &farm{office: o, bad: map[string]bool{}, down: map[string]bool{}, touched: map[string]int{}, group: group, ended: make(chan string, 10*n)}
	o.prepare = f.place
	o.restart()
	for _, name := range names {
		f.hosts = append(f.hosts, o.host(name, security("nginx", "1.22-1", "1.22-2")))
	}
	return f
}

// place says which groups and which hypervisor the hosts are in.
func (f *farm) place(s *Server) {
	s.places = func(e estate.Estate) ([]wave.Member, map[string]int) {
		list, _ := placesOf(e)
		for i := range list {
			list[i].Groups, list[i].Pools = []string{f.group(list[i].System)}, []string{"hv1"}
		}
		return list, map[string]int{"hv1": 3}
	}
}

// open lets all hosts work until they are sent home, or the test is over. A host that was sent home ends what it
// has begun, and asks for nothing more.
func (f *farm) open() (home func()) {
	var all sync.WaitGroup
	stop := make(chan struct{})
	for _, h := range f.hosts {
		all.Go(func() { f.serve(h, stop) })
	}
	home = sync.OnceFunc(func() { close(stop) })
	f.Cleanup(func() { home(); all.Wait() })
	return home
}

// serve is a host's day: it polls, refreshes, and carries out what it is ordered to.
func (f *farm) serve(h *host, stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		asked := time.Now()
		got, err := f.server.Poll(f.Context(), h.name, wire.PollRequest{Version: wire.Version, Now: time.Now(), Facts: h.facts.Hash(), Observed: time.Now(), Refreshed: h.refreshed, Wait: 20})
		if err != nil {
			return // the test is over
		}
		if got.Refresh != "" {
			h.refreshed = got.Refresh
		}
		if got.Order == nil {
			continue
		}
		w, err := wire.Open(*got.Order, h.key)
		if err != nil {
			f.Error(err)
			return
		}
		f.begin(h.name, asked)
		h.order, h.state = w.ID(), run.State{}
		failing := run.Step("")
		if f.bad[h.name] {
			failing = run.Verifying
		} else {
			h.facts.Pending = nil
		}
		f.mu.Lock()
		f.touched[h.name]++
		f.mu.Unlock()
		f.finish(h, failing)
		f.ended <- h.name
	}
}

func (f *farm) finish(h *host, failing run.Step) {
	// Let go before the server hears of the end: from then on another of the group may begin.
	h.before = func(e run.Event) {
		if e.Kind == run.Ended {
			f.mu.Lock()
			delete(f.down, h.name)
			f.mu.Unlock()
		}
	}
	h.work(failing)
	if err := f.server.Facts(f.Context(), h.name, wire.FactsReport{Hash: h.facts.Hash(), Observed: time.Now(), Facts: h.facts}); err != nil {
		f.Log(err)
	}
}

func (f *farm) begin(name string, asked time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.halted.IsZero() && asked.After(f.halted) {
		f.Errorf("%s got an order that it asked for %s after everything was stopped", name, asked.Sub(f.halted))
	}
	f.down[name] = true
	for other := range f.down {
		if other != name && f.group(other) == f.group(name) {
			f.Errorf("%s and %s of one group are worked on together", name, other)
		}
	}
	if len(f.down) > 3 {
		f.Errorf("%d are worked on at once on one hypervisor", len(f.down))
	}
}

func (f *farm) count() (touched, failed int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, n := range f.touched {
		if n > 0 {
			touched++
			if f.bad[name] {
				failed++
			}
		}
	}
	return touched, failed
}

// await waits until the campaign is as asked, or says how it stands.
func (f *farm) await(id string, what string, good func(board.Campaign) bool) board.Campaign {
	f.Helper()
	limit := time.After(90 * time.Second)
	for {
		woken := f.server.hub.next(topicBoard)
		c, err := f.server.Campaign(f.Context(), id)
		if err != nil {
			f.Fatal(err)
		}
		if good(c) {
			return c
		}
		select {
		case <-woken:
		case <-limit:
			f.Fatalf("%s did not come: %+v, stop %+v, %d failed", what, c.Sum, c.Stop, c.Failed)
		}
	}
}

func quiet(c board.Campaign) bool { return c.Sum.By[campaign.Running] == 0 }

func pairs(system string) string { return "pair-" + system[len(system)-1:] }

// TestFortyHostsWithATenthBroken (O9): a canary, one, a tenth, the rest. Four of forty hosts break with the
// update. Once two have, nothing more begins: no healthy host is touched, the operator is told, and everything
// that has not begun says why. Members of a group are never down together. After somebody resumes with a reason
// it goes on, until two more have failed.
func TestFortyHostsWithATenthBroken(t *testing.T) {
	f := newFarm(t, 40, pairs)
	for _, name := range []string{"web04", "web13", "web22", "web31"} {
		f.bad[name] = true
	}
	rules := wave.Usual()
	rules.Canaries, rules.Budget = []string{"web40"}, wave.Size{Percent: 5}
	c, err := f.server.Begin(t.Context(), campaign.Campaign{Kind: campaign.Quarterly, By: "ida", Rules: rules})
	if err != nil || len(c.Members) != 40 || c.Budget != 2 || len(c.Waves) != 4 || c.Waves[0].Systems != 1 {
		t.Fatalf("%+v, %v", c.CampaignRow, err)
	}
	if got := f.plan(""); len(got.Slots) != 40 {
		t.Fatalf("planned %d", len(got.Slots))
	}
	f.open()
	halted := f.await(c.ID, "the end of the budget", func(c board.Campaign) bool { return c.Stop != nil && quiet(c) })
	if halted.Stop.Code != wave.BudgetUsed || halted.Stop.By != campaign.Itself || halted.Failed != 2 || halted.Sum.By[campaign.Held] == 0 {
		t.Fatalf("%+v %+v", halted.Stop, halted.Sum)
	}
	touched, failed := f.count()
	if failed != 2 || touched > 40-2 {
		t.Fatalf("%d touched, %d failed", touched, failed)
	}
	// Whatever asks again now: nothing begins.
	active, err := f.server.Runs(t.Context(), board.RunFilter{Stage: board.Planned, Limit: 100})
	if err != nil || len(active) != 40-touched {
		t.Fatalf("%d wait of %d: %v", len(active), 40-touched, err)
	}
	for _, r := range active {
		if _, err := f.server.advance(t.Context(), r.ID); err != nil {
			t.Fatal(err)
		}
		if now := f.run(r.ID); now.Stage != board.Planned || !strings.HasPrefix(now.Sentence.DE, "Gehalten: ") {
			t.Errorf("%s is %s: %s", r.System, now.Stage, now.Sentence.DE)
		}
	}
	if again, _ := f.count(); again != touched {
		t.Errorf("%d were touched after the budget was used up", again-touched)
	}
	told := f.told2("")
	if !slices.ContainsFunc(told, func(s string) bool {
		return strings.HasPrefix(s, "operator: Quartalsrunde") && strings.Contains(s, "2 von höchstens 2")
	}) {
		t.Errorf("told: %q", told)
	}
	if _, err := f.server.Resume(t.Context(), board.ResumeRequest{Campaign: c.ID, By: "ida"}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("resumed without a reason: %v", err)
	}
	if _, err := f.server.Resume(t.Context(), board.ResumeRequest{Campaign: c.ID, By: "ida", Reason: "Beide hatten ein eigenes Modul."}); err != nil {
		t.Fatal(err)
	}
	f.await(c.ID, "the second end of the budget", func(c board.Campaign) bool { return c.Stop != nil && quiet(c) })
	if _, err := f.server.Resume(t.Context(), board.ResumeRequest{Campaign: c.ID, By: "ida", Reason: "Dasselbe Modul."}); err != nil {
		t.Fatal(err)
	}
	end := f.await(c.ID, "the end", func(c board.Campaign) bool {
		return c.Sum.By[campaign.Done]+c.Sum.By[campaign.Restored] == 40
	})
	if touched, failed := f.count(); touched != 40 || failed != 4 || end.Sum.By[campaign.Restored] != 4 || end.Members[0].State != campaign.Restored {
		t.Errorf("%d touched, %d failed: %+v", touched, failed, end.Sum)
	}
	for _, m := range f.touched {
		if m != 1 {
			t.Errorf("worked on %d times", m)
		}
	}
	f.verify()
}

// TestTheStopButton: everything is stopped while hosts are at work. What has begun comes to its end, nothing
// else begins, whoever asks and when; after it is resumed, all of it is done.
func TestTheStopButton(t *testing.T) {
	f := newFarm(t, 16, func(s string) string { return s })
	c, err := f.server.Begin(t.Context(), campaign.Campaign{Kind: campaign.Quarterly, By: "ida", Rules: wave.Rules{Budget: wave.Size{Percent: 100}}})
	if err != nil {
		t.Fatal(err)
	}
	f.plan("")
	home := f.open()
	for range 4 {
		<-f.ended
	}
	still, err := f.server.Halt(t.Context(), board.StopRequest{By: "ida", Reason: "Rauch im Rechenzentrum"})
	f.mu.Lock()
	f.halted = time.Now()
	f.mu.Unlock()
	if err != nil || still.Stop == nil || still.Stop.Code != wave.StoppedAll {
		t.Fatalf("%+v, %v", still, err)
	}
	if _, err := f.server.Halt(t.Context(), board.StopRequest{By: "otto", Reason: "auch"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("stopped twice: %v", err)
	}
	stopped := f.await(c.ID, "standstill", quiet)
	touched, _ := f.count()
	if touched == 16 || stopped.Stop == nil || stopped.Sum.By[campaign.Done] > touched {
		t.Fatalf("%d touched: %+v", touched, stopped.Sum)
	}
	runs, err := f.server.Runs(t.Context(), board.RunFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		if r.Stage == board.Over && r.Outcome != verdict.Succeeded {
			t.Errorf("%s ended as %s: it was stopped in the middle", r.System, r.Outcome)
		}
		if r.Stage == board.Planned {
			if _, err := f.server.advance(t.Context(), r.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	home()      // no host is there twice
	f.restart() // a stop outlives the server
	if again, _ := f.count(); again != touched {
		t.Errorf("%d were touched while everything was stopped", again-touched)
	}
	f.mu.Lock()
	f.halted = time.Time{}
	f.mu.Unlock()
	f.open() // the hosts find the server again
	if _, err := f.server.Resume(t.Context(), board.ResumeRequest{By: "ida", Reason: "Es war der Toaster."}); err != nil {
		t.Fatal(err)
	}
	f.await(c.ID, "the end", func(c board.Campaign) bool { return c.Sum.By[campaign.Done] == 16 })
	f.verify()
}

// TestAnOrderThatIsNotFetchedIsNotHandedOut: the work order is closed, and before the host fetches it everything
// is stopped. The host gets nothing; when the order has grown too old, the run ends, and says why.
func TestAnOrderThatIsNotFetchedIsNotHandedOut(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	id := o.plan("").Slots[0].Run
	for o.run(id).Stage != board.Ordered {
		got := web.poll(1)
		if got.Refresh != "" {
			web.refreshed = got.Refresh
		}
		if got.Order != nil {
			t.Skip("the host was handed the order in the same moment")
		}
		if o.run(id).Stage == board.Asked && web.refreshed != "" {
			sub := wire.PollRequest{Version: wire.Version, Now: time.Now(), Facts: web.facts.Hash(), Observed: time.Now(), Refreshed: web.refreshed}
			if err := o.server.sighted(t.Context(), "web1", sub); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := o.server.Halt(t.Context(), board.StopRequest{By: "ida", Reason: "Halt"}); err != nil {
		t.Fatal(err)
	}
	if got := web.poll(0); got.Order != nil {
		t.Fatal("handed out after everything was stopped")
	}
	o.forward(orderFresh + time.Minute)
	web.poll(0)
	if r := o.run(id); r.Outcome != verdict.Deferred || r.State.Verdict.Reasons[0].Code != string(wave.StoppedAll) || !strings.Contains(r.Sentence.DE, "ida") {
		t.Errorf("%+v", r.RunRow)
	}
	o.verify()
}

// TestWhatCannotBeReadLetsNothingBegin: a stop whose text is damaged counts as one that holds.
func TestWhatCannotBeReadLetsNothingBegin(t *testing.T) {
	o := open(t)
	web := o.host("web1", security("openssl", "3.0.17-1", "3.0.18-1"))
	if _, err := o.server.Halt(t.Context(), board.StopRequest{By: "ida", Reason: "Halt"}); err != nil {
		t.Fatal(err)
	}
	if err := o.server.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(t.Context(), "update rulings set document = '{' where kind = 'stop'")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	id := o.plan("").Slots[0].Run
	if _, err := o.server.advance(t.Context(), id); err == nil {
		t.Error("began although nobody can tell whether it is stopped")
	}
	if got := web.poll(0); got.Order != nil || o.run(id).Stage != board.Planned {
		t.Errorf("%+v, %s", got, o.run(id).Stage)
	}
}
