package cli

import (
	"strconv"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
)

var systemWords = struct {
	System, Customer, Contract, Due, Last, Next, Seen, Package, From, To, Class, Source, Allowed, Rule lang.Text
	Yes, No, Held, None, NoneDue, OS, NoReport, NotEnrolled, Job, Reason, Window, Orders, Order, Runs  lang.Text
	DueHead, DueCount, Ask, Count, CountOne, New, DueUnknown, Unreported, Closes                       lang.Text
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
	DueUnknown:  lang.T("Der Host hat noch nicht berichtet; was fällig ist, ist nicht bekannt.", "The host has not reported yet; what is due is not known."),
	Unreported:  lang.T("Noch kein Bericht, also nicht bekannt, was fällig ist: %[1]s", "No report yet, so it is not known what is due: %[1]s"),
	DueHead:     lang.T("Fällig", "Due"),
	DueCount:    lang.T("%[1]d, davon %[2]d Sicherheitsupdates", "%[1]d, of them %[2]d security updates"),
	Ask:         lang.T("Dafür nötig", "needed for it"),
	Count:       lang.T("%[1]d Systeme", "%[1]d systems"),
	CountOne:    lang.T("1 System", "1 system"),
	New:         lang.T("neu", "new"),
	Closes:      lang.T("%[1]s schließt kritische Lücken: %[2]s", "%[1]s closes critical holes: %[2]s"),
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
		switch {
		case r.Due > 0:
			due = a.tf(w.DueCount, r.Due, r.Security)
		case r.Seen.IsZero():
			due = "–" // nothing reported is not nothing due
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
	if len(s.DueList) == 0 && s.Seen.IsZero() {
		a.print("  " + w.DueUnknown.In(a.lang))
	} else {
		a.due(s.DueList, false)
	}
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
