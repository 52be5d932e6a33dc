package client_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/api/apitest"
)

func connect(t *testing.T) (*client.Client, *apitest.Backend) {
	t.Helper()
	b := apitest.New()
	c, err := client.New(apitest.Serve(t, b).URL, apitest.Token)
	if err != nil {
		t.Fatal(err)
	}
	return c, b
}

// What the backend says arrives as it was said: nothing is lost or bent on the way.
func TestTheClientReadsWhatTheServerSays(t *testing.T) {
	t.Parallel()
	c, b := connect(t)
	ctx := t.Context()
	same := func(what string, got any, err error, want any, wantErr error) {
		t.Helper()
		if err != nil || wantErr != nil {
			t.Errorf("%s: %v, %v", what, err, wantErr)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-said +read):\n%s", what, diff)
		}
	}
	today, err := c.Today(ctx)
	wantToday, wantErr := b.Today(ctx)
	same("today", today, err, wantToday, wantErr)
	systems, err := c.Systems(ctx)
	wantSystems, wantErr := b.Systems(ctx)
	same("systems", systems, err, wantSystems, wantErr)
	for _, row := range systems {
		system, err := c.System(ctx, row.Name)
		want, wantErr := b.System(ctx, row.Name)
		same("system "+row.Name, system, err, want, wantErr)
		why, err := c.Explain(ctx, client.Question{System: row.Name, Package: "openssl"})
		wantWhy, wantErr := b.Explain(ctx, client.Question{System: row.Name, Package: "openssl"})
		same("explain "+row.Name, why, err, wantWhy, wantErr)
	}
	due, err := c.Due(ctx, "")
	wantDue, wantErr := b.Due(ctx, "")
	same("due", due, err, wantDue, wantErr)
	runs, err := c.Runs(ctx, client.RunFilter{System: "web1", Stage: client.StageOver, Limit: 1})
	if err != nil || len(runs) != 1 || runs[0].ID != "r-web1" {
		t.Errorf("runs: %v, %v", runs, err)
	}
	run, err := c.Run(ctx, "r-web2")
	wantRun, wantErr := b.Run(ctx, "r-web2")
	same("run", run, err, wantRun, wantErr)
	preview, err := c.Plan(ctx, "", true)
	wantPreview, wantErr := b.Plan(ctx, "", true)
	same("preview", preview, err, wantPreview, wantErr)
	enrolment, err := c.Enrolment(ctx, "web1")
	wantEnrolment, wantErr := b.Enrolment(ctx, "web1")
	same("enrolment", enrolment, err, wantEnrolment, wantErr)
	check, err := c.VerifyRecord(ctx)
	wantCheck, wantErr := b.VerifyRecord(ctx)
	same("record", check, err, wantCheck, wantErr)
	clocks, err := c.Clocks(ctx, true)
	wantClocks, wantErr := b.Clocks(ctx, true)
	same("clocks", clocks, err, wantClocks, wantErr)
	hole, err := c.Hole(ctx, "DSA-7001-1")
	wantHole, wantErr := b.Hole(ctx, "DSA-7001-1")
	same("hole", hole, err, wantHole, wantErr)
	holes, err := c.Holes(ctx, "db1")
	wantHoles, wantErr := b.Holes(ctx, "db1")
	same("holes", holes, err, wantHoles, wantErr)
	told, err := c.Notices(ctx, "db1")
	wantTold, wantErr := b.Notices(ctx, "db1")
	same("notices", told, err, wantTold, wantErr)
	feeds, err := c.Feeds(ctx)
	wantFeeds, wantErr := b.Feeds(ctx)
	same("feeds", feeds, err, wantFeeds, wantErr)
	link, err := c.SignInLink(ctx)
	same("sign-in", link, err, "http://127.0.0.1:7480/sign-in?once=abc", nil)
}

