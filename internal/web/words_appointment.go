package web

import "github.com/patchwart/patchwart/internal/core/lang"

// meetWords are the words of the pages about appointments.
var meetWords = struct {
	Title, Lead, Empty, EmptyHow, NoMatch, Query, QueryHint, Caption, One             lang.Text
	StateAll, StateOurs, StateTheirs, StateAgreed, StateOver                          lang.Text
	Turn, From, To, Until, Last, Us, NobodyYet, SaidBy, Proposed, Accepted, Declined  lang.Text
	Time, NoTimeYet, Steps, NewTitle, NewLead, ForOrder, Answer, AnswerOpen           lang.Text
	Accept, Decline, Counter, Propose, What, Who, WhoChoose, UsWord, Name, NameHint   lang.Text
	Channel, Text, TextHint, TimeFrom, TimeTo, TimeHint, TimeOnly, Submit, LocalTime  lang.Text
	NameMissing, WhoMissing, ActMissing, ChannelMissing, TextMissing, TooLong, NoTime lang.Text
	NotTaken, NotTakenMend, RuleNone, RuleFrom, RuleElsewhere, Section, SectionLead   lang.Text
	Found                                                                             plural
}{
	Title:     lang.T("Termine", "Appointments"),
	Lead:      lang.T("Außerhalb der Wartungsfenster wird nur gearbeitet, wenn beide Seiten zugestimmt haben.", "Outside of maintenance windows work is done only once both sides have agreed."),
	Empty:     lang.T("Hier steht, welche Zeiten außerhalb der Wartungsfenster vorgeschlagen und vereinbart sind. Noch gibt es keine.", "This is where times outside of maintenance windows are listed, proposed and agreed. There are none yet."),
	EmptyHow:  lang.T("Vorgeschlagen wird ein Termin auf der Seite des Systems oder des Auftrags.", "An appointment is proposed on the page of the system or of the order."),
	NoMatch:   lang.T("Kein Termin passt zu dieser Auswahl.", "No appointment fits this selection."),
	Query:     lang.T("System, Kunde oder Auftrag", "System, customer or order"),
	QueryHint: lang.T("z. B. web1", "e.g. web1"),
	Caption:   lang.T("Termine mit Stand, Zeit, letzter Äußerung und Frist", "Appointments with state, time, what was said last, and deadline"),
	One:       lang.T("Termin", "Appointment"),

	StateAll:    lang.T("alle", "all"),
	StateOurs:   lang.T("wir sind dran", "our turn"),
	StateTheirs: lang.T("der Kunde ist dran", "the customer's turn"),
	StateAgreed: lang.T("vereinbart", "agreed"),
	StateOver:   lang.T("abgelehnt, verfallen", "declined, expired"),

	Turn:      lang.T("Am Zug", "Whose turn"),
	From:      lang.T("Beginn", "Begin"),
	To:        lang.T("Ende", "End"),
	Until:     lang.T("Antwort bis", "Answer by"),
	Last:      lang.T("Zuletzt", "Last said"),
	Us:        lang.T("wir", "we"),
	NobodyYet: lang.T("noch nichts vorgeschlagen", "nothing proposed yet"),
	SaidBy:    lang.T("%[1]s: %[2]s (%[3]s, %[4]s)", "%[1]s: %[2]s (%[3]s, %[4]s)"),
	Proposed:  lang.T("vorgeschlagen", "proposed"),
	Accepted:  lang.T("zugestimmt", "agreed"),
	Declined:  lang.T("abgelehnt", "declined"),

	Time:       lang.T("Zeit", "Time"),
	NoTimeYet:  lang.T("noch keine", "none yet"),
	Steps:      lang.T("Was gesagt wurde", "What was said"),
	NewTitle:   lang.T("Termin vorschlagen", "Propose an appointment"),
	NewLead:    lang.T("Der Vorschlag gilt erst, wenn die andere Seite zustimmt; sie wird benachrichtigt.", "The proposal holds only once the other side agrees; it is told."),
	ForOrder:   lang.T("Auftrag %[1]s wartet, bis über den Termin entschieden ist.", "Order %[1]s waits until the appointment is settled."),
	Answer:     lang.T("Dazu etwas eintragen", "Enter something about it"),
	AnswerOpen: lang.T("Antworten, absagen oder eine andere Zeit nennen", "Answer, decline or name another time"),

	Accept:    lang.T("Zustimmen", "Agree"),
	Decline:   lang.T("Ablehnen; es bleibt beim Wartungsfenster", "Decline; it stays with the maintenance window"),
	Counter:   lang.T("Eine andere Zeit vorschlagen", "Propose another time"),
	Propose:   lang.T("Eine Zeit vorschlagen", "Propose a time"),
	What:      lang.T("Was wird gesagt", "What is said"),
	Who:       lang.T("Wer sagt das", "Who says so"),
	WhoChoose: lang.T("Bitte wählen", "Please choose"),
	UsWord:    lang.T("wir, der Provider", "we, the provider"),
	Name:      lang.T("Ihr Name", "Your name"),
	NameHint:  lang.T("Nur, wenn wir es sagen.", "Only where we say so."),
	Channel:   lang.T("Wo es steht", "Where it stands"),
	Text:      lang.T("Wortlaut", "Wording"),
	TextHint:  lang.T("Wörtlich; der Text wird mit seinem Hash Teil des Nachweises.", "Verbatim; the text becomes part of the evidence, with its hash."),
	TimeFrom:  lang.T("Von", "From"),
	TimeTo:    lang.T("Bis", "To"),
	TimeHint:  lang.T("Ortszeit %[1]s, höchstens 24 Stunden", "Local time %[1]s, at most 24 hours"),
	LocalTime: lang.T("Ortszeit %[1]s", "Local time %[1]s"),
	TimeOnly:  lang.T("Nur nötig, wenn eine Zeit vorgeschlagen wird.", "Needed only where a time is proposed."),
	Submit:    lang.T("Eintragen und die andere Seite benachrichtigen", "Enter it and tell the other side"),

	NameMissing:    lang.T("Bitte nennen Sie Ihren Namen.", "Please give your name."),
	WhoMissing:     lang.T("Bitte wählen Sie, wer das sagt.", "Please choose who says so."),
	ActMissing:     lang.T("Bitte wählen Sie, was gesagt wird.", "Please choose what is said."),
	ChannelMissing: lang.T("Bitte nennen Sie, wo es steht, zum Beispiel die Ticketnummer.", "Please say where it stands, for example the ticket number."),
	TextMissing:    lang.T("Bitte geben Sie den Wortlaut ein.", "Please enter the wording."),
	TooLong:        lang.T("Das ist zu lang: höchstens %[1]d Zeichen.", "This is too long: at most %[1]d characters."),
	NoTime:         lang.T("Bitte nennen Sie Tag und Uhrzeit, zum Beispiel 2026-12-05T05:00.", "Please give day and time, for example 2026-12-05T05:00."),
	NotTaken:       lang.T("Noch ist nichts eingetragen.", "Nothing is entered yet."),
	NotTakenMend:   lang.T("Bitte ergänzen Sie die bezeichneten Felder.", "Please complete the fields named below."),

	RuleNone: lang.T("Keine hier veröffentlichte Fassung enthält diese Regel; zugestimmt werden muss trotzdem.", "No version published here holds this rule; agreement is needed all the same."),
	RuleFrom: lang.T("Fassung", "Version"),
	RuleElsewhere: lang.T("Der Vertrag steht unter Fassung %[1]s, die diese Regel nicht hat. Wir halten uns an sie, wie sie hier steht.",
		"The contract stands under version %[1]s, which does not have this rule. We keep to it as it stands here."),
	Section:     lang.T("Termine außerhalb der Fenster", "Appointments outside of windows"),
	SectionLead: lang.T("Soll außerhalb des Wartungsfensters gearbeitet werden, stimmen beide Seiten einer Zeit zu.", "If work is to be done outside of the maintenance window, both sides agree on a time."),

	Found: plural{
		lang.T("%[1]s Termin", "%[1]s appointment"),
		lang.T("%[1]s Termine", "%[1]s appointments"),
	},
}
