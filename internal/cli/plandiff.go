package cli

import (
	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// planDiff prints what planning now would change.
func (a *app) planDiff(c *client.Client, system string) error {
	d, err := c.PlanDiff(a.ctx, system)
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.out, d)
	}
	zones, err := zonesOf(a, c, client.PlanResult{Slots: d.Added})
	if err != nil {
		return err
	}
	for _, m := range d.Moved {
		if _, known := zones[m.System]; known {
			continue
		}
		s, err := c.System(a.ctx, m.System)
		if err != nil {
			return err
		}
		zones[m.System] = s.Held.Window.Zone
	}
	a.print(a.t(d.Text))
	first := false
	if len(d.Added) > 0 {
		a.part(&first, lang.T("Neu", "New"))
		for _, s := range d.Added {
			a.print("  " + a.paint(green, "+") + " " + clean(s.System) + "  " + a.span(s.At, zones[s.System]) + "  " + a.t(s.Reason))
		}
	}
	if len(d.Moved) > 0 {
		a.part(&first, lang.T("Verschoben", "Moved"))
		for _, m := range d.Moved {
			a.print("  " + a.paint(yellow, "→") + " " + clean(m.System) + "  " + a.span(m.Before, zones[m.System]) + " → " + a.span(m.After, zones[m.System]) + "  " + a.t(m.Reason))
		}
	}
	if len(d.Removed) > 0 {
		a.part(&first, lang.T("Entfallen", "Gone"))
		for _, n := range d.Removed {
			a.print("  " + a.paint(red, "−") + " " + clean(n.System) + "  " + clean(n.Run) + "  " + a.t(n.Reason))
		}
	}
	if len(d.Not) > 0 {
		a.part(&first, orderWords.NotPlanned)
		for _, n := range d.Not {
			a.print("  ◇ " + clean(n.System) + "  " + a.t(n.Reason))
		}
	}
	return nil
}