func TestAnOrderLeadsToAPlan(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	receipt, err := c.PlaceOrder(t.Context(), client.OrderRequest{System: "db1", Contact: "anna", Channel: "Ticket 4712",
		Text: "Bitte einspielen.", Explicit: true, Scope: client.ScopeSecurity})
	if err != nil || receipt.Order.ID != "o-1" || !receipt.Order.Explicit || receipt.Allowed != 2 {
		t.Fatalf("receipt: %+v, %v", receipt, err)
	}
	plan, err := c.Plan(t.Context(), "db1", false)
	if err != nil || len(plan.Slots) != 1 || plan.Slots[0].System != "db1" {
		t.Fatalf("plan: %+v, %v", plan, err)
	}
}

// A publication goes over as its publisher wrote it, with why it may replace a larger one.
func TestAPublicationIsHandedOver(t *testing.T) {
	t.Parallel()
	c, b := connect(t)
	d, err := c.Deliver(t.Context(), "debian-dla", "DLA.list", "list was split", []byte("[01 Nov 2026] DLA-1-1 x\n"))
	if err != nil || !d.Changed || d.Feed.Origin != "DLA.list" || d.Feed.Edition != "list was split" {
		t.Fatalf("%+v, %v", d, err)
	}
	if feeds, _ := b.Feeds(t.Context()); len(feeds) != 3 {
		t.Errorf("%+v", feeds)
	}
	if _, err := c.Deliver(t.Context(), "debian-dla", "login.html", "", []byte("<html>")); client.CodeOf(err) != client.CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestErrorsKeepTheirCodeRuleAndPlaces(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	ctx := t.Context()
	codes := map[string]client.Code{
		"nosuch": client.CodeNotFound, "busy": client.CodeConflict, "secret": client.CodeForbidden,
		"away": client.CodeUnavailable, "broken": client.CodeInternal, "panics": client.CodeInternal,
	}
	for system, code := range codes {
		_, err := c.System(ctx, system)
		var f *client.Error
		if !errors.As(err, &f) || f.Code != code || f.Text.DE == "" || f.Text.EN == "" {
			t.Errorf("%s: %#v, want code %s", system, err, code)
		}
		if err != nil && strings.Contains(err.Error(), "malformed") {
			t.Errorf("%s: the cause reached the reader: %v", system, err)
		}
	}
	_, err := c.PlaceOrder(ctx, client.OrderRequest{System: "iaas1", Contact: "anna", Channel: "mail", Text: "Bitte", Scope: client.ScopeSecurity})
	var f *client.Error
	if !errors.As(err, &f) || f.Code != client.CodeRefused || f.Rule != "MH2-03" {
		t.Errorf("order for iaas1: %#v, want a refusal by MH2-03", err)
	}
	_, err = c.Apply(ctx, "mine.yaml", []byte("systems:\n  - name: web1\n"))
	if !errors.As(err, &f) || f.Code != client.CodeInvalid || len(f.Places) == 0 || f.Places[0].File != "mine.yaml" || f.Places[0].Line != 2 {
		t.Errorf("apply: %#v, want places in mine.yaml", err)
	}
}

func TestApplyTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	doc := []byte("customers: [{id: k, name: K}]\n")
	first, err := c.Apply(t.Context(), "e.yaml", doc)
	if err != nil || len(first.Added) != 1 || len(first.Removed) != 9 {
		t.Fatalf("first: %+v, %v", first, err)
	}
	second, err := c.Apply(t.Context(), "e.yaml", doc)
	if err != nil || len(second.Added)+len(second.Changed)+len(second.Removed) != 0 || second.Unchanged != 1 {
		t.Errorf("second: %+v, %v", second, err)
	}
}

func TestFollowTellsEveryEventOnceAndTheEnd(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]client.Outcome{
		"r-web1": client.OutcomeSucceeded, "r-live": client.OutcomeSucceeded, "r-bad": client.OutcomeRestored,
	} {
		c, _ := connect(t)
		var seq int64
		end, err := c.Follow(t.Context(), id, func(p client.Progress) error {
			for _, e := range p.Events {
				if e.Seq != seq+1 {
					t.Errorf("%s: event %d after %d", id, e.Seq, seq)
				}
				seq = e.Seq
			}
			return nil
		})
		if err != nil || end.Row.Outcome != want || seq != end.State.Seq {
			t.Errorf("%s: %s with %d events of %d, %v; want %s", id, end.Row.Outcome, seq, end.State.Seq, err, want)
		}
	}
}

