package server

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/mandate"
)

// tray keeps what would be sent, and can be out of order.
type tray struct {
	mu        sync.Mutex
	letters   []board.Letter
	fails     int
	permanent bool
}

func (t *tray) Send(_ context.Context, l board.Letter) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fails > 0 {
		t.fails--
		return t.permanent, errors.New("451 try again later")
	}
	t.letters = append(t.letters, l)
	return false, nil
}

func (t *tray) Address(role string) string { return role + "@hoster.example" }

// await gives the letters once there are so many.
func (t *tray) await(o *office, n int) []board.Letter {
	o.Helper()
	for range 200 {
		t.mu.Lock()
		list := append([]board.Letter(nil), t.letters...)
		t.mu.Unlock()
		if len(list) >= n {
			return list
		}
		time.Sleep(20 * time.Millisecond)
	}
	o.Fatalf("fewer than %d letters: %+v", n, t.letters)
	return nil
}

func openWithPost(t *testing.T) (*office, *tray) {
	t.Helper()
	o := open(t)
	box := &tray{}
	if err := o.server.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	o.config.Post = box
	o.start()
	return o, box
}

func written(id, from, text string) intake.Message {
	return intake.Message{Channel: intake.ChannelMail, ID: id, Thread: id, First: true, Sender: intake.Sender{Address: from, Standing: intake.Aligned},
		Subject: "Updates db1", Text: text, Received: time.Now().UTC()}
}

func (o *office) receive(m intake.Message) board.Message {
	o.Helper()
	got, err := o.server.Receive(o.Context(), m)
	if err != nil {
		o.Fatal(err)
	}
	return got
}

