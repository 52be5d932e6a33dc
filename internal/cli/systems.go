package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var systemWords = struct {
	System, Customer, Contract, Due, Last, Next, Seen, Package, From, To, Class, Source, Allowed, Rule lang.Text
	Yes, No, Held, None, NoneDue, OS, NoReport, NotEnrolled, Job, Reason, Window, Orders, Order, Runs  lang.Text
	DueHead, DueCount, Ask, Count, CountOne, New                                                       lang.Text
}{
	System:      lang.T("System", "system"),
	Customer:    lang.T("Kunde", "customer"),
	Contract:    lang.T("Vertrag", "contract"),
	Due:         lang.T("fällig", "due"),
	Last:        lang.T("letzter Lauf", "last run"),
	Next:        lang.T("nächster Lauf", "next run"),
	Seen:        lang.T("gemeldet", "seen"),
	Package:     lang.T("Paket", "package"),
	From:        lang.T("von", "from"),
	To:          lang.T("auf", "to"),
	Class:       lang.T("Art", "class"),
	Source:      lang.T("Quelle", "source"),
	Allowed:     lang.T("erlaubt", "permitted"),
	Rule:        lang.T("Regel", "rule"),
	Yes:         lang.T("● ja", "● yes"),
	No:          lang.T("◇ nein", "◇ no"),
	Held:        lang.T("▲ zurückgehalten", "▲ on hold"),
	None:        lang.T("Es ist noch kein System eingetragen. Der Anfang: patchwart apply -f estate.yaml", "There is no system yet. To begin: patchwart apply -f estate.yaml"),
	NoneDue:     lang.T("Nichts ist fällig.", "Nothing is due."),
	OS:          lang.T("Betriebssystem", "operating system"),
	NoReport:    lang.T("noch kein Bericht", "no report yet"),
	NotEnrolled: lang.T("nicht aufgenommen", "not enrolled"),
	Job:         lang.T("Sicherheitsupdates", "security updates"),
	Reason:      lang.T("Grund", "reason"),
	Window:      lang.T("Wartungsfenster", "window"),
	Orders:      lang.T("Aufträge", "Orders"),
	Order:       lang.T("%[1]s, %[2]s, %[3]s: „%[4]s“", `%[1]s, %[2]s, %[3]s: "%[4]s"`),
	Runs:        lang.T("Läufe", "Runs"),
	DueHead:     lang.T("Fällig", "Due"),
	DueCount:    lang.T("%[1]d, davon %[2]d Sicherheitsupdates", "%[1]d, of them %[2]d security updates"),
	Ask:         lang.T("Dafür nötig", "needed for it"),
	Count:       lang.T("%[1]d Systeme", "%[1]d systems"),
	CountOne:    lang.T("1 System", "1 system"),
	New:         lang.T("neu", "new"),
}

func (systemsCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Systems(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() { a.systems(rows) })
}

// list makes JSON say [] where there is nothing.
func list[T any](rows []T) []T {
	if rows == nil {
		return []T{}
	}
	return rows
}

func (a *app) systems(rows []client.SystemRow) {
	w := systemWords
	if len(rows) == 0 {
		a.say(w.None)
		return
	}
	var cells [][]cell
	for _, r := range rows {
		due := strconv.Itoa(r.Due)
		if r.Due > 0 {
			due = a.tf(w.DueCount, r.Due, r.Security)
		}
		line := []cell{text(r.Name), text(r.Customer), text(service(r.Model, r.Package)), text(due), {}, {}, text(a.seen(r, ""))}
		if r.Last != nil {
			line[4] = a.state(markOf(*r.Last))
		}
		if r.Next != nil {
			line[5] = a.state(markOf(*r.Next))
			line[5].text += " " + a.when(*r.Next)
		}
		cells = append(cells, line)
	}
	a.table("", []lang.Text{w.System, w.Customer, w.Contract, w.Due, w.Last, w.Next, w.Seen}, cells)
	if len(rows) == 1 {
		a.print("\n" + w.CountOne.In(a.lang))
		return
	}
	a.print("\n" + a.tf(w.Count, len(rows)))
}

// seen says when a host last reported, or why it has not.
func (a *app) seen(r client.SystemRow, zoneName string) string {
	for _, run := range []*client.RunRow{r.Next, r.Last} {
		if zoneName == "" && run != nil {
			zoneName = run.Zone
		}
	}
	switch {
	case !r.Enrolled:
		return systemWords.NotEnrolled.In(a.lang)
	case r.Seen.IsZero():
		return systemWords.NoReport.In(a.lang)
	}
	return a.moment(r.Seen, zoneName)
}

