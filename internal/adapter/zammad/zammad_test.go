package zammad_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/desktest"
	"github.com/patchwart/patchwart/internal/adapter/zammad"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/fault"
)

const (
	token  = "a-token-of-the-tests-long-enough"
	secret = "signs-the-webhooks-of-the-tests"
)

// fake is a Zammad of the tests, written from its documentation: what a real one does beyond that is not known here.
type fake struct {
	mu       sync.Mutex
	tickets  []map[string]any
	articles []map[string]any
	mails    map[int64]string
	users    []map[string]any
	lag      bool // the search index knows nothing yet
	busy     int
}

func newFake() *fake {
	return &fake{mails: map[int64]string{}, users: []map[string]any{
		{"id": 1, "login": "patchwart", "email": "patchwart@desk.example"}, {"id": 2, "login": "anna", "email": "anna@desk.example"}}}
}

func (f *fake) user(email string) map[string]any {
	for _, u := range f.users {
		if u["email"] == email {
			return u
		}
	}
	u := map[string]any{"id": len(f.users) + 1, "login": email, "email": email}
	f.users = append(f.users, u)
	return u
}

// write adds an article, and a ticket where there is none.
func (f *fake) write(ticket int64, group, from, sender, kind, subject, text string) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, u := time.Now().UTC(), f.user(from)
	if ticket == 0 {
		ticket = int64(len(f.tickets) + 1)
		f.tickets = append(f.tickets, map[string]any{"id": ticket, "group": group, "title": subject, "state": "new", "customer_id": u["id"], "created_at": now, "updated_at": now, "patchwart_stand": nil})
	}
	f.tickets[ticket-1]["updated_at"] = now
	id := int64(len(f.articles) + 1)
	f.articles = append(f.articles, map[string]any{"id": id, "ticket_id": ticket, "from": "Somebody <" + from + ">", "subject": subject, "body": text, "content_type": "text/plain", "type": kind,
		"sender": sender, "internal": false, "created_by": u["login"], "created_by_id": u["id"], "created_at": now, "message_id": fmt.Sprintf("<%d@x>", id)})
	if kind == "email" {
		f.mails[id] = "From: " + from + "\r\n\r\n" + text
	}
	return ticket
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	answer := func(status int, v any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	if r.Header.Get("Authorization") != "Token token="+token {
		answer(http.StatusUnauthorized, map[string]string{"error": "Invalid token " + r.Header.Get("Authorization")})
		return
	}
	if f.busy > 0 {
		f.busy--
		answer(http.StatusServiceUnavailable, nil)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/api/v1")
	last, _ := strconv.ParseInt(path[strings.LastIndexByte(path, '/')+1:], 10, 64)
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	switch {
	case path == "/users/me":
		answer(http.StatusOK, f.users[0])
	case strings.HasPrefix(path, "/users/"):
		answer(http.StatusOK, f.users[last-1])
	case path == "/tickets/search":
		list := []map[string]any{}
		from, err := time.Parse(`updated_at:["2006-01-02T15:04:05Z" TO *]`, r.URL.Query().Get("query"))
		if err != nil || r.URL.Query().Get("expand") != "true" {
			answer(http.StatusUnprocessableEntity, map[string]string{"error": "bad query"})
			return
		}
		for _, t := range f.tickets {
			if at, _ := t["updated_at"].(time.Time); !f.lag && !at.Before(from) && r.URL.Query().Get("page") == "1" {
				list = append(list, t)
			}
		}
		answer(http.StatusOK, list)
	case strings.HasPrefix(path, "/tickets/") && (last < 1 || last > int64(len(f.tickets))):
		answer(http.StatusNotFound, map[string]string{"error": "Couldn't find Ticket"})
	case strings.HasPrefix(path, "/tickets/") && r.Method == http.MethodPut:
		t := f.tickets[last-1]
		for k, v := range in {
			if k == "state" && v != "open" && v != "closed" {
				answer(http.StatusUnprocessableEntity, map[string]string{"error": "no such state"})
				return
			}
			if _, known := t[k]; known {
				t[k] = v
			}
		}
		answer(http.StatusOK, t)
	case strings.HasPrefix(path, "/tickets/"):
		answer(http.StatusOK, f.tickets[last-1])
	case strings.HasPrefix(path, "/ticket_articles/by_ticket/"):
		list := []map[string]any{}
		for _, a := range f.articles {
			if a["ticket_id"] == last {
				list = append(list, a)
			}
		}
		answer(http.StatusOK, list)
	case path == "/ticket_articles" && r.Method == http.MethodPost:
		ticket, _ := in["ticket_id"].(float64)
		in["id"], in["ticket_id"], in["created_by"], in["created_by_id"], in["created_at"] = int64(len(f.articles)+1), int64(ticket), "patchwart", 1, time.Now().UTC()
		f.articles = append(f.articles, in)
		answer(http.StatusCreated, in)
	case strings.HasPrefix(path, "/ticket_article_plain/"):
		if f.mails[last] == "" {
			answer(http.StatusNotFound, nil)
			return
		}
		_, _ = w.Write([]byte(f.mails[last]))
	default:
		answer(http.StatusNotFound, map[string]string{"error": "no route " + path})
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, f *fake) (*zammad.Client, *httptest.Server) {
	t.Helper()
	there := httptest.NewServer(f)
	t.Cleanup(there.Close)
	c, err := zammad.Open(zammad.Config{URL: there.URL, TokenFile: file(t, token+"\n"), Groups: []string{"Updates"}, HookSecret: file(t, secret)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c, there
}

// TestWhatEveryDeskDoes, on a Zammad of the tests.
func TestWhatEveryDeskDoes(t *testing.T) {
	f := newFake()
	elsewhere := f.write(0, "Vertrieb", "x@suite.example", "Customer", "email", "Angebot", "?")
	c, there := open(t, f)
	desktest.Exercise(t, desktest.Room{Desk: c,
		Again: func(t *testing.T) desktest.Desk {
			again, err := zammad.Open(zammad.Config{URL: there.URL, TokenFile: file(t, token), Groups: []string{"Updates"}})
			if err != nil {
				t.Fatal(err)
			}
			return again
		},
		Mail: func(_ *testing.T, from, subject, text string, ticket int64) {
			f.write(ticket, "Updates", from, "Customer", "email", subject, text)
		},
		Staff: func(_ *testing.T, ticket int64, text string) {
			f.write(ticket, "", "anna@desk.example", "Agent", "note", "", text)
		},
		Elsewhere: elsewhere, Status: "closed", Field: "patchwart_stand"})
}

// TestAWebhookNamesATicket: signed, it has the ticket looked at before the search knows of it; unsigned, wrongly
// signed, changed or no ticket, it does nothing. The signature is one that others made.
func TestAWebhookNamesATicket(t *testing.T) {
	f := newFake()
	f.lag = true
	c, _ := open(t, f)
	id := f.write(0, "Updates", "petra@suite.example", "Customer", "web", "Updates", "Bitte.")
	post := func(body, signature string) int {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("X-Hub-Signature", signature)
		c.ServeHTTP(w, r)
		return w.Code
	}
	body := `{"ticket":{"id":1},"article":{"id":1}}`
	for name, signature := range map[string]string{"none": "", "another secret's": zammad.Sign([]byte("else"), []byte(body)), "another body's": zammad.Sign([]byte(secret), []byte("{}"))} {
		if code := post(body, signature); code != http.StatusUnauthorized {
			t.Errorf("%s signature: %d", name, code)
		}
	}
	if code := post(`{}`, zammad.Sign([]byte(secret), []byte(`{}`))); code != http.StatusBadRequest {
		t.Errorf("no ticket: %d", code)
	}
	since, _ := c.Latest(t.Context())
	if got, err := c.Changed(t.Context(), since); err != nil || len(got.Tickets) != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if code := post(body, zammad.Sign([]byte(secret), []byte(body))); code != http.StatusNoContent {
		t.Fatalf("a good one: %d", code)
	}
	select {
	case <-c.Nudge():
	default:
		t.Error("nobody was called")
	}
	f.busy = 1 // a desk that is busy loses no hint
	if _, err := c.Changed(t.Context(), since); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("busy: %v", err)
	}
	got, err := c.Changed(t.Context(), since)
	if err != nil || len(got.Tickets) != 1 || got.Tickets[0].ID != id {
		t.Fatalf("%+v, %v", got, err)
	}
	// Written over the web by the customer's own account, and not by mail.
	list, err := c.Messages(t.Context(), id, 0)
	if err != nil || len(list) != 1 || list[0].Way != desk.ByAccount || list[0].Author.Name != "petra@suite.example" || list[0].Raw != nil {
		t.Errorf("%+v, %v", list, err)
	}
	// Known from RFC 2202, test case 2.
	if got := zammad.Sign([]byte("Jefe"), []byte("what do ya want for nothing?")); got != "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" {
		t.Error(got)
	}
}

func TestSettingsThatCannotBeRight(t *testing.T) {
	open := func(c zammad.Config) error { _, err := zammad.Open(c); return err }
	all := zammad.Config{URL: "https://desk.example", TokenFile: file(t, token), Groups: []string{"Updates"}}
	if err := open(all); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*zammad.Config){
		"no TLS":      func(c *zammad.Config) { c.URL = "http://desk.example" },
		"a password":  func(c *zammad.Config) { c.URL = "https://a:b@desk.example" },
		"no group":    func(c *zammad.Config) { c.Groups = nil },
		"no token":    func(c *zammad.Config) { c.TokenFile = file(t, "x") },
		"token, lost": func(c *zammad.Config) { c.TokenFile = "/nowhere" },
	} {
		c := all
		change(&c)
		if err := open(c); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	f := newFake()
	there := httptest.NewServer(f)
	defer there.Close()
	const wrong = "this-token-is-a-wrong-one"
	c, err := zammad.Open(zammad.Config{URL: there.URL, TokenFile: file(t, wrong), Groups: []string{"Updates"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Check(t.Context()); fault.CodeOf(err) != fault.Forbidden || strings.Contains(err.Error(), wrong) {
		t.Errorf("%v", err)
	}
}
