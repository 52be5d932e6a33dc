package web

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
)

// systemStates are the choices of the filter; the empty one shows all.
var systemStates = []option{
	{"", systemsWords.StateAll},
	{"faellig", systemsWords.StateDue},
	{"luecke", systemsWords.StateHole},
	{"sicherheit", systemsWords.StateSecurity},
	{"wartet", systemsWords.StateWaiting},
	{"ruhig", systemsWords.StateFine},
	{"kunde", systemsWords.StateYours},
	{"stumm", systemsWords.StateSilent},
}

// systemSorts are the columns the list can be sorted by.
var systemSorts = []string{"", "system", "kunde", "os", "faellig", "gehoert"}

// systemsView is the list of systems.
type systemsView struct {
	page
	List listing
	Rows []board.SystemRow
}

// systems shows the list of systems.
func (c *console) systems(w http.ResponseWriter, r *http.Request) {
	l, rows, total, err := c.systemRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, to := l.bounds(len(rows), total)
	v := systemsView{page: c.page(w, r, "systeme", systemsWords.Title), List: l, Rows: rows[from:to]}
	c.render(w, r, http.StatusOK, systemsPage(v))
}

// systemRows filters and sorts the systems as the address says.
func (c *console) systemRows(r *http.Request) (listing, []board.SystemRow, int, error) {
	l := listingOf("/systeme", r.URL.Query(), values(systemStates), systemSorts)
	all, err := c.backend.Systems(r.Context())
	if err != nil {
		return l, nil, 0, err
	}
	keep, err := c.systemFilter(r.Context(), l.State)
	if err != nil {
		return l, nil, 0, err
	}
	query := strings.ToLower(l.Query)
	rows := make([]board.SystemRow, 0, len(all))
	for _, s := range all {
		if keep(s) && (query == "" || matches(query, s.Name, s.Customer, s.OS)) {
			rows = append(rows, s)
		}
	}
	slices.SortStableFunc(rows, func(a, b board.SystemRow) int {
		order := cmp.Or(compareSystems(l.Sort, a, b), cmp.Compare(a.Name, b.Name))
		if l.Down {
			return -order
		}
		return order
	})
	return l, rows, len(all), nil
}

// systemFilter makes the test for a state. Where the server judges the state, it is asked.
func (c *console) systemFilter(ctx context.Context, state string) (func(board.SystemRow) bool, error) {
	switch state {
	case "faellig":
		return func(s board.SystemRow) bool { return s.Due > 0 }, nil
	case "luecke":
		return func(s board.SystemRow) bool { return s.Critical > 0 }, nil
	case "sicherheit":
		return func(s board.SystemRow) bool { return s.Security > 0 }, nil
	case "wartet", "ruhig", "kunde", "stumm":
		t, err := c.backend.Today(ctx)
		if err != nil {
			return nil, err
		}
		in := map[string]bool{}
		switch state {
		case "wartet":
			for _, x := range t.Waiting {
				in[x.System] = true
			}
		case "stumm":
			for _, x := range t.Silent {
				in[x.System] = true
			}
		case "ruhig":
			for _, name := range t.Fine {
				in[name] = true
			}
		case "kunde":
			for _, name := range t.Yours {
				in[name] = true
			}
		}
		return func(s board.SystemRow) bool { return in[s.Name] }, nil
	}
	return func(board.SystemRow) bool { return true }, nil
}

func compareSystems(by string, a, b board.SystemRow) int {
	switch by {
	case "kunde":
		return cmp.Compare(a.Customer, b.Customer)
	case "os":
		return cmp.Compare(a.OS, b.OS)
	case "faellig":
		return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Security, b.Security))
	case "gehoert":
		return a.Seen.Compare(b.Seen)
	}
	return 0
}

// matches reports whether one of the fields contains the query, which is in lower case.
func matches(query string, fields ...string) bool {
	return slices.ContainsFunc(fields, func(f string) bool { return strings.Contains(strings.ToLower(f), query) })
}

func values(options []option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.Value
	}
	return out
}
