package cli

import (
	"github.com/patchwart/patchwart/internal/core/lang"
)

type calendarCmd struct {
	From string `placeholder:"${word_day}" help:"flag_calendar_from"`
	Days int    `default:"14" placeholder:"N" help:"flag_calendar_days"`
}

// Run lists the days on which something is planned or frozen.
func (cmd calendarCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	cal, err := c.Calendar(a.ctx, cmd.From, cmd.Days)
	if err != nil {
		return err
	}
	return a.result(cal, func() {
		var cells [][]cell
		for _, d := range cal.Days {
			for _, h := range d.Frozen {
				cells = append(cells, []cell{text(d.Day), a.state(mark{"■", lang.T("Sperrzeit", "freeze"), red}), text(a.span(h.Interval, cal.Zone)), text(""), text(a.t(h.Text))})
			}
			for _, r := range d.Runs {
				cells = append(cells, []cell{text(d.Day), a.state(markOf(r)), text(a.span(r.Slot, cal.Zone)), text(r.System), text(r.ID)})
			}
		}
		if len(cells) == 0 {
			a.say(lang.T("An diesen Tagen ist nichts geplant und nichts gesperrt.", "Nothing is planned and nothing frozen on these days."))
			return
		}
		a.table("", []lang.Text{lang.T("Tag", "day"), holeWords.State, orderWords.When, systemWords.System, lang.T("was", "what")}, cells)
	})
}
