package web

import "github.com/patchwart/patchwart/internal/core/lang"

// bookWords are the words of the pages about orders.
var bookWords = struct {
	Title, Empty, EmptyHow, NoMatch, Query, QueryHint, Caption, Order, Said, From, HowFar lang.Text
	StateAll, StateOpen, StateNeeds, StateDone, StateWithdrawn                            lang.Text
	Lead, Told, Hash, HashHint, Withdraw, WithdrawLead, WithdrawText, WithdrawButton      lang.Text
	WithdrawnBy, Mitigation, RebootToo, Run, Where, Tabs                                  lang.Text
	Found                                                                                 plural
}{
	Title:     lang.T("Aufträge", "Orders"),
	Empty:     lang.T("Noch hat niemand einen Auftrag gegeben.", "Nobody has given an order yet."),
	EmptyHow:  lang.T("Aufträge werden auf der Seite des Systems eingetragen, mit dem Wortlaut des Kunden.", "Orders are placed on the page of the system, in the customer's own words."),
	NoMatch:   lang.T("Kein Auftrag passt zu dieser Auswahl.", "No order fits this selection."),
	Query:     lang.T("System, Kunde, Person oder Ticket", "System, customer, person or ticket"),
	QueryHint: lang.T("Ticket 4711", "ticket 4711"),
	Caption:   lang.T("Aufträge mit System, Person, Wortlaut und Stand", "Orders with system, person, wording and state"),
	Order:     lang.T("Auftrag", "Order"),
	Said:      lang.T("Gesagt wurde", "What was said"),
	From:      lang.T("Von", "From"),
	HowFar:    lang.T("Stand der Dinge", "How it stands"),
	Where:     lang.T("Wo es steht", "Where it stands"),
	Run:       lang.T("Lauf", "Run"),
	Tabs:      lang.T("Rund um Aufträge", "Around orders"),

	StateAll:       lang.T("alle", "all"),
	StateOpen:      lang.T("offen", "open"),
	StateNeeds:     lang.T("braucht jemanden", "needs somebody"),
	StateDone:      lang.T("ausgeführt", "done"),
	StateWithdrawn: lang.T("zurückgezogen, abgelehnt, verfallen", "withdrawn, refused, expired"),

	Lead:     lang.T("%[1]s für %[2]s", "%[1]s for %[2]s"),
	Told:     lang.T("Das haben wir bestätigt", "What we confirmed"),
	Hash:     lang.T("SHA-256 des Wortlauts", "SHA-256 of the wording"),
	HashHint: lang.T("Damit lässt sich zeigen, dass der Wortlaut noch der von damals ist.", "With it can be shown that the wording is still that of then."),

	RebootToo:      lang.T("ein Neustart ist erlaubt", "a reboot is permitted"),
	Mitigation:     lang.T("Maßnahmen gegen Lücken", "measures against holes"),
	Withdraw:       lang.T("Auftrag zurückziehen", "Withdraw the order"),
	WithdrawLead:   lang.T("Das geht, bis der Lauf beginnt. Ein geplanter Lauf entfällt.", "This is possible until the run begins. A planned run is not made."),
	WithdrawText:   lang.T("Was der Kunde dazu gesagt hat, wörtlich", "What the customer said, verbatim"),
	WithdrawButton: lang.T("Zurückziehen", "Withdraw"),
	WithdrawnBy:    lang.T("Zurückgezogen von", "Withdrawn by"),

	Found: plural{
		lang.T("%[1]s Auftrag", "%[1]s order"),
		lang.T("%[1]s Aufträge", "%[1]s orders"),
	},
}
