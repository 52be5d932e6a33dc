package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/reply"
)

// most is how many questions a reply asks at once.
const most = 3

// question asks back; nothing is scheduled (S8).
func (r *reading) question(p person, d Draft, unclear []Unclear, reasons ...Reason) Outcome {
	order := []Unclear{UnclearWhether, UnclearWho, UnclearOrder, UnclearAnswer, UnclearSystem, UnclearScope, UnclearVersions, UnclearWhen, UnclearFact}
	slices.SortFunc(unclear, func(a, b Unclear) int { return slices.Index(order, a) - slices.Index(order, b) })
	unclear = slices.Compact(unclear)
	unclear = unclear[:min(len(unclear), most)]
	theirs := systemsOf(r.in.Estate, p.customer.ID)
	asks := make([]lang.Text, len(unclear))
	for i, u := range unclear {
		asks[i] = ask(u, theirs)
	}
	desk := lang.Text{}
	if r.found(MeansInquiry) {
		desk = lang.T("Die Nachricht stellt auch eine Frage, die eine Person beantworten muss.", "The message also asks something that a person has to answer.")
	}
	return Outcome{
		Kind: KindQuestion, Desk: desk, Reasons: reasons, Reply: questionReply(p, asks, reasons),
		Question: &Question{Customer: p.customer.ID, Contact: p.contact.ID, Unclear: unclear, Asks: asks, Draft: d},
	}
}

// listed is how many systems a question lists by name.
const listed = 12

func ask(u Unclear, systems []string) lang.Text {
	switch u {
	case UnclearSystem:
		if len(systems) == 0 || len(systems) > listed {
			return lang.T("Welches System ist gemeint? Bitte schreiben Sie den Namen genau.", "Which system is meant? Please write its exact name.")
		}
		return lang.Textf("Welches System ist gemeint? Bitte schreiben Sie den Namen genau: %[1]s.", "Which system is meant? Please write its exact name: %[1]s.", strings.Join(systems, ", "))
	case UnclearScope:
		return lang.T("Was soll eingespielt werden: nur die Sicherheitsupdates, alle Updates der laufenden Version, oder einzelne Pakete? Verschiedenes bitte in getrennten Nachrichten.",
			"What shall be installed: the security updates only, all updates of the current release, or single packages? Please write different things in separate messages.")
	case UnclearVersions:
		return lang.T("Welche Software, von welcher Version auf welche Version?", "Which software, from which version to which version?")
	case UnclearWhen:
		return lang.T("Wann genau? Bitte nennen Sie Tag und Uhrzeit, zum Beispiel 5.12.2026 um 05:00 Uhr, oder schreiben Sie: im nächsten Wartungsfenster.",
			"When exactly? Please give day and time, for example 2026-12-05 at 05:00, or write: in the next maintenance window.")
	case UnclearWho:
		return lang.T("Für welchen Kunden schreiben Sie? Bitte nennen Sie das System genau.", "For which customer do you write? Please give the exact name of the system.")
	case UnclearOrder:
		return lang.T("Um welchen Auftrag geht es? Bitte nennen Sie die Nummer des Auftrags oder das System.", "Which order is it about? Please give the order's number or the system.")
	case UnclearAnswer:
		return lang.T("Dürfen wir das als Ja verstehen? Bitte antworten Sie nur mit Ja oder Nein.", "May we take that as a yes? Please answer with yes or no only.")
	case UnclearFact:
		return lang.T("Bitte teilen Sie uns mit, was Sie dazu wissen.", "Please tell us what you know about it.")
	case UnclearWhether:
	}
	return lang.T("Sollen wir etwas ausführen? Wenn ja, schreiben Sie bitte in einem Satz, was wir auf welchem System tun sollen, zum Beispiel: Bitte spielen Sie auf (System) alle Sicherheitsupdates ein.",
		"Shall we carry something out? If so, please write in one sentence what we shall do on which system, for example: Please install all security updates on (system).")
}

func questionReply(p person, asks []lang.Text, reasons []Reason) lang.Text {
	text := lang.T("wir haben Ihre Nachricht erhalten und möchten nichts tun, was Sie nicht gemeint haben. Eingeplant ist noch nichts.",
		"we have received your message and do not want to do anything that you did not mean. Nothing is scheduled yet.")
	for _, why := range reasons {
		text = lang.T(text.DE+"\n\n"+why.Text.DE, text.EN+"\n\n"+why.Text.EN)
	}
	text = lang.T(text.DE+"\n", text.EN+"\n")
	for _, a := range asks {
		text = lang.T(text.DE+"\n- "+a.DE, text.EN+"\n- "+a.EN)
	}
	return letter(p, text)
}

// letter is a body with greeting.
func letter(p person, body lang.Text) lang.Text {
	name := printable(p.contact.Name)
	if name == "" {
		return lang.Textf("Guten Tag,\n\n%[1]s\n", "Dear customer,\n\n%[1]s\n", body)
	}
	return lang.Textf("Guten Tag %[1]s,\n\n%[2]s\n", "Dear %[1]s,\n\n%[2]s\n", name, body)
}

// moment is a time in its zone, in words.
func moment(t time.Time) lang.Text {
	return lang.T(lang.DateTime(t, lang.DE), lang.DateTime(t, lang.EN))
}

// What is the scope in words.
func (d Draft) What() lang.Text {
	switch d.Scope {
	case ScopeSecurity:
		return lang.T("Sicherheitsupdates", "security updates")
	case ScopeUpdates:
		return lang.T("alle Updates der laufenden Version", "all updates of the current release")
	case ScopePackages:
		if d.Class == policy.ChangeClassSecurityUpdate {
			return lang.Textf("Sicherheitsupdates der Pakete %[1]s", "security updates of the packages %[1]s", strings.Join(d.Packages, ", "))
		}
		return lang.Textf("Updates der Pakete %[1]s", "updates of the packages %[1]s", strings.Join(d.Packages, ", "))
	case ScopeUpgrade, ScopeMigration:
		if d.From == "" {
			return lang.Textf("Wechsel auf %[1]s %[2]s", "change to %[1]s %[2]s", d.Software, d.To)
		}
		return lang.Textf("%[1]s von Version %[2]s auf Version %[3]s", "%[1]s from version %[2]s to version %[3]s", d.Software, d.From, d.To)
	case ScopeMitigation:
		return lang.Textf("Absicherung ohne Update: %[1]s", "mitigation without an update: %[1]s", strings.Join(d.Measures, ", "))
	}
	return lang.T("die Änderung", "the change")
}

// terms are what a policy says about one or more systems alike.
type terms struct {
	systems  []string
	decision policy.Decision
}

func (o Order) terms() []terms {
	var out []terms
	for i, d := range o.Decisions {
		same := func(t terms) bool {
			return t.decision.Charge == d.Charge && t.decision.Window == d.Window && t.decision.PolicyID == d.PolicyID && t.decision.Governing == d.Governing
		}
		if at := slices.IndexFunc(out, same); at >= 0 {
			out[at].systems = append(out[at].systems, o.Systems[i])
			continue
		}
		out = append(out, terms{[]string{o.Systems[i]}, d})
	}
	return out
}

// orderReply confirms what was understood: systems, scope, time, price, and what is not checked (MH2-15).
func orderReply(p person, o Order) lang.Text {
	text := lang.T("wir haben Ihren Auftrag erhalten und so verstanden:\n", "we have received your order and understood it like this:\n")
	add := func(t lang.Text) { text = lang.T(text.DE+"\n"+t.DE, text.EN+"\n"+t.EN) }
	all := o.terms()
	add(lang.Textf("- Systeme: %[1]s", "- Systems: %[1]s", strings.Join(o.Systems, ", ")))
	add(lang.Textf("- Umfang: %[1]s", "- Scope: %[1]s", o.What()))
	for _, t := range all {
		on := ""
		if len(all) > 1 {
			on = " (" + strings.Join(t.systems, ", ") + ")"
		}
		add(lang.Textf("- Zeit%[2]s: %[1]s", "- Time%[2]s: %[1]s", when(o, t.decision), on))
		add(lang.Textf("- Preis%[2]s: %[1]s", "- Price%[2]s: %[1]s", price(t.decision.Charge), on))
		add(lang.Textf("- Grundlage%[3]s: %[1]s, Fassung %[2]s", "- Basis%[3]s: %[1]s, version %[2]s", t.decision.GoverningRule(), t.decision.PolicyID, on))
	}
	var words []string
	for _, q := range o.Quotes {
		for l := range strings.SplitSeq(strings.TrimSpace(q.Words), "\n") {
			words = append(words, "> "+strings.TrimSpace(l))
		}
	}
	add(lang.Textf("\nIhre Worte:\n\n%[1]s\n", "\nYour words:\n\n%[1]s\n", strings.Join(words, "\n")))
	add(lang.T("Ob die Änderung mit selbst installierter Software verträglich ist, prüfen wir nicht (MH2-15). Schlägt sie fehl, stellen wir den vorherigen Zustand wieder her (MH2-16).",
		"We do not check whether the change is compatible with software that you installed yourself (MH2-15). If it fails, we restore the previous state (MH2-16)."))
	if o.Scope == ScopeUpgrade || o.Scope == ScopeMigration {
		add(lang.T("Vorher sichern wir die Daten. Bitte testen Sie Ihre Anwendung mit der neuen Version vorab und nehmen Sie das Ergebnis danach ab.",
			"We back up the data before. Please test your application with the new version beforehand, and accept the result afterwards."))
	}
	if slices.Contains(o.Awaits, AskedPrice) {
		add(lang.T("Wir nennen Ihnen den Preis und beginnen erst, wenn Sie zugestimmt haben.", "We tell you the price and begin only after you have agreed."))
	}
	if slices.Contains(o.Awaits, AskedAppointment) {
		add(lang.T("Der Wunsch liegt außerhalb der Wartungsfenster. Wir schlagen einen Termin vor; er gilt, sobald beide Seiten zugestimmt haben. Ohne Termin bleibt es beim nächsten Wartungsfenster (MH1-06).",
			"The wish lies outside of the maintenance windows. We propose an appointment; it holds once both sides have agreed. Without one it stays with the next maintenance window (MH1-06)."))
	}
	add(lang.T("\nStimmt etwas daran nicht, antworten Sie bitte auf diese Nachricht.", "\nIf anything about it is wrong, please reply to this message."))
	return letter(p, text)
}

func when(o Order, d policy.Decision) lang.Text {
	switch o.Wish {
	case WishAt:
		return lang.Textf("gewünscht %[1]s", "wished for %[1]s", moment(o.At))
	case WishDay:
		return lang.Textf("gewünscht für %[1]s, im Wartungsfenster", "wished for %[1]s, in the maintenance window",
			lang.T(lang.Date(o.At, lang.DE), lang.Date(o.At, lang.EN)))
	case WishOutside:
		return lang.T("gewünscht außerhalb der Wartungsfenster", "wished for outside of maintenance windows")
	case WishUnstated, WishSoon, WishNext:
	}
	if w := d.Window.Text(); !w.IsZero() {
		return w
	}
	return policy.WindowNext.Text()
}

func price(c policy.Charge) lang.Text {
	switch c {
	case policy.ChargeFree, policy.ChargeIncluded, policy.ChargeQuote:
		return c.Text()
	case policy.ChargeUnknown:
	}
	return lang.T("Das Regelwerk nennt keinen. Fallen Kosten an, klären wir sie vorab mit Ihnen.", "The policy names none. If there are costs, we settle them with you beforehand.")
}

// refusalReply cites the rule and says what can be done instead (S6), in the words of package reply.
func refusalReply(p person, d Draft, decisions []policy.Decision) lang.Text {
	first := decisions[0]
	l := reply.Write(reply.Case{Decision: first, Contact: printable(p.contact.Name), System: strings.Join(d.Systems, ", "), Change: d.What()})
	return l.Body
}
