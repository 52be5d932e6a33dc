package web

import "github.com/patchwart/patchwart/internal/core/lang"

// runWords are the words of a run's page.
var runWords = struct {
	Title, Steps, StepsPlanned, Timeline, TimelineNone, Usual, Try, Text                                     lang.Text
	Detail, Pending, Verdict, Reasons, Changes, ChangesOrdered, ChangesPreview, ChangesCaption, About, InRun lang.Text
	Before, Ordered, Now, Result, AsOrdered, AsBefore, Differs, Facts, FactsCaption, AllSame, FactsSame      lang.Text
	Service, Port, Check, Observed, NotListening, Missing, Proof, ProofClean                                 lang.Text
	ProofBad, ProofRestored, ProofAside, ProofPoint, ProofSum, ProofMore, Point, PointDriver                 lang.Text
	Allowed, AllowedLead, GivenBy, Rules, Mandate, WorkOrder                                                 lang.Text
	WorkOrderNone, Valid, Policy, LeftOut, LeftOutLead, LeftOutCaption, Preview, PreviewSame                 lang.Text
	PreviewPlus, PreviewMinus, Papers, PapersLead, FailedAt, Wait, WaitAsked, WaitOrdered, Planned           lang.Text
	AfterApply, After                                                                                        lang.Text
	Began, Took, Doubt, LinesCut, CheckGood, CheckBad, NotChecked                                            lang.Text
	UsualSpan, UsualFew, UsualUnknown, RunningFor, WholeRun, Slow                                            lang.Text
	Same, PointPaths, Runs                                                                                   plural
	LinesCount, ProofChecked                                                                                 plural
	Second, SecondWhy, SecondLook, SecondSign, SecondFile, Countersigned                                     lang.Text
}{
	Second:         lang.T("Wartet auf eine zweite Unterschrift", "Waits for a second signature"),
	SecondWhy:      lang.T("%[1]s nimmt um diese Zeit nur Aufträge an, die eine zweite Person mit einem Schlüssel unterschreibt, den der Host kennt. Das geht bis %[2]s.", "%[1]s takes only orders at this time that a second person signs with a key that the host knows. That is possible until %[2]s."),
	SecondLook:     lang.T("Ansehen, was unterschrieben wird:", "Look at what is to be signed:"),
	SecondSign:     lang.T("Unterschreiben, mit der Prüfsumme dieses Auftrags:", "Sign, with the digest of this order:"),
	SecondFile:     lang.T("DATEI", "FILE"),
	Countersigned:  lang.T("Gegengezeichnet %[1]s mit Schlüssel %[2]s.", "Countersigned %[1]s with key %[2]s."),
	Title:          lang.T("Lauf auf %[1]s", "Run on %[1]s"),
	Steps:          lang.T("Verlauf", "Course"),
	StepsPlanned:   lang.T("Was geschehen wird", "What will happen"),
	Timeline:       lang.T("Zeitlinie des Laufs", "Time line of the run"),
	TimelineNone:   lang.T("Der Lauf hat noch nicht begonnen.", "The run has not begun yet."),
	Usual:          lang.T("üblich %[1]s", "usually %[1]s"),
	UsualSpan:      lang.T("üblich %[1]s bis %[2]s", "usually %[1]s to %[2]s"),
	UsualFew:       lang.T("bisher etwa %[1]s, höchstens wohl %[2]s (aus %[3]s)", "so far about %[1]s, at most perhaps %[2]s (from %[3]s)"),
	UsualUnknown:   lang.T("auf diesem System noch nicht gemessen", "not measured on this system yet"),
	RunningFor:     lang.T("läuft seit", "running for"),
	WholeRun:       lang.T("Ganzer Lauf:", "Whole run:"),
	Slow:           lang.T("dauert länger als üblich", "takes longer than usual"),
	Try:            lang.T("Versuch %[1]s", "try %[1]s"),
	Text:           lang.T("Mitschrift", "Live text"),
	Detail:         lang.T("Was das Werkzeug meldete", "What the tool said"),
	Pending:        lang.T("noch nicht begonnen", "not begun yet"),
	Verdict:        lang.T("Urteil", "Verdict"),
	Reasons:        lang.T("Was dazu führte", "What led to it"),
	Changes:        lang.T("Pakete", "Packages"),
	About:          lang.T("Worum es geht", "What it is about"),
	InRun:          lang.T("Der Lauf dazu", "The run about it"),
	ChangesOrdered: lang.T("Beauftragte Änderungen", "Ordered changes"),
	ChangesPreview: lang.T("Voraussichtliche Änderungen", "Expected changes"),
	ChangesCaption: lang.T("Pakete mit Fassung vorher, beauftragt und jetzt", "Packages with version before, ordered and now"),
	Before:         lang.T("Vorher", "Before"),
	Ordered:        lang.T("Beauftragt", "Ordered"),
	Now:            lang.T("Jetzt", "Now"),
	After:          lang.T("Nachher", "After"),
	AfterApply:     lang.T("Nach dem Einspielen", "After applying"),
	Result:         lang.T("Ergebnis", "Result"),
	AsOrdered:      lang.T("wie beauftragt", "as ordered"),
	AsBefore:       lang.T("wie vorher", "as before"),
	Differs:        lang.T("weicht ab", "differs"),
	Facts:          lang.T("Vorher und nachher", "Before and after"),
	FactsCaption:   lang.T("Dienste, Ports und Prüfungen vor und nach der Änderung", "Services, ports and checks before and after the change"),
	AllSame:        lang.T("Alles ist wie vorher:", "Everything is as before:"),
	FactsSame:      lang.T("Alles Übrige ist unverändert:", "Everything else is unchanged:"),
	Service:        lang.T("Dienst", "Service"),
	Port:           lang.T("Port", "Port"),
	Check:          lang.T("Prüfung", "Check"),
	Observed:       lang.T("Beobachtet", "Observed"),
	NotListening:   lang.T("niemand lauscht", "nobody listens"),
	Missing:        lang.T("nicht vorhanden", "not there"),
	Proof:          lang.T("Beleg für das Zurücksetzen", "Proof of the restore"),
	ProofClean:     lang.T("%[1]s, keine Abweichung.", "%[1]s, no difference."),
	ProofBad:       lang.T("%[1]s. Diese weichen ab:", "%[1]s. These differ:"),
	ProofRestored:  lang.T("Zurückgeholt", "Brought back"),
	ProofAside:     lang.T("Neues beiseitegelegt", "New paths moved aside"),
	ProofPoint:     lang.T("Wiederherstellungspunkt", "Restore point"),
	ProofSum:       lang.T("Prüfsumme des Verzeichnisses (SHA-256)", "Checksum of the manifest (SHA-256)"),
	ProofMore:      lang.T("und %[1]s weitere Abweichungen", "and %[1]s more differences"),
	Point:          lang.T("Wiederherstellungspunkt", "Restore point"),
	PointDriver:    lang.T("Verfahren", "Driver"),
	Allowed:        lang.T("Was ihn erlaubt", "What permits it"),
	AllowedLead:    lang.T("Ohne diese Grundlage gäbe es keinen Lauf.", "Without it there would be no run."),
	GivenBy:        lang.T("erteilt von %[1]s", "given by %[1]s"),
	Rules:          lang.T("Regeln", "Rules"),
	Mandate:        lang.T("Mandat (SHA-256)", "Mandate (SHA-256)"),
	WorkOrder:      lang.T("Arbeitsauftrag (SHA-256)", "Work order (SHA-256)"),
	WorkOrderNone:  lang.T("Wird erst zu Beginn geschlossen und unterschrieben.", "Is closed and signed at the start only."),
	Valid:          lang.T("Gilt", "Valid"),
	Policy:         lang.T("Fassung des Regelwerks", "Policy version"),
	LeftOut:        lang.T("Außen vor geblieben", "Left out"),
	LeftOutLead:    lang.T("Fällig, aber nicht Teil dieses Laufs.", "Due, but not part of this run."),
	LeftOutCaption: lang.T("Ausgelassene Pakete mit dem Grund", "Packages left out, with the reason"),
	Preview:        lang.T("Unterschied zur Vorschau", "Difference from the preview"),
	PreviewSame:    lang.T("Beauftragt wurde genau, was die Vorschau zeigte.", "Exactly what the preview showed was ordered."),
	PreviewPlus:    lang.T("hinzugekommen: %[1]s", "added: %[1]s"),
	PreviewMinus:   lang.T("entfallen: %[1]s", "dropped: %[1]s"),
	Papers:         lang.T("Nachweise", "Evidence"),
	PapersLead:     lang.T("Prüfsummen der Dokumente, die im Protokoll stehen.", "Checksums of the documents in the record."),
	FailedAt:       lang.T("Gescheitert bei „%[1]s“.", "Failed at “%[1]s”."),
	Wait:           lang.T("Wartet auf den Beginn des Wartungsfensters.", "Waits for the maintenance window to begin."),
	WaitAsked:      lang.T("Der Host erneuert seine Paketlisten und berichtet, was jetzt fällig ist.", "The host refreshes its package lists and reports what is due now."),
	WaitOrdered:    lang.T("Der Arbeitsauftrag ist unterschrieben. Der Host hat noch nicht begonnen.", "The work order is signed. The host has not begun yet."),
	Planned:        lang.T("Geplant für", "Planned for"),
	Began:          lang.T("Beginn", "Began"),
	Took:           lang.T("Dauer", "Took"),
	Doubt:          lang.T("Das Einspielen wurde unterbrochen. Der Host sieht nach, was davon geschehen ist.", "Applying was interrupted. The host is finding out what of it has happened."),
	LinesCut:       lang.T("Von der Mitschrift werden die letzten Zeilen gezeigt.", "Of the live text, the last lines are shown."),
	CheckGood:      lang.T("bestanden", "passed"),
	CheckBad:       lang.T("nicht bestanden", "not passed"),
	NotChecked:     lang.T("nicht geprüft", "not checked"),
	Same: plural{
		lang.T("%[1]s Beobachtung", "%[1]s observation"),
		lang.T("%[1]s Beobachtungen", "%[1]s observations"),
	},
	PointPaths: plural{
		lang.T("%[1]s gesicherter Pfad", "%[1]s saved path"),
		lang.T("%[1]s gesicherte Pfade", "%[1]s saved paths"),
	},
	LinesCount: plural{
		lang.T("%[1]s Zeile", "%[1]s line"),
		lang.T("%[1]s Zeilen", "%[1]s lines"),
	},
	ProofChecked: plural{
		lang.T("%[1]s Pfad geprüft", "%[1]s path checked"),
		lang.T("%[1]s Pfade geprüft", "%[1]s paths checked"),
	},
	Runs: plural{
		lang.T("%[1]s Lauf", "%[1]s run"),
		lang.T("%[1]s Läufen", "%[1]s runs"),
	},
}
