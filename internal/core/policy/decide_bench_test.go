package policy_test

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
)

func BenchmarkDecide(b *testing.B) {
	v := managedhosting2(b)
	unknownAccess := onBasic()
	unknownAccess.AdminAccess = policy.AdminAccessUnknown
	for _, bb := range []struct {
		name   string
		facets policy.Facets
	}{
		{"permitted", onAdvanced()},
		{"denied", onIaaS()},
		{"ask", unknownAccess},
	} {
		b.Run(bb.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				policy.Decide(v, bb.facets)
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	data := document(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := policy.Parse("managedhosting-2.yaml", data); err != nil {
			b.Fatal(err)
		}
	}
}
