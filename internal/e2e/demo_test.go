package e2e

import (
	"io"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/demo"
	"github.com/patchwart/patchwart/internal/lab"
)

// TestDemo plays the demo as a newcomer would see it, and looks from outside at the two hosts that must
// be as they were: web2, which was put back, and iaas1, which nobody may touch.
func TestDemo(t *testing.T) {
	t.Parallel()
	needRoot(t)
	before := map[string]lab.Tree{}
	var shown strings.Builder
	err := demo.Run(t.Context(), demo.Options{
		Once: true, Console: "127.0.0.1:0", Agent: binary(t, "patchwart-agent"), Lang: lang.EN, Out: io.MultiWriter(&shown, testWriter{t}),
		Look: func(when demo.Moment, hosts map[string]*lab.Host) error {
			for _, name := range []string{"web2", "iaas1"} {
				tree, err := atRest(hosts[name], lab.Walk)
				if err != nil {
					return err
				}
				if when == demo.Before {
					before[name] = tree
				} else if diff := lab.Diff(before[name], tree); len(diff) > 0 {
					t.Errorf("%s differs from before:\n%s", name, strings.Join(diff, "\n"))
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != 2 {
		t.Fatal("nobody looked")
	}
	for _, says := range []string{"MH2-20", "MH2-03", "succeeded ✓", "restored ", "no difference", "none altered", "no clock is moved"} {
		if !strings.Contains(strings.Join(strings.Fields(shown.String()), " "), strings.TrimSpace(says)) {
			t.Errorf("the demo does not say %q", says)
		}
	}
}

// testWriter shows the demo's lines as they come.
type testWriter struct{ t *testing.T }

func (w testWriter) Write(p []byte) (int, error) {
	w.t.Logf("%s %s", time.Now().Format(time.TimeOnly), strings.TrimRight(string(p), "\n"))
	return len(p), nil
}
