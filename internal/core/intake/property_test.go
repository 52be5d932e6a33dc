package intake_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// orders are messages that are orders as they stand.
var orders = []string{
	"Bitte web1 patchen.",
	"Bitte spielen Sie auf web1 und web2 die Sicherheitsupdates ein.",
	"Hallo Herr Müller,\nkönnten Sie auf db1 alle Updates installieren?",
	"Bitte PHP auf web1 von 8.1 auf 8.3 anheben.",
	"Bitte am Samstag um 05:30 Uhr auf web1 openssl aktualisieren.",
	"Hiermit beauftragen wir Sie, auf web1 die Sicherheitsupdates einzuspielen",
	"Please install all security updates on web1.",
	"Could you patch web1 and db1 in the next maintenance window?",
	"Please upgrade PHP from 8.1 to 8.3 on web2.",
}

var negations = []string{"nicht", "kein", "keine", "keinesfalls", "niemals", "nie", "nichts", "ohne", "not", "don't", "never", "no", "NICHT", "Nicht"}

// prose are words from which messages are made at random: names, phrases and what stands around them.
var prose = append([]string{
	"bitte", "web1", "web2", "db1", "root1", "nord7", "web", "1", "patchen", "einspielen", "die", "Sicherheitsupdates", "alle", "Updates", "auf",
	"und", "Sie", "könnten", "am", "Samstag", "um", "5", "Uhr", "heute", "PHP", "von", "8.1", "8.3", ".", "?", "!", ",", "\n", "\n\n", "> ", "\n> ",
	"-- \n", "\"", "„", "“", "danke", "ja", "nein", "stornieren", "doch", "wenn", "please", "patch", "all", "the", "security", "openssl",
	"Viele Grüße\n", "Am 20.11.2026 schrieb x@y.example:\n", "ä", "\u0308", "\u200b", "PS:", "*", "https://web1.example/", "web1.", "…",
}, negations...)

func words(t *rapid.T) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(prose), 0, 25).Draw(t, "words"), " ")
}

// TestEveryMessageHasOneOutcome: whatever is written, by whomever, in whatever state the thread is, there is
// exactly one outcome with reasons, and a reply in both languages or the reason why there is none; and an order
// only from who may order.
func TestEveryMessageHasOneOutcome(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.Custom(words), rapid.String(), rapid.SampledFrom(orders)).Draw(t, "text")
		m := mail(text)
		m.Subject = rapid.OneOf(rapid.Just(""), rapid.Custom(words)).Draw(t, "subject")
		m.First = rapid.Bool().Draw(t, "first")
		m.Automatic = rapid.IntRange(0, 9).Draw(t, "automatic") == 0
		m.Sender.Address = rapid.SampledFrom([]string{"erika@muster.example", "rolf@muster.example", "karin@muster.example", "leo@muster.example",
			"nina@nord.example", "anna@agentur.example", "x@y.example", "", "noreply@muster.example"}).Draw(t, "address")
		m.Sender.Standing = rapid.SampledFrom([]intake.Standing{intake.Aligned, intake.Unaligned, intake.None, intake.Forged, intake.SignedIn, "", "ALIGNED"}).Draw(t, "standing")
		in := input(m)
		kind := rapid.SampledFrom([]intake.AskedKind{"", intake.AskedPrice, intake.AskedAppointment, intake.AskedClarity}).Draw(t, "asked")
		if kind != "" {
			in.Asked = []intake.Asked{{ID: "q", Kind: kind, Thread: "t1", Customer: "muster", System: "web1", Contact: "erika", Proposed: received.Add(48 * time.Hour),
				Draft: intake.Draft{Asks: true, Scope: intake.ScopeSecurity, Class: "security_update", Explicit: true}}}
		}
		in.Orders = []intake.Open{{ID: "o-1", System: "web1", Thread: "t1", Message: "m0", State: rapid.SampledFrom(mandate.OrderStates).Draw(t, "state")}}
		o := intake.Read(in)
		whole(t, in, o)
		verified := m.Sender.Standing == intake.Aligned || m.Sender.Standing == intake.SignedIn
		switch {
		case (o.Order != nil || o.Withdrawal != nil || o.Answer != nil || o.Refusal != nil || o.Question != nil) && !verified:
			t.Fatalf("%s by somebody who is not verified", o.Kind)
		case (m.Sender.Standing == intake.Forged || m.Automatic) && !o.Reply.IsZero():
			t.Fatal("a forged or automatic message is answered")
		case o.Order != nil && !slices.Contains([]string{"erika", "rolf", "nina", "agentur"}, o.Order.Contact):
			t.Fatalf("an order by %s", o.Order.Contact)
		}
		if o.Order == nil {
			return
		}
		for _, name := range o.Order.Systems {
			held, ok := house.Held(name)
			if !ok || held.Customer.ID != o.Order.Customer {
				t.Fatalf("%s orders for %s", o.Order.Customer, name)
			}
		}
		if again := intake.Read(in); told(again) != told(o) {
			t.Fatal("the same message is read in two ways")
		}
	})
}

