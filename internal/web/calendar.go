package web

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/freeze"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/window"
)

// calendarDays is how many days the calendar shows at a time.
const calendarDays = 14

// calendarView is two weeks of windows, freezes and runs.
type calendarView struct {
	page
	C     board.Calendar
	Bars  []dayBar
	Empty bool
	Abos  abosView
}

// calendar shows two weeks from a day on; without one, from today.
func (c *console) calendar(w http.ResponseWriter, r *http.Request) {
	c.showCalendar(w, r, http.StatusOK, nil)
}

func (c *console) showCalendar(w http.ResponseWriter, r *http.Request, status int, wrong *fault.Error) {
	first, err := time.Parse(time.DateOnly, r.URL.Query().Get("ab"))
	if err != nil {
		first = time.Time{} // an address that names no day shows today
	}
	cal, err := c.backend.Calendar(r.Context(), first, calendarDays)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	v := calendarView{page: c.page(w, r, "kalender", calendarWords.Title), C: cal, Empty: true}
	for i, d := range cal.Days {
		v.Bars = append(v.Bars, barOf(d, i))
		v.Empty = v.Empty && len(d.Runs)+len(d.Frozen) == 0
	}
	if v.Abos, err = c.subscriptions(r); err != nil {
		c.fail(w, r, err)
		return
	}
	v.Abos.Fault = wrong
	c.render(w, r, status, calendarPage(v))
}

// lead says which days are shown.
func (v calendarView) lead() string {
	first, last := v.C.Days[0], v.C.Days[len(v.C.Days)-1]
	return v.F(calendarWords.Lead, v.dayName(first), v.dayName(last), v.C.Zone)
}

// dayName is a day as people say it: "Sa 28.11.".
func (v calendarView) dayName(d board.CalendarDay) string {
	t := d.From.In(v.zones.find(v.C.Zone))
	return lang.Weekday(t.Weekday(), v.L) + " " + v.DayMonth(t)
}

// windows names the windows of these days, with how many systems have each.
func (v calendarView) windows() string {
	var names []string
	for _, d := range v.C.Days {
		for _, w := range d.Windows {
			if name := w.Name + " (" + v.N(w.Systems, calendarWords.Systems) + ")"; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return lang.Join(names, v.L)
}

// shift is the address of the calendar some days from here.
func (v calendarView) shift(days int) string {
	day, err := time.Parse(time.DateOnly, v.C.Days[0].Day)
	if err != nil {
		return "/kalender"
	}
	return "/kalender?ab=" + day.AddDate(0, 0, days).Format(time.DateOnly)
}

// The picture's size in its own units: a line a day, hours from left to right.
const (
	barLeft  = 74
	barWide  = 640
	barHigh  = 16
	barStep  = 24
	barAbove = 22
)

// dayBar is one line of the picture.
type dayBar struct {
	Day     board.CalendarDay
	Y       float64
	Windows []stretch
	Frozen  []stretch
	Runs    []stretch
}

// stretch is a part of a line.
type stretch struct{ X, Wide float64 }

// barOf lays a day out. What reaches beyond the day is cut at its ends.
func barOf(d board.CalendarDay, line int) dayBar {
	b := dayBar{Day: d, Y: float64(barAbove + line*barStep)}
	whole := d.To.Sub(d.From).Hours()
	part := func(i window.Interval) stretch {
		from, to := max(i.From.Sub(d.From).Hours(), 0), min(i.To.Sub(d.From).Hours(), whole)
		return stretch{barLeft + barWide*from/whole, max(barWide*(to-from)/whole, 3)}
	}
	for _, w := range d.Windows {
		b.Windows = append(b.Windows, part(w.At))
	}
	for _, f := range d.Frozen {
		b.Frozen = append(b.Frozen, part(f.Interval))
	}
	for _, r := range d.Runs {
		b.Runs = append(b.Runs, part(r.Slot))
	}
	return b
}

func barsBox(days int) string {
	return "0 0 " + strconv.Itoa(barLeft+barWide+6) + " " + strconv.Itoa(barAbove+days*barStep+4)
}

// hours are the hours that the picture names.
var hours = []int{0, 6, 12, 18, 24}

func hourX(h int) float64 { return barLeft + barWide*float64(h)/24 }

// frozenSpan is when on a day a freeze holds: all day, or from when to when.
func (v calendarView) frozenSpan(d board.CalendarDay, h freeze.Hold) string {
	if !h.Interval.From.After(d.From) && !h.Interval.To.Before(d.To) {
		return v.T(calendarWords.AllDay)
	}
	return v.Span(h.Interval.From, h.Interval.To, v.C.Zone)
}

// markOfFreeze is how a freeze stands.
func markOfFreeze(f board.Freeze) mark {
	switch {
	case f.Now:
		return mark{"stop", calendarWords.Now}
	case f.Over:
		return mark{"idle", calendarWords.Over}
	}
	return mark{"wait", calendarWords.Coming}
}
