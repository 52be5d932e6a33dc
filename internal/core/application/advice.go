package application

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application/composer"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Terms are what the contract says about the web applications of a system.
type Terms struct {
	Owner       policy.Party `json:"owner,omitempty"`       // whose job they are; empty = the customer's (IT-43)
	Agency      string       `json:"agency,omitempty"`      // whom the customer named for it, with how to reach them (IT-44)
	Maintenance bool         `json:"maintenance,omitempty"` // the customer has a maintenance contract with the agency (IT-44)
}

// Assign gives everything that was found its owner. Images are part of how the provider runs services
// only where the contract says so, like the rest.
func Assign(found []Found, t Terms) []Found {
	owner := t.Owner
	if owner == "" {
		owner = policy.PartyCustomer
	}
	out := make([]Found, len(found))
	for i, f := range found {
		f.Owner = owner
		out[i] = f
	}
	return out
}

// Citation is a text to read on in, by its edition, because later editions number and name things anew.
type Citation struct {
	Title   string `json:"title"`
	Edition string `json:"edition"`
	Section string `json:"section"`
	URL     string `json:"url"`
}

// OWASP is the reference that IT-45 names, at the entry that known holes in components fall under.
var OWASP = Citation{Title: "OWASP Top Ten", Edition: "2021", Section: "A06:2021 Vulnerable and Outdated Components", URL: "https://owasp.org/Top10/"}

// String writes the citation in one line.
func (c Citation) String() string {
	return c.Title + " " + c.Edition + ", " + c.Section + ", " + c.URL
}

// Advice says to the customer what a finding means and what to do, and that Patchwart does nothing.
func Advice(f Finding, t Terms) lang.Text {
	hole := f.Hole
	if f.Summary != "" && f.Summary != f.Hole {
		hole += " (" + f.Summary + ")"
	}
	parts := []lang.Text{
		lang.Textf("%s unter %s hat eine veröffentlichte Sicherheitslücke: %s.", "%s in %s has a published security hole: %s.", label(f.Found), f.Path, hole),
		remedy(f),
	}
	if f.Dev {
		parts = append(parts, lang.T("Das Paket ist nur für die Entwicklung vorgesehen; vielleicht ist es gar nicht installiert.", "The package is meant for development only; it may not be installed at all."))
	}
	parts = append(parts, duty(f.Owner, t), cite())
	return paragraph(parts)
}

// Advice says to the customer that nobody can tell, and what would help.
func (u Unclear) Advice(t Terms) lang.Text {
	why := lang.T("Die Version ist ein Entwicklungszweig oder unbekannt.", "the version is a branch or unknown.")
	if composer.Orderable(u.Version) {
		why = lang.T("Die Veröffentlichungen nennen Versionen, die sich damit nicht vergleichen lassen.", "the publications name versions that cannot be compared with it.")
	}
	return paragraph([]lang.Text{
		lang.Textf("Veröffentlichte Sicherheitslücken, bei denen offen ist, ob sie in %[1]s unter %[2]s bestehen: %[3]d. %[4]s",
			"Published security holes of which it is open whether they exist in %[1]s in %[2]s: %[3]d, because %[4]s", label(u.Found), u.Path, u.Advisories, why),
		lang.T("Setzen Sie bitte eine veröffentlichte Version ein, oder lassen Sie den Stand des Zweigs prüfen.", "Please use a published version, or have the state of the branch checked."),
		duty(u.Owner, t), cite(),
	})
}

// label is the thing with its version: "WordPress 6.4.2", "WordPress plugin Contact Form (contact-form) 5.1".
func label(f Found) lang.Text {
	k := f.Kind.Text()
	tail := ""
	switch f.Kind {
	case WordPressPlugin:
		tail = " " + f.Name
		if f.Title != "" {
			tail = " " + f.Title + " (" + f.Name + ")"
		}
	case ComposerPackage, Image:
		tail = " " + f.Name
	case Nextcloud:
		if f.Name == "owncloud" {
			k = lang.T("ownCloud", "ownCloud")
		}
	}
	if f.Version != "" {
		tail += " " + f.Version
	}
	return lang.T(k.DE+tail, k.EN+tail)
}

