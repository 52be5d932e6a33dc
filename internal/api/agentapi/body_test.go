package agentapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"github.com/patchwart/patchwart/internal/wire"
)

// Whatever a host sends: no panic, and either a message that says the same when sent again, or a
// problem with a status that blames the message.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"version":1,"agent":"x","now":"2026-11-24T09:00:00Z","wait":5}`), false)
	f.Add([]byte(`{"hash":"","facts":{"packages":[{"name":"openssl"}]}}`), false)
	f.Add([]byte(`{"order":"r","events":[{"order":"r","seq":1,"kind":"begun","verdict":{"outcome":"succeeded"}}]}`), false)
	f.Add([]byte("\x1f\x8b\x08\x00"), true)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fmt.Fprint(z, `{"version":1}`)
	z.Close()
	f.Add(b.Bytes(), true)
	f.Fuzz(func(t *testing.T, doc []byte, packed bool) {
		fuzzOne[wire.EnrolRequest](t, doc, packed)
		fuzzOne[wire.PollRequest](t, doc, packed)
		fuzzOne[wire.FactsReport](t, doc, packed)
		fuzzOne[wire.EventsReport](t, doc, packed)
		fuzzOne[wire.Refusal](t, doc, packed)
	})
}

func fuzzOne[T any](t *testing.T, doc []byte, packed bool) {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(doc))
	r.Header.Set("Content-Type", "application/json")
	if packed {
		r.Header.Set("Content-Encoding", "gzip")
	}
	v, err := read[T](httptest.NewRecorder(), r, 4096)
	if err != nil {
		var p *problem
		if !errors.As(err, &p) || p.status < 400 || p.status > 499 || p.code == "" || p.detail == "" {
			t.Errorf("error without a problem: %v", err)
		}
		return
	}
	first, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("read, but cannot be sent: %v", err)
	}
	again, err := decode[T](bytes.NewReader(first), 1<<20)
	if err != nil {
		t.Fatalf("sent again, it cannot be read: %v", err)
	}
	if second, _ := json.Marshal(again); !bytes.Equal(first, second) {
		t.Errorf("%s became %s", first, second)
	}
}

func TestTheLimiterForgetsWhoWasSeenLongestAgo(t *testing.T) {
	t.Parallel()
	l := newLimiter(rate.Every(time.Hour))
	l.all = rate.NewLimiter(rate.Inf, 1)
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for i := range maxVisitors {
		l.allow(fmt.Sprintf("10.0.%d.%d:1", i/256, i%256), now.Add(time.Duration(i)))
	}
	l.allow("192.0.2.1:1", now.Add(time.Minute))
	if len(l.byWho) != maxVisitors {
		t.Errorf("%d addresses are remembered, not %d", len(l.byWho), maxVisitors)
	}
	if l.byWho[addressOf("10.0.0.0:1")] != nil || l.byWho[addressOf("192.0.2.1:99")] == nil {
		t.Error("the wrong address was forgotten")
	}
}

func TestOneCustomerIsOneVisitor(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"192.0.2.1:1", "192.0.2.1:65000"}, {"192.0.2.1:1", "[::ffff:192.0.2.1]:1"}, {"[2001:db8:1:2::1]:1", "[2001:db8:1:2:ffff::9]:2"},
	} {
		if addressOf(pair[0]) != addressOf(pair[1]) {
			t.Errorf("%s and %s are two visitors", pair[0], pair[1])
		}
	}
	if addressOf("[2001:db8:1:2::1]:1") == addressOf("[2001:db8:1:3::1]:1") {
		t.Error("two customers are one visitor")
	}
}
