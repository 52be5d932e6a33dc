package cli

import (
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

func (cmd dueCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Due(a.ctx, cmd.System)
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.out, list(rows))
	}
	systems, err := c.Systems(a.ctx)
	if err != nil {
		return err
	}
	unknown := unreported(systems, cmd.System)
	if len(rows) > 0 || len(unknown) == 0 {
		a.due(rows, true)
	}
	if len(unknown) > 0 {
		a.print(a.tf(systemWords.Unreported, clean(strings.Join(unknown, ", "))))
	}
	return a.overdue(c, cmd.System)
}

// unreported lists the systems, or the one that is asked for, of which it is not known what is due:
// that nothing was reported must not look like nothing due. IaaS hosts need not report.
func unreported(rows []client.SystemRow, only string) []string {
	var names []string
	for _, r := range rows {
		if r.Seen.IsZero() && r.Model != policy.ServiceModelIaaS && (only == "" || only == r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// due prints due changes, and under them, once for each, why they may or may not be made.
func (a *app) due(rows []client.DueRow, withSystem bool) {
	w := systemWords
	indent := "  "
	if withSystem {
		indent = ""
	}
	if len(rows) == 0 {
		a.print(indent + w.NoneDue.In(a.lang))
		return
	}
	heads := []lang.Text{w.Package, w.From, w.To, w.Class, w.Source, w.Allowed, w.Rule}
	var cells [][]cell
	var reasons []string
	seen := map[string]bool{}
	for _, r := range rows {
		allowed := painted(plainText, w.No.In(a.lang))
		if r.Allowed {
			allowed = painted(green, w.Yes.In(a.lang))
		}
		if r.Finding.Held {
			allowed = painted(yellow, w.Held.In(a.lang))
		}
		from := r.Finding.Installed
		if from == "" {
			from = "(" + w.New.In(a.lang) + ")"
		}
		line := []cell{text(r.Finding.Package), text(from), text(r.Finding.Candidate),
			text(word(a, classWords, r.Finding.Class)), text(r.Finding.From), allowed, text(r.Rule)}
		if withSystem {
			line = append([]cell{text(r.System)}, line...)
		}
		cells = append(cells, line)
		reason := a.t(r.Why)
		if withSystem {
			reason = clean(r.System) + ": " + reason
		}
		if !seen[reason] {
			seen[reason] = true
			reasons = append(reasons, reason)
			if !r.Ask.IsZero() && !r.Allowed {
				reasons = append(reasons, "  "+a.t(r.Ask))
			}
		}
	}
	if withSystem {
		heads = append([]lang.Text{w.System}, heads...)
	}
	a.table(indent, heads, cells)
	a.print("")
	for _, r := range rows {
		if len(r.Finding.Holes) > 0 {
			where := clean(r.Finding.Package)
			if withSystem {
				where = clean(r.System) + ": " + where
			}
			a.print(indent + a.paint(red, "✕") + " " + a.tf(w.Closes, where, clean(strings.Join(r.Finding.Holes, ", "))))
		}
	}
	for _, reason := range reasons {
		text := strings.TrimLeft(reason, " ")
		deeper := strings.Repeat(" ", len(reason)-len(text))
		for i, line := range wrap(text, 96) {
			a.print(indent + deeper + strings.Repeat("  ", min(i, 1)) + line)
		}
	}
}
