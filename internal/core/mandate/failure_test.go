package mandate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// due is a security update of a package that the provider installs of his own accord.
func due(name, source, to string) mandate.Item {
	i := security(policy.TriggerProactive)
	i.Finding = finding.Finding{Package: name, Arch: "amd64", Installed: "1-1", Candidate: to, Source: source, Class: policy.ChangeClassSecurityUpdate}
	return i
}

func failed(run string, ago time.Duration, packages ...string) mandate.Failure {
	f := mandate.Failure{Run: run, Ended: friday.Add(-ago)}
	for _, p := range packages {
		name, to, _ := strings.Cut(p, "=")
		f.Changes = append(f.Changes, mandate.Change{Package: name, Arch: "amd64", To: to})
	}
	return f
}

// TestWhatWasPutBackIsHeldOutAndTheRestIsNot (MH1-08, MH2-16): the same versions would fail again. They wait for a
// newer version or for somebody who orders them anew; what has nothing to do with them goes ahead.
func TestWhatWasPutBackIsHeldOutAndTheRestIsNot(t *testing.T) {
	t.Parallel()
	mariadb, curl, client := due("mariadb-server", "mariadb", "1-2"), due("curl", "curl", "7-2"), due("mariadb-client", "mariadb", "1-2")
	newer := due("mariadb-server", "mariadb", "1-3")
	byOrder := mariadb
	byOrder.Decision = security(policy.TriggerOrder).Decision
	ordered := func(change func(*mandate.Order)) []mandate.Order { return []mandate.Order{order(change)} } // an hour ago
	alone := []mandate.Failure{failed("r-1", 2*time.Hour, "mariadb-server=1-2")}
	for name, c := range map[string]struct {
		items  []mandate.Item
		failed []mandate.Failure
		orders []mandate.Order
		want   string // packages of the mandate
	}{
		"nothing failed":                            {items: []mandate.Item{mariadb, curl}, want: "mariadb-server curl"},
		"the rest goes ahead":                       {items: []mandate.Item{mariadb, curl}, failed: alone, want: "curl"},
		"alone, nothing is left":                    {items: []mandate.Item{mariadb}, failed: alone},
		"what comes of the same source waits, too":  {items: []mandate.Item{mariadb, client, curl}, failed: alone, want: "curl"},
		"a newer version is a new try":              {items: []mandate.Item{newer, curl}, failed: alone, want: "mariadb-server curl"},
		"failed together, and all due again":        {items: []mandate.Item{mariadb, curl}, failed: []mandate.Failure{failed("r-1", time.Hour, "mariadb-server=1-2", "curl=7-2")}},
		"failed together, one with a newer version": {items: []mandate.Item{newer, curl}, failed: []mandate.Failure{failed("r-1", time.Hour, "mariadb-server=1-2", "curl=7-2")}, want: "mariadb-server curl"},
		"failed together; one alone is another try": {items: []mandate.Item{mariadb}, failed: []mandate.Failure{failed("r-1", time.Hour, "mariadb-server=1-2", "curl=7-2")}, want: "mariadb-server"},
		"what failed alone explains the rest": {items: []mandate.Item{mariadb, curl}, want: "curl", failed: []mandate.Failure{
			failed("r-1", 3*time.Hour, "mariadb-server=1-2", "curl=7-2"), failed("r-2", 2*time.Hour, "mariadb-server=1-2")}},
		"a failure of nothing is none":         {items: []mandate.Item{mariadb}, failed: []mandate.Failure{failed("r-1", time.Hour)}, want: "mariadb-server"},
		"ordered anew (C10)":                   {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(nil), want: "mariadb-server curl"},
		"ordered before it failed":             {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Given = friday.Add(-3 * time.Hour) }), want: "curl"},
		"that order was taken back":            {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Withdrawn = true }), want: "curl"},
		"a vague word":                         {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Explicit = false }), want: "curl"},
		"an order that another run used":       {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Used = "r-9" }), want: "curl"},
		"an order for a measure":               {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Mitigation = true }), want: "curl"},
		"an order for an upgrade":              {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Terms.Change = &mandate.VersionChange{} }), want: "curl"},
		"an order that names another package":  {items: []mandate.Item{mariadb, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Terms.Packages = []string{"curl"} }), want: "curl"},
		"where an order is needed, a new one":  {items: []mandate.Item{byOrder, curl}, failed: alone, orders: ordered(nil), want: "mariadb-server curl"},
		"where an order is needed, an old one": {items: []mandate.Item{byOrder, curl}, failed: alone, orders: ordered(func(o *mandate.Order) { o.Given = friday.Add(-3 * time.Hour) }), want: "curl"},
		"failed again after the new order": {items: []mandate.Item{mariadb, curl}, want: "curl", orders: ordered(nil),
			failed: append(slices.Clone(alone), failed("r-2", time.Minute, "mariadb-server=1-2"))},
	} {
		r := mandate.Request{Held: held(policy.ServiceModelPaaS, policy.PackageBasic, nil), Items: c.items, Orders: c.orders, Run: "r-10", At: friday, PutBack: c.failed}
		m, refusals := mandate.Grant(r)
		var got []string
		for _, change := range m.Changes() {
			got = append(got, change.Package)
		}
		if strings.Join(got, " ") != c.want || len(got)+len(refusals) != len(c.items) {
			t.Errorf("%s: granted %q, want %q", name, got, c.want)
		}
		for _, x := range refusals {
			if x.PutBack == "" || x.Rule == "" || !strings.Contains(x.Text.DE, x.PutBack) || !strings.Contains(x.Ask.EN, "Bäckerei Kuhn") {
				t.Errorf("%s: %+v", name, x)
			}
		}
	}
}

// TestNoFailureGivesAMandate: whatever failed before, it only takes away, and what is granted does not contain it.
func TestNoFailureGivesAMandate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d"}
		var items []mandate.Item
		for _, n := range names {
			if rapid.Bool().Draw(t, n) {
				items = append(items, due(n, rapid.SampledFrom([]string{"", "s1", "s2"}).Draw(t, "source"), rapid.SampledFrom([]string{"1", "2"}).Draw(t, "version")))
			}
		}
		r := mandate.Request{Held: held(policy.ServiceModelPaaS, policy.PackageBasic, nil), Items: items, Run: "r", At: friday}
		before, _ := mandate.Grant(r)
		for i := range rapid.IntRange(0, 4).Draw(t, "failures") {
			f := mandate.Failure{Run: "r-" + string(rune('0'+i)), Ended: friday.Add(-time.Duration(i) * time.Hour)}
			for _, n := range names {
				if rapid.Bool().Draw(t, "in") {
					f.Changes = append(f.Changes, mandate.Change{Package: n, Arch: "amd64", To: rapid.SampledFrom([]string{"1", "2"}).Draw(t, "to")})
				}
			}
			r.PutBack = append(r.PutBack, f)
		}
		m, refusals := mandate.Grant(r)
		if len(m.Changes())+len(refusals) != len(items) {
			t.Fatalf("%d and %d of %d", len(m.Changes()), len(refusals), len(items))
		}
		var left []mandate.Item
		for _, c := range m.Changes() {
			if !slices.Contains(before.Changes(), c) {
				t.Fatalf("%+v was not permitted before", c)
			}
			left = append(left, items[slices.IndexFunc(items, func(i mandate.Item) bool { return i.Finding.Package == c.Package })])
		}
		for _, f := range r.PutBack {
			if f.Concerns(left) {
				t.Fatalf("%v was put back, and is granted: %v", f, m.Changes())
			}
		}
	})
}
