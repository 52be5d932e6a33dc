package intake

import (
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// longest bounds what is read, in bytes; who writes more is read by people.
const longest = 32 << 10

// Read says what a message is. It is total: every message has exactly one outcome.
func Read(in Input) Outcome {
	o := read(in)
	o.Language = in.Message.Language
	return o
}

func read(in Input) Outcome {
	m := in.Message
	switch {
	case m.Sender.Standing == Forged:
		return forged(in)
	case m.Automatic || m.Sender.Standing != SignedIn && fromMachine(m.Sender.Address) || line(m.Subject, MeansMachine):
		return nothing(lang.T("Die Nachricht stammt von einem Automaten.", "The message was sent by a machine."),
			lang.T("Automatische Nachrichten werden nie automatisch beantwortet (RFC 3834).", "Automatic messages are never answered automatically (RFC 3834)."))
	case len(m.Verbatim()) > longest:
		return nothing(lang.T("Die Nachricht ist zu lang, um sie sicher zu verstehen.", "The message is too long to be understood safely."), toDesk)
	}
	people := in.people()
	r := understand(in, people)
	if len(r.sentences) == 0 {
		return nothing(lang.T("Die Nachricht enthält keine eigenen Worte des Absenders.", "The message holds no words of the sender's own."), toDesk)
	}
	asked := r.openQuestions()
	if !r.wants(asked) {
		why := lang.T("Die Nachricht enthält keinen Auftrag.", "The message holds no order.")
		if r.found(MeansInquiry) {
			why = lang.T("Die Nachricht bittet um eine Auskunft und enthält keinen Auftrag.", "The message asks for information and holds no order.")
		}
		return nothing(why, toDesk)
	}
	may := in.may(people, estate.AuthorityOrder)
	consents := in.may(people, estate.AuthorityConsent)
	if len(may) == 0 && (len(consents) == 0 || len(asked) == 0) {
		return r.unauthorised(people)
	}
	if r.found(MeansWithdraw) && len(may) > 0 {
		return r.withdrawal(may)
	}
	if o, ok := r.answer(asked, consents, people); ok {
		return o
	}
	if len(may) == 0 {
		return r.unauthorised(people)
	}
	return r.order(may)
}

var toDesk = lang.T("Eine Person im Service sieht die Nachricht an; bis dahin gibt es nichts zu antworten.", "A person at the service desk looks at the message; until then there is nothing to answer.")

// nothing is the outcome for a message that is no order.
func nothing(why, noReply lang.Text) Outcome {
	return Outcome{Kind: KindNothing, Reasons: []Reason{{Text: why}}, NoReply: noReply, Desk: why}
}

// machines are the local parts of addresses from which nobody writes.
var machines = []string{"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces"}

func fromMachine(address string) bool {
	local, _, ok := strings.Cut(plain(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return !ok && local == "" || slices.Contains(machines, local)
}

// reading is a message with all that was understood of it.
type reading struct {
	in        Input
	verbatim  string
	writing   writing
	sentences []sentence
	names     roster          // systems that the sender may speak of, by folded name
	installed map[string]bool // packages on them
	digest    string
}

func understand(in Input, people []person) *reading {
	r := &reading{in: in, verbatim: in.Message.Verbatim(), digest: in.Message.Digest(), names: roster{}, installed: map[string]bool{}}
	for _, p := range people {
		for _, name := range systemsOf(in.Estate, p.customer.ID) {
			r.names[fold(name)] = name
			for _, pkg := range in.Packages[name] {
				r.installed[fold(pkg)] = true
			}
		}
	}
	text := len(r.verbatim) - len(in.Message.Text)
	r.writing = own(r.verbatim, text)
	if subject := in.Message.Subject; subject != "" && in.Message.First && !line(subject, MeansCopied) {
		title := writing{blocks: []Span{{0, len(subject)}}}
		title.mask(r.verbatim)
		for _, s := range sentences(r.verbatim, title, r.names) {
			s.subject = true
			r.sentences = append(r.sentences, s)
		}
		r.writing.blurred = r.writing.blurred || title.blurred
	}
	r.sentences = append(r.sentences, sentences(r.verbatim, r.writing, r.names)...)
	return r
}

func (r *reading) found(m Meaning) bool {
	return slices.ContainsFunc(r.sentences, func(s sentence) bool { return s.found[m] })
}

// wants reports whether the message is about a change, takes something back, or answers us.
func (r *reading) wants(asked []Asked) bool {
	for _, s := range r.sentences {
		switch {
		case s.found[MeansWithdraw]:
			return true
		case s.found[MeansInquiry] && !s.found[MeansRequest]:
		case s.found[MeansInquiry] && !s.asks && s.found[MeansAction]:
			return true // it may be both
		case s.requests(), s.changes() && !s.found[MeansThanks] && !s.found[MeansInquiry]:
			return true
		}
		if len(asked) > 0 && (s.found[MeansYes] || s.found[MeansNo] || s.found[MeansNegation] || s.answers(r)) {
			return true
		}
	}
	return false
}

// answers reports whether a sentence holds something that a question of ours may have asked for.
func (s sentence) answers(r *reading) bool {
	s.tokens = slices.Clone(s.tokens)
	if named, strange := s.named(r.names, r.installed); len(named) > 0 || strange || s.changes() {
		return true
	}
	return s.when.said() || s.found[MeansAll] || s.found[MeansOne] || s.versions().software != ""
}

// quote is a sentence of this message, where it stands.
func (r *reading) quote(s sentence) Quote {
	return Quote{Message: r.in.Message.ID, SHA256: r.digest, Span: s.Span, Words: r.verbatim[s.From:s.To]}
}

// quotes are all sentences that mean something for a withdrawal or an answer.
func (r *reading) quotes(means ...Meaning) []Quote {
	var out []Quote
	for _, s := range r.sentences {
		if slices.ContainsFunc(means, func(m Meaning) bool { return s.found[m] }) {
			out = append(out, r.quote(s))
		}
	}
	return out
}
