package web

import "github.com/patchwart/patchwart/internal/core/lang"

// holeWords are the words of the pages about holes: the clocks, one advisory, the holes of a system.
var holeWords = struct {
	Title, Lead, Open, Recent, NoneOpen, Told, ToldTo, Basis, BasisLead                                 lang.Text
	NoFeeds, NoFeedsHow, Deadline, KnownSince, Fixed, NoFix, Rule, Hole, Stands                         lang.Text
	Secured, Feed, Records, Accepted, Tried, Fresh, Stale, Refused, Skipped                             lang.Text
	Level, CriticalCol, Published, Rating, Publishers, Releases, Systems, NoSystem, Links               lang.Text
	Version, State, Urgency, Elapsed, ThreeClocks, SincePublished, SinceKnown, SinceOrdered, NotOrdered lang.Text
	AllHoles, SystemTitle, NoneHere, Unmatched, Query, QueryHint, Caption, Installed, NoMatch           lang.Text
	LevelAll, LevelCritical, LevelUnknown, LevelHigh, LevelMedium, LevelLow, LevelNone, Section, Yes    lang.Text
	No, NotKnown, TodayHead, TodayFeeds, FeedLook                                                       lang.Text
	Applications, AppLead, Partial, Unclear, Exports, Trend, Course, CourseTook                         lang.Text
	Counted, OpenCount, CriticalCount                                                                   plural
}{
	Title:          lang.T("Lücken", "Holes"),
	Lead:           lang.T("Kritische Lücken auf den Systemen: seit wann bekannt, wie viel Zeit bleibt, wer dran ist.", "Critical holes on the systems: since when known, how much time is left, whose turn it is."),
	Open:           lang.T("Offen", "Open"),
	Recent:         lang.T("In den letzten sieben Tagen geschlossen", "Closed in the last seven days"),
	NoneOpen:       lang.T("Keine kritische Lücke ist offen, nach dem, was die Feeds melden und die Hosts berichtet haben.", "No critical hole is open, according to what the feeds say and the hosts reported."),
	Told:           lang.T("Wem was mitgeteilt wurde", "Who was told what"),
	ToldTo:         lang.T("an %[1]s", "to %[1]s"),
	Basis:          lang.T("Worauf das beruht", "What this rests on"),
	BasisLead:      lang.T("Ein veralteter Feed heißt nicht, dass nichts offen ist.", "A stale feed does not mean that nothing is open."),
	NoFeeds:        lang.T("Es ist noch keine Veröffentlichung übernommen: Über Lücken ist nichts bekannt.", "No publication has been taken in yet: nothing is known about holes."),
	NoFeedsHow:     lang.T("Dieser Befehl übernimmt eine:", "This command takes one in:"),
	Deadline:       lang.T("Frist: %[1]s", "Deadline: %[1]s"),
	KnownSince:     lang.T("bekannt seit", "known since"),
	Fixed:          lang.T("behoben in", "fixed in"),
	NoFix:          lang.T("noch nirgends", "nowhere yet"),
	Rule:           lang.T("Regel", "Rule"),
	Hole:           lang.T("Lücke", "Hole"),
	Stands:         lang.T("Stand", "Standing"),
	Secured:        lang.T("gesichert", "secured"),
	Feed:           lang.T("Feed", "Feed"),
	Records:        lang.T("Einträge", "Entries"),
	Accepted:       lang.T("übernommen", "accepted"),
	Tried:          lang.T("zuletzt versucht", "last tried"),
	Fresh:          lang.T("frisch", "fresh"),
	Stale:          lang.T("veraltet", "stale"),
	Refused:        lang.T("abgelehnt", "refused"),
	Skipped:        lang.T("%[1]s nicht lesbar", "%[1]s unreadable"),
	Level:          lang.T("Stufe", "Level"),
	CriticalCol:    lang.T("kritisch (IT-33)", "critical (IT-33)"),
	Published:      lang.T("veröffentlicht", "published"),
	Rating:         lang.T("Einstufung", "Rating"),
	Publishers:     lang.T("Wer das sagt", "Who says so"),
	Releases:       lang.T("Ausgaben von Debian", "Debian releases"),
	Systems:        lang.T("Systeme mit dieser Lücke", "Systems that have it"),
	NoSystem:       lang.T("Kein System hat sie, nach dem, was die Hosts berichtet haben.", "No system has it, according to what the hosts reported."),
	Links:          lang.T("Mehr dazu", "Read more"),
	Version:        lang.T("Fassung", "Version"),
	State:          lang.T("Stand", "State"),
	Urgency:        lang.T("Dringlichkeit", "Urgency"),
	Elapsed:        lang.T("%[1]s von %[2]s vergangen", "%[1]s of %[2]s have passed"),
	ThreeClocks:    lang.T("Uhren", "Clocks"),
	SincePublished: lang.T("seit der Veröffentlichung", "since publication"),
	SinceKnown:     lang.T("seit es dem Provider bekannt ist", "since the provider knows"),
	SinceOrdered:   lang.T("seit dem Auftrag", "since the order"),
	NotOrdered:     lang.T("kein Auftrag", "no order"),
	AllHoles:       lang.T("Alle veröffentlichten Lücken dieses Systems", "All published holes of this system"),
	SystemTitle:    lang.T("Lücken auf %[1]s", "Holes on %[1]s"),
	NoneHere:       lang.T("Keine veröffentlichte Lücke betrifft dieses System.", "No published hole affects this system."),
	Unmatched:      lang.T("Darüber lässt sich nichts sagen.", "Nothing can be said about it."),
	Query:          lang.T("Suche", "Search"),
	QueryHint:      lang.T("CVE oder Paket", "CVE or package"),
	Caption:        lang.T("Lücken mit Paket, Fassung und Stufe", "Holes with package, version and level"),
	Installed:      lang.T("installiert", "installed"),
	NoMatch:        lang.T("Keine Lücke passt zur Auswahl.", "No hole matches the filter."),
	LevelAll:       lang.T("alle Stufen", "all levels"),
	LevelCritical:  lang.T("kritisch", "critical"),
	LevelUnknown:   lang.T("noch nicht bekannt", "not known yet"),
	LevelHigh:      lang.T("hoch", "high"),
	LevelMedium:    lang.T("mittel", "medium"),
	LevelLow:       lang.T("niedrig", "low"),
	LevelNone:      lang.T("ohne Wirkung", "without effect"),
	Section:        lang.T("Kritische Lücken", "Critical holes"),
	Yes:            lang.T("ja", "yes"),
	No:             lang.T("nein", "no"),
	NotKnown:       lang.T("nicht bekannt", "not known"),
	TodayHead:      lang.T("Kritische Lücken", "Critical holes"),
	TodayFeeds:     lang.T("Feeds, auf die kein Verlass ist", "Feeds that cannot be relied on"),
	FeedLook:       lang.T("Feeds ansehen", "Look at the feeds"),
	Applications:   lang.T("Anwendungen", "Applications"),
	AppLead:        lang.T("Webanwendungen und Images auf dem Host. Sie gehören dem Kunden, wenn der Vertrag nichts anderes sagt; hier wird nur gefunden und geraten (IT-43).", "Web applications and images on the host. They are the customer's unless the contract says otherwise; here they are only found and advised on (IT-43)."),
	Partial:        lang.T("Nicht alle Anwendungen auf dem Host ließen sich ansehen; was fehlt, kann trotzdem da sein.", "Not all applications on the host could be looked at; what is missing may be there all the same."),
	Trend:          lang.T("Verlauf", "Over time"),
	Course:         lang.T("Kritische Lücken auf Systemen in den letzten %[1]s Tagen: höchstens %[2]s zugleich offen, jetzt %[3]s, gesichert %[4]s.", "Critical holes on systems in the last %[1]s days: at most %[2]s open at once, now %[3]s, secured %[4]s."),
	CourseTook:     lang.T("Binnen %[2]s Stunden davon %[1]s; im Median nach %[3]s, längstens nach %[4]s.", "Of them %[1]s within %[2]s hours; the median took %[3]s, the longest %[4]s."),
	Exports:        lang.T("Für andere Werkzeuge:", "For other tools:"),
	Unclear:        lang.T("offen", "open"),
	Counted: plural{
		lang.T("%[1]s Lücke", "%[1]s hole"),
		lang.T("%[1]s Lücken", "%[1]s holes"),
	},
	OpenCount: plural{
		lang.T("bei %[1]s ist nicht bekannt, ob sie kritisch ist", "of %[1]s it is not known whether it is critical"),
		lang.T("bei %[1]s ist nicht bekannt, ob sie kritisch sind", "of %[1]s it is not known whether they are critical"),
	},
	CriticalCount: plural{
		lang.T("%[1]s kritische", "%[1]s critical"),
		lang.T("%[1]s kritische", "%[1]s critical"),
	},
}
