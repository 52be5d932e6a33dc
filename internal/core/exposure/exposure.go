// Package exposure sums up how exposed an estate was over time: how many critical holes were open at each
// moment, how long they took to be secured, and how many within a day (IT-33). It also lays out the line that
// shows it, so that a page only has to draw.
package exposure

import (
	"slices"
	"time"
)

// Span is one hole on one system, from the moment it was known until it was secured.
type Span struct {
	From time.Time
	To   time.Time // zero: still open
}

// open reports whether the hole was open at a moment. At the moment at which it is secured it is not.
func (s Span) open(at time.Time) bool {
	return !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To))
}

// Bucket is a stretch of time.
type Bucket struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	Open int       `json:"open"` // at its end
	Peak int       `json:"peak"` // the most at any moment in it
}

// maxBuckets bounds a series.
const maxBuckets = 1000

// Series cuts the time between two moments into equal buckets and counts. Without time or buckets there is
// none.
func Series(spans []Span, from, to time.Time, buckets int) []Bucket {
	buckets = min(buckets, maxBuckets)
	if buckets <= 0 || !to.After(from) {
		return nil
	}
	type change struct {
		at time.Time
		by int
	}
	var changes []change
	open := 0
	for _, s := range spans {
		if !s.To.IsZero() && !s.To.After(s.From) {
			continue // secured before it was known: it was never open
		}
		if s.open(from) {
			open++
		} else if s.From.After(from) {
			changes = append(changes, change{s.From, 1})
		}
		if !s.To.IsZero() && s.To.After(from) {
			changes = append(changes, change{s.To, -1})
		}
	}
	// At one moment what ends goes before what begins: nothing was open twice.
	slices.SortFunc(changes, func(a, b change) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return a.by - b.by
	})
	out := make([]Bucket, buckets)
	step := to.Sub(from) / time.Duration(buckets)
	next := 0
	for i := range out {
		b := Bucket{From: from.Add(step * time.Duration(i)), To: from.Add(step * time.Duration(i+1)), Peak: open}
		if i == buckets-1 {
			b.To = to
		}
		for next < len(changes) && !changes[next].at.After(b.To) {
			open += changes[next].by
			b.Peak = max(b.Peak, open)
			next++
		}
		b.Open = open
		out[i] = b
	}
	return out
}

// Summary is how the holes of a stretch of time went.
type Summary struct {
	Open    int           `json:"open"`    // now
	Secured int           `json:"secured"` // in the time
	Median  time.Duration `json:"median"`  // from known to secured, of those
	Longest time.Duration `json:"longest"`
	Within  int           `json:"within"` // of those, secured within the limit
}

// Sum sums up the holes that are open at the end or were secured since the beginning.
func Sum(spans []Span, from, to time.Time, limit time.Duration) Summary {
	var s Summary
	var took []time.Duration
	for _, x := range spans {
		switch {
		case x.open(to):
			s.Open++
		case !x.To.IsZero() && !x.To.Before(from) && !x.To.After(to):
			d := max(x.To.Sub(x.From), 0)
			took = append(took, d)
			if d <= limit {
				s.Within++
			}
		}
	}
	s.Secured = len(took)
	if len(took) > 0 {
		slices.Sort(took)
		s.Median, s.Longest = took[(len(took)-1)/2], took[len(took)-1]
	}
	return s
}
