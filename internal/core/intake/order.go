package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// order reads the message as an order: complete, or a question for what it lacks, or the policy's refusal.
func (r *reading) order(may []person) Outcome {
	earlier, answered := r.clarity(may)
	d, unclear, reasons := r.draft(earlier)
	p, alone := r.who(may, d.Systems)
	if answered.Customer != "" {
		p, alone = r.who(may, nil)
		for _, one := range may {
			if one.customer.ID == answered.Customer {
				p, alone = one, true
			}
		}
	}
	if !alone {
		unclear = append(unclear, UnclearWho)
		reasons = append(reasons, Reason{Text: lang.T("Für welchen Kunden der Absender spricht, ist nicht eindeutig.", "For which customer the sender speaks is not clear.")})
	}
	if alone && len(d.Systems) == 0 {
		d.Systems, reasons = r.collective(p, earlier, reasons)
	}
	if len(d.Systems) == 0 && !slices.Contains(unclear, UnclearSystem) {
		unclear = append([]Unclear{UnclearSystem}, unclear...)
		reasons = append(reasons, Reason{Rule: "MH2-20", Text: lang.T("Es ist kein System eindeutig genannt.", "No system is named clearly.")})
	}
	if len(d.Packages) > 0 {
		for _, s := range d.Systems {
			if missing := absent(d.Packages, r.in.Packages[s]); missing != "" && !slices.Contains(unclear, UnclearScope) {
				unclear = append(unclear, UnclearScope)
				reasons = append(reasons, Reason{Text: lang.Textf("Auf %[1]s ist %[2]s nicht installiert.", "%[2]s is not installed on %[1]s.", s, missing)})
			}
		}
	}
	if len(d.Systems) > 0 && alone {
		if !r.wish(&d, earlier) {
			unclear = append(unclear, UnclearWhen)
			reasons = append(reasons, Reason{Rule: "MH1-06", Text: lang.T("Welcher Zeitpunkt gemeint ist, ist nicht eindeutig.", "Which time is meant is not clear.")})
		}
	}
	if len(unclear) > 0 {
		// Of a message that leaves a doubt whether it asks at all, nothing is kept for later, and the one question
		// is for a plain sentence.
		if slices.Contains(unclear, UnclearWhether) {
			d, unclear = Draft{}, []Unclear{UnclearWhether}
		}
		return r.question(p, d, unclear, reasons...)
	}
	return r.judge(p, d)
}

