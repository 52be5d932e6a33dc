package dpkg

import "io"

// Auto holds the packages that apt notes as installed automatically, as "name:arch" with the host's
// own architecture where the package is for all.
type Auto map[string]bool

// ParseAuto reads apt's extended_states.
func ParseAuto(r io.Reader) (Auto, error) {
	auto := Auto{}
	err := paragraphs(r, func(_ int, get func(string) string) error {
		if get("Auto-Installed") == "1" && len(auto) < maxPackages {
			auto[get("Package")+":"+get("Architecture")] = true
		}
		return nil
	})
	return auto, err
}

// Has says whether the package was installed as a dependency only; native is the host's architecture.
func (a Auto) Has(p Package, native string) bool { return a[p.Name+":"+at(p.Arch, native)] }
