package osv

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// Ubuntu publishes three sorts of records (https://documentation.ubuntu.com/security/security-updates/osv/):
// its entry for a CVE (UBUNTU-CVE-…), security notices (USN-…) and notices about live patches of the kernel
// (LSN-…).

// notice reports whether a record is a notice of Ubuntu's.
func notice(id string) bool { return strings.HasPrefix(id, "USN-") || strings.HasPrefix(id, "LSN-") }

// ubuntu reads what follows "Ubuntu:" in an ecosystem: "22.04:LTS", "25.10", "Pro:18.04:LTS",
// "Pro:FIPS-updates:20.04:LTS", "Pro:24.04:LTS:Realtime:Kernel". What says that one has to subscribe, in
// the ecosystem or beside it, is Ubuntu Pro's: a host without it does not get that version.
func (p *product) ubuntu(release string) (codename string, s advisory.Service, ok bool) {
	for word := range strings.SplitSeq(release, ":") {
		switch {
		case word == "LTS":
		case strings.HasPrefix(word, "FIPS"):
			s = advisory.FIPS
		case word >= "0" && word < ":":
			codename, ok = debian.UbuntuCodename(word)
		case s == advisory.Everybody:
			s = advisory.Pro
		}
	}
	if a := p.Specific.Availability; s == advisory.Everybody && a != "" && !strings.HasPrefix(a, "No subscription") {
		s = advisory.Pro
	}
	return codename, s, ok
}

// cves are those of a notice's holes that the package had. A notice is about several packages, and not
// every hole is in each of them.
func (p *product) cves() []string {
	var list []string
	for _, c := range p.Database.CVEs.List {
		if cve := cveOf(c.ID); cve != "" {
			list = append(list, cve)
		}
	}
	return list
}

// livepatch reports whether a statement is about a live patch: which kernels it can be loaded into. That
// says neither that another kernel has the hole nor that a package without it is on offer, and what is
// patched while it runs is not seen from a host's packages. The kernel's own records say the rest.
func livepatch(id string, p product) bool {
	return strings.HasPrefix(id, "LSN-") || strings.HasPrefix(p.Specific.Availability, "Livepatch")
}

// priority is Ubuntu's own word for how urgent a hole is; empty where it gives none.
func priority(list []score) string {
	for _, s := range list {
		if s.Type == "Ubuntu" {
			return s.Score
		}
	}
	return ""
}
