package feed_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/feed"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
)

const list = "[21 Aug 2026] DSA-7001-1 nginx - security update\n"

// publisher is a publisher on this machine, whose answers a test writes.
func publisher(t *testing.T, answer http.HandlerFunc) source.Source {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return source.Source{Name: "debian-dsa", URL: s.URL + "/DSA/list", Limit: 1 << 20, Every: time.Hour, Fresh: time.Hour, Proof: "none"}
}

func fetcher(t *testing.T) *feed.Fetcher {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &feed.Fetcher{Transport: transport, Silence: 150 * time.Millisecond}
}

// A publication is fetched whole; when nothing is new, nothing is.
func TestFetchesWhatIsNew(t *testing.T) {
	t.Parallel()
	asked := 0
	s := publisher(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Fri, 21 Aug 2026 10:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"v1"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, list)
	})
	f := fetcher(t)
	got, err := f.Fetch(t.Context(), s, source.Validators{})
	if err != nil || string(got.Text) != list || got.Validators.ETag != `"v1"` || got.Unchanged() || got.From != s.URL {
		t.Fatalf("%+v, %v", got, err)
	}
	again, err := f.Fetch(t.Context(), s, got.Validators)
	if err != nil || !again.Unchanged() || again.Validators != got.Validators || asked != 2 {
		t.Fatalf("%+v, %v, asked %d times", again, err, asked)
	}
}

// What does not come whole, or from elsewhere, is not taken.
func TestWhatIsNotTaken(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, list) }))
	t.Cleanup(elsewhere.Close)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, list)
		}, "broke off"},
		"falls silent": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, list)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, "stopped sending"},
		"huge, and says so": {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99999999") }, "more than 1 MiB"},
		"huge, and does not": {func(w http.ResponseWriter, _ *http.Request) {
			for range 40 {
				fmt.Fprint(w, strings.Repeat("x", 64<<10))
			}
		}, "more than 1 MiB"},
		"empty":          {func(http.ResponseWriter, *http.Request) {}, "empty"},
		"not found":      {http.NotFound, "status 404"},
		"broken":         {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "status 500"},
		"leads away":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere.URL, http.StatusFound) }, "not meant for this feed"},
		"leads in rings": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"/x", http.StatusFound) }, "not meant for this feed"},
		"unasked 304":    {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, "status 304"},
		"breaks in the middle": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, list)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := fetcher(t).Fetch(t.Context(), publisher(t, tt.answer), source.Validators{})
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Unavailable || f.Text.DE == "" || !strings.Contains(f.Text.EN, tt.says) || got.Text != nil {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	gone := publisher(t, func(http.ResponseWriter, *http.Request) {})
	gone.URL = "http://127.0.0.1:1/nobody"
	if _, err := fetcher(t).Fetch(t.Context(), gone, source.Validators{}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("nobody there: %v", err)
	}
	gone.URL = "http://mirror.example/plain"
	if _, err := fetcher(t).Fetch(t.Context(), gone, source.Validators{}); err == nil || !strings.Contains(err.Error(), "encrypt") && !strings.Contains(err.Error(), "verschlüsselt") {
		t.Errorf("without encryption: %v", err)
	}
}

// Redirects to the same publisher, and to where the source says, are followed.
func TestFollowsToTheSamePublisher(t *testing.T) {
	t.Parallel()
	s := publisher(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/DSA/list" {
			http.Redirect(w, r, "/2026/list", http.StatusFound)
			return
		}
		fmt.Fprint(w, list)
	})
	if got, err := fetcher(t).Fetch(t.Context(), s, source.Validators{}); err != nil || string(got.Text) != list || !strings.HasSuffix(got.From, "/2026/list") {
		t.Fatalf("%+v, %v", got, err)
	}
}

// A publisher who asks to be left alone is, for a day at most.
func TestLeavesTheOverloadedAlone(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for after, want := range map[string]time.Time{
		"120": now.Add(2 * time.Minute), "": {}, "-5": {}, "soon": {}, "99999999999": {}, "9999999": now.Add(24 * time.Hour),
		"Fri, 27 Nov 2026 13:00:00 GMT": now.Add(time.Hour), "Fri, 27 Nov 2099 13:00:00 GMT": now.Add(24 * time.Hour),
	} {
		s := publisher(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusTooManyRequests)
		})
		f := fetcher(t)
		f.Now = func() time.Time { return now }
		_, err := f.Fetch(t.Context(), s, source.Validators{})
		var busy *source.BusyError
		if !errors.As(err, &busy) || after != "99999999999" && !busy.NotBefore.Equal(want) || busy.NotBefore.After(now.Add(24*time.Hour)) || fault.CodeOf(err) != fault.Unavailable {
			t.Errorf("%q: %+v", after, err)
		}
	}
}

// Where the publisher gives a checksum, it has to match.
func TestChecksumsHaveToMatch(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte(list))
	for name, tt := range map[string]struct {
		sum  string
		good bool
	}{
		"right": {hex.EncodeToString(sum[:]) + "  list\n", true}, "wrong": {strings.Repeat("0", 64), false}, "none": {"", false},
	} {
		s := publisher(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, ".sha256") {
				fmt.Fprint(w, tt.sum)
				return
			}
			fmt.Fprint(w, list)
		})
		s.Proof = "sha256"
		if _, err := fetcher(t).Fetch(t.Context(), s, source.Validators{}); (err == nil) != tt.good {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever asked and went away is not told a story about the publisher.
func TestGoingAwayIsNotThePublishersFault(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := publisher(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	if _, err := fetcher(t).Fetch(ctx, s, source.Validators{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
