package apt

import (
	"bytes"
	"testing"
)

// FuzzSources holds that any text gives pairs that are not empty, or an error.
func FuzzSources(f *testing.F) {
	f.Add([]byte("Package: libssl3\nVersion: 3.0.17-1\nSource: openssl\n\nPackage: bash\nVersion: 5.2-1+b1\nSource: bash (5.2-1)\n"))
	f.Add([]byte("Package: a\n continued\n\n\n\nSource: b\n"))
	f.Add([]byte(": \nPackage\n\x00\n"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		found, err := ParseSources(bytes.NewReader(doc))
		if err != nil {
			return
		}
		for name, source := range found {
			if name == "" || source == "" {
				t.Fatalf("%q → %q", name, source)
			}
		}
	})
}
