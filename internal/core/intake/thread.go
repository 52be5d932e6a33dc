package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// openQuestions are our questions in the message's thread.
func (r *reading) openQuestions() []Asked {
	var out []Asked
	for _, a := range r.in.Asked {
		if r.in.Message.Thread != "" && a.Thread == r.in.Message.Thread {
			out = append(out, a)
		}
	}
	return out
}

// withdrawal takes back the orders that the message names by ID, by system, or by the thread it stands in.
func (r *reading) withdrawal(may []person) Outcome {
	p := may[0]
	if r.doubts(MeansWithdraw) || slices.ContainsFunc(r.sentences, func(s sentence) bool { return s.requests() && !s.found[MeansWithdraw] }) {
		return r.question(p, Draft{}, []Unclear{UnclearOrder}, Reason{Text: lang.T(
			"Ob und was zurückgezogen wird, ist nicht eindeutig.", "Whether something is withdrawn, and what, is not clear.")})
	}
	var chosen []Open
	for _, p = range may {
		found, clear := r.withdrawn(p.customer.ID)
		if !clear {
			chosen = nil
			break
		}
		if len(found) > 0 {
			chosen = found
			break
		}
	}
	if len(chosen) == 0 {
		return r.question(may[0], Draft{}, []Unclear{UnclearOrder}, Reason{Text: lang.T(
			"Welcher offene Auftrag zurückgezogen wird, ist nicht eindeutig.", "Which open order is withdrawn is not clear.")})
	}
	w := Withdrawal{Customer: p.customer.ID, Contact: p.contact.ID, SHA256: r.digest, Quotes: r.quotes(MeansWithdraw)}
	for _, o := range chosen {
		if _, ok := o.State.May(mandate.Withdrawn); !ok {
			return r.question(p, Draft{}, []Unclear{UnclearOrder}, Reason{Text: lang.Textf(
				"Auftrag %[1]s für %[2]s ist schon %[3]s und lässt sich nicht mehr zurückziehen.",
				"Order %[1]s for %[2]s is %[3]s already and cannot be withdrawn any more.", o.ID, o.System, o.State.Text())})
		}
		w.Orders = append(w.Orders, o.ID)
	}
	slices.Sort(w.Orders)
	return Outcome{
		Kind: KindWithdrawal, Withdrawal: &w, Reply: withdrawalReply(p, w.Orders),
		Reasons: []Reason{{Rule: "MH2-09", Text: lang.T("Ohne Auftrag keine Änderung: Der Kunde zieht ihn zurück.", "No change without an order: the customer withdraws it.")}},
	}
}

// withdrawn are a customer's open orders that a withdrawal is about; clear is false where it names something
// that has none, or more than one.
func (r *reading) withdrawn(customer string) (found []Open, clear bool) {
	theirs := systemsOf(r.in.Estate, customer)
	var open []Open
	for _, o := range r.in.Orders {
		if slices.Contains(theirs, o.System) && !o.State.Over() {
			open = append(open, o)
		}
	}
	var systems []string
	for _, s := range r.sentences {
		for _, t := range s.tokens {
			if i := slices.IndexFunc(open, func(o Open) bool { return t.word == fold(o.ID) }); i >= 0 && !slices.Contains(found, open[i]) {
				found = append(found, open[i])
			}
		}
		s.tokens = slices.Clone(s.tokens)
		named, strange := s.named(r.names, r.installed)
		if strange && len(found) == 0 {
			return nil, false
		}
		systems = append(systems, named...)
	}
	if len(found) > 0 {
		return found, !slices.ContainsFunc(systems, func(s string) bool {
			return !slices.ContainsFunc(found, func(o Open) bool { return o.System == s })
		})
	}
	inThread := func(o Open) bool { return r.in.Message.Thread != "" && o.Thread == r.in.Message.Thread }
	for _, s := range systems {
		on := slices.DeleteFunc(slices.Clone(open), func(o Open) bool { return o.System != s })
		if here := slices.DeleteFunc(slices.Clone(on), func(o Open) bool { return !inThread(o) }); len(here) > 0 {
			on = here
		}
		if len(on) != 1 {
			return nil, false
		}
		if !slices.Contains(found, on[0]) {
			found = append(found, on[0])
		}
	}
	if len(systems) > 0 {
		return found, true
	}
	for _, o := range open {
		if inThread(o) {
			found = append(found, o)
		}
	}
	for _, o := range found { // orders of one message are one order to the customer; of several, nobody can tell which
		if o.Message != found[0].Message {
			return nil, false
		}
	}
	return found, true
}

