package policy_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// brief is what the properties compare of a decision. Texts and reasons follow from it and the
// facets; leaving them out keeps the whole space in memory.
type brief struct {
	verdict   policy.Verdict
	planning  policy.Party
	execution policy.Party
	trigger   policy.Trigger
	explicit  bool
	cadence   policy.Cadence
	deadline  int
	charge    policy.Charge
	window    policy.Window
	governing string
}

func briefOf(d policy.Decision) brief {
	return brief{d.Verdict, d.Planning, d.Execution, d.Trigger, d.ExplicitRequest, d.Cadence, d.DeadlineHours,
		d.Charge, d.Window, d.Governing}
}

// wholeSpace decides every combination of facets once, for all tests together, in the order of
// Enumerate. Equal briefs are kept once.
func wholeSpace(id string) []*brief {
	spaces.Lock()
	defer spaces.Unlock()
	if spaces.of[id] != nil {
		return spaces.of[id]
	}
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", id+".yaml"))
	if err != nil {
		panic(err)
	}
	v, err := policy.Parse(id+".yaml", data)
	if err != nil {
		panic(err)
	}
	var space []*brief
	once := map[brief]*brief{}
	for f := range policy.Enumerate {
		b := briefly(policy.Judge(v, f))
		if once[b] == nil {
			once[b] = &b
		}
		space = append(space, once[b])
	}
	spaces.of[id] = space
	return space
}

var spaces = struct {
	sync.Mutex
	of map[string][]*brief
}{of: map[string][]*brief{}}

func briefly(r policy.Ruling) brief {
	return brief{r.Verdict, r.Planning, r.Execution, r.Trigger, r.ExplicitRequest, r.Cadence, r.DeadlineHours,
		r.Charge, r.Window, r.Governing}
}

// combination is the i-th combination that Enumerate yields.
func combination(i int) policy.Facets {
	digit := make([]int, len(axes))
	for axis := len(axes) - 1; axis >= 0; axis-- {
		digit[axis], i = i%axes[axis], i/axes[axis]
	}
	return policy.Facets{
		ServiceModel:  policy.AllServiceModels()[digit[0]],
		Package:       policy.AllPackages()[digit[1]],
		Layer:         policy.AllLayers()[digit[2]],
		ChangeClass:   policy.AllChangeClasses()[digit[3]],
		Origin:        policy.AllOrigins()[digit[4]],
		InstalledBy:   policy.AllInstalledBy()[digit[5]],
		AdminAccess:   policy.AllAdminAccess()[digit[6]],
		Criticality:   policy.AllCriticalities()[digit[7]],
		SystemCreated: policy.AllSystemCreated()[digit[8]],
		OSSupported:   policy.AllOSSupported()[digit[9]],
	}
}

// axes are the sizes of the enumerations in the order in which Enumerate nests them, unknown being
// the last value of each: model, package, layer, class, origin, installed by, administrative access,
// criticality, created, supported.
var axes = []int{4, 4, 5, 7, 4, 3, 4, 3, 3, 4}

func TestTheFacetSpaceIsWhatItsEnumerationsSay(t *testing.T) {
	t.Parallel()
	sizes := []int{
		len(policy.AllServiceModels()), len(policy.AllPackages()), len(policy.AllLayers()),
		len(policy.AllChangeClasses()), len(policy.AllOrigins()), len(policy.AllInstalledBy()),
		len(policy.AllAdminAccess()), len(policy.AllCriticalities()), len(policy.AllSystemCreated()),
		len(policy.AllOSSupported()),
	}
	want := 1
	for i, n := range sizes {
		want *= n
		if axes[i] != n {
			t.Errorf("axis %d has %d values, these tests expect %d", i, n, axes[i])
		}
	}
	i := 0
	for f := range policy.Enumerate {
		if f != combination(i) {
			t.Fatalf("combination %d is %+v, expected %+v", i, f, combination(i))
		}
		i++
	}
	if i != want {
		t.Errorf("Enumerate yields %d combinations, the enumerations make %d", i, want)
	}
	n := 0
	policy.Enumerate(func(policy.Facets) bool { n++; return n < 10 })
	if n != 10 {
		t.Errorf("Enumerate went on to %d after it was told to stop at 10", n)
	}
}

func TestEveryCombinationIsDecidedAndNothingContradictsItself(t *testing.T) {
	t.Parallel()
	for id := range least {
		t.Run(id, func(t *testing.T) { t.Parallel(); wholeOf(t, id) })
	}
}

