package schedule

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/patchwart/patchwart/internal/core/window"
)

// span is a stretch of time in nanoseconds since 1970, to exclusive.
type span struct{ from, to int64 }

func (s span) overlaps(from, to int64) bool { return s.from < to && from < s.to }

// longPast is earlier than every moment of a plan, and leaves room to count back from.
const longPast = -1 << 62

// nanos is t in nanoseconds since 1970; what lies before the year 1824 or after 2262 is at the nearer end.
func nanos(t time.Time) int64 {
	switch s := t.Unix(); {
	case s >= math.MaxInt64/int64(time.Second):
		return never
	case s <= longPast/int64(time.Second):
		return longPast
	}
	return t.UnixNano()
}

// after is from and d, and never where that is no moment any more.
func after(from, d int64) int64 {
	if from > never-d {
		return never
	}
	return from + d
}

// occurrences lists when a window is open within the given time, in order. What is open now begins now.
func occurrences(r window.Recurring, now, end time.Time) []span {
	var out []span
	for from := now; ; {
		at, ok := r.Next(from, 0)
		if !ok || !at.From.Before(end) {
			return out
		}
		out = append(out, span{nanos(at.From), min(nanos(at.To), nanos(end))})
		from = at.To
	}
}

// appointments lists agreed spans within the given time, in order, without those that lie in another.
func appointments(list []window.Interval, now, end int64) []span {
	var out []span
	for _, at := range list {
		if s := (span{max(nanos(at.From), now), min(nanos(at.To), end)}); s.from < s.to {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	last := int64(longPast)
	return slices.DeleteFunc(out, func(s span) bool {
		inside := s.to <= last
		last = max(last, s.to)
		return inside
	})
}

// firstEnding is the first of the spans that ends at t or later. Both ends of the spans are in order.
func firstEnding(list []span, t int64) int {
	return sort.Search(len(list), func(i int) bool { return list[i].to >= t })
}

const minute = int64(time.Minute)

// roundUp is t, or the first full minute after it: people read plans.
func roundUp(t int64) int64 {
	if rest := t % minute; rest > 0 && t <= never-minute {
		return t + minute - rest
	} else if rest < 0 {
		return t - rest
	}
	return t
}
