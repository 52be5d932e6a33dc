package clock

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/severity"
)

// Sample is one value of a metric about the clocks of one level. How it is exposed is not the core's business.
type Sample struct {
	Name  string
	Level severity.Level
	Value float64
}

// The names of the metrics, after the conventions of Prometheus.
const (
	MetricOpen        = "patchwart_clock_open"                // systems known and not secured
	MetricOverdue     = "patchwart_clock_overdue"             // of them, past the deadline and not accepted
	MetricUnanswered  = "patchwart_clock_unanswered"          // of them, waiting for the customer, or silence on record
	MetricUndecided   = "patchwart_clock_undecided"           // of them, nobody's job for want of facts
	MetricSecondsLeft = "patchwart_clock_seconds_left"        // the least of those with a running deadline; absent without one
	MetricUnsecured   = "patchwart_clock_unsecured_seconds"   // the longest since the provider knows; absent when none is open
	MetricMitigated   = "patchwart_clock_mitigated"           // secured by a mitigation only
	MetricEnds        = "patchwart_mitigation_seconds_to_end" // the first mitigation to expire; absent without one
)

// Measure sums the clocks up by level, the worst level first. Levels without clocks are absent.
func Measure(now time.Time, clocks []Clock) []Sample {
	var out []Sample
	for _, level := range append(severity.Levels(), severity.Unknown) {
		out = append(out, measure(now, level, clocks)...)
	}
	return out
}

func measure(now time.Time, level severity.Level, clocks []Clock) []Sample {
	count := map[string]float64{}
	var left, open, ends *float64
	least := func(p **float64, v float64) {
		if *p == nil || v < **p {
			*p = &v
		}
	}
	any := false
	for i := range clocks {
		c := &clocks[i]
		if c.Duty.Level != level && (level != severity.Unknown || c.Duty.Level.Rank() >= 0) {
			continue
		}
		any = true
		switch {
		case c.Secured && c.By == ByMitigation:
			count[MetricMitigated]++
			least(&ends, c.Until.Sub(now).Seconds())
			continue
		case c.Secured || !happened(c.Times.Known, now):
			continue
		}
		count[MetricOpen]++
		least(&open, -c.SinceKnown.Seconds())
		if c.Overdue {
			count[MetricOverdue]++
		}
		if c.Duty.Footing == Consent && (c.Phase == Asked || c.Phase == Silent) {
			count[MetricUnanswered]++
		}
		if c.Job == Clarify {
			count[MetricUndecided]++
		}
		if !c.Deadline.IsZero() && !c.Accepted && !c.Paused {
			least(&left, c.Left.Seconds())
		}
	}
	if !any {
		return nil
	}
	var out []Sample
	for _, name := range []string{MetricOpen, MetricOverdue, MetricUnanswered, MetricUndecided, MetricMitigated} {
		out = append(out, Sample{name, level, count[name]})
	}
	if left != nil {
		out = append(out, Sample{MetricSecondsLeft, level, *left})
	}
	if open != nil {
		out = append(out, Sample{MetricUnsecured, level, -*open})
	}
	if ends != nil {
		out = append(out, Sample{MetricEnds, level, *ends})
	}
	return out
}
