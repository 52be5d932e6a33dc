package application_test

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// lines are those of the stories.
func lines(t *testing.T) *lifecycle.Table {
	t.Helper()
	products, _, err := lifecycle.ReadProducts("endoflife", []byte(`{"schema_version": "1.2.0", "generated_at": "2026-11-20T03:00:00Z", "result": [
		{"name": "wordpress", "releases": [{"name": "7.1", "isEol": false, "eolFrom": null}, {"name": "6.4", "isEol": true, "eolFrom": "2024-04-03"}]},
		{"name": "typo3", "releases": [{"name": "14", "isEol": false, "eolFrom": "2029-06-30"}, {"name": "13", "isEol": false, "eolFrom": "2027-12-31"}, {"name": "12", "isEol": true, "eolFrom": "2026-04-30", "eoesFrom": "2029-04-30"}]},
		{"name": "nextcloud", "releases": [{"name": "34", "isEol": false, "eolFrom": "2027-06-30"}, {"name": "33", "isEol": false, "eolFrom": "2027-02-28"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return lifecycle.NewTable(nil, products, nil)
}

// What is told to the owner of each application: until when, by whose word and of what date, and what to do.
// Nothing is done about it, and what nobody says is never called looked after.
func TestUntilWhenApplicationsAreLookedAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	found := application.Assign([]application.Found{
		{Kind: application.Nextcloud, Name: "nextcloud", Version: "33.0.8", Path: "/var/www/cloud", Ecosystem: advisory.Application},
		{Kind: application.Nextcloud, Name: "owncloud", Version: "10.15.0", Path: "/var/www/old", Ecosystem: advisory.Application},
		{Kind: application.TYPO3, Name: "typo3/cms-core", Version: "12.4.10", Path: "/var/www/shop", Ecosystem: advisory.Packagist},
		{Kind: application.ComposerPackage, Name: "typo3/cms-core", Version: "v12.4.10", Path: "/var/www/shop/composer.lock", Ecosystem: advisory.Packagist},
		{Kind: application.ComposerPackage, Name: "typo3/cms-core", Version: "dev-main", Path: "/var/www/test/composer.lock", Ecosystem: advisory.Packagist},
		{Kind: application.ComposerPackage, Name: "symfony/http-kernel", Version: "v6.4.1", Path: "/var/www/shop/composer.lock", Ecosystem: advisory.Packagist},
		{Kind: application.TYPO3, Name: "typo3/cms-core", Version: "14.3.6", Path: "/var/www/new", Ecosystem: advisory.Packagist},
		{Kind: application.WordPress, Name: "wordpress", Version: "6.4.2", Path: "/var/www/blog", Ecosystem: advisory.WordPress},
		{Kind: application.WordPress, Name: "wordpress", Version: "7.1", Path: "/var/www/blog2", Ecosystem: advisory.WordPress},
		{Kind: application.WordPress, Name: "wordpress", Path: "/var/www/broken", Ecosystem: advisory.WordPress},
		{Kind: application.WordPressPlugin, Name: "akismet", Version: "5.3", Path: "/var/www/blog/wp-content/plugins/akismet", Ecosystem: advisory.WordPressPlugin},
		{Kind: application.Image, Name: "wordpress", Version: "6.4", Path: "/var/lib/docker/image/overlay2/repositories.json"},
	}, application.Terms{})
	want := []struct{ path, phase, says string }{
		{"/var/www/blog", "ended", "6.4 was looked after until Wed 3 Apr 2024; security updates cannot be relied on any more (endoflife, as of Fri 20 Nov 2026). Please plan the move to a line that is looked after; the newest is 7.1. You are responsible"},
		{"/var/www/shop", "paid_only", "until Mon 30 Apr 2029 its makers sell security updates (endoflife, as of Fri 20 Nov 2026). Please plan"},
		{"/var/www/old", "unknown", "ownCloud 10.15.0 in /var/www/old: until when this version is looked after is not known. That does not mean that it is. You are responsible"},
		{"/var/www/test/composer.lock", "unknown", "is not known"},
		{"/var/www/broken", "unknown", "WordPress in /var/www/broken: until when this version is looked after is not known"},
		{"/var/www/cloud", "full", "looked after until Sun 28 Feb 2027 (endoflife, as of Fri 20 Nov 2026). Please plan the move to a line that is looked after; the newest is 34."},
		{"/var/www/new", "full", "TYPO3 14.3.6 in /var/www/new: the line 14 is looked after until Sat 30 Jun 2029 (endoflife, as of Fri 20 Nov 2026)."},
		{"/var/www/blog2", "full", "the line 7.1 is looked after; no last day is named (endoflife, as of Fri 20 Nov 2026)."},
	}
	lives := application.Lives(now, lines(t), found)
	if len(lives) != len(want) {
		t.Fatalf("%d: %+v", len(lives), lives)
	}
	for i, l := range lives {
		advice := l.Advice(now, application.Terms{})
		if l.Path != want[i].path || string(l.Phase) != want[i].phase || !strings.Contains(advice.EN, want[i].says) {
			t.Errorf("%d: %s %s: %s", i, l.Path, l.Phase, advice.EN)
		}
		if l.Owner != policy.PartyCustomer || l.Action != application.NoAction || advice.DE == "" || strings.Contains(advice.DE+advice.EN, "%!") {
			t.Errorf("%+v: %+v", l, advice)
		}
		if asked := strings.Contains(advice.DE, "IT-43"); asked != (l.Ends(now) || l.Phase == lifecycle.Unknown) {
			t.Errorf("%s: the owner's job is told: %v", l.Path, asked)
		}
	}
	for _, l := range application.Lives(now, nil, found) {
		if l.Phase != lifecycle.Unknown {
			t.Errorf("nothing is known, and yet %+v", l)
		}
	}
}
