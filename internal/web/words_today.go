package web

import "github.com/patchwart/patchwart/internal/core/lang"

// todayWords are the words of the start page.
var todayWords = struct {
	Title, Calm, Blank, Notice, NextIs                                       lang.Text
	Overdue                                                                  lang.Text
	Running, NoRunning, Needs, Waiting, Silent, Next, Done                   lang.Text
	NeverSeen, NotEnrolled, LastSeen, Order, Look, PlanAll, PlanLead         lang.Text
	Empty, EmptyHow, EmptyThen, Began, QuietLow                              lang.Text
	MoreFine, Measure, MeasureBack                                           lang.Text
	LeadOverdue, LeadClocks, LeadRunning, LeadNeeds, LeadWaiting, LeadSilent plural
	Fine, Yours, Packages                                                    plural
}{
	Title:   lang.T("Heute", "Today"),
	Calm:    lang.T("Es gibt nichts zu tun.", "There is nothing to do."),
	NextIs:  lang.T("Als Nächstes kommt %[1]s an die Reihe:", "Next in line is %[1]s:"),
	Blank:   lang.T("Der Server kennt noch keine Systeme.", "The server knows no systems yet."),
	Notice:  lang.T("Am dringendsten:", "Most urgent:"),
	Running: lang.T("Was läuft", "What runs"),

	Measure:     lang.T("Maßnahme gegen eine Lücke", "measure against a hole"),
	MeasureBack: lang.T("Maßnahme wird zurückgenommen", "measure is taken back"),

	NoRunning: lang.T("Gerade läuft nichts.", "Nothing is running right now."),
	Overdue:   lang.T("Überfällig nach Dauerauftrag", "Overdue by standing order"),
	Needs:     lang.T("Fehlgeschlagen oder zurückgesetzt", "Failed or restored"),
	Waiting:   lang.T("Wartet auf Auftrag oder Angabe", "Waits for an order or a fact"),
	Silent:    lang.T("Meldet sich nicht", "Does not report"),
	Next:      lang.T("Als Nächstes", "Coming up"),
	Done:      lang.T("In den letzten 24 Stunden erledigt", "Done in the last 24 hours"),

	NeverSeen:   lang.T("Hat sich noch nie gemeldet.", "Has never reported."),
	NotEnrolled: lang.T("Auf dem Host läuft noch kein Agent.", "There is no agent on the host yet."),
	LastSeen:    lang.T("Zuletzt gehört:", "Last heard:"),
	Order:       lang.T("Auftrag erfassen", "Enter an order"),
	Look:        lang.T("Ansehen", "Look"),
	PlanAll:     lang.T("Planung für alle Systeme ansehen", "Preview the plan for all systems"),
	PlanLead:    lang.T("Zeigt zuerst, was geschähe; eingeplant wird erst danach.", "Shows what would happen first; nothing is planned before you confirm."),
	Empty:       lang.T("Hier steht jeden Tag, was läuft, was jemanden braucht und was als Nächstes kommt. Dazu muss der Server erst wissen, welche Systeme er betreut und was vereinbart ist.", "Every day this page shows what runs, what needs a person and what comes next. For that, the server has to know which systems it looks after and what is agreed."),
	EmptyHow:    lang.T("Dieser Befehl liest Kunden, Verträge und Systeme aus einer Datei ein:", "This command reads customers, contracts and systems from a file:"),
	EmptyThen:   lang.T("Danach zeigt die Seite jedes Systems den Befehl, mit dem der Host aufgenommen wird.", "After that, each system's page shows the command that enrols the host."),
	Began:       lang.T("Beginn", "Began"),
	QuietLow:    lang.T("Alles Übrige", "Everything else"),
	MoreFine:    lang.T("und %[1]s weitere", "and %[1]s more"),

	LeadClocks: plural{
		lang.T("Eine kritische Lücke ist offen.", "One critical hole is open."),
		lang.T("%[1]s kritische Lücken sind offen.", "%[1]s critical holes are open."),
	},
	LeadRunning: plural{
		lang.T("Ein Lauf ist unterwegs.", "One run is under way."),
		lang.T("%[1]s Läufe sind unterwegs.", "%[1]s runs are under way."),
	},
	LeadOverdue: plural{
		lang.T("Bei einem System ging ein Termin nach Dauerauftrag vorbei, ohne dass etwas geschah.", "On one system, a date by standing order went by with nothing done."),
		lang.T("Bei %[1]s Systemen ging ein Termin nach Dauerauftrag vorbei, ohne dass etwas geschah.", "On %[1]s systems, a date by standing order went by with nothing done."),
	},
	LeadNeeds: plural{
		lang.T("Ein Ergebnis braucht einen Menschen.", "One result needs a person."),
		lang.T("%[1]s Ergebnisse brauchen einen Menschen.", "%[1]s results need a person."),
	},
	LeadWaiting: plural{
		lang.T("Eine fällige Arbeit wartet auf Auftrag oder Angabe.", "One piece of due work waits for an order or a fact."),
		lang.T("%[1]s fällige Arbeiten warten auf Auftrag oder Angabe.", "%[1]s pieces of due work wait for an order or a fact."),
	},
	LeadSilent: plural{
		lang.T("Ein Host meldet sich nicht.", "One host does not report."),
		lang.T("%[1]s Hosts melden sich nicht.", "%[1]s hosts do not report."),
	},
	Fine: plural{
		lang.T("%[1]s System: nichts fällig", "%[1]s system: nothing due"),
		lang.T("%[1]s Systeme: nichts fällig", "%[1]s systems: nothing due"),
	},
	Yours: plural{
		lang.T("%[1]s System: Updates sind Aufgabe des Kunden", "%[1]s system: updates are the customer's job"),
		lang.T("%[1]s Systeme: Updates sind Aufgabe des Kunden", "%[1]s systems: updates are the customer's job"),
	},
	Packages: plural{
		lang.T("%[1]s Paket", "%[1]s package"),
		lang.T("%[1]s Pakete", "%[1]s packages"),
	},
}
