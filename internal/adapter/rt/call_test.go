package rt_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/rest"
	"github.com/patchwart/patchwart/internal/adapter/rt"
	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
	"github.com/patchwart/patchwart/internal/core/fault"
)

const token = "1-35-0123456789abcdef0123456789abcdef"

// pretender answers in RT's place, for what a real one cannot be made to do.
func pretender(t *testing.T, answer http.HandlerFunc) (*rt.Client, *[]time.Duration) {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	c, err := rt.Open(rt.Config{URL: s.URL + "/rt/", TokenFile: rttest.Secret(t, token), Queues: []string{queue}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, c.WithoutWaiting()
}

func TestABusyDeskIsAskedAgain(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	c, waited := pretender(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "token "+token || r.URL.Path != "/rt/REST/2.0/transactions" {
			t.Errorf("%s %v", r.URL.Path, r.Header)
		}
		switch asked.Add(1) {
		case 1:
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			w.WriteHeader(http.StatusBadGateway)
		case 3:
			panic(http.ErrAbortHandler)
		default:
			fmt.Fprint(w, `{"items":[],"total":null}`)
		}
	})
	if got, err := c.Changed(t.Context(), 7); err != nil || got.Next != 7 || asked.Load() != 4 || len(*waited) < 2 || (*waited)[0] < 6*time.Second {
		t.Errorf("%+v, %v, waited %v", got, err, *waited)
	}
}

func TestADeskThatStaysBusyIsLeftAlone(t *testing.T) {
	t.Parallel()
	for after, asks := range map[string]int32{"": 4, "3600": 1} {
		var asked atomic.Int32
		c, _ := pretender(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Retry-After", after)
			w.WriteHeader(http.StatusServiceUnavailable)
		})
		_, err := c.Changed(t.Context(), 7)
		var busy *rest.BusyError
		if !errors.As(err, &busy) || fault.CodeOf(err) != fault.Unavailable || asked.Load() != asks || busy.NotBefore.IsZero() != (after == "") {
			t.Errorf("%q: %v, asked %d times", after, err, asked.Load())
		}
	}
}

