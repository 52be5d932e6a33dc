package campaign

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Point is how far a campaign was at a moment.
type Point struct {
	At     time.Time `json:"at"`
	Kept   int       `json:"kept"`   // systems for which it was done: signed off, updated, secured
	Failed int       `json:"failed"` // systems that had failed by then, also if they are mended since
}

// most points of a course: more cannot be told apart on a screen.
const mostPoints = 60

// Mark is something that happened to a system in a campaign.
type Mark struct {
	System string
	At     time.Time
	Failed bool // else: it was done
}

// Course is how far the campaign was, from its beginning until now or its end, evenly spaced. A system counts
// once in each line, from when it happened first.
func (c Campaign) Course(marks []Mark, now time.Time) []Point {
	from, to := c.From, now
	for _, end := range []time.Time{c.To, c.Ended} {
		if !end.IsZero() && end.Before(to) {
			to = end
		}
	}
	if !from.Before(to) {
		return []Point{}
	}
	first := map[bool]map[string]time.Time{true: {}, false: {}}
	for _, m := range marks {
		if t, ok := first[m.Failed][m.System]; !ok || m.At.Before(t) {
			first[m.Failed][m.System] = m.At
		}
	}
	points := make([]Point, mostPoints)
	for i := range points {
		at := from.Add(to.Sub(from) * time.Duration(i+1) / mostPoints)
		points[i] = Point{At: at, Kept: until(first[false], at), Failed: until(first[true], at)}
	}
	return points
}

func until(first map[string]time.Time, at time.Time) (n int) {
	for _, t := range first {
		if !t.After(at) {
			n++
		}
	}
	return n
}

// Chart is a course laid out in a box.
type Chart struct {
	Kept, Area, Failed string  // paths
	Goal               float64 // height of all systems
	Columns            []Column
}

// Column is a moment on the axis.
type Column struct {
	X  float64
	At time.Time
}

// Draw lays a course out in a box of that size. The upper edge is all systems.
func Draw(course []Point, systems int, width, height float64) Chart {
	var c Chart
	if len(course) == 0 {
		return c
	}
	top := float64(max(systems, 1))
	for _, p := range course {
		top = max(top, float64(p.Kept), float64(p.Failed))
	}
	wide := width / float64(len(course))
	y := func(n int) float64 { return height - height*float64(n)/top }
	line := func(of func(Point) int) string {
		var b strings.Builder
		for i, p := range course {
			verb := " L"
			if i == 0 {
				verb = "M"
			}
			b.WriteString(verb + number(wide*float64(i)) + " " + number(y(of(p))) + " L" + number(wide*float64(i+1)) + " " + number(y(of(p))))
		}
		return b.String()
	}
	c.Kept = line(func(p Point) int { return p.Kept })
	c.Failed = line(func(p Point) int { return p.Failed })
	c.Area = c.Kept + " L" + number(width) + " " + number(height) + " L0 " + number(height) + " Z"
	c.Goal = y(systems)
	every := max(1, (len(course)+3)/4)
	for i := 0; i < len(course); i += every {
		c.Columns = append(c.Columns, Column{wide * float64(i), course[i].At})
	}
	return c
}

func number(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }
