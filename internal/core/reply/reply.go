// Package reply writes the answer that a service desk can send to a customer, from a decision alone: a
// confirmation, a refusal, the request for an order, the advice that something is the customer's own, or
// the question for a missing fact. It names rule and version, price and time, what is not checked and what
// happens if it fails, because the decision says so; nothing is added that no rule says.
package reply

import (
	"fmt"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Kind is what an answer is.
type Kind string

// The kinds of answers.
const (
	Confirmation Kind = "confirmation" // it is permitted and the trigger is there
	NeedOrder    Kind = "need_order"   // it is permitted once the customer orders
	Yours        Kind = "yours"        // the customer executes; here is what we advise
	Refusal      Kind = "refusal"      // nobody does it under this policy
	NeedFact     Kind = "need_fact"    // a fact is missing
)

// Case is what an answer is about.
type Case struct {
	Decision policy.Decision
	Title    lang.Text // of the policy version that decided
	Contact  string    // whom it is written to; may be empty
	System   string
	Change   lang.Text // in words: "Sicherheitsupdates"; empty: by layer and class
	Ordered  bool      // the order, standing order or consent that the decision demands is there
	When     lang.Text // the slot, in the customer's zone; empty: only which window
}

// Letter is an answer in both languages, as plain text.
type Letter struct {
	Kind    Kind      `json:"kind"`
	Subject lang.Text `json:"subject"`
	Body    lang.Text `json:"body"`
}

// Write makes the answer.
func Write(c Case) Letter {
	l := Letter{Kind: kindOf(c)}
	l.Subject = lang.Textf("%[1]s: %[2]s", "%[1]s: %[2]s", c.System, subjects[l.Kind])
	paragraphs := []lang.Text{greeting(c), opening(l.Kind, c)}
	if reason := because(c); !reason.IsZero() {
		paragraphs = append(paragraphs, reason)
	}
	if l.Kind == Confirmation || l.Kind == NeedOrder {
		paragraphs = append(paragraphs, terms(c))
	}
	if notices := said(c.Decision, l.Kind); !notices.IsZero() {
		paragraphs = append(paragraphs, notices)
	}
	if next := alternatives(l.Kind, c); !next.IsZero() {
		paragraphs = append(paragraphs, next)
	}
	paragraphs = append(paragraphs, basis(c))
	de, en := make([]string, len(paragraphs)), make([]string, len(paragraphs))
	for i, p := range paragraphs {
		de[i], en[i] = p.DE, p.EN
	}
	l.Body = lang.T(strings.Join(de, "\n\n")+"\n", strings.Join(en, "\n\n")+"\n")
	return l
}

var subjects = map[Kind]lang.Text{
	Confirmation: lang.T("Wir führen die Änderung aus", "We carry out the change"),
	NeedOrder:    lang.T("Wir brauchen Ihren Auftrag", "We need your order"),
	Yours:        lang.T("Diese Änderung liegt bei Ihnen", "This change is yours"),
	Refusal:      lang.T("Wir führen die Änderung nicht aus", "We do not carry out the change"),
	NeedFact:     lang.T("Uns fehlt eine Angabe", "We lack a fact"),
}

func kindOf(c Case) Kind {
	d := c.Decision
	switch {
	case d.Verdict == policy.Ask:
		return NeedFact
	case d.Verdict == policy.Permitted && (d.Trigger == policy.TriggerProactive || c.Ordered):
		return Confirmation
	case d.Verdict == policy.Permitted:
		return NeedOrder
	case d.Execution == policy.PartyCustomer:
		return Yours
	}
	return Refusal
}

func greeting(c Case) lang.Text {
	if c.Contact == "" {
		return lang.T("Guten Tag,", "Dear customer,")
	}
	return lang.Textf("Guten Tag %[1]s,", "Dear %[1]s,", c.Contact)
}

// change is the change in words.
func (c Case) change() lang.Text {
	if !c.Change.IsZero() {
		return c.Change
	}
	words := policy.Words()
	layer, class := words["layer"][string(c.Decision.Facets.Layer)], words["change_class"][string(c.Decision.Facets.ChangeClass)]
	switch {
	case class.IsZero():
		return lang.T("die Änderung", "the change")
	case layer.IsZero():
		return class
	}
	return lang.Textf("%[1]s (%[2]s)", "%[1]s (%[2]s)", class, layer)
}

func opening(k Kind, c Case) lang.Text {
	what, on := c.change(), c.System
	switch k {
	case Confirmation:
		return lang.Textf("wir führen auf %[2]s aus: %[1]s.", "we carry out on %[2]s: %[1]s.", what, on)
	case NeedOrder:
		switch c.Decision.Trigger {
		case policy.TriggerConsent:
			return lang.Textf("auf %[2]s steht an: %[1]s. Dafür brauchen wir Ihre Notfallfreigabe.", "this is due on %[2]s: %[1]s. For it we need your emergency consent.", what, on)
		case policy.TriggerStandingOrder:
			return lang.Textf("auf %[2]s steht an: %[1]s. Dafür brauchen wir Ihren Dauerauftrag oder einen einzelnen Auftrag.", "this is due on %[2]s: %[1]s. For it we need your standing order or a single order.", what, on)
		}
		return lang.Textf("auf %[2]s steht an: %[1]s. Dafür brauchen wir Ihren ausdrücklichen Auftrag.", "this is due on %[2]s: %[1]s. For it we need your explicit order.", what, on)
	case Yours:
		return lang.Textf("auf %[2]s liegt bei Ihnen: %[1]s. Wir planen diese Änderung nicht und führen sie nicht aus.", "this is yours on %[2]s: %[1]s. We do not plan this change and do not carry it out.", what, on)
	case NeedFact:
		return lang.Textf("ob wir auf %[2]s ausführen dürfen: %[1]s, können wir noch nicht sagen. Uns fehlt: %[3]s.", "whether we may carry out on %[2]s: %[1]s, we cannot say yet. We lack: %[3]s.", what, on, missing(c.Decision))
	}
	return lang.Textf("auf %[2]s führen wir nicht aus: %[1]s.", "on %[2]s we do not carry out: %[1]s.", what, on)
}

func missing(d policy.Decision) lang.Text {
	list := make([]lang.Text, len(d.Missing))
	for i, name := range d.Missing {
		list[i] = policy.FacetTitle(name)
	}
	return lang.JoinTexts(list)
}

// because quotes the governing rule.
func because(c Case) lang.Text {
	for _, r := range c.Decision.Reasons {
		if r.RuleID == c.Decision.Governing {
			return lang.Textf("Grundlage ist %[1]s: %[2]s", "It rests on %[1]s: %[2]s", r.RuleID, r.Text)
		}
	}
	return lang.Text{}
}

// terms are time, deadline and price.
func terms(c Case) lang.Text {
	d := c.Decision
	var de, en []string
	add := func(t lang.Text) { de, en = append(de, "- "+t.DE), append(en, "- "+t.EN) }
	switch {
	case !c.When.IsZero():
		add(lang.Textf("Zeit: %[1]s", "Time: %[1]s", c.When))
	case !d.Window.Text().IsZero():
		add(lang.Textf("Zeit: %[1]s", "Time: %[1]s", d.Window.Text()))
	}
	if cadence := d.Cadence.Text(); !cadence.IsZero() {
		add(lang.Textf("Abstand: %[1]s", "Interval: %[1]s", cadence))
	}
	if d.DeadlineHours > 0 {
		add(lang.Textf("Frist: %[1]d Stunden ab Bekanntwerden", "Deadline: %[1]d hours from when it became known", d.DeadlineHours))
	}
	switch d.Charge {
	case policy.ChargeQuote:
		add(lang.T("Preis: Wir nennen ihn Ihnen vorab und beginnen erst nach Ihrer Zustimmung.", "Price: We tell you beforehand and begin only after you agree."))
	case policy.ChargeUnknown:
		add(lang.T("Preis: Das Regelwerk nennt keinen. Fallen Kosten an, klären wir sie vorab mit Ihnen.", "Price: The policy names none. If there are costs, we settle them with you beforehand."))
	default:
		add(lang.Textf("Preis: %[1]s", "Price: %[1]s", d.Charge.Text()))
	}
	return lang.T(strings.Join(de, "\n"), strings.Join(en, "\n"))
}

// said are the notices that go with the decision. A confirmation does not ask for the order it has.
func said(d policy.Decision, k Kind) lang.Text {
	var de, en []string
	for _, n := range d.Notices {
		if k == Confirmation && n.RuleID == d.Governing {
			continue
		}
		de, en = append(de, "- "+n.Text.DE), append(en, "- "+n.Text.EN)
	}
	if len(de) == 0 {
		return lang.Text{}
	}
	return lang.T("Bitte beachten Sie:\n"+strings.Join(de, "\n"), "Please note:\n"+strings.Join(en, "\n"))
}

// alternatives say what the customer can do now (S6).
func alternatives(k Kind, c Case) lang.Text {
	switch {
	case k == NeedOrder:
		return lang.T("Antworten Sie einfach auf diese Nachricht oder schreiben Sie ein Ticket im Helpdesk: welches System, was getan werden soll, und wann es Ihnen passt.",
			"Simply reply to this message or write a ticket in the helpdesk: which system, what is to be done, and when it suits you.")
	case k == Yours && c.Decision.Facets.ServiceModel == policy.ServiceModelIaaS:
		return lang.T("Wenn Sie diese Arbeit abgeben möchten, bieten wir Ihnen den Wechsel zu einem verwalteten System an oder Unterstützung gegen gesonderte Vereinbarung.",
			"If you would like to hand this work over, we offer you the change to a managed system, or support under a separate agreement.")
	case k == Yours:
		return lang.T("Bitte spielen Sie verfügbare Sicherheitsupdates zeitnah ein, oder beauftragen Sie damit, wer Ihre Anwendung betreut.",
			"Please install available security updates soon, or commission whoever looks after your application.")
	case k == NeedFact && slices.Contains(c.Decision.Missing, "admin_access"):
		return lang.T("Bitte teilen Sie uns mit, ob jemand bei Ihnen auf diesem System Administratorrechte (root) hat. Bis dahin ändern wir nichts.",
			"Please tell us whether anybody of yours holds administrative rights (root) on this system. Until then we change nothing.")
	case k == NeedFact:
		return lang.T("Bitte teilen Sie uns mit, was Sie dazu wissen. Bis dahin ändern wir nichts.", "Please tell us what you know about it. Until then we change nothing.")
	case k == Refusal:
		return lang.T("Wenn Sie das anders wünschen, sprechen Sie uns bitte an; wir sagen Ihnen, was dafür vereinbart werden müsste.",
			"If you wish otherwise, please talk to us; we tell you what would have to be agreed for it.")
	}
	return lang.Text{}
}

// basis names the version and all its rules that took part.
func basis(c Case) lang.Text {
	title, id := c.Title, c.Decision.PolicyID
	rules := c.Decision.Rules()
	for _, n := range c.Decision.Notices {
		if !slices.Contains(rules, n.RuleID) {
			rules = append(rules, n.RuleID)
		}
	}
	text := func(title, version, rulesWord string) string {
		s := fmt.Sprintf("%s %s", version, id)
		if title != "" {
			s = fmt.Sprintf("%s, %s", title, s)
		}
		if len(rules) > 0 {
			s += fmt.Sprintf("; %s: %s", rulesWord, strings.Join(rules, ", "))
		}
		return s + "."
	}
	return lang.T("Regelwerk: "+text(title.DE, "Fassung", "Regeln"), "Policy: "+text(title.EN, "version", "rules"))
}
