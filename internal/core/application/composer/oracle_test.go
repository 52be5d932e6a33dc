package composer

import (
	"testing"

	"github.com/google/osv-scalibr/semantic"
	"pgregory.net/rapid"
)

// Pairs of releases, ordered as the version order of osv-scalibr has them for Packagist.
func TestOrderAgainstScalibr(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := versions().Draw(t, "a"), versions().Draw(t, "b")
		if rapid.Bool().Draw(t, "near?") { // far apart is easy
			b = a + rapid.SampledFrom([]string{"", ".0", ".1", "-dev", "-beta1", "RC2", "-p1", ".#"}).Draw(t, "more")
		}
		want, err := semantic.ParsePackagistVersion(a).CompareStr(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := sign(Compare(a, b)); got != want {
			t.Fatalf("Compare(%s, %s) = %d, scalibr says %d", a, b, got, want)
		}
	})
}
