package web

import "github.com/patchwart/patchwart/internal/core/lang"

// runsWords are the words of the list of runs.
var runsWords = struct {
	Title, Caption, Query, QueryHint, Run, Sentence, Ground, Begin, End, When    lang.Text
	StateAll, StateLive, StateNeeds, StatePlanned, StateDone, NoMatch, Truncated lang.Text
	Empty, EmptyHow                                                              lang.Text
	Found                                                                        plural
}{
	Title:        lang.T("Läufe", "Runs"),
	Caption:      lang.T("Läufe mit Stand und Ergebnis, die neuesten zuerst", "Runs with state and result, newest first"),
	Query:        lang.T("System oder Kunde", "System or customer"),
	QueryHint:    lang.T("z. B. web1", "e.g. web1"),
	Run:          lang.T("Lauf", "Run"),
	Sentence:     lang.T("Was geschah", "What happened"),
	Ground:       lang.T("Grundlage", "Mandate"),
	Begin:        lang.T("Beginn", "Began"),
	End:          lang.T("Ende", "Ended"),
	When:         lang.T("Wann", "When"),
	StateAll:     lang.T("alle", "all"),
	StateLive:    lang.T("läuft gerade", "running now"),
	StateNeeds:   lang.T("braucht einen Menschen", "needs a person"),
	StatePlanned: lang.T("geplant", "planned"),
	StateDone:    lang.T("erledigt", "done"),
	NoMatch:      lang.T("Kein Lauf passt zu dieser Auswahl.", "No run matches this filter."),
	Truncated:    lang.T("Gezeigt werden die neuesten %[1]s Läufe. Ältere finden Sie auf der Seite des Systems.", "The newest %[1]s runs are shown. Older ones are on the system's page."),
	Empty:        lang.T("Hier steht jeder Lauf mit seinem Ergebnis und dem, was ihn erlaubt hat. Noch gab es keinen.", "This is where every run is listed, with its result and what allowed it. There has been none yet."),
	EmptyHow:     lang.T("Ein Lauf entsteht, wenn Änderungen fällig sind, ein Auftrag sie deckt und ein Wartungsfenster Platz hat. Die Planung zeigt, was möglich ist.", "A run comes about when changes are due, an order covers them, and a maintenance window has room. The plan shows what is possible."),
	Found: plural{
		lang.T("%[1]s Lauf", "%[1]s run"),
		lang.T("%[1]s Läufe", "%[1]s runs"),
	},
}
