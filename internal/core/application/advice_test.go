package application_test

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/policy"
)

func TestAdviceSaysWhoseJobItIs(t *testing.T) {
	t.Parallel()
	hole := application.Finding{
		Found: application.Found{Kind: application.WordPressPlugin, Name: "contact-form", Title: "Contact Form", Version: "5.0", Path: "/var/www/shop/wp-content/plugins/contact-form"},
		Hole:  "CVE-2026-4", Fixed: "5.1", Action: application.NoAction,
	}
	unfixed := hole
	unfixed.Fixed = ""
	last := unfixed
	last.Affected = []advisory.Range{{LastAffected: "5.4"}}
	owned := hole
	owned.Owner = policy.PartyProvider
	both := hole
	both.Owner, both.Dev = policy.PartyBoth, true
	for _, c := range []struct {
		story   string
		finding application.Finding
		terms   application.Terms
		de, en  []string
	}{
		{"no agency", hole, application.Terms{},
			[]string{"WordPress-Plugin Contact Form (contact-form) 5.0 unter /var/www/shop", "CVE-2026-4", "ab Version 5.1", "sind Sie verantwortlich; wir ändern daran nichts", "Agentur haben Sie uns nicht genannt", "raten dringend", "OWASP Top Ten 2021", "https://owasp.org/Top10/"},
			[]string{"WordPress plugin Contact Form", "from version 5.1 on", "You are responsible", "we change nothing", "named no agency", "strongly advise", "OWASP Top Ten 2021"}},
		{"an agency without a contract", hole, application.Terms{Agency: "Studio Nord, 040 1234"},
			[]string{"Ihre Agentur: Studio Nord, 040 1234.", "raten dringend"}, []string{"Your agency: Studio Nord", "strongly advise"}},
		{"an agency with one", hole, application.Terms{Agency: "Studio Nord", Maintenance: true},
			[]string{"mit Wartungsvertrag: Studio Nord", "geben Sie diese Nachricht dorthin weiter"}, []string{"pass this message on"}},
		{"nothing fixes it", unfixed, application.Terms{}, []string{"ohne die Lücke ist uns nicht bekannt"}, []string{"no version without the hole"}},
		{"only the last affected version is known", last, application.Terms{}, []string{"bis einschließlich 5.4"}, []string{"including 5.4"}},
		{"the contract gives it to the provider", owned, application.Terms{Owner: policy.PartyProvider}, []string{"unsere Aufgabe", "ändert an Webanwendungen nichts"}, []string{"our job", "changes nothing"}},
		{"common job, development only", both, application.Terms{}, []string{"gemeinsame Aufgabe", "nur für die Entwicklung"}, []string{"common job", "development only"}},
	} {
		text := application.Advice(c.finding, c.terms)
		for _, want := range c.de {
			if !strings.Contains(text.DE, want) {
				t.Errorf("%s: %q is missing in: %s", c.story, want, text.DE)
			}
		}
		for _, want := range c.en {
			if !strings.Contains(text.EN, want) {
				t.Errorf("%s: %q is missing in: %s", c.story, want, text.EN)
			}
		}
		if strings.Contains(text.DE+text.EN, "%!") || strings.Contains(text.DE, "%[") {
			t.Errorf("%s: a format is broken: %s", c.story, text.DE)
		}
	}
}

func TestTheContractDecidesTheOwner(t *testing.T) {
	t.Parallel()
	found := []application.Found{{Kind: application.WordPress}}
	if got := application.Assign(found, application.Terms{}); got[0].Owner != policy.PartyCustomer || found[0].Owner != "" {
		t.Errorf("without a word in the contract: %+v, and what was given is now %+v", got, found)
	}
	if got := application.Assign(found, application.Terms{Owner: policy.PartyProvider}); got[0].Owner != policy.PartyProvider {
		t.Errorf("%+v", got)
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]advisory.Range{
		">= 6.0, < 6.4.3": {Introduced: "6.0-dev", Fixed: "6.4.3"}, "<= 5.1": {LastAffected: "5.1"}, "*": {Introduced: "0"},
	} {
		if got := application.Versions(r); got != want {
			t.Errorf("%+v: %q, not %q", r, got, want)
		}
	}
}
