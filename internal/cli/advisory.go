package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

type advisoryShowCmd struct {
	ID string `arg:"" name:"id" help:"arg_advisory"`
}

type holesCmd struct {
	System string `arg:"" help:"arg_system"`
	All    bool   `help:"flag_holes_all"`
}

var holeWords = struct {
	Level, Critical, Published, Why, Publishers, Systems, Releases, Clocks, Links, NoSystem, State, Release, More, None, Summary, Urgency, Applications, Partial, Lives lang.Text
}{
	Level:        lang.T("Stufe", "level"),
	Critical:     lang.T("kritisch im Sinn von IT-33", "critical in the sense of IT-33"),
	Published:    lang.T("veröffentlicht", "published"),
	Why:          lang.T("Einstufung", "Rating"),
	Publishers:   lang.T("Wer das sagt", "Who says so"),
	Systems:      lang.T("Systeme mit dieser Lücke", "Systems that have it"),
	Releases:     lang.T("Ausgaben von Debian und Ubuntu", "Releases of Debian and Ubuntu"),
	Clocks:       lang.T("Uhren", "Clocks"),
	Links:        lang.T("Mehr dazu", "Read more"),
	NoSystem:     lang.T("Kein System hat sie nach dem, was die Hosts gemeldet haben.", "No system has it, according to what the hosts reported."),
	State:        lang.T("Stand", "state"),
	Release:      lang.T("Ausgabe", "release"),
	Urgency:      lang.T("Dringlichkeit", "urgency"),
	Applications: lang.T("Anwendungen", "Applications"),
	Lives:        lang.T("Pflege der Anwendungen durch ihre Hersteller", "Support of the applications by their makers"),
	Partial:      lang.T("Nicht alle Anwendungen auf dem Host ließen sich ansehen; was fehlt, kann trotzdem da sein.", "Not all applications on the host could be looked at; what is missing may be there all the same."),
	More:         lang.T("und %[1]d weitere; alle zeigt --all", "and %[1]d more; --all shows them"),
	None:         lang.T("● Keine veröffentlichte Lücke betrifft %[1]s.", "● No published hole affects %[1]s."),
	Summary:      lang.T("%[1]s – Lücken: %[2]d, davon kritisch: %[3]d, noch nicht bekannt, ob kritisch: %[4]d.", "%[1]s – holes: %[2]d, critical of them: %[3]d, not known yet whether critical: %[4]d."),
}

var answerWords = map[severity.Answer]lang.Text{
	severity.Yes: lang.T("ja", "yes"), severity.No: lang.T("nein", "no"), severity.NotKnown: lang.T("nicht bekannt", "not known"),
}

func (cmd advisoryShowCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	h, err := c.Hole(a.ctx, cmd.ID)
	if err != nil {
		return err
	}
	return a.result(h, func() { a.hole(h) })
}

func (a *app) hole(h client.Hole) {
	w, d := holeWords, h.Dossier
	title := a.paint(bold, clean(d.CVE))
	if d.Title != "" {
		title += " · " + clean(d.Title)
	}
	a.print(title)
	published := ""
	if !d.Published.IsZero() {
		published = lang.Date(d.Published, a.lang)
	}
	level := a.t(h.Rating.Level.Text())
	if h.Rating.Score > 0 {
		level += fmt.Sprintf(" (CVSS %.1f)", h.Rating.Score)
	}
	a.pairs(pair{w.Level, level}, pair{w.Critical, a.t(answerWords[h.Rating.Critical()])}, pair{w.Published, published})
	a.head(w.Why)
	for _, r := range h.Rating.Reasons {
		for i, line := range wrap(a.t(r), 94) {
			a.print("  " + strings.Repeat("  ", min(i, 1)) + line)
		}
	}
	if len(h.Clocks) > 0 {
		a.head(w.Clocks)
		a.clocks(h.Clocks, true)
	}
	a.head(w.Systems)
	if len(h.Exposed) == 0 {
		a.print("  " + w.NoSystem.In(a.lang))
	}
	var cells [][]cell
	for _, e := range h.Exposed {
		cells = append(cells, []cell{text(e.System), text(e.Customer), text(e.Source), text(e.Version), text(cmp.Or(e.Fixed, clockWords.NoFix.In(a.lang)))})
	}
	a.table("  ", []lang.Text{systemWords.System, systemWords.Customer, systemWords.Package, systemWords.From, clockWords.Fixed}, cells)
	cells = nil
	for _, p := range d.Packages {
		cells = append(cells, []cell{text(p.Source), text(p.Release), text(a.t(advisory.StateText(p.State))), text(p.Fixed), text(p.Urgency)})
	}
	if len(cells) > 0 {
		a.head(w.Releases)
		a.table("  ", []lang.Text{systemWords.Package, w.Release, w.State, clockWords.Fixed, w.Urgency}, cells)
	}
	a.head(w.Publishers)
	for _, s := range d.Advisories {
		line := clean(s.ID) + " (" + clean(s.Publisher) + ")"
		if !s.Published.IsZero() {
			line += ", " + lang.Date(s.Published, a.lang)
		}
		a.print("  " + line)
	}
	if len(d.References) > 0 {
		a.head(w.Links)
		for _, r := range d.References {
			a.print("  " + clean(r.URL))
		}
	}
	a.reliance(h.Feeds)
}

