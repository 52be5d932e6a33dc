package policy_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// golden is one line of a golden table: a case that a person derived from the German text, with the
// sentence it comes from, and never from what the code says.
type golden struct {
	sentence, story string
	facets          policy.Facets
	want            answer
	rules           []string // must be among the rules that decided
}

// answer is what a golden case expects of a decision.
type answer struct {
	Planning, Execution, Trigger, Cadence, DeadlineHours, Charge, Window, Missing string
}

func answerOf(d policy.Decision) answer {
	a := answer{
		Planning: string(d.Planning), Execution: string(d.Execution), Trigger: string(d.Trigger), Cadence: string(d.Cadence),
		Charge: string(d.Charge), Window: string(d.Window), Missing: strings.Join(d.Missing, " "),
	}
	if d.DeadlineHours > 0 {
		a.DeadlineHours = strconv.Itoa(d.DeadlineHours)
	}
	return a
}

// least is how many cases each version must have.
var least = map[string]int{"managedhosting-1": 120, "managedhosting-2": 120, "iteg-toms-1.1": 60}

func goldens(tb testing.TB, id string) []golden {
	tb.Helper()
	f, err := os.Open(filepath.Join("testdata", "golden", id+".csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	criticality := map[string]policy.Criticality{"true": policy.CriticalityRemoteTakeover, "false": policy.CriticalityNormal, "unknown": policy.CriticalityUnknown}
	supported := map[string]policy.OSSupported{"true": policy.OSSupportedFull, "false": policy.OSSupportedEnded, "unknown": policy.OSSupportedUnknown}
	var out []golden
	for _, r := range rows[1:] {
		g := golden{sentence: r[0], story: r[1], facets: policy.Facets{
			ServiceModel: policy.ServiceModel(r[2]), Package: policy.Package(r[3]), Layer: policy.Layer(r[4]),
			ChangeClass: policy.ChangeClass(r[5]), Origin: policy.Origin(r[6]), InstalledBy: policy.InstalledBy(r[7]),
			AdminAccess: policy.AdminAccess(r[8]), Criticality: criticality[r[9]], OSSupported: supported[r[10]],
			SystemCreated: policy.SystemCreated(r[11]),
		}, want: answer{r[12], r[13], r[14], r[15], r[16], r[17], r[18], strings.Join(strings.Fields(r[19]), " ")}, rules: strings.Fields(r[20])}
		if g.facets.Criticality == "" || g.facets.OSSupported == "" {
			tb.Fatalf("%s: %s: critical %q, os_supported %q", id, g.story, r[9], r[10])
		}
		out = append(out, g)
	}
	return out
}

func version(tb testing.TB, id string) *policy.Version {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", id+".yaml"))
	if err != nil {
		tb.Fatal(err)
	}
	v, err := policy.Parse(id+".yaml", data)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func TestGoldenCases(t *testing.T) {
	t.Parallel()
	for id, least := range least {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			v, cases := version(t, id), goldens(t, id)
			if len(cases) < least {
				t.Errorf("%d cases, at least %d are wanted", len(cases), least)
			}
			met := map[policy.Facets]string{}
			for _, g := range cases {
				if first, twice := met[g.facets]; twice {
					t.Errorf("the facts of %q are those of %q", g.story, first)
				}
				met[g.facets] = g.story
				d := policy.Decide(v, g.facets)
				if diff := cmp.Diff(g.want, answerOf(d)); diff != "" {
					t.Errorf("%s: %s\n%+v\n(-by hand +decided, by %v):\n%s", g.sentence, g.story, g.facets, d.Rules(), diff)
				}
				for _, id := range g.rules {
					if !slices.Contains(d.Rules(), id) {
						t.Errorf("%s: %s: %s is not among the rules %v", g.sentence, g.story, id, d.Rules())
					}
				}
			}
		})
	}
}

func TestPublishedPoliciesHaveNoFlaw(t *testing.T) {
	t.Parallel()
	for id := range least {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			r := policy.Lint(version(t, id))
			for _, list := range [][]policy.Flaw{r.Gaps, r.Contradictions, r.DeadRules} {
				for _, f := range list {
					t.Errorf("%s\n%v, %d times, for example %+v", f.Text.EN, f.Rules, f.Count, f.Example)
				}
			}
			if r.Combinations != 967680 {
				t.Errorf("%d combinations were decided", r.Combinations)
			}
		})
	}
}
