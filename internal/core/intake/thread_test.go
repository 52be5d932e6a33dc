package intake_test

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestWhoMayOrder(t *testing.T) {
	t.Parallel()
	const order = "Bitte auf web1 die Sicherheitsupdates einspielen."
	from := func(address string, s intake.Standing) intake.Sender {
		return intake.Sender{Address: address, Standing: s}
	}
	var stranger string
	for _, c := range []struct {
		name   string
		sender intake.Sender
		text   string
		want   string
	}{
		{"authorised and aligned", from("rolf@muster.example", intake.Aligned), order, "order web1 security_updates"},
		{"signed in", intake.Sender{Standing: intake.SignedIn, Customer: "muster", Contact: "erika"}, order, "order web1 security_updates"},
		{"signed in as nobody", intake.Sender{Standing: intake.SignedIn, Customer: "muster", Contact: "nina", Address: "erika@muster.example"}, order, "unauthorised muster"},
		{"not aligned", from("erika@muster.example", intake.Unaligned), order, "unauthorised muster"},
		{"nothing verified", from("erika@muster.example", intake.None), order, "unauthorised muster"},
		{"a standing that does not exist", from("erika@muster.example", ""), order, "unauthorised muster"},
		{"forged: no reply, no notice", from("erika@muster.example", intake.Forged), order, "unauthorised"},
		{"may only read", from("leo@muster.example", intake.Aligned), order, "unauthorised muster"},
		{"may only consent", from("karin@muster.example", intake.Aligned), order, "unauthorised muster"},
		{"not known, names a system", from("fremd@anders.example", intake.Aligned), order, "unauthorised muster"},
		{"not known, names two customers' systems", from("fremd@anders.example", intake.Aligned), "Bitte web1 und nord7 patchen.", "unauthorised muster nord"},
		{"not known, names nothing", from("fremd@anders.example", intake.Aligned), "Bitte alle Server patchen.", "unauthorised"},
		{"not known, withdraws", from("fremd@anders.example", intake.Aligned), "Bitte stornieren.", "unauthorised"},
		{"not known, asks for information", from("fremd@anders.example", intake.Aligned), "Gibt es Updates?", "nothing"},
		{"another customer's system", from("nina@nord.example", intake.Aligned), order, "question system"},
		{"speaks for two, names one's system", from("anna@agentur.example", intake.Aligned), "Bitte app-b1 patchen.", "order app-b1 security_updates"},
		{"speaks for two, names none", from("anna@agentur.example", intake.Aligned), "Bitte auf unserem Server die Sicherheitsupdates einspielen.", "question who system"},
		{"speaks for two, names both's", from("anna@agentur.example", intake.Aligned), "Bitte app-a1 und app-b1 patchen.", "question who"},
		{"the customer's only system", from("nina@nord.example", intake.Aligned), "Bitte auf unserem Server die Sicherheitsupdates einspielen.", "order nord7 security_updates"},
		{"all of the customer's systems", from("nina@nord.example", intake.Aligned), "Bitte auf allen Servern die Sicherheitsupdates einspielen.", "order nord7 security_updates"},
		{"a bounce", from("", intake.None), order, "nothing"},
		{"the mail system", from("MAILER-DAEMON@muster.example", intake.Aligned), order, "nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := mail(c.text)
			m.Sender = c.sender
			o := intake.Read(input(m))
			whole(t, input(m), o)
			if got := told(o); got != c.want {
				t.Fatalf("got %s, want %s", got, c.want)
			}
			if o.Kind != intake.KindUnauthorised {
				return
			}
			if c.sender.Standing == intake.Forged {
				if !o.Reply.IsZero() || o.Desk.IsZero() {
					t.Fatal("a forged message is answered, or the desk does not learn of it")
				}
				return
			}
			if stranger == "" {
				stranger = o.Reply.DE
			}
			if o.Reply.DE != stranger {
				t.Fatal("the reply tells one stranger from another")
			}
			for _, n := range o.Unauthorised.Notices {
				if n.Customer == "nord" && strings.Contains(n.Text.DE, "web1") || n.Customer == "muster" && strings.Contains(n.Text.DE, "nord7") {
					t.Fatalf("%s learns of somebody else's system: %s", n.Customer, n.Text.DE)
				}
				for _, id := range n.Contacts {
					if id == "leo" || id == "karin" {
						t.Fatalf("%s may not order and is asked", id)
					}
				}
			}
		})
	}
}