// shownHoles is how many holes a list shows unless all are asked for: a Debian host has hundreds of small ones.
const shownHoles = 30

func (cmd holesCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	h, err := c.Holes(a.ctx, cmd.System)
	if err != nil {
		return err
	}
	if a.json {
		h.Holes = list(h.Holes)
		return writeJSON(a.out, h)
	}
	switch {
	case !h.Matched:
		a.print("? " + clean(h.System) + ": " + a.t(h.Why))
	case len(h.Holes) == 0:
		a.print(a.tf(holeWords.None, clean(h.System)))
	default:
		a.openHoles(h, cmd.All)
	}
	a.appHoles(h, cmd.All)
	a.appLives(h)
	return nil
}

// openHoles prints the holes of a system's packages.
func (a *app) openHoles(h client.OpenHoles, all bool) {
	a.print(a.tf(holeWords.Summary, clean(h.System), len(h.Holes), h.Counts[severity.Critical], h.Open))
	a.print("")
	var cells [][]cell
	for i, one := range h.Holes {
		if i == shownHoles && !all {
			break
		}
		colour := plainText
		if one.Critical == severity.Yes {
			colour = red
		}
		cells = append(cells, []cell{painted(colour, a.t(one.Level.Text())), text(one.CVE), text(one.Source), text(one.Version),
			text(cmp.Or(one.Fixed, clockWords.NoFix.In(a.lang))), text(a.t(advisory.StateText(one.State)))})
	}
	a.table("", []lang.Text{holeWords.Level, clockWords.Hole, systemWords.Package, systemWords.From, clockWords.Fixed, holeWords.State}, cells)
	if left := len(h.Holes) - len(cells); left > 0 {
		a.print(a.tf(holeWords.More, left))
	}
}

// appHoles prints the holes of a system's web applications, with the advice to their owner.
func (a *app) appHoles(h client.OpenHoles, all bool) {
	if len(h.Applications) > 0 {
		a.head(holeWords.Applications)
	}
	for i, x := range h.Applications {
		if i == shownHoles && !all {
			a.print("  " + a.tf(holeWords.More, len(h.Applications)-i))
			break
		}
		for n, line := range wrap(a.t(x.Advice), 94) {
			a.print([]string{"  ", "    "}[min(n, 1)] + line)
		}
	}
	if h.Partial {
		a.print("\n▲ " + a.t(holeWords.Partial))
	}
}

// appLives prints until when a system's web applications are looked after, and the PHP that they have to run
// on.
func (a *app) appLives(h client.OpenHoles) {
	if len(h.Lives) == 0 {
		return
	}
	a.head(holeWords.Lives)
	for _, l := range h.Lives {
		m := phaseMarks[l.Phase]
		for n, line := range wrap(a.t(l.Advice), 92) {
			a.print([]string{"  " + a.paint(m.colour, m.shape) + " ", "    "}[min(n, 1)] + line)
		}
	}
	for _, m := range h.PHP {
		for n, line := range wrap(a.t(m.Reason), 92) {
			a.print([]string{"  · ", "    "}[min(n, 1)] + line)
		}
	}
}