func wholeOf(t *testing.T, id string) {
	for i, b := range wholeSpace(id) {
		f, acts := combination(i), b.execution.Acts()
		switch b.verdict {
		case policy.Permitted:
			if !acts || b.trigger == policy.TriggerNever || b.window == policy.WindowNone {
				t.Fatalf("permitted, but nobody acts, ever, or in no window: %+v → %+v", f, *b)
			}
			if b.explicit != (b.trigger == policy.TriggerOrder) {
				t.Fatalf("an order is plain, and only an order can be: %+v → %+v", f, *b)
			}
			if b.trigger == policy.TriggerStandingOrder && b.cadence == policy.CadenceNone || b.trigger == policy.TriggerOrder && b.cadence != policy.CadenceNone {
				t.Fatalf("a standing order recurs, and a single order does not: %+v → %+v", f, *b)
			}
		case policy.Denied, policy.Ask:
			if acts || b.trigger != policy.TriggerNever || b.window != policy.WindowNone ||
				b.charge != policy.ChargeUnknown || b.cadence != policy.CadenceNone || b.explicit {
				t.Fatalf("not permitted, but something is said about how the provider acts: %+v → %+v", f, *b)
			}
		default:
			t.Fatalf("no verdict: %+v → %+v", f, *b)
		}
		if b.governing == "" {
			t.Fatalf("a refusal would have no rule to name: %+v → %+v", f, *b)
		}
	}
}

func TestTheSameFactsGetTheSameDecision(t *testing.T) {
	t.Parallel()
	for id := range least {
		t.Run(id, func(t *testing.T) { t.Parallel(); repeatedly(t, version(t, id), version(t, id)) })
	}
}

func repeatedly(t *testing.T, v, again *policy.Version) {
	n := 0
	for f := range policy.Enumerate {
		if n++; n%31 != 0 { // comparing whole decisions is slow: a sample evenly spread over the space
			continue
		}
		if a, b := policy.Decide(v, f), policy.Decide(again, f); !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v is decided as\n%+v\nand as\n%+v", f, a, b)
		}
	}
}

// forgotten yields the places in the whole space of the combinations that are like the one at i with
// one of its known facts made unknown.
func forgotten(i int, yield func(int)) {
	stride := 1
	for axis := len(axes) - 1; axis >= 0; axis-- {
		last := axes[axis] - 1
		if value := i / stride % axes[axis]; value != last {
			yield(i + (last-value)*stride)
		}
		stride *= axes[axis]
	}
}

func TestForgettingMakesExactlyOneFactUnknown(t *testing.T) {
	t.Parallel()
	space := wholeSpace("managedhosting-2")
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(space)-1).Draw(t, "i")
		before := combination(i).Facts()
		forgotten(i, func(j int) {
			changed := 0
			for k, fact := range combination(j).Facts() {
				if fact != before[k] {
					changed++
					if fact.Value != "unknown" {
						t.Fatalf("%s became %s", fact.Name, fact.Value)
					}
				}
			}
			if changed != 1 {
				t.Fatalf("%d facts changed", changed)
			}
		})
	})
}

func TestAFactThatBecomesUnknownNeverAllowsMore(t *testing.T) {
	t.Parallel()
	for id := range least {
		t.Run(id, func(t *testing.T) { t.Parallel(); forgettingIn(t, wholeSpace(id)) })
	}
}

func forgettingIn(t *testing.T, space []*brief) {
	for i := range space {
		forgotten(i, func(j int) {
			known, unknown := space[i], space[j]
			switch {
			case unknown.verdict == policy.Permitted && known.verdict != policy.Permitted:
				t.Fatalf("not permitted, but permitted once a fact is unknown:\n%+v → %+v\n%+v → %+v",
					combination(i), *known, combination(j), *unknown)
			case unknown.verdict == policy.Permitted:
				if !keeps(*known, *unknown) {
					t.Fatalf("permitted on other terms once a fact is unknown:\n%+v → %+v\n%+v → %+v",
						combination(i), *known, combination(j), *unknown)
				}
			case unknown.verdict == policy.Denied && known.verdict != policy.Denied:
				t.Fatalf("denied for good although a fact would change it:\n%+v → %+v\n%+v → %+v",
					combination(i), *known, combination(j), *unknown)
			}
		})
	}
}

// keeps reports whether the permission with a fact unknown keeps all that the permission with the fact
// known demands: everything is the same, but the deadline may be shorter and the window narrower.
func keeps(known, unknown brief) bool {
	narrower := map[policy.Window]int{policy.WindowNone: 0, policy.WindowAppointment: 1, policy.WindowNext: 2, policy.WindowAny: 3}
	if narrower[unknown.window] > narrower[known.window] ||
		known.deadline > 0 && (unknown.deadline == 0 || unknown.deadline > known.deadline) {
		return false
	}
	unknown.window, unknown.deadline = known.window, known.deadline
	known.governing, unknown.governing = "", "" // another rule may say the same
	return known == unknown
}

