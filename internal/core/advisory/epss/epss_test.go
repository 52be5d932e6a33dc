package epss

import (
	"strings"
	"testing"
)

const day = `#model_version:v2025.03.14,score_date:2026-11-20T12:00:00+0000
cve,epss,percentile
CVE-2026-1,0.97312,0.99991
CVE-2026-2,0.00042,0.05
`

func TestDay(t *testing.T) {
	t.Parallel()
	d, skipped, err := Parse(strings.NewReader(day + "CVE-2026-3,1.2,0\nCVE-2026-4,NaN,0\nnonsense\n"))
	if err != nil || len(skipped) != 3 || d.Model != "v2025.03.14" || d.Date.Format("2006-01-02") != "2026-11-20" || len(d.Scores) != 2 {
		t.Fatalf("%+v %v %v", d, skipped, err)
	}
	if s := d.Scores["CVE-2026-1"]; s.Probability != 0.97312 || s.Percentile != 0.99991 {
		t.Errorf("%+v", s)
	}
}

func TestWhatIsNoDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                      "empty",
		"<html>":                                "line 1",
		"cve,epss,percentile":                   "does not name model and date",
		strings.Replace(day, "cve,e", "x,e", 1): "line 2",
		day[:strings.Index(day, "CVE-")]:        "no estimate",
	} {
		if _, _, err := Parse(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func FuzzDay(f *testing.F) {
	f.Add(day)
	f.Fuzz(func(t *testing.T, text string) {
		d, _, err := Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		for cve, s := range d.Scores {
			if !(s.Probability >= 0 && s.Probability <= 1 && s.Percentile >= 0 && s.Percentile <= 1) {
				t.Errorf("%s: %+v", cve, s)
			}
		}
	})
}