// answer reads a yes, a no or another time in a thread in which we asked for it. ok is false where the message
// is no answer, or the question was what is meant: then it is read as an order, together with what was known.
func (r *reading) answer(asked []Asked, consents, people []person) (o Outcome, ok bool) {
	asked = slices.DeleteFunc(asked, func(a Asked) bool { return a.Kind == AskedClarity })
	yes, no := r.found(MeansYes), r.found(MeansNo) || r.found(MeansNegation)
	t := r.allTimes()
	if len(asked) == 0 || !yes && !no && (!t.said() || r.asksForChange() || asked[0].Kind != AskedAppointment) {
		return Outcome{}, false
	}
	a := asked[0]
	at := slices.IndexFunc(consents, func(p person) bool { return p.customer.ID == a.Customer })
	if at < 0 {
		return r.unauthorised(people), true
	}
	p := consents[at]
	unclear := func(what Unclear, de, en string) (Outcome, bool) {
		return r.question(p, Draft{}, []Unclear{what}, Reason{Rule: "MH2-11", Text: lang.T(de, en)}), true
	}
	switch {
	case len(asked) > 1:
		return unclear(UnclearAnswer, "Mehrere Rückfragen sind offen; welche beantwortet ist, ist nicht eindeutig.", "Several questions are open; which one is answered is not clear.")
	case yes && no, r.doubts(MeansNo, MeansNegation), r.asksForMore(), yes && r.weakYes():
		return unclear(UnclearAnswer, "Ob das ein Ja ist, ist nicht eindeutig.", "Whether that is a yes is not clear.")
	case t.said() && (a.Kind != AskedAppointment || no):
		return unclear(UnclearAnswer, "Die Antwort nennt eine Zeit und ist nicht eindeutig.", "The answer names a time and is not clear.")
	}
	answer := Answer{Asked: a.ID, Kind: a.Kind, Order: a.Order, Said: SaidYes, At: a.Proposed, Customer: p.customer.ID, Contact: p.contact.ID,
		SHA256: r.digest, Quotes: r.quotes(MeansYes, MeansNo, MeansNegation)}
	switch {
	case no:
		answer.Said, answer.At = SaidNo, time.Time{}
	case t.said():
		held, _ := r.in.Estate.Held(a.System)
		wish, moment, clear := t.moment(r.in.Message.Received, held.Window, r.in.Zones)
		switch {
		case !clear:
			return unclear(UnclearWhen, "Welcher Zeitpunkt gemeint ist, ist nicht eindeutig.", "Which time is meant is not clear.")
		case wish == WishDay && yes && sameDay(moment, a.Proposed):
		case wish == WishDay:
			return unclear(UnclearWhen, "Die Antwort nennt einen Tag ohne Uhrzeit.", "The answer names a day and no time.")
		case !moment.Equal(a.Proposed):
			answer.Said, answer.At = SaidOther, moment
		}
		answer.Quotes = r.allQuotes()
	}
	return Outcome{
		Kind: KindAnswer, Answer: &answer, Reply: answerReply(p, answer),
		Reasons: []Reason{{Rule: consentRule(a.Kind), Text: lang.T("Antwort auf unsere Rückfrage von einer Person, die zustimmen darf.", "An answer to our question by a person who may consent.")}},
	}, true
}

func consentRule(k AskedKind) string {
	if k == AskedAppointment {
		return "MH1-06"
	}
	return "MH2-11"
}

func sameDay(a, b time.Time) bool {
	return a.Format(time.DateOnly) == b.In(a.Location()).Format(time.DateOnly)
}

// asksForMore reports whether an answer names systems or changes besides: then it is more than an answer.
func (r *reading) asksForMore() bool {
	for _, s := range r.sentences {
		s.tokens = slices.Clone(s.tokens)
		named, strange := s.named(r.names, r.installed)
		if s.subject {
			continue
		}
		if len(named) > 0 || strange || s.changes() && (s.scoped() || s.found[MeansMigrate] || s.found[MeansMeasure]) {
			return true
		}
	}
	return false
}

func (r *reading) asksForChange() bool {
	return slices.ContainsFunc(r.sentences, func(s sentence) bool { return s.requests() })
}

// weakYes reports whether the only yes is an "OK" or "gerne" beside a thank you, which may be no more than
// politeness.
func (r *reading) weakYes() bool {
	for _, s := range r.sentences {
		for _, t := range s.tokens {
			if t.means == MeansYes && (!slices.Contains([]string{"ok", "okay", "gerne", "fine"}, t.word) || !s.found[MeansThanks]) {
				return false
			}
		}
	}
	return true
}

func (r *reading) allTimes() timing {
	var all timing
	for _, s := range r.sentences {
		if s.found[MeansThanks] && !s.found[MeansYes] && !s.requests() {
			continue
		}
		t := s.when
		all.days, all.clock, all.vague = append(all.days, t.days...), append(all.clock, t.clock...), all.vague || t.vague
	}
	return all
}

func (r *reading) allQuotes() []Quote {
	var out []Quote
	for _, s := range r.sentences {
		out = append(out, r.quote(s))
	}
	return out
}

// doubts reports whether anything in the message leaves a doubt, but for the meanings that are expected.
func (r *reading) doubts(expected ...Meaning) bool {
	if r.writing.blurred {
		return true
	}
	for _, m := range []Meaning{MeansNegation, MeansDoubt, MeansContrary, MeansInquiry, MeansNo, MeansWithdraw} {
		if r.found(m) && !slices.Contains(expected, m) {
			return true
		}
	}
	return false
}

// withdrawalReply confirms what is withdrawn.
func withdrawalReply(p person, orders []string) lang.Text {
	return letter(p, lang.Textf("wir haben zurückgezogen: %[1]s. Auf Ihren Systemen ändern wir dazu nichts.",
		"we have withdrawn: %[1]s. We change nothing about it on your systems.", strings.Join(orders, ", ")))
}

func answerReply(p person, a Answer) lang.Text {
	switch {
	case a.Said == SaidNo:
		return letter(p, lang.T("wir haben Ihr Nein notiert und führen die Arbeit so nicht aus.", "we have noted your no and do not carry out the work like that."))
	case a.Said == SaidOther:
		return letter(p, lang.Textf("Sie schlagen %[1]s vor. Der Termin gilt, sobald wir ihn bestätigen; bis dahin ändern wir nichts.",
			"you propose %[1]s. The appointment holds once we confirm it; until then we change nothing.", moment(a.At)))
	case a.Kind == AskedAppointment:
		return letter(p, lang.Textf("der Termin %[1]s ist vereinbart.", "the appointment on %[1]s is agreed.", moment(a.At)))
	}
	return letter(p, lang.T("wir haben Ihre Zustimmung zum Preis notiert.", "we have noted your agreement to the price."))
}
