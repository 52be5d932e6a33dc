package cli

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// maxFeed bounds a publication, in bytes; the server says the same.
const maxFeed = 256 << 20

type feedListCmd struct{}

type feedImportCmd struct {
	File   string `arg:"" name:"file" help:"arg_feed_file"`
	Name   string `placeholder:"NAME" help:"flag_feed_name"`
	Reason string `placeholder:"TEXT" help:"flag_feed_reason"`
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

// publication is a file and the feed that it is of.
type publication struct{ feed, path string }

// publications finds what a file, or the files of a directory, are of. Files that belong to no feed are told.
func (a *app) publications(path, name string) ([]publication, error) {
	info, err := os.Stat(path)
	if path == "-" || err != nil || !info.IsDir() {
		if name == "" {
			s, ok := source.OfFile(source.Catalogue(), filepath.Base(path))
			if !ok {
				return nil, &usageError{alone: true, text: lang.Textf("„%[1]s“ ist keinem Feed zuzuordnen: bitte --name angeben.", `"%[1]s" belongs to no feed that is known: please give --name.`, filepath.Base(path))}
			}
			name = s.Name
		}
		return []publication{{name, path}}, nil
	}
	if name != "" {
		return nil, &usageError{alone: true, text: lang.T("--name ist für eine Datei, nicht für ein Verzeichnis.", "--name is for a file, not for a directory.")}
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var found []publication
	for _, e := range entries {
		s, ok := source.OfFile(source.Catalogue(), e.Name())
		switch {
		case ok && e.Type().IsRegular():
			found = append(found, publication{s.Name, filepath.Join(path, e.Name())})
		default:
			a.warn(a.tf(lang.T("ausgelassen, gehört zu keinem Feed: %[1]s", "left out, belongs to no feed: %[1]s"), clean(e.Name())))
		}
	}
	if len(found) == 0 {
		return nil, &usageError{alone: true, text: lang.Textf("In „%[1]s“ liegt keine Datei eines Feeds; patchwart feed sources nennt die Namen.", `"%[1]s" has no file of a feed; patchwart feed sources tells the names.`, path)}
	}
	return found, nil
}

func (cmd feedImportCmd) Run(a *app) error {
	found, err := a.publications(cmd.File, cmd.Name)
	if err != nil {
		return err
	}
	c, err := a.connect()
	if err != nil {
		return err
	}
	var errs []error
	done := make([]client.Delivered, 0, len(found))
	for _, p := range found { // one that is refused does not keep the others away
		text, err := a.readInput(p.path, maxFeed)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		d, err := c.Deliver(a.ctx, p.feed, filepath.Base(p.path), cmd.Reason, text)
		if err != nil {
			if len(found) > 1 {
				a.warn("✕ " + clean(p.feed))
			}
			errs = append(errs, err)
			continue
		}
		done = append(done, d)
		if !a.json {
			a.delivered(d)
		}
	}
	if a.json && len(found) == 1 && len(done) == 1 {
		return writeJSON(a.out, done[0])
	}
	if a.json && len(found) > 1 {
		errs = append([]error{writeJSON(a.out, done)}, errs...)
	}
	return errors.Join(errs...)
}

// delivered says what came of a publication.
func (a *app) delivered(d client.Delivered) {
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
}

type feedSourcesCmd struct {
	File string `placeholder:"${word_file}" help:"flag_sources_file"`
}

// sources are the feeds of a file, or those that came with the program.
func (a *app) sources(file string) ([]source.Source, error) {
	if file == "" {
		return source.Catalogue(), nil
	}
	text, err := a.readInput(file, maxPolicy)
	if err != nil {
		return nil, err
	}
	return source.Parse(filepath.Base(file), text)
}

func (cmd feedSourcesCmd) Run(a *app) error {
	list, err := a.sources(cmd.File)
	if err != nil {
		return err
	}
	return a.result(list, func() {
		for _, s := range list {
			a.print(a.paint(bold, clean(s.Name)) + "  " + a.t(s.About))
			a.pairs(
				pair{lang.T("Adresse", "address"), clean(s.URL)},
				pair{lang.T("Dateinamen", "file names"), clean(strings.Join(s.Files, ", "))},
				pair{lang.T("nachgesehen", "looked at"), a.tf(lang.T("alle %[1]s, veraltet nach %[2]s", "every %[1]s, stale after %[2]s"), lang.T(lang.Duration(s.Every, lang.DE), lang.Duration(s.Every, lang.EN)), lang.T(lang.Duration(s.Fresh, lang.DE), lang.Duration(s.Fresh, lang.EN)))},
				pair{lang.T("Lizenz", "licence"), clean(s.Licence)},
			)
		}
	})
}