func remedy(f Finding) lang.Text {
	if f.Fixed != "" {
		return lang.Textf("Behoben ist sie ab Version %[1]s. Bitte aktualisieren Sie auf diese oder eine neuere Version.", "It is fixed from version %[1]s on. Please update to that or a newer version.", f.Fixed)
	}
	for _, r := range f.Affected {
		if r.LastAffected != "" {
			return lang.Textf("Betroffen sind Versionen bis einschließlich %[1]s. Bitte aktualisieren Sie auf eine neuere.", "Versions up to and including %[1]s are affected. Please update to a newer one.", r.LastAffected)
		}
	}
	return lang.T("Eine Version ohne die Lücke ist uns nicht bekannt. Bitte prüfen Sie, ob Sie die Software abschalten oder ersetzen können.", "We know of no version without the hole. Please check whether you can switch the software off or replace it.")
}

// duty says whose job it is (IT-43), that Patchwart changes nothing, and to whom to turn (IT-44).
func duty(owner policy.Party, t Terms) lang.Text {
	var parts []lang.Text
	switch owner {
	case policy.PartyProvider:
		return lang.T("Nach Ihrem Vertrag ist das unsere Aufgabe. Patchwart selbst ändert an Webanwendungen nichts; wir kommen dazu auf Sie zu.", "By your contract this is our job. Patchwart itself changes nothing in web applications; we will get in touch with you about it.")
	case policy.PartyBoth:
		parts = append(parts, lang.T("Nach Ihrem Vertrag ist das unsere gemeinsame Aufgabe. Patchwart selbst ändert an Webanwendungen nichts.", "By your contract this is our common job. Patchwart itself changes nothing in web applications."))
	default:
		parts = append(parts, lang.T("Für Webanwendungen sind Sie verantwortlich; wir ändern daran nichts (IT-43).", "You are responsible for web applications; we change nothing in them (IT-43)."))
	}
	switch {
	case t.Agency != "" && t.Maintenance:
		parts = append(parts, lang.Textf("Ihre Agentur mit Wartungsvertrag: %[1]s. Bitte geben Sie diese Nachricht dorthin weiter.", "Your agency with a maintenance contract: %[1]s. Please pass this message on to them.", t.Agency))
	case t.Agency != "":
		parts = append(parts, lang.Textf("Ihre Agentur: %[1]s. Ein Wartungsvertrag mit ihr ist uns nicht bekannt; wir raten dringend dazu (IT-44).", "Your agency: %[1]s. We know of no maintenance contract with them and strongly advise one (IT-44).", t.Agency))
	default:
		parts = append(parts, lang.T("Eine Agentur haben Sie uns nicht genannt. Wir raten dringend zu einem Wartungsvertrag mit einer Agentur, die solche Updates einspielt (IT-44).", "You have named no agency to us. We strongly advise a maintenance contract with an agency that installs such updates (IT-44)."))
	}
	return paragraph(parts)
}

func cite() lang.Text {
	return lang.Textf("Zur Einordnung: %[1]s", "For context: %[1]s", OWASP.String())
}

// Versions writes a range as people write it: ">= 6.0, < 6.4.3". An open range is "*".
func Versions(r advisory.Range) string {
	var bounds []string
	if r.Introduced != "" && r.Introduced != "0" {
		bounds = append(bounds, ">= "+strings.TrimSuffix(r.Introduced, "-dev"))
	}
	if r.Fixed != "" {
		bounds = append(bounds, "< "+r.Fixed)
	}
	if r.LastAffected != "" {
		bounds = append(bounds, "<= "+r.LastAffected)
	}
	if len(bounds) == 0 {
		return "*"
	}
	return strings.Join(bounds, ", ")
}

func paragraph(parts []lang.Text) lang.Text {
	de, en := make([]string, len(parts)), make([]string, len(parts))
	for i, p := range parts {
		de[i], en[i] = p.DE, p.EN
	}
	return lang.T(strings.Join(de, " "), strings.Join(en, " "))
}
