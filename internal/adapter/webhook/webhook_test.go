package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/webhook"
	"github.com/patchwart/patchwart/internal/core/fault"
)

const secret = "3f1c0a5be2d94d7c8a6f5e4d3c2b1a09"

var (
	now      = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	here     = netip.MustParsePrefix("127.0.0.0/8")
	delivery = webhook.Delivery{ID: "d-7f3a", Event: "run.finished", Created: now.Add(-time.Minute), Data: json.RawMessage(`{"run":"r-1","outcome":"succeeded","grüße":"<ö>"}`)}
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// receiver is a receiver on this machine with TLS, and a sender that trusts its certificate.
func receiver(t *testing.T, answer http.HandlerFunc) (*httptest.Server, *webhook.Sender) {
	t.Helper()
	r := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // only then does the server notice that a sender has gone
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer(w, r)
	}))
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.StartTLS()
	t.Cleanup(r.Close)
	return r, sender(t, r.URL+"/hook?key=in-the-address", r)
}

func sender(t *testing.T, to string, trusted *httptest.Server) *webhook.Sender {
	t.Helper()
	c := webhook.Config{URL: to, SecretFile: file(t, secret+"\n"), Allow: []netip.Prefix{here}}
	if trusted != nil {
		c.AuthorityFile = file(t, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: trusted.Certificate().Raw})))
	}
	s, err := webhook.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	s.SetNow(now)
	return s
}

func TestAReceiverCanVerifyWhatItGets(t *testing.T) {
	t.Parallel()
	var got webhook.Envelope
	var bad error
	_, s := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got, bad = webhook.Verify(r.Header, body, now, []byte("the secret of next year"), []byte(secret))
		w.WriteHeader(http.StatusAccepted)
	})
	res, err := s.Send(t.Context(), delivery)
	if err != nil || res != (webhook.Result{Outcome: webhook.Delivered, Status: http.StatusAccepted}) {
		t.Fatalf("%+v, %v", res, err)
	}
	var data map[string]string
	if bad != nil || got.ID != delivery.ID || got.Event != delivery.Event || !got.Created.Equal(delivery.Created) || json.Unmarshal(got.Data, &data) != nil || data["grüße"] != "<ö>" {
		t.Errorf("%+v, %v", got, bad)
	}
}

func TestWhatIsNotBelieved(t *testing.T) {
	t.Parallel()
	body := []byte(`{"id":"d-1","event":"run.finished","created":"2026-11-28T12:00:00Z","data":{}}`)
	signed := func(stamp, with string, body []byte) http.Header {
		h := http.Header{}
		h.Set(webhook.HeaderDelivery, "d-1")
		h.Set(webhook.HeaderEvent, "run.finished")
		h.Set(webhook.HeaderTimestamp, stamp)
		h.Set(webhook.HeaderSignature, webhook.Sign([]byte(with), stamp, body))
		return h
	}
	at := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	with := func(h http.Header, key, value string) http.Header { h.Set(key, value); return h }
	for name, tt := range map[string]struct {
		h    http.Header
		body []byte
		want error
	}{
		"right":                            {signed(at(0), secret, body), body, nil},
		"within the tolerance":             {signed(at(-4*time.Minute), secret, body), body, nil},
		"another secret":                   {signed(at(0), "another", body), body, webhook.ErrSignature},
		"no secret at all":                 {signed(at(0), "", body), body, webhook.ErrSignature},
		"nothing signed":                   {http.Header{}, body, webhook.ErrSignature},
		"another body":                     {signed(at(0), secret, body), bytes.Replace(body, []byte("{}"), []byte("[]"), 1), webhook.ErrSignature},
		"another time than signed":         {with(signed(at(-time.Hour), secret, body), webhook.HeaderTimestamp, at(0)), body, webhook.ErrSignature},
		"old, sent again":                  {signed(at(-6*time.Minute), secret, body), body, webhook.ErrTimestamp},
		"from the future":                  {signed(at(6*time.Minute), secret, body), body, webhook.ErrTimestamp},
		"no time":                          {signed("", secret, body), body, webhook.ErrTimestamp},
		"a time without end":               {signed("99999999999999999", secret, body), body, webhook.ErrTimestamp},
		"known, under another id":          {with(signed(at(0), secret, body), webhook.HeaderDelivery, "d-2"), body, webhook.ErrEnvelope},
		"known, under another event":       {with(signed(at(0), secret, body), webhook.HeaderEvent, "order.accepted"), body, webhook.ErrEnvelope},
		"something else with the same key": {signed(at(0), secret, []byte("[]")), []byte("[]"), webhook.ErrEnvelope},
	} {
		if _, err := webhook.Verify(tt.h, tt.body, now, nil, []byte(secret)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	// The signature of the documents, so that others can check theirs.
	if got := webhook.Sign([]byte("It's a secret"), "1795867200", []byte(`{"id":"d-1"}`)); got != "sha256="+documented {
		t.Errorf("%s", got)
	}
}

const documented = "0ca53ef651597785646dee857e5e1ecf0b04284eff0d2cfa3c1aec36d937f312"

func TestWhatTheAnswersMean(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]webhook.Outcome{
		200: webhook.Delivered, 204: webhook.Delivered, 301: webhook.Permanent, 302: webhook.Permanent, 307: webhook.Permanent, 308: webhook.Permanent,
		400: webhook.Permanent, 401: webhook.Permanent, 404: webhook.Permanent, 410: webhook.Permanent, 422: webhook.Permanent,
		408: webhook.Temporary, 425: webhook.Temporary, 429: webhook.Temporary, 500: webhook.Temporary, 503: webhook.Temporary,
	} {
		var asked atomic.Int32
		_, s := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
			asked.Add(1)
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(status)
			if status != 204 {
				fmt.Fprint(w, "what the receiver wrote")
			}
		})
		res, err := s.Send(t.Context(), delivery)
		if err != nil || res.Outcome != want || res.Status != status || asked.Load() != 1 {
			t.Errorf("%d: %+v, %v, asked %d times", status, res, err, asked.Load())
		}
		if wish := res.NotBefore.Equal(now.Add(90 * time.Second)); wish != (want == webhook.Temporary) {
			t.Errorf("%d: not before %s", status, res.NotBefore)
		}
		if said := res.Reason.DE + res.Reason.EN; strings.Contains(said, "in-the-address") || strings.Contains(said, "receiver wrote") || (said == "") != (want == webhook.Delivered) {
			t.Errorf("%d: %s", status, said)
		}
	}
}

