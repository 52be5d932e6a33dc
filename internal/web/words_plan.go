package web

import "github.com/patchwart/patchwart/internal/core/lang"

// planWords are the words of the pages that show a plan and make it.
var planWords = struct {
	Title, TitleOne, DoneTitle, PreviewLead, Nothing, ConfirmLead, When, Estimate, Why lang.Text
	SlotsTitle, NotTitle, RefusedTitle, SlotsCaption, ToRuns                           lang.Text
	NothingHow                                                                         lang.Text
	MovedTitle, MovedCaption, Before, After, GoneTitle, ButtonAll                      lang.Text
	WouldMove, DidMove, WouldFall, DidFall, Same                                       plural
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
	MovedTitle:   lang.T("Bekommt einen anderen Termin", "Gets another slot"),
	MovedCaption: lang.T("Läufe mit bisherigem und neuem Termin", "Runs with the slot so far and the new one"),
	Before:       lang.T("bisher", "so far"),
	After:        lang.T("neu", "new"),
	GoneTitle:    lang.T("Fällt aus der Planung", "Falls out of the plan"),
	ButtonAll:    lang.T("So planen", "Plan it like this"),
	WouldMove: plural{
		lang.T("%[1]s Lauf bekäme einen anderen Termin.", "%[1]s run would get another slot."),
		lang.T("%[1]s Läufe bekämen einen anderen Termin.", "%[1]s runs would get another slot."),
	},
	DidMove: plural{
		lang.T("%[1]s Lauf hat einen anderen Termin.", "%[1]s run has another slot."),
		lang.T("%[1]s Läufe haben einen anderen Termin.", "%[1]s runs have another slot."),
	},
	WouldFall: plural{
		lang.T("%[1]s Lauf fiele weg.", "%[1]s run would fall out."),
		lang.T("%[1]s Läufe fielen weg.", "%[1]s runs would fall out."),
	},
	DidFall: plural{
		lang.T("%[1]s Lauf ist weggefallen.", "%[1]s run has fallen out."),
		lang.T("%[1]s Läufe sind weggefallen.", "%[1]s runs have fallen out."),
	},
	Same: plural{
		lang.T("%[1]s Lauf bleibt, wo er ist.", "%[1]s run stays where it is."),
		lang.T("%[1]s Läufe bleiben, wo sie sind.", "%[1]s runs stay where they are."),
	},
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
