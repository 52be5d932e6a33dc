package severity_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/severity"
)

const (
	yes = severity.Yes
	no  = severity.No
	nk  = severity.NotKnown
)

func TestParseVector(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, vector, version string
		score                 float64
		want                  severity.Attributes // remote, unauthenticated, without help, takeover, automatable
	}{
		{"a stranger takes over a web server", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 9.8, severity.Attributes{yes, yes, yes, yes, nk}},
		{"the same in 3.0", "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.0", 9.8, severity.Attributes{yes, yes, yes, yes, nk}},
		{"a signed-in customer takes over", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "3.1", 8.8, severity.Attributes{yes, no, yes, yes, nk}},
		{"somebody has to click", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", "3.1", 8.8, severity.Attributes{yes, yes, no, yes, nk}},
		{"a crash from afar", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", "3.1", 7.5, severity.Attributes{yes, yes, yes, no, nk}},
		{"a neighbour in the same network", "CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "3.1", 8.8, severity.Attributes{no, yes, yes, yes, nk}},
		{"a local user becomes root", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "3.1", 7.8, severity.Attributes{no, no, yes, yes, nk}},
		{"what was thought of exploits changes nothing", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U", "3.1", 9.8, severity.Attributes{yes, yes, yes, yes, nk}},
		{"another house's environment changes nothing", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/MAV:P/MC:N/MI:N/MA:N", "3.1", 9.8, severity.Attributes{yes, yes, yes, yes, nk}},
		{"4.0", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 9.3, severity.Attributes{yes, yes, yes, yes, nk}},
		{"4.0, base metrics only", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U/MAV:P", "4.0", 9.3, severity.Attributes{yes, yes, yes, yes, nk}},
		{"4.0, the guest takes the host", "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:N/VI:N/VA:N/SC:H/SI:H/SA:H", "4.0", 6.5, severity.Attributes{yes, no, yes, yes, nk}},
		{"4.0, automatable", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:P/VC:H/VI:L/VA:N/SC:N/SI:N/SA:N/AU:Y", "4.0", 7.1, severity.Attributes{yes, yes, no, no, yes}},
		{"4.0, not automatable", "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/AU:N", "4.0", 8.6, severity.Attributes{yes, yes, no, yes, no}},
		{"2.0, complete loss", "AV:N/AC:L/Au:N/C:C/I:C/A:C", "2.0", 10, severity.Attributes{yes, yes, yes, yes, nk}},
		{"2.0, as the NVD wrote it", "(AV:N/AC:L/Au:N/C:P/I:P/A:P)", "2.0", 7.5, severity.Attributes{yes, yes, yes, no, nk}},
		{"2.0, a victim may be needed", "CVSS:2.0/AV:N/AC:M/Au:S/C:C/I:C/A:C", "2.0", 8.5, severity.Attributes{yes, no, nk, yes, nk}},
		{"blanks around it", "  CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\n", "3.1", 9.8, severity.Attributes{yes, yes, yes, yes, nk}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := severity.ParseVector("NVD", tt.vector)
			if err != nil {
				t.Fatal(err)
			}
			want := severity.View{Publisher: "NVD", Vector: tt.vector, Version: tt.version, Score: tt.score, Attributes: tt.want}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBrokenVectorsAreErrors(t *testing.T) {
	t.Parallel()
	for name, vector := range map[string]string{
		"nothing":           " ",
		"a number":          "9.8",
		"cut off":           "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
		"a value too much":  "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X",
		"twice":             "CVSS:3.1/AV:N/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
		"a version to come": "CVSS:5.0/AV:N/AC:L",
		"lower case":        "cvss:3.1/av:n",
		"4.0 in 3.1":        "CVSS:3.1/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
		"4.0, nothing":      "CVSS:4.0/",
		"2.0, cut off":      "AV:N/AC:L",
		"very long":         "CVSS:3.1/" + strings.Repeat("AV:N/", 1000),
		"many parts":        strings.Repeat("/", 200),
	} {
		if v, err := severity.ParseVector("NVD", vector); err == nil {
			t.Errorf("%s: %q was read as %+v", name, vector, v)
		} else if v != (severity.View{}) || err.Error() == "" {
			t.Errorf("%s: half read as %+v (%v)", name, v, err)
		}
	}
}

func FuzzParseVector(f *testing.F) {
	for _, s := range []string{
		"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:C/C:N/I:L/A:N/E:P",
		"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A/S:P/AU:Y/R:A/V:D/RE:L/U:Red", "(AV:N/AC:M/Au:N/C:C/I:C/A:C)",
		"CVSS:2.0/AV:N/AC:L/Au:N/C:P/I:P/A:P/E:H/RL:U/RC:C", "CVSS:4.0", "CVSS:4.0/", "/", "",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := severity.ParseVector("p", s)
		if err != nil {
			if v != (severity.View{}) {
				t.Errorf("%q: an error and a view: %+v", s, v)
			}
			return
		}
		if v.Score < 0 || v.Score > 10 || v.Version == "" || v.Vector != s {
			t.Errorf("%q was read as %+v", s, v)
		}
		for _, a := range []severity.Answer{v.Remote, v.Unauthenticated, v.Takeover} {
			if a != yes && a != no {
				t.Errorf("%q leaves open what every version says: %+v", s, v)
			}
		}
	})
}
