package intake

import "github.com/patchwart/patchwart/internal/core/lang"

// Text is what a message turned out to be, in words.
func (k Kind) Text() lang.Text {
	switch k {
	case KindOrder:
		return lang.T("Auftrag", "order")
	case KindQuestion:
		return lang.T("Rückfrage", "question asked back")
	case KindUnauthorised:
		return lang.T("nicht berechtigt", "not authorised")
	case KindRefusal:
		return lang.T("Ablehnung", "refusal")
	case KindWithdrawal:
		return lang.T("Widerruf", "withdrawal")
	case KindAnswer:
		return lang.T("Antwort", "answer to us")
	case KindNothing:
	}
	return lang.T("kein Auftrag", "no order")
}
