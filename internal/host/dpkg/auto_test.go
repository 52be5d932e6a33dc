package dpkg

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzAuto holds that any text is a set of names or an error.
func FuzzAuto(f *testing.F) {
	f.Add([]byte("Package: libssl3\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: bash\nArchitecture: amd64\nAuto-Installed: 0\n"))
	f.Add([]byte("Auto-Installed: 1\n\nPackage: \n"))
	f.Fuzz(func(t *testing.T, doc []byte) {
		auto, err := ParseAuto(bytes.NewReader(doc))
		if err != nil {
			return
		}
		if len(auto) > maxPackages || len(auto) > bytes.Count(doc, []byte("Auto-Installed:")) {
			t.Fatalf("%d packages out of nothing", len(auto))
		}
		for name, is := range auto {
			if !is || !strings.Contains(name, ":") || strings.Contains(name, "\n") {
				t.Fatalf("%q: %t", name, is)
			}
		}
	})
}