func (cmd systemCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	s, err := c.System(a.ctx, cmd.Name)
	if err != nil {
		return err
	}
	return a.result(s, func() { a.system(s) })
}

func (a *app) system(s client.System) {
	w := systemWords
	zoneName := s.Held.Window.Zone
	title := a.paint(bold, clean(s.Name))
	for _, part := range []string{s.Customer, service(s.Model, s.Package), s.Held.System.Purpose} {
		if part != "" {
			title += " · " + clean(part)
		}
	}
	a.print(title)
	slot := a.t(s.NoSlot)
	if s.Slot != nil {
		slot = a.span(s.Slot.At, zoneName) + " (" + clean(zoneName) + ")"
	}
	a.pairs(
		pair{w.OS, clean(s.OS)},
		pair{w.Seen, a.seen(s.SystemRow, zoneName)},
		pair{w.Job, a.t(s.Answer)},
		pair{w.Reason, a.t(s.Job.ReasonLine())},
		pair{w.Window, slot},
	)
	a.head(w.DueHead)
	a.due(s.DueList, false)
	if len(s.Orders) > 0 {
		a.head(w.Orders)
		for _, o := range s.Orders {
			a.print("  " + clean(a.tf(w.Order, o.Contact, o.Channel, a.moment(o.Given, zoneName), o.Text)))
		}
	}
	if len(s.Runs) > 0 {
		a.head(w.Runs)
		a.runs("  ", s.Runs, false)
	}
}

func (cmd dueCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Due(a.ctx, cmd.System)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() { a.due(rows, true) })
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
	for _, reason := range reasons {
		text := strings.TrimLeft(reason, " ")
		deeper := strings.Repeat(" ", len(reason)-len(text))
		for i, line := range wrap(text, 96) {
			a.print(indent + deeper + strings.Repeat("  ", min(i, 1)) + line)
		}
	}
}

func (cmd explainCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	e, err := c.Explain(a.ctx, cmd.System, cmd.Package)
	if err != nil {
		return err
	}
	return a.result(e, func() { a.explain(e) })
}

var explainWords = struct{ Answer, Reason, Allowed, Yes, No, Ask, Rules, Facets, Policy, From lang.Text }{
	Answer:  lang.T("Antwort", "answer"),
	Reason:  lang.T("Grund", "reason"),
	Allowed: lang.T("jetzt erlaubt", "permitted now"),
	Yes:     lang.T("● ja", "● yes"),
	No:      lang.T("◇ nein", "◇ no"),
	Ask:     lang.T("dafür nötig", "needed for it"),
	Rules:   lang.T("Regeln, die dazu führten", "Rules that led to it"),
	Facets:  lang.T("Wovon sie ausgehen", "What they rest on"),
	Policy:  lang.T("Fassung", "policy version"),
	From:    lang.T("%[1]s, gültig ab %[2]s", "%[1]s, valid from %[2]s"),
}

func (a *app) explain(e client.Explanation) {
	w := explainWords
	title := a.paint(bold, clean(e.System))
	if e.Package != "" {
		title += " · " + a.paint(bold, clean(e.Package))
	}
	a.print(title)
	allowed := w.No
	if e.Allowed {
		allowed = w.Yes
	}
	version := e.Policy.ID
	if e.Policy.Title != "" {
		version += " – " + e.Policy.Title
	}
	if e.Policy.From != "" {
		version = a.tf(w.From, version, e.Policy.From)
	}
	a.pairs(pair{w.Answer, a.t(e.Answer)}, pair{w.Reason, a.t(e.Why)}, pair{w.Allowed, allowed.In(a.lang)},
		pair{w.Ask, a.t(e.Ask)}, pair{w.Policy, clean(version)})
	if len(e.Decision.Reasons) > 0 {
		a.head(w.Rules)
		for _, r := range e.Decision.Reasons {
			for i, line := range wrap(a.t(r.Text), 88) {
				id := ""
				if i == 0 {
					id = clean(r.RuleID)
				}
				a.print(fmt.Sprintf("  %-8s  %s", id, line))
			}
		}
	}
	a.head(w.Facets)
	var facts []pair
	for _, f := range e.Facets.Facts() {
		facts = append(facts, pair{f.Title, a.t(f.Words)})
	}
	a.pairs(facts...)
}