func TestFollowEndsWithItsContextAndItsFunction(t *testing.T) {
	t.Parallel()
	c, _ := connect(t)
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err := c.Follow(ctx, "r-db1", func(client.Progress) error { calls++; cancel(); return nil })
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("planned run: %v after %d calls", err, calls)
	}
	enough := errors.New("enough")
	if _, err := c.Follow(t.Context(), "r-live", func(client.Progress) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("function's error: %v", err)
	}
	if _, err := c.Follow(t.Context(), "nosuch", func(client.Progress) error { return nil }); client.CodeOf(err) != client.CodeNotFound {
		t.Errorf("no such run: %v", err)
	}
}

// A server that is restarted while somebody watches is waited for.
func TestFollowGetsOverARestart(t *testing.T) {
	t.Parallel()
	inner := apitest.Serve(t, apitest.New())
	var calls atomic.Int64
	flaky := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := calls.Add(1); n == 3 || n == 4 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		inner.Config.Handler.ServeHTTP(w, r)
	}))
	t.Cleanup(flaky.Close)
	c, err := client.New(flaky.URL, apitest.Token)
	if err != nil {
		t.Fatal(err)
	}
	end, err := c.Follow(t.Context(), "r-live", func(client.Progress) error { return nil })
	if err != nil || end.Row.Outcome != client.OutcomeSucceeded {
		t.Errorf("%v, %v", end.Row.Outcome, err)
	}
}

func TestTheTokenIsSentInTheClearToThisMachineOnly(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"http://127.0.0.1:7480": true, "http://localhost:7480/": true, "http://[::1]:7480": true, "https://patch.example": true,
		"http://patch.example": false, "http://127.0.0.1.example": false, "ftp://127.0.0.1": false, "127.0.0.1:7480": false,
		"http://user:secret@127.0.0.1:7480": false, "": false, "http://": false,
	} {
		if _, err := client.New(address, "t"); (err == nil) != good {
			t.Errorf("New(%q): %v", address, err)
		} else if err != nil && client.CodeOf(err) != client.CodeInvalid {
			t.Errorf("New(%q): code %s", address, client.CodeOf(err))
		}
	}
	for _, token := range []string{"", "two words", "line\nbreak", "ümlaut"} {
		if _, err := client.New("http://127.0.0.1:7480", token); client.CodeOf(err) != client.CodeForbidden {
			t.Errorf("token %q: %v", token, err)
		}
	}
}

func TestForeignAnswersAreNotBelieved(t *testing.T) {
	t.Parallel()
	var other atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { other.Add(1) }))
	t.Cleanup(elsewhere.Close)
	answers := map[string]struct {
		handle http.HandlerFunc
		code   client.Code
	}{
		"a web page":       {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, client.CodeInternal},
		"a page of errors": {func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }, client.CodeInternal},
		"a proxy's 503":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, client.CodeUnavailable},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, client.CodeInternal},
		"an endless answer": {func(w http.ResponseWriter, _ *http.Request) {
			for chunk := bytes.Repeat([]byte(" "), 1<<20); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, client.CodeInternal},
		"a broken line": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, client.CodeUnavailable},
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(a.handle)
			t.Cleanup(server.Close)
			c, err := client.New(server.URL, "t")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Today(t.Context()); client.CodeOf(err) != a.code || err == nil {
				t.Errorf("%v, want code %s", err, a.code)
			}
		})
	}
	if other.Load() != 0 {
		t.Error("the redirect was followed, token and all")
	}
}

func TestAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	c, err := client.New(server.URL, "t")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := c.Today(ctx); client.CodeOf(err) != client.CodeUnavailable {
		t.Errorf("%v", err)
	}
}
