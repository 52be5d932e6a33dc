package web

import (
	"strconv"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/exposure"
)

// exposureDays is how far back the chart reaches.
const exposureDays = 30

// The size of the chart in its own units, and the margin for numbers and days.
const (
	chartWide        = 720
	chartHigh        = 140
	chartLeft        = 34
	chartBelow       = 24
	chartAbove       = 8
	chartBesideRight = 6
)

// chartOf lays the exposure out.
func chartOf(e board.Exposure) exposure.Chart {
	return exposure.Draw(e.Series, chartWide-chartLeft-chartBesideRight, chartHigh-chartBelow-chartAbove)
}

func viewBox() string { return "0 0 " + strconv.Itoa(chartWide) + " " + strconv.Itoa(chartHigh) }

func shifted() string {
	return "translate(" + strconv.Itoa(chartLeft) + " " + strconv.Itoa(chartAbove) + ")"
}

func coordinate(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }

// exposureText says in words what the chart shows.
func exposureText(p page, e board.Exposure) string {
	peak := 0
	for _, b := range e.Series {
		peak = max(peak, b.Peak)
	}
	s := e.Summary
	text := p.F(holeWords.Course, strconv.Itoa(exposureDays), p.Count(peak), p.Count(s.Open), p.Count(s.Secured))
	if s.Secured > 0 {
		text += " " + p.F(holeWords.CourseTook, p.Count(s.Within), p.Count(int(e.Limit.Hours())), p.Took(s.Median), p.Took(s.Longest))
	}
	return text
}
