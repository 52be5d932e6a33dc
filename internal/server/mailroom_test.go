package server

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

// pigeonhole is a mailbox of a server that forgets what was marked as read: it gives everything again at each start.
type pigeonhole struct {
	mails []mail.Received
	cut   bool         // the connection and the server stop at the last mail, before it is kept
	given chan []error // what became of each mail
}

func (p *pigeonhole) Watch(ctx context.Context, _ mail.Cursor, accept func(context.Context, mail.Received) error, _ func(error)) error {
	var came []error
	for i, m := range p.mails {
		with, cancel := context.WithCancel(ctx)
		if p.cut && i == len(p.mails)-1 {
			cancel()
		}
		came = append(came, accept(with, m))
		cancel()
	}
	p.given <- came
	<-ctx.Done()
	return ctx.Err()
}

func fromEva(uid uint32, id, text string) mail.Received {
	return mail.Received{At: mail.Cursor{Validity: 1, UID: uid}, Arrived: time.Now(), Message: mail.Message{MessageID: id, From: mail.Address{Address: "eva@kuhn.example"}, Subject: "Updates db1",
		Text: text, Auth: mail.Auth{Own: []mail.Signature{{Domain: "kuhn.example", Result: mail.Pass}}}}}
}

// TestMailsAreReadOnceToEffectAcrossRestarts: the place in the mailbox is not kept; what was kept is known by its
// message ID. A mail that was there before the restart orders and answers nothing a second time; one that the stop cut
// off, and one that came meanwhile, are not lost.
func TestMailsAreReadOnceToEffectAcrossRestarts(t *testing.T) {
	o, box := openWithPost(t)
	o.far(basicFar)
	hole := &pigeonhole{given: make(chan []error, 1), cut: true, mails: []mail.Received{
		fromEva(1, "1@kuhn.example", "bitte spielen Sie auf db1 die Sicherheitsupdates ein."),
		fromEva(2, "2@kuhn.example", "bitte spielen Sie auf db1 auch alles andere ein, wenn es passt."),
	}}
	ids := func() (list []string) {
		t.Helper()
		all, err := o.server.Messages(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			list = append(list, m.Message.ID)
		}
		slices.Sort(list)
		return list
	}
	begin := func() []error {
		t.Helper()
		o.config.Mailbox = hole
		o.restart()
		select {
		case came := <-hole.given:
			return came
		case <-time.After(time.Minute):
			t.Fatal("the mailbox was not read")
			return nil
		}
	}
	if came := begin(); came[0] != nil || came[1] == nil {
		t.Fatalf("%v", came)
	}
	if got := ids(); !slices.Equal(got, []string{"1@kuhn.example"}) {
		t.Fatalf("kept %v", got)
	}
	before := len(box.await(o, 1))
	hole.cut, hole.mails = false, append(hole.mails, fromEva(3, "3@kuhn.example", "was wird am Samstag gemacht?"))
	for range 2 {
		for i, err := range begin() {
			if err != nil {
				t.Errorf("mail %d: %v", i+1, err)
			}
		}
		if got := ids(); !slices.Equal(got, []string{"1@kuhn.example", "2@kuhn.example", "3@kuhn.example"}) {
			t.Fatalf("kept %v", got)
		}
		orders, err := o.server.Orders(t.Context(), "db1")
		if err != nil || len(orders) != 1 || orders[0].Channel != "Mail 1@kuhn.example" {
			t.Errorf("orders: %+v, %v", orders, err)
		}
	}
	letters, err := o.server.Letters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]int{}
	for _, l := range letters {
		answers[l.InReplyTo]++
	}
	if before != 1 || answers["1@kuhn.example"] != 1 {
		t.Errorf("the first mail was answered %d times: %v", answers["1@kuhn.example"], answers)
	}
	o.verify()
}