// TestNobodyElseOrders: what is an order by an authorised and aligned sender is none by anybody else.
func TestNobodyElseOrders(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := mail(rapid.SampledFrom(orders).Draw(t, "text"))
		m.Sender.Address = rapid.SampledFrom([]string{"erika@muster.example", "leo@muster.example", "karin@muster.example", "erika@muster.example.evil.example",
			"erikа@muster.example", "erika+x@muster.example"}).Draw(t, "address") // the fourth letter a of one is Cyrillic
		m.Sender.Standing = rapid.SampledFrom([]intake.Standing{intake.Aligned, intake.Unaligned, intake.None, intake.Forged}).Draw(t, "standing")
		o := intake.Read(input(m))
		if authorised := m.Sender.Address == "erika@muster.example" && m.Sender.Standing == intake.Aligned; (o.Kind == intake.KindOrder) != authorised {
			t.Fatalf("%s, %s: %s", m.Sender.Address, m.Sender.Standing, o.Kind)
		}
	})
}

// TestNegationNeverOrders: a negation anywhere among the sender's words, and there is no order.
func TestNegationNeverOrders(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(orders), rapid.Custom(ordering)).Draw(t, "text")
		tokens := strings.Split(text, " ")
		at := rapid.IntRange(0, len(tokens)).Draw(t, "at")
		no := rapid.SampledFrom(negations).Draw(t, "no")
		m := mail(strings.Join(slices.Insert(tokens, at, no), " "))
		if o := intake.Read(input(m)); o.Kind == intake.KindOrder {
			t.Fatalf("%q is an order of %v", m.Text, o.Order.Systems)
		}
	})
}

// ordering makes an order from parts.
func ordering(t *rapid.T) string {
	request := rapid.SampledFrom([]string{"Bitte", "Könnten Sie bitte", "Wir bitten Sie,"}).Draw(t, "request")
	on := strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"web1", "web2", "db1"}), 1, 3, rapid.ID[string]).Draw(t, "systems"), " und ")
	scope := rapid.SampledFrom([]string{"die Sicherheitsupdates", "alle Updates", "alle verfügbaren Updates", "openssl"}).Draw(t, "scope")
	verb := rapid.SampledFrom([]string{"einspielen", "installieren", "aktualisieren"}).Draw(t, "verb")
	when := rapid.SampledFrom([]string{"", "am Samstag um 05:00 Uhr ", "im nächsten Wartungsfenster ", "umgehend "}).Draw(t, "when")
	return request + " auf " + on + " " + when + scope + " " + verb + "."
}

// TestNothingIsAdded: the systems of an order are those that its own words name, whatever they are.
func TestNothingIsAdded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := mail(ordering(t))
		o := intake.Read(input(m))
		if o.Kind != intake.KindOrder {
			t.Fatalf("%q: %s", m.Text, told(o))
		}
		for _, name := range []string{"web1", "web2", "db1"} {
			if slices.Contains(o.Order.Systems, name) != strings.Contains(m.Text, name) {
				t.Fatalf("%q orders %v", m.Text, o.Order.Systems)
			}
		}
		if o.Order.Scope == intake.ScopeUpdates && !strings.Contains(m.Text, "alle ") {
			t.Fatalf("%q orders all updates", m.Text)
		}
	})
}

// TestUnknownWordsOrderNothing: a request with a word that nobody taught the reader is asked back.
func TestUnknownWordsOrderNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tokens := strings.Split(ordering(t), " ")
		strange := "q" + rapid.StringMatching(`[a-z]{4,9}q`).Draw(t, "strange")
		at := rapid.IntRange(0, len(tokens)-1).Draw(t, "at")
		m := mail(strings.Join(slices.Insert(tokens, at, strange), " "))
		if o := intake.Read(input(m)); o.Kind == intake.KindOrder {
			t.Fatalf("%q is an order", m.Text)
		}
	})
}

