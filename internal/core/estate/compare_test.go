package estate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/policy"
)

func example(t testing.TB) Estate {
	t.Helper()
	e, places := Parse("estate.yaml", read(t, "testdata/estate.yaml"), zones, Known{Policy: policies})
	if len(places) > 0 {
		t.Fatalf("the example has problems:\n%s", render(places))
	}
	return e
}

func TestCompareTellsWhatApplyingChanges(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Estate)
		want   Changes
	}{
		{"the same document again", func(*Estate) {},
			Changes{Added: []string{}, Changed: []string{}, Removed: []string{}, Unchanged: 10}},
		{"a new host", func(e *Estate) {
			e.Systems = append(e.Systems, System{Name: "web2", Contract: "c-web", AdminAccess: policy.AdminAccessProvider})
		}, Changes{Added: []string{"system web2"}, Changed: []string{}, Removed: []string{}, Unchanged: 10}},
		{"a host is gone, with its contract and customer", func(e *Estate) {
			e.Customers, e.Contracts, e.Systems = e.Customers[:1], e.Contracts[:2], e.Systems[:2]
		}, Changes{Added: []string{}, Changed: []string{}, Removed: []string{"customer verein", "contract c-iaas", "system iaas1"}, Unchanged: 7}},
		{"a host is renamed", func(e *Estate) { e.Systems[0].Name = "www1" },
			Changes{Added: []string{"system www1"}, Changed: []string{}, Removed: []string{"system web1"}, Unchanged: 9}},
		{"the standing order is paused", func(e *Estate) { e.Contracts[0].StandingOrder.Paused = true },
			Changes{Added: []string{}, Changed: []string{"contract c-web"}, Removed: []string{}, Unchanged: 9}},
		{"a contact loses the authority to order", func(e *Estate) { e.Customers[0].Contacts[0].Authority = []Authority{AuthorityConsent} },
			Changes{Added: []string{}, Changed: []string{"customer muster"}, Removed: []string{}, Unchanged: 9}},
		{"the window moves by an hour", func(e *Estate) { e.Windows[1].Start = "23:30" },
			Changes{Added: []string{}, Changed: []string{"window tuesday-night"}, Removed: []string{}, Unchanged: 9}},
		{"a check expects another status", func(e *Estate) { e.Systems[0].Checks[0].Status = 204 },
			Changes{Added: []string{}, Changed: []string{"system web1"}, Removed: []string{}, Unchanged: 9}},
		{"everything in another order", func(e *Estate) {
			slices.Reverse(e.Customers)
			slices.Reverse(e.Systems)
			slices.Reverse(e.Windows)
			for i := range e.Windows {
				slices.Reverse(e.Windows[i].Days)
			}
			for i := range e.Systems {
				slices.Reverse(e.Systems[i].Services)
			}
			for i := range e.Customers {
				slices.Reverse(e.Customers[i].Contacts)
				for j := range e.Customers[i].Contacts {
					slices.Reverse(e.Customers[i].Contacts[j].Authority)
				}
			}
		}, Changes{Added: []string{}, Changed: []string{}, Removed: []string{}, Unchanged: 10}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			old, changed := example(t), example(t)
			tt.change(&changed)
			if diff := cmp.Diff(tt.want, Compare(old, changed)); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(example(t), old); diff != "" {
				t.Errorf("comparing changed the old estate:\n%s", diff)
			}
		})
	}
}

// Whatever two estates hold: what one direction adds the other removes, everything is counted once,
// and an estate compared with itself has no changes.
func TestCompareCountsEverythingOnce(t *testing.T) {
	t.Parallel()
	estate := rapid.Custom(func(t *rapid.T) Estate {
		names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 4, rapid.ID[string])
		var e Estate
		for _, n := range names.Draw(t, "systems") {
			e.Systems = append(e.Systems, System{Name: n, Purpose: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "purpose")})
		}
		for _, n := range names.Draw(t, "windows") {
			e.Windows = append(e.Windows, Window{Name: n, Hours: rapid.SampledFrom([]float64{1, 2}).Draw(t, "hours")})
		}
		return e
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := estate.Draw(t, "a"), estate.Draw(t, "b")
		there, back := Compare(a, b), Compare(b, a)
		if n := len(b.Systems) + len(b.Windows); len(there.Added)+len(there.Changed)+there.Unchanged != n {
			t.Errorf("%+v does not count the %d things of the new estate", there, n)
		}
		slices.Sort(there.Added)
		slices.Sort(back.Removed)
		if !slices.Equal(there.Added, back.Removed) {
			t.Errorf("added there %v, removed back %v", there.Added, back.Removed)
		}
		if self := Compare(a, a); !self.None() {
			t.Errorf("an estate differs from itself: %+v", self)
		}
	})
}