func TestMachinesAreNotAnswered(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{"Automatische Antwort: Updates", "Abwesenheitsnotiz: Updates", "Out of office: updates",
		"Undelivered Mail Returned to Sender", "Automatic reply: web1", "Delivery Status Notification (Failure)"} {
		m := mail("Bitte web1 patchen.")
		m.Subject = subject
		if o := intake.Read(input(m)); o.Kind != intake.KindNothing || !o.Reply.IsZero() {
			t.Errorf("%s: %s, %q", subject, o.Kind, o.Reply.DE)
		}
	}
	m := mail("Bitte web1 patchen.")
	m.Automatic = true
	if o := intake.Read(input(m)); o.Kind != intake.KindNothing || !o.Reply.IsZero() {
		t.Errorf("automatic: %s", o.Kind)
	}
}

// TestTheSubjectOrdersOnce: a ticket's title stays the same with every entry, and a reply copies the subject.
func TestTheSubjectOrdersOnce(t *testing.T) {
	t.Parallel()
	m := mail("Danke!")
	m.Subject = "Bitte auf web1 die Sicherheitsupdates einspielen"
	if o := intake.Read(input(m)); told(o) != "order web1 security_updates" || o.Order.Quotes[0].Words != m.Subject {
		t.Errorf("first: %s", told(o))
	}
	m.First = false
	if o := intake.Read(input(m)); o.Kind != intake.KindNothing {
		t.Errorf("later in the thread: %s", told(o))
	}
	m.First, m.Subject = true, "AW: "+m.Subject
	if o := intake.Read(input(m)); o.Kind != intake.KindNothing {
		t.Errorf("copied: %s", told(o))
	}
}

func TestWithdrawals(t *testing.T) {
	t.Parallel()
	open := []intake.Open{
		{ID: "o-1", System: "web1", Thread: "t1", Message: "m0", State: mandate.Scheduled},
		{ID: "o-2", System: "web2", Thread: "t1", Message: "m0", State: mandate.Accepted},
		{ID: "o-3", System: "db1", Thread: "t2", Message: "m8", State: mandate.Scheduled},
		{ID: "o-4", System: "db1", Thread: "t3", Message: "m9", State: mandate.Scheduled},
		{ID: "o-5", System: "de-10-srv-1234", Thread: "t4", Message: "m7", State: mandate.Running},
		{ID: "o-6", System: "shop", Thread: "t5", Message: "m6", State: mandate.Done},
		{ID: "o-7", System: "nord7", Thread: "t1", Message: "m5", State: mandate.Scheduled},
	}
	for _, c := range []struct{ text, thread, want string }{
		{"Bitte doch nicht.", "t1", "withdrawal o-1,o-2"},
		{"Doch lieber nicht!", "t2", "withdrawal o-3"},
		{"Bitte stornieren.", "t2", "withdrawal o-3"},
		{"Wir ziehen den Auftrag zurück.", "t3", "withdrawal o-4"},
		{"Das hat sich erledigt, danke.", "t3", "withdrawal o-4"},
		{"Bitte den Auftrag o-4 stornieren.", "x", "withdrawal o-4"},
		{"Bitte den Auftrag für web1 stornieren.", "x", "withdrawal o-1"},
		{"Please cancel the order for web2.", "x", "withdrawal o-2"},
		{"Bitte den Auftrag für db1 stornieren.", "x", "question order"}, // there are two
		{"Bitte den Auftrag für db1 stornieren.", "t2", "withdrawal o-3"},
		{"Bitte stornieren.", "x", "question order"},
		{"Bitte stornieren.", "t4", "question order"}, // it runs already
		{"Bitte stornieren.", "t5", "question order"}, // it is over
		{"Bitte nicht stornieren.", "t2", "question order"},
		{"Könnten wir den Auftrag noch stornieren, falls nötig?", "t2", "question order"},
		{"Bitte o-7 stornieren.", "x", "question order"}, // somebody else's
		{"Bitte web 1 stornieren.", "t1", "question order"},
		{"> Bitte stornieren.", "t1", "nothing"},
		{"Bitte web1 stornieren. Bitte web2 patchen.", "t1", "question order"},
	} {
		m := mail(c.text)
		m.Thread = c.thread
		in := input(m)
		in.Orders = open
		o := intake.Read(in)
		whole(t, in, o)
		if got := told(o); got != c.want {
			t.Errorf("%q in %s: got %s, want %s (%s)", c.text, c.thread, got, c.want, o.Reasons[0].Text.DE)
		}
	}
}

