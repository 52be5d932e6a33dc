package web

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// maxPlanned is how many rows of each kind a plan shows.
const maxPlanned = 60

// planView is a plan: what would be done, or what was planned, and why not the rest.
type planView struct {
	page
	System  string // empty: all
	Number  string // of the form that confirms
	Done    bool
	Slots   capped[board.Slot]
	Not     capped[board.NotPlanned]
	Refused capped[board.Waiting]
	Moved   capped[board.Moved]      // runs that were planned before and get another slot
	Gone    capped[board.NotPlanned] // runs that were planned before and have none any more
	Same    int                      // runs that stay where they are
	Zone    map[string]string        // system → zone, for those shown
}

// planURL shows the plan of a system, of all systems when system is empty.
func planURL(system string) string {
	if system == "" {
		return "/planen"
	}
	return "/planen?" + url.Values{"system": {system}}.Encode()
}

// previewPlan shows what planning would do, or – with a receipt – what it did. It plans nothing.
func (c *console) previewPlan(w http.ResponseWriter, r *http.Request) {
	system, receipt := r.URL.Query().Get("system"), r.URL.Query().Get("beleg")
	if receipt != "" {
		result, ok := c.plans.get(sessionOf(r), receipt, c.opts.Clock())
		if !ok {
			http.Redirect(w, r, "/laeufe?zustand=geplant", http.StatusSeeOther)
			return
		}
		c.showPlan(w, r, system, result, true)
		return
	}
	result, err := c.backend.Plan(r.Context(), system, true)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.showPlan(w, r, system, result, false)
}

// makePlan plans. The same form sent twice plans once.
func (c *console) makePlan(w http.ResponseWriter, r *http.Request) {
	system, number := r.PostFormValue("system"), r.PostFormValue("vorgang")
	if !goodNumber(number) {
		c.fail(w, r, fault.New(fault.Conflict, faultWords.Stale, faultWords.StaleMend))
		return
	}
	err := c.plans.once(sessionOf(r), number, c.opts.Clock(), func() (board.PlanResult, error) {
		return c.backend.Plan(r.Context(), system, false)
	})
	if err != nil {
		c.fail(w, r, err)
		return
	}
	query := url.Values{"beleg": {number}}
	if system != "" {
		query.Set("system", system)
	}
	http.Redirect(w, r, "/planen?"+query.Encode(), http.StatusSeeOther)
}

func (c *console) showPlan(w http.ResponseWriter, r *http.Request, system string, result board.PlanResult, done bool) {
	title := planWords.Title
	if system != "" {
		title = lang.Textf(planWords.TitleOne.DE, planWords.TitleOne.EN, system)
	}
	v := planView{
		page: c.page(w, r, "systeme", title), System: system, Number: newNumber(), Done: done,
		Slots:   capAt(result.Slots, maxPlanned, "/laeufe?zustand=geplant"),
		Not:     capAt(result.Not, maxPlanned, ""),
		Refused: capAt(result.Refused, maxPlanned, "/systeme?zustand=wartet"),
		Moved:   capAt(result.Moved, maxPlanned, ""),
		Gone:    capAt(result.Gone, maxPlanned, ""),
		Same:    result.Unchanged,
		Zone:    map[string]string{},
	}
	// A run's times are shown in its customer's zone; slots do not carry it, but the time they are
	// computed in does.
	for _, s := range v.Slots.Shown {
		v.Zone[s.System] = zoneOf(s.At.From.Location().String())
	}
	for _, m := range v.Moved.Shown {
		v.Zone[m.System] = zoneOf(m.After.From.Location().String())
	}
	c.render(w, r, http.StatusOK, planPage(v))
}

// zoneOf keeps the names of real zones: a time that came through JSON or a database carries none.
func zoneOf(name string) string {
	if name == "UTC" || name == "Local" || !strings.Contains(name, "/") {
		return ""
	}
	return name
}

// planLead says the plan in numbers.
func planLead(v planView) string {
	var parts []string
	switch {
	case v.acts() == 0:
		parts = append(parts, v.T(planWords.Nothing))
	case v.Done:
		if v.Slots.Total > 0 {
			parts = append(parts, v.N(v.Slots.Total, planWords.Planned))
		}
		if v.Moved.Total > 0 {
			parts = append(parts, v.N(v.Moved.Total, planWords.DidMove))
		}
		if v.Gone.Total > 0 {
			parts = append(parts, v.N(v.Gone.Total, planWords.DidFall))
		}
	default:
		parts = append(parts, v.T(planWords.PreviewLead))
		if v.Slots.Total > 0 {
			parts = append(parts, v.N(v.Slots.Total, planWords.Would))
		}
		if v.Moved.Total > 0 {
			parts = append(parts, v.N(v.Moved.Total, planWords.WouldMove))
		}
		if v.Gone.Total > 0 {
			parts = append(parts, v.N(v.Gone.Total, planWords.WouldFall))
		}
	}
	if v.Same > 0 {
		parts = append(parts, v.N(v.Same, planWords.Same))
	}
	if v.Not.Total > 0 {
		parts = append(parts, v.N(v.Not.Total, planWords.Not))
	}
	if v.Refused.Total > 0 {
		parts = append(parts, v.N(v.Refused.Total, planWords.Refused))
	}
	return strings.Join(parts, " ")
}

// acts is how much planning does: runs that are new, moved, or fall out.
func (v planView) acts() int { return v.Slots.Total + v.Moved.Total + v.Gone.Total }

// buttonText says what the button does, in numbers.
func (v planView) buttonText() string {
	if v.Slots.Total == 0 || v.Moved.Total+v.Gone.Total > 0 {
		return v.T(planWords.ButtonAll)
	}
	return v.N(v.Slots.Total, planWords.Button)
}

// planTitle is the heading of a plan.
func planTitle(v planView) string {
	if v.Done && v.acts() > 0 {
		return v.T(planWords.DoneTitle)
	}
	return v.T(v.Title)
}
