package server

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
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