func TestHostileReceivers(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   webhook.Outcome
		says   string
	}{
		"does not answer": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, webhook.Temporary, "in time"},
		"answers without end": {func(w http.ResponseWriter, _ *http.Request) {
			for range 1 << 14 {
				if _, err := fmt.Fprint(w, strings.Repeat("x", 1<<10)); err != nil {
					return
				}
			}
			t.Error("took 16 MiB")
		}, webhook.Delivered, ""},
		"drips its answer": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				fmt.Fprint(w, "x")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		}, webhook.Delivered, ""},
		"sends headers without end": {func(w http.ResponseWriter, _ *http.Request) {
			for i := range 2000 {
				w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 100))
			}
		}, webhook.Temporary, "reached"},
		"hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, webhook.Temporary, "reached"},
		"talks something else": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				fmt.Fprint(conn, "220 mail.example ESMTP\r\n")
				_ = conn.Close()
			}
		}, webhook.Temporary, "reached"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, s := receiver(t, tt.answer)
			s.SetTimeout(time.Second)
			begun := time.Now()
			res, err := s.Send(t.Context(), delivery)
			if err != nil || res.Outcome != tt.want || !strings.Contains(res.Reason.EN, tt.says) || time.Since(begun) > 4*time.Second {
				t.Errorf("%+v, %v after %s", res, err, time.Since(begun))
			}
		})
	}
}

func TestTheReceiversCertificateCounts(t *testing.T) {
	t.Parallel()
	r, _ := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("was sent to") })
	if res, err := sender(t, r.URL, nil).Send(t.Context(), delivery); err != nil || res.Outcome != webhook.Temporary || !strings.Contains(res.Reason.EN, "certificate") {
		t.Errorf("nobody trusts it: %+v, %v", res, err)
	}
	named := strings.Replace(r.URL, "127.0.0.1", "hook.elsewhere.test", 1)
	s := sender(t, named, r)
	s.SetLookup(func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	})
	if res, err := s.Send(t.Context(), delivery); err != nil || res.Outcome != webhook.Temporary || !strings.Contains(res.Reason.EN, "certificate") {
		t.Errorf("it is another's: %+v, %v", res, err)
	}
}

