package application_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/application/composer"
	"github.com/patchwart/patchwart/internal/core/policy"
)

func record(id string, eco advisory.Ecosystem, name string, cve string, ranges ...advisory.Range) advisory.Record {
	r := advisory.Record{ID: id, Publisher: "test", Affected: []advisory.Affected{{Ecosystem: eco, Package: name, State: advisory.Fixed, Ranges: ranges}}}
	if cve != "" {
		r.CVEs = []string{cve}
	}
	return r
}

func span(introduced, fixed string) advisory.Range {
	return advisory.Range{Introduced: introduced, Fixed: fixed}
}

func installed(kind application.Kind, eco advisory.Ecosystem, name, version string) application.Found {
	return application.Found{Kind: kind, Ecosystem: eco, Name: name, Version: version, Path: "/var/www/shop"}
}

// short writes findings as "CVE<fixed".
func short(list []application.Finding) (out []string) {
	for _, f := range list {
		out = append(out, f.Hole+"<"+f.Fixed)
	}
	return out
}

func TestWhichHolesAnApplicationHas(t *testing.T) {
	t.Parallel()
	records := []advisory.Record{
		record("BIT-1", advisory.WordPress, "wordpress", "CVE-2026-1", span("0", "6.4.3"), span("6.5.0", "6.5.2")),
		record("typo3/cms-core/a", advisory.Packagist, "typo3/cms-core", "CVE-2026-2", span("12.0.0-dev", "12.4.11")),
		record("BIT-3", advisory.Application, "nextcloud", "CVE-2026-3", span("28.0.0", "28.0.5")),
		record("WF-4", advisory.WordPressPlugin, "contact-form", "CVE-2026-4", advisory.Range{LastAffected: "5.1"}),
		record("GHSA-5", "Packagist:https://packages.drupal.org/8", "drupal/core", "CVE-2026-5", span("10.0.0", "10.2.4")),
		record("BIT-6", advisory.Application, "phpmyadmin", "CVE-2026-6", span("4.0.0", "4.0.10.21")),
		record("lines", advisory.Packagist, "acme/lines", "CVE-2026-8", span("9.0.0", "9.1.0"), span("9.1.0", "9.1.9")),
		record("deb", advisory.Debian("bookworm"), "wordpress", "CVE-2026-7", span("0", "99")),
	}
	for _, c := range []struct {
		story string
		found application.Found
		want  string
	}{
		{"an old WordPress", installed(application.WordPress, advisory.WordPress, "wordpress", "6.4.2"), "CVE-2026-1<6.4.3"},
		{"an updated one", installed(application.WordPress, advisory.WordPress, "wordpress", "6.4.3"), ""},
		{"one of the next line, named with two numbers", installed(application.WordPress, advisory.WordPress, "wordpress", "6.5"), "CVE-2026-1<6.5.2"},
		{"WordPress by Composer", installed(application.ComposerPackage, advisory.Packagist, "roots/wordpress-no-content", "6.4.2"), "CVE-2026-1<6.4.3"},
		{"TYPO3 out of an archive", installed(application.TYPO3, advisory.Packagist, "typo3/cms-core", "12.4.10"), "CVE-2026-2<12.4.11"},
		{"a candidate of the first affected release", installed(application.ComposerPackage, advisory.Packagist, "typo3/cms-core", "v12.0.0-RC1"), "CVE-2026-2<12.4.11"},
		{"an older line of TYPO3", installed(application.TYPO3, advisory.Packagist, "typo3/cms-core", "11.5.40"), ""},
		{"Nextcloud", installed(application.Nextcloud, advisory.Application, "nextcloud", "28.0.4"), "CVE-2026-3<28.0.5"},
		{"ownCloud is no Nextcloud", installed(application.Nextcloud, advisory.Application, "owncloud", "28.0.4"), ""},
		{"a plugin at the last affected version", installed(application.WordPressPlugin, advisory.WordPressPlugin, "contact-form", "5.1"), "CVE-2026-4<"},
		{"the plugin by Composer, newer", installed(application.ComposerPackage, advisory.Packagist, "wpackagist-plugin/contact-form", "5.1.1"), ""},
		{"the plugin by Composer, older", installed(application.ComposerPackage, advisory.Packagist, "wpackagist-plugin/contact-form", "4.9"), "CVE-2026-4<"},
		{"Drupal out of an archive, advisories about the package", installed(application.Drupal, advisory.Application, "drupal", "10.2.3"), "CVE-2026-5<10.2.4"},
		{"four numbers", installed(application.PHPMyAdmin, advisory.Application, "phpmyadmin", "4.0.10.20"), "CVE-2026-6<4.0.10.21"},
		{"the line ends where the next, affected one begins", installed(application.ComposerPackage, advisory.Packagist, "acme/lines", "9.0.3"), "CVE-2026-8<9.1.9"},
		{"an image called like an application", installed(application.Image, "", "wordpress", "6.4.2"), ""},
	} {
		findings, unclear := application.Match([]application.Found{c.found}, records)
		if got := strings.Join(short(findings), " "); got != c.want || len(unclear) != 0 {
			t.Errorf("%s: %q %v, not %q", c.story, got, unclear, c.want)
		}
		for _, f := range findings {
			if f.Owner != policy.PartyCustomer || f.Action != application.NoAction {
				t.Errorf("%s: owner %s, action %s: it is the customer's, and nothing is done", c.story, f.Owner, f.Action)
			}
		}
	}
}

