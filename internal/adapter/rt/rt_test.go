package rt_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/adapter/rt"
	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
	"github.com/patchwart/patchwart/internal/core/fault"
)

const order = "Bitte spielen Sie die Updates für web1 am Sonntag ein.\n\n  Grüße aus Köln – 50 €\nJörg\n"

func orderMail(messageID, subject string) string {
	return "From: =?UTF-8?Q?J=C3=B6rg_K=C3=BChn?= <joerg@kunde.example>\nTo: updates@helpdesk.example\nSubject: " + subject +
		"\nMessage-ID: <" + messageID + ">\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + order
}

func newest(t *testing.T, c *rt.Client, subject string) rt.Ticket {
	t.Helper()
	got, err := c.Changed(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range slices.Backward(got.Tickets) {
		if k.Subject == subject {
			return k
		}
	}
	t.Fatalf("no ticket %q in %+v", subject, got.Tickets)
	return rt.Ticket{}
}

func TestTheDeskIsChecked(t *testing.T) {
	d := rttest.Start(t)
	got, err := d.Client(t, "patchwart").Check(t.Context())
	if err != nil || got.User != "patchwart" || !strings.HasPrefix(got.Version, "5.") {
		t.Fatalf("%+v, %v", got, err)
	}
	if _, err := d.Client(t, "patchwart", queue, "Gibt es nicht").Check(t.Context()); fault.CodeOf(err) != fault.NotFound || !strings.Contains(err.Error(), "Gibt es nicht") {
		t.Errorf("a queue that is not there: %v", err)
	}
	if _, err := d.Client(t, "fremd").Check(t.Context()); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a user without rights: %v", err)
	}
}

// A customer's mail becomes a ticket, and what they wrote arrives letter for letter.
func TestAMailArrivesVerbatim(t *testing.T) {
	d := rttest.Start(t)
	c := d.Client(t, "patchwart")
	d.Mail(t, queue, orderMail("order-1@kunde.example", "=?UTF-8?Q?Updates_f=C3=BCr_web1?="))
	k := newest(t, c, "Updates für web1")
	if k.Queue != queue || k.Status != "new" || len(k.Requestors) != 1 || k.Requestors[0].Address != "joerg@kunde.example" || k.Created.IsZero() {
		t.Errorf("%+v", k)
	}
	got, err := c.Messages(t.Context(), k.ID, 0)
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	m := got[0]
	if m.Text != order {
		t.Errorf("%q, want %q", m.Text, order)
	}
	if m.Kind != rt.Opening || m.Role != rt.Requestor || m.Author.Address != "joerg@kunde.example" || m.Via != "Email" || m.MessageID != "order-1@kunde.example" || m.At.IsZero() {
		t.Errorf("%+v", m)
	}
}

// The conversation goes on: staff, an attachment, an answer with HTML only. Who wrote what is told apart.
func TestWhoWroteWhatIsToldApart(t *testing.T) {
	d := rttest.Start(t)
	c := d.Client(t, "patchwart")
	d.Mail(t, queue, orderMail("talk-1@kunde.example", "Gespräch"))
	k := newest(t, c, "Gespräch")
	d.Call(t, "anna", http.MethodPost, fmt.Sprintf("/ticket/%d/correspond", k.ID), map[string]string{"Content": "Gern. Wann?", "ContentType": "text/plain"})
	d.Call(t, "anna", http.MethodPost, fmt.Sprintf("/ticket/%d/comment", k.ID), map[string]string{"Content": "Nicht vor Freitag!", "ContentType": "text/plain"})
	answer := func(from, id, rest string) {
		d.Mail(t, queue, fmt.Sprintf("From: %s\nTo: updates@helpdesk.example\nSubject: [helpdesk.example #%d] Re\nMessage-ID: <%s>\nMIME-Version: 1.0\n%s", from, k.ID, id, rest))
	}
	answer("joerg@kunde.example", "talk-2@kunde.example", "Content-Type: multipart/mixed; boundary=aa\n\n--aa\nContent-Type: multipart/alternative; boundary=bb\n\n"+
		"--bb\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nSonntag fr=FCh.\n--bb\nContent-Type: text/html\n\n<b>Sonntag</b>\n--bb--\n"+
		"--aa\nContent-Type: text/plain; name=liste.txt\nContent-Disposition: attachment; filename=liste.txt\n\nweb1\n--aa--\n")
	answer("petra@woanders.example", "talk-3@woanders.example", "Content-Type: text/html; charset=utf-8\n\n<p>Ich auch, für db1</p>\n")

	got, err := c.Messages(t.Context(), k.ID, 0)
	if err != nil || len(got) != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	for i, want := range []struct {
		kind rt.Kind
		role rt.Role
		via  string
		text string
		html string
		file string
	}{
		{rt.Opening, rt.Requestor, "Email", order, "", ""},
		{rt.Correspondence, rt.Staff, "REST", "Gern. Wann?", "", ""},
		{rt.Internal, rt.Staff, "REST", "Nicht vor Freitag!", "", ""},
		{rt.Correspondence, rt.Requestor, "Email", "Sonntag früh.", "", "liste.txt"},
		{rt.Correspondence, rt.Other, "Email", "", "<p>Ich auch, für db1</p>\n", ""},
	} {
		if m := got[i]; m.Kind != want.kind || m.Role != want.role || m.Via != want.via || m.Text != want.text || m.HTML != want.html || strings.Join(m.Files, " ") != want.file {
			t.Errorf("message %d: %+v, want %+v", i, m, want)
		}
	}
	later, err := c.Messages(t.Context(), k.ID, rt.Cursor(got[2].Transaction))
	if err != nil || len(later) != 2 || later[0].Transaction != got[3].Transaction {
		t.Errorf("later ones: %+v, %v", later, err)
	}
}

