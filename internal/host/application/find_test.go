package application

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
)

// lines writes what was found, one a line.
func lines(found []application.Found) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString(f.Path + " " + string(f.Kind) + " " + f.Name + " " + f.Version)
		if f.Digest != "" {
			b.WriteString(" " + f.Digest)
		}
		if f.Dev {
			b.WriteString(" dev")
		}
		b.WriteString("\n")
	}
	return b.String()
}

const everything = `/home/anna/public_html/joomla joomla joomla 5.0.2
/home/anna/public_html/site drupal drupal 10.2.3
/home/ben/public_html/app/vendor/composer/installed.json composer_package guzzlehttp/psr7 1.8.3
/home/ben/public_html/db phpmyadmin phpmyadmin 5.2.1
/home/ben/public_html/stats matomo matomo 5.0.2
/srv/cloud nextcloud nextcloud 28.0.4
/var/lib/containers/storage/overlay-images/images.json image docker.io/library/redis 7 sha256:4444
/var/lib/containers/storage/overlay-images/images.json image registry.example.org:5000/cache  sha256:4444
/var/lib/docker/image/overlay2/repositories.json image nginx 1.25 sha256:1111
/var/lib/docker/image/overlay2/repositories.json image registry.example.org/shop/php  sha256:3333
/var/lib/docker/image/overlay2/repositories.json image registry.example.org/shop/php 8.2-fpm
/var/lib/docker/image/overlay2/repositories.json image registry.example.org/shop/php 8.3-fpm sha256:2222
/var/www/blog wordpress wordpress 6.4.2
/var/www/blog/shop/composer.lock composer_package acme/theme dev-main
/var/www/blog/shop/composer.lock composer_package phpunit/phpunit 9.6.3 dev
/var/www/blog/shop/composer.lock composer_package symfony/http-kernel v5.4.19
/var/www/blog/wp-content/plugins/contact-form wordpress_plugin contact-form 5.0.1
/var/www/blog/wp-content/plugins/gallery wordpress_plugin gallery 2.3
/var/www/blog/wp-content/plugins/hello.php wordpress_plugin hello 1.7.2
/var/www/classic typo3 typo3/cms-core 12.4.10
/var/www/classic/typo3/sysext/form composer_package typo3/cms-form 12.4.10
/var/www/classic/typo3/sysext/indexed_search composer_package typo3/cms-indexed-search 12.4.10
/var/www/composed/composer.lock composer_package typo3/cms-core v12.4.10
/var/www/composed/composer.lock composer_package typo3/cms-form v12.4.10
/var/www/old typo3 typo3/cms-core 8.7.32
`

// A host with all kinds of applications. What Composer's list and a TYPO3 itself both name is one; what
// lies in the inner folders of an application is not searched.
func TestAHostFullOfApplications(t *testing.T) {
	t.Parallel()
	found, skipped, whole := Find(t.Context(), "testdata/host", Usual(), Limits{})
	if diff := cmp.Diff(everything, lines(found)); diff != "" {
		t.Error(diff)
	}
	if len(skipped) != 0 || !whole {
		t.Errorf("whole %v, skipped %+v", whole, skipped)
	}
	for _, f := range found {
		if f.Owner != "" {
			t.Errorf("a host knows no owners: %+v", f)
		}
	}
	// The way on: one of these holes is in what was found.
	holes, unclear := application.Match(found, []advisory.Record{{
		ID: "x", CVEs: []string{"CVE-2026-1"},
		Affected: []advisory.Affected{{Ecosystem: advisory.WordPress, Package: "wordpress", State: advisory.Fixed, Ranges: []advisory.Range{{Introduced: "6.4", Fixed: "6.4.3"}}}},
	}})
	if len(holes) != 1 || holes[0].Path != "/var/www/blog" || holes[0].Fixed != "6.4.3" || len(unclear) != 0 {
		t.Errorf("%+v %+v", holes, unclear)
	}
}

// Each bound ends or narrows the look, says so, and the result does not pass for whole.
func TestBounds(t *testing.T) {
	t.Parallel()
	over, stop := context.WithCancel(t.Context())
	stop()
	late, done := context.WithTimeout(t.Context(), 0)
	defer done()
	for _, c := range []struct {
		story  string
		ctx    context.Context
		limits Limits
		want   string
	}{
		{"called off", over, Limits{}, "called off"},
		{"no time", late, Limits{}, "time was up"},
		{"few entries", t.Context(), Limits{Entries: 10}, "were visited"},
		{"few finds", t.Context(), Limits{Found: 3}, "more than 3 things"},
		{"small folders", t.Context(), Limits{Folder: 1}, "more than 1 entries"},
	} {
		found, skipped, whole := Find(c.ctx, "testdata/host", Usual(), c.limits)
		if whole || !slices.ContainsFunc(skipped, func(s advisory.Skip) bool { return strings.Contains(s.Why, c.want) }) {
			t.Errorf("%s: whole %v, %+v", c.story, whole, skipped)
		}
		if n := strings.Count(lines(found), "\n"); n >= strings.Count(everything, "\n") {
			t.Errorf("%s: all %d things were found", c.story, n)
		}
	}
	// Depth and size narrow the look; what is small and near stands.
	found, skipped, _ := Find(t.Context(), "testdata/host", Places{Web: []string{"/var/www"}}, Limits{Depth: 1, File: 100})
	if got := lines(found); !strings.Contains(got, "/var/www/blog wordpress") || strings.Contains(got, "/shop/") {
		t.Error(got)
	}
	if len(skipped) != 1 || !strings.Contains(skipped[0].Why, "more than 100") {
		t.Errorf("%+v", skipped)
	}
}

func BenchmarkFind(b *testing.B) {
	for b.Loop() {
		Find(b.Context(), "testdata/host", Usual(), Limits{})
	}
}
