package server

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// phpFeed are two advisories about TYPO3, as FriendsOfPHP writes them.
const phpFeed = `{"_path": "typo3/cms-core/CVE-2026-5001.yaml", "branches": {"12.x": {"time": "2026-08-20 10:00:00", "versions": [">=12.0.0", "<12.4.11"]}}, "cve": "CVE-2026-5001", "link": "https://typo3.org/security/advisory/typo3-core-sa-2026-001", "reference": "composer://typo3/cms-core", "title": "TYPO3-CORE-SA-2026-001: Code execution"}
{"_path": "typo3/cms-form/CVE-2026-5002.yaml", "branches": {"12.x": {"time": "2026-08-20 10:00:00", "versions": ["<12.4.10"]}}, "cve": "CVE-2026-5002", "link": "https://typo3.org/security/advisory/typo3-core-sa-2026-002", "reference": "composer://typo3/cms-form", "title": "TYPO3-CORE-SA-2026-002: Leak"}
`

// TestApplicationsAreTheCustomers: a hole in the customer's TYPO3 is found and advised on, with whose job it
// is and where to read on (IT-42 … IT-45); no clock runs for it and nothing is planned.
func TestApplicationsAreTheCustomers(t *testing.T) {
	o := open(t)
	o.duty()
	db := o.database()
	db.facts.Applications = []application.Found{
		{Kind: application.ComposerPackage, Name: "typo3/cms-core", Version: "v12.4.10", Path: "/var/www/shop/composer.lock", Ecosystem: advisory.Packagist},
		{Kind: application.ComposerPackage, Name: "typo3/cms-form", Version: "v12.4.10", Path: "/var/www/shop/composer.lock", Ecosystem: advisory.Packagist},
		{Kind: application.ComposerPackage, Name: "typo3/cms-core", Version: "dev-main", Path: "/var/www/test/composer.lock", Ecosystem: advisory.Packagist},
		{Kind: application.ComposerPackage, Name: "<script>", Version: "1", Path: "/var/www/evil/composer.lock", Ecosystem: advisory.Packagist},
	}
	db.facts.Partial = true
	db.facts.Sort()
	db.poll(0)
	o.deliver("friendsofphp", phpFeed)
	h, err := o.server.Holes(t.Context(), "db1")
	if err != nil || len(h.Applications) != 2 || !h.Partial {
		t.Fatalf("%+v, %v", h.Applications, err)
	}
	hit, open := h.Applications[0], h.Applications[1]
	if hit.Finding == nil || hit.Finding.Hole != "CVE-2026-5001" || hit.Finding.Fixed != "12.4.11" || hit.Found.Owner != policy.PartyCustomer || hit.Finding.Action != application.NoAction {
		t.Errorf("%+v", hit)
	}
	for _, says := range []string{"IT-43", "OWASP Top Ten 2021", "12.4.11"} {
		if !strings.Contains(hit.Advice.DE, says) || !strings.Contains(hit.Advice.EN, says) {
			t.Errorf("%q is not said: %s", says, hit.Advice.DE)
		}
	}
	if open.Unclear == nil || open.Found.Version != "dev-main" {
		t.Errorf("a branch passes for \"no holes\": %+v", open)
	}
	if n := len(o.clocks()); n != 0 {
		t.Errorf("%d clocks run for the customer's own software", n)
	}
	o.verify()
}

// lifeFeed is what endoflife.date says about TYPO3 and PHP.
const lifeFeed = `{"schema_version": "1.2.0", "generated_at": "2026-11-20T03:00:00Z", "result": [
	{"name": "typo3", "releases": [{"name": "13", "isEol": false, "eolFrom": "2127-12-31"}, {"name": "12", "isEol": true, "eolFrom": "2026-04-30"}]},
	{"name": "php", "releases": [{"name": "8.2", "isEol": true, "eolFrom": "2026-04-30"}]}]}`

// TestApplicationsAtTheirEnd: until when the customer's applications are looked after is told with the source
// and its date, whether they have holes or not, and leads to no action (IT-42, IT-43).
func TestApplicationsAtTheirEnd(t *testing.T) {
	o := open(t)
	o.duty()
	db := o.database()
	db.facts.Applications = []application.Found{
		{Kind: application.ComposerPackage, Name: "typo3/cms-core", Version: "v12.4.10", Path: "/var/www/shop/composer.lock", Ecosystem: advisory.Packagist},
		{Kind: application.WordPress, Name: "wordpress", Version: "6.4.2", Path: "/var/www/blog", Ecosystem: advisory.WordPress},
		{Kind: application.WordPress, Name: "wordpress", Version: "<script>", Path: "/var/www/evil", Ecosystem: advisory.WordPress},
	}
	db.facts.Packages = append(db.facts.Packages, fact.Package{Name: "php8.2-fpm", Arch: "amd64", Version: "8.2.29-1+sury", Source: "php8.2", SourceVersion: "8.2.29-1+sury"})
	db.facts.Sort()
	db.poll(0)
	lives := func() []board.AppLife {
		h, err := o.server.Holes(t.Context(), "db1")
		if err != nil || len(h.Lives) != 2 || len(h.PHP) != 1 {
			t.Fatalf("%+v %+v, %v", h.Lives, h.PHP, err)
		}
		return h.Lives
	}
	for _, l := range lives() {
		if l.Phase != lifecycle.Unknown {
			t.Errorf("no source is there, and yet %+v", l)
		}
	}
	o.deliver("endoflife", lifeFeed)
	typo3, wordpress := lives()[0], lives()[1]
	if typo3.Phase != lifecycle.Ended || typo3.Cycle != "12" || typo3.Current != "13" || typo3.Owner != policy.PartyCustomer || typo3.Action != application.NoAction {
		t.Errorf("%+v", typo3)
	}
	for _, says := range []string{"30.04.2026", "endoflife, Stand Fr 20.11.2026", "IT-43"} {
		if !strings.Contains(typo3.Advice.DE, says) {
			t.Errorf("%q is not said: %s", says, typo3.Advice.DE)
		}
	}
	if wordpress.Phase != lifecycle.Unknown || !strings.Contains(wordpress.Advice.DE, "nicht bekannt") {
		t.Errorf("%+v", wordpress)
	}
	if h, _ := o.server.Holes(t.Context(), "db1"); !h.PHP[0].Over || !strings.Contains(h.PHP[0].Reason.DE, "php 8.2 kommt nicht aus der Distribution") {
		t.Errorf("%+v", h.PHP)
	}
	if told := o.told(); len(told) != 0 {
		t.Errorf("somebody was told: %v", told)
	}
	o.verify()
}
