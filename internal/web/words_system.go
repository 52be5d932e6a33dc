package web

import "github.com/patchwart/patchwart/internal/core/lang"

// systemWords are the words of a system's page.
var systemWords = struct {
	Due, DueLead, DueNone, DueUnknown, DueCaption, Installed, Candidate, Class, Origin, Repository lang.Text
	Allowed, AllowedWord, NotAllowed, Held, Closes, New, Job, JobLead, Planning, Execution, Window lang.Text
	WindowNone, NextSlot, Charge, PlanNow, PlanLead, Explain, Orders, OrdersNone                   lang.Text
	OrderID, OrderFrom, OrderGiven, OrderUsed, OrderTaken, OrderOpen, OrderWithdrawn               lang.Text
	Explicit, NotExplicit, History, HistoryNone, Host, HostNone, OSLabel, Kernel, SharedKernel     lang.Text
	Failed, Reboot, RebootNo, RebootYes, RebootServices, Disk, Report, Fresh                       lang.Text
	FreshNever, FreshErrors, Broken, Tools, Access, AccessProvider, AccessCustomer, AccessUnknown  lang.Text
	Services, Checks, Enrol, EnrolLead, EnrolHow, EnrolButton, Standing, StandingPaused            lang.Text
	NotHere, HashLabel, ExecutorUs, ExecutorThem, ExecutorNone, Open, Estimate                     lang.Text
	ClassAndOrigin, DueCSV                                                                         lang.Text
	Installable, HeldCount, PackageCount                                                           plural
}{
	Due:            lang.T("Was ansteht", "What is due"),
	DueLead:        lang.T("Stand des letzten Berichts, nach Zuständigkeit geordnet.", "As of the last report, grouped by whose job it is."),
	DueNone:        lang.T("Nichts fällig. Der letzte Bericht des Hosts nennt keine Änderung.", "Nothing is due. The host's last report names no change."),
	DueUnknown:     lang.T("Der Host hat noch nichts berichtet. Was fällig ist, lässt sich erst danach sagen.", "The host has not reported yet. Only then can it be said what is due."),
	DueCaption:     lang.T("Fällige Änderungen mit der Regel, die über sie entscheidet", "Due changes with the rule that decides on them"),
	Installed:      lang.T("Installiert", "Installed"),
	Candidate:      lang.T("Fällig", "Due"),
	Class:          lang.T("Art", "Class"),
	Origin:         lang.T("Herkunft", "Origin"),
	Repository:     lang.T("Quelle", "Source"),
	Allowed:        lang.T("Erlaubt", "Permitted"),
	AllowedWord:    lang.T("erlaubt", "permitted"),
	NotAllowed:     lang.T("nicht erlaubt", "not permitted"),
	Closes:         lang.T("schließt die kritische Lücke", "closes the critical hole"),
	Held:           lang.T("zurückgehalten (hold)", "on hold"),
	New:            lang.T("neu", "new"),
	Job:            lang.T("Wessen Aufgabe ist das?", "Whose job is it?"),
	JobLead:        lang.T("Sicherheitsupdates des Betriebssystems aus dem Standard-Repository", "Security updates of the operating system from the standard repository"),
	Planning:       lang.T("Planung", "Planning"),
	Execution:      lang.T("Durchführung", "Execution"),
	Window:         lang.T("Wartungsfenster", "Maintenance window"),
	WindowNone:     lang.T("nicht vereinbart", "none agreed"),
	NextSlot:       lang.T("Nächster Termin", "Next slot"),
	Charge:         lang.T("Preis", "Charge"),
	PlanNow:        lang.T("Jetzt planen", "Plan now"),
	PlanLead:       lang.T("Sie sehen zuerst, was geschähe.", "You see first what would happen."),
	Explain:        lang.T("Für ein einzelnes Paket fragen", "Ask about one package"),
	Orders:         lang.T("Aufträge", "Orders"),
	OrdersNone:     lang.T("Für dieses System liegt kein Auftrag vor. Mit dem Formular auf dieser Seite halten Sie einen fest.", "There is no order for this system. The form on this page records one."),
	OrderID:        lang.T("Auftrag", "Order"),
	OrderFrom:      lang.T("Von", "By"),
	OrderGiven:     lang.T("Erteilt", "Given"),
	OrderUsed:      lang.T("benutzt für", "used for"),
	OrderTaken:     lang.T("einem Lauf zugeordnet", "assigned to a run"),
	OrderOpen:      lang.T("offen", "open"),
	OrderWithdrawn: lang.T("zurückgezogen", "withdrawn"),
	Explicit:       lang.T("ausdrücklich", "explicit"),
	NotExplicit:    lang.T("nicht ausdrücklich", "not explicit"),
	History:        lang.T("Bisherige Läufe", "Earlier runs"),
	HistoryNone:    lang.T("Auf diesem System gab es noch keinen Lauf.", "There has been no run on this system yet."),
	Host:           lang.T("Der Host", "The host"),
	HostNone:       lang.T("Noch kein Bericht.", "No report yet."),
	OSLabel:        lang.T("Betriebssystem", "Operating system"),
	Kernel:         lang.T("Kernel", "Kernel"),
	SharedKernel:   lang.T("gemeinsam mit der Trägermaschine", "shared with the machine it runs on"),
	Failed:         lang.T("Gescheiterte Dienste", "Failed services"),
	Reboot:         lang.T("Neustart", "Reboot"),
	RebootNo:       lang.T("nicht nötig", "not needed"),
	RebootYes:      lang.T("nötig, danach Kernel %[1]s", "needed, then kernel %[1]s"),
	RebootServices: lang.T("diese Dienste benutzen noch alten Code: %[1]s", "these services still use old code: %[1]s"),
	Disk:           lang.T("Freier Platz", "Free space"),
	Report:         lang.T("Letzter Bericht", "Last report"),
	Fresh:          lang.T("Paketlisten", "Package lists"),
	FreshNever:     lang.T("noch nie erneuert", "never refreshed"),
	FreshErrors:    lang.T("Beim Erneuern der Paketlisten gab es Fehler. Was fällig ist, ist deshalb nicht verlässlich:", "Refreshing the package lists met errors, so what is due is not reliable:"),
	Broken:         lang.T("Halb installierte Pakete", "Half-installed packages"),
	Tools:          lang.T("Vorhandene Werkzeuge", "Tools at hand"),
	Access:         lang.T("Administratorrechte", "Administrative access"),
	AccessProvider: lang.T("nur Provider", "provider only"),
	AccessCustomer: lang.T("auch Kunde", "customer, too"),
	AccessUnknown:  lang.T("nicht bekannt", "not known"),
	Services:       lang.T("Überwachte Dienste", "Watched services"),
	Checks:         lang.T("Prüfungen vor und nach jeder Änderung", "Checks before and after every change"),
	Enrol:          lang.T("Noch nicht aufgenommen", "Not enrolled yet"),
	EnrolLead:      lang.T("Auf diesem Host läuft noch kein Agent. Bis er sich meldet, ist nicht bekannt, was fällig ist, und es kann nichts ausgeführt werden.", "There is no agent on this host yet. Until one reports, nobody knows what is due, and nothing can be carried out."),
	EnrolHow:       lang.T("Der Befehl gilt einmal und nur für diesen Host.", "The command is good once and for this host only."),
	EnrolButton:    lang.T("Aufnahmebefehl erzeugen", "Make the enrolment command"),
	Standing:       lang.T("Dauerauftrag", "Standing order"),
	StandingPaused: lang.T("ausgesetzt", "paused"),
	NotHere:        lang.T("Hier führt der Provider nichts aus.", "The provider carries out nothing here."),
	HashLabel:      lang.T("Prüfsumme des Berichts", "Checksum of the report"),
	ExecutorUs:     lang.T("Provider", "provider"),
	ExecutorThem:   lang.T("Kunde", "customer"),
	ExecutorNone:   lang.T("niemand", "nobody"),
	Open:           lang.T("offen", "open"),
	Estimate:       lang.T("voraussichtlich %[1]s", "about %[1]s expected"),
	ClassAndOrigin: lang.T("Art und Herkunft", "Class and origin"),
	DueCSV:         lang.T("Fälliges als CSV laden", "Download what is due as CSV"),
	Installable: plural{
		lang.T("%[1]s Änderung", "%[1]s change"),
		lang.T("%[1]s Änderungen", "%[1]s changes"),
	},
	HeldCount: plural{
		lang.T("%[1]s Paket zurückgehalten", "%[1]s package on hold"),
		lang.T("%[1]s Pakete zurückgehalten", "%[1]s packages on hold"),
	},
	PackageCount: plural{
		lang.T("%[1]s installiertes Paket", "%[1]s installed package"),
		lang.T("%[1]s installierte Pakete", "%[1]s installed packages"),
	},
}

