package apt

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/wire"
)

// Pins writes the preferences (apt_preferences(5)) under which an upgrade changes exactly the ordered
// packages: everything is pinned to what is installed (the archive "now" is the database of installed
// packages), the ordered packages to their ordered versions. Priorities above 1000 win over every
// setting of the host, which is not read meanwhile. native is the host's own architecture.
//
// The fields were checked by package wire against closed patterns; this function refuses anything
// that could begin a line or a pattern of its own all the same.
func Pins(ordered []wire.Package, native string) ([]byte, error) {
	var b strings.Builder
	b.WriteString("Package: *\nPin: release a=now\nPin-Priority: 1001\n")
	for _, p := range ordered {
		name := dpkg.Key(p.Name, p.Arch, native)
		if !harmless(name) || !harmless(p.To) {
			return nil, fmt.Errorf("pins: %.80q %.80q cannot be a package and its version", name, p.To)
		}
		if p.Arch == native {
			name += ":" + native // bare names mean every architecture
		}
		fmt.Fprintf(&b, "\nPackage: %s\nPin: version %s\nPin-Priority: 1002\n", name, p.To)
	}
	return []byte(b.String()), nil
}

func harmless(s string) bool {
	if s == "" {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("+-.:~", c) >= 0:
		default:
			return false
		}
	}
	return true
}
