package schedule

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestATallyCounts: a tally of many blocks finds what counting moment by moment finds.
func TestATallyCounts(t *testing.T) {
	t.Parallel()
	const most = 2000
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 4).Draw(t, "limit")
		y := tally{limit: int32(limit)}
		var count [most]int
		var held []span
		for range rapid.IntRange(0, 600).Draw(t, "steps") {
			if k := rapid.IntRange(0, 3).Draw(t, "take or give"); k == 0 && len(held) > 0 {
				k = rapid.IntRange(0, len(held)-1).Draw(t, "which")
				s := held[k]
				held = slices.Delete(held, k, k+1)
				y.add(s.from, s.to, -1)
				for m := s.from; m < s.to; m++ {
					count[m]--
				}
				continue
			}
			from := rapid.Int64Range(0, most-1).Draw(t, "from")
			s := span{from, min(most, from+rapid.Int64Range(1, 40).Draw(t, "length"))}
			held = append(held, s)
			y.add(s.from, s.to, 1)
			for m := s.from; m < s.to; m++ {
				count[m]++
			}
		}
		for range 20 {
			from, d := rapid.Int64Range(0, most-1).Draw(t, "asked"), rapid.Int64Range(1, 60).Draw(t, "for")
			last := rapid.Int64Range(from, most).Draw(t, "last")
			want, run := int64(never), int64(0)
			for m := from; m < last+d; m++ {
				if run++; limit == 0 || m < most && count[m] >= limit {
					run = 0
				}
				if run == d {
					want = m - d + 1
					break
				}
			}
			if got := y.free(from, d, last); got != want {
				t.Fatalf("free from %d for %d to %d: %d, want %d", from, d, last, got, want)
			}
			to := min(most, from+d)
			var part span
			for m := from; m < to; m++ {
				if count[m] >= limit-1 {
					if part.to == 0 {
						part.from = m
					}
					part.to = m + 1
				}
			}
			if got := y.tight(from, to); limit > 0 && got != part {
				t.Fatalf("tight from %d to %d: %v, want %v", from, to, got, part)
			}
		}
	})
}

// TestADiaryCounts: which spans are full of what is urgent enough, and who holds a resource, as found by
// looking at every quarter of an hour.
func TestADiaryCounts(t *testing.T) {
	t.Parallel()
	const quarters, quarter = 4 * 48, hour / 4
	rapid.Check(t, func(t *rapid.T) {
		d := newDiary(0, quarters*quarter)
		var all []holding
		for i := range rapid.IntRange(0, 80).Draw(t, "holders") {
			h := holding{item: int32(i), urgency: urgency{tier: int8(rapid.IntRange(0, 3).Draw(t, "tier"))}}
			h.from = quarter * rapid.Int64Range(0, quarters-1).Draw(t, "from")
			if h.tier == underWay {
				h.from = 0
			}
			h.to = min(quarters*quarter, h.from+quarter*rapid.Int64Range(1, 30).Draw(t, "for"))
			d.enter(h)
			all = append(all, h)
		}
		for range rapid.IntRange(0, 20).Draw(t, "struck") {
			if k := rapid.IntRange(0, 80).Draw(t, "which"); k < len(all) && all[k].tier != underWay {
				d.strike(all[k].item, all[k].span)
				all = slices.Delete(all, k, k+1)
			}
		}
		from := quarter * rapid.Int64Range(0, quarters-1).Draw(t, "asked from")
		to := quarter * rapid.Int64Range(from/quarter+1, quarters).Draw(t, "asked to")
		u, limit := urgency{tier: int8(rapid.IntRange(0, 3).Draw(t, "for")), deadline: 0}, rapid.IntRange(1, 5).Draw(t, "limit")
		walls := d.full(nil, limit, u, from, to)
		for m := from; m < to; m += quarter {
			n := 0
			for _, h := range all {
				if h.overlaps(m, m+1) && u.compare(h.urgency) >= 0 {
					n++
				}
			}
			if got := slices.ContainsFunc(walls, func(w span) bool { return w.overlaps(m, m+1) }); got != (n >= limit) {
				t.Fatalf("at %d there are %d of %d, and full says %v", m/quarter, n, limit, walls)
			}
		}
		var want, got []int32
		for _, h := range all {
			if h.overlaps(from, to) {
				want = append(want, h.item)
			}
		}
		list := d.holders(nil, from, to)
		for _, h := range list {
			got = append(got, h.item)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) || !slices.IsSortedFunc(list, func(a, b holding) int { return int(a.from/quarter - b.from/quarter) }) {
			t.Fatalf("held by %v, said %v", want, got)
		}
	})
}
