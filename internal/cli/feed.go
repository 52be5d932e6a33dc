package cli

import (
	"cmp"
	"path/filepath"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// maxFeed bounds a publication, in bytes; the server says the same.
const maxFeed = 256 << 20

type feedListCmd struct{}

type feedImportCmd struct {
	File   string `arg:"" name:"file" help:"${arg_feed_file}"`
	Name   string `required:"" placeholder:"NAME" help:"${flag_feed_name}"`
	Reason string `placeholder:"TEXT" help:"${flag_feed_reason}"`
}

var feedWords = struct {
	Feed, Records, Accepted, Tried, State, Fresh, Stale, Problem, None, Taken, Same, Skipped, Started lang.Text
}{
	Feed:     lang.T("Feed", "feed"),
	Records:  lang.T("Einträge", "entries"),
	Accepted: lang.T("übernommen", "accepted"),
	Tried:    lang.T("zuletzt versucht", "last tried"),
	State:    lang.T("Stand", "state"),
	Fresh:    lang.T("● frisch", "● fresh"),
	Stale:    lang.T("▲ veraltet", "▲ stale"),
	Problem:  lang.T("▲ abgelehnt", "▲ refused"),
	None:     lang.T("Es ist noch keine Veröffentlichung übernommen. Der Anfang: patchwart feed import DSA.list --name debian-dsa", "No publication has been taken in yet. To begin: patchwart feed import DSA.list --name debian-dsa"),
	Taken:    lang.T("● %[1]s ist übernommen; Einträge: %[2]s.", "● %[1]s is taken in; entries: %[2]s."),
	Same:     lang.T("● %[1]s ist unverändert; Einträge: %[2]s.", "● %[1]s is unchanged; entries: %[2]s."),
	Skipped:  lang.T("Nicht zu lesen und deshalb ausgelassen: %[1]d", "Unreadable and therefore left out: %[1]d"),
	Started:  lang.T("Gestartete Uhren: %[1]d (patchwart clock zeigt sie)", "Clocks started: %[1]d (patchwart clock shows them)"),
}

func (feedListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	feeds, err := c.Feeds(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(feeds), func() { a.feeds(feeds) })
}

func (a *app) feeds(feeds []client.Feed) {
	w := feedWords
	if len(feeds) == 0 {
		a.say(w.None)
		return
	}
	var cells [][]cell
	for _, f := range feeds {
		state := painted(green, w.Fresh.In(a.lang))
		switch {
		case f.Stale:
			state = painted(yellow, w.Stale.In(a.lang))
		case !f.Problem.IsZero():
			state = painted(yellow, w.Problem.In(a.lang))
		}
		accepted := "–"
		if !f.Accepted.IsZero() {
			accepted = a.moment(f.Accepted, "")
		}
		cells = append(cells, []cell{text(f.Name), state, text(lang.Count(f.Records, a.lang)), text(accepted), text(a.moment(f.Tried, "")),
			text(cmp.Or(f.Edition, f.Origin))})
	}
	a.table("", []lang.Text{w.Feed, w.State, w.Records, w.Accepted, w.Tried, lang.T("Ausgabe", "edition")}, cells)
	for _, f := range feeds {
		if !f.Problem.IsZero() {
			a.print("\n" + clean(f.Name) + ": " + a.t(f.Problem))
		}
	}
}

func (cmd feedImportCmd) Run(a *app) error {
	text, err := a.readInput(cmd.File, maxFeed)
	if err != nil {
		return err
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	d, err := c.Deliver(a.ctx, cmd.Name, filepath.Base(cmd.File), cmd.Reason, text)
	if err != nil {
		return err
	}
	return a.result(d, func() {
		w := feedWords
		line := w.Same
		if d.Changed {
			line = w.Taken
		}
		a.print(a.tf(line, clean(d.Feed.Name), lang.Count(d.Feed.Records, a.lang)))
		if d.Feed.Skipped > 0 {
			a.print("▲ " + a.tf(w.Skipped, d.Feed.Skipped))
			for _, s := range d.Skipped {
				a.print("  " + clean(s))
			}
		}
		if d.Started > 0 {
			a.print("▲ " + a.tf(w.Started, d.Started))
		}
	})
}
