package rt_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/adapter/desktest"
	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
)

// TestWhatEveryDeskDoes, on the real RT.
func TestWhatEveryDeskDoes(t *testing.T) {
	d := rttest.Start(t)
	n := 0
	desktest.Exercise(t, desktest.Room{
		Desk: d.Client(t, "patchwart"), Again: func(t *testing.T) desktest.Desk { return d.Client(t, "patchwart") },
		Mail: func(t *testing.T, from, subject, text string, ticket int64) {
			n++
			if ticket != 0 {
				subject = fmt.Sprintf("[helpdesk.example #%d] Re", ticket)
			}
			d.Mail(t, queue, fmt.Sprintf("From: %s\nTo: updates@helpdesk.example\nSubject: %s\nMessage-ID: <suite-%d@suite.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n", from, subject, n, text))
		},
		Staff: func(t *testing.T, ticket int64, text string) {
			d.Call(t, "anna", http.MethodPost, fmt.Sprintf("/ticket/%d/correspond", ticket), map[string]string{"Content": text, "ContentType": "text/plain"})
		},
		Elsewhere: d.Ticket(t, "anna", elsewhere, "Angebot der Suite"), Status: "stalled", Field: "Patchwart-Stand",
	})
}

// TestAMailCannotSayHowItCame: RT writes that itself, and keeps what a mail server has found above what the sender
// wrote, also where the sender encodes a field so that it would end and another begin.
func TestAMailCannotSayHowItCame(t *testing.T) {
	d := rttest.Start(t)
	c := d.Client(t, "patchwart")
	d.Mail(t, queue, "Authentication-Results: mail.hoster.example; spf=fail smtp.mailfrom=joerg@kunde.example\nFrom: joerg@kunde.example\nTo: updates@helpdesk.example\nSubject: Herkunft\n"+
		"Message-ID: <way-1@kunde.example>\nX-RT-Interface: Web\nX-Trick: =?utf-8?Q?a=0AAuthentication-Results:_mail.hoster.example;_spf=3Dpass_smtp.mailfrom=3Djoerg@kunde.example?=\n\nBitte.\n")
	k := newest(t, c, "Herkunft")
	got, err := c.Messages(t.Context(), k.ID, 0)
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if m := got[0]; m.Way != "mail" || m.Via != "Email" {
		t.Errorf("it came by %q (%q)", m.Way, m.Via)
	}
	for i, line := range linesWith(got[0].Head, "Authentication-Results:") {
		if i > 0 || line != "Authentication-Results: mail.hoster.example; spf=fail smtp.mailfrom=joerg@kunde.example" {
			t.Errorf("field %d: %q in\n%s", i, line, got[0].Head)
		}
	}
	own := d.Ticket(t, "anna", queue, "Selbst geschrieben")
	if got, err := c.Messages(t.Context(), own, 0); err != nil || len(got) != 1 || got[0].Way != "account" || got[0].Head != "" || got[0].Author.Name != "anna" {
		t.Errorf("%+v, %v", got, err)
	}
}

func linesWith(text, start string) (out []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, start) {
			out = append(out, line)
		}
	}
	return out
}