// Nothing goes into private networks, whatever a name says, and however often it changes its mind.
func TestPrivateNetworksAreLeftAlone(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1111": true, "93.184.216.34": true, "127.0.0.1": true, // allowed below
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false, "0.0.0.0": false, "224.0.0.1": false, "255.255.255.255": false,
		"::1": false, "::": false, "fe80::1": false, "fd00::1": false, "ff02::1": false, "64:ff9b::a00:1": false, "2002:a00:1::": false, "2001::1": false, "::ffff:10.0.0.1": false, "fe80::1%eth0": false, "2606:4700::1%eth0": false,
	} {
		if got := webhook.Reachable(netip.MustParseAddr(address).Unmap(), here); got != want {
			t.Errorf("%s: %t, want %t", address, got, want)
		}
	}

	var lookups atomic.Int32
	r := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(r.Close)
	_, port, err := net.SplitHostPort(r.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	ask := func(answers ...[]string) webhook.Result {
		t.Helper()
		s := sender(t, "https://example.com:"+port+"/", r) // the name in the test certificate
		lookups.Store(0)
		s.SetLookup(func(context.Context, string, string) ([]netip.Addr, error) {
			n := min(int(lookups.Add(1)), len(answers))
			var out []netip.Addr
			for _, a := range answers[n-1] {
				out = append(out, netip.MustParseAddr(a))
			}
			return out, nil
		})
		res, err := s.Send(t.Context(), delivery)
		if err != nil {
			t.Fatal(err)
		}
		return res
	}
	if res := ask([]string{"127.0.0.1"}, []string{"169.254.169.254"}); res.Outcome != webhook.Delivered || lookups.Load() != 1 {
		t.Errorf("asked %d times: %+v", lookups.Load(), res)
	}
	for _, bad := range [][]string{{"10.1.2.3"}, {"127.0.0.1", "10.1.2.3"}, {"::ffff:192.168.0.1"}, {"::1"}} {
		if res := ask(bad); res.Outcome != webhook.Permanent || !strings.Contains(res.Reason.EN, "not sent to") {
			t.Errorf("%v: %+v", bad, res)
		}
	}
	if res := ask(nil); res.Outcome != webhook.Temporary {
		t.Errorf("no addresses: %+v", res)
	}
	literal, err := webhook.Open(webhook.Config{URL: r.URL, SecretFile: file(t, secret)})
	if err != nil {
		t.Fatal(err)
	}
	if res, err := literal.Send(t.Context(), delivery); err != nil || res.Outcome != webhook.Permanent {
		t.Errorf("a literal address that nobody has allowed: %+v, %v", res, err)
	}
}

func TestWhatIsNotOpened(t *testing.T) {
	t.Parallel()
	good := file(t, secret)
	shared := file(t, secret)
	if err := os.Chmod(shared, 0o640); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]webhook.Config{
		"no address":                {URL: "", SecretFile: good},
		"no host":                   {URL: "https:///hook", SecretFile: good},
		"another scheme":            {URL: "file:///etc/passwd", SecretFile: good},
		"not encrypted":             {URL: "http://example.net/hook", SecretFile: good},
		"credentials":               {URL: "https://user:geheim@example.net/hook", SecretFile: good},
		"no secret":                 {URL: "https://example.net/hook", SecretFile: filepath.Join(t.TempDir(), "missing")},
		"a secret others can read":  {URL: "https://example.net/hook", SecretFile: shared},
		"a secret too short":        {URL: "https://example.net/hook", SecretFile: file(t, "geheim")},
		"a secret without end":      {URL: "https://example.net/hook", SecretFile: file(t, strings.Repeat("x", 5000))},
		"a directory for a secret":  {URL: "https://example.net/hook", SecretFile: t.TempDir()},
		"no certificates in a file": {URL: "https://example.net/hook", SecretFile: good, AuthorityFile: good},
	} {
		_, err := webhook.Open(c)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || f.Mend.DE == "" || f.Mend.EN == "" || strings.Contains(fmt.Sprintf("%+v", f), "geheim") || strings.Contains(fmt.Sprintf("%+v", f), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := sender(t, "https://example.net/", nil)
	for name, d := range map[string]webhook.Delivery{
		"no id":           {Event: "e", Data: delivery.Data},
		"an id with more": {ID: "a\r\nX-Evil: 1", Event: "e", Data: delivery.Data},
		"no event":        {ID: "d", Data: delivery.Data},
		"no content":      {ID: "d", Event: "e"},
		"no JSON":         {ID: "d", Event: "e", Data: json.RawMessage(`{"a":`)},
		"too much":        {ID: "d", Event: "e", Data: json.RawMessage(`"` + strings.Repeat("x", webhook.MaxBody) + `"`)},
	} {
		if _, err := s.Send(t.Context(), d); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoeverAskedMayGo(t *testing.T) {
	t.Parallel()
	_, s := receiver(t, func(http.ResponseWriter, *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Send(ctx, delivery); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
