package policies_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/policies"
)

func TestEveryEmbeddedPolicyIsValidAndNamedAfterItself(t *testing.T) {
	t.Parallel()
	ids := policies.IDs()
	if !slices.Contains(ids, "managedhosting-2") {
		t.Fatalf("managedhosting-2 is missing among %q", ids)
	}
	for _, id := range ids {
		data, ok := policies.Lookup(id)
		if !ok {
			t.Errorf("%s is listed but not there", id)
			continue
		}
		same, err := fs.ReadFile(policies.Files(), id+".yaml")
		if err != nil || string(same) != string(data) {
			t.Errorf("%s: Files and Lookup disagree (%v)", id, err)
		}
		v, err := policy.Parse(id+".yaml", data)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if v.ID != id {
			t.Errorf("%s.yaml holds the version %s", id, v.ID)
		}
	}
}

func TestLookupKnowsOnlyEmbeddedPolicies(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "managedhosting-0", "../policies/managedhosting-2", "managedhosting-2.yaml"} {
		if data, ok := policies.Lookup(id); ok || data != nil {
			t.Errorf("Lookup(%q) finds %d bytes", id, len(data))
		}
	}
}
