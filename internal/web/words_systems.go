package web

import "github.com/patchwart/patchwart/internal/core/lang"

// systemsWords are the words of the list of systems.
var systemsWords = struct {
	Title, Caption, Query, QueryHint, State, OS, Due, SecurityCol, Last, Seen         lang.Text
	NextRun, Job, Model, Enrolled, Held, NoRun, NoMatch, Empty, EmptyHow              lang.Text
	StateAll, StateDue, StateHole, StateSecurity, StateWaiting, StateFine, StateYours lang.Text
	StateSilent, FoundAll                                                             lang.Text
	Found                                                                             plural
	SecurityShort, Holes                                                              plural
}{
	Title:         lang.T("Systeme", "Systems"),
	Caption:       lang.T("Systeme mit Vertrag, Fälligem und letztem Lauf", "Systems with contract, what is due, and last run"),
	Query:         lang.T("System, Kunde oder Betriebssystem", "System, customer or operating system"),
	QueryHint:     lang.T("z. B. web oder Kundenname", "e.g. web, or a customer's name"),
	State:         lang.T("Stand", "State"),
	OS:            lang.T("Betriebssystem", "Operating system"),
	Due:           lang.T("Fällig", "Due"),
	SecurityCol:   lang.T("Davon Sicherheit", "Of them security"),
	Last:          lang.T("Letzter Lauf", "Last run"),
	Seen:          lang.T("Zuletzt gehört", "Last heard"),
	NextRun:       lang.T("Nächster Lauf", "Next run"),
	Job:           lang.T("Wessen Aufgabe", "Whose job"),
	Model:         lang.T("Servicemodell", "Service model"),
	Enrolled:      lang.T("Aufgenommen", "Enrolled"),
	Held:          lang.T("Zurückgehalten", "On hold"),
	NoRun:         lang.T("noch kein Lauf", "no run yet"),
	NoMatch:       lang.T("Kein System passt zu dieser Auswahl.", "No system matches this filter."),
	Empty:         lang.T("Hier stehen alle Systeme, die betreut werden. Noch ist keines bekannt.", "This is where all systems in care are listed. None is known yet."),
	EmptyHow:      lang.T("Dieser Befehl liest sie aus einer Datei ein:", "This command reads them from a file:"),
	StateAll:      lang.T("alle", "all"),
	StateDue:      lang.T("mit fälligen Änderungen", "with due changes"),
	StateHole:     lang.T("mit offener kritischer Lücke", "with an open critical hole"),
	StateSecurity: lang.T("mit fälligen Sicherheitsupdates", "with due security updates"),
	StateWaiting:  lang.T("wartet auf Auftrag oder Angabe", "waits for an order or a fact"),
	StateFine:     lang.T("nichts fällig", "nothing due"),
	StateYours:    lang.T("Updates sind Aufgabe des Kunden", "updates are the customer's job"),
	StateSilent:   lang.T("meldet sich nicht", "does not report"),
	FoundAll:      lang.T("%[1]s von %[2]s Systemen", "%[1]s of %[2]s systems"),
	Found: plural{
		lang.T("%[1]s System", "%[1]s system"),
		lang.T("%[1]s Systeme", "%[1]s systems"),
	},
	Holes: plural{
		lang.T("%[1]s kritische Lücke", "%[1]s critical hole"),
		lang.T("%[1]s kritische Lücken", "%[1]s critical holes"),
	},
	SecurityShort: plural{
		lang.T("%[1]s Sicherheitsupdate", "%[1]s security update"),
		lang.T("%[1]s Sicherheitsupdates", "%[1]s security updates"),
	},
}
