package finding_test

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// holds checks what is true of the findings of any host.
func holds(t interface {
	Helper()
	Fatalf(string, ...any)
}, f fact.Facts, found []finding.Finding) {
	t.Helper()
	if len(found) != len(f.Pending) {
		t.Fatalf("%d findings for %d pending changes", len(found), len(f.Pending))
	}
	if !slices.IsSortedFunc(found, func(a, b finding.Finding) int {
		return cmp.Or(strings.Compare(a.Package, b.Package), strings.Compare(a.Arch, b.Arch))
	}) {
		t.Fatalf("not in the order of the names: %s", names(found))
	}
	for _, p := range f.Pending {
		i := slices.IndexFunc(found, func(g finding.Finding) bool {
			return g.Package == p.Name && g.Arch == p.Arch && g.Candidate == p.Candidate && g.Installed == p.Installed &&
				g.Source == p.Source && g.Held == p.Held && g.Size == p.Size && fits(f.OS, p.Origins, g)
		})
		if i < 0 {
			t.Fatalf("%+v on %+v is in no finding, or in a wrong one: %+v", p, f.OS, found)
		}
	}
}

func names(found []finding.Finding) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString(f.Package + " " + f.Arch + ", ")
	}
	return b.String()
}

// fits says, in other words than the package does, what class and origin a finding may have.
func fits(os fact.OS, origins []fact.Origin, g finding.Finding) bool {
	own, foreign, secure := 0, 0, false
	for _, o := range origins {
		if os.ID != "" && strings.EqualFold(o.Origin, os.ID) {
			own++
			secure = secure || strings.Contains(o.Label+o.Codename+o.Suite, "ecurity")
		} else {
			foreign++
		}
	}
	switch {
	case g.Origin == policy.OriginStandard && (foreign > 0 || own == 0),
		g.Origin == policy.OriginCustomer && len(origins) > 0,
		g.Class == policy.ChangeClassSecurityUpdate && !secure,
		g.Class != policy.ChangeClassUnknown && (len(origins) == 0 || os.ID == ""),
		foreign > 0 && strings.HasPrefix(g.From, "Debian") && !slices.ContainsFunc(origins, func(o fact.Origin) bool {
			return strings.HasPrefix(o.Site, "Debian") // sites are no repository's to choose
		}),
		g.Layer != policy.LayerOS && g.Layer != policy.LayerMiddleware:
		return false
	}
	return true
}

func anyOrigin(t *rapid.T) fact.Origin {
	word := func(what string, of ...string) string { return rapid.SampledFrom(of).Draw(t, what) }
	return fact.Origin{
		Origin:   word("origin", "Debian", "debian", "Evil", "", "Ubuntu", "Debian-Security", "Debian Backports"),
		Label:    word("label", "Debian", "Debian-Security", "Evil", ""),
		Suite:    word("suite", "stable", "stable-security", "stable-updates", ""),
		Codename: word("codename", "bookworm", "bullseye-security", "bookworm-security", "trixie-security", ""),
		Site:     word("site", "mirror.example", "apt.evil.example", ""),
	}
}

func anyFacts(t *rapid.T) fact.Facts {
	f := fact.Facts{OS: fact.OS{ID: rapid.SampledFrom([]string{"debian", "ubuntu", "evil", ""}).Draw(t, "os")}}
	for range rapid.IntRange(0, 6).Draw(t, "pending") {
		p := fact.Pending{
			Name: rapid.SampledFrom([]string{"nginx", "curl", "libc6", "php8.2-fpm", ""}).Draw(t, "name"), Arch: rapid.SampledFrom([]string{"amd64", "i386", ""}).Draw(t, "arch"),
			Source: rapid.SampledFrom([]string{"nginx", "glibc", "php8.2", ""}).Draw(t, "source"), Candidate: rapid.String().Draw(t, "candidate"),
			Held: rapid.Bool().Draw(t, "held"), Size: rapid.Int64().Draw(t, "size"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "origins") {
			p.Origins = append(p.Origins, anyOrigin(t))
		}
		f.Pending = append(f.Pending, p)
	}
	return f
}

// TestNoStrangerIsStandard: whatever repositories say about themselves, nothing that a stranger offers
// comes into the package's scope (MH2-19, MH2-21), on any contract.
func TestNoStrangerIsStandard(t *testing.T) {
	t.Parallel()
	v := article(t)
	rapid.Check(t, func(t *rapid.T) {
		f := anyFacts(t)
		kept := slices.Clone(f.Pending)
		found := finding.Due(f)
		holds(t, f, found)
		if !reflect.DeepEqual(kept, f.Pending) {
			t.Fatal("the facts were changed")
		}
		f.Pending = rapid.Permutation(f.Pending).Draw(t, "order")
		holds(t, f, finding.Due(f))
		held := estate.Held{
			System: estate.System{AdminAccess: rapid.SampledFrom(policy.AllAdminAccess()).Draw(t, "access")},
			Contract: estate.Contract{Model: rapid.SampledFrom(policy.AllServiceModels()).Draw(t, "model"),
				Package: rapid.SampledFrom(policy.AllPackages()).Draw(t, "package")},
		}
		for _, g := range found {
			d := policy.Decide(v, finding.Facets(held, g))
			if g.Origin != policy.OriginStandard && (d.Trigger == policy.TriggerStandingOrder || d.Charge == policy.ChargeFree) {
				t.Fatalf("%s from %q: %s, %s by %v", g.Package, g.From, d.Trigger, d.Charge, d.Rules())
			}
		}
	})
}

// FuzzDue: whatever document a host sends, finding what is due neither panics nor takes a stranger for
// the distribution.
func FuzzDue(f *testing.F) {
	for _, facts := range []fact.Facts{
		{OS: bookworm, Pending: []fact.Pending{{Name: "openssl", Source: "openssl", Origins: []fact.Origin{bookwormSecurity, evil}}}},
		{OS: bookworm, Pending: []fact.Pending{{Name: "a", Origins: []fact.Origin{anonymous, flat}}, {Name: "a"}}},
		{Pending: []fact.Pending{{Origins: []fact.Origin{{}}}}},
	} {
		doc, err := json.Marshal(facts)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		var facts fact.Facts
		if json.Unmarshal(doc, &facts) != nil || len(facts.Pending) > 200 {
			return
		}
		holds(t, facts, finding.Due(facts))
	})
}
