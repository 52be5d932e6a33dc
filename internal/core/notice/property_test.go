package notice_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// drawRules makes any rules that a version may have: whoever is told of planned work is told of its corrections.
func drawRules(t *rapid.T) policy.Notices {
	var out policy.Notices
	house := lang.T("Warum", "Why")
	audience := rapid.SliceOfNDistinct(rapid.SampledFrom(policy.AllAudiences()), 1, 3, rapid.ID)
	ahead := audience.Draw(t, "told ahead")
	for _, h := range policy.AllHappenings() {
		rule := policy.Telling{Happening: h, House: house}
		switch h {
		case policy.HappensPlanned, policy.HappensMoved:
			rule.To, rule.LeadHours = ahead, rapid.SampledFrom([]int{0, 1, 24, 48, 200}).Draw(t, "lead")
		case policy.HappensCancelled:
			rule.To = ahead
		default:
			if !rapid.Bool().Draw(t, "told of "+string(h)) {
				continue
			}
			rule.To = audience.Draw(t, "to")
		}
		out.Tell = append(out.Tell, rule)
	}
	out.Digest = policy.Digest{Systems: rapid.IntRange(2, 4).Draw(t, "systems"), WaitMinutes: rapid.SampledFrom([]int{0, 15, 60}).Draw(t, "wait"), Daily: "07:00"}
	return out
}

// TestWhateverHappens drives work of several systems through anything that can happen to it, looks from time to time
// at what is due, and holds what the package promises.
func TestWhateverHappens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rules := drawRules(t)
		now := monday
		var told []notice.Told
		facts := make([]notice.Fact, rapid.IntRange(1, 5).Draw(t, "runs"))
		for i := range facts {
			facts[i] = notice.Fact{Run: fmt.Sprint("r", i), System: fmt.Sprint("web", i%4), Stands: policy.HappensPlanned, Since: now, Slot: slot(now.Add(hours(t, 1, 300)))}
		}
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			now = now.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute)
			for i := range facts {
				change(t, &facts[i], now)
			}
			in := notice.Input{Now: now, Facts: facts, Rules: rules, Told: told, People: bakery()}
			list := notice.Due(in)
			for _, n := range list {
				holds(t, in, n)
				told = append(told, n.Told)
			}
			in.Told = told
			if again := notice.Due(in); len(again) > 0 {
				t.Fatalf("nothing has changed, and yet: %+v", again)
			}
			carried(t, list, rules.Digest)
		}
	})
}

func hours(t *rapid.T, low, high int) time.Duration {
	return time.Duration(rapid.IntRange(low, high).Draw(t, "hours")) * time.Hour
}

// change lets something happen to work, or nothing.
func change(t *rapid.T, f *notice.Fact, now time.Time) {
	switch f.Stands {
	case policy.HappensPlanned:
		switch rapid.IntRange(0, 5).Draw(t, "planned") {
		case 0:
			f.Slot = slot(now.Add(hours(t, 1, 100)))
		case 1:
			f.Stands, f.Since = policy.HappensCancelled, now
		case 2:
			f.Stands, f.Since = policy.HappensBegun, now
		case 3:
			f.Stands, f.Since = policy.HappensBlocked, now
		}
	case policy.HappensBegun:
		ends := []policy.Happening{policy.HappensBegun, policy.HappensDone, policy.HappensPartial, policy.HappensNotEffective, policy.HappensRestored, policy.HappensRestoreFailed}
		if to := rapid.SampledFrom(ends).Draw(t, "begun"); to != f.Stands {
			f.Stands, f.Since = to, now
		}
	}
}

// holds: nobody is told the same twice, nothing late without being named late, what is corrected was announced, and
// the number of the calendar object grows when the time changes.
func holds(t *rapid.T, in notice.Input, n notice.Notice) {
	var last *notice.Told
	for _, before := range in.Told {
		if before.Run == n.Run && before.To == n.To && before.Happening == n.Happening && before.Slot == n.Slot && before.Sequence == n.Sequence {
			t.Fatalf("told twice: %+v", n)
		}
		if before.Run == n.Run && n.Sequence < before.Sequence {
			t.Fatalf("the number went back: %+v after %+v", n, before)
		}
		if before.Run == n.Run && before.To == n.To {
			last = &before
		}
	}
	if last != nil && (n.Happening == policy.HappensMoved || n.Happening == policy.HappensCancelled) && n.Sequence <= last.Sequence {
		t.Fatalf("a calendar program would not notice: %+v after %+v", n, *last)
	}
	ahead := n.Happening == policy.HappensPlanned || n.Happening == policy.HappensMoved
	switch {
	case ahead && !n.Slot.From.After(in.Now):
		t.Fatalf("announced when it has begun: %+v", n)
	case ahead && n.Slot.From.Sub(in.Now) < n.Lead && !n.Late:
		t.Fatalf("late and not named so: %+v", n)
	case ahead && n.Slot.From.Sub(in.Now) >= n.Lead && n.Late:
		t.Fatalf("named late and in time: %+v", n)
	case n.Happening == policy.HappensPlanned && n.Slot.From.Sub(in.Now) > n.Lead+notice.Early:
		t.Fatalf("told long before its time: %+v", n)
	case n.Happening == policy.HappensPlanned && last != nil, n.Happening == policy.HappensMoved && (last == nil || n.Was == window.Interval{}), n.Happening == policy.HappensCancelled && last == nil:
		t.Fatalf("what was announced before does not fit: %+v after %+v", n, last)
	}
	for _, f := range in.Facts {
		if after := in.Now.Sub(f.Since); f.Run == n.Run && !ahead && after > notice.Early+in.Rules.Digest.Wait() && !n.Late {
			t.Fatalf("told %s after it happened and not named late: %+v", after, n)
		}
	}
	if n.Why.IsZero() || n.Why.EN == "" || n.House.IsZero() {
		t.Fatalf("no reason: %+v", n)
	}
}

// carried: letters carry each notice once, and whoever is concerned by enough systems gets one letter.
func carried(t *rapid.T, list []notice.Notice, d policy.Digest) {
	letters := notice.Letters(list, d)
	count := 0
	perPerson, systems := map[string]int{}, map[string]map[string]bool{}
	for _, l := range letters {
		count += len(l.Notices)
		perPerson[l.To]++
		for _, n := range l.Notices {
			if n.To != l.To {
				t.Fatalf("a letter to %s holds what is for %s", l.To, n.To)
			}
			if systems[l.To] == nil {
				systems[l.To] = map[string]bool{}
			}
			systems[l.To][n.System] = true
		}
	}
	if count != len(list) {
		t.Fatalf("%d notices in letters, %d were due", count, len(list))
	}
	for to, have := range systems {
		if len(have) >= d.Systems && perPerson[to] != 1 {
			t.Fatalf("%s is concerned by %d systems and gets %d letters", to, len(have), perPerson[to])
		}
	}
}
