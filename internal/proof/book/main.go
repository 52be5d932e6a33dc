// Command book makes docs/obstacles.md of what tests wrote down (package proof): the obstacles with how each
// ended, and the crash matrix.
package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/proof"
)

const usage = "usage: book FILE... > docs/obstacles.md\nFILE is what tests wrote with PATCHWART_PROOFS=FILE; 'make obstacles' runs them."

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) == 0 {
		return fmt.Errorf("%s", usage)
	}
	var lines []proof.Line
	for _, name := range args {
		text, err := os.ReadFile(name) //nolint:gosec // the file that the caller names
		if err != nil {
			return err
		}
		some, err := proof.Read(text)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		lines = append(lines, some...)
	}
	_, err := io.WriteString(out, page(lines))
	return err
}

const head = `# Obstacles and crashes

Made by ` + "`make obstacles`" + ` of what the tests saw; do not edit. A row is here because its test ran and passed; the test's own name and file
stand beside it. Rows without a proof say so. How the hosts are made: [lab.md](lab.md); what restore points promise: [restore.md](restore.md).

## The obstacles

After each obstacle on a host, the host is verified new, or the lab's own walk over its root finds it identical to before.

| # | obstacle | due | outcome | what happened | proof |
|---|---|---|---|---|---|
`

const notProven = "**not proven in this run**"

// page is the document.
func page(lines []proof.Line) string {
	var b strings.Builder
	b.WriteString(head)
	for i, o := range obstacles {
		rows := seen(lines, i+1)
		if len(rows) == 0 {
			fmt.Fprintf(&b, "| %d | %s | %s | %s | | |\n", i+1, o.name, o.due, notProven)
		}
		for n, l := range rows {
			name, due := o.name, o.due
			if n > 0 {
				name, due = "″", "″"
			}
			fmt.Fprintf(&b, "| %d | %s | %s | %s | %s | `%s` in `%s` |\n", i+1, name, due, cell(l.Outcome), cell(l.Happened), l.Test, l.File)
		}
	}
	matrix(&b, lines)
	return b.String()
}

// seen are the lines about an obstacle, each sentence once.
func seen(lines []proof.Line, number int) []proof.Line {
	var rows []proof.Line
	for _, l := range lines {
		if l.Obstacle == number && !slices.ContainsFunc(rows, func(r proof.Line) bool { return r.Test == l.Test && r.Happened == l.Happened }) {
			rows = append(rows, l)
		}
	}
	slices.SortStableFunc(rows, func(a, b proof.Line) int { return cmp.Compare(a.Test, b.Test) })
	return rows
}

// cell keeps a text within its cell of a table.
func cell(s string) string {
	return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s)
}

// The axes of the crash matrix. What is written down beyond them is added; what is on them and was not run is shown
// as such.
var (
	drivers = []string{"files", "btrfs"}
	faults  = []string{"kill -9", "power cut", "disk full", "network cut"}
	steps   = []string{"begun prechecking", "finished prechecking", "begun fetching", "finished fetching", "begun saving", "finished saving",
		"begun applying", "finished applying", "begun settling", "finished settling", "begun verifying", "finished verifying",
		"failed verifying", "begun restoring", "finished restoring", "ended"}
)

// impossible reports whether a cell cannot be run.
func impossible(driver, fault string) bool { return driver == "btrfs" && fault == "power cut" }

// place is a cell of the matrix.
type place struct{ step, driver, fault string }

// matrix writes the crash matrix: a table for each driver, the journal's events down, the faults across.
func matrix(b *strings.Builder, lines []proof.Line) {
	ends := map[place]map[string]int{}
	rows, columns, tables := slices.Clone(steps), slices.Clone(faults), slices.Clone(drivers)
	note := func(list *[]string, s string) {
		if !slices.Contains(*list, s) {
			*list = append(*list, s)
		}
	}
	total := 0
	for _, l := range lines {
		if l.Step == "" {
			continue
		}
		total++
		note(&rows, l.Step)
		note(&columns, l.Fault)
		note(&tables, l.Driver)
		key := place{l.Step, l.Driver, l.Fault}
		if ends[key] == nil {
			ends[key] = map[string]int{}
		}
		ends[key][l.End]++
	}
	possible := 0
	for _, d := range tables {
		for _, f := range columns {
			if !impossible(d, f) {
				possible += len(rows)
			}
		}
	}
	fmt.Fprintf(b, "\n## The crash matrix\n\nA fault at an event of the agent's journal, on a real host, with each restore driver; what the host was in the end. In %d runs, %d of %d cells\nwere tried. Where a cell was run more than once with the same end, the count stands behind it. A dash: not run.\n\n*Cannot occur*: a lab host's btrfs cannot be stopped dead as by a power cut, only ext4 can; on btrfs power cuts are tried at each of the\ndriver's writes instead ([restore.md](restore.md)). Those %d places are not counted as cells. The events *failed verifying* and *restoring* are of an update whose page\nanswers 500, all others of a good one.\n", total, len(ends), possible, len(rows)*len(tables)*len(columns)-possible)
	for _, d := range tables {
		fmt.Fprintf(b, "\n### Driver `%s`\n\n| after the event | %s |\n|---|%s\n", d, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
		for _, s := range rows {
			fmt.Fprintf(b, "| %s |", s)
			for _, f := range columns {
				end := endings(ends[place{s, d, f}])
				if impossible(d, f) {
					end = "cannot occur"
				}
				fmt.Fprintf(b, " %s |", end)
			}
			b.WriteString("\n")
		}
	}
}

func endings(ends map[string]int) string {
	if len(ends) == 0 {
		return "–"
	}
	var parts []string
	for _, e := range slices.Sorted(maps.Keys(ends)) {
		if n := ends[e]; n > 1 {
			e = fmt.Sprintf("%s ×%d", e, n)
		}
		parts = append(parts, cell(e))
	}
	return strings.Join(parts, "; ")
}