// quotings are the ways in which somebody else's words stand in a message.
var quotings = []func(string) string{
	func(s string) string { return "> " + strings.ReplaceAll(s, "\n", "\n> ") },
	func(s string) string {
		return "Am 20.11.2026 um 10:00 schrieb Erika Muster <erika@muster.example>:\n> " + strings.ReplaceAll(s, "\n", "\n> ")
	},
	func(s string) string {
		return "On Fri, 20 Nov 2026, Erika Muster wrote:\n\n>> " + strings.ReplaceAll(s, "\n", "\n>> ")
	},
	func(s string) string {
		return "Am Fr., 20. Nov. 2026 um 10:00 Uhr schrieb Erika Muster\n<erika@muster.example>:\n\n" + s
	},
	func(s string) string { return "-----Ursprüngliche Nachricht-----\nVon: Erika Muster\n\n" + s },
	func(s string) string { return "---------- Forwarded message ---------\nFrom: Erika\n\n" + s },
	func(s string) string {
		return "Von: Erika Muster <erika@muster.example>\nGesendet: Freitag\nAn: Support\nBetreff: Updates\n\n" + s
	},
	func(s string) string { return "________________________________\n" + s },
	func(s string) string { return "-- \n" + s },
}

// TestQuotedOrdersOrderNothing: an order that is only quoted, in whatever way, is none.
func TestQuotedOrdersOrderNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.SampledFrom(orders).Draw(t, "order")
		quote := rapid.SampledFrom(quotings).Draw(t, "quoting")
		own := rapid.SampledFrom([]string{"", "Vielen Dank!\n\n", "Hallo,\n\ndanke für die schnelle Hilfe.\n\n", "Thanks.\n\n"}).Draw(t, "own")
		m := mail(own + quote(order))
		if o := intake.Read(input(m)); o.Kind != intake.KindNothing {
			t.Fatalf("%q: %s", m.Text, told(o))
		}
	})
	for _, text := range []string{"Im Ticket steht: „Bitte web1 patchen.“ Danke!", "Our agency sent this: \"Please patch web1.\""} {
		if o := intake.Read(input(mail(text))); o.Kind == intake.KindOrder {
			t.Errorf("%q is an order", text)
		}
	}
}

// TestOthersWordsBelowChangeNothing: what somebody else wrote below changes neither what the message is nor what
// is ordered.
func TestOthersWordsBelowChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.SampledFrom(orders), rapid.SampledFrom([]string{"Danke!", "Bitte doch nicht.", "Bitte web1 updaten.", "Gibt es Updates?", "Ja, gern."})).Draw(t, "text")
		alone := intake.Read(input(mail(text)))
		below := rapid.OneOf(rapid.SampledFrom(orders), rapid.Custom(words)).Draw(t, "below")
		// A message that begins with a quote of its own, and stands there unmarked, cannot be told from an answer
		// below it; that makes a question of an order, never the other way round.
		below = strings.TrimLeft(below, "> |\n\u200b")
		quote := rapid.SampledFrom(quotings).Draw(t, "quoting")
		m := mail(text + "\n\n" + quote(below))
		if o := intake.Read(input(m)); told(o) != told(alone) {
			t.Fatalf("%q: %s, alone %s", m.Text, told(o), told(alone))
		}
	})
}

// TestOurOwnReplyOrdersNothing: the confirmation that quotes an order is sent back in full, and orders nothing.
func TestOurOwnReplyOrdersNothing(t *testing.T) {
	t.Parallel()
	for _, text := range orders {
		o := intake.Read(input(mail(text)))
		if o.Order == nil {
			t.Fatalf("%q: %s", text, told(o))
		}
		for _, quote := range quotings {
			m := mail("Danke!\n\n" + quote(o.Plain()))
			m.First = false
			if again := intake.Read(input(m)); again.Kind != intake.KindNothing {
				t.Errorf("%q: %s", m.Text, told(again))
			}
		}
	}
}

func BenchmarkRead(b *testing.B) {
	in := input(mail("Guten Morgen,\n\nkönnten Sie bitte auf web1 und web2 alle Sicherheitsupdates einspielen?\n\nVielen Dank und viele Grüße\nErika Muster\n\n> alt"))
	for b.Loop() {
		if o := intake.Read(in); o.Kind != intake.KindOrder {
			b.Fatal(told(o))
		}
	}
}
