package simulation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/simulation"
)

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

var friday = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// advanced is a system of the bakery's on PaaS advanced.
func advanced(name string) estate.Held {
	return estate.Held{
		System:   estate.System{Name: name, AdminAccess: policy.AdminAccessProvider},
		Contract: estate.Contract{ID: "c", Customer: "kuhn", Model: policy.ServiceModelPaaS, Package: policy.PackageAdvanced, Policy: "managedhosting", Window: "night"},
	}
}

var openssl = finding.Finding{Package: "openssl", Layer: policy.LayerOS, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard}

func TestFromTheOlderToTheNewerArticle(t *testing.T) {
	t.Parallel()
	one, two := version(t, "managedhosting-1"), version(t, "managedhosting-2")
	ready := advanced("web1")
	ready.Contract.StandingOrder = &estate.StandingOrder{ID: "so"}
	bare := advanced("web2")
	bare.Contract.Window = ""
	r := simulation.Run([]simulation.Subject{
		{Held: ready, Now: one, Next: two, Findings: []finding.Finding{openssl}, LastSuccess: friday.AddDate(0, -1, 0), Enrolled: true},
		{Held: bare, Now: one, Next: two, LastSuccess: friday.AddDate(0, -4, 0)},
	}, two, friday)
	if r.Systems != 2 || r.Changed != 2 || len(r.Changes) != 2 {
		t.Fatalf("%+v", r)
	}
	if c := r.Changes[0]; c.System != "web1" || c.Effect != policy.Alters || c.Rule != "MH2-21" || len(c.Packages) != 1 || !strings.Contains(c.After.DE, "nach Dauerauftrag") {
		t.Errorf("web1: %+v", c)
	}
	said := map[string]string{}
	for _, b := range r.Broken {
		said[b.System] += b.Rule + ": " + b.Text.EN + "\n"
	}
	if said["web1"] != "" {
		t.Errorf("web1 keeps every promise, yet: %s", said["web1"])
	}
	for _, want := range []string{"MH2-21: The contract has no standing order", "no agent", "MH2-21: The contract names no maintenance window", "MH2-22: Promised is quarterly; the last run that succeeded was on 2026-07-27"} {
		if !strings.Contains(said["web2"], want) {
			t.Errorf("web2 does not say %q:\n%s", want, said["web2"])
		}
	}
}

func TestNothingChangesUnderTheSameVersion(t *testing.T) {
	t.Parallel()
	v := version(t, "managedhosting-2")
	r := simulation.Run([]simulation.Subject{{Held: advanced("web1"), Now: v, Next: v, Findings: []finding.Finding{openssl}}}, v, friday)
	if r.Changed != 0 || len(r.Changes) != 0 {
		t.Errorf("%+v", r.Changes)
	}
}

func TestASystemWithoutAPolicyGainsOne(t *testing.T) {
	t.Parallel()
	v := version(t, "managedhosting-2")
	r := simulation.Run([]simulation.Subject{{Held: advanced("web1"), Next: v}}, v, friday)
	if len(r.Changes) != 1 || r.Changes[0].Effect != policy.Permits {
		t.Errorf("%+v", r.Changes)
	}
	if len(r.Broken) == 0 || !strings.Contains(r.Broken[len(r.Broken)-1].Text.DE, "noch nie") {
		t.Errorf("%+v", r.Broken)
	}
}

// BenchmarkTenThousandSystems: 10,000 systems with 30 due changes each.
func BenchmarkTenThousandSystems(b *testing.B) {
	one, two := version(b, "managedhosting-1"), version(b, "managedhosting-2")
	subjects := make([]simulation.Subject, 10_000)
	for i := range subjects {
		s := simulation.Subject{Held: advanced(fmt.Sprintf("web%d", i)), Now: one, Next: two}
		for j := range 30 {
			f := openssl
			f.Package = fmt.Sprintf("package%d", j)
			s.Findings = append(s.Findings, f)
		}
		subjects[i] = s
	}
	for b.Loop() {
		simulation.Run(subjects, two, friday)
	}
}
