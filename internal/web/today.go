package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/run"
)

// How many entries the start page shows of each list; the rest is a link away.
const (
	maxRunning = 12
	maxNeeds   = 15
	maxWaiting = 15
	maxSilent  = 10
	maxNext    = 8
	maxDone    = 5
	maxNames   = 60
)

// Seconds between two looks at the server, while something runs and while nothing does.
const (
	lookOften  = 3
	lookSeldom = 20
)

// capped is the beginning of a list, how long the list is, and where all of it is shown.
type capped[T any] struct {
	Shown []T
	Total int
	All   string
}

func capAt[T any](list []T, n int, all string) capped[T] {
	return capped[T]{Shown: list[:min(n, len(list))], Total: len(list), All: all}
}

// More is how many entries are not shown.
func (c capped[T]) More() int { return c.Total - len(c.Shown) }

// todayView is the start page.
type todayView struct {
	page
	Lead    string
	Total   int
	First   *board.RunRow // the loudest of what needs a person
	Clocks  capped[board.ClockRow]
	Feeds   []board.Feed
	Desk    int // messages that somebody has to deal with
	Running capped[board.RunRow]
	Needs   capped[board.RunRow]
	Drift   capped[board.Drift]
	Overdue capped[board.Overdue]
	Waiting capped[board.Waiting]
	Merge   capped[board.Merge]
	Silent  capped[board.Silent]
	Next    capped[board.RunRow]
	Done    capped[board.RunRow]
	Fine    capped[string]
	Yours   capped[string]
}

// today shows the start page: what runs, what failed or was restored, what waits for a mandate, what
// comes next, and what is fine in one line.
func (c *console) today(w http.ResponseWriter, r *http.Request) {
	t, err := c.backend.Today(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	v := todayView{
		page:    c.page(w, r, "heute", todayWords.Title),
		Total:   t.Total,
		Clocks:  capAt(t.Clocks, maxNeeds, "/luecken"),
		Feeds:   t.Feeds,
		Desk:    t.Desk,
		Running: capAt(t.Running, maxRunning, "/laeufe?zustand=laeuft"),
		Overdue: capAt(t.Overdue, maxWaiting, ""),
		Needs:   capAt(t.Needs, maxNeeds, "/laeufe?zustand=braucht"),
		Waiting: capAt(t.Waiting, maxWaiting, "/systeme?zustand=wartet"),
		Drift:   capAt(t.Drift, maxNeeds, "/systeme"),
		Merge:   capAt(t.Merge, maxSilent, "/systeme"),
		Silent:  capAt(t.Silent, maxSilent, "/systeme?zustand=stumm"),
		Next:    capAt(t.Next, maxNext, "/laeufe?zustand=geplant"),
		Done:    capAt(t.Done, maxDone, "/laeufe?zustand=erledigt"),
		Fine:    capAt(t.Fine, maxNames, "/systeme?zustand=ruhig"),
		Yours:   capAt(t.Yours, maxNames, "/systeme?zustand=kunde"),
	}
	if !t.Now.IsZero() {
		v.Now = t.Now.In(c.zones.own)
	}
	v.Every = lookSeldom
	if len(t.Running) > 0 {
		v.Every, v.Refresh = lookOften, 10
	}
	if len(t.Needs) > 0 {
		v.First = &t.Needs[0]
	}
	v.Lead = todayLead(v)
	c.render(w, r, http.StatusOK, todayPage(v))
}

// todayLead says the day in one line.
func todayLead(v todayView) string {
	parts := make([]string, 0, 5)
	for _, part := range []struct {
		n     int
		words plural
	}{
		{v.Clocks.Total, todayWords.LeadClocks},
		{v.Running.Total, todayWords.LeadRunning},
		{v.Needs.Total, todayWords.LeadNeeds},
		{v.Overdue.Total, todayWords.LeadOverdue},
		{v.Waiting.Total, todayWords.LeadWaiting},
		{v.Silent.Total, todayWords.LeadSilent},
	} {
		if part.n > 0 {
			parts = append(parts, v.N(part.n, part.words))
		}
	}
	switch {
	case v.Total == 0:
		return v.T(todayWords.Blank)
	case len(parts) == 0:
		return v.T(todayWords.Calm)
	}
	return strings.Join(parts, " ")
}

// ofThemSecurity goes on from a number of changes: how many are security updates.
func ofThemSecurity(p page, n int) string {
	if n == 0 {
		return ""
	}
	return ", " + p.N(n, frameWords.Security)
}

// railSteps are the bars of the rail: the steps of a good day, and the reboot while it goes on, which few runs need.
func railSteps(at run.Step) []run.Step {
	if at != run.Rebooting {
		return run.Steps
	}
	return slices.Insert(slices.Clone(run.Steps), slices.Index(run.Steps, run.Verifying), run.Rebooting)
}

// stepsDone says how far a running run has come: the index of its step among the rail's. A run that restores has
// left them.
func stepsDone(s run.Step) int { return slices.Index(railSteps(s), s) }

// railX and railWide are the place and the width of a bar among n on a rail of 120.
func railX(i, n int) string { return coordinate(120 * float64(i) / float64(n)) }

func railWide(n int) string { return coordinate(120/float64(n) - 1.5) }