// clarity is what had been understood when we asked back in this thread, if the same contact answers.
func (r *reading) clarity(may []person) (Draft, Asked) {
	var found []Asked
	for _, a := range r.openQuestions() {
		if a.Kind == AskedClarity && a.Draft.Asks && slices.ContainsFunc(may, func(p person) bool {
			return p.customer.ID == a.Customer && p.contact.ID == a.Contact
		}) {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return Draft{}, Asked{}
	}
	return found[0].Draft, found[0]
}

// who is the person that may speak for all the systems; alone is false where there is more than one.
func (r *reading) who(may []person, systems []string) (p person, alone bool) {
	var fits []person
	for _, p := range may {
		theirs := systemsOf(r.in.Estate, p.customer.ID)
		if !slices.ContainsFunc(systems, func(s string) bool { return !slices.Contains(theirs, s) }) {
			fits = append(fits, p)
		}
	}
	if len(fits) != 1 {
		return may[0], false
	}
	return fits[0], true
}

// collective resolves "alle unsere Server", and "unser Server" of a customer who has one.
func (r *reading) collective(p person, earlier Draft, reasons []Reason) ([]string, []Reason) {
	theirs := systemsOf(r.in.Estate, p.customer.ID)
	for _, s := range r.sentences {
		speaks := s.requests() || s.subject || s.found[MeansTopic] || earlier.Asks
		if speaks && !s.found[MeansInquiry] && (s.found[MeansAll] || s.found[MeansOne] && len(theirs) == 1) {
			return theirs, append(reasons, Reason{Text: lang.Textf("Genannt sind alle Systeme des Kunden: %[1]s.", "All systems of the customer are named: %[1]s.", strings.Join(theirs, ", "))})
		}
	}
	return nil, reasons
}

// draft puts together what the sentences say. What is said outside of a request, and would add to it, makes it
// unclear: it is not for a machine to tell what belongs together.
func (r *reading) draft(earlier Draft) (d Draft, unclear []Unclear, reasons []Reason) {
	ask := func(u Unclear, de, en string) {
		if !slices.Contains(unclear, u) {
			unclear = append(unclear, u)
			reasons = append(reasons, Reason{Rule: "MH2-20", Text: lang.T(de, en)})
		}
	}
	var asked, topic, other gathered
	answering := earlier.Asks
	for i := range r.sentences {
		s := &r.sentences[i]
		systems, strange := s.named(r.names, r.installed)
		if strange {
			ask(UnclearSystem, "Ein Name ist keinem System eindeutig zuzuordnen.", "A name belongs to no system for certain.")
		}
		c := s.claims(r.installed)
		if word := s.unknown(r.verbatim); !strange && word != "" && (s.requests() || s.scoped() || len(systems) > 0) {
			ask(UnclearWhether, "Ein Wort ist nicht verstanden: "+printable(word)+".", "A word is not understood: "+printable(word)+".")
		}
		switch {
		case s.requests() || answering && !s.subject && !s.found[MeansInquiry]:
			asked.add(systems, c)
			if s.requests() {
				d.Asks = true
				d.Explicit = d.Explicit || s.found[MeansRequest] && (s.found[MeansAction] || s.found[MeansMigrate] || s.found[MeansMeasure])
			}
			d.Quotes = append(d.Quotes, r.quote(*s))
			if s.requests() && r.writing.below > 0 && s.From > r.writing.below {
				ask(UnclearWhether, "Die Bitte steht unter einer früheren Nachricht; wessen Worte es sind, ist nicht sicher.",
					"The request stands below an earlier message; whose words they are is not certain.")
			}
			if !strange && !r.explained(s) {
				ask(UnclearWhether, "Eine Zahl in der Bitte ist nicht verstanden.", "A number in the request is not understood.")
			}
		case s.subject || s.found[MeansTopic] || s.onlyNames():
			topic.add(systems, c)
			if len(systems) > 0 || c.scope != "" {
				d.Quotes = append(d.Quotes, r.quote(*s))
			}
		default:
			other.add(systems, c)
			if s.changes() && !s.found[MeansThanks] {
				ask(UnclearWhether, "Neben der Bitte steht ein Satz über Änderungen, der keine ist.", "Beside the request stands a sentence about changes that is none.")
			}
		}
	}
	d.Asks = d.Asks || answering
	if !d.Asks {
		ask(UnclearWhether, "Es ist keine ausdrückliche Bitte um eine Änderung.", "It is no plain request for a change.")
	}
	if r.doubts() {
		ask(UnclearWhether, "Eine Verneinung, eine Bedingung, eine Frage oder fremde Worte lassen einen Zweifel.",
			"A negation, a condition, a question or somebody else's words leave a doubt.")
	}
	r.systems(&d, earlier, asked, topic, other, ask)
	r.scope(&d, earlier, asked, topic, other, ask)
	if answering {
		d.Explicit = d.Explicit || earlier.Explicit
		d.Quotes = append(slices.Clone(earlier.Quotes), d.Quotes...)
	}
	return d, unclear, reasons
}

// onlyNames reports whether a sentence is nothing but names of systems, as a list has them.
func (s *sentence) onlyNames() bool {
	return !slices.ContainsFunc(s.tokens, func(t token) bool { return (!t.taken || t.means != "") && t.word != "und" && t.word != "and" })
}

// gathered is what sentences of one sort say.
type gathered struct {
	systems []string
	claims  []claim
	bare    bool
}

func (g *gathered) add(systems []string, c claim) {
	for _, s := range systems {
		if !slices.Contains(g.systems, s) {
			g.systems = append(g.systems, s)
		}
	}
	slices.Sort(g.systems)
	g.bare = g.bare || c.bare
	if c.scope != "" || c.unclear != "" {
		g.claims = append(g.claims, c)
	}
}

type asking func(u Unclear, de, en string)

// systems takes those of the request, or else those of the topic, and nothing beside them.
func (r *reading) systems(d *Draft, earlier Draft, asked, topic, other gathered, ask asking) {
	d.Systems = asked.systems
	if len(d.Systems) == 0 {
		d.Systems = topic.systems
	}
	for _, s := range slices.Concat(topic.systems, other.systems) {
		if !slices.Contains(d.Systems, s) {
			ask(UnclearSystem, "Außerhalb der Bitte ist ein weiteres System genannt.", "Another system is named outside of the request.")
		}
	}
	if len(d.Systems) > 0 && r.found(MeansAll) {
		ask(UnclearSystem, "Es sind alle Systeme genannt, und einzelne.", "All systems are named, and single ones.")
	}
	if len(d.Systems) == 0 {
		d.Systems = earlier.Systems
	}
}

// scope takes that of the request, or else that of the topic; there must be one only.
func (r *reading) scope(d *Draft, earlier Draft, asked, topic, other gathered, ask asking) {
	claims := asked.claims
	if len(claims) == 0 {
		claims = topic.claims
	}
	for _, c := range slices.Concat(claims, topic.claims, other.claims) {
		if len(claims) == 0 || !c.same(claims[0]) {
			ask(UnclearScope, "Es ist mehr als ein Umfang genannt.", "More than one scope is named.")
		}
	}
	switch {
	case len(claims) > 0:
		c := claims[0]
		if c.unclear == UnclearVersions {
			ask(UnclearVersions, "Von welcher auf welche Version, ist nicht eindeutig.", "From which version to which is not clear.")
		} else if c.unclear != "" {
			ask(c.unclear, "Der Umfang ist nicht eindeutig.", "The scope is not clear.")
		}
		d.Scope, d.Class, d.Packages, d.Software, d.From, d.To, d.Measures = c.scope, c.class, c.packages, c.software, c.from, c.to, c.measures
		if earlier.Scope == c.scope && earlier.Software == c.software && earlier.Software != "" && c.unclear == UnclearVersions && c.from == "" {
			d.From = earlier.From
		}
	case earlier.Scope != "" && !asked.bare:
		d.Scope, d.Class, d.Packages, d.Software, d.From, d.To, d.Measures = earlier.Scope, earlier.Class, earlier.Packages,
			earlier.Software, earlier.From, earlier.To, earlier.Measures
		if (d.Scope == ScopeUpgrade && (d.From == "" || d.To == "")) || d.Scope == ScopeMigration && d.To == "" {
			ask(UnclearVersions, "Von welcher auf welche Version, ist nicht eindeutig.", "From which version to which is not clear.")
		}
	default:
		ask(UnclearScope, "Welche Updates gemeint sind, ist nicht gesagt.", "Which updates are meant is not said.")
	}
}

// explained reports whether every bare number in a request is part of something that was understood.
func (r *reading) explained(s *sentence) bool {
	for i, t := range s.tokens {
		if t.taken || !isVersion(t.word) {
			continue
		}
		if i > 0 && slices.Contains([]string{"ticket", "auftrag", "vorgang", "order", "nr", "nummer", "number", "kundennummer", "case"}, s.tokens[i-1].word) {
			continue
		}
		if i > 0 && s.tokens[i-1].means == MeansRequest && s.tokens[i-1].word == "auftrag" {
			continue
		}
		return false
	}
	return true
}

// absent is the first package that is not installed.
func absent(wanted, installed []string) string {
	for _, w := range wanted {
		if !slices.ContainsFunc(installed, func(p string) bool { return fold(p) == w }) {
			return w
		}
	}
	return ""
}

// wish reads when it is wished, from the requests and from sentences that are about the time; ok is false where
// that is not certain.
func (r *reading) wish(d *Draft, earlier Draft) (ok bool) {
	var all timing
	for i := range r.sentences {
		s := &r.sentences[i]
		if s.found[MeansThanks] && !s.requests() {
			continue
		}
		t := s.when
		if !t.said() {
			continue
		}
		if !s.requests() && !s.found[MeansTime] && !earlier.Asks && !onlyTime(s) {
			return false // "Samstag ist Inventur": it matters, and nobody can tell how
		}
		all.days, all.clock, all.vague = append(all.days, t.days...), append(all.clock, t.clock...), all.vague || t.vague
		if q := r.quote(*s); !slices.Contains(d.Quotes, q) {
			d.Quotes = append(d.Quotes, q)
		}
	}
	soon, next, outside := r.found(MeansSoon), r.found(MeansNext), r.found(MeansOutside)
	switch {
	case next && outside:
		return false
	case all.said():
		return r.wishAt(d, all)
	case outside:
		d.Wish = WishOutside
	case next:
		d.Wish = WishNext
	case soon:
		d.Wish = WishSoon
	case earlier.Asks:
		d.Wish, d.At = earlier.Wish, earlier.At
	}
	return true
}

// wishAt resolves the time for every system's window; it must be the same for all.
func (r *reading) wishAt(d *Draft, t timing) bool {
	for i, name := range d.Systems {
		held, _ := r.in.Estate.Held(name)
		wish, at, ok := t.moment(r.in.Message.Received, held.Window, r.in.Zones)
		if !ok || i > 0 && !at.Equal(d.At) {
			d.Wish, d.At = WishUnstated, time.Time{}
			return false
		}
		d.Wish, d.At = wish, at
	}
	return true
}

// onlyTime reports whether a sentence says nothing but a time.
func onlyTime(s *sentence) bool {
	return !slices.ContainsFunc(s.tokens, func(t token) bool {
		return !t.taken && !slices.Contains([]string{"am", "um", "at", "on", "den", "und", "the", "zum", "in", "im"}, t.word)
	})
}

// judge asks the policy about every system (MH2-02). One that is refused beside others makes a question of it:
// the customer is to say whether the rest shall be done without.
func (r *reading) judge(p person, d Draft) Outcome {
	decisions := make([]policy.Decision, len(d.Systems))
	var refused, open []int
	explicit := false
	for i, s := range d.Systems {
		if r.in.Decide != nil {
			decisions[i] = r.in.Decide(s, d.Class)
		}
		switch dec := decisions[i]; {
		case dec.Verdict == policy.Ask:
			open = append(open, i)
		case dec.Verdict != policy.Permitted || !dec.Execution.Acts() || dec.Trigger == policy.TriggerNever || dec.Trigger == "":
			refused = append(refused, i)
		default:
			explicit = explicit || dec.ExplicitRequest
		}
	}
	switch {
	case len(refused) == len(d.Systems):
		dec := decisions[0]
		return Outcome{
			Kind: KindRefusal, Refusal: &Refusal{Systems: d.Systems, Rule: dec.GoverningRule(), Decision: dec, Draft: d},
			Reasons: []Reason{{Rule: dec.GoverningRule(), Text: dec.Refusal()}}, Reply: refusalReply(p, d, decisions),
		}
	case len(refused) > 0:
		name := d.Systems[refused[0]]
		return r.question(p, d, []Unclear{UnclearSystem}, Reason{Rule: decisions[refused[0]].GoverningRule(),
			Text: lang.Textf("%[1]s gehört nicht dazu. %[2]s", "%[1]s is not part of it. %[2]s", name, decisions[refused[0]].Refusal())})
	case len(open) > 0:
		dec := decisions[open[0]]
		return r.question(p, d, []Unclear{UnclearFact}, Reason{Rule: dec.GoverningRule(), Text: dec.Refusal()})
	case explicit && !d.Explicit:
		return r.question(p, d, []Unclear{UnclearWhether}, Reason{Rule: "MH2-20", Text: lang.T(
			"Das Regelwerk verlangt einen ausdrücklichen Auftrag; das ist keiner.", "The policy demands an explicit order, and this is none.")})
	}
	o := Order{Draft: d, Customer: p.customer.ID, Contact: p.contact.ID, SHA256: r.digest, Decisions: decisions}
	o.Awaits = r.awaits(o)
	return Outcome{
		Kind: KindOrder, Order: &o, Reply: orderReply(p, o),
		Reasons: []Reason{
			{Rule: decisions[0].GoverningRule(), Text: decisions[0].Answer()},
			{Rule: "MH1-04", Text: lang.Textf("Auftrag von %[1]s, weisungsberechtigt.", "Order by %[1]s, who is authorised.", p.contact.Name)},
		},
	}
}

// awaits lists what must be agreed before the order is scheduled: a price that the policy leaves to agreement
// (MH2-11), and a time that no window offers (MH1-06).
func (r *reading) awaits(o Order) []AskedKind {
	price, appointment := false, false
	for i, dec := range o.Decisions {
		price = price || dec.Charge == policy.ChargeQuote
		if dec.Window == policy.WindowAny {
			continue
		}
		held, _ := r.in.Estate.Held(o.Systems[i])
		switch {
		case dec.Window == policy.WindowAppointment, o.Wish == WishOutside:
			appointment = true
		case o.Wish == WishAt:
			appointment = appointment || !inWindow(o.At, held.Window, r.in.Zones)
		case o.Wish == WishDay:
			from := o.At
			if from.Before(r.in.Message.Received) {
				from = r.in.Message.Received
			}
			w, err := window.Compile(held.Window, r.in.Zones)
			slot, ok := window.Interval{}, false
			if err == nil {
				slot, ok = w.Next(from, time.Minute)
			}
			appointment = appointment || !ok || !slot.From.Before(o.At.AddDate(0, 0, 1))
		}
	}
	var out []AskedKind
	if price {
		out = append(out, AskedPrice)
	}
	if appointment {
		out = append(out, AskedAppointment)
	}
	return out
}
