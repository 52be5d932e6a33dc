package mail_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "mails", name+".eml"))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func parse(t testing.TB, raw []byte) (mail.Message, error) {
	t.Helper()
	return mail.Parse(t.Context(), raw, mail.Reading{Whole: true})
}

func must(t testing.TB, name string) mail.Message {
	t.Helper()
	m, err := parse(t, read(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestOneMailIsReadWhole(t *testing.T) {
	t.Parallel()
	got := must(t, "latin1")
	want := mail.Message{
		MessageID: "abc.1@kunde.example", InReplyTo: "w0@hoster.example", References: []string{"w-1@hoster.example", "w0@hoster.example"},
		From:    mail.Address{Name: "Erika Müller", Address: "erika@kunde.example"},
		To:      []mail.Address{{Name: "Auftrag", Address: "auftrag@hoster.example"}, {Name: "Zwei, Nummer", Address: "zwei@hoster.example"}},
		Subject: "Auftrag für Straße", Date: time.Date(2026, 11, 27, 13, 3, 11, 0, time.UTC),
		Text:   "Schöne Grüße,\nbitte größere Updates einspielen.\n\n> Wollen Sie das?",
		Digest: got.Digest,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if got.Key() != "<abc.1@kunde.example>" || got.Auto.Automatic() {
		t.Error(got.Key(), got.Auto)
	}
}

func TestTexts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]mail.Message{
		"quoted-printable": {Subject: "QP", Text: "Grüße, und eine Zeile, die so lang ist, dass sie umbrochen werden muss. \nEnde"},
		"base64":           {Subject: "Grüße", Text: "Grüße aus Köln"},
		"undeclared":       {Subject: "Grüße", Text: "Schöne Grüße"},
		"unknown-charset":  {Subject: "=?x-klingon?Q?abc?=", Text: "Hallo"},
		"broken-multipart": {Subject: "abgebrochen", Text: "Bis hierhin, dann", Cut: true},
		"broken-base64":    {Subject: "kaputt", Text: "Bis hierhin", Cut: true},
		"turned-around":    {Subject: "fpd.exe", Text: "bitte enretsirap einspielen[31m"},
		"html-only":        {Subject: "HTML", FromHTML: true, Text: "Sehr geehrte Damen und Herren,\n\nbitte Updates ein\u00adspielen: web1 < web2 & Grüße\n\neins\n\nzwei\n\nhier"},
		"nested": {Subject: "Verschachtelt", Text: "Bitte einspielen.\n\n--\nErika", Attachments: []mail.Attachment{
			{Name: "Auftraege.pdf", Type: "application/pdf", Size: 6}, {Type: "message/rfc822", Size: 59}, {Name: "signature.asc", Type: "application/pgp-signature", Size: 2},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := must(t, name)
			got = mail.Message{Subject: got.Subject, Text: got.Text, FromHTML: got.FromHTML, Cut: got.Cut, Attachments: got.Attachments}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatCanBeReadInTwoWaysIsRefused(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"two-from": "From more than once", "two-subjects": "Subject more than once", "two-senders": "no single sender", "no-from": "no single sender",
	} {
		if _, err := parse(t, read(t, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, raw := range map[string]string{
		"a header without end":    "From: a@b.example\r\n" + strings.Repeat("X: "+strings.Repeat("x", 900)+"\r\n", 300) + "\r\ntext",
		"thousands of fields":     "From: a@b.example\r\n" + strings.Repeat("X: y\r\n", 2000) + "\r\ntext",
		"a line that is no field": "From: a@b.example\r\nthis is no field\r\n\r\ntext",
		"nothing":                 "",
	} {
		if _, err := parse(t, []byte(raw)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestAutomaticMailsAndBounces(t *testing.T) {
	t.Parallel()
	if a := must(t, "vacation").Auto; a.Submitted != "auto-replied" || !a.NullSender || !a.Automatic() || len(a.Failures) != 0 {
		t.Errorf("%+v", a)
	}
	for name, want := range map[string][]mail.Failure{
		"bounce-postfix": {
			{Recipient: "erika@kunde.example", Action: "failed", Status: "5.1.1", MessageID: "w7@hoster.example", Diagnostic: "550 5.1.1 <erika@kunde.example> User doesn't exist: erika@kunde.example"},
			{Recipient: "max@kunde.example", Action: "delayed", Status: "4.4.1", MessageID: "w7@hoster.example"},
		},
		"bounce-exim-old": {
			{Recipient: "erika@kunde.example", Action: "failed", MessageID: "w8@hoster.example"},
			{Recipient: "max@kunde.example", Action: "failed", MessageID: "w8@hoster.example"},
		},
		"bounce-exim":     {{Recipient: "erika@kunde.example", Action: "failed", Status: "5.0.0", MessageID: "w9@hoster.example"}},
		"bounce-exchange": {{Recipient: "erika@kunde.example", Action: "failed", Status: "5.1.10", MessageID: "w10@hoster.example", Diagnostic: "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"}},
	} {
		m := must(t, name)
		got := m.Auto.Failures
		for i := range got { // folded lines keep their blanks
			got[i].Diagnostic = strings.Join(strings.Fields(got[i].Diagnostic), " ")
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if !m.Auto.Automatic() || m.Auto.Submitted != "auto-replied" {
			t.Errorf("%s: %+v", name, m.Auto)
		}
	}
}

func TestBombsAreCut(t *testing.T) {
	t.Parallel()
	head := "From: a@b.example\r\nMIME-Version: 1.0\r\n"
	deep := "Content-Type: text/plain\r\n\r\nthe bottom\r\n"
	for i := range 60 {
		deep = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n", i, i, deep, i)
	}
	for name, raw := range map[string]string{
		"parts in parts": head + deep,
		"many parts":     head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n\r\nx\r\n", 5000) + "--b--\r\n",
		"many files":     head + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\nContent-Type: application/x\r\n\r\nx\r\n", 150) + "--b--\r\n",
		"a long text":    head + "\r\n" + strings.Repeat("ö", 1<<20),
		"a long page":    head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<p>öäü</p>", 1<<20),
	} {
		began := time.Now()
		m, err := parse(t, []byte(raw))
		if err != nil || !m.Cut || len(m.Text) > 256<<10 || !utf8.ValidString(m.Text) || strings.ContainsRune(m.Text, utf8.RuneError) || len(m.Attachments) > 100 {
			t.Errorf("%s: %v, cut %v, %d bytes, %d attachments", name, err, m.Cut, len(m.Text), len(m.Attachments))
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

func TestTwoMailsUnderOneIdentifierDiffer(t *testing.T) {
	t.Parallel()
	a := must(t, "quoted-printable")
	b, err := parse(t, bytes.Replace(read(t, "quoted-printable"), []byte("Ende"), []byte("Anfang"), 1))
	again, err2 := parse(t, append([]byte("Received: from elsewhere\r\n"), read(t, "quoted-printable")...))
	if err != nil || err2 != nil || a.Key() != b.Key() || a.Digest == b.Digest || a.Digest != again.Digest {
		t.Error(a.Key(), b.Key(), a.Digest, b.Digest, again.Digest)
	}
	none, err := parse(t, []byte("From: a@b.example\r\n\r\nx"))
	if err != nil || !strings.HasPrefix(none.Key(), "sha256:") {
		t.Error(none.Key())
	}
}

// No mail of ten megabytes holds up the reading, whatever is in it.
func TestNothingTakesLong(t *testing.T) {
	t.Parallel()
	head := "From: a@b.example\r\nMIME-Version: 1.0\r\n"
	nested := func(inside string) string {
		for i := range 9 {
			inside = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n", i, i, inside, i)
		}
		return head + inside
	}
	for name, raw := range map[string]string{
		"opening brackets":       head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<", 10<<20),
		"open elements":          head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<div a=b ", 1<<20),
		"entities":               head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("&", 10<<20),
		"comments in a page":     head + "Content-Type: text/html\r\n\r\n" + strings.Repeat("<!--", 2<<20),
		"equals signs":           head + "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + strings.Repeat("=", 10<<20),
		"one long line in parts": nested("Content-Type: application/x\r\n\r\n" + strings.Repeat("x", 10<<20)),
		"dashes in parts":        nested("Content-Type: application/x\r\n\r\n" + strings.Repeat("\r\n--b", 2<<20)),
		"brackets in an address": "From: a@b.example\r\nTo: " + strings.Repeat("(", 120<<10) + "\r\n\r\nx",
		"many addresses":         "From: a@b.example\r\nTo: " + strings.Repeat("a@b.example,", 10<<10) + "c@d.example\r\n\r\nx",
		"many words":             "From: a@b.example\r\nSubject: " + strings.Repeat("=?utf-8?q?x?= ", 8<<10) + "\r\n\r\nx",
		"many identifiers":       "From: a@b.example\r\nReferences: " + strings.Repeat("<a@b>", 20<<10) + "\r\n\r\nx",
		"many signatures":        strings.Repeat("DKIM-Signature: v=1; a=rsa-sha256; d=b.example; s=s; h=from; bh=YQ==; b=YQ==\r\n", 900) + "From: a@b.example\r\n\r\n" + strings.Repeat("x\r\n", 3<<20),
		"many results":           "Authentication-Results: mx;" + strings.Repeat(" dkim=pass header.d=b.example;", 4<<10) + "\r\nFrom: a@b.example\r\n\r\nx",
	} {
		began := time.Now()
		_, err := mail.Parse(t.Context(), []byte(raw), mail.Reading{Whole: true, Trusted: "mx", LookupTXT: func(context.Context, string) ([]string, error) {
			return []string{"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, nil
		}})
		took := time.Since(began)
		t.Logf("%s: %v, %v", name, took, err)
		if took > 5*time.Second {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// Whatever a sender writes into the fields, what is kept is one line of bounded, visible text.
func TestValuesAreOneLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		raw := "From: a@b.example\r\nSubject: " + strings.NewReplacer("\r", "", "\n", "").Replace(rapid.String().Draw(t, "subject")) +
			"\r\nReferences: " + strings.NewReplacer("\r", "", "\n", "").Replace(rapid.String().Draw(t, "references")) + "\r\n\r\nx"
		m, err := mail.Parse(context.Background(), []byte(raw), mail.Reading{Whole: true})
		if err != nil {
			return
		}
		for _, s := range append(m.References, m.Subject) {
			if strings.ContainsAny(s, "\r\n\x00\x1b\u202e") || !utf8.ValidString(s) {
				t.Fatalf("%q", s)
			}
		}
	})
}

// FuzzParse: no mail makes the reader fall over, and what it keeps stays in its bounds.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "mails", "*.eml"))
	if err != nil || len(files) < 15 {
		f.Fatal(err, len(files))
	}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	how := mail.Reading{Trusted: "mx.hoster.example", Fields: 2, Whole: true, LookupTXT: func(context.Context, string) ([]string, error) {
		return []string{"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}, nil
	}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := mail.Parse(context.Background(), raw, how)
		if !utf8.ValidString(m.Text) || len(m.Text) > 4<<20 || strings.ContainsAny(m.Text, "\x00\u202e") {
			t.Fatalf("text %q", m.Text)
		}
		for _, s := range []string{m.MessageID, m.InReplyTo, m.Subject, m.From.Name, m.From.Address} {
			if strings.ContainsAny(s, "\r\n\x00") || !utf8.ValidString(s) {
				t.Fatalf("%q", s)
			}
		}
		if err == nil && m.From.Address == "" {
			t.Fatal("a message without a sender was not refused")
		}
		if j := mail.Judge(m, "mx.hoster.example"); len(j.Reasons) == 0 {
			t.Fatal("a judgement without a reason")
		}
		again, _ := mail.Parse(context.Background(), raw, how)
		if again.Digest != m.Digest {
			t.Fatal("read twice, it is another mail")
		}
	})
}

func TestRefusedMailsAreToldApart(t *testing.T) {
	t.Parallel()
	a, errA := parse(t, []byte("Subject: a\r\n\r\nx"))
	b, errB := parse(t, []byte("Subject: b\r\n\r\nx"))
	if errA == nil || errB == nil || a.Key() == b.Key() || len(a.Digest) != 64 {
		t.Error(a.Key(), b.Key())
	}
}
