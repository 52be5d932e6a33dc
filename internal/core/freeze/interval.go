package freeze

import (
	"cmp"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/holiday"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Holding lists where freezes are in the way of work in a time, in order, overrides taken off. A stretch
// is named from its begin to its end also where it reaches beyond the time asked about.
func Holding(list []Closed, w Work, in window.Interval) []Hold {
	var out []Hold
	for _, c := range list {
		if !c.freeze.covers(w) {
			continue
		}
		for _, stretch := range c.stretches(in) {
			for _, left := range Free(stretch, c.passed(w)) {
				if overlap(left, in) {
					out = append(out, Hold{Freeze: c.freeze.ID, Interval: left, Text: c.why(left)})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Hold) int {
		return cmp.Or(a.Interval.From.Compare(b.Interval.From), strings.Compare(a.Freeze, b.Freeze))
	})
	return out
}

// FreeFor is what of a time no freeze is in the way of.
func FreeFor(list []Closed, w Work, in window.Interval) []window.Interval {
	var taken []window.Interval
	for _, h := range Holding(list, w, in) {
		taken = append(taken, h.Interval)
	}
	return Free(in, taken)
}

// Free is an interval minus others, in order.
func Free(in window.Interval, taken []window.Interval) []window.Interval {
	taken = slices.Clone(taken)
	slices.SortFunc(taken, func(a, b window.Interval) int { return a.From.Compare(b.From) })
	var out []window.Interval
	at := in.From
	for _, t := range taken {
		if !t.To.After(at) {
			continue
		}
		if !t.From.Before(in.To) {
			break
		}
		if t.From.After(at) {
			out = append(out, window.Interval{From: at, To: t.From})
		}
		at = t.To
	}
	if at.Before(in.To) {
		out = append(out, window.Interval{From: at, To: in.To})
	}
	return out
}

func overlap(a, b window.Interval) bool { return a.From.Before(b.To) && b.From.Before(a.To) }

// passed are the times for which overrides let the work pass.
func (c Closed) passed(w Work) []window.Interval {
	var list []window.Interval
	for _, o := range c.freeze.Overrides {
		if len(o.Systems) == 0 || slices.Contains(o.Systems, w.System) {
			list = append(list, window.Interval{From: o.From, To: o.To})
		}
	}
	return list
}

// stretches are the frozen times that meet an interval, before overrides.
func (c Closed) stretches(in window.Interval) []window.Interval {
	if c.zone == nil || !in.From.Before(in.To) {
		return nil
	}
	h := c.freeze.Holidays
	if h == nil {
		if overlap(c.all, in) {
			return []window.Interval{c.all}
		}
		return nil
	}
	var list []window.Interval
	// Days on end join into one stretch, and its begin must not depend on what was asked. Every region has
	// some weeks in the year without a holiday, so that none is longer than a year.
	const reach = 366
	from, to := wall.DayOf(in.From.In(c.zone)).Add(-reach), wall.DayOf(in.To.In(c.zone)).Add(reach)
	for _, day := range holiday.Between(from, to, h.Region) {
		if !day.Everywhere() && !h.Partly {
			continue
		}
		next := window.Interval{From: day.Day.Add(-h.Before).In(c.zone), To: day.Day.Add(h.After + 1).In(c.zone)}
		if last := len(list) - 1; last >= 0 && !next.From.After(list[last].To) {
			if next.To.After(list[last].To) {
				list[last].To = next.To
			}
			continue
		}
		list = append(list, next)
	}
	var out []window.Interval
	for _, s := range list {
		if !c.all.From.IsZero() && s.From.Before(c.all.From) {
			s.From = c.all.From
		}
		if !c.all.To.IsZero() && s.To.After(c.all.To) {
			s.To = c.all.To
		}
		if s.From.Before(s.To) && overlap(s, in) {
			out = append(out, s)
		}
	}
	return out
}
