package clock

import (
	"time"
)

// maxHours bounds a deadline: ten years.
const maxHours = 10 * 366 * 24

// State judges the times at one moment under a duty.
func State(now time.Time, t Times, d Duty) Clock {
	c := Clock{Duty: d, Times: t}
	securing, pauses := t.securing(now), t.pausing()
	covers := append(t.accepting(), securing...)
	if s, ok := covering(securing, now); ok {
		c.Secured, c.SecuredAt, c.By = true, unbroken(securing, now), s.by
		if s.by == ByMitigation {
			c.Until, c.Review = s.to, s.review
		}
	}
	if s, ok := covering(t.accepting(), now); ok && !c.Secured {
		c.Accepted, c.AcceptedUntil = true, s.to
	}
	_, c.Paused = covering(pauses, now)

	until := now // the clocks stop when the system is secured
	if c.Secured {
		until = c.SecuredAt
	}
	c.SincePublished, c.SinceKnown = since(t.Published, until), since(t.Known, until)
	consented := happened(t.Consented, now) && (!happened(t.Refused, now) || t.Refused.Before(t.Consented))
	if consented {
		c.SinceOrdered = since(later(t.Consented, t.Known), until)
	}

	c.Phase = t.phase(now, &c, consented)
	c.start(now, consented)
	if happened(t.Known, now) {
		c.Lapsed = lapse(covers, later(t.Known, c.Started), now)
	}
	if !c.Started.IsZero() && d.Hours > 0 {
		c.Allowed = time.Duration(min(d.Hours, maxHours)) * time.Hour
		c.Elapsed = running(c.Started, until, pauses)
		c.Left = c.Allowed - c.Elapsed
		c.Deadline = later(until, c.Started).Add(c.Left)
		c.Overdue = !c.Secured && !c.Accepted && c.Left <= 0
		c.Missed = missed(covers, pauses, c.Started, now, c.Allowed)
	}
	c.Job = c.job(now, consented)
	c.Reasons = c.reasons(now)
	return c
}

// phase is the furthest that has been reached.
func (t *Times) phase(now time.Time, c *Clock, consented bool) Phase {
	refused := happened(t.Refused, now) && !consented
	asked := happened(t.Asked, now)
	switch {
	case c.Secured && c.By == ByMitigation:
		return Mitigated
	case c.Secured:
		return Secured
	case t.onDisk(now):
		return Installed
	case !happened(t.Known, now):
		return Unaware
	case consented:
		return Ordered
	case refused:
		return Refused
	case asked && happened(t.Silence, now) && !t.Silence.Before(t.Asked):
		return Silent
	case asked:
		return Asked
	}
	return Known
}

// start is from when a deadline counts: from the knowledge of the hole, and where nobody may act without the
// customer's consent not before that.
func (c *Clock) start(now time.Time, consented bool) {
	if !happened(c.Times.Known, now) {
		return
	}
	switch c.Duty.Footing {
	case Own:
		c.Started = c.Times.Known
	case Consent:
		if consented {
			c.Started = later(c.Times.Consented, c.Times.Known)
		}
	}
}

func (c *Clock) job(now time.Time, consented bool) Job {
	switch {
	case c.Secured && c.By == ByMitigation && happened(c.Review, now):
		return Review
	case c.Secured || c.Accepted || c.Paused || !happened(c.Times.Known, now):
		return Nothing
	}
	switch c.Duty.Footing {
	case Own:
		return Secure
	case Customers:
		return Inform
	case Consent:
		switch {
		case consented:
			return Secure
		case happened(c.Times.Refused, now):
			return Nothing
		case happened(c.Times.Silence, now) && happened(c.Times.Asked, now) && !c.Times.Silence.Before(later(c.Times.Asked, c.Lapsed)):
			return Nothing
		}
		return Ask
	}
	return Clarify
}

// since is the time from a moment to another; zero when the first is not known or comes later.
func since(from, to time.Time) time.Duration {
	if from.IsZero() || to.Before(from) {
		return 0
	}
	return to.Sub(from)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
