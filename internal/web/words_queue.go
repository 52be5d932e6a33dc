package web

import "github.com/patchwart/patchwart/internal/core/lang"

// queueWords are the words of the page of what waits.
var queueWords = struct {
	Title, Lead, Empty, EmptyHow, NoMatch, Query, QueryHint, Caption           lang.Text
	StateAll, Ours, For, Turn, Why, Next, Since, Until, Times, Nobody          lang.Text
	AskedWhom, AskedWhen, AskedHow, Undeliverable, OnItsWay, NotAsked, AskedAs lang.Text
	ToMeeting, ToOrder, ToRun, AtLeast, All, NoStep                            lang.Text
	Found, More                                                                plural
}{
	Title:     lang.T("Wartet", "Waits"),
	Lead:      lang.T("Zuerst, was an uns liegt; dann, was am längsten wartet.", "First what is up to us; then what has waited longest."),
	Empty:     lang.T("Nichts wartet: Alles, was fällig ist, darf eingespielt werden, und kein Auftrag ist offen.", "Nothing waits: everything that is due may be installed, and no order is open."),
	EmptyHow:  lang.T("Hier steht sonst, was einen Auftrag, einen Preis, eine Antwort oder einen Termin braucht.", "Otherwise this is where you find what needs an order, a price, an answer or an appointment."),
	NoMatch:   lang.T("Nichts, was wartet, passt zu dieser Auswahl.", "Nothing that waits fits this selection."),
	Query:     lang.T("System, Kunde, Auftrag oder Regel", "System, customer, order or rule"),
	QueryHint: lang.T("z. B. db1", "e.g. db1"),
	Caption:   lang.T("Was wartet, worauf, seit wann, wer gefragt wurde und was als Nächstes zu tun ist", "What waits, for what, since when, who was asked, and the next step"),

	StateAll: lang.T("alles", "everything"),
	Ours:     lang.T("liegt an uns", "up to us"),
	For:      lang.T("Wartet auf", "Waits for"),
	Turn:     lang.T("Am Zug", "Whose turn"),
	Why:      lang.T("Warum", "Why"),
	Next:     lang.T("Nächster Schritt", "Next step"),
	Since:    lang.T("Seit", "Since"),
	Until:    lang.T("Frist", "Deadline"),
	Times:    lang.T("Wie oft gefragt", "Times asked"),
	Nobody:   lang.T("niemand", "nobody"),

	AskedWhom:     lang.T("Gefragt", "Asked"),
	AskedWhen:     lang.T("Gefragt am", "Asked at"),
	AskedHow:      lang.T("Auf welchem Weg", "By which channel"),
	Undeliverable: lang.T("per Mail, unzustellbar", "by mail, undeliverable"),
	OnItsWay:      lang.T("per Mail, unterwegs", "by mail, on its way"),
	NotAsked:      lang.T("Noch niemand wurde gefragt.", "Nobody was asked yet."),
	AskedAs:       lang.T("%[1]s, %[2]s", "%[1]s, %[2]s"),

	ToMeeting: lang.T("Zum Termin", "To the appointment"),
	ToOrder:   lang.T("Zum Auftrag", "To the order"),
	ToRun:     lang.T("Zum Lauf", "To the run"),
	AtLeast:   lang.T("mindestens seit", "at least since"),
	All:       lang.T("Alles, was wartet, mit Alter und wer gefragt wurde", "Everything that waits, with its age and who was asked"),
	NoStep:    lang.T("Mit einem Auftrag ist hier nichts getan.", "An order would change nothing here."),

	Found: plural{
		lang.T("%[1]s Vorgang wartet.", "%[1]s matter waits."),
		lang.T("%[1]s Vorgänge warten.", "%[1]s matters wait."),
	},
	More: plural{
		lang.T("%[1]s Mal gefragt", "asked %[1]s time"),
		lang.T("%[1]s Mal gefragt", "asked %[1]s times"),
	},
}