func TestAQuestionNamesTheFactsThatAnswerIt(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacets(t)
		d := policy.Decide(v, f)
		if d.Verdict != policy.Ask {
			if len(d.Missing) > 0 {
				t.Fatalf("%s, yet facts are missing: %q", d.Verdict, d.Missing)
			}
			return
		}
		if len(d.Missing) == 0 {
			t.Fatalf("a question about nothing: %+v", d)
		}
		for _, fact := range f.Facts() {
			if slices.Contains(d.Missing, fact.Name) && fact.Value != "unknown" {
				t.Fatalf("asks for %s, which is known to be %s", fact.Name, fact.Value)
			}
		}
		if answered := learn(t, f, d.Missing); policy.Decide(v, answered).Verdict == policy.Ask {
			t.Fatalf("still a question after every fact asked for is known: %+v", answered)
		}
	})
}

// learn makes the named facts known, at random.
func learn(t *rapid.T, f policy.Facets, names []string) policy.Facets {
	for _, name := range names {
		switch name {
		case "service_model":
			f.ServiceModel = drawKnown(t, policy.AllServiceModels(), name)
		case "package":
			f.Package = drawKnown(t, policy.AllPackages(), name)
		case "layer":
			f.Layer = drawKnown(t, policy.AllLayers(), name)
		case "change_class":
			f.ChangeClass = drawKnown(t, policy.AllChangeClasses(), name)
		case "origin":
			f.Origin = drawKnown(t, policy.AllOrigins(), name)
		case "installed_by":
			f.InstalledBy = drawKnown(t, policy.AllInstalledBy(), name)
		case "admin_access":
			f.AdminAccess = drawKnown(t, policy.AllAdminAccess(), name)
		case "criticality":
			f.Criticality = drawKnown(t, policy.AllCriticalities(), name)
		default:
			t.Fatalf("this version asks for %s, which none of its rules uses", name)
		}
	}
	return f
}

func drawKnown[T any](t *rapid.T, all []T, name string) T {
	return rapid.SampledFrom(all[:len(all)-1]).Draw(t, "learned "+name)
}

func drawFacets(t *rapid.T) policy.Facets {
	return policy.Facets{
		ServiceModel:  rapid.SampledFrom(policy.AllServiceModels()).Draw(t, "model"),
		Package:       rapid.SampledFrom(policy.AllPackages()).Draw(t, "package"),
		Layer:         rapid.SampledFrom(policy.AllLayers()).Draw(t, "layer"),
		ChangeClass:   rapid.SampledFrom(policy.AllChangeClasses()).Draw(t, "class"),
		Criticality:   rapid.SampledFrom(policy.AllCriticalities()).Draw(t, "criticality"),
		Origin:        rapid.SampledFrom(policy.AllOrigins()).Draw(t, "origin"),
		InstalledBy:   rapid.SampledFrom(policy.AllInstalledBy()).Draw(t, "installed by"),
		AdminAccess:   rapid.SampledFrom(policy.AllAdminAccess()).Draw(t, "admin access"),
		SystemCreated: rapid.SampledFrom(policy.AllSystemCreated()).Draw(t, "created"),
		OSSupported:   rapid.SampledFrom(policy.AllOSSupported()).Draw(t, "supported"),
	}
}

func TestAValueOutsideItsEnumerationCountsAsUnknown(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	rapid.Check(t, func(t *rapid.T) {
		f := drawFacets(t)
		g := f
		f.AdminAccess, g.AdminAccess = policy.AdminAccessUnknown, policy.AdminAccess(rapid.SampledFrom([]string{"", "root", "Provider"}).Draw(t, "odd"))
		f.ServiceModel, g.ServiceModel = policy.ServiceModelUnknown, ""
		if a, b := briefOf(policy.Decide(v, f)), briefOf(policy.Decide(v, g)); a != b {
			t.Fatalf("unknown is decided as %+v, an odd value as %+v", a, b)
		}
	})
}

func TestNoRuleIsDead(t *testing.T) {
	t.Parallel()
	v := managedhosting2(t)
	cited, said := map[string]bool{}, map[string]bool{}
	for f := range policy.Enumerate {
		if f.Criticality != policy.CriticalityNormal || f.SystemCreated != policy.SystemCreatedUnknown || f.OSSupported != policy.OSSupportedFull {
			continue // no rule of this version asks for these three
		}
		d := policy.Decide(v, f)
		for _, r := range d.Reasons {
			cited[r.RuleID] = cited[r.RuleID] || !r.May
		}
		for _, n := range d.Notices {
			said[n.RuleID] = true
		}
	}
	for _, r := range v.Rules {
		switch r.Kind {
		case policy.KindRule:
			if !cited[r.ID] {
				t.Errorf("%s has a result that no combination of facets ever gets", r.ID)
			}
		case policy.KindNotice:
			if !said[r.ID] {
				t.Errorf("%s has a notice that is never said", r.ID)
			}
		case policy.KindStatement:
			if cited[r.ID] || said[r.ID] {
				t.Errorf("%s is a statement, yet takes part in decisions", r.ID)
			}
		}
	}
}
