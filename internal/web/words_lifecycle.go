package web

import "github.com/patchwart/patchwart/internal/core/lang"

// lifeWords are the words of the pages about lifecycles.
var lifeWords = struct {
	Title, Lead, Of, Phase, Until, Move, Receipt, NoDay, Confirmed, NotConfirmed, All, Ended         lang.Text
	WithinYear, Unknown, Empty, EmptyHow, NoMatch, Query, QueryHint, Middleware, Less, Limited, Ends lang.Text
	Paused, History, By                                                                              lang.Text
}{
	Title:        lang.T("Lebenszyklus", "Lifecycle"),
	Lead:         lang.T("Bis wann die Systeme Sicherheitsupdates bekommen, und wie weit ihr Umzug ist.", "Until when the systems get security updates, and how far their move is."),
	Of:           lang.T("Lebenszyklus von %[1]s", "Lifecycle of %[1]s"),
	Phase:        lang.T("Pflege", "Support"),
	Until:        lang.T("Updates bis", "Updates until"),
	Move:         lang.T("Umzug", "Move"),
	Receipt:      lang.T("Kenntnis", "Receipt"),
	NoDay:        lang.T("nicht bekannt", "not known"),
	Confirmed:    lang.T("bestätigt von %[1]s (%[2]s, %[3]s)", "confirmed by %[1]s (%[2]s, %[3]s)"),
	NotConfirmed: lang.T("noch nicht bestätigt", "not confirmed yet"),
	All:          lang.T("alle", "all"),
	Ended:        lang.T("am Ende", "at their end"),
	WithinYear:   lang.T("enden binnen eines Jahres", "end within a year"),
	Unknown:      lang.T("nicht bekannt", "not known"),
	Empty:        lang.T("Noch hat kein Host etwas gemeldet.", "No host has reported yet."),
	EmptyHow:     lang.T("Was über die Ausgaben bekannt ist, kommt aus den Feeds:", "What is known about the releases comes from the feeds:"),
	NoMatch:      lang.T("Kein System passt zur Auswahl.", "No system matches the filter."),
	Query:        lang.T("Suche", "Search"),
	QueryHint:    lang.T("System, Kunde oder Ausgabe", "System, customer or release"),
	Middleware:   lang.T("Middleware", "Middleware"),
	Less:         lang.T("Pakete, die weniger gepflegt werden als die Ausgabe", "Packages with less support than the release"),
	Limited:      lang.T("eingeschränkt", "limited"),
	Ends:         lang.T("endet %[1]s", "ends %[1]s"),
	Paused:       lang.T("Die Pflicht zu Updates ruht (IT-37).", "The duty to update pauses (IT-37)."),
	History:      lang.T("Verlauf des Umzugs", "Course of the move"),
	By:           lang.T("von %[1]s", "by %[1]s"),
}
