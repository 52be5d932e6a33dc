package cli

import (
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type exposureCmd struct {
	Days int `default:"30" placeholder:"${word_number}" help:"flag_exposure_days"`
}

func (cmd exposureCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	e, err := c.Exposure(a.ctx, cmd.Days)
	if err != nil {
		return err
	}
	return a.result(e, func() { a.exposure(e) })
}

// exposure prints the course as a row of bars, and what it comes to.
func (a *app) exposure(e client.Exposure) {
	const bars = "▁▂▃▄▅▆▇█"
	shapes := []rune(bars)
	top := 0
	for _, b := range e.Series {
		top = max(top, b.Peak)
	}
	var line strings.Builder
	for _, b := range e.Series {
		if b.Peak == 0 {
			line.WriteRune('·')
		} else {
			line.WriteRune(shapes[(b.Peak*len(shapes)-1)/top])
		}
	}
	a.print(line.String())
	s := e.Summary
	span := func(t lang.Text) string { return a.t(t) }
	took := ""
	if s.Secured > 0 {
		took = a.tf(lang.T("%[1]s im Median, längstens %[2]s", "%[1]s median, %[2]s at most"), lang.Duration(s.Median, a.lang), lang.Duration(s.Longest, a.lang))
	}
	a.pairs(
		pair{lang.T("Zeit", "time"), lang.Date(e.From, a.lang) + " – " + lang.Date(e.To, a.lang)},
		pair{lang.T("offen jetzt", "open now"), lang.Count(s.Open, a.lang)},
		pair{lang.T("höchstens offen", "most at once"), lang.Count(top, a.lang)},
		pair{lang.T("gesichert", "secured"), lang.Count(s.Secured, a.lang) + span(lang.Textf(", davon binnen %[1]s: %[2]d", ", within %[1]s: %[2]d", lang.T(lang.Count(int(e.Limit.Hours()), lang.DE)+" h", lang.Count(int(e.Limit.Hours()), lang.EN)+" h"), s.Within))},
		pair{lang.T("Dauer", "took"), took},
	)
}
