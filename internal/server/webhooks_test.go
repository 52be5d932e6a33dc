package server

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/webhook"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/store"
)

// subscriber receives webhooks as a customer's system does: it checks each, and can be out of order.
type subscriber struct {
	mu     sync.Mutex
	secret []byte
	fails  int
	status int // of a failure
	got    []webhook.Envelope
	bad    []error
}

func (s *subscriber) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fails > 0 {
		s.fails--
		w.WriteHeader(s.status)
		return
	}
	e, err := webhook.Verify(r.Header, body, time.Now(), s.secret)
	if err != nil {
		s.bad = append(s.bad, err)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	s.got = append(s.got, e)
	w.WriteHeader(http.StatusNoContent)
}

func (s *subscriber) events() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.got {
		list = append(list, e.Event)
	}
	return list
}

func openWithHook(t *testing.T, events ...string) (*office, *subscriber) {
	t.Helper()
	sub := &subscriber{secret: []byte(strings.Repeat("geheim", 5)), status: http.StatusServiceUnavailable}
	there := httptest.NewServer(sub)
	t.Cleanup(there.Close)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, sub.secret, 0o600); err != nil {
		t.Fatal(err)
	}
	sender, err := webhook.Open(webhook.Config{URL: there.URL, SecretFile: file, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	if err != nil {
		t.Fatal(err)
	}
	o := open(t)
	if err := o.server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.config.Hooks = []Hook{{Name: "cmdb", Host: "cmdb.example", Events: events, Sender: sender}}
	o.start()
	return o, sub
}

func (s *subscriber) await(o *office, want ...string) {
	o.Helper()
	slices.Sort(want)
	var got []string
	for range 600 {
		if got = s.events(); len(got) >= len(want) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) || len(s.bad) > 0 {
		o.Fatalf("the subscriber was told %v, %v; want %v", got, s.bad, want)
	}
}

func (o *office) log() []board.HookDelivery {
	o.Helper()
	list, err := o.server.Deliveries(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	return list
}

// TestASubscriberIsToldOfARun: an order, its run from the plan to the end, each once, signed, with the outcome; and
// nothing of what the customer wrote.
func TestASubscriberIsToldOfARun(t *testing.T) {
	o, sub := openWithHook(t)
	db := o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	receipt := o.order("Bitte die Sicherheitsupdates auf db1 einspielen.")
	o.plan("db1")
	db.await()
	db.work("")
	sub.await(o, EventOrderAccepted, EventRunPlanned, EventRunBegun, EventRunEnded)
	for _, e := range sub.got {
		if strings.Contains(string(e.Data), "Bitte") {
			t.Errorf("%s tells what the customer wrote: %s", e.Event, e.Data)
		}
		if e.Event == EventRunEnded {
			var news runNews
			if err := json.Unmarshal(e.Data, &news); err != nil || news.Outcome != "succeeded" || news.System != "db1" || news.Ground != "order "+receipt.Order.ID {
				t.Errorf("%s, %v", e.Data, err)
			}
		}
	}
	o.restart() // tells nothing again
	o.plan("")
	sub.await(o, EventOrderAccepted, EventRunPlanned, EventRunBegun, EventRunEnded)
	for range 200 {
		if list := o.log(); !slices.ContainsFunc(list, func(d board.HookDelivery) bool { return d.Delivered.IsZero() }) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if list := o.log(); len(list) != 4 || list[0].Status != http.StatusNoContent || list[0].Tries != 1 {
		t.Errorf("%+v", list)
	}
	if hooks, err := o.server.Webhooks(t.Context()); err != nil || len(hooks) != 1 || hooks[0].Total != 4 || hooks[0].Waiting != 0 || hooks[0].Failed != 0 || hooks[0].LastDelivered.IsZero() {
		t.Errorf("%+v, %v", hooks, err)
	}
	o.verify()
}

// TestASubscriberThatIsBusyIsAskedAgain for three days; one that refuses is not. The delivery keeps its name.
func TestASubscriberThatIsBusyIsAskedAgain(t *testing.T) {
	o, sub := openWithHook(t, EventOrderAccepted, EventOrderWithdrawn)
	sub.fails = 1
	o.host("db1")
	receipt := o.order("Bitte die Sicherheitsupdates auf db1 einspielen.")
	tried := func(n int) board.HookDelivery {
		t.Helper()
		for range 300 {
			if list := o.log(); len(list) == n && list[0].Tries > 0 {
				return list[0]
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("%+v", o.log())
		return board.HookDelivery{}
	}
	d := tried(1)
	if d.Status != http.StatusServiceUnavailable || !d.Failed.IsZero() || !d.Delivered.IsZero() || d.Reason.IsZero() {
		t.Errorf("%+v", d)
	}
	if again, err := o.server.deliver(t.Context(), d.ID); again != 0 || err != nil {
		t.Errorf("%s, %v", again, err)
	}
	sub.await(o, EventOrderAccepted)
	if again, err := o.server.deliver(t.Context(), d.ID); again != 0 || err != nil || len(sub.events()) != 1 || sub.got[0].ID != d.ID {
		t.Errorf("delivered twice: %s, %v, %v", again, err, sub.events())
	}
	sub.mu.Lock()
	sub.fails, sub.status = 1, http.StatusNotFound
	sub.mu.Unlock()
	if _, err := o.server.Withdraw(t.Context(), board.WithdrawalRequest{Order: receipt.Order.ID, Contact: "eva", Channel: "Ticket 4711", Text: "Bitte doch nicht."}); err != nil {
		t.Fatal(err)
	}
	if d := tried(2); d.Event != EventOrderWithdrawn || d.Failed.IsZero() || d.Status != http.StatusNotFound {
		t.Errorf("%+v", d)
	}
	// After three days without an answer it is given up.
	late := store.Delivery{ID: d.ID, Tries: 40, FirstTry: time.Now().Add(-72 * time.Hour)}
	if next, more := webhook.Next(late.ID, 40, late.FirstTry, time.Now(), time.Time{}); more {
		t.Errorf("another try at %s", next)
	}
	// What was delivered long ago is forgotten; the newest stays.
	if err := o.server.forget(t.Context()); err != nil || len(o.log()) != 2 {
		t.Errorf("%d, %v", len(o.log()), err)
	}
	if err := o.server.change(t.Context(), func(c *change) error { return c.ForgetDeliveries(t.Context(), c.at.Add(time.Hour)) }); err != nil || len(o.log()) != 0 {
		t.Errorf("%d, %v", len(o.log()), err)
	}
	o.verify()
}

// TestASubscriberIsToldOfAMissedDeadline, once, and of a run that moved.
func TestASubscriberIsToldOfAMissedDeadline(t *testing.T) {
	o, sub := openWithHook(t, EventClockOverdue)
	now := time.Now()
	if err := o.server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	o.config.Clock = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	o.start()
	o.database()
	o.duty()
	o.alarm()
	o.assess()
	if rows := o.clocks(); len(rows) == 0 {
		t.Fatal("no clock runs")
	}
	if len(sub.events()) != 0 {
		t.Errorf("told %v before the deadline", sub.events())
	}
	mu.Lock()
	now = now.Add(30 * 24 * time.Hour)
	mu.Unlock()
	for range 2 {
		if err := o.server.tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sub.await(o, EventClockOverdue)
}
