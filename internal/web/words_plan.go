package web

import "github.com/patchwart/patchwart/internal/core/lang"

// planWords are the words of the pages that show a plan and make it.
var planWords = struct {
	Title, TitleOne, DoneTitle, PreviewLead, Nothing, ConfirmLead, When, Estimate, Why lang.Text
	SlotsTitle, NotTitle, RefusedTitle, SlotsCaption, ToRuns                           lang.Text
	NothingHow                                                                         lang.Text
	Would, Planned, Not, Refused, Button                                               plural
}{
	Title:        lang.T("Planung für alle Systeme", "Plan for all systems"),
	TitleOne:     lang.T("Planung für %[1]s", "Plan for %[1]s"),
	DoneTitle:    lang.T("Eingeplant", "Planned"),
	PreviewLead:  lang.T("Vorschau. Es ist noch nichts eingeplant.", "Preview. Nothing is planned yet."),
	Nothing:      lang.T("Zurzeit lässt sich nichts einplanen.", "Nothing can be planned at the moment."),
	NothingHow:   lang.T("Ein Lauf braucht fällige Änderungen, die Erlaubnis dafür und ein Wartungsfenster, in das er passt.", "A run needs due changes, permission for them, and a maintenance window it fits into."),
	ConfirmLead:  lang.T("Der Wiederherstellungspunkt wird vor der ersten Änderung angelegt. Bis zum Beginn kann sich noch ändern, welche Pakete fällig sind; der Bericht nennt dann den Unterschied.", "The restore point is made before the first change. Until the start, what is due may still change; the report then names the difference."),
	When:         lang.T("Termin", "Slot"),
	Estimate:     lang.T("Dauer etwa", "About"),
	Why:          lang.T("Warum", "Why"),
	SlotsTitle:   lang.T("Passt in ein Wartungsfenster", "Fits a maintenance window"),
	NotTitle:     lang.T("Ohne Termin", "Without a slot"),
	RefusedTitle: lang.T("Nicht erlaubt oder ohne Auftrag", "Not permitted, or without an order"),
	SlotsCaption: lang.T("Läufe mit Termin", "Runs with a slot"),
	ToRuns:       lang.T("Zu den Läufen", "To the runs"),
	Would: plural{
		lang.T("%[1]s Lauf würde eingeplant.", "%[1]s run would be planned."),
		lang.T("%[1]s Läufe würden eingeplant.", "%[1]s runs would be planned."),
	},
	Planned: plural{
		lang.T("%[1]s Lauf ist eingeplant.", "%[1]s run is planned."),
		lang.T("%[1]s Läufe sind eingeplant.", "%[1]s runs are planned."),
	},
	Not: plural{
		lang.T("%[1]s bliebe ohne Termin.", "%[1]s would get no slot."),
		lang.T("%[1]s blieben ohne Termin.", "%[1]s would get no slot."),
	},
	Refused: plural{
		lang.T("%[1]s Posten ist nicht erlaubt oder wartet auf einen Auftrag.", "%[1]s item is not permitted or waits for an order."),
		lang.T("%[1]s Posten sind nicht erlaubt oder warten auf einen Auftrag.", "%[1]s items are not permitted or wait for an order."),
	},
	Button: plural{
		lang.T("%[1]s Lauf einplanen", "Plan %[1]s run"),
		lang.T("%[1]s Läufe einplanen", "Plan %[1]s runs"),
	},
}
