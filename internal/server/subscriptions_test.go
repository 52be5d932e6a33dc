package server

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// twoCustomers adds a neighbour with a system, a window and a freeze of its own.
func (o *office) twoCustomers() {
	o.Helper()
	doc := strings.Replace(officeEstate, "windows:\n", "  - {id: blume, name: Blumen Rot, contacts: [{id: rosa, name: Rosa Rot, email: rosa@blume.example, authority: [order]}]}\nwindows:\n  - {name: blumen, days: [sun], start: \"03:00\", hours: 2, zone: UTC}\n", 1)
	doc = strings.Replace(doc, "systems:\n", "  - {id: c-blume, customer: blume, model: paas, package: basic, policy: managedhosting-2, window: blumen}\nsystems:\n  - {name: rose1, contract: c-blume, admin_access: provider}\n", 1)
	if _, err := o.server.Apply(o.Context(), "estate.yaml", []byte(doc)); err != nil {
		o.Fatal(err)
	}
}

func (o *office) read(path, tag string) (int, string, http.Header) {
	o.Helper()
	q, err := http.NewRequestWithContext(o.Context(), http.MethodGet, "http://"+o.server.Addr()+path, nil)
	if err != nil {
		o.Fatal(err)
	}
	if tag != "" {
		q.Header.Set("If-None-Match", tag)
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		o.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		o.Fatal(err)
	}
	return answer.StatusCode, strings.ReplaceAll(string(text), "\r\n ", ""), answer.Header
}

// TestACustomerSubscribesToItsOwnCalendar: without a token, at an address that nobody guesses; only what is the
// customer's is in it; what has not changed is not sent again; what was revoked leads nowhere.
func TestACustomerSubscribesToItsOwnCalendar(t *testing.T) {
	o := open(t)
	o.twoCustomers()
	now := time.Now().UTC()
	set := func(scope freeze.Scope, reason string) {
		t.Helper()
		day := wall.DayOf(now)
		if _, err := o.server.Freeze(t.Context(), freeze.Freeze{Scope: scope, From: day.At(0, 0), To: day.Add(5).At(0, 0), Zone: "UTC", Reason: reason, SetBy: "operator"}); err != nil {
			t.Fatal(err)
		}
	}
	set(freeze.Scope{Customer: "blume"}, "Muttertag")
	set(freeze.Scope{System: "rose1"}, "Umzug")
	set(freeze.Scope{Customer: "kuhn"}, "Inventur")
	set(freeze.Scope{}, "Jahreswechsel")

	mine, err := o.server.Subscribe(t.Context(), board.SubscriptionRequest{Customer: "kuhn", By: "operator"})
	if err != nil {
		t.Fatal(err)
	}
	all, err := o.server.Subscribe(t.Context(), board.SubscriptionRequest{Operators: true, Lang: lang.EN, By: "operator"})
	if err != nil {
		t.Fatal(err)
	}
	status, text, header := o.read(mine.Path, "")
	if status != http.StatusOK || header.Get("Content-Type") != "text/calendar; charset=utf-8" || header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("%d %v\n%s", status, header, text)
	}
	for _, theirs := range []string{"Muttertag", "Umzug", "blumen", "rose1", "Blumen Rot"} {
		if strings.Contains(text, theirs) {
			t.Errorf("the customer's calendar says %q, which is another customer's", theirs)
		}
	}
	for _, own := range []string{"Inventur", "Jahreswechsel", "Wartungsfenster always", "Kuhn"} {
		if !strings.Contains(text, own) {
			t.Errorf("the customer's calendar lacks %q:\n%s", own, text)
		}
	}
	if _, everything, _ := o.read(all.Path, ""); !strings.Contains(everything, "Muttertag") || !strings.Contains(everything, "Maintenance window blumen") {
		t.Errorf("the operators' calendar: %s", everything)
	}
	if status, text, _ := o.read(mine.Path, header.Get("ETag")); status != http.StatusNotModified || text != "" {
		t.Errorf("nothing has changed: %d %q", status, text)
	}
	set(freeze.Scope{Customer: "kuhn"}, "Umbau")
	status, text, after := o.read(mine.Path, header.Get("ETag"))
	if status != http.StatusOK || !strings.Contains(text, "Umbau") || after.Get("ETag") == header.Get("ETag") {
		t.Errorf("a new freeze: %d", status)
	}

	renewed, err := o.server.RenewSubscription(t.Context(), mine.ID, "operator")
	if err != nil || renewed.Path == mine.Path || renewed.Customer != "kuhn" {
		t.Fatalf("%+v, %v", renewed, err)
	}
	if status, _, _ := o.read(mine.Path, ""); status != http.StatusNotFound {
		t.Errorf("the old address answers %d", status)
	}
	o.restart()
	if status, _, _ := o.read(renewed.Path, ""); status != http.StatusOK {
		t.Errorf("the new address answers %d", status)
	}
	if _, err := o.server.RevokeSubscription(t.Context(), mine.ID, "operator"); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := o.read(renewed.Path, ""); status != http.StatusNotFound {
		t.Errorf("the revoked address answers %d", status)
	}
	if _, err := o.server.RenewSubscription(t.Context(), mine.ID, "operator"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("renewed after it was revoked: %v", err)
	}
	for _, path := range []string{"/abo/", "/abo/.ics", "/abo/x.ics", strings.TrimSuffix(all.Path, ".ics"), strings.ToUpper(all.Path)} {
		if status, text, _ := o.read(path, ""); status == http.StatusOK && strings.Contains(text, "VCALENDAR") {
			t.Errorf("%s is answered", path)
		}
	}
	if secret := strings.TrimSuffix(strings.TrimPrefix(all.Path, "/abo/"), ".ics"); len(secret) < 64 {
		t.Errorf("a secret of %d characters", len(secret))
	}
	o.verify()
}

// TestACalendarIsNotReadWithoutEnd: one reader is bounded, and so is whoever tries addresses.
func TestACalendarIsNotReadWithoutEnd(t *testing.T) {
	t.Parallel()
	var g gate
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for i := range readsEach {
		if ok, _ := g.pass("k1", readsEach, now.Add(time.Duration(i)*time.Second)); !ok {
			t.Fatalf("read %d was refused", i)
		}
	}
	ok, wait := g.pass("k1", readsEach, now.Add(time.Minute))
	if ok || wait != 4*time.Minute {
		t.Errorf("%v %v", ok, wait)
	}
	if ok, _ := g.pass("k2", readsEach, now.Add(time.Minute)); !ok {
		t.Error("another one pays for it")
	}
	if ok, _ := g.pass("k1", readsEach, now.Add(readsWithin)); !ok {
		t.Error("for ever")
	}
}

// TestSubscriptionsNeedWhoseAndWho: nothing is guessed, and no customer's calendar becomes everybody's.
func TestSubscriptionsNeedWhoseAndWho(t *testing.T) {
	o := open(t)
	for _, q := range []board.SubscriptionRequest{{By: "operator"}, {Customer: "kuhn", Operators: true, By: "operator"}, {Customer: "kuhn"}} {
		if _, err := o.server.Subscribe(t.Context(), q); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
	if _, err := o.server.Subscribe(t.Context(), board.SubscriptionRequest{Customer: "nobody", By: "operator"}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("an unknown customer: %v", err)
	}
}
