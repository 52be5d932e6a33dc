package severity_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

var (
	now   = time.Date(2026, time.November, 28, 9, 0, 0, 0, time.UTC)
	added = time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)
	rules = severity.Default()
)

const (
	takeover = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
	crash    = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
	login    = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"
	local    = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"
	minor    = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"
)

// said is evidence with vectors, and a catalogue at hand in which the hole does not stand.
func said(vectors ...string) severity.Evidence {
	e := severity.Evidence{Holes: []string{"CVE-2026-1"}, KEV: &severity.KEV{Catalogue: "2026.11.27"}}
	for _, v := range vectors {
		e.Vectors = append(e.Vectors, severity.Vector{Publisher: "NVD", Text: v})
	}
	return e
}

func with(e severity.Evidence, change func(*severity.Evidence)) severity.Evidence {
	change(&e)
	return e
}

func TestRate(t *testing.T) {
	t.Parallel()
	exploited := func(e *severity.Evidence) { e.KEV.Listed, e.KEV.Added = true, added }
	noCatalogue := func(e *severity.Evidence) { e.KEV = nil }
	likely := func(e *severity.Evidence) {
		e.EPSS = &severity.EPSS{Score: 0.62, Percentile: 0.98, Model: "v2025.03.14", Date: added}
	}
	urgency := func(u string) func(*severity.Evidence) { return func(e *severity.Evidence) { e.Urgency = u } }
	word := func(w string) func(*severity.Evidence) {
		return func(e *severity.Evidence) { e.Words = append(e.Words, severity.Word{Publisher: "GHSA", Text: w}) }
	}
	tests := []struct {
		name           string
		e              severity.Evidence
		level, atLeast severity.Level
		atMost         severity.Level
		rules          string
		unknown        string
		critical       severity.Answer
	}{
		{"strangers take over from afar", said(takeover), "critical", "critical", "critical", "CRIT-01", "", yes},
		{"it is so also without the catalogue", with(said(takeover), noCatalogue), "critical", "critical", "critical", "CRIT-01", "", yes},
		{"it takes an account", said(login), "high", "high", "high", "HIGH-02", "", no},
		{"a crash, catalogue at hand", said(crash), "high", "high", "high", "HIGH-02", "", no},
		{"a crash, no catalogue: it may be exploited", with(said(crash), noCatalogue), "unknown", "high", "critical", "HIGH-02", "known_exploited", nk},
		{"a crash that is exploited", with(said(crash), exploited), "critical", "critical", "critical", "CRIT-02", "", yes},
		{"a crash that is likely exploited", with(said(crash), likely), "critical", "critical", "critical", "CRIT-03", "", yes},
		{"local, and exploited", with(said(local), exploited), "high", "high", "high", "HIGH-01 HIGH-02", "", no},
		{"local, without the catalogue: high anyway", with(said(local), noCatalogue), "high", "high", "high", "HIGH-02", "", no},
		{"minor", said(minor), "low", "low", "low", "LOW-01", "", no},
		{"minor, without the catalogue: it may be exploited", with(said(minor), noCatalogue), "unknown", "low", "high", "LOW-01", "known_exploited", no},
		{"without effect", said("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"), "none", "none", "none", "NONE-01", "", no},
		{"no vector is not harmless", said(), "unknown", "unknown", "critical", "", "remote unauthenticated without_help takeover score", nk},
		{"no vector, Debian says low", with(said(), urgency("low")), "unknown", "low", "critical", "LOW-02", "remote unauthenticated without_help takeover score", nk},
		{"no vector, Debian says high", with(said(), urgency("high**")), "unknown", "high", "critical", "HIGH-03", "remote unauthenticated without_help takeover", nk},
		{"no vector, Debian has not looked", with(said(), urgency("not yet assigned")), "unknown", "unknown", "critical", "", "remote unauthenticated without_help takeover score", nk},
		{"no vector, exploited", with(said(), exploited), "unknown", "high", "critical", "HIGH-01", "remote unauthenticated without_help takeover", nk},
		{"a low score, the publisher says important", with(said(minor), word("Important")), "high", "high", "high", "HIGH-03", "", no},
		{"nothing at all", severity.Evidence{}, "unknown", "unknown", "critical", "", "remote unauthenticated without_help takeover known_exploited score", nk},
		{"the worst of two publishers", said(crash, takeover), "critical", "critical", "critical", "CRIT-01", "", yes},
		{"two halves make no whole: nobody said takeover from afar", said(crash, local), "high", "high", "high", "HIGH-02", "", no},
		{"CVSS 2 alone leaves open whether a victim helps", said("AV:N/AC:M/Au:N/C:C/I:C/A:C"), "unknown", "high", "critical", "HIGH-02", "without_help", nk},
		{"beside a newer vector the gap is closed", said("AV:N/AC:M/Au:N/C:C/I:C/A:C", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H"), "high", "high", "high", "HIGH-02", "", no},
		{"but what CVSS 2 says plainly counts", said("AV:N/AC:L/Au:N/C:C/I:C/A:C", crash), "critical", "critical", "critical", "CRIT-01", "", yes},
		{"a broken vector beside a readable one", said("CVSS:3.1/AV:N", login), "high", "high", "high", "HIGH-02", "", no},
		{"a broken vector alone is no vector", said("CVSS:3.1/AV:N"), "unknown", "unknown", "critical", "", "remote unauthenticated without_help takeover score", nk},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := severity.Rate(now, tt.e, rules, nil)
			if r.Level != tt.level || r.Derived != tt.level || r.AtLeast != tt.atLeast || r.AtMost != tt.atMost || r.Critical() != tt.critical {
				t.Errorf("level %s (derived %s), at least %s, at most %s, critical %s", r.Level, r.Derived, r.AtLeast, r.AtMost, r.Critical())
			}
			if got := strings.Join(r.Rules, " "); got != tt.rules {
				t.Errorf("rules %q, want %q", got, tt.rules)
			}
			if got := strings.Join(r.Unknown, " "); got != tt.unknown {
				t.Errorf("unknown %q, want %q", got, tt.unknown)
			}
			if len(r.Reasons) == 0 || slices.ContainsFunc(r.Reasons, func(x lang.Text) bool { return x.DE == "" || x.EN == "" }) {
				t.Errorf("reasons %v", r.Reasons)
			}
		})
	}
}

