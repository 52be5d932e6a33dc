package web

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// runStates are the choices of the filter; the empty one shows all.
var runStates = []option{
	{"", runsWords.StateAll},
	{"laeuft", runsWords.StateLive},
	{"braucht", runsWords.StateNeeds},
	{"geplant", runsWords.StatePlanned},
	{"erledigt", runsWords.StateDone},
}

// runSorts are the columns the list can be sorted by; the empty one is newest first.
var runSorts = []string{"", "system", "kunde", "stand", "wann"}

// maxRuns is how many runs the list asks the server for.
const maxRuns = 1000

// runsView is the list of runs.
type runsView struct {
	page
	List      listing
	Rows      []board.RunRow
	Truncated bool
}

// runs shows the list of runs.
func (c *console) runs(w http.ResponseWriter, r *http.Request) {
	l, rows, total, err := c.runRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, to := l.bounds(len(rows), total)
	v := runsView{page: c.page(w, r, "laeufe", runsWords.Title), List: l, Rows: rows[from:to], Truncated: total >= maxRuns}
	c.render(w, r, http.StatusOK, runsPage(v))
}

// runRows filters and sorts the runs as the address says.
func (c *console) runRows(r *http.Request) (listing, []board.RunRow, int, error) {
	l := listingOf("/laeufe", r.URL.Query(), values(runStates), runSorts)
	all, err := c.backend.Runs(r.Context(), board.RunFilter{Limit: maxRuns})
	if err != nil {
		return l, nil, 0, err
	}
	query := strings.ToLower(l.Query)
	rows := make([]board.RunRow, 0, len(all))
	for _, x := range all {
		if inState(l.State, x) && (query == "" || matches(query, x.System, x.Customer, x.ID)) {
			rows = append(rows, x)
		}
	}
	if l.Sort != "" {
		slices.SortStableFunc(rows, func(a, b board.RunRow) int {
			if l.Down {
				return compareRuns(l.Sort, b, a)
			}
			return compareRuns(l.Sort, a, b)
		})
	}
	return l, rows, len(all), nil
}

func inState(state string, r board.RunRow) bool {
	switch state {
	case "laeuft":
		return live(r)
	case "geplant":
		return r.Stage == board.Planned
	case "erledigt":
		return r.Stage == board.Over && r.Outcome == verdict.Succeeded
	case "braucht":
		bad := r.Outcome != verdict.Succeeded && r.Outcome != verdict.Deferred
		return r.Outcome == verdict.Unknown || r.Stage == board.Over && bad
	}
	return true
}

func compareRuns(by string, a, b board.RunRow) int {
	switch by {
	case "system":
		return cmp.Compare(a.System, b.System)
	case "kunde":
		return cmp.Compare(a.Customer, b.Customer)
	case "stand":
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Outcome, b.Outcome))
	}
	return a.Slot.From.Compare(b.Slot.From)
}
