package severity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// head is a rule document up to its rules; the first rule starts in line 4.
const head = "version: \"1\"\noverride_max_days: 30\nrules:\n"

const one = "  - id: A-01\n    text: {de: ja, en: \"yes\"}\n    level: critical\n    when: {remote: true}\n"

func TestTheDefaultRulesCoverEveryScore(t *testing.T) {
	t.Parallel()
	r, err := severity.Parse("critical.yaml", severity.DefaultDocument())
	if err != nil {
		t.Fatal(err)
	}
	if r.Version != "1" || r.OverrideDays != 90 || r.Rules[0].ID != "CRIT-01" || r.Rules[0].Cites[0] != "IT-33" {
		t.Errorf("read as %+v", r)
	}
	for _, v := range []string{takeover, crash, login, local, minor, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N"} {
		if got := severity.Rate(now, said(v), r, nil); got.Derived == severity.Unknown {
			t.Errorf("%s: no rule covers it", v)
		}
	}
}

func TestAHostersOwnRules(t *testing.T) {
	t.Parallel()
	r, err := severity.Parse("own.yaml", []byte(head+`  - id: OWN-01
    text: {de: Würmer, en: Worms}
    level: critical
    when: {automatable: true, remote: true, any: [{ransomware: true}, {epss_percentile_at_least: 0.99}]}
  - id: OWN-02
    text: {de: Rest, en: Rest}
    level: medium
    when: {all: [{score_below: 10.0}, {urgency: [low, unimportant]}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	worm := "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/AU:Y"
	top := with(said(worm), func(e *severity.Evidence) { e.EPSS = &severity.EPSS{Score: 0.9, Percentile: 0.995} })
	if got := severity.Rate(now, top, r, nil); got.Level != severity.Critical {
		t.Errorf("a worm of the top percent is %s", got.Level)
	}
	if got := severity.Rate(now, said(worm), r, nil); got.Level != severity.Unknown || strings.Join(got.Unknown, " ") != "epss_percentile urgency" {
		t.Errorf("without EPSS it is %s, missing %q", got.Level, got.Unknown)
	}
	low := with(said(worm+"X"), func(e *severity.Evidence) { e.Urgency = "low"; e.Vectors = nil })
	if got := severity.Rate(now, low, r, nil); got.Level != severity.Unknown || got.AtMost != severity.Critical {
		t.Errorf("without a vector it is %s, at most %s", got.Level, got.AtMost)
	}
	if got := severity.Rate(now, with(said(crash), func(e *severity.Evidence) { e.KEV, e.Urgency = &severity.KEV{Listed: true, Ransomware: true}, "high" }), r, nil); got.AtMost != severity.Critical ||
		strings.Join(got.Unknown, " ") != "automatable" {
		t.Errorf("whether it can be automated is not said in CVSS 3: %+v", got)
	}
	none := with(said(strings.Replace(worm, "AU:Y", "AU:N", 1)), func(e *severity.Evidence) { e.Urgency = "high" })
	if got := severity.Rate(now, none, r, nil); got.Level != severity.Unknown || got.AtMost != severity.Unknown || got.Critical() != nk {
		t.Errorf("what no rule covers is %+v", got)
	}
}

func TestParseNamesPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	edit := func(old, replacement string) string { return head + strings.Replace(one, old, replacement, 1) }
	deep := "{remote: true}"
	for range 9 {
		deep = "{any: [" + deep + "]}"
	}
	tests := []struct{ name, document, want string }{
		{"an ID of another shape", edit("A-01", "crit1"), `4:9: "crit1" does not have the shape of CRIT-01`},
		{"an ID twice", head + one + one, "8:5: the rule A-01 is there in line 4 already; every ID stands once"},
		{"a level that is none", edit("critical", "terrible"), `6:12: unknown value "terrible"; possible are: critical, high, medium, low, none`},
		{"unknown cannot be ordered", edit("critical", "unknown"), `6:12: unknown value "unknown"; possible are: critical, high, medium, low, none`},
		{"nothing critical", edit("critical", "high"), `4:3: no rule gives "critical"; the short clock would never run (IT-33)`},
		{"no English", edit(`, en: "yes"`, ""), `5:11: the field "en" is missing`},
		{"no condition", edit("{remote: true}", "{}"), "7:11: at least one condition must stand here"},
		{"an unknown condition", edit("remote:", "famous:"), `7:12: unknown field "famous"; possible are: all, any, remote, unauthenticated, without_help, takeover, automatable, known_exploited, ransomware, score_at_least, score_below, epss_at_least, epss_percentile_at_least, word_at_least, urgency`},
		{"neither true nor false", edit("remote: true", "remote: maybe"), `7:20: unknown value "maybe"; possible are: true, false`},
		{"a score above ten", edit("remote: true", "score_at_least: 11"), `7:28: "11" is not a number from 0 to 10`},
		{"a probability in percent", edit("remote: true", "epss_at_least: 50"), `7:27: "50" is not a number from 0 to 1`},
		{"no number", edit("remote: true", "epss_at_least: NaN"), `7:27: "NaN" is not a number from 0 to 1`},
		{"an urgency that Debian does not have", edit("remote: true", "urgency: [severe]"), `7:22: unknown value "severe"; possible are: high, medium, low, unimportant`},
		{"an empty any", edit("remote: true", "any: []"), "7:17: a list with at least one entry must stand here"},
		{"too deep", edit("{remote: true}", deep), "7:74: more than 8 levels of all and any"},
		{"an override for ever", strings.Replace(head, "30", "0", 1) + one, `2:20: "0" is not a whole number from 1 to 366`},
		{"no rules", "version: \"1\"\noverride_max_days: 1\nrules: []\n", "3:8: a list with at least one entry must stand here"},
		{"if_unknown", edit("when:", "if_unknown: no\n    when:"), `7:17: unknown value "no"; possible are: possible, ignore`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, err := severity.Parse("own.yaml", []byte(tt.document))
			var f *fault.Error
			if !errors.As(err, &f) || r != nil {
				t.Fatalf("read as %+v (%v)", r, err)
			}
			p := f.Places[0]
			if got := fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Problem.EN); len(f.Places) != 1 || got != tt.want {
				t.Error(cmp.Diff(tt.want, got), f.Places)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(severity.DefaultDocument())
	f.Add([]byte(head + one))
	f.Add([]byte(head + "  - id: A-01\n    when: {any: [{all: [{remote: true}]}]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := severity.Parse("x.yaml", data)
		if (err == nil) != (r != nil) {
			t.Fatalf("rules %v, error %v", r, err)
		}
		if err != nil {
			if f := (*fault.Error)(nil); !errors.As(err, &f) || len(f.Places) == 0 {
				t.Errorf("an error without a place: %v", err)
			}
			return
		}
		for _, e := range []severity.Evidence{{}, said(takeover), said(minor)} {
			if got := severity.Rate(now, e, r, nil); got.AtLeast.Rank() > got.AtMost.Rank() {
				t.Errorf("at least %s, at most %s", got.AtLeast, got.AtMost)
			}
		}
	})
}