func TestAnswersToOurQuestions(t *testing.T) {
	t.Parallel()
	proposed := time.Date(2026, 11, 25, 15, 0, 0, 0, berlin(t))
	price := intake.Asked{ID: "q1", Kind: intake.AskedPrice, Thread: "t1", Customer: "muster", Order: "o-1", System: "web1"}
	date := intake.Asked{ID: "q2", Kind: intake.AskedAppointment, Thread: "t1", Customer: "muster", Order: "o-1", System: "web1", Proposed: proposed}
	for _, c := range []struct {
		text  string
		asked intake.Asked
		from  string
		want  string
	}{
		{"Ja, einverstanden.", price, "erika", "answer q1 yes"},
		{"Einverstanden.\n\n> Der Preis beträgt 50 €. Sind Sie nicht einverstanden?", price, "karin", "answer q1 yes"},
		{"Das geht in Ordnung.", price, "erika", "answer q1 yes"},
		{"Agreed.", price, "erika", "answer q1 yes"},
		{"Nein, das ist zu teuer.", price, "erika", "answer q1 no"},
		{"Damit sind wir nicht einverstanden.", price, "erika", "answer q1 no"},
		{"Ja, aber nur bis 100 Euro.", price, "erika", "question answer"},
		{"Ja, wenn es nicht mehr als 50 Euro kostet.", price, "erika", "question answer"},
		{"Ok, danke für die Info.", price, "erika", "question answer"},
		{"Ja? Was kostet das genau?", price, "erika", "question answer"},
		{"Ja, und bitte auch alle Updates auf db1 einspielen.", price, "erika", "question answer"},
		{"Ja, einverstanden.", price, "rolf", "unauthorised muster"}, // may order, may not consent
		{"Ja, einverstanden.", price, "leo", "unauthorised muster"},
		{"> Ja, einverstanden.", price, "erika", "nothing"},
		{"Der Termin passt.", date, "erika", "answer q2 yes 2026-11-25T15:00"},
		{"Ja, Mittwoch um 15:00 Uhr passt.", date, "erika", "answer q2 yes 2026-11-25T15:00"},
		{"Ja, Mittwoch passt.", date, "erika", "answer q2 yes 2026-11-25T15:00"},
		{"Lieber Donnerstag um 16:00 Uhr.", date, "erika", "answer q2 other 2026-11-26T16:00"},
		{"Am Donnerstag um 16 Uhr.", date, "karin", "answer q2 other 2026-11-26T16:00"},
		{"Der Termin passt leider nicht.", date, "erika", "answer q2 no"},
		{"Nein, Donnerstag um 16:00 Uhr.", date, "erika", "question answer"},
		{"Lieber am Donnerstag.", date, "erika", "question when"},
		{"Lieber abends.", date, "erika", "question when"},
	} {
		m := mail(c.text)
		m.First = false
		m.Sender.Address = c.from + "@muster.example"
		in := input(m)
		in.Asked = []intake.Asked{c.asked}
		o := intake.Read(in)
		whole(t, in, o)
		if got := told(o); got != c.want {
			t.Errorf("%q by %s: got %s, want %s (%s)", c.text, c.from, got, c.want, o.Reasons[0].Text.DE)
		}
	}
}

