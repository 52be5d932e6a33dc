package mail_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

const mx = "mx.hoster.example"

func TestStanding(t *testing.T) {
	t.Parallel()
	pass := func(domain string) mail.Signature { return mail.Signature{Domain: domain, Result: mail.Pass} }
	for _, c := range []struct {
		name string
		auth mail.Auth
		from string
		want mail.Standing
		says string
	}{
		{"nothing is known", mail.Auth{}, "", mail.Unproven, "Nothing proves"},
		{"signed by the domain itself", mail.Auth{Own: []mail.Signature{pass("kunde.example")}}, "", mail.Aligned, "Valid signature"},
		{"signed by another host of the organisation", mail.Auth{Own: []mail.Signature{pass("mail.kunde.example")}}, "", mail.Aligned, "mail.kunde.example"},
		{"signed by a stranger", mail.Auth{Own: []mail.Signature{pass("news.example")}}, "", mail.Unaligned, "news.example and not"},
		{"a neighbour below a public suffix is a stranger", mail.Auth{Own: []mail.Signature{pass("other.co.uk")}}, "erika@kunde.co.uk", mail.Unaligned, "other.co.uk"},
		{"a hoster's customers are strangers to each other", mail.Auth{Own: []mail.Signature{pass("other.github.io")}}, "erika@kunde.github.io", mail.Unaligned, "other.github.io"},
		{"a name that only ends alike", mail.Auth{Own: []mail.Signature{pass("xkunde.example")}}, "", mail.Unaligned, "xkunde.example"},
		{"signed, but not the subject", mail.Auth{Own: []mail.Signature{{Domain: "kunde.example", Result: mail.Pass, Loose: true}}}, "", mail.Unaligned, "does not cover"},
		{"its own signature is broken", mail.Auth{Own: []mail.Signature{{Domain: "kunde.example", Result: mail.Fail}}}, "", mail.Forged, "does not fit"},
		{"a stranger's signature is broken", mail.Auth{Own: []mail.Signature{{Domain: "news.example", Result: mail.Fail}}}, "", mail.Unproven, "Nothing proves"},
		{"one broken, one good", mail.Auth{Own: []mail.Signature{{Domain: "kunde.example", Result: mail.Fail}, pass("kunde.example")}}, "", mail.Aligned, "Valid"},
		{"the key cannot be had now", mail.Auth{Own: []mail.Signature{{Domain: "kunde.example", Result: mail.TempError}}}, "", mail.Unproven, "at the moment"},
		{"the server says that it is signed", mail.Auth{Server: mx, Said: []mail.Signature{pass("kunde.example")}}, "", mail.Aligned, "Valid"},
		{"another server says so", mail.Auth{Server: "elsewhere.example", Said: []mail.Signature{pass("kunde.example")}}, "", mail.Unproven, "Nothing proves"},
		{"SPF passed for the domain", mail.Auth{Server: mx, SPF: mail.Checked{Result: mail.Pass, Domain: "bounces.kunde.example"}}, "", mail.Aligned, "SPF"},
		{"SPF passed for a sender for hire", mail.Auth{Server: mx, SPF: mail.Checked{Result: mail.Pass, Domain: "news.example"}}, "", mail.Unaligned, "SPF passed, but"},
		{"SPF failed for the domain", mail.Auth{Server: mx, SPF: mail.Checked{Result: mail.Fail, Domain: "kunde.example"}}, "", mail.Forged, "does not allow"},
		{"SPF failed, but a signature holds: forwarded", mail.Auth{Server: mx, SPF: mail.Checked{Result: mail.Fail, Domain: "kunde.example"}, Own: []mail.Signature{pass("kunde.example")}}, "", mail.Aligned, "Valid"},
		{"DMARC failed although SPF passed: the domain is stricter", mail.Auth{Server: mx, SPF: mail.Checked{Result: mail.Pass, Domain: "sub.kunde.example"}, DMARC: mail.Checked{Result: mail.Fail, Domain: "kunde.example"}}, "", mail.Forged, "DMARC"},
		{"DMARC failed, but the signature was verified here", mail.Auth{Server: mx, Own: []mail.Signature{pass("kunde.example")}, DMARC: mail.Checked{Result: mail.Fail, Domain: "kunde.example"}}, "", mail.Aligned, "Valid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from := c.from
			if from == "" {
				from = "erika@kunde.example"
			}
			got := mail.Judge(mail.Message{From: mail.Address{Address: from}, Auth: c.auth}, mx)
			if got.Standing != c.want || len(got.Reasons) == 0 || !strings.Contains(got.Reasons[0].EN, c.says) || got.Reasons[0].DE == "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestOnlyTheTrustedServerIsBelieved(t *testing.T) {
	t.Parallel()
	raw := read(t, "believed")
	parse := func(raw []byte, how mail.Reading) mail.Auth {
		how.Whole = true
		m, err := mail.Parse(t.Context(), raw, how)
		if err != nil {
			t.Fatal(err)
		}
		return m.Auth
	}
	a := parse(raw, mail.Reading{Trusted: mx})
	if len(a.Said) != 1 || a.Said[0].Domain != "kunde.example" || a.Said[0].Result != mail.Pass || a.Said[0].Loose {
		t.Errorf("%+v", a)
	}
	if a.SPF != (mail.Checked{Result: mail.Pass, Domain: "bounces.kunde.example"}) || a.DMARC.Result != mail.Pass {
		t.Errorf("%+v", a)
	}
	// The second field of that name is the sender's; even where it is believed, it speaks of no signature.
	if a = parse(raw, mail.Reading{Trusted: mx, Fields: 2}); len(a.Said) != 2 || a.Said[1].Result != mail.PermError {
		t.Errorf("%+v", a)
	}
	if a = parse(raw, mail.Reading{}); a.Server != "" || len(a.Said) != 0 {
		t.Errorf("%+v", a)
	}
	// A comment or a quotation that does not end makes the field unreadable, not believable.
	for _, broken := range []string{"(", `"`, "9;"} {
		if a = parse([]byte("Authentication-Results: "+mx+" "+broken+" ; dkim=pass header.d=kunde.example\r\n"+string(raw)), mail.Reading{Trusted: mx}); len(a.Said) != 1 || a.SPF.Result != mail.Pass {
			t.Errorf("%s: %+v", broken, a)
		}
	}
}

func TestSignaturesAreVerifiedHere(t *testing.T) {
	t.Parallel()
	key, public := signingKey(t)
	l := composed(t, order(), &mail.Signing{Domain: "hoster.example", Selector: "s1", KeyFile: key})
	lookup := func(_ context.Context, name string) ([]string, error) {
		if name != "s1._domainkey.hoster.example" {
			t.Errorf("asked for %s", name)
		}
		return []string{public}, nil
	}
	for _, c := range []struct {
		name, old, new string
		want           mail.Standing
	}{
		{"as it was sent", "", "", mail.Aligned},
		{"another word", "einspielen", "loeschen!!", mail.Forged},
		{"another subject", "=?UTF-8?q?Ihre", "=?UTF-8?q?Jene", mail.Forged},
		{"an address for replies added", "\r\nFrom: ", "\r\nReply-To: evil@evil.example\r\nFrom: ", mail.Forged},
		{"a type of content added", "\r\nContent-Type:", "\r\nX-Content-Type:", mail.Forged},
		{"a field that means nothing added", "\r\nFrom: ", "\r\nX-Spam: no\r\nFrom: ", mail.Aligned},
	} {
		raw := []byte(strings.Replace(l, c.old, c.new, 1))
		if c.old != "" && string(raw) == l {
			t.Fatal(c.name, "changed nothing")
		}
		m, err := mail.Parse(t.Context(), raw, mail.Reading{Whole: true, LookupTXT: lookup})
		if err != nil {
			t.Fatal(c.name, err)
		}
		if j := mail.Judge(m, ""); j.Standing != c.want {
			t.Errorf("%s: %+v %+v", c.name, j, m.Auth.Own)
		}
	}
	// Without the DNS nothing is said against the mail.
	m, err := mail.Parse(t.Context(), []byte(l), mail.Reading{Whole: true, LookupTXT: func(context.Context, string) ([]string, error) { return nil, errors.New("no network") }})
	if j := mail.Judge(m, ""); err != nil || j.Standing != mail.Unproven {
		t.Errorf("%+v %+v", j, m.Auth.Own)
	}
}