// TestAMailBecomesAnOrder (S1): from an authorised contact, verbatim, once; the confirmation goes back into the
// thread; the run is planned; a withdrawal in the thread takes it back.
func TestAMailBecomesAnOrder(t *testing.T) {
	o, box := openWithPost(t)
	o.far("{id: c-data, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}")
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	const text = "Guten Tag,\n\nbitte spielen Sie auf db1 die Sicherheitsupdates ein.\n\nMit freundlichen Grüßen\nEva Kuhn\n"
	got := o.receive(written("1@kuhn.example", "eva@kuhn.example", text))
	if got.Outcome.Kind != intake.KindOrder || len(got.Orders) != 1 || !got.Desk.IsZero() {
		t.Fatalf("%s %v: %+v", got.Outcome.Kind, got.Orders, got.Outcome.Reasons)
	}
	order := o.stateOf(got.Orders[0])
	if order.System != "db1" || order.Contact != "eva" || !strings.Contains(order.Text, text) || order.SHA256 != got.SHA256 || order.Channel != "Mail 1@kuhn.example" {
		t.Errorf("%+v", order)
	}
	letters := box.await(o, 1)
	if l := letters[0]; l.To != "eva@kuhn.example" || l.InReplyTo != "1@kuhn.example" || l.Subject != "Re: Updates db1" || !strings.Contains(l.Text, "db1") {
		t.Errorf("%+v", l)
	}
	if again := o.receive(written("1@kuhn.example", "eva@kuhn.example", text)); again.Orders[0] != got.Orders[0] {
		t.Errorf("the same mail twice: %v", again.Orders)
	}
	for range 100 {
		if o.stateOf(order.ID).State == mandate.Scheduled {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if row := o.stateOf(order.ID); row.State != mandate.Scheduled {
		t.Fatalf("not planned: %+v", row)
	}
	back := written("2@kuhn.example", "eva@kuhn.example", "Bitte doch nicht, ich ziehe den Auftrag zurück.")
	back.Thread, back.First, back.Subject = "1@kuhn.example", false, "Re: Updates db1"
	if m := o.receive(back); m.Outcome.Kind != intake.KindWithdrawal || len(m.Orders) != 1 {
		t.Fatalf("%s: %+v", m.Outcome.Kind, m.Outcome.Reasons)
	}
	if row := o.stateOf(order.ID); row.State != mandate.Withdrawn {
		t.Errorf("%+v", row)
	}
	if orders, _ := o.server.Orders(t.Context(), "db1"); len(orders) != 1 {
		t.Errorf("%d orders", len(orders))
	}
	o.verify()
}

// TestNobodyElseOrdersByMail (S2, S8): a stranger, an unproven sender, somebody who may only read, a vague wish:
// nothing is scheduled; the authorised contact is told; a forged mail is answered to nobody.
func TestNobodyElseOrdersByMail(t *testing.T) {
	o, box := openWithPost(t)
	o.host("db1", security("mariadb", "10.11.6-1", "10.11.14-1"))
	const text = "bitte spielen Sie auf db1 die Sicherheitsupdates ein."
	unproven := written("3@x", "eva@kuhn.example", text)
	unproven.Sender.Standing = intake.None
	forged := written("4@x", "eva@kuhn.example", text)
	forged.Sender.Standing = intake.Forged
	for name, c := range map[string]struct {
		m    intake.Message
		kind intake.Kind
	}{
		"a stranger":              {written("5@x", "mallory@evil.example", text), intake.KindUnauthorised},
		"somebody who only reads": {written("6@x", "tom@kuhn.example", text), intake.KindUnauthorised},
		"an unproven sender":      {unproven, intake.KindUnauthorised},
		"a forged one":            {forged, intake.KindNothing},
		"a vague wish":            {written("7@x", "eva@kuhn.example", "machen Sie mal alles aktuell"), intake.KindQuestion},
	} {
		got := o.receive(c.m)
		asRead := got.Outcome.Kind == c.kind || name == "a forged one" && got.Outcome.Kind == intake.KindUnauthorised
		if !asRead || len(got.Orders) != 0 {
			t.Errorf("%s: %s %v", name, got.Outcome.Kind, got.Orders)
		}
		if name == "a forged one" && got.Outcome.Plain() != "" {
			t.Errorf("a forged mail is answered: %s", got.Outcome.Plain())
		}
	}
	if orders, _ := o.server.Orders(t.Context(), ""); len(orders) != 0 {
		t.Fatalf("orders: %+v", orders)
	}
	if told := o.told2("db1"); len(told)+len(o.told2("web1")) == 0 {
		t.Error("the authorised contact was not told")
	}
	for _, l := range box.await(o, 3) {
		if l.To == "mallory@evil.example" && (strings.Contains(l.Text, "Kuhn") || strings.Contains(l.Text, "db1 ist")) {
			t.Errorf("a stranger learns: %s", l.Text)
		}
	}
	list, err := o.server.Messages(t.Context())
	if err != nil || len(list) != 5 {
		t.Fatalf("%d messages, %v", len(list), err)
	}
	if done, err := o.server.SettleMessage(t.Context(), list[0].ID, "ida"); err != nil || done.DoneBy != "ida" {
		t.Errorf("%+v, %v", done, err)
	}
	if _, err := o.server.SettleMessage(t.Context(), list[0].ID, "ida"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("settled twice: %v", err)
	}
	o.verify()
}

// TestALetterIsTriedAgainAndGivenUp: a server that is busy is asked again, one that refuses is not.
func TestALetterIsTriedAgainAndGivenUp(t *testing.T) {
	o, box := openWithPost(t)
	send := func(id string) board.Letter {
		t.Helper()
		if err := o.server.change(t.Context(), func(c *change) error {
			return c.post(t.Context(), board.Letter{ID: id, To: "eva@kuhn.example", Subject: "x", Text: "x"})
		}); err != nil {
			t.Fatal(err)
		}
		for range 200 {
			list, err := o.server.Letters(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range list {
				if l.ID == id && l.Tries > 0 {
					return l
				}
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("%s was never tried", id)
		return board.Letter{}
	}
	box.fails = 1
	if l := send("reply-1"); !l.Sent.IsZero() || !l.Failed.IsZero() || l.Last == "" {
		t.Errorf("a busy server: %+v", l)
	}
	if again, err := o.server.send(t.Context(), "reply-1"); again != 0 || err != nil || len(box.await(o, 1)) != 1 {
		t.Errorf("%s, %v", again, err)
	}
	if again, err := o.server.send(t.Context(), "reply-1"); again != 0 || err != nil || len(box.await(o, 1)) != 1 {
		t.Errorf("sent twice: %s, %v", again, err)
	}
	box.fails, box.permanent = 1, true
	if l := send("reply-2"); l.Failed.IsZero() || !strings.Contains(l.Last, "451") {
		t.Errorf("refused for good: %+v", l)
	}
}
