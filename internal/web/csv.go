package web

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// A list as CSV has the rows of the list as filtered and sorted, all pages. German spreadsheets
// expect semicolons, English ones commas; both need the byte order mark to see UTF-8. Times are
// ISO 8601 in UTC, which no spreadsheet misreads.

// systemsCSV is the list of systems as CSV.
func (c *console) systemsCSV(w http.ResponseWriter, r *http.Request) {
	_, rows, _, err := c.systemRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "systeme", systemsWords.Title)
	table := [][]string{p.all(frameWords.System, frameWords.Customer, systemsWords.Model, frameWords.Package, frameWords.PolicyVersion,
		systemsWords.OS, systemsWords.Enrolled, systemsWords.Seen, systemsWords.Due, systemsWords.SecurityCol, systemsWords.Held,
		systemsWords.Job, systemsWords.Last, systemsWords.NextRun)}
	for _, s := range rows {
		var last, next string
		if s.Last != nil {
			last = p.T(markOf(*s.Last).Word)
		}
		if s.Next != nil {
			next = stamp(s.Next.Slot.From)
		}
		table = append(table, []string{s.Name, s.Customer, string(s.Model), string(s.Package), s.Policy,
			s.OS, p.yes(s.Enrolled), stamp(s.Seen), strconv.Itoa(s.Due), strconv.Itoa(s.Security), strconv.Itoa(s.Held),
			p.T(s.Answer), last, next})
	}
	c.writeCSV(w, p, "systeme", table)
}

// runsCSV is the list of runs as CSV.
func (c *console) runsCSV(w http.ResponseWriter, r *http.Request) {
	_, rows, _, err := c.runRows(r)
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "laeufe", runsWords.Title)
	table := [][]string{p.all(runsWords.Run, frameWords.System, frameWords.Customer, systemsWords.State, runsWords.Sentence,
		frameWords.Package, runsWords.Ground, runsWords.Begin, runsWords.End)}
	for _, x := range rows {
		table = append(table, []string{x.ID, x.System, x.Customer, p.T(markOf(x).Word), p.T(x.Sentence),
			strconv.Itoa(x.Packages), x.Ground, stamp(x.Began), stamp(x.EndedAt)})
	}
	c.writeCSV(w, p, "laeufe", table)
}

// dueCSV is what is due on a system as CSV.
func (c *console) dueCSV(w http.ResponseWriter, r *http.Request) {
	s, err := c.backend.System(r.Context(), r.PathValue("name"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "systeme", systemsWords.Title)
	c.writeCSV(w, p, "faellig", dueTable(p, s))
}

func dueTable(p page, s board.System) [][]string {
	table := [][]string{p.all(frameWords.System, frameWords.Package, systemWords.Installed, systemWords.Candidate, systemWords.Class,
		systemWords.Origin, systemWords.Repository, systemWords.Allowed, frameWords.Rule, frameWords.Reason, frameWords.PolicyVersion)}
	for _, d := range s.DueList {
		f := d.Finding
		table = append(table, []string{s.Name, f.Package + ":" + f.Arch, f.Installed, f.Candidate, p.T(classWord(f.Class)),
			p.T(originWord(f.Origin)), f.From, p.yes(d.Allowed), d.Rule, p.T(d.Why), d.Decision.PolicyID})
	}
	return table
}

// all are the texts in the reader's language.
func (p page) all(texts ...lang.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = p.T(t)
	}
	return out
}

func (p page) yes(b bool) string {
	if b {
		return p.T(frameWords.Yes)
	}
	return p.T(frameWords.No)
}

// stamp is a moment for a spreadsheet, empty for none.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func (c *console) writeCSV(w http.ResponseWriter, p page, name string, table [][]string) {
	var b bytes.Buffer
	b.WriteString("\uFEFF")
	out := csv.NewWriter(&b)
	if p.L == lang.DE {
		out.Comma = ';'
	}
	for _, row := range table {
		for i, cell := range row {
			row[i] = inert(cell)
		}
		if err := out.Write(row); err != nil { // a buffer does not fail
			c.opts.Log.Error("console: CSV", "error", err)
		}
	}
	out.Flush()
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="patchwart-`+name+`.csv"`)
	_, _ = w.Write(b.Bytes()) // the reader may be gone
}

// inert keeps spreadsheets from taking text for a formula.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
