package web

import "github.com/patchwart/patchwart/internal/core/lang"

// standWords are the words of the pages about standing orders.
var standWords = struct {
	Title, Lead, Empty, EmptyHow, NoMatch, Query, QueryHint, Caption, One                    lang.Text
	StateAll, Overdue, Paused, InForce, Moved, LeftOut, Ended, Takes                         lang.Text
	Contract, Recurs, Day, What, Who, Reason, Next, NoDates, Dates, Provider                 lang.Text
	Given, Wording, Said, NothingSaid, SaidMove, SaidSkip, SaidPause, SaidPauseOpen          lang.Text
	SaidResume, SaidBy, Change, ChangeLead, Move, Skip, Pause, Resume, DayOf, To, From       lang.Text
	Until, FromHint, UntilHint, ReasonMissing, NoDay, MoveDo, SkipDo, PauseDo, ResumeDo, Why lang.Text
	Found                                                                                    plural
}{
	Title:     lang.T("Daueraufträge", "Standing orders"),
	Lead:      lang.T("%[1]s des Vertrags %[2]s", "%[1]s of contract %[2]s"),
	Empty:     lang.T("Hier steht, was Kunden regelmäßig eingespielt haben wollen. Noch gibt es keinen Dauerauftrag.", "This is where customers' standing orders are listed. There is none yet."),
	EmptyHow:  lang.T("Ein Dauerauftrag steht beim Vertrag im Bestand (standing_order).", "A standing order is stated with its contract in the estate (standing_order)."),
	NoMatch:   lang.T("Kein Dauerauftrag passt zu dieser Auswahl.", "No standing order fits this selection."),
	Query:     lang.T("System, Kunde oder Vertrag", "System, customer or contract"),
	QueryHint: lang.T("z. B. web1", "e.g. web1"),
	Caption:   lang.T("Daueraufträge mit Stand, Regel, nächsten Terminen und Systemen", "Standing orders with state, rule, next dates and systems"),
	One:       lang.T("Dauerauftrag", "Standing order"),

	StateAll: lang.T("alle", "all"),
	Overdue:  lang.T("überfällig", "overdue"),
	Paused:   lang.T("ausgesetzt", "paused"),
	InForce:  lang.T("in Kraft", "in force"),
	Moved:    lang.T("verlegt", "moved"),
	LeftOut:  lang.T("entfällt", "left out"),
	Ended:    lang.T("nach dem Ende", "after the end"),
	Takes:    lang.T("findet statt", "takes place"),

	Contract:    lang.T("Vertrag", "Contract"),
	Recurs:      lang.T("Regel", "Rule"),
	Day:         lang.T("Tag nach der Regel", "Day by the rule"),
	What:        lang.T("Was daraus wird", "What becomes of it"),
	Who:         lang.T("Von wem", "By whom"),
	Reason:      lang.T("Grund", "Reason"),
	Next:        lang.T("Nächste Termine", "Next dates"),
	NoDates:     lang.T("Kein Termin steht mehr aus.", "No date is to come."),
	Dates:       lang.T("Termine", "Dates"),
	Provider:    lang.T("Provider", "provider"),
	Given:       lang.T("Gegeben am %[1]s von %[2]s (%[3]s)", "Given on %[1]s by %[2]s (%[3]s)"),
	Wording:     lang.T("Wortlaut", "Wording"),
	Said:        lang.T("Was dazu gesagt wurde", "What was said about it"),
	NothingSaid: lang.T("Noch nichts; jeder Termin findet statt, wie die Regel sagt.", "Nothing yet; each date takes place as the rule says."),

	SaidMove:      lang.T("Der Termin vom %[1]s ist verlegt auf %[2]s.", "The date of %[1]s is moved to %[2]s."),
	SaidSkip:      lang.T("Der Termin vom %[1]s entfällt.", "The date of %[1]s is left out."),
	SaidPause:     lang.T("Ausgesetzt vom %[1]s bis zum %[2]s.", "Paused from %[1]s to %[2]s."),
	SaidPauseOpen: lang.T("Ausgesetzt vom %[1]s an, bis auf Weiteres.", "Paused from %[1]s until further notice."),
	SaidResume:    lang.T("Wieder aufgenommen.", "Resumed."),
	SaidBy:        lang.T("%[1]s (%[2]s): %[3]s", "%[1]s (%[2]s): %[3]s"),

	Change:        lang.T("Etwas daran ändern", "Change something about it"),
	ChangeLead:    lang.T("Es gilt sofort. Der Ansprechpartner des Kunden wird benachrichtigt; ein geplanter Lauf, der nicht mehr fällig ist, entfällt.", "It holds at once. The customer's contact is told; a planned run that is not due any more is not made."),
	Move:          lang.T("Einen Termin verlegen", "Move one date"),
	Skip:          lang.T("Einen Termin auslassen", "Leave one date out"),
	Pause:         lang.T("Aussetzen", "Pause"),
	Resume:        lang.T("Wieder aufnehmen", "Resume"),
	DayOf:         lang.T("Welcher Termin", "Which date"),
	To:            lang.T("Neuer Beginn", "New begin"),
	From:          lang.T("Erster Tag", "First day"),
	Until:         lang.T("Letzter Tag", "Last day"),
	FromHint:      lang.T("Leer heißt: ab heute", "Empty means: from today"),
	UntilHint:     lang.T("Leer heißt: bis auf Weiteres", "Empty means: until further notice"),
	ReasonMissing: lang.T("Bitte nennen Sie den Grund.", "Please give the reason."),
	NoDay:         lang.T("Bitte nennen Sie einen Tag, zum Beispiel 2026-12-05.", "Please give a day, for example 2026-12-05."),
	MoveDo:        lang.T("Verlegen", "Move it"),
	SkipDo:        lang.T("Auslassen", "Leave it out"),
	PauseDo:       lang.T("Aussetzen", "Pause it"),
	ResumeDo:      lang.T("Wieder aufnehmen", "Resume it"),
	Why:           lang.T("Warum", "Why"),

	Found: plural{
		lang.T("%[1]s Dauerauftrag", "%[1]s standing order"),
		lang.T("%[1]s Daueraufträge", "%[1]s standing orders"),
	},
}
