package web

import "github.com/patchwart/patchwart/internal/core/lang"

// pointWords are the words about restore points and dumps on a host.
var pointWords = struct {
	Title, None, Lead, Caption, Made, Run, Size, Kept, Incomplete, Stays, Demand, Dumps, DumpsLead, Counts, CountsNot lang.Text
}{
	Title:      lang.T("Wiederherstellungspunkte", "Restore points"),
	None:       lang.T("Auf dem Host ist keiner. Der nächste entsteht vor der ersten Änderung eines Laufs.", "There is none on the host. The next one is made before the first change of a run."),
	Lead:       lang.T("So liegen sie auf dem Host: der Weg zurück vor den jeweiligen Lauf.", "As they lie on the host: the way back to before that run."),
	Caption:    lang.T("Wiederherstellungspunkte auf dem Host, der neueste zuerst", "Restore points on the host, the newest first"),
	Made:       lang.T("angelegt", "made"),
	Run:        lang.T("Lauf", "run"),
	Size:       lang.T("Größe", "size"),
	Kept:       lang.T("wird aufgehoben bis", "kept until"),
	Incomplete: lang.T("unvollständig", "incomplete"),
	Stays:      lang.T("der neueste bleibt, ebenso was noch nicht bestätigt ist", "the newest stays, and so does what is not verified yet"),
	Demand:     lang.T("Der Vertrag verlangt vor jeder Änderung eine Sicherung, die höchstens %[1]s Stunden alt ist; der Host prüft sie vor jedem Lauf.", "The contract demands a backup at most %[1]s hours old before each change; the host looks at it before each run."),
	Dumps:      lang.T("Dumps von Datenbanken", "Dumps of databases"),
	DumpsLead:  lang.T("Ohne sie bleibt liegen, was Daten umbaut: Die lassen sich nicht zurücksetzen.", "Without them, what converts data is left alone: data cannot be put back."),
	Counts:     lang.T("zählt", "counts"),
	CountsNot:  lang.T("zählt nicht", "does not count"),
}
