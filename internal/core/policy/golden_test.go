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
	// An order has to say plainly what is to be done, and nothing else has to (MH2-20; why every order, the
	// policies say at MH2-09 and MH1-04).
	if d.ExplicitRequest != (d.Trigger == policy.TriggerOrder) {
		a.Trigger += ", explicit or not"
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
	var out []golden
	for _, r := range readTable(tb, id) {
		g := golden{
			sentence: r[0], story: r[1], facets: facetsOf(tb, r[2:12]),
			want:  answer{r[12], r[13], r[14], r[15], r[16], r[17], r[18], strings.Join(strings.Fields(r[19]), " ")},
			rules: strings.Fields(r[20]),
		}
		out = append(out, g)
	}
	return out
}

// readTable is a golden table without its head.
func readTable(tb testing.TB, name string) [][]string {
	tb.Helper()
	f, err := os.Open(filepath.Join("testdata", "golden", name+".csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	return rows[1:]
}

// facetsOf reads the facts of a row, in the order of the head.
func facetsOf(tb testing.TB, r []string) policy.Facets {
	tb.Helper()
	criticality := map[string]policy.Criticality{"true": policy.CriticalityRemoteTakeover, "false": policy.CriticalityNormal, "unknown": policy.CriticalityUnknown}
	supported := map[string]policy.OSSupported{"true": policy.OSSupportedFull, "extended": policy.OSSupportedExtended, "false": policy.OSSupportedEnded, "unknown": policy.OSSupportedUnknown}
	f := policy.Facets{
		ServiceModel: policy.ServiceModel(r[0]), Package: policy.Package(r[1]), Layer: policy.Layer(r[2]),
		ChangeClass: policy.ChangeClass(r[3]), Origin: policy.Origin(r[4]), InstalledBy: policy.InstalledBy(r[5]),
		AdminAccess: policy.AdminAccess(r[6]), Criticality: criticality[r[7]], OSSupported: supported[r[8]],
		SystemCreated: policy.SystemCreated(r[9]),
	}
	if f.Criticality == "" || f.OSSupported == "" {
		tb.Fatalf("critical %q, os_supported %q in %v", r[7], r[8], r)
	}
	return f
}

// goldenNotice is which notices must be said along with a decision, and no others.
type goldenNotice struct {
	policy, sentence string
	facets           policy.Facets
	notices          string
}

func goldenNotices(tb testing.TB) []goldenNotice {
	tb.Helper()
	var out []goldenNotice
	for _, r := range readTable(tb, "notices") {
		out = append(out, goldenNotice{r[0], r[1], facetsOf(tb, r[2:12]), r[12]})
	}
	return out
}

func noticesOf(d policy.Decision) string {
	var ids []string
	for _, n := range d.Notices {
		ids = append(ids, n.RuleID)
	}
	return strings.Join(ids, " ")
}

func TestGoldenNotices(t *testing.T) {
	t.Parallel()
	versions := map[string]*policy.Version{}
	for id := range least {
		versions[id] = version(t, id)
	}
	for _, g := range goldenNotices(t) {
		if got := noticesOf(policy.Decide(versions[g.policy], g.facets)); got != g.notices {
			t.Errorf("%s, %s: with %+v is said %q, by hand %q", g.policy, g.sentence, g.facets, got, g.notices)
		}
	}
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
