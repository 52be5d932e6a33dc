package policies_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// TestThePoliciesRenderTheDocumentsAsTheyWereRead: each version names its source by SHA-256; where the
// documents are at hand, they are those.
func TestThePoliciesRenderTheDocumentsAsTheyWereRead(t *testing.T) {
	t.Parallel()
	sources, err := filepath.Glob("../../shared/source-documents/*.txt")
	if err != nil || len(sources) == 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("the source documents are not at hand")
		}
		t.Skip("the source documents are not at hand: ../shared/source-documents")
	}
	have := map[string]bool{}
	for _, path := range sources {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		have[fmt.Sprintf("%x", sha256.Sum256(data))] = true
	}
	for _, id := range policies.IDs() {
		data, _ := policies.Lookup(id)
		v, err := policy.Parse(id+".yaml", data)
		if err != nil {
			t.Fatal(err)
		}
		if !have[v.Source.SHA256] {
			t.Errorf("%s renders a document with the SHA-256 %s, which is none of %v", id, v.Source.SHA256, have)
		}
	}
}
