package link_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/patchwart/patchwart/internal/agent/link"
	"github.com/patchwart/patchwart/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func client(t *testing.T, h http.HandlerFunc) *link.Client {
	t.Helper()
	s := httptest.NewTLSServer(h)
	t.Cleanup(s.Close)
	conf := s.Client().Transport.(*http.Transport).TLSClientConfig
	c, err := link.New(s.URL, conf)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestProblemIsToldWithItsWait(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(`{"code":"down","detail":"` + strings.Repeat("x", 1000) + `"}`))
	})
	_, err := c.Poll(context.Background(), wire.PollRequest{})
	s, ok := link.Told(err)
	if !ok || s.Wait != 7*time.Second || s.Final() || len(s.Problem.Detail) > 310 {
		t.Errorf("%v", err)
	}
}

func TestAnswersAreBounded(t *testing.T) {
	c := client(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 8 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if _, err := c.Poll(context.Background(), wire.PollRequest{}); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("8 MiB were read: %v", err)
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("host data went elsewhere") }))
	defer elsewhere.Close()
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
	})
	if err := c.Facts(context.Background(), []byte("x")); err == nil {
		t.Error("a redirect counts as success")
	}
}

func TestPlainHTTPIsRefused(t *testing.T) {
	if _, err := link.New("http://127.0.0.1:1", nil); err == nil {
		t.Error("the agent speaks without encryption")
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	c := client(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then the server notices that the caller is gone
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Poll(ctx, wire.PollRequest{Wait: 50}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("poll: %v", err)
	}
}

func TestBackoffGrowsAndIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := link.Backoff{First: time.Second, Most: time.Minute}
		most := time.Second
		began := time.Now()
		for i := range 50 {
			d := b.Next(0)
			if d < most/2 || d > most {
				t.Fatalf("failure %d: wait %s, not between %s and %s", i+1, d, most/2, most)
			}
			time.Sleep(d)
			most = min(2*most, time.Minute)
		}
		if took := time.Since(began); took < 20*time.Minute || took > 50*time.Minute {
			t.Errorf("50 failures took %s", took)
		}
		if d := b.Next(3 * time.Minute); d != 3*time.Minute {
			t.Errorf("the server asked for 3 minutes, waited are %s", d)
		}
		b.Reset()
		if d := b.Next(0); d > time.Second {
			t.Errorf("after a success the wait is %s", d)
		}
	})
}
