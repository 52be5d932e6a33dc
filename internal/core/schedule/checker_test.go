package schedule_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/schedule"
	"github.com/patchwart/patchwart/internal/core/window"
)

// held is what a change holds, and when: planned or under way.
type held struct {
	id, system    string
	pools, groups []int
	at            window.Interval
	takesNoHeed   bool
}

func (h held) meets(o held) bool { return h.at.From.Before(o.at.To) && o.at.From.Before(h.at.To) }

// breaches says what of a plan breaks a rule of its input. It is slow and knows nothing of how plans are made:
// it compares everything with everything.
func breaches(in schedule.Input, p schedule.Plan) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	end := in.Now.Add(in.Horizon)
	answered := map[string]int{}
	changes := map[string]schedule.Change{}
	for _, c := range in.Changes {
		changes[c.ID] = c
	}
	slots := map[string]schedule.Slot{}
	all := underWay(in)
	for _, s := range p.Slots {
		answered[s.Change]++
		slots[s.Change] = s
		c := changes[s.Change]
		all = append(all, held{c.ID, c.System, c.Pools, c.Groups, window.Interval{From: s.From, To: s.To}, takesNoHeed(c)})
		if s.System != c.System || s.To.Sub(s.From) != reserved(c) || !s.Expected.Equal(s.From.Add(max(0, c.Median))) {
			say("%s is told wrongly: %+v", s.Change, s)
		}
		if s.From.Before(in.Now) || s.From.Before(c.NotBefore) || s.To.After(end) {
			say("%s is too early or beyond the horizon", c.ID)
		}
		if c.Class != schedule.Emergency && !inside(in, c, s) {
			say("%s is outside of its windows: %s", c.ID, s.From)
		}
		for _, f := range c.Freezes {
			if fr := in.Freezes[f]; (c.Class != schedule.Emergency || !fr.EmergenciesPass) && s.From.Before(fr.At.To) && fr.At.From.Before(s.To) {
				say("%s is in the freeze %s", c.ID, fr.ID)
			}
		}
		if late := s.To.Sub(c.Deadline); c.Deadline.IsZero() || late <= 0 {
			if s.Late != 0 || s.Why.Code != "" {
				say("%s is said to be late and is not", c.ID)
			}
		} else if s.Late != late || s.Why.Code == "" || s.Why.Text().DE == "" || s.Why.Text().EN == "" {
			say("%s is late by %s and says %s, %+v", c.ID, late, s.Late, s.Why)
		}
	}
	for _, n := range p.Not {
		answered[n.Change]++
		if n.Why.Code == "" || n.Why.Text().DE == "" || n.Why.Text().EN == "" || n.System != changes[n.Change].System {
			say("%s is not planned without a reason: %+v", n.Change, n)
		}
	}
	for _, c := range in.Changes {
		if answered[c.ID] != 1 {
			say("%s has %d answers", c.ID, answered[c.ID])
		}
		for _, id := range c.After {
			s, planned := slots[c.ID]
			if !planned {
				continue
			}
			if ended, ok := endOf(in, slots, id); !ok || s.From.Before(ended) {
				say("%s does not wait for %s", c.ID, id)
			}
		}
	}
	if len(answered) != len(in.Changes) {
		say("%d answers for %d changes", len(answered), len(in.Changes))
	}
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.meets(b) && a.system == b.system && (slots[a.id].Change != "" || slots[b.id].Change != "") {
				say("%s and %s change the same system at the same time", a.id, b.id)
			}
		}
	}
	return append(out, overfull(in, all)...)
}

// reserved is the high duration in full minutes.
func reserved(c schedule.Change) time.Duration {
	return (max(c.High, c.Median, 0) + time.Minute - 1).Truncate(time.Minute)
}

// nextMinute is the first full minute at t or after it.
func nextMinute(t time.Time) time.Time { return t.Add(time.Minute - 1).Truncate(time.Minute) }

func takesNoHeed(c schedule.Change) bool {
	return c.Class == schedule.Emergency && c.Regardless && len(c.After) == 0
}

// underWay is what running changes hold: one whose end has passed for another hour, one without an end for all
// the time.
func underWay(in schedule.Input) []held {
	var all []held
	for _, r := range in.Running {
		until := nextMinute(r.Until)
		switch now := nextMinute(in.Now); {
		case r.Until.IsZero():
			until = in.Now.Add(in.Horizon)
		case !until.After(now):
			if until = now.Add(time.Hour); until.After(in.Now.Add(in.Horizon)) {
				until = in.Now.Add(in.Horizon)
			}
		}
		all = append(all, held{"running " + r.ID, r.System, r.Pools, r.Groups, window.Interval{From: in.Now, To: until}, true})
	}
	return all
}

func endOf(in schedule.Input, slots map[string]schedule.Slot, id string) (time.Time, bool) {
	for _, h := range underWay(in) {
		if h.id == "running "+id {
			return h.at.To, true
		}
	}
	s, ok := slots[id]
	return s.To, ok
}

// inside asks the windows themselves, and the appointments.
func inside(in schedule.Input, c schedule.Change, s schedule.Slot) bool {
	need := s.To.Sub(s.From)
	for _, a := range c.Appointments {
		if !s.From.Before(a.From) && !s.To.After(a.To) {
			return true
		}
	}
	for _, w := range c.Windows {
		if at, ok := in.Windows[w].Next(s.From, need); ok && at.From.Equal(s.From) {
			return true
		}
	}
	return false
}

// overfull looks, for each change that takes heed, at every moment of it at which something begins.
func overfull(in schedule.Input, all []held) []string {
	var out []string
	for _, a := range all {
		if a.takesNoHeed {
			continue
		}
		near := slices.DeleteFunc(slices.Clone(all), func(b held) bool { return !a.meets(b) })
		for _, moment := range near {
			at := moment.at.From
			if at.Before(a.at.From) {
				at = a.at.From
			}
			count := func(of func(held) []int, index int) int {
				n := 0
				for _, b := range near {
					if slices.Contains(of(b), index) && b.at.Contains(at) {
						n++
					}
				}
				return n
			}
			for _, k := range a.pools {
				if n := count(func(h held) []int { return h.pools }, k); n > in.Pools[k].Max {
					out = append(out, fmt.Sprintf("%s: %d at a time in pool %s, at %s", a.id, n, in.Pools[k].Name, at))
				}
			}
			for _, g := range a.groups {
				if n := count(func(h held) []int { return h.groups }, g); n > 1 {
					out = append(out, fmt.Sprintf("%s: %d at a time in group %s, at %s", a.id, n, in.Groups[g], at))
				}
			}
		}
	}
	return out
}
