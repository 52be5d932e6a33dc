package cli

import (
	"cmp"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type clockCmd struct {
	System string `arg:"" optional:"" help:"arg_system_all"`
	Recent bool   `help:"flag_clock_recent"`
}

var clockWords = struct {
	Hole, Stands, Fixed, Since, Deadline, Rule, NoFix, None, NoneStale, Unread, Why, Notices, To, Stale lang.Text
}{
	Hole:     lang.T("Lücke", "hole"),
	Stands:   lang.T("Stand", "standing"),
	Fixed:    lang.T("behoben in", "fixed in"),
	Since:    lang.T("bekannt seit", "known since"),
	Deadline: lang.T("Frist", "deadline"),
	Rule:     lang.T("Regel", "rule"),
	NoFix:    lang.T("noch nirgends", "nowhere yet"),
	None:     lang.T("Keine kritische Lücke ist offen.", "No critical hole is open."),
	Stale:    lang.T("▲ Darauf ist kein Verlass: %[1]s", "▲ This cannot be relied on: %[1]s"),
	Unread:   lang.T("es ist noch keine Veröffentlichung übernommen.", "no publication has been taken in yet."),
	Notices:  lang.T("Mitgeteilt", "Told"),
	To:       lang.T("an %[1]s", "to %[1]s"),
}

// standMarks are the marks of clocks; shapes are those of runs: a cross is worst, a circle is fine.
var standMarks = map[clock.Standing]struct{ shape, colour string }{
	clock.StandsOverdue: {"✕", red}, clock.StandsRunning: {"◐", yellow}, clock.StandsUnclear: {"?", magenta},
	clock.StandsAsking: {"◇", yellow}, clock.StandsRefused: {"▲", yellow}, clock.StandsSilent: {"▲", yellow},
	clock.StandsOpen: {"▲", yellow}, clock.StandsCustomers: {"◇", plainText}, clock.StandsPaused: {"◇", plainText},
	clock.StandsAccepted: {"◇", plainText}, clock.StandsMitigated: {"●", cyan}, clock.StandsSecured: {"●", green},
}

func (cmd clockCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Clocks(a.ctx, cmd.Recent)
	if err != nil {
		return err
	}
	if cmd.System != "" {
		if _, err := c.System(a.ctx, cmd.System); err != nil {
			return err // a name that nobody has must not look like a system without holes
		}
		rows = slices.DeleteFunc(rows, func(r client.ClockRow) bool { return r.System != cmd.System })
	}
	if a.json {
		return writeJSON(a.out, list(rows))
	}
	feeds, err := c.Feeds(a.ctx)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		a.say(clockWords.None)
	} else {
		a.clocks(rows, true)
	}
	a.reliance(feeds)
	return nil
}

// clocks prints clocks, and under them, once for each, the sentence that says why.
func (a *app) clocks(rows []client.ClockRow, withSystem bool) {
	w := clockWords
	heads := []lang.Text{w.Hole, systemWords.Package, w.Stands, w.Since, w.Deadline, w.Fixed, w.Rule}
	if withSystem {
		heads = append([]lang.Text{systemWords.System}, heads...)
	}
	var cells [][]cell
	var why []string
	for _, r := range rows {
		m := standMarks[r.Clock.Standing()]
		deadline := "–"
		if !r.Clock.Deadline.IsZero() {
			deadline = a.moment(r.Clock.Deadline, r.Zone)
		}
		line := []cell{text(r.CVE), text(r.Source), painted(m.colour, m.shape+" "+a.t(r.Clock.Short())), text(a.moment(r.Clock.Times.Known, r.Zone)),
			text(deadline), text(cmp.Or(r.Fixed, w.NoFix.In(a.lang))), text(r.Clock.Duty.Rule)}
		reason := a.t(r.Sentence)
		if withSystem {
			line = append([]cell{text(r.System)}, line...)
			reason = clean(r.System+", "+r.CVE) + ": " + reason
		}
		cells = append(cells, line)
		if !slices.Contains(why, reason) {
			why = append(why, reason)
		}
	}
	a.table("", heads, cells)
	a.print("")
	for _, reason := range why {
		for i, line := range wrap(reason, 96) {
			a.print(strings.Repeat("  ", min(i, 1)) + line)
		}
	}
}

// reliance says when the feeds are not fit to conclude from: that nothing is reported is then not that
// nothing is open.
func (a *app) reliance(feeds []client.Feed) {
	if len(feeds) == 0 {
		a.print(a.tf(clockWords.Stale, clockWords.Unread))
	}
	for _, f := range feeds {
		if f.Stale {
			a.print(a.tf(clockWords.Stale, clean(f.Name)+": "+a.t(f.Problem)))
		}
	}
}

type noticesCmd struct {
	System string `arg:"" optional:"" help:"arg_system_all"`
}

func (cmd noticesCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	told, err := c.Notices(a.ctx, cmd.System)
	if err != nil {
		return err
	}
	return a.result(list(told), func() {
		if len(told) == 0 {
			a.say(lang.T("Noch wurde nichts mitgeteilt.", "Nothing has been told yet."))
		}
		for _, n := range told {
			a.print(a.paint(faint, a.moment(n.At, "")+"  "+clean(n.System)+"  "+a.tf(clockWords.To, clean(n.Recipient))+"  "+clean(n.Step)))
			for _, line := range wrap(a.t(n.Text), 94) {
				a.print("  " + line)
			}
		}
	})
}
