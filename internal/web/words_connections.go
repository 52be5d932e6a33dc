package web

import "github.com/patchwart/patchwart/internal/core/lang"

// connectionWords are the words about help desk and webhooks.
var connectionWords = struct {
	Title, Calm, Failed, Tried, Latest, Desk, NoDesk, NoDeskHow, DeskRead, DeskNew, DeskName, Every, EveryText, AtOnce lang.Text
	Believed, ByServer, BySignature, ByNothing, Hooks, NoHooks, NoHooksHow, Counts, Last                               lang.Text
	Delivered, GivenUp, Again, Queued, Fails, Waits, Unused, Delivers                                                  lang.Text
	LeadFailed, LeadTried, Tries, ByAccount                                                                            plural
}{
	Title:       lang.T("Anbindungen", "Connections"),
	Calm:        lang.T("Help-Desk und Webhooks: Alles ist zugestellt oder auf dem Weg.", "Help desk and webhooks: everything is delivered or on its way."),
	Failed:      lang.T("Nicht zugestellt", "Not delivered"),
	Tried:       lang.T("Wird noch einmal versucht", "Tried once more"),
	Latest:      lang.T("Letzte Zustellungen", "Latest deliveries"),
	Desk:        lang.T("Help-Desk", "Help desk"),
	NoDesk:      lang.T("Es ist kein Help-Desk angebunden.", "No help desk is connected."),
	NoDeskHow:   lang.T("Mit einer Datei wie in docs/helpdesk.md liest der Server Tickets aus Request Tracker oder Zammad und antwortet darin.", "With a file as in docs/helpdesk.md the server reads tickets from Request Tracker or Zammad and answers in them."),
	DeskRead:    lang.T("wird gelesen", "is read"),
	DeskNew:     lang.T("noch nicht gelesen", "not read yet"),
	DeskName:    lang.T("Name", "Name"),
	Every:       lang.T("Neues", "News"),
	EveryText:   lang.T("alle %[1]s nachgesehen", "looked for every %[1]s"),
	AtOnce:      lang.T("meldet der Help-Desk sofort; sonst", "told by the help desk at once; otherwise"),
	Believed:    lang.T("Wer schreibt, belegt", "Who writes is proven by"),
	ByServer:    lang.T("der Mailserver %[1]s", "the mail server %[1]s"),
	BySignature: lang.T("die Signatur der Mail, hier geprüft", "the mail's signature, verified here"),
	ByNothing:   lang.T("nichts: Jede Nachricht sieht sich jemand an", "nothing: somebody looks at each message"),
	Hooks:       lang.T("Webhooks", "Webhooks"),
	NoHooks:     lang.T("Niemand abonniert Ereignisse.", "Nobody subscribes to events."),
	NoHooksHow:  lang.T("Webhooks stehen in derselben Datei unter webhooks; docs/helpdesk.md zeigt ein Beispiel.", "Webhooks are stated in the same file under webhooks; docs/helpdesk.md has an example."),
	Counts:      lang.T("%[1]s in 90 Tagen, %[2]s auf dem Weg, %[3]s nicht zugestellt", "%[1]s in 90 days, %[2]s on their way, %[3]s not delivered"),
	Last:        lang.T("zuletzt", "last"),
	Delivered:   lang.T("zugestellt", "delivered"),
	GivenUp:     lang.T("aufgegeben", "given up"),
	Again:       lang.T("nochmals", "again"),
	Queued:      lang.T("auf dem Weg", "on its way"),
	Fails:       lang.T("scheitert", "fails"),
	Waits:       lang.T("wartet", "waits"),
	Unused:      lang.T("noch nichts", "nothing yet"),
	Delivers:    lang.T("stellt zu", "delivers"),
	LeadFailed: plural{
		lang.T("%[1]s Zustellung ist aufgegeben.", "%[1]s delivery is given up."),
		lang.T("%[1]s Zustellungen sind aufgegeben.", "%[1]s deliveries are given up."),
	},
	LeadTried: plural{
		lang.T("%[1]s wird noch einmal versucht.", "%[1]s is tried once more."),
		lang.T("%[1]s werden noch einmal versucht.", "%[1]s are tried once more."),
	},
	Tries: plural{
		lang.T("%[1]s Versuch", "%[1]s try"),
		lang.T("%[1]s Versuche", "%[1]s tries"),
	},
	ByAccount: plural{
		lang.T("%[1]s verknüpftes Konto", "%[1]s linked account"),
		lang.T("%[1]s verknüpfte Konten", "%[1]s linked accounts"),
	},
}
