package web

import "github.com/patchwart/patchwart/internal/core/lang"

// explainWords are the words of the page that answers whose job something is.
var explainWords = struct {
	Title, Lead, System, SystemHint, Package, PackageHint, Ask, Answer, AnswerFor, Allowed             lang.Text
	Layer, LayerAny, Change, ChangeAny, Critical, CriticalAny, Day, DayHint, Inactive, Beside, Differs lang.Text
	Same, Letter, LetterLead, ToPolicy                                                                 lang.Text
	NotAllowed, NotAllowedHere, Would, At, ToSystem, Teach, TeachExample, Explanation                  lang.Text
}{
	Title:          lang.T("Zuständigkeit", "Responsibility"),
	Lead:           lang.T("Wessen Aufgabe ist ein Update, und welcher Satz welcher Fassung sagt das?", "Whose job is an update, and which sentence of which version says so?"),
	System:         lang.T("System", "System"),
	SystemHint:     lang.T("z. B. db1", "e.g. db1"),
	Package:        lang.T("Paket (nicht nötig)", "Package (optional)"),
	PackageHint:    lang.T("z. B. openssl", "e.g. openssl"),
	Layer:          lang.T("Schicht", "Layer"),
	LayerAny:       lang.T("Betriebssystem, wenn kein Paket", "operating system, if no package"),
	Change:         lang.T("Art der Änderung", "Class of change"),
	ChangeAny:      lang.T("Sicherheitsupdate, wenn kein Paket", "security update, if no package"),
	Critical:       lang.T("Kritikalität", "Criticality"),
	CriticalAny:    lang.T("nicht bekannt", "not known"),
	Day:            lang.T("Galt am", "Valid on"),
	DayHint:        lang.T("heute, sonst z. B. 2026-01-31", "today, else e.g. 2026-01-31"),
	Inactive:       lang.T("Noch nicht wirksam", "Without effect yet"),
	Beside:         lang.T("Was die andere Fassung sagt", "What the other version says"),
	Differs:        lang.T("anders", "differently"),
	Same:           lang.T("dasselbe", "the same"),
	Letter:         lang.T("Antwort an den Kunden", "Answer to the customer"),
	LetterLead:     lang.T("Aus der Entscheidung geschrieben, zum Übernehmen in ein Ticket oder eine Mail.", "Written from the decision, to be taken over into a ticket or a mail."),
	ToPolicy:       lang.T("Alle Sätze von %[1]s", "All statements of %[1]s"),
	Ask:            lang.T("Fragen", "Ask"),
	Answer:         lang.T("Antwort für %[1]s", "Answer for %[1]s"),
	AnswerFor:      lang.T("Antwort für %[1]s auf %[2]s", "Answer for %[1]s on %[2]s"),
	Allowed:        lang.T("jetzt erlaubt", "permitted now"),
	NotAllowed:     lang.T("zurzeit nicht erlaubt", "not permitted at the moment"),
	NotAllowedHere: lang.T("nicht durch den Provider", "not by the provider"),
	Would:          lang.T("Was die Antwort ändern würde", "What would change the answer"),
	At:             lang.T("Stand", "As of"),
	ToSystem:       lang.T("Zur Seite von %[1]s", "To the page of %[1]s"),
	Teach:          lang.T("Nennen Sie ein System, und wenn es um ein bestimmtes Paket geht, auch dieses. Die Antwort kommt mit der Regel, den Angaben, auf denen sie beruht, und der Fassung des Regelwerks.", "Name a system, and if it is about one package, name that as well. The answer comes with the rule, the facts it rests on, and the policy version."),
	TeachExample:   lang.T("Auf der Kommandozeile antwortet derselbe Satz:", "On the command line the same answer is given by:"),
	Explanation:    lang.T("Der Weg zur Antwort", "How the answer came about"),
}

// recordWords are the words of the page of the record.
var recordWords = struct {
	Title, Lead, What, Verify, VerifyLead, Good, Bad, Size, Root, Checkpoint, First, Kind lang.Text
	Result, Offline, BadHelp                                                              lang.Text
	Entries                                                                               plural
}{
	Title:      lang.T("Protokoll", "Record"),
	Lead:       lang.T("Aufträge, Entscheidungen, Mandate, Läufe und Urteile stehen in einem Protokoll, das keine nachträgliche Änderung verbirgt.", "Orders, decisions, mandates, runs and verdicts stand in a record that hides no later change."),
	What:       lang.T("Jeder Eintrag geht in eine gemeinsame Prüfsumme ein. Wird auch nur einer verändert, entfernt oder eingefügt, passt sie nicht mehr, und die Prüfung nennt die erste Stelle.", "Every entry goes into one common checksum. If even one is changed, removed or inserted, it no longer matches, and the check names the first place."),
	Verify:     lang.T("Protokoll jetzt prüfen", "Verify the record now"),
	VerifyLead: lang.T("Liest jeden Eintrag. Das kann bei einem langen Protokoll einige Sekunden dauern.", "Reads every entry. With a long record that may take some seconds."),
	Good:       lang.T("unverändert", "unchanged"),
	Bad:        lang.T("verändert", "altered"),
	Size:       lang.T("Umfang", "Size"),
	Root:       lang.T("Gemeinsame Prüfsumme", "Root hash"),
	Checkpoint: lang.T("Unterschriebener Stand", "Signed checkpoint"),
	First:      lang.T("Erste Abweichung", "First mismatch"),
	Kind:       lang.T("Art des Eintrags", "Kind of entry"),
	Result:     lang.T("Ergebnis der Prüfung", "Result of the check"),
	Offline:    lang.T("Auf der Kommandozeile prüft dasselbe:", "On the command line the same check is:"),
	BadHelp:    lang.T("Bewahren Sie die Datenbank unverändert auf und klären Sie, wer zu diesem Zeitpunkt Zugriff hatte. Läufe starten Sie erst danach wieder.", "Keep the database as it is and find out who had access at that time. Start runs again only after that."),
	Entries: plural{
		lang.T("%[1]s Eintrag", "%[1]s entry"),
		lang.T("%[1]s Einträge", "%[1]s entries"),
	},
}