// No answer makes more than an error in words, and none of them gives the token away.
func TestWhatADeskMayNotAnswer(t *testing.T) {
	t.Parallel()
	var elsewhere atomic.Bool
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Store(true) }))
	t.Cleanup(other.Close)
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		code   fault.Code
		says   string
	}{
		"leads away":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) }, fault.Invalid, "redirects"},
		"a sign-in form": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, fault.Unavailable, "as RT 5 does"},
		"nothing":        {func(http.ResponseWriter, *http.Request) {}, fault.Unavailable, "as RT 5 does"},
		"huge": {func(w http.ResponseWriter, _ *http.Request) {
			for range 5 << 10 {
				if _, err := fmt.Fprint(w, strings.Repeat(" ", 1<<10)); err != nil {
					return
				}
			}
		}, fault.Unavailable, "more than 4 MiB"},
		"an echo": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": "bad\n" + r.Header.Get("Authorization") + strings.Repeat("x", 10000)})
		}, fault.Invalid, "bad token …"},
		"a refusal": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }, fault.Forbidden, "refuses"},
		"events in disorder": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"items":[{"id":"9","ObjectId":"1"},{"id":"8","ObjectId":"1"}]}`)
		}, fault.Unavailable, "order"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := pretender(t, tt.answer)
			_, err := c.Changed(t.Context(), 7)
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != tt.code || !strings.Contains(f.Text.EN, tt.says) || strings.Contains(fmt.Sprintf("%+v %v", f, err), token) || len(f.Text.EN) > 400 {
				t.Errorf("%v", err)
			}
		})
	}
	t.Cleanup(func() {
		if elsewhere.Load() {
			t.Error("a redirect was followed")
		}
	})
}

// history is a desk with one ticket, whose reply may get lost on the way back.
type history struct {
	texts []string
	posts int
	lose  int // answers to posts that get lost, with the reply taken
}

func (h *history) answer(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/rt/REST/2.0")
	switch {
	case path == "/user/35":
		fmt.Fprint(w, `{"Name":"patchwart"}`)
	case path == "/tickets":
		_ = json.NewEncoder(w).Encode(map[string]any{"items": []any{map[string]any{"id": "1", "Queue": map[string]string{"Name": queue}, "CustomFields": ""}}})
	case path == "/ticket/1/correspond":
		var in struct{ Content string }
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &in)
		h.posts++
		h.texts = append(h.texts, in.Content)
		if h.lose > 0 {
			h.lose--
			w.WriteHeader(http.StatusGatewayTimeout)
			return
		}
		w.Header().Set("Location", fmt.Sprintf("/REST/2.0/transaction/%d", 100+len(h.texts)))
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `["Correspondence added"]`)
	case path == "/ticket/1/history":
		items := []any{}
		if r.URL.Query().Get("page") == "1" {
			for i := range h.texts {
				items = append(items, map[string]any{"id": strconv.Itoa(101 + i), "Type": "Correspond", "type": "transaction", "Creator": map[string]string{"Name": "patchwart"}})
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"items": items})
	case strings.HasSuffix(path, "/attachments"):
		id := strings.TrimSuffix(strings.TrimPrefix(path, "/transaction/"), "/attachments")
		fmt.Fprintf(w, `{"items":[{"id":"%s","ContentType":"text/plain","Filename":"","ContentLength":"10"}]}`, id)
	case strings.HasPrefix(path, "/attachment/"):
		n, _ := strconv.Atoi(strings.TrimPrefix(path, "/attachment/"))
		_ = json.NewEncoder(w).Encode(map[string]any{"Content": []byte(h.texts[n-101])})
	default:
		http.NotFound(w, r)
	}
}

// When the answer to a reply gets lost, the reply is looked for and not sent again.
func TestALostAnswerIsNoSecondReply(t *testing.T) {
	t.Parallel()
	h := &history{lose: 1}
	c, _ := pretender(t, h.answer)
	got, err := c.Reply(t.Context(), 1, "order-1", "Guten Tag")
	if err != nil || got.Transaction != 101 || got.Already || h.posts != 1 {
		t.Errorf("%+v, %v, %d posts", got, err, h.posts)
	}
	if got, err = c.Reply(t.Context(), 1, "order-1", "Guten Tag"); err != nil || !got.Already || h.posts != 1 {
		t.Errorf("%+v, %v, %d posts", got, err, h.posts)
	}
	for key, text := range map[string]string{"": "a", "a b": "a", "a\n]": "a", "k": "  \n", "long": strings.Repeat("x", rt.MaxText)} {
		if _, err := c.Reply(t.Context(), 1, key, text); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", key, err)
		}
	}
}

// What happened over a minute ago is behind the cursor; from the first younger event on, all comes again.
func TestTheCursorPassesWhatHasSettled(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC().Truncate(time.Second)
	c, _ := pretender(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tickets") {
			fmt.Fprint(w, `{"items":[]}`)
			return
		}
		w.Header().Set("Date", now.Format(http.TimeFormat))
		items := []any{}
		if q := r.URL.Query().Get("query"); strings.HasSuffix(q, "id > 7") {
			for id, age := range []time.Duration{10 * time.Minute, 61 * time.Second, 30 * time.Second, 5 * time.Minute} {
				items = append(items, map[string]any{"id": 10 + id, "ObjectId": "1", "Created": now.Add(-age)})
			}
		} else if !strings.HasSuffix(q, "id > 13") {
			t.Errorf("asked for %s", q)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"items": items})
	})
	if got, err := c.Changed(t.Context(), 7); err != nil || got.Next != 11 || got.More {
		t.Errorf("%+v, %v", got, err)
	}
}

// A desk with more than one call holds says so, and goes on where it stopped.
func TestABacklogIsReadInPieces(t *testing.T) {
	t.Parallel()
	created := "2026-01-01T00:00:00Z"
	c, _ := pretender(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/tickets") {
			fmt.Fprint(w, `{"items":[]}`)
			return
		}
		_, after, _ := strings.Cut(r.URL.Query().Get("query"), "id > ")
		from, _ := strconv.Atoi(after)
		items := []any{}
		for id := from + 1; id <= min(from+100, 2500); id++ {
			items = append(items, map[string]any{"id": id, "ObjectId": "1", "Created": created})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"items": items})
	})
	var since rt.Cursor
	for _, want := range []rt.Changes{{Next: 1000, More: true}, {Next: 2000, More: true}, {Next: 2500}, {Next: 2500}} {
		got, err := c.Changed(t.Context(), since)
		if err != nil || got.Next != want.Next || got.More != want.More {
			t.Fatalf("%+v, %v, want %+v", got, err, want)
		}
		since = got.Next
	}
	created = time.Now().UTC().Format(time.RFC3339)
	if got, err := c.Changed(t.Context(), 0); err != nil || got.Next != 0 || got.More {
		t.Errorf("all of it just now: %+v, %v", got, err)
	}
}

func TestWhatIsNotOpened(t *testing.T) {
	t.Parallel()
	good := rttest.Secret(t, token)
	shared := rttest.Secret(t, token)
	if err := os.Chmod(shared, 0o644); err != nil {
		t.Fatal(err)
	}
	queues := []string{queue}
	for name, c := range map[string]rt.Config{
		"no address":                {URL: "", TokenFile: good, Queues: queues},
		"another scheme":            {URL: "ftp://helpdesk.example", TokenFile: good, Queues: queues},
		"not encrypted":             {URL: "http://helpdesk.example", TokenFile: good, Queues: queues},
		"credentials":               {URL: "https://root:geheim@helpdesk.example", TokenFile: good, Queues: queues},
		"no queues":                 {URL: "https://helpdesk.example", TokenFile: good},
		"a queue without a name":    {URL: "https://helpdesk.example", TokenFile: good, Queues: []string{" "}},
		"no token":                  {URL: "https://helpdesk.example", TokenFile: filepath.Join(t.TempDir(), "missing"), Queues: queues},
		"a token others can read":   {URL: "https://helpdesk.example", TokenFile: shared, Queues: queues},
		"a password for a token":    {URL: "https://helpdesk.example", TokenFile: rttest.Secret(t, "geheim"), Queues: queues},
		"a directory for a token":   {URL: "https://helpdesk.example", TokenFile: t.TempDir(), Queues: queues},
		"no certificates in a file": {URL: "https://helpdesk.example", TokenFile: good, Queues: queues, AuthorityFile: good},
	} {
		_, err := rt.Open(c)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || f.Mend.DE == "" || f.Mend.EN == "" || strings.Contains(fmt.Sprintf("%+v", f), "geheim") || strings.Contains(fmt.Sprintf("%+v", f), token) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoeverAskedMayGo(t *testing.T) {
	t.Parallel()
	c, _ := pretender(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Changed(ctx, 0); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
