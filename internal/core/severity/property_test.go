package severity_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/severity"
)

// vectors draws readable vectors of all versions, and now and then a broken one.
func vectors(t *rapid.T, label string) string {
	pick := func(s ...string) string { return rapid.SampledFrom(s).Draw(t, label) }
	switch pick("2", "3", "3", "4", "broken") {
	case "2":
		return "AV:" + pick("N", "A", "L") + "/AC:" + pick("L", "M", "H") + "/Au:" + pick("N", "S") + "/C:" + pick("N", "P", "C") + "/I:" + pick("N", "P", "C") + "/A:" + pick("N", "P", "C")
	case "3":
		return "CVSS:3." + pick("0", "1") + "/AV:" + pick("N", "A", "L") + "/AC:" + pick("L", "H") + "/PR:" + pick("N", "L") + "/UI:" + pick("N", "R") +
			"/S:" + pick("U", "C") + "/C:" + pick("N", "H") + "/I:" + pick("N", "H") + "/A:" + pick("N", "H")
	case "4":
		return "CVSS:4.0/AV:" + pick("N", "L") + "/AC:L/AT:" + pick("N", "P") + "/PR:" + pick("N", "L") + "/UI:" + pick("N", "P", "A") +
			"/VC:" + pick("N", "H") + "/VI:" + pick("N", "H") + "/VA:" + pick("N", "H") + "/SC:N/SI:N/SA:" + pick("N", "H")
	}
	return "CVSS:3.1/AV:N"
}

func evidence(t *rapid.T) severity.Evidence {
	e := severity.Evidence{Holes: []string{"CVE-2026-1"}}
	for range rapid.IntRange(0, 3).Draw(t, "vectors") {
		e.Vectors = append(e.Vectors, severity.Vector{Publisher: "p", Text: vectors(t, "vector")})
	}
	if rapid.Bool().Draw(t, "catalogue") {
		e.KEV = &severity.KEV{Listed: rapid.Bool().Draw(t, "listed"), Ransomware: rapid.Bool().Draw(t, "ransomware")}
	}
	if rapid.Bool().Draw(t, "epss") {
		e.EPSS = &severity.EPSS{Score: rapid.Float64Range(0, 1).Draw(t, "score"), Percentile: rapid.Float64Range(0, 1).Draw(t, "percentile")}
	}
	e.Urgency = rapid.SampledFrom([]string{"", "low", "medium", "high", "unimportant", "not yet assigned"}).Draw(t, "urgency")
	return e
}

func TestWhatIsEstablishedIsNeverTakenBackByMoreVectors(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := evidence(t)
		before := severity.Rate(now, e, rules, nil)
		e.Vectors = append(slices.Clone(e.Vectors), severity.Vector{Publisher: "q", Text: vectors(t, "one more")})
		after := severity.Rate(now, e, rules, nil)
		if after.AtLeast.Rank() < before.AtLeast.Rank() {
			t.Fatalf("%s before, %s after", before.AtLeast, after.AtLeast)
		}
	})
}

func TestUnknownIsNeverNotCritical(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := evidence(t)
		readable := slices.ContainsFunc(e.Vectors, func(v severity.Vector) bool {
			_, err := severity.ParseVector("", v.Text)
			return err == nil
		})
		r := severity.Rate(now, e, rules, nil)
		if !readable && (r.Level != severity.Unknown || r.Critical() != nk) {
			t.Fatalf("without a vector it is %s", r.Level)
		}
		if (r.Derived == severity.Unknown) != (len(r.Possible) > 0) || (len(r.Possible) > 0) != (len(r.Unknown) > 0) {
			t.Fatalf("derived %s, possible %v, unknown %v", r.Derived, r.Possible, r.Unknown)
		}
		if r.AtLeast.Rank() > r.AtMost.Rank() {
			t.Fatalf("at least %s, at most %s", r.AtLeast, r.AtMost)
		}
	})
}

// TestLearningMoreStaysWithinTheBounds: whatever the catalogue turns out to say, the rating was announced.
func TestLearningMoreStaysWithinTheBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := evidence(t)
		e.KEV = nil
		open := severity.Rate(now, e, rules, nil)
		e.KEV = &severity.KEV{Listed: rapid.Bool().Draw(t, "turns out listed")}
		known := severity.Rate(now, e, rules, nil)
		if known.AtLeast.Rank() < open.AtLeast.Rank() || known.AtMost.Rank() > open.AtMost.Rank() {
			t.Fatalf("%s to %s, then %s to %s", open.AtLeast, open.AtMost, known.AtLeast, known.AtMost)
		}
		if open.Level != severity.Unknown && known.Level.Rank() < open.Level.Rank() {
			t.Fatalf("%s became %s", open.Level, known.Level)
		}
	})
}

func TestTheOrderOfVectorsDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := evidence(t)
		a := severity.Rate(now, e, rules, nil)
		e.Vectors = rapid.Permutation(e.Vectors).Draw(t, "order")
		b := severity.Rate(now, e, rules, nil)
		if a.Level != b.Level || a.AtMost != b.AtMost || !slices.Equal(a.Rules, b.Rules) || a.Score != b.Score {
			t.Fatalf("%+v\n%+v", a, b)
		}
	})
}

func TestEveryOverrideLapses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := evidence(t)
		o := severity.Override{
			Hole: "CVE-2026-1", Level: rapid.SampledFrom(severity.Levels()).Draw(t, "level"), By: "x", Reason: "y", At: now,
			Expires: now.Add(time.Duration(rapid.Int64Range(-1e15, 1e16).Draw(t, "lasts"))), KnowsExploited: true,
		}
		later := now.AddDate(0, 0, rules.OverrideDays)
		if r := severity.Rate(later, e, rules, []severity.Override{o}); r.Override != nil || r.Level != r.Derived {
			t.Fatalf("it still holds after %d days: %+v", rules.OverrideDays, r.Override)
		}
	})
}
