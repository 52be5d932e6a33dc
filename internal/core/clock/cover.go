package clock

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// span is a stretch of time that something covers, without its end. A zero end is open.
type span struct {
	from, to time.Time
	by       By
	review   time.Time
}

func (s span) covers(t time.Time) bool {
	return !t.Before(s.from) && (s.to.IsZero() || t.Before(s.to))
}

// happened reports whether t is a moment up to now.
func happened(t, now time.Time) bool { return !t.IsZero() && !t.After(now) }

// earlier returns the earlier of two ends, of which zero is open.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// securing lists the spans in which the system was secured, what is final first.
func (t *Times) securing(now time.Time) []span {
	var out []span
	if happened(t.Removed, now) {
		out = append(out, span{from: t.Removed, by: ByRemoval})
	}
	if c := t.NotAffected; c != nil && happened(c.At, now) && c.complete() {
		out = append(out, span{from: c.At, by: ByNotAffected})
	}
	if s, ok := t.update(now); ok {
		out = append(out, s)
	}
	for _, m := range t.Mitigations {
		if m.gap(now) == gapNone && happened(m.Verified, now) {
			end := m.Expires
			if happened(m.TakenBack, now) {
				end = earlier(end, m.TakenBack)
			}
			if end.After(m.Verified) {
				out = append(out, span{m.Verified, end, ByMitigation, m.Review})
			}
		}
	}
	return out
}

func (c *Clearance) complete() bool {
	return strings.TrimSpace(c.Source) != "" && strings.TrimSpace(c.Reason) != ""
}

// update is the span in which the fixed version was installed and effective. What was effective before it
// was installed, or was taken back in between, is a contradiction and counts as not known.
func (t *Times) update(now time.Time) (span, bool) {
	if !happened(t.Installed, now) || !happened(t.Effective, now) || t.Effective.Before(t.Installed) {
		return span{}, false
	}
	s := span{from: t.Effective, by: ByUpdate}
	if happened(t.TakenBack, now) && !t.TakenBack.Before(t.Installed) {
		if !t.TakenBack.After(t.Effective) {
			return span{}, false
		}
		s.to = t.TakenBack
	}
	return s, true
}

// onDisk reports whether the fixed version is installed.
func (t *Times) onDisk(now time.Time) bool {
	return happened(t.Installed, now) && (!happened(t.TakenBack, now) || t.TakenBack.Before(t.Installed))
}

// gap is why a mitigation does not count.
type gap int

const (
	gapNone gap = iota
	gapVerified
	gapOrder
	gapExpiry
	gapReview
)

func (m Mitigation) gap(now time.Time) gap {
	switch {
	case !happened(m.Verified, now):
		return gapVerified
	case m.Applied.IsZero() || m.Verified.Before(m.Applied):
		return gapOrder
	case !m.Expires.After(m.Verified):
		return gapExpiry
	case m.Review.IsZero() || m.Review.After(m.Expires):
		return gapReview
	}
	return gapNone
}

// accepting lists the spans of exceptions.
func (t *Times) accepting() []span {
	out := make([]span, 0, len(t.Accepted))
	for _, a := range t.Accepted {
		if !a.From.IsZero() && a.Until.After(a.From) {
			out = append(out, span{from: a.From, to: a.Until})
		}
	}
	return out
}

// pausing lists the spans of pauses that have a reason, in order and without overlaps.
func (t *Times) pausing() []span {
	var list []span
	for _, p := range t.Pauses {
		if !p.From.IsZero() && !p.Reason.IsZero() && (p.Until.IsZero() || p.Until.After(p.From)) {
			list = append(list, span{from: p.From, to: p.Until})
		}
	}
	slices.SortFunc(list, func(a, b span) int { return a.from.Compare(b.from) })
	var out []span
	for _, s := range list {
		last := len(out) - 1
		switch {
		case last < 0 || !out[last].to.IsZero() && s.from.After(out[last].to):
			out = append(out, s)
		case !out[last].to.IsZero() && (s.to.IsZero() || s.to.After(out[last].to)):
			out[last].to = s.to
		}
	}
	return out
}

// running is how long the clock ran from start to t: the time between less the pauses in it.
func running(start, t time.Time, pauses []span) time.Duration {
	if start.IsZero() || !t.After(start) {
		return 0
	}
	d := t.Sub(start)
	for _, p := range pauses {
		from, to := p.from, earlier(p.to, t)
		if from.Before(start) {
			from = start
		}
		if to.After(from) {
			d -= to.Sub(from)
		}
	}
	return d
}

// covering returns the span that covers t, of several the first in the list that lasts longest.
func covering(list []span, t time.Time) (span, bool) {
	var best span
	found := false
	for _, s := range list {
		if s.covers(t) && (!found || !best.to.IsZero() && (s.to.IsZero() || s.to.After(best.to))) {
			best, found = s, true
		}
	}
	return best, found
}

// unbroken is since when the spans cover t without a gap.
func unbroken(list []span, t time.Time) time.Time {
	start := t
	for again := true; again; {
		again = false
		for _, s := range list {
			if s.from.Before(start) && (s.to.IsZero() || !s.to.Before(start)) {
				start, again = s.from, true
			}
		}
	}
	return start
}

// lapse is the last moment after start and up to now at which what covered the system ended.
func lapse(list []span, start, now time.Time) time.Time {
	var last time.Time
	for _, s := range list {
		if happened(s.to, now) && s.to.After(start) && s.to.After(last) {
			if _, still := covering(list, s.to); !still {
				last = s.to
			}
		}
	}
	return last
}

// missed reports whether there was a moment up to now at which the allowed time had run out, nothing covered
// the system, and the clock was running.
func missed(covers, pauses []span, start, now time.Time, allowed time.Duration) bool {
	cuts := []time.Time{start, now}
	for _, list := range [][]span{covers, pauses} {
		for _, s := range list {
			for _, t := range []time.Time{s.from, s.to} {
				if t.After(start) && t.Before(now) {
					cuts = append(cuts, t)
				}
			}
		}
	}
	slices.SortFunc(cuts, func(a, b time.Time) int { return cmp.Compare(a.UnixNano(), b.UnixNano()) })
	for i := 1; i < len(cuts); i++ {
		from, to := cuts[i-1], cuts[i]
		_, covered := covering(covers, from)
		_, paused := covering(pauses, from)
		if !covered && !paused && running(start, to, pauses) > allowed {
			return true
		}
	}
	// At this very moment: the deadline is reached and nothing covers the system.
	_, covered := covering(covers, now)
	return !covered && now.After(start) && running(start, now, pauses) >= allowed
}