func TestAllVectorsAreKeptAndTheWorstIsFirst(t *testing.T) {
	t.Parallel()
	r := severity.Rate(now, said(minor, takeover, crash, "broken"), rules, nil)
	var scores []float64
	for _, v := range r.Views {
		scores = append(scores, v.Score)
	}
	if !cmp.Equal(scores, []float64{9.8, 7.5, 1.8}) || r.Score != 9.8 {
		t.Errorf("scores %v, worst %v", scores, r.Score)
	}
	if len(r.Broken) != 1 || r.Broken[0].Text != "broken" || r.Broken[0].Publisher != "NVD" {
		t.Errorf("broken: %+v", r.Broken)
	}
	text := sentences(r)
	for _, want := range []string{
		"CRIT-01 (IT-33): Strangers can take the system over from afar, without an account and without help from inside.",
		"CVSS: 9.8 (NVD, CVSS 3.1); 7.5 (NVD, CVSS 3.1); 1.8 (NVD, CVSS 3.1).",
		"The vectors do not say the same; the worst counts.",
		`Not read: NVD, "broken"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the reasons do not say %q:\n%s", want, text)
		}
	}
}

func TestWhatIsSaidBesidesVectorsIsShown(t *testing.T) {
	t.Parallel()
	e := said(crash)
	e.KEV = &severity.KEV{Listed: true, Added: added, Ransomware: true, Catalogue: "2026.11.27"}
	e.EPSS = &severity.EPSS{Score: 0.031, Percentile: 0.9, Model: "v2025.03.14", Date: added}
	text := sentences(severity.Rate(now, e, rules, nil))
	for _, want := range []string{
		"It is exploited, according to the KEV catalogue 2026.11.27 since Fri 20 Nov 2026, also by extortionists.",
		"The probability of an attack within 30 days is 3.1% (EPSS, model v2025.03.14, Fri 20 Nov 2026).",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the reasons do not say %q:\n%s", want, text)
		}
	}
}

func TestWhatCannotBeReadIsReportedAndCountsAsNotSaid(t *testing.T) {
	t.Parallel()
	e := said(login)
	e.EPSS = &severity.EPSS{Score: 62, Percentile: 98}
	e.Urgency = "rather urgent"
	e.Words = []severity.Word{{Publisher: "shop", Text: "terrible"}}
	for range 70 {
		e.Vectors = append(e.Vectors, severity.Vector{Text: minor})
	}
	r := severity.Rate(now, e, rules, nil)
	if r.Level != severity.High || len(r.Broken) != 4 || len(r.Views) != 64 {
		t.Errorf("level %s, %d views, broken: %+v", r.Level, len(r.Views), r.Broken)
	}
}

func sentences(r severity.Rating) string {
	var b strings.Builder
	for _, s := range r.Reasons {
		b.WriteString(s.EN + "\n")
	}
	return b.String()
}

func BenchmarkRate(b *testing.B) {
	e := said(takeover, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N")
	e.EPSS = &severity.EPSS{Score: 0.62, Percentile: 0.98, Model: "v2025.03.14", Date: added}
	for name, e := range map[string]severity.Evidence{"two vectors": e, "one vector": said(crash), "no vector": said()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := severity.Rate(now, e, rules, nil); len(r.Reasons) == 0 {
					b.Fatal("no reasons")
				}
			}
		})
	}
}
