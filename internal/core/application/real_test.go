package application_test

import (
	"io"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/application/bitnami"
	"github.com/patchwart/patchwart/internal/core/application/friendsofphp"
)

func unpacked(t testing.TB, name string) string {
	t.Helper()
	packed, err := os.Open("../../../../shared/data/php/" + name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	defer packed.Close()
	z, err := zstd.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Real advisories of 2026 against versions that somebody has. What is expected was read in the advisories
// themselves.
func TestRealAdvisories(t *testing.T) {
	t.Parallel()
	records, _ := friendsofphp.Lines(unpacked(t, "friendsofphp.jsonl.zst"))
	more, _ := bitnami.Lines(unpacked(t, "bitnami-vulndb-hosting-apps.jsonl.zst"))
	x := application.NewIndex(append(records, more...))
	holes := func(f application.Found) (names []string) {
		findings, unclear := x.Match([]application.Found{f})
		if len(unclear) > 0 {
			t.Errorf("%+v is unclear", f)
		}
		for _, h := range findings {
			names = append(names, h.Hole+"<"+h.Fixed)
			if h.Fixed != "" {
				fixed := f
				fixed.Version = h.Fixed
				again, _ := x.Match([]application.Found{fixed})
				for _, a := range again {
					if a.Hole == h.Hole {
						t.Errorf("%s %s: %s is fixed in %s and is in it, too", f.Name, f.Version, h.Hole, h.Fixed)
					}
				}
			}
		}
		return names
	}
	typo3 := func(version string) []string {
		return holes(installed(application.TYPO3, advisory.Packagist, "typo3/cms-core", version))
	}
	// TYPO3-CORE-SA-2018-001: 8.0.0 to 8.7.16 and 9.0.0 to 9.3.1; two entries, one finding.
	for version, want := range map[string]int{"8.7.16": 1, "8.7.17": 0, "9.3.1": 1, "9.3.2": 0, "10.0.0": 0} {
		got := 0
		for _, name := range typo3(version) {
			if strings.Contains(name, "2018-07-12-1") {
				got++
			}
		}
		if got != want {
			t.Errorf("TYPO3 %s: %d findings for SA-2018-001, not %d: %v", version, got, want, typo3(version))
		}
	}
	// The newest of everything has none, the oldest many.
	for _, c := range []struct {
		found       application.Found
		least, most int
	}{
		{installed(application.WordPress, advisory.WordPress, "wordpress", "99.0"), 0, 0},
		{installed(application.WordPress, advisory.WordPress, "wordpress", "5.0"), 10, 60},
		{installed(application.Nextcloud, advisory.Application, "nextcloud", "20.0.0"), 1, 20},
		{installed(application.Drupal, advisory.Application, "drupal", "9.0.0"), 20, 200},
		{installed(application.ComposerPackage, advisory.Packagist, "symfony/http-kernel", "v5.4.19"), 1, 5},
		{installed(application.ComposerPackage, advisory.Packagist, "symfony/http-kernel", "v99.0"), 0, 0},
	} {
		if got := holes(c.found); len(got) < c.least || len(got) > c.most {
			t.Errorf("%s %s: %d holes, %d to %d were expected: %v", c.found.Name, c.found.Version, len(got), c.least, c.most, got)
		}
	}
}