// What cannot be judged is said, and never passes for "no holes".
func TestUnclear(t *testing.T) {
	t.Parallel()
	records := []advisory.Record{
		record("a", advisory.Packagist, "acme/shop", "CVE-1", span("1.0", "2.0")),
		record("b", advisory.Packagist, "acme/shop", "CVE-2", span("1.0", "2.1")),
		record("c", advisory.Packagist, "acme/odd", "CVE-3", span("nightly", "2.0")),
	}
	findings, unclear := application.Match([]application.Found{
		installed(application.ComposerPackage, advisory.Packagist, "acme/shop", "dev-main"),
		installed(application.ComposerPackage, advisory.Packagist, "acme/shop", "2.x-dev"),
		installed(application.ComposerPackage, advisory.Packagist, "acme/other", "dev-main"),
		installed(application.ComposerPackage, advisory.Packagist, "acme/odd", "1.0"),
	}, records)
	if len(findings) != 0 || len(unclear) != 2 || unclear[0].Version != "dev-main" || unclear[0].Advisories != 2 || unclear[1].Name != "acme/odd" {
		t.Errorf("%v %+v", findings, unclear)
	}
	if text := unclear[0].Advice(application.Terms{}); !strings.Contains(text.DE, "Entwicklungszweig") || !strings.Contains(text.EN, "2, because the version is a branch") {
		t.Errorf("%+v", text)
	}
	if text := unclear[1].Advice(application.Terms{}); !strings.Contains(text.EN, "cannot be compared") {
		t.Errorf("%+v", text)
	}
}

// Several publishers about one hole make one finding, with the fixed version that satisfies all.
func TestPublishersArePutTogether(t *testing.T) {
	t.Parallel()
	early, late := record("drupal/core/x", advisory.Packagist, "drupal/core", "CVE-9", span("10.0", "10.2.4")), record("BIT-x", advisory.Application, "drupal", "CVE-9", span("10.0.0", "10.2.10"))
	early.Published, late.Published = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC)
	early.References = []advisory.Reference{{URL: "https://a"}}
	late.Vectors = []string{"CVSS:3.1/AV:N"}
	twoA, twoB := record("typo3/cms/1", advisory.Packagist, "drupal/core", "", span("10.0", "10.2.5")), record("typo3/cms-core/1", advisory.Packagist, "drupal/drupal", "", span("10.0", "10.2.5"))
	twoA.References = []advisory.Reference{{URL: "https://b"}}
	twoB.References = twoA.References
	withdrawn := record("w", advisory.Packagist, "drupal/core", "CVE-10", span("10.0", "11.0"))
	withdrawn.Withdrawn = true
	excluded := record("n", advisory.Packagist, "drupal/core", "CVE-11", span("10.0", "11.0"))
	excluded.Affected = append(excluded.Affected, advisory.Affected{Ecosystem: advisory.Packagist, Package: "drupal/core", State: advisory.NotAffected, Ranges: []advisory.Range{{Introduced: "10.2.3", LastAffected: "10.2.3"}}})

	findings, _ := application.Match([]application.Found{installed(application.Drupal, advisory.Application, "drupal", "10.2.3")}, []advisory.Record{twoA, early, late, twoB, withdrawn, excluded})
	if got := short(findings); !slices.Equal(got, []string{"CVE-9<10.2.10", "typo3/cms/1<10.2.5"}) {
		t.Fatalf("%v", got)
	}
	f := findings[0]
	if !slices.Equal(f.Advisories, []string{"test: BIT-x", "test: drupal/core/x"}) || !f.Published.Equal(early.Published) || len(f.Vectors) != 1 || len(f.References) != 1 || len(f.Affected) != 2 {
		t.Errorf("%+v", f)
	}
	if len(findings[1].Advisories) != 2 {
		t.Errorf("two entries that lead to the same text: %+v", findings[1])
	}
}

// A version has a hole exactly if it lies between the bounds, wherever these are.
func TestMatchIsTheOrder(t *testing.T) {
	t.Parallel()
	versions := rapid.StringMatching(`[0-9]{1,2}(\.[0-9]{1,2}){0,3}(-(beta|RC|p)[0-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		low, high, v := versions.Draw(t, "introduced"), versions.Draw(t, "fixed"), versions.Draw(t, "version")
		above, _ := composer.Order(v, low)
		below, _ := composer.Order(v, high)
		findings, unclear := application.Match([]application.Found{installed(application.ComposerPackage, advisory.Packagist, "a/b", v)},
			[]advisory.Record{record("r", advisory.Packagist, "a/b", "CVE-1", span(low, high))})
		if want := (low == "0" || above >= 0) && below < 0; want != (len(findings) == 1) || len(unclear) != 0 {
			t.Fatalf("%s in [%s, %s): %v", v, low, high, findings)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	var records []advisory.Record
	for i := range 20_000 {
		records = append(records, record(fmt.Sprint(i), advisory.Packagist, fmt.Sprintf("vendor/package%d", i%4000), fmt.Sprint("CVE-", i), span("1.0", "1.5"), span("2.0", "2.5")))
	}
	var found []application.Found
	for i := range 300 {
		found = append(found, installed(application.ComposerPackage, advisory.Packagist, fmt.Sprintf("vendor/package%d", i*7), "2.4.1"))
	}
	x := application.NewIndex(records)
	for b.Loop() {
		x.Match(found)
	}
}
