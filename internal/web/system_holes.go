package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// holeLevels are the choices of the filter; the empty one shows all.
var holeLevels = []option{
	{"", holeWords.LevelAll},
	{"critical", holeWords.LevelCritical},
	{"unknown", holeWords.LevelUnknown},
	{"high", holeWords.LevelHigh},
	{"medium", holeWords.LevelMedium},
	{"low", holeWords.LevelLow},
	{"none", holeWords.LevelNone},
}

// systemHolesView is the list of all holes of a system.
type systemHolesView struct {
	page
	Holes board.OpenHoles
	List  listing
	Rows  []board.OpenHole
}

// holeRows filters the holes of a system as the address says.
func (c *console) holeRows(r *http.Request) (board.OpenHoles, listing, []board.OpenHole, error) {
	name := r.PathValue("name")
	l := listingOf(systemHolesURL(name), r.URL.Query(), values(holeLevels), []string{""})
	all, err := c.backend.Holes(r.Context(), name)
	if err != nil {
		return all, l, nil, err
	}
	query := strings.ToLower(l.Query)
	rows := slices.DeleteFunc(slices.Clone(all.Holes), func(h board.OpenHole) bool {
		return l.State != "" && string(h.Level) != l.State || query != "" && !matches(query, h.CVE, h.Source, strings.Join(h.Advisories, " "))
	})
	return all, l, rows, nil
}

func (c *console) systemHoles(w http.ResponseWriter, r *http.Request) {
	all, l, rows, err := c.holeRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	from, to := l.bounds(len(rows), len(all.Holes))
	title := lang.Textf(holeWords.SystemTitle.DE, holeWords.SystemTitle.EN, all.System)
	c.render(w, r, http.StatusOK, systemHolesPage(systemHolesView{c.page(w, r, "systeme", title), all, l, rows[from:to]}))
}

func (c *console) systemHolesCSV(w http.ResponseWriter, r *http.Request) {
	all, _, rows, err := c.holeRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "systeme", holeWords.Title)
	table := [][]string{p.all(frameWords.System, holeWords.Hole, holeWords.Level, holeWords.CriticalCol, frameWords.Package, holeWords.Installed, holeWords.Fixed, holeWords.State, holeWords.Urgency, holeWords.Publishers, lang.T("Titel", "Title"))}
	for _, h := range rows {
		table = append(table, []string{all.System, h.CVE, p.T(h.Level.Text()), p.T(answerWord(h.Critical)), h.Source, h.Version, h.Fixed,
			p.T(advisory.StateText(h.State)), h.Urgency, strings.Join(h.Advisories, " "), h.Title})
	}
	c.writeCSV(w, p, "luecken-"+all.System, table)
}

// export sends the software of a system and its holes as a file for other tools.
func (c *console) export(w http.ResponseWriter, r *http.Request) {
	d, err := c.backend.Export(r.Context(), r.PathValue("name"), board.ExportForm(r.PathValue("form")))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", d.Type)
	w.Header().Set("Content-Disposition", `attachment; filename="`+url.PathEscape(d.Name)+`"`)
	_, _ = w.Write(d.Text) // the reader may be gone
}

func exportURL(system string, form board.ExportForm) string {
	return systemURL(system) + "/export/" + string(form)
}

// holesLead sums the holes of a system up in one line.
func holesLead(v systemHolesView) string {
	if !v.Holes.Matched {
		return v.T(holeWords.Unmatched)
	}
	parts := []string{v.N(len(v.Holes.Holes), holeWords.Counted)}
	if n := v.Holes.Counts[severity.Critical]; n > 0 {
		parts = append(parts, v.N(n, holeWords.CriticalCount))
	}
	if v.Holes.Open > 0 {
		parts = append(parts, v.N(v.Holes.Open, holeWords.OpenCount))
	}
	return strings.Join(parts, ", ") + "."
}

// Crumb leads back to the system.
func (v systemHolesView) Crumb() lang.Text { return lang.T(v.Holes.System, v.Holes.System) }

// maxApps is how many holes of web applications the page shows.
const maxApps = 40

// appName is the name of a web application with its version.
func appName(f application.Found) string {
	name := f.Name
	if f.Title != "" {
		name = f.Title + " (" + f.Name + ")"
	}
	if f.Version != "" {
		name += " " + f.Version
	}
	return name
}
