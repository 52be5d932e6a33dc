package web

import (
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// campaignWords are the words of the pages about campaigns.
var campaignWords = struct {
	Title, Lead, Empty, EmptyHow, Systems, Why, Wave, Canary, Sign, SignText, SignAct, Who, Reason, Second, Stop, StopAct              lang.Text
	StopAll, StopAllAct, StopHow, Resume, ResumeAct, AllStopped, Begin, BeginAct, Monthly, Quarterly, Ended, Stopped, Overdue          lang.Text
	GoesOn, Budget, Used, Through, Course, CourseText, Kept, Failed, Until, Deadline, Waves, Rules, Live, Stops, LiftedBy              lang.Text
	Kind, BeginHow, ByItself, Needs, Others, MoreCSV, WaveNo, SinceWhen, EndedAt, End, EndHow, EndAct, StoppedBy, ResumeWhy, ResumeAll lang.Text
	EndMissing                                                                                                                         plural
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
	Monthly:    lang.T("Monatsrunde, alle Systeme (IT-31)", "Monthly round, all systems (IT-31)"),
	Quarterly:  lang.T("Quartalsrunde, Daueraufträge (MH2-22)", "Quarterly round, standing orders (MH2-22)"),
	Ended:      lang.T("beendet", "ended"),
	Stopped:    lang.T("angehalten", "stopped"),
	Overdue:    lang.T("überfällig", "overdue"),
	GoesOn:     lang.T("läuft", "goes on"),
	Budget:     lang.T("Fehlschläge", "Failures"),
	Used:       lang.T("%[1]s von höchstens %[2]s", "%[1]s of at most %[2]s"),
	Through:    lang.T("%[1]s: %[2]s von %[3]s fertig", "%[1]s: %[2]s of %[3]s through"),
	Course:     lang.T("Verlauf", "Course"),
	CourseText: lang.T("Geschehen bei %[1]s von %[2]s Systemen, gescheitert bei %[3]s.", "Done for %[1]s of %[2]s systems, failed on %[3]s."),
	Kept:       lang.T("geschehen", "done"),
	Failed:     lang.T("gescheitert", "failed"),
	Until:      lang.T("Zeitraum", "Period"),
	Deadline:   lang.T("Frist %[1]s", "deadline %[1]s"),
	Waves:      lang.T("Wellen", "Waves"),
	Rules:      lang.T("Zusage", "Promise"),
	Live:       lang.T("Was noch zu Ende geht", "What comes to its end"),
	Stops:      lang.T("Wann angehalten wurde", "When it was stopped"),
	Kind:       lang.T("Art", "Kind"),
	BeginHow:   lang.T("Eine Runde umfasst, was der Name sagt; jedes System wird einzeln abgezeichnet. Wellen und Vorläufer bestimmt patchwart campaign start.", "A round holds what its name says; each system is signed off by itself. Waves and canaries are chosen by patchwart campaign start."),
	ByItself:   lang.T("von selbst", "by itself"),
	Needs:      lang.T("Braucht jemanden", "Needs somebody"),
	Others:     lang.T("Alle anderen Systeme", "All other systems"),
	MoreCSV:    lang.T("%[1]s weitere in der Tabelle", "%[1]s more in the table"),
	WaveNo:     lang.T("Welle %[1]s", "Wave %[1]s"),
	SinceWhen:  lang.T("seit %[1]s", "since %[1]s"),
	EndedAt:    lang.T("Beendet %[1]s, %[2]s.", "Ended %[1]s, %[2]s."),
	End:        lang.T("Von Hand beenden", "End by hand"),
	EndHow:     lang.T("Wie jedes System steht, wird festgehalten; was nicht abgezeichnet ist, bleibt als fehlend stehen. Geplante Läufe bleiben geplant, ohne Wellen. Eine nächste Runde beginnt dann nicht von selbst.", "How each system stands is kept; what is not signed off stays missing. Planned runs stay planned, without waves. No next round begins by itself then."),
	EndAct:     lang.T("Runde beenden", "End the round"),
	EndMissing: plural{
		lang.T("Runde beenden; %[1]s System würde fehlen", "End the round; %[1]s system would be missing"),
		lang.T("Runde beenden; %[1]s Systeme würden fehlen", "End the round; %[1]s systems would be missing"),
	},
	StoppedBy: lang.T("seit %[1]s von %[2]s: %[3]s", "since %[1]s by %[2]s: %[3]s"),
	ResumeWhy: lang.T("Warum es weitergehen kann", "Why it may go on"),
	ResumeAll: lang.T("Alles fortsetzen", "Resume everything"),
	LiftedBy:  lang.T("fortgesetzt von %[1]s: %[2]s", "resumed by %[1]s: %[2]s"),
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
