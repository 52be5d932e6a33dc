package web

import "github.com/patchwart/patchwart/internal/core/lang"

// postWords are the words of the page about customers' messages.
var postWords = struct {
	Title, Empty, EmptyHow, Waits, Settled, Answered, Message, Reply, Reasons, SettledBy, Who, Settle, Order, Today, ToPost, Inbox lang.Text
	Found, Waiting                                                                                                                 plural
}{
	Title:     lang.T("Post", "Mail"),
	Inbox:     lang.T("Eingegangen", "Received"),
	Empty:     lang.T("Es ist keine Nachricht eingegangen.", "No message has come in."),
	EmptyHow:  lang.T("Wie Post gelesen wird, steht in docs/mail.md: patchwart serve --mail DATEI", "How mail is read is told in docs/mail.md: patchwart serve --mail FILE"),
	Waits:     lang.T("wartet auf jemanden", "waits for somebody"),
	Settled:   lang.T("erledigt", "settled"),
	Answered:  lang.T("beantwortet", "answered"),
	Message:   lang.T("Wortlaut", "Wording"),
	Reply:     lang.T("Unsere Antwort", "Our answer"),
	Reasons:   lang.T("Warum es so gelesen wurde", "Why it was read like this"),
	SettledBy: lang.T("Darum gekümmert hat sich %[1]s.", "%[1]s has dealt with it."),
	Who:       lang.T("Wer sich gekümmert hat", "Who has dealt with it"),
	Settle:    lang.T("Erledigt", "Settled"),
	Order:     lang.T("Zum Auftrag %[1]s", "To order %[1]s"),
	Today:     lang.T("Post, um die sich jemand kümmern muss", "Mail that somebody has to deal with"),
	ToPost:    lang.T("Zur Post", "To the mail"),

	Found: plural{
		lang.T("%[1]s Nachricht", "%[1]s message"),
		lang.T("%[1]s Nachrichten", "%[1]s messages"),
	},
	Waiting: plural{
		lang.T("%[1]s Nachricht wartet auf jemanden.", "%[1]s message waits for somebody."),
		lang.T("%[1]s Nachrichten warten auf jemanden.", "%[1]s messages wait for somebody."),
	},
}
