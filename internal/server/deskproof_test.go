package server

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" // Zammad signs with HMAC-SHA1
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"github.com/patchwart/patchwart/internal/adapter/zammad"
	"github.com/patchwart/patchwart/internal/core/desk"
	"github.com/patchwart/patchwart/internal/core/intake"
)

const hookSecret = "signs-the-webhooks-of-these-tests"

// TestOnlyTheDeskCallsAtItsDoor: the path for the help desk's own webhooks takes what the desk has signed, and nothing
// else; what is sent again has the ticket looked at again, and that is all that a webhook can do. A server without a
// desk has no such door, and there is none beneath it.
func TestOnlyTheDeskCallsAtItsDoor(t *testing.T) {
	o, k := openWithDesk(t)
	secret := func(text string) string {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	client, err := zammad.Open(zammad.Config{URL: "https://desk.example", TokenFile: secret("a-token-of-the-tests-0123456789"), Groups: []string{"Updates"}, HookSecret: secret(hookSecret)})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(key, body string) string {
		m := hmac.New(sha1.New, []byte(key))
		m.Write([]byte(body))
		return "sha1=" + hex.EncodeToString(m.Sum(nil))
	}
	send := func(method, path, body, signature string) int {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		q, err := http.NewRequestWithContext(ctx, method, "http://"+o.server.Addr()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if signature != "" {
			q.Header.Set("X-Hub-Signature", signature)
		}
		r, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(q)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
		return r.StatusCode
	}
	const body = `{"ticket":{"id":7},"article":{"id":9}}`
	if code := send(http.MethodPost, DeskHookPath, body, sign(hookSecret, body)); code < 300 {
		t.Errorf("a server whose desk sends no webhooks took one: %d", code)
	}
	hooked := *o.config.Helpdesk // the server that still runs reads its own
	hooked.Hook, hooked.Nudge = client, client.Nudge()
	o.config.Helpdesk = &hooked
	o.restart()
	large := `{"ticket":{"id":7},"note":"` + strings.Repeat("x", 3<<20) + `"}`
	for name, c := range map[string]struct {
		method, path, body, signature string
		want                          int
	}{
		"without a signature":              {http.MethodPost, DeskHookPath, body, "", http.StatusUnauthorized},
		"signed with another secret":       {http.MethodPost, DeskHookPath, body, sign("another", body), http.StatusUnauthorized},
		"signed with no secret":            {http.MethodPost, DeskHookPath, body, sign("", body), http.StatusUnauthorized},
		"another body's signature":         {http.MethodPost, DeskHookPath, strings.Replace(body, "7", "8", 1), sign(hookSecret, body), http.StatusUnauthorized},
		"the signature without its method": {http.MethodPost, DeskHookPath, body, strings.TrimPrefix(sign(hookSecret, body), "sha1="), http.StatusUnauthorized},
		"too large, though signed":         {http.MethodPost, DeskHookPath, large, sign(hookSecret, large), http.StatusRequestEntityTooLarge},
		"not about a ticket":               {http.MethodPost, DeskHookPath, `{}`, sign(hookSecret, `{}`), http.StatusBadRequest},
		"asked for instead of sent":        {http.MethodGet, DeskHookPath, "", sign(hookSecret, ""), http.StatusMethodNotAllowed},
		"the right one":                    {http.MethodPost, DeskHookPath, body, sign(hookSecret, body), http.StatusNoContent},
	} {
		if code := send(c.method, c.path, c.body, c.signature); code != c.want {
			t.Errorf("%s: %d, want %d", name, code, c.want)
		}
	}
	if code := send(http.MethodPost, DeskHookPath+"/other", body, sign(hookSecret, body)); code < 300 {
		t.Errorf("a desk that nobody set up: %d", code)
	}
	for range 3 { // sent again, it says no more than the first time
		if code := send(http.MethodPost, DeskHookPath, body, sign(hookSecret, body)); code != http.StatusNoContent {
			t.Errorf("sent again: %d", code)
		}
	}
	if list, err := o.server.Messages(t.Context()); err != nil || len(list) != 0 || len(k.texts(7, desk.Correspondence)) != 0 {
		t.Errorf("a webhook alone made %+v, %v", list, err)
	}
}

// TestWhatIsBelievedOfAMailThatTheDeskKeeps: a desk that keeps mails whole (Zammad) has them verified here. Only a
// signature of the author's own domain over just this text counts; what the mail says about itself does not, and
// neither does what the desk says about its author.
func TestWhatIsBelievedOfAMailThatTheDeskKeeps(t *testing.T) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(public)
	signed := func(domain, text string) []byte {
		t.Helper()
		var out bytes.Buffer
		how := &dkim.SignOptions{Domain: domain, Selector: "s", Signer: private, HeaderKeys: []string{"From", "To", "Subject", "Date", "Message-ID", "Reply-To"}}
		if err := dkim.Sign(&out, strings.NewReader(text), how); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	const text = "From: Eva Kuhn <eva@kuhn.example>\r\nTo: support@hoster.example\r\nSubject: Updates\r\nDate: Fri, 27 Nov 2026 13:00:00 +0100\r\nMessage-ID: <1@kuhn.example>\r\n\r\nBitte spielen Sie auf db1 die Sicherheitsupdates ein.\r\n"
	says := func(results string) []byte { return []byte("Authentication-Results: " + results + "\r\n" + text) }
	good := signed("kuhn.example", text)
	dns := func(zone string) func(context.Context, string) ([]string, error) {
		return func(_ context.Context, name string) ([]string, error) {
			if name == "s._domainkey."+zone {
				return []string{record}, nil
			}
			return nil, errors.New("no such host")
		}
	}
	for name, c := range map[string]struct {
		raw     []byte
		keys    string // domain whose key is in the DNS
		trusted string
		author  string // as the desk has it; empty: eva@kuhn.example
		way     desk.Way
		want    bool
	}{
		"signed by her domain":                        {raw: good, keys: "kuhn.example", want: true},
		"a word was changed on the way":               {raw: bytes.Replace(good, []byte("db1"), []byte("db2"), 1), keys: "kuhn.example"},
		"the subject was changed on the way":          {raw: bytes.Replace(good, []byte("Subject: Updates"), []byte("Subject: Alles"), 1), keys: "kuhn.example"},
		"a second From was put before it":             {raw: append([]byte("From: Eva Kuhn <eva@kuhn.example>\r\n"), signed("evil.example", strings.Replace(text, "eva@kuhn.example", "eva@evil.example", 1))...), keys: "evil.example"},
		"her domain does not know the key":            {raw: good},
		"signed by somebody else's domain":            {raw: signed("evil.example", text), keys: "evil.example"},
		"not signed":                                  {raw: []byte(text), keys: "kuhn.example"},
		"says of itself that it is good":              {raw: says(trustedServer + "; dkim=pass header.d=kuhn.example"), keys: "kuhn.example"},
		"another server says that it is good":         {raw: says("mail.evil.example; dkim=pass header.d=kuhn.example"), trusted: trustedServer, keys: "kuhn.example"},
		"changed, and says of itself that it is good": {raw: append([]byte("Authentication-Results: "+trustedServer+"; dkim=pass header.d=kuhn.example\r\n"), bytes.Replace(good, []byte("db1"), []byte("db2"), 1)...), keys: "kuhn.example"},
		"the desk has another author":                 {raw: good, keys: "kuhn.example", author: "chefin@kuhn.example"},
		"written over the web":                        {raw: good, keys: "kuhn.example", way: desk.ByAccount},
	} {
		h := &Helpdesk{Name: "zammad", Trusted: c.trusted, LookupTXT: dns(c.keys)}
		m := desk.Message{Way: desk.ByMail, Raw: c.raw, Author: desk.Person{Address: "eva@kuhn.example"}}
		if c.author != "" {
			m.Author.Address = c.author
		}
		if c.way != "" {
			m.Way = c.way
		}
		in := intake.Message{Sender: intake.Sender{Address: m.Author.Address, Standing: intake.None}}
		h.judge(t.Context(), m, &in)
		if got := in.Sender.Standing == intake.Aligned || in.Sender.Standing == intake.SignedIn; got != c.want {
			t.Errorf("%s: %s", name, in.Sender.Standing)
		}
	}
}
