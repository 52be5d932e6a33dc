package policy_test

import (
	"os"
	"sync"
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
)

// readDocument reads the newer article from where it is embedded from: the core, its tests included,
// imports nothing outside the core.
var readDocument = sync.OnceValues(func() ([]byte, error) {
	return os.ReadFile("../../../policies/managedhosting-2.yaml")
})

// document is the YAML text of the newer article.
func document(tb testing.TB) []byte {
	tb.Helper()
	data, err := readDocument()
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// managedhosting2 is the embedded newer article, parsed.
func managedhosting2(tb testing.TB) *policy.Version {
	tb.Helper()
	v, err := policy.Parse("managedhosting-2.yaml", document(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

// onAdvanced is the ordinary case: a security update of the operating system, from the standard
// repository, on a managed system with package advanced that only the provider administers.
func onAdvanced() policy.Facets {
	return policy.Facets{
		ServiceModel: policy.ServiceModelPaaS, Package: policy.PackageAdvanced, Layer: policy.LayerOS,
		ChangeClass: policy.ChangeClassSecurityUpdate, Criticality: policy.CriticalityUnknown,
		Origin: policy.OriginStandard, InstalledBy: policy.InstalledByProvider,
		AdminAccess:   policy.AdminAccessProvider,
		SystemCreated: policy.SystemCreatedUnknown, OSSupported: policy.OSSupportedUnknown,
	}
}

// onBasic is the same with package basic.
func onBasic() policy.Facets {
	f := onAdvanced()
	f.Package = policy.PackageBasic
	return f
}

// onIaaS is the same on a system that the customer rents bare.
func onIaaS() policy.Facets {
	f := onAdvanced()
	f.ServiceModel, f.Package = policy.ServiceModelIaaS, policy.PackageNone
	f.InstalledBy, f.AdminAccess = policy.InstalledByUnknown, policy.AdminAccessShared
	return f
}

// onSaaS is a security update of the operating system beneath a SaaS product.
func onSaaS() policy.Facets {
	f := onAdvanced()
	f.ServiceModel, f.Package = policy.ServiceModelSaaS, policy.PackageNone
	return f
}
