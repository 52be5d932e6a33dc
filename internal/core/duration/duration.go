// Package duration says how long something usually takes, from how long it took before: the middle, and what nine of
// ten times do not exceed. With few samples the upper end is wider and says that it is a guess.
package duration

import (
	"math"
	"slices"
	"time"
)

// Sample is how long something took once.
type Sample struct {
	Took time.Duration
	At   time.Time // when it began
}

// Range is how long something usually takes.
type Range struct {
	Median  time.Duration `json:"median"` // nanoseconds
	High    time.Duration `json:"high"`   // nine of ten times do not exceed it
	Samples int           `json:"samples"`
	Few     bool          `json:"few,omitempty"` // so few that High is a guess: half as much again as the longest, less with each further one
}

// Known reports whether anything is known.
func (r Range) Known() bool { return r.Samples > 0 }

const (
	// enough samples for the tenth part that lies above nine of ten to be among them: with n samples the rank
	// ⌈0.9·(n+1)⌉ exists from nine on.
	enough = 9
	// Newest is how many samples count, the newest ones: hosts change.
	Newest = 50
	// guess is what is added to the longest of few samples, shared out over them.
	guess = 0.5
)

// Of is the range of some samples. Those without a length do not count.
func Of(past []Sample) Range {
	list := slices.DeleteFunc(slices.Clone(past), func(s Sample) bool { return s.Took <= 0 })
	slices.SortStableFunc(list, func(a, b Sample) int { return b.At.Compare(a.At) })
	list = list[:min(len(list), Newest)]
	n := len(list)
	if n == 0 {
		return Range{}
	}
	took := make([]time.Duration, n)
	for i, s := range list {
		took[i] = s.Took
	}
	slices.Sort(took)
	r := Range{Median: took[n/2], Samples: n}
	if n%2 == 0 {
		r.Median = took[n/2-1] + (took[n/2]-took[n/2-1])/2
	}
	if n >= enough {
		r.High = took[int(math.Ceil(0.9*float64(n+1)))-1]
		return r
	}
	longest := took[n-1]
	r.Few = true
	r.High = longest + time.Duration(min(guess*float64(longest)/float64(n), float64(math.MaxInt64-longest)/2))
	return r
}

// Predict is how long something will take, from how long it took before: the middle, and what nine of ten times do
// not exceed. known is false where there is nothing to conclude from.
func Predict(past []Sample) (median, high time.Duration, known bool) {
	r := Of(past)
	return r.Median, r.High, r.Known()
}

// Slow reports whether something that has been going on for so long takes longer than usual.
func (r Range) Slow(since time.Duration) bool { return r.Known() && since > r.High }
