package semver

import (
	"testing"

	"github.com/google/osv-scalibr/semantic"
	"pgregory.net/rapid"
)

// Pairs of versions, ordered as osv-scalibr orders those of SEMVER ranges.
func TestPrecedenceAgainstScalibr(t *testing.T) {
	t.Parallel()
	versions := rapid.StringMatching(`v?(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){0,2}(-[0-9a-z]{1,3}(\.[0-9a-z]{1,3}){0,2})?(\+[a-z]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := versions.Draw(t, "a"), versions.Draw(t, "b")
		if rapid.Bool().Draw(t, "near?") {
			b = a + rapid.SampledFrom([]string{"", "-1", "-rc.1", ".1", "+b"}).Draw(t, "more")
			if !Valid(b) {
				t.Skip("no version")
			}
		}
		want, err := semantic.ParseSemverVersion(a).CompareStr(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := Compare(a, b); got != want {
			t.Fatalf("Compare(%s, %s) = %d, scalibr says %d", a, b, got, want)
		}
	})
}