// Our reply stands on the ticket once, however often it is sent, and also if the customer quotes it.
func TestAReplyIsSentOnce(t *testing.T) {
	d := rttest.Start(t)
	c := d.Client(t, "patchwart")
	d.Mail(t, queue, orderMail("reply-1@kunde.example", "Antwort"))
	k := newest(t, c, "Antwort")
	const text = "Guten Tag Jörg,\n\nwir planen das für Sonntag, 03:00 Uhr – ohne Aufpreis (0 €).\n"

	// Somebody else's message with our mark is not ours.
	d.Mail(t, queue, fmt.Sprintf("From: joerg@kunde.example\nTo: updates@helpdesk.example\nSubject: [helpdesk.example #%d] Re\nMessage-ID: <reply-2@kunde.example>\n\nJa!\n\n[patchwart:order-7.accepted]\n", k.ID))

	first, err := c.Reply(t.Context(), k.ID, "order-7.accepted", text)
	if err != nil || first.Already || first.Transaction == 0 {
		t.Fatalf("%+v, %v", first, err)
	}
	for name, again := range map[string]*rt.Client{"by the same client": c, "after a restart": d.Client(t, "patchwart")} {
		if got, err := again.Reply(t.Context(), k.ID, "order-7.accepted", text); err != nil || !got.Already || got.Transaction != first.Transaction {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if other, err := c.Reply(t.Context(), k.ID, "order-7", text); err != nil || other.Already {
		t.Errorf("another key: %+v, %v", other, err)
	}
	comment, err := c.Comment(t.Context(), k.ID, "order-7.accepted", "Auftrag o-7 angelegt.")
	if err != nil || comment.Already {
		t.Errorf("a comment with the reply's key: %+v, %v", comment, err)
	}
	if again, err := c.Comment(t.Context(), k.ID, "order-7.accepted", "Auftrag o-7 angelegt."); err != nil || !again.Already || again.Transaction != comment.Transaction {
		t.Errorf("the comment again: %+v, %v", again, err)
	}
	got, err := c.Messages(t.Context(), k.ID, 0)
	if err != nil || len(got) != 5 {
		t.Fatalf("%+v, %v", got, err)
	}
	if m := got[2]; m.Text != text+"\n[patchwart:order-7.accepted]\n" || m.Role != rt.Own || m.Kind != rt.Correspondence || m.Transaction != first.Transaction {
		t.Errorf("%+v", m)
	}
}

func TestStatusAndFieldAreMirrored(t *testing.T) {
	d := rttest.Start(t)
	c := d.Client(t, "patchwart")
	id := d.Ticket(t, "anna", queue, "Spiegel")
	for range 2 { // again is nothing new
		if err := c.SetStatus(t.Context(), id, "open"); err != nil {
			t.Fatal(err)
		}
		if err := c.SetField(t.Context(), id, "Patchwart-Stand", "geplant für Sonntag"); err != nil {
			t.Fatal(err)
		}
	}
	k, err := c.Ticket(t.Context(), id)
	if err != nil || k.Status != "open" || strings.Join(k.Fields["Patchwart-Stand"], "|") != "geplant für Sonntag" {
		t.Fatalf("%+v, %v", k, err)
	}
	if err := c.SetField(t.Context(), id, "Patchwart-Stand", ""); err != nil {
		t.Error(err)
	}
	// RT answers 200 to what it refuses.
	if err := c.SetStatus(t.Context(), id, "quatsch"); fault.CodeOf(err) != fault.Refused || !strings.Contains(err.Error(), "quatsch") {
		t.Errorf("a state that is none: %v", err)
	}
	if err := c.SetField(t.Context(), id, "Gibt es nicht", "x"); fault.CodeOf(err) != fault.Refused {
		t.Errorf("a field that is none: %v", err)
	}
	d.Call(t, "anna", http.MethodPut, fmt.Sprintf("/ticket/%d", id), map[string]string{"Status": "resolved"})
	if k, err := c.Ticket(t.Context(), id); err != nil || k.Status != "resolved" || len(k.Fields["Patchwart-Stand"]) != 0 {
		t.Errorf("the staff's change: %+v, %v", k, err)
	}
}

// What lies in other queues is neither read nor written on.
func TestOtherQueuesAreLeftAlone(t *testing.T) {
	d := rttest.Start(t)
	c := d.Client(t, "patchwart")
	id := d.Ticket(t, "anna", elsewhere, "Angebot")
	got, err := c.Changed(t.Context(), 0)
	if err != nil || slices.ContainsFunc(got.Tickets, func(k rt.Ticket) bool { return k.Queue != queue }) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := c.Messages(t.Context(), id, 0); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("read: %v", err)
	}
	if _, err := c.Reply(t.Context(), id, "k", "Hallo"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("replied: %v", err)
	}
	if err := c.SetStatus(t.Context(), id, "open"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("set: %v", err)
	}
	if _, err := d.Client(t, "fremd").Messages(t.Context(), id, 0); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a user without rights: %v", err)
	}
}

