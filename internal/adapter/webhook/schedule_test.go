package webhook_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/adapter/webhook"
)

// Whatever happens, tries come later and later, are the same when asked again, and end after three days.
func TestTriesEndAfterThreeDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[a-z0-9-]{1,20}`).Draw(t, "id")
		first := now
		at := first
		for tries := 1; ; tries++ {
			if tries > 60 {
				t.Fatal("no end")
			}
			if a, b := webhook.Delay(id, tries), webhook.Delay(id, tries); a != b || a < 24*time.Second || a > 432*time.Minute {
				t.Fatalf("try %d: %s and %s", tries, a, b)
			}
			wish := time.Time{}
			if rapid.IntRange(0, 5).Draw(t, "wish") == 0 {
				wish = at.Add(time.Duration(rapid.IntRange(0, 86400).Draw(t, "seconds")) * time.Second)
			}
			next, more := webhook.Next(id, tries, first, at, wish)
			if !next.After(at) || next.Before(wish) {
				t.Fatalf("try %d at %s after %s, wished %s", tries, next, at, wish)
			} else if more != (next.Sub(first) <= webhook.GiveUp) {
				t.Fatalf("try %d after %s: %t", tries, next.Sub(first), more)
			} else if !more {
				return
			}
			at = next
		}
	})
}

func TestTheScheduleIsSpread(t *testing.T) {
	t.Parallel()
	if webhook.Delay("d-1", 3) == webhook.Delay("d-2", 3) {
		t.Error("two deliveries come back together")
	}
	at, tries := now, 1
	for {
		next, more := webhook.Next("d-1", tries, now, at, time.Time{})
		if !more {
			break
		}
		at = next
		tries++
	}
	if tries < 17 || tries > 25 || at.Sub(now) < 60*time.Hour {
		t.Errorf("%d tries in %s", tries, at.Sub(now))
	}
}
