package web

import "github.com/patchwart/patchwart/internal/core/lang"

// policyWords are the words of the pages about policies.
var policyWords = struct {
	Title, Lead, Version, Validity, Publisher, FromTo, Since, Until, Undated, Source, Sum, Supersedes lang.Text
	Matrix, MatrixLead, Details, Contract, Planning, Execution, How, Rules, RulesLead                 lang.Text
	Promises, PromisesLead, ToPromises, Coverage, Statement, KindCol, Says, Here, Question            lang.Text
	All, ExplicitYes, ExplicitNo, Hours, When, Always, Empty, EmptyHow, CSV, Cites, Repealed          lang.Text
	Contracts                                                                                         plural
	Fields                                                                                            map[string]lang.Text
}{
	Title:        lang.T("Regelwerke", "Policies"),
	Lead:         lang.T("Veröffentlichte Zusagen als Fassungen, nach denen entschieden wird. Eine veröffentlichte Fassung ändert sich nicht mehr.", "Published promises as versions that are decided by. A published version does not change any more."),
	Version:      lang.T("Fassung", "Version"),
	Validity:     lang.T("Gültigkeit", "Validity"),
	Publisher:    lang.T("Herausgegeben von", "Published by"),
	FromTo:       lang.T("gültig von %[1]s bis %[2]s", "valid from %[1]s to %[2]s"),
	Since:        lang.T("gültig ab %[1]s", "valid from %[1]s"),
	Until:        lang.T("gültig bis %[1]s, Beginn nicht bekannt", "valid until %[1]s, beginning not known"),
	Undated:      lang.T("Gültigkeit nicht bekannt", "validity not known"),
	Source:       lang.T("Quelle", "Source"),
	Sum:          lang.T("Prüfsumme des Textes", "Checksum of the text"),
	Supersedes:   lang.T("Löst ab", "Supersedes"),
	Matrix:       lang.T("Wer plant, wer führt aus", "Who plans, who executes"),
	MatrixLead:   lang.T("Sicherheitsupdates des Betriebssystems, aus den Regeln abgeleitet", "Security updates of the operating system, derived from the rules"),
	Details:      lang.T("Im Einzelnen", "In detail"),
	Contract:     lang.T("Vertrag", "Contract"),
	Planning:     lang.T("Planung", "Planning"),
	Execution:    lang.T("Durchführung", "Execution"),
	How:          lang.T("Auslöser", "Trigger"),
	Rules:        lang.T("Die Sätze", "The statements"),
	RulesLead:    lang.T("Mit eigenen Worten wiedergegeben; was aus einem Satz folgt, steht darunter.", "Rendered in our own words; what follows from a statement stands below it."),
	Promises:     lang.T("Zusagen", "Promises"),
	PromisesLead: lang.T("Jeder Satz des Dokuments, und was hier aus ihm wird.", "Every statement of the document, and what it is here."),
	ToPromises:   lang.T("Zusagen und Kontrollen dieser Fassung", "Promises and controls of this version"),
	Coverage:     lang.T("%[1]s Sätze: %[2]s Regeln, %[3]s Hinweise, %[4]s nur Kontrollen, %[5]s nicht für Software. Dazu %[6]s Kontrollen, davon %[7]s Prüfungen durch Software.", "%[1]s statements: %[2]s rules, %[3]s notices, %[4]s controls only, %[5]s not for software. With them %[6]s controls, of which %[7]s checks by software."),
	Statement:    lang.T("Satz", "Statement"),
	KindCol:      lang.T("Art", "Kind"),
	Says:         lang.T("Was er zusagt", "What it promises"),
	Here:         lang.T("Was hier aus ihm wird", "What it is here"),
	Question:     lang.T("Frage an den Herausgeber", "Question to the publisher"),
	All:          lang.T("Alle", "All"),
	ExplicitYes:  lang.T("nur auf ausdrückliches Verlangen", "only on explicit request"),
	ExplicitNo:   lang.T("ohne eigenes Verlangen", "without a request of its own"),
	Hours:        lang.T("Frist: %[1]s Stunden", "deadline: %[1]s hours"),
	When:         lang.T("Wenn %[1]s", "If %[1]s"),
	Always:       lang.T("Immer", "Always"),
	Empty:        lang.T("Hier stünden die veröffentlichten Fassungen.", "The published versions would be here."),
	EmptyHow:     lang.T("Veröffentlicht wird auf der Kommandozeile:", "Publishing is done on the command line:"),
	Cites:        lang.T("nennt %[1]s", "cites %[1]s"),
	Repealed:     lang.T("nennt %[1]s, aufgehoben; heute %[2]s", "cites %[1]s, repealed; today %[2]s"),
	CSV:          lang.T("Als CSV", "As CSV"),
	Contracts: plural{
		lang.T("%[1]s Vertrag", "%[1]s contract"),
		lang.T("%[1]s Verträge", "%[1]s contracts"),
	},
	Fields: map[string]lang.Text{
		"planning": lang.T("Planung", "planning"), "execution": lang.T("Durchführung", "execution"), "trigger": lang.T("Auslöser", "trigger"),
		"cadence": lang.T("Abstand", "interval"), "charge": lang.T("Preis", "price"), "window": lang.T("Zeit", "time"),
	},
}
