package exposure_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/exposure"
)

var begin = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func hour(h float64) time.Time { return begin.Add(time.Duration(h * float64(time.Hour))) }

func span(from, to float64) exposure.Span {
	s := exposure.Span{From: hour(from)}
	if to != 0 {
		s.To = hour(to)
	}
	return s
}

// A hole that came and went between two looks was open all the same.
func TestAShortHoleShows(t *testing.T) {
	t.Parallel()
	series := exposure.Series([]exposure.Span{span(1, 3), span(2, 30), span(25, 0)}, begin, hour(48), 4)
	var open, peak []int
	for _, b := range series {
		open, peak = append(open, b.Open), append(peak, b.Peak)
	}
	if !slices.Equal(open, []int{1, 1, 1, 1}) || !slices.Equal(peak, []int{2, 1, 2, 1}) {
		t.Errorf("open %v, peak %v", open, peak)
	}
	if got := exposure.Series(nil, begin, begin, 3); got != nil {
		t.Errorf("%v", got)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	s := exposure.Sum([]exposure.Span{span(1, 3), span(2, 30), span(25, 0), span(0, 24), span(-100, -50)}, begin, hour(48), 24*time.Hour)
	want := exposure.Summary{Open: 1, Secured: 3, Median: 24 * time.Hour, Longest: 28 * time.Hour, Within: 2}
	if s != want {
		t.Errorf("%+v", s)
	}
}

// The counts are those of looking at every hole at every moment.
func TestAgreesWithCounting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) exposure.Span {
			s := exposure.Span{From: begin.Add(time.Duration(rapid.IntRange(-20, 60).Draw(t, "from")) * time.Hour)}
			if length := rapid.IntRange(-1, 50).Draw(t, "length"); length >= 0 {
				s.To = s.From.Add(time.Duration(length) * time.Hour)
			}
			return s
		}), 0, 20).Draw(t, "spans")
		n := rapid.IntRange(1, 12).Draw(t, "buckets")
		to := begin.Add(time.Duration(n) * 4 * time.Hour)
		count := func(at time.Time) int {
			c := 0
			for _, s := range spans {
				if !at.Before(s.From) && (s.To.IsZero() || at.Before(s.To)) {
					c++
				}
			}
			return c
		}
		for i, b := range exposure.Series(spans, begin, to, n) {
			peak := 0
			for h := range 5 {
				peak = max(peak, count(b.From.Add(time.Duration(h)*time.Hour)))
			}
			if b.Open != count(b.To) || b.Peak != peak {
				t.Fatalf("bucket %d: %+v, counted %d, peak %d", i, b, count(b.To), peak)
			}
		}
	})
}

func TestTheLineStaysInItsBox(t *testing.T) {
	t.Parallel()
	for _, peak := range []int{0, 1, 3, 4, 7, 99, 45_000} {
		c := exposure.Draw([]exposure.Bucket{{Peak: 0}, {Peak: peak}, {Peak: peak / 2}}, 600, 120)
		if c.Top < peak || len(c.Rows) < 2 || len(c.Rows) > 6 || c.Rows[0].Value != 0 || c.Rows[0].Y != 120 || c.Rows[len(c.Rows)-1].Y != 0 || strings.Contains(c.Line, "-") || strings.Contains(c.Line, "NaN") {
			t.Errorf("%d: %+v", peak, c)
		}
	}
	if c := exposure.Draw(nil, 600, 120); c.Line != "" || len(c.Rows) < 2 {
		t.Errorf("%+v", c)
	}
}
