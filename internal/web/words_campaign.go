package web

import (
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// campaignWords are the words of the pages about campaigns.
var campaignWords = struct {
	Title, Lead, Empty, EmptyHow, Systems, Why, Wave, Canary, Sign, SignText, SignAct, Who, Reason, Second, Stop, StopAct       lang.Text
	StopAll, StopAllAct, StopHow, Resume, ResumeAct, AllStopped, Begin, BeginAct, Monthly, Quarterly, Ended, Stopped, Overdue   lang.Text
	GoesOn, Budget, Used, Through, Course, CourseText, Kept, Failed, Goal, Until, Deadline, Waves, Rules, Live, Stops, LiftedBy lang.Text
}{
	Title:      lang.T("Kampagnen", "Campaigns"),
	Lead:       lang.T("Runden mit Abzeichnen, Notfälle, und was sie anhält.", "Rounds with sign-off, emergencies, and what stops them."),
	Empty:      lang.T("Es gibt noch keine Kampagne.", "There is no campaign yet."),
	EmptyHow:   lang.T("Eine Runde beginnt unten; ein Notfall beginnt von selbst mit einer kritischen Lücke.", "A round begins below; an emergency begins by itself with a critical hole."),
	Systems:    lang.T("Systeme", "Systems"),
	Why:        lang.T("Warum", "Why"),
	Wave:       lang.T("Welle", "Wave"),
	Canary:     lang.T("Vorläufer", "Canary"),
	Sign:       lang.T("Abzeichnen", "Sign off"),
	SignText:   lang.T("Was getan und gesehen wurde", "What was done and found"),
	SignAct:    lang.T("%[1]s abzeichnen", "Sign %[1]s off"),
	Who:        lang.T("Wer", "Who"),
	Reason:     lang.T("Warum", "Why"),
	Second:     lang.T("Zweite Person, in einem Notfall nach Fehlschlägen", "Second person, in an emergency after failures"),
	Stop:       lang.T("Anhalten", "Stop"),
	StopAct:    lang.T("Kampagne anhalten", "Stop the campaign"),
	StopAll:    lang.T("Alles anhalten", "Stop everything"),
	StopAllAct: lang.T("Alles anhalten", "Stop everything"),
	StopHow:    lang.T("Es wird nichts mehr begonnen. Was auf einem Host begonnen hat, kommt dort zu seinem Ende.", "Nothing more is begun. What has begun on a host comes to its end there."),
	Resume:     lang.T("Fortsetzen", "Resume"),
	ResumeAct:  lang.T("Fortsetzen", "Resume"),
	AllStopped: lang.T("Alles ist angehalten", "Everything is stopped"),
	Begin:      lang.T("Eine Runde beginnen", "Begin a round"),
	BeginAct:   lang.T("Runde beginnen", "Begin the round"),
	Monthly:    lang.T("Monatsrunde: alle Systeme, jedes wird abgezeichnet (IT-31)", "Monthly round: all systems, each is signed off (IT-31)"),
	Quarterly:  lang.T("Quartalsrunde: Systeme mit vierteljährlichem Dauerauftrag (MH2-22)", "Quarterly round: systems with a quarterly standing order (MH2-22)"),
	Ended:      lang.T("beendet", "ended"),
	Stopped:    lang.T("angehalten", "stopped"),
	Overdue:    lang.T("überfällig", "overdue"),
	GoesOn:     lang.T("läuft", "goes on"),
	Budget:     lang.T("Fehlschläge", "Failures"),
	Used:       lang.T("%[1]s von höchstens %[2]s", "%[1]s of at most %[2]s"),
	Through:    lang.T("Welle %[1]s: %[2]s von %[3]s fertig", "Wave %[1]s: %[2]s of %[3]s through"),
	Course:     lang.T("Verlauf", "Course"),
	CourseText: lang.T("Geschehen bei %[1]s von %[2]s Systemen, gescheitert bei %[3]s.", "Done for %[1]s of %[2]s systems, failed on %[3]s."),
	Kept:       lang.T("geschehen", "done"),
	Failed:     lang.T("gescheitert", "failed"),
	Goal:       lang.T("alle", "all"),
	Until:      lang.T("Zeitraum", "Period"),
	Deadline:   lang.T("Frist %[1]s", "deadline %[1]s"),
	Waves:      lang.T("Wellen", "Waves"),
	Rules:      lang.T("Zusage", "Promise"),
	Live:       lang.T("Was noch zu Ende geht", "What comes to its end"),
	Stops:      lang.T("Wann angehalten wurde", "When it was stopped"),
	LiftedBy:   lang.T("fortgesetzt von %[1]s: %[2]s", "resumed by %[1]s: %[2]s"),
}

// memberMarks are how a system stands in a campaign.
var memberMarks = map[campaign.State]mark{
	campaign.Unclear:   {"alarm", lang.T("ungeklärt", "unclear")},
	campaign.Restored:  {"back", lang.T("zurückgesetzt", "restored")},
	campaign.Blocked:   {"stop", lang.T("blockiert", "blocked")},
	campaign.Held:      {"stop", lang.T("gehalten", "held")},
	campaign.Mandate:   {"wait", lang.T("wartet auf Auftrag", "waits for an order")},
	campaign.Silent:    {"open", lang.T("nie gemeldet", "never heard")},
	campaign.Running:   {"live", lang.T("läuft", "running")},
	campaign.Planned:   {"wait", lang.T("geplant", "planned")},
	campaign.Due:       {"wait", lang.T("fällig", "due")},
	campaign.Later:     {"idle", lang.T("später", "later")},
	campaign.Done:      {"done", lang.T("erledigt", "done")},
	campaign.Current:   {"done", lang.T("nichts fällig", "nothing due")},
	campaign.SignedOff: {"done", lang.T("abgezeichnet", "signed off")},
	campaign.NotOurs:   {"idle", lang.T("nicht unsere Aufgabe", "not ours")},
}
