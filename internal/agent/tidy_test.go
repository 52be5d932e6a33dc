package agent

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A point is held for its time after a verified run, the newest and those of failed restores for good.
func TestHowLongPointsAreKept(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 5, n, 3, 0, 0, 0, time.UTC) }
	of := map[string]fate{
		"monday": {proven, day(4)}, "unclear": {unproven, day(5)}, "failed": {lost, day(6)},
		"friday": {proven, day(8)}, "halfway": {unproven, day(9)}, "now": {how: underWay},
	}
	list := []KeptPoint{
		{ID: "monday", Complete: true}, {ID: "unclear", Complete: true}, {ID: "failed", Complete: true},
		{ID: "friday", Complete: true}, {ID: "halfway"}, {ID: "now"},
	}
	want := map[string]string{
		"monday": "2026-05-07", "unclear": "2026-05-11", "failed": "kept", "friday": "kept", "halfway": "worthless", "now": "kept",
	}
	for _, p := range judge(list, func(id string) fate { return of[id] }, 72*time.Hour) {
		got := "kept"
		if p.worthless {
			got = "worthless"
		} else if !p.Expires.IsZero() {
			got = p.Expires.Format(time.DateOnly)
		}
		if got != want[p.ID] {
			t.Errorf("%s: %s, want %s", p.ID, got, want[p.ID])
		}
	}
}

// Whatever the runs came to, and whatever the clock did: nothing goes that may still be wanted, and what
// is over does go.
func TestPointsAreNeverDroppedTooSoon(t *testing.T) {
	t.Parallel()
	base := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(r *rapid.T) {
		hours := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 400).Draw(r, name)) * time.Hour
		}
		hold := hours("hold")
		now := base.Add(hours("now"))
		var list []KeptPoint
		of := map[string]fate{}
		for i := range rapid.IntRange(0, 8).Draw(r, "points") {
			id := strconv.Itoa(i)
			list = append(list, KeptPoint{ID: id, Complete: rapid.Bool().Draw(r, "complete")})
			of[id] = fate{how: rapid.SampledFrom([]end{unproven, underWay, lost, proven}).Draw(r, "fate"), ended: base.Add(hours("ended"))}
		}
		look := func(id string) fate { return of[id] }
		var left []KeptPoint
		for i, p := range judge(list, look, hold) {
			f := of[p.ID]
			late := slices.ContainsFunc(list[i:], func(q KeptPoint) bool {
				return of[q.ID].how == proven && !now.Before(of[q.ID].ended.Add(hold))
			})
			newest := p.Complete && !slices.ContainsFunc(list[i+1:], func(q KeptPoint) bool { return q.Complete })
			if !p.over(now) {
				left = append(left, list[i])
			}
			switch {
			case f.how == underWay || f.how == lost || newest:
				if p.over(now) {
					r.Fatalf("%s goes: %+v", p.ID, f)
				}
			case !p.Complete || late:
				if !p.over(now) {
					r.Fatalf("%s stays for ever: %+v", p.ID, f)
				}
			case p.over(now):
				r.Fatalf("%s goes before anything was verified for long enough", p.ID)
			}
		}
		for _, p := range judge(left, look, hold) {
			if p.over(now) {
				r.Fatalf("%s goes only the second time", p.ID)
			}
		}
	})
}
