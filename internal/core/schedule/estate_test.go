package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// TestAnEstateThroughAQuarter: what holds for a handful of changes holds for a crowd of them, over many updates
// in a row, with sites that are full.
func TestAnEstateThroughAQuarter(t *testing.T) {
	t.Parallel()
	for _, site := range []int{1, 2, 6} {
		t.Run(fmt.Sprintf("%d at a time at a site", site), func(t *testing.T) {
			t.Parallel()
			in := hoster(t, 700, site)
			in.Horizon = 21 * 24 * time.Hour
			r := rand.New(rand.NewPCG(3, uint64(site)))
			p, err := schedule.Start(in, schedule.Plan{})
			if err != nil {
				t.Fatal(err)
			}
			before := p.Plan()
			keeps(t, in, before)
			for range 10 {
				u := upset(in, r)
				in = with(in, u)
				d, err := p.Replan(u)
				if err != nil {
					t.Fatal(err)
				}
				now := p.Plan()
				keeps(t, in, now)
				if diff := equal(schedule.Diff(before, now), d); diff != "" {
					t.Fatalf("the difference told is not the one there is (-is +told):\n%s", diff)
				}
				if diff := equal(replan(t, before, in), now); diff != "" {
					t.Fatalf("whole and incremental differ (-whole +incremental):\n%s", diff)
				}
				settled(t, in, now)
				before = now
			}
		})
	}
}

// upset is what may come in between on a day: something more urgent, something done, a freeze, a longer run.
func upset(in schedule.Input, r *rand.Rand) schedule.Update {
	var u schedule.Update
	one := in.Changes[r.IntN(len(in.Changes))]
	switch r.IntN(5) {
	case 0:
		u.Remove = append(u.Remove, one.ID)
	case 1:
		one.High += time.Duration(r.IntN(60)) * time.Minute
		u.Put = append(u.Put, one)
	case 2:
		one.ID, one.Class, one.After = fmt.Sprintf("n%06d", r.IntN(1e6)), schedule.Emergency, nil
		one.Regardless = r.IntN(3) == 0
		u.Put = append(u.Put, one)
	case 3:
		one.ID, one.Deadline = fmt.Sprintf("n%06d", r.IntN(1e6)), in.Now.Add(time.Duration(r.IntN(200))*time.Hour)
		u.Put = append(u.Put, one)
	default:
		from := in.Now.Add(time.Duration(r.IntN(400)) * time.Hour)
		u.Freezes = []schedule.Freeze{{ID: fmt.Sprintf("sale%d", r.IntN(1e6)), Scope: schedule.CustomerFreeze, At: window.Interval{From: from, To: from.Add(48 * time.Hour)}}}
		for _, c := range in.Changes {
			if len(u.Put) < 30 && c.System[len(c.System)-1] == one.System[len(one.System)-1] {
				c.Freezes = append(append([]int(nil), c.Freezes...), len(in.Freezes))
				u.Put = append(u.Put, c)
			}
		}
	}
	return u
}
