package web

import "github.com/patchwart/patchwart/internal/core/lang"

// aboWords are the words about calendars to subscribe to.
var aboWords = struct {
	Title, Head, Lead, None, More, New, Whose, Operators, Act, MadeBy, RenewedBy, Change, Renew, Revoke, ChangeHow lang.Text
	Once, IsMade, IsRenewed, Secret, Copy, Use, Proxy, Back                                                        lang.Text
	Gone                                                                                                           plural
}{
	Title:     lang.T("Kalender abonnieren", "Subscribe to the calendar"),
	Head:      lang.T("Im eigenen Kalender", "In your own calendar"),
	Lead:      lang.T("Wartungsfenster und Läufe eines Kunden oder aller Kunden stehen unter einer geheimen Adresse, die Kalenderprogramme abonnieren und selbst auf dem Stand halten.", "Maintenance windows and runs of one customer or all of them are found at a secret address, which calendar programs subscribe to and keep up to date by themselves."),
	None:      lang.T("Noch hat niemand den Kalender abonniert.", "Nobody has subscribed to the calendar yet."),
	More:      lang.T("und %[1]s weitere: patchwart calendar list", "and %[1]s more: patchwart calendar list"),
	New:       lang.T("Adresse anlegen", "Make an address"),
	Whose:     lang.T("Wessen Kalender", "Whose calendar"),
	Operators: lang.T("Betrieb: alle Systeme", "Operations: all systems"),
	Act:       lang.T("Adresse anlegen und einmal zeigen", "Make the address and show it once"),
	MadeBy:    lang.T("angelegt %[1]s von %[2]s", "made %[1]s by %[2]s"),
	RenewedBy: lang.T("erneuert %[1]s von %[2]s", "renewed %[1]s by %[2]s"),
	Change:    lang.T("Erneuern oder widerrufen", "Renew or revoke"),
	Renew:     lang.T("Neue Adresse geben", "Give a new address"),
	Revoke:    lang.T("Widerrufen", "Revoke"),
	ChangeHow: lang.T("Beides gilt sofort: Die bisherige Adresse führt dann nirgends mehr hin.", "Both hold at once: the address so far leads nowhere from then on."),
	Once:      lang.T("Diese Adresse wird nur jetzt gezeigt.", "This address is shown only now."),
	IsMade:    lang.T("Die Adresse ist angelegt.", "The address is made."),
	IsRenewed: lang.T("Die Adresse ist erneuert; die bisherige führt nirgends mehr hin.", "The address is renewed; the one before leads nowhere any more."),
	Secret:    lang.T("Wer sie kennt, liest den Kalender, ohne sich anzumelden. Hier wird nur ihre Prüfsumme aufbewahrt.", "Whoever knows it reads the calendar without signing in. Only its digest is kept here."),
	Copy:      lang.T("Ein Klick wählt die ganze Adresse aus; dann kopieren.", "One click selects the whole address; then copy it."),
	Use:       lang.T("In Thunderbird „Neuer Kalender – Im Netzwerk“, in Outlook „Aus dem Internet“, auf dem Telefon „Kalenderabo hinzufügen“.", "In Thunderbird “New calendar – On the network”, in Outlook “From the internet”, on the phone “Add calendar subscription”."),
	Proxy:     lang.T("Erreichen Leser diesen Server unter einem anderen Namen, so gehört der an den Anfang der Adresse.", "Where readers reach this server by another name, that name belongs at the beginning of the address."),
	Back:      lang.T("Zum Kalender", "To the calendar"),
	Gone: plural{
		lang.T("%[1]s Adresse ist widerrufen.", "%[1]s address is revoked."),
		lang.T("%[1]s Adressen sind widerrufen.", "%[1]s addresses are revoked."),
	},
}