// orderWords are the words of the order form and its receipt.
var orderWords = struct {
	Title, Lead, Contact, ContactChoose, ContactHint, NoContact, Channel, ChannelHint, Text      lang.Text
	OpenForm, TextHint, Request, Explicit, ExplicitHint, ExplicitRule, Scope, Submit, SubmitLead lang.Text
	Change, ChangeNone, ChangeUpgrade, ChangeMigration, ChangeHint, ChangeFrom, ChangeTo         lang.Text
	Software, ChangeIncomplete                                                                   lang.Text
	Reboot, RebootHint                                                                           lang.Text
	ReceiptTitle, Confirmation, Details, NoneAllowed, ToPlan, ToSystem                           lang.Text
	Required, WrongContact, TooLong, WrongScope                                                  lang.Text
	Allowed, LeftOut, NotAuthorised                                                              plural
}{
	Title:         lang.T("Auftrag erfassen", "Enter an order"),
	Lead:          lang.T("Halten Sie fest, was der Kunde gesagt hat. Der Wortlaut wird Teil des Nachweises.", "Record what the customer said. The wording becomes part of the evidence."),
	Contact:       lang.T("Wer hat den Auftrag erteilt?", "Who gave the order?"),
	ContactChoose: lang.T("Bitte wählen", "Please choose"),
	ContactHint:   lang.T("Zur Wahl stehen nur weisungsberechtigte Personen dieses Kunden.", "Only this customer's authorised contacts can be chosen."),
	NoContact:     lang.T("Dieser Kunde hat keine weisungsberechtigte Person. Solange niemand benannt ist, kann kein Auftrag erfasst werden.", "This customer has no authorised contact. Until one is named, no order can be entered."),
	Channel:       lang.T("Wo wurde er erteilt?", "Where was it given?"),
	ChannelHint:   lang.T("Ticketnummer oder Anlass, z. B. Ticket 4711", "Ticket number or occasion, e.g. Ticket 4711"),
	Text:          lang.T("Wortlaut", "Verbatim text"),
	OpenForm:      lang.T("Formular", "Form"),
	TextHint:      lang.T("Unverändert, so wie er geschrieben oder gesagt wurde.", "Unchanged, as it was written or said."),
	Request:       lang.T("Anforderung", "Request"),
	Explicit:      lang.T("Es ist ausdrücklich darum gebeten worden, die Updates auszuführen", "It was expressly asked for that the updates be carried out"),
	ExplicitHint:  lang.T("Nur ankreuzen, wenn es im Wortlaut steht. Eine allgemeine Bitte genügt nicht.", "Tick only if the wording says so. A general wish does not suffice."),
	Change:        lang.T("Statt Updates: Versionswechsel oder Umzug", "Instead of updates: version upgrade or migration"),
	ChangeNone:    lang.T("Nein, Updates im Umfang oben", "No, updates of the scope above"),
	ChangeUpgrade: lang.T("Versionswechsel", "Version upgrade"),
	ChangeHint: lang.T("Zum Beispiel PHP von 8.2 auf 8.4. Kein Lauf führt das aus: Der Service plant es und tut es von Hand, nach der Zustimmung zum Preis.",
		"For example PHP from 8.2 to 8.4. No run carries this out: the service desk plans it and does it by hand, once the price is agreed to."),
	ChangeMigration:  lang.T("Umzug auf eine andere Fassung des Betriebssystems", "Migration to another release of the operating system"),
	Software:         lang.T("Welche Software", "Which software"),
	ChangeFrom:       lang.T("Von Version", "From version"),
	ChangeTo:         lang.T("Auf Version", "To version"),
	ChangeIncomplete: lang.T("Für einen Wechsel fehlt die Software, die Version davor oder die Version danach.", "For a change, the software, the version before or the version after is missing."),
	Reboot:           lang.T("Ein Neustart des Systems ist erlaubt", "A reboot of the system is permitted"),
	RebootHint:       lang.T("Nur im Wartungsfenster, einmal, und nur, wenn die Updates erst damit wirksam werden. Sonst bleibt der Neustart aus und wird genannt.", "Only within the window, once, and only if the updates take effect with it only. Otherwise there is no reboot, and the report says so."),
	ExplicitRule:     lang.T("Für dieses System verlangt die Regel %[1]s einen ausdrücklichen Auftrag.", "For this system, rule %[1]s demands an explicit order."),
	Scope:            lang.T("Umfang", "Scope"),
	Submit:           lang.T("Auftrag festhalten", "Record the order"),
	SubmitLead:       lang.T("Danach sehen Sie die Auftragsbestätigung. Ausgeführt wird noch nichts.", "You will see the order confirmation next. Nothing is carried out yet."),
	ReceiptTitle:     lang.T("Auftrag festgehalten", "Order recorded"),
	Confirmation:     lang.T("Auftragsbestätigung für den Kunden", "Order confirmation for the customer"),
	Details:          lang.T("Was festgehalten wurde", "What was recorded"),
	NoneAllowed:      lang.T("Der Auftrag deckt im Augenblick keine fällige Änderung.", "The order covers no due change at the moment."),
	ToPlan:           lang.T("Weiter zur Planung", "Go on to planning"),
	ToSystem:         lang.T("Zur Seite von %[1]s", "To the page of %[1]s"),
	Required:         lang.T("Bitte geben Sie an: %[1]s", "Please state: %[1]s"),
	WrongContact:     lang.T("Diese Person ist bei diesem Kunden nicht weisungsberechtigt.", "This person is not an authorised contact of this customer."),
	TooLong:          lang.T("„%[1]s“ ist zu lang, erlaubt sind %[2]s Zeichen.", "“%[1]s” is too long, %[2]s characters are allowed."),
	WrongScope:       lang.T("Diesen Umfang gibt es nicht.", "There is no such scope."),
	Allowed: plural{
		lang.T("%[1]s fällige Änderung ist damit erlaubt", "%[1]s due change is permitted by it"),
		lang.T("%[1]s fällige Änderungen sind damit erlaubt", "%[1]s due changes are permitted by it"),
	},
	LeftOut: plural{
		lang.T("%[1]s bleibt außen vor", "%[1]s is left out"),
		lang.T("%[1]s bleiben außen vor", "%[1]s are left out"),
	},
	NotAuthorised: plural{
		lang.T("%[1]s weitere Person ist nicht weisungsberechtigt und fehlt deshalb in der Liste.", "%[1]s further contact is not authorised and therefore not listed."),
		lang.T("%[1]s weitere Personen sind nicht weisungsberechtigt und fehlen deshalb in der Liste.", "%[1]s further contacts are not authorised and therefore not listed."),
	},
}
