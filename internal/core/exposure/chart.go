package exposure

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Chart is a series laid out in a box of the given size: what is to be drawn, without how.
type Chart struct {
	Width, Height float64
	Line          string // path of the line
	Area          string // path of what is below it
	Rows          []Row  // lines across, with their numbers
	Columns       []Column
	Top           int // number at the upper edge
}

// Row is a line across with its number.
type Row struct {
	Y     float64
	Value int
}

// Column is a moment on the axis.
type Column struct {
	X  float64
	At time.Time
}

// Draw lays a series out. A series is a staircase: a number holds until it changes.
func Draw(series []Bucket, width, height float64) Chart {
	c := Chart{Width: width, Height: height}
	peak := 0
	for _, b := range series {
		peak = max(peak, b.Peak)
	}
	step := nice(peak)
	c.Top = max(step, (peak+step-1)/step*step)
	y := func(n int) float64 { return height - height*float64(n)/float64(c.Top) }
	for v := 0; v <= c.Top; v += step {
		c.Rows = append(c.Rows, Row{y(v), v})
	}
	if len(series) == 0 {
		return c
	}
	wide := width / float64(len(series))
	var line strings.Builder
	for i, b := range series {
		// The peak of a bucket must not be lost: a hole that came and went within it was open.
		verb := " L"
		if i == 0 {
			verb = "M"
		}
		line.WriteString(verb + number(wide*float64(i)) + " " + number(y(b.Peak)) + " L" + number(wide*float64(i+1)) + " " + number(y(b.Peak)))
	}
	c.Line = line.String()
	c.Area = c.Line + " L" + number(width) + " " + number(height) + " L0 " + number(height) + " Z"
	every := max(1, (len(series)+4)/5)
	for i := 0; i < len(series); i += every {
		c.Columns = append(c.Columns, Column{wide * float64(i), series[i].From})
	}
	return c
}

// nice is a step that gives at most five rows: 1, 2, 5, 10, 20, 50 …
func nice(peak int) int {
	for unit := 1; ; unit *= 10 {
		for _, f := range []int{1, 2, 5} {
			if step := unit * f; peak <= step*4 || step > math.MaxInt/20 {
				return step
			}
		}
	}
}

// number writes a coordinate with one digit.
func number(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }
