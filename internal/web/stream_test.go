package web_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/web/webtest"
)

// listen opens the live stream of a run. Its events come as "id name".
func (d *desk) listen(ctx context.Context, path, last string) <-chan string {
	d.t.Helper()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	if last != "" {
		q.Header.Set("Last-Event-ID", last)
	}
	client := *d.Client
	client.Timeout = 0
	r, err := client.Do(q)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = r.Body.Close() })
	if got := r.Header.Get("Content-Type"); r.StatusCode != http.StatusOK || got != "text/event-stream" {
		d.t.Fatalf("the stream answered %d, %s", r.StatusCode, got)
	}
	events := make(chan string, 32)
	go func() {
		defer close(events)
		id := ""
		for lines := bufio.NewScanner(r.Body); lines.Scan(); {
			if v, ok := strings.CutPrefix(lines.Text(), "id: "); ok {
				id = v
			}
			if v, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				events <- id + " " + v
			}
		}
	}()
	return events
}

// next waits for the next event; empty when the stream has ended.
func next(t *testing.T, events <-chan string) string {
	t.Helper()
	select {
	case e := <-events:
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("no event within ten seconds")
		return ""
	}
}

func advance(t *testing.T, b *webtest.Backend, events ...run.Event) {
	t.Helper()
	for i := range events {
		events[i].At = b.Now.Add(time.Duration(i) * time.Second)
	}
	if err := b.Advance("R-0817", events...); err != nil {
		t.Fatal(err)
	}
}

// TestARunIsFollowedLive watches shop1: each piece of news is an event, the last one ends the stream.
func TestARunIsFollowedLive(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	d.Backend.Quiet = 20 * time.Millisecond
	one, err := d.Backend.Run(t.Context(), "R-0817")
	if err != nil {
		t.Fatal(err)
	}
	body := d.page("/laeufe/R-0817")
	want(t, body, `data-stream="/laeufe/R-0817/strom?ab=30"`, `<noscript><meta http-equiv="refresh"`)
	if one.State.Seq != 30 {
		t.Fatalf("the run is at %d", one.State.Seq)
	}
	events := d.listen(t.Context(), "/laeufe/R-0817/strom?ab=30", "")
	behind := d.listen(t.Context(), "/laeufe/R-0817/strom?ab=12", "")
	back := d.listen(t.Context(), "/laeufe/R-0817/strom?ab=12", "30")
	if got := next(t, behind); got != "30 neu" {
		t.Errorf("a page that is behind hears %q first", got)
	}
	advance(t, d.Backend, run.Event{Kind: run.Line, Step: run.Applying, Detail: "Processing triggers for libc-bin ..."})
	if got := next(t, events); got != "31 neu" {
		t.Errorf("a line is told as %q", got)
	}
	if got := next(t, back); got != "31 neu" {
		t.Errorf("a browser that comes back hears %q", got)
	}
	want(t, d.page("/laeufe/R-0817"), "Processing triggers for libc-bin ...")
	good := verdict.Verdict{Outcome: verdict.Succeeded}
	advance(t, d.Backend,
		run.Event{Kind: run.Finished, Step: run.Applying}, run.Event{Kind: run.Begun, Step: run.Settling}, run.Event{Kind: run.Finished, Step: run.Settling},
		run.Event{Kind: run.Begun, Step: run.Verifying}, run.Event{Kind: run.Finished, Step: run.Verifying, Verdict: &good}, run.Event{Kind: run.Ended, Verdict: &good})
	if got := next(t, events); got != "37 ende" {
		t.Errorf("the end is told as %q", got)
	}
	if got, open := <-events; open {
		t.Errorf("after the end comes %q", got)
	}
	body = d.page("/laeufe/R-0817")
	want(t, body, "erledigt")
	if strings.Contains(body, "data-stream") || strings.Contains(body, "http-equiv") {
		t.Error("a run that is over still refreshes itself")
	}
	if got := next(t, d.listen(t.Context(), "/laeufe/R-0811/strom", "")); !strings.HasSuffix(got, "ende") {
		t.Errorf("the stream of a run that is over says %q", got)
	}
}

func TestAStreamEndsWithTheSession(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	d.Backend.Quiet = 20 * time.Millisecond
	events := d.listen(t.Context(), "/laeufe/R-0817/strom", "")
	d.Sessions.SignOut(t.Context(), "session-1")
	if got := next(t, events); got != "" {
		t.Errorf("after signing out comes %q", got)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	d.Backend.Quiet = time.Minute
	ctx, leave := context.WithCancel(t.Context())
	for range 128 {
		d.listen(ctx, "/laeufe/R-0817/strom", "")
	}
	status, _, h := d.get("/laeufe/R-0817/strom")
	if status != http.StatusServiceUnavailable || h.Get("Retry-After") == "" {
		t.Errorf("one stream too many answered %d", status)
	}
	leave() // the readers leave: their places are free again
	deadline := time.Now().Add(10 * time.Second)
	for status != http.StatusOK && time.Now().Before(deadline) {
		q, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+"/laeufe/R-0811/strom", nil)
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Client.Do(q) //nolint:bodyclose // read closes it
		if err != nil {
			t.Fatal(err)
		}
		status, _, _ = read(t, r)
	}
	if status != http.StatusOK {
		t.Error("the places of readers who left are not free again")
	}
}
