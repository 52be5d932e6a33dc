package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
)

// lifePhases are the choices of the filter; the empty one shows all.
var lifePhases = []option{
	{"", lifeWords.All},
	{"beendet", lifeWords.Ended},
	{"jahr", lifeWords.WithinYear},
	{"unbekannt", lifeWords.Unknown},
}

// lifecycleView is the list of systems by their ends.
type lifecycleView struct {
	page
	List listing
	Rows []board.Life
}

// lifeView is one system's life.
type lifeView struct {
	page
	L board.Life
}

func (c *console) lifecycle(w http.ResponseWriter, r *http.Request) {
	all, err := c.backend.Lifecycle(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	l := listingOf("/lebenszyklus", r.URL.Query(), values(lifePhases), []string{""})
	query, now := strings.ToLower(l.Query), c.opts.Clock()
	rows := slices.DeleteFunc(slices.Clone(all), func(x board.Life) bool {
		return !inLife(l.State, x, now) || query != "" && !matches(query, x.System, x.Customer, x.Standing.Name)
	})
	from, to := l.bounds(len(rows), len(all))
	c.render(w, r, http.StatusOK, lifecyclePage(lifecycleView{c.page(w, r, "lebenszyklus", lifeWords.Title), l, rows[from:to]}))
}

func inLife(state string, x board.Life, now time.Time) bool {
	switch state {
	case "beendet":
		return x.Paused
	case "jahr":
		return !x.Paused && !x.Standing.End.IsZero() && x.Standing.End.Before(now.AddDate(1, 0, 0))
	case "unbekannt":
		return x.Standing.Phase == lifecycle.Unknown
	}
	return true
}

func (c *console) life(w http.ResponseWriter, r *http.Request) {
	l, err := c.backend.LifeOf(r.Context(), r.PathValue("name"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	title := lang.Textf(lifeWords.Of.DE, lifeWords.Of.EN, l.System)
	c.render(w, r, http.StatusOK, lifePage(lifeView{c.page(w, r, "lebenszyklus", title), l}))
}

// markOfPhase is the mark of a phase.
func markOfPhase(p lifecycle.Phase) mark {
	switch p {
	case lifecycle.Full:
		return mark{"done", p.Text()}
	case lifecycle.Long:
		return mark{"may", p.Text()}
	case lifecycle.PaidOnly:
		return mark{"stop", p.Text()}
	case lifecycle.Ended:
		return mark{"alarm", p.Text()}
	}
	return mark{"open", p.Text()}
}

func lifeURL(system string) string { return systemURL(system) + "/lebenszyklus" }

// dayOr is a day, or that none is known.
func dayOr(p page, t time.Time) string {
	if t.IsZero() {
		return p.T(lifeWords.NoDay)
	}
	return lang.Date(t, p.L)
}

// confirmed says whether the customer knows of the end.
func confirmed(p page, l board.Life) string {
	switch {
	case l.Receipt != nil:
		return p.F(lifeWords.Confirmed, l.Receipt.By, l.Receipt.Channel, lang.Date(l.Receipt.At, p.L))
	case l.Paused:
		return p.T(lifeWords.NotConfirmed)
	}
	return ""
}
