package web

import "github.com/patchwart/patchwart/internal/core/lang"

// calendarWords are the words of the calendar.
var calendarWords = struct {
	Title, Lead, Picture, PictureText, Windows, Runs, Freezes, Freeze, None, Earlier, Later, Today, Agenda, Used lang.Text
	NoFreeze, FreezeHow, Now, Coming, Over, Next, AllDay, PassedBy                                               lang.Text
	Systems                                                                                                      plural
}{
	Title:       lang.T("Kalender", "Calendar"),
	Lead:        lang.T("%[1]s bis %[2]s, Zeiten in %[3]s", "%[1]s to %[2]s, times in %[3]s"),
	Picture:     lang.T("Wartungsfenster, Sperrzeiten und Läufe", "Maintenance windows, freezes and runs"),
	PictureText: lang.T("Je Tag eine Zeile von 0 bis 24 Uhr; die Angaben stehen darunter als Liste.", "One line a day from 0:00 to 24:00; the same is listed below."),
	Windows:     lang.T("Fenster", "window"),
	Runs:        lang.T("Lauf", "run"),
	Freezes:     lang.T("Sperrzeiten", "Freezes"),
	Freeze:      lang.T("Sperrzeit", "freeze"),
	None:        lang.T("An diesen Tagen ist nichts geplant und nichts gesperrt.", "Nothing is planned and nothing frozen on these days."),
	Earlier:     lang.T("Zwei Wochen früher", "Two weeks earlier"),
	Later:       lang.T("Zwei Wochen später", "Two weeks later"),
	Today:       lang.T("Ab heute", "From today"),
	Agenda:      lang.T("Tag für Tag", "Day by day"),
	Used:        lang.T("Benutzte Fenster:", "Windows in use:"),
	NoFreeze:    lang.T("Es gibt keine Sperrzeiten.", "There are no freezes."),
	FreezeHow:   lang.T("Eine setzen: patchwart freeze add", "Set one: patchwart freeze add"),
	Now:         lang.T("gilt jetzt", "holds now"),
	Coming:      lang.T("kommt", "to come"),
	Over:        lang.T("vorbei", "over"),
	Next:        lang.T("nächstes Mal %[1]s", "next on %[1]s"),
	AllDay:      lang.T("ganztags", "all day"),
	PassedBy:    lang.T("Durchgelassen von %[1]s: %[2]s", "Let pass by %[1]s: %[2]s"),

	Systems: plural{
		lang.T("%[1]s System", "%[1]s system"),
		lang.T("%[1]s Systeme", "%[1]s systems"),
	},
}
