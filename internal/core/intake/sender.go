package intake

import (
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// person is somebody the estate knows, speaking for one customer.
type person struct {
	customer estate.Customer
	contact  estate.Contact
}

// people are those that the sender may be: one for each customer that knows the address.
func (in Input) people() []person {
	from := in.Message.Sender
	var out []person
	for _, c := range in.Estate.Customers {
		for _, p := range c.Contacts {
			signed := from.Standing == SignedIn && c.ID == from.Customer && p.ID == from.Contact
			wrote := from.Standing != SignedIn && from.Address != "" && plain(p.Email) == plain(from.Address)
			if signed || wrote {
				out = append(out, person{c, p})
			}
		}
	}
	return out
}

// may are those of the people who are verified and hold the authority.
func (in Input) may(people []person, a estate.Authority) []person {
	if !in.Message.Sender.Standing.Verified() {
		return nil
	}
	var out []person
	for _, p := range people {
		if p.contact.May(a) {
			out = append(out, p)
		}
	}
	return out
}

// unauthorised is the outcome for words of somebody who may not say them (S2). The reply is the same whoever
// wrote and whatever it was about: it tells nothing about the estate, not even whether somebody is known.
func (r *reading) unauthorised(people []person) Outcome {
	from := r.in.Message.Sender
	why := Reason{Rule: "MH2-09"}
	switch {
	case len(people) == 0:
		why.Text = lang.T("Der Absender ist nicht bekannt.", "The sender is not known.")
	case !from.Standing.Verified():
		why.Text = lang.T("Der Absender gibt sich als bekannte Person aus, das ist aber nicht geprüft.", "The sender claims to be a known person, and that is not verified.")
	default:
		why.Text = lang.T("Der Absender ist bekannt, darf das aber nicht veranlassen.", "The sender is known and does not hold the authority for it.")
	}
	notices := r.notices(people)
	desk := lang.T("Nichts eingeplant. Die weisungsberechtigten Ansprechpersonen werden gefragt.", "Nothing is scheduled. The authorised contacts are asked.")
	if len(notices) == 0 {
		desk = lang.T("Nichts eingeplant. Es ist niemand bekannt, den wir fragen können.", "Nothing is scheduled. Nobody is known whom we could ask.")
	}
	return Outcome{
		Kind: KindUnauthorised, Reasons: []Reason{why}, Reply: strangersReply, Desk: desk, Unauthorised: &Unauthorised{Notices: notices},
	}
}

// forged is the outcome for a message that its alleged sender's domain disowns: whoever is named there did not
// write it, so nobody is answered.
func forged(in Input) Outcome {
	return Outcome{
		Kind:    KindUnauthorised,
		Reasons: []Reason{{Rule: "MH2-09", Text: lang.T("Der Absender ist gefälscht.", "The sender is forged.")}},
		NoReply: lang.T("Auf eine gefälschte Nachricht wird nicht geantwortet: Die Antwort ginge an jemanden, der sie nicht geschrieben hat.",
			"A forged message is not answered: the reply would go to somebody who did not write it."),
		Desk: lang.Textf("Gefälschter Absender %[1]s. Nichts eingeplant, niemand benachrichtigt.",
			"Forged sender %[1]s. Nothing is scheduled, nobody was notified.", printable(in.Message.Sender.Address)),
		Unauthorised: &Unauthorised{},
	}
}

// notices tell those who may order that somebody else has tried to: the customers that know the address, or
// else the owners of the systems named. Each learns of its own systems only.
func (r *reading) notices(people []person) []Notice {
	all := roster{}
	for _, s := range r.in.Estate.Systems {
		all[fold(s.Name)] = s.Name
	}
	var mentioned []string
	for _, s := range sentences(r.verbatim, r.writing, all) {
		named, _ := s.named(all, nil)
		mentioned = append(mentioned, named...)
	}
	var out []Notice
	for _, c := range r.in.Estate.Customers {
		var theirs []string
		for _, name := range systemsOf(r.in.Estate, c.ID) {
			if slices.Contains(mentioned, name) {
				theirs = append(theirs, name)
			}
		}
		known := slices.ContainsFunc(people, func(p person) bool { return p.customer.ID == c.ID })
		if !known && (len(people) > 0 || len(theirs) == 0) {
			continue
		}
		var contacts []string
		for _, p := range c.Contacts {
			if p.May(estate.AuthorityOrder) {
				contacts = append(contacts, p.ID)
			}
		}
		if len(contacts) > 0 {
			out = append(out, Notice{Customer: c.ID, Contacts: contacts, Text: noticeText(r.in.Message.Sender, theirs)})
		}
	}
	return out
}

func noticeText(from Sender, systems []string) lang.Text {
	about := lang.T("", "")
	if len(systems) > 0 {
		about = lang.Textf(" Genannt ist: %[1]s.", " It names: %[1]s.", strings.Join(systems, ", "))
	}
	who := printable(from.Address)
	if who == "" {
		who = printable(from.Contact)
	}
	return lang.Textf(
		"Guten Tag,\n\nvon %[1]s haben wir eine Nachricht erhalten, die wie eine Anweisung zu Ihren Systemen klingt.%[2]s Die Person ist dafür nicht als weisungsberechtigt geprüft. Wir haben deshalb nichts eingeplant.\n\nWenn Sie die Arbeit wünschen, erteilen Sie den Auftrag bitte selbst.\n",
		"Dear customer,\n\nwe have received a message from %[1]s that reads like an instruction about your systems.%[2]s The person is not verified as authorised to give it. We have therefore scheduled nothing.\n\nIf you wish the work to be done, please give the order yourself.\n",
		who, about)
}

var strangersReply = lang.T(
	"Guten Tag,\n\nwir haben Ihre Nachricht erhalten. Aufträge führen wir nur aus, wenn sie nachweislich von einer weisungsberechtigten Person kommen. Das ist hier nicht der Fall; wir haben nichts eingeplant.\n\nBitte wenden Sie sich an die weisungsberechtigte Person in Ihrem Haus, oder melden Sie sich im Kundenbereich an und erteilen den Auftrag dort.\n",
	"Dear sender,\n\nwe have received your message. We carry out orders only when they demonstrably come from an authorised person. That is not the case here; we have scheduled nothing.\n\nPlease turn to the authorised person in your organisation, or sign in to the customer area and give the order there.\n")

// printable is a stranger's text on one line, cut to a length that fits into a sentence.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if runes := []rune(s); len(runes) > 120 {
		s = string(runes[:120]) + "…"
	}
	return strings.TrimSpace(s)
}
