package audit

import (
	"fmt"
	"slices"
	"strings"
)

// Verdict is how a promise stands in one case.
type Verdict int

// The verdicts.
const (
	Kept    Verdict = iota
	Alarmed         // not kept, and somebody was told in time that it is not, which promise and why
	Broken          // not kept, and nobody was told
)

// Promise is what is judged: a sentence of a document, or a rule of the house.
type Promise struct{ Document, ID, Text string }

// Row is how often a promise was kept, alarmed, broken.
type Row struct {
	Promise
	Counts [3]int
	Broken []string // the first cases
}

// Report is the outcome of an audit: one row for each promise, in the order of the documents.
type Report struct{ Rows []Row }

// Total sums up the rows.
func (r Report) Total() (counts [3]int) {
	for _, row := range r.Rows {
		for i, n := range row.Counts {
			counts[i] += n
		}
	}
	return counts
}

// Row is the row of a promise; without cases it is empty.
func (r Report) Row(document, id string) Row {
	i := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Document == document && row.ID == id })
	if i < 0 {
		return Row{}
	}
	return r.Rows[i]
}

// Markdown is the report as a table.
func (r Report) Markdown() string {
	var b strings.Builder
	b.WriteString("| document | promise | judged by | kept | alarmed | broken |\n|---|---|---|---|---|---|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %d | %d | %d |\n", row.Document, row.ID, row.Text, row.Counts[Kept], row.Counts[Alarmed], row.Counts[Broken])
	}
	t := r.Total()
	fmt.Fprintf(&b, "| | | **all** | **%d** | **%d** | **%d** |\n", t[Kept], t[Alarmed], t[Broken])
	return b.String()
}

// The documents, as their IDs begin.
const (
	first  = "managedhosting-1"
	second = "managedhosting-2"
	toms   = "iteg-toms-1.1"
)

// promises are what is judged, in the order of the table.
func promises() (list []Promise) {
	add := func(document string, pairs ...string) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, Promise{document, pairs[i], pairs[i+1]})
		}
	}
	house := []string{
		"window", "each run that is not urgent: it lies in one opening of the maintenance window",
		"freeze", "each run: no freeze that was set before lies over it, unless it is urgent and passes",
		"group", "each run: no other member of its group is being changed at the same time",
		"pool", "each run: no more than the site and the hypervisor bear",
	}
	add(first, "MH1-01", "each IaaS system: nothing was done on it",
		"MH1-02", "each system on which the customer has root: nothing was done on it",
		"MH1-03", "each system without a package: nothing was done on it",
		"MH1-04", "each run: a plain order by somebody who may order, given before, not taken back, not used before, covers it",
		"MH1-04 mail", "each message: an order is taken or declined, what is unclear asked back, who may not order never heeded",
		"MH1-04 withdrawal", "each withdrawal of a waiting order: no run rests on the order afterwards",
		"MH1-05", "each order: carried out in the first opening that no freeze closes",
		"MH1-08", "each failed update: put back, and those who may order and the operator told within 2 hours",
		"ask", "each critical hole where only an order permits anything: the customer was asked within the hour",
		"notice", "each run: announced to everybody who may order, 48 hours before",
		"correction", "each announcement that did not come true: corrected before its time")
	add(first, house...)
	add(second, "MH2-03", "each IaaS system: nothing was done on it",
		"MH2-09", "each run on PaaS without advanced: a plain order covers it (as MH1-04)",
		"MH2-09 mail", "each message (as MH1-04 mail)",
		"MH2-09 withdrawal", "each withdrawal (as MH1-04 withdrawal)",
		"MH2-11", "each run outside of a package: the price was agreed before",
		"MH2-13", "each PaaS system on which the customer has root: nothing was done on it",
		"next window", "each order: carried out in the first opening that no freeze closes",
		"MH2-16", "each failed update (as MH1-08)",
		"MH2-17", "each update on SaaS: installed in the first opening that no freeze closes",
		"MH2-21", "each run on PaaS with advanced: an order, or the standing order, on its days and for security updates only",
		"MH2-22", "each date of a standing order with something due: carried out before the next date",
		"ask", "each critical hole (as above)",
		"notice", "each run (as above)",
		"correction", "each announcement (as above)")
	add(second, house...)
	add(toms, "IT-13", "each system on which the customer has root: nothing was done on it",
		"IT-30", "each security update: installed within 36 hours where the window is nightly, else in the first opening",
		"IT-30 scope", "each run: security updates from the distribution, and nothing else",
		"IT-31", "each system, each month: signed off by a person",
		"IT-32", "each failed update: those who may order and the operator told within 2 hours",
		"IT-33", "each critical hole: closed within 24 hours; else the management told before the 25th")
	add(toms, house...)
	return list
}