// The cursor waits for what has settled: nothing is lost, and what is repeated is the same.
func TestTheCursorLosesNothing(t *testing.T) {
	d := rttest.Start(t)
	c := d.Client(t, "patchwart")
	before, err := c.Latest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := d.Ticket(t, "anna", queue, "Erstes")
	second := d.Ticket(t, "anna", queue, "Zweites")
	ids := func(got rt.Changes) (out []int64) {
		for _, k := range got.Tickets {
			out = append(out, k.ID)
		}
		return out
	}
	got, err := c.Changed(t.Context(), before)
	if err != nil || !slices.Equal(ids(got), []int64{first, second}) || got.Next != before || got.More {
		t.Fatalf("%+v, %v", got, err)
	}
	again, err := c.Changed(t.Context(), got.Next)
	if err != nil || !slices.Equal(ids(again), ids(got)) {
		t.Fatalf("again: %+v, %v", again, err)
	}
	d.Call(t, "anna", http.MethodPost, fmt.Sprintf("/ticket/%d/correspond", first), map[string]string{"Content": "Nachtrag", "ContentType": "text/plain"})
	if got, err := c.Changed(t.Context(), before); err != nil || !slices.Equal(ids(got), []int64{second, first}) {
		t.Errorf("what happened last comes last: %+v, %v", got, err)
	}
	latest, err := c.Latest(t.Context())
	if err != nil || latest <= before {
		t.Fatal(latest, err)
	}
	if got, err := c.Changed(t.Context(), latest); err != nil || len(got.Tickets) != 0 || got.Next != latest {
		t.Errorf("nothing new: %+v, %v", got, err)
	}
	d.Call(t, "patchwart", http.MethodPost, fmt.Sprintf("/ticket/%d/comment", second), map[string]string{"Content": "intern", "ContentType": "text/plain"})
	if got, err := c.Changed(t.Context(), latest); err != nil || len(got.Tickets) != 0 {
		t.Errorf("a comment is no news: %+v, %v", got, err)
	}
}

func TestAWrongTokenIsToldWithoutTheToken(t *testing.T) {
	d := rttest.Start(t)
	number, _, _ := strings.Cut(strings.TrimPrefix(d.Tokens["patchwart"], "1-"), "-")
	wrong := "1-" + number + "-" + strings.Repeat("0123456789abcdef", 2)
	c, err := rt.Open(rt.Config{URL: d.URL, TokenFile: rttest.Secret(t, wrong), Queues: []string{queue}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	_, err = c.Changed(t.Context(), 0)
	if fault.CodeOf(err) != fault.Forbidden || !strings.Contains(err.Error(), "token") || strings.Contains(fmt.Sprintf("%+v %#v", err, err), wrong) {
		t.Errorf("%v", err)
	}
}
