package agent

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/agent/agenttest"
	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

func newKey(t *testing.T) (ed25519.PrivateKey, string) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return key, hostpolicy.KeyPrefix + base64.StdEncoding.EncodeToString(public)
}

// policed is a world whose host has a policy.
func policed(t *testing.T, doc string) *world {
	t.Helper()
	w := newWorld(t)
	if err := os.WriteFile(w.policy, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	return w
}

// TestTheServersKeyAloneCannotExceedTheHostsHours is what whoever took the server over can try with its real
// signing key, against a host that lets nothing begin at this time.
func TestTheServersKeyAloneCannotExceedTheHostsHours(t *testing.T) {
	operator, listed := newKey(t)
	stranger, _ := newKey(t)
	for _, c := range []struct {
		name string
		code string
		sign func(w *world, o wire.Signed) *wire.Countersignature
	}{
		{"no countersignature", codeSecondKey, func(*world, wire.Signed) *wire.Countersignature { return nil }},
		{"by the server's own key", codeSecondKey, func(w *world, o wire.Signed) *wire.Countersignature {
			s := wire.Countersign(o.Document, w.server.OrderKey, time.Now())
			return &s
		}},
		{"by a key that is not listed", codeSecondKey, func(_ *world, o wire.Signed) *wire.Countersignature {
			s := wire.Countersign(o.Document, stranger, time.Now())
			return &s
		}},
		{"by a key that says it is the listed one", codeSecondKey, func(_ *world, o wire.Signed) *wire.Countersignature {
			s := wire.Countersign(o.Document, stranger, time.Now())
			s.Key = wire.KeyID(operator.Public().(ed25519.PublicKey))
			return &s
		}},
		{"given for another order", codeSecondKey, func(w *world, _ wire.Signed) *wire.Countersignature {
			s := wire.Countersign(w.order("run-0", nil).Document, operator, time.Now())
			return &s
		}},
		{"with another time than was signed", codeSecondKey, func(_ *world, o wire.Signed) *wire.Countersignature {
			s := wire.Countersign(o.Document, operator, time.Now().Add(-time.Hour))
			s.At = time.Now().UTC().Truncate(time.Second)
			return &s
		}},
		{"the server's signature once more", codeSecondKey, func(_ *world, o wire.Signed) *wire.Countersignature {
			return &wire.Countersignature{Key: wire.KeyID(operator.Public().(ed25519.PublicKey)), At: time.Now(), Signature: o.Signature}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := policed(t, "hours: []\nsecond_keys: ["+listed+"]\n")
			o := w.order("run-1", nil)
			o.Second = c.sign(w, o)
			w.server.Order("run-1", &o)
			w.start()
			seen := w.server.Wait(t, "the refusal", func(s agenttest.Seen) bool { return len(s.Refusals) == 1 })
			if r := seen.Refusals[0]; r.Code != c.code || r.Digest != o.Digest() {
				t.Errorf("refusal %+v, want %s", r, c.code)
			}
			if w.host.installs != 0 || len(w.host.points) != 0 || len(seen.Events["run-1"]) != 0 {
				t.Error("the host was touched")
			}
		})
	}
}

// TestWithoutSecondKeysNothingBeginsOutsideTheHours has nobody to ask: the order is refused for good.
func TestWithoutSecondKeysNothingBeginsOutsideTheHours(t *testing.T) {
	w := policed(t, "hours: []\n")
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	w.start()
	seen := w.server.Wait(t, "the refusal and its event", func(s agenttest.Seen) bool { return len(s.Refusals) == 1 && len(s.Events["run-1"]) > 0 })
	if s := fold(t, seen.Events["run-1"]); seen.Refusals[0].Code != codeHostPolicy || s.Outcome != verdict.Blocked || s.Written {
		t.Errorf("refusal %+v, outcome %s", seen.Refusals[0], s.Outcome)
	}
}

// TestAnOrderWaitsForItsSecondKey: the host says once what it wants, keeps the order on offer, and carries it
// out when a second operator has signed the very same document.
func TestAnOrderWaitsForItsSecondKey(t *testing.T) {
	operator, listed := newKey(t)
	w := policed(t, "hours: []\nsecond_keys: ["+listed+"]\n")
	w.start()
	o := w.order("run-1", nil)
	w.server.Order("run-1", &o)
	w.server.Wait(t, "the wish for a second key", func(s agenttest.Seen) bool { return len(s.Refusals) == 1 && s.Refusals[0].Code == codeSecondKey })
	second := wire.Countersign(o.Document, operator, time.Now())
	o.Second = &second
	w.server.Order("run-1", &o)
	seen := w.server.Wait(t, "the end of the run", over("run-1"))
	if s := fold(t, seen.Events["run-1"]); s.Outcome != verdict.Succeeded {
		t.Errorf("outcome %s, %+v", s.Outcome, s.Failure)
	}
}

// TestACountersignatureGrowsOld: what was signed an hour ago, and held back since, does not count as said now.
func TestACountersignatureGrowsOld(t *testing.T) {
	operator, listed := newKey(t)
	w := policed(t, "hours: []\nsecond_keys: ["+listed+"]\n")
	o := w.order("run-1", func(c *wire.Closing) { c.Issued = c.Issued.Add(-2 * time.Hour) })
	second := wire.Countersign(o.Document, operator, time.Now().Add(-time.Hour))
	o.Second = &second
	w.server.Order("run-1", &o)
	w.start()
	seen := w.server.Wait(t, "the refusal", func(s agenttest.Seen) bool { return len(s.Refusals) == 1 })
	if seen.Refusals[0].Code != codeClock || w.host.installs != 0 {
		t.Errorf("refusal %+v, %d installs", seen.Refusals[0], w.host.installs)
	}
}

// TestHoursThatEndBeforeTheWritingBeginsBlockTheRun: the order was accepted in time, and saving took too long.
func TestHoursThatEndBeforeTheWritingBeginsBlockTheRun(t *testing.T) {
	t.Parallel()
	s := newStage(t, t.TempDir())
	end := simDay.Add(4 * time.Second)
	s.open = func(at time.Time) *Trouble {
		if at.Before(end) {
			return nil
		}
		return trouble("outside_hours")
	}
	if got := s.finish(); got != verdict.Blocked {
		t.Fatalf("outcome %s", got)
	}
	if _, state := s.log(); state.Written || fmt.Sprint(s.reasons()) != "[outside_hours]" {
		t.Errorf("written %t, reasons %v", state.Written, s.reasons())
	}
}

// TestOutsideTheHoursNoRebootIsOrdered: writing began in time, and a reboot would no longer.
func TestOutsideTheHoursNoRebootIsOrdered(t *testing.T) {
	t.Parallel()
	s := rebootStage(t, t.TempDir(), true)
	s.open = func(time.Time) *Trouble {
		if s.host.installs == 0 {
			return nil
		}
		return trouble("outside_hours")
	}
	if got := s.finish(); got != verdict.NotEffective || s.host.reboots != 0 {
		t.Errorf("outcome %s, %d reboots (%v)", got, s.host.reboots, s.reasons())
	}
	if _, state := s.log(); state.Step != run.Verifying {
		t.Errorf("ended in %s", state.Step)
	}
}