// TestAnAnswerCompletesAnOrder: who is asked which system need not say everything again; somebody else's answer
// completes nothing.
func TestAnAnswerCompletesAnOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ first, second, from, want string }{
		{"Bitte die Sicherheitsupdates einspielen.", "web1", "erika", "order web1 security_updates"},
		{"Bitte die Sicherheitsupdates einspielen.", "Auf web1 und web2, bitte.", "erika", "order web1,web2 security_updates"},
		{"Bitte web1 updaten.", "Nur die Sicherheitsupdates.", "erika", "order web1 security_updates"},
		{"Bitte web1 updaten.", "Die Sicherheitsupdates, bitte.", "erika", "order web1 security_updates"},
		{"Bitte web1 updaten.", "Alle Updates.", "erika", "order web1 updates"},
		{"Bitte auf web1 PHP auf 8.3 anheben.", "Von PHP 8.1 auf PHP 8.3.", "erika", "order web1 version_upgrade PHP 8.1->8.3 awaits-price"},
		{"Bitte web1 am Wochenende patchen.", "Am Samstag um 5 Uhr.", "erika", "order web1 security_updates at 2026-11-28T05:00"},
		{"Bitte die Sicherheitsupdates einspielen.", "Ja", "erika", "question system"},
		{"Bitte die Sicherheitsupdates einspielen.", "web1, aber nicht heute", "erika", "question whether"},
		{"Bitte die Sicherheitsupdates einspielen.", "web1", "rolf", "question whether"},
		{"Bitte web1 nicht patchen.", "web1", "erika", "question whether"}, // a doubtful message leaves nothing behind
		{"Bitte die Sicherheitsupdates einspielen.", "> web1", "erika", "nothing"},
	} {
		first := input(mail(c.first))
		q := intake.Read(first)
		if q.Question == nil {
			t.Fatalf("%q is no question: %s", c.first, told(q))
		}
		m := mail(c.second)
		m.ID, m.First, m.Sender.Address = "m2", false, c.from+"@muster.example"
		in := input(m)
		in.Asked = []intake.Asked{{ID: "q", Kind: intake.AskedClarity, Thread: "t1", Customer: q.Question.Customer, Contact: q.Question.Contact, Draft: q.Question.Draft}}
		o := intake.Read(in)
		whole(t, in, o)
		if got := told(o); got != c.want {
			t.Errorf("%q, %q: got %s, want %s (%s)", c.first, c.second, got, c.want, o.Reasons[0].Text.DE)
		}
		if o.Order != nil && (o.Order.Quotes[0].Message != "m1" || o.Order.Quotes[0].SHA256 != first.Message.Digest()) {
			t.Errorf("%q: the first message is not quoted", c.second)
		}
	}
}

// TestRepliesSayWhatTheyMust: the confirmation names scope, time, price, rule, and what is not checked (MH2-15);
// the refusal cites its rule and what else can be done (S6); a question asks at most three things.
func TestRepliesSayWhatTheyMust(t *testing.T) {
	t.Parallel()
	o := intake.Read(input(mail("Bitte auf web1 die Sicherheitsupdates einspielen.")))
	for _, part := range []string{"web1", "Sicherheitsupdates", "im nächsten Wartungsfenster", "kostenfrei", "MH2-20", "MH2-15", "MH2-16", "> Bitte auf web1"} {
		if !strings.Contains(o.Reply.DE, part) {
			t.Errorf("the confirmation does not say %q:\n%s", part, o.Reply.DE)
		}
	}
	o = intake.Read(input(mail("Bitte PHP auf web1 von 8.1 auf 8.3 anheben.")))
	for _, part := range []string{"8.1", "8.3", "nach vorheriger Vereinbarung", "sichern", "testen"} {
		if !strings.Contains(o.Reply.DE, part) {
			t.Errorf("the confirmation of an upgrade does not say %q:\n%s", part, o.Reply.DE)
		}
	}
	o = intake.Read(input(mail("Bitte root1 patchen.")))
	for _, part := range []string{"MH2-03", "verwalteten System"} {
		if !strings.Contains(o.Reply.DE, part) {
			t.Errorf("the refusal does not say %q:\n%s", part, o.Reply.DE)
		}
	}
	o = intake.Read(input(mail("Machen Sie mal alles aktuell.")))
	if n := strings.Count(o.Reply.DE, "\n- "); n == 0 || n > 3 {
		t.Errorf("%d questions:\n%s", n, o.Reply.DE)
	}
	m := mail("Bitte web1 patchen.")
	both := intake.Read(input(m)).Plain()
	m.Language = "en"
	if english := intake.Read(input(m)).Plain(); !strings.HasPrefix(english, "Dear Erika Muster") || !strings.HasPrefix(both, "Guten Tag") || !strings.Contains(both, english) {
		t.Errorf("languages:\n%s", both)
	}
}

// TestWithoutAPolicyNothingIsOrdered: a decision that no policy made permits nothing.
func TestWithoutAPolicyNothingIsOrdered(t *testing.T) {
	t.Parallel()
	in := input(mail("Bitte web1 patchen."))
	in.Decide = nil
	if o := intake.Read(in); o.Kind != intake.KindRefusal {
		t.Errorf("without a policy: %s", told(o))
	}
	in.Decide = func(string, policy.ChangeClass) policy.Decision { return policy.Decision{Verdict: policy.Permitted} }
	if o := intake.Read(in); o.Kind != intake.KindRefusal {
		t.Errorf("with an empty decision: %s", told(o))
	}
}
