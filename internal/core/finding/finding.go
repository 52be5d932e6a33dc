// Package finding turns what a host reports into what is due on it: one finding for each change the
// package manager would make, with the facets a policy decides on (layer, class, origin, installer).
//
// Whether a change is a security update is read off the signed release files that offer the
// candidate: the archive's security suite, by label and suite name. What cannot be told is unknown,
// and unknown is never treated as allowed.
package finding

import (
	"sort"
	"strings"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Finding is one change that is due on a system.
type Finding struct {
	Package   string             `json:"package"`
	Arch      string             `json:"arch"`
	Source    string             `json:"source"`
	Installed string             `json:"installed,omitempty"` // empty: newly installed along with others
	Candidate string             `json:"candidate"`
	Layer     policy.Layer       `json:"layer"`
	Class     policy.ChangeClass `json:"class"`
	Origin    policy.Origin      `json:"origin"`
	From      string             `json:"from"` // the repository, as people name it: Debian-Security/bookworm-security
	Held      bool               `json:"held,omitempty"`
	Size      int64              `json:"size,omitempty"` // bytes to download
}

// Due lists what is due on a host, sorted by package name. It judges nothing but the facets.
func Due(f fact.Facts) []Finding {
	found := make([]Finding, 0, len(f.Pending))
	for _, p := range f.Pending {
		found = append(found, Finding{
			Package: p.Name, Arch: p.Arch, Source: p.Source,
			Installed: p.Installed, Candidate: p.Candidate,
			Layer:  layerOf(p.Source, p.Name),
			Class:  classOf(p.Origins),
			Origin: originOf(f.OS, p.Origins),
			From:   nameOf(p.Origins),
			Held:   p.Held,
			Size:   p.Size,
		})
	}
	sort.Slice(found, func(i, j int) bool {
		a, b := found[i], found[j]
		return a.Package < b.Package || a.Package == b.Package && a.Arch < b.Arch
	})
	return found
}

// Facets puts a finding on a system into the terms that policies decide on.
//
// On a managed system without customer administrators everything installed was installed by the
// provider (MH2-13 is what makes this conclusion sound); otherwise the installer is unknown.
func Facets(h estate.Held, f Finding) policy.Facets {
	by := policy.InstalledByUnknown
	if h.System.AdminAccess == policy.AdminAccessProviderOnly {
		by = policy.InstalledByProvider
	}
	return policy.Facets{
		ServiceModel:  h.Contract.Model,
		Package:       h.Contract.Package,
		Layer:         f.Layer,
		ChangeClass:   f.Class,
		Criticality:   policy.CriticalityUnknown,
		Origin:        f.Origin,
		InstalledBy:   by,
		AdminAccess:   h.System.AdminAccess,
		SystemCreated: policy.SystemCreatedUnknown,
		OSSupported:   policy.OSSupportedUnknown,
	}
}

// classOf tells the class of a change by the suites that offer it. A version that the security suite
// offers is a security update, also when another suite offers the same version.
func classOf(origins []fact.Origin) policy.ChangeClass {
	if len(origins) == 0 {
		return policy.ChangeClassUnknown
	}
	for _, o := range origins {
		if isSecurity(o) {
			return policy.ChangeClassSecurityUpdate
		}
	}
	return policy.ChangeClassUpdate
}

func isSecurity(o fact.Origin) bool {
	return o.Label == "Debian-Security" || strings.HasSuffix(o.Codename, "-security") || strings.HasSuffix(o.Suite, "-security")
}

// originOf tells a distribution's own repositories from anybody else's. Every repository that offers
// the version must be the distribution's own: one stranger among them makes the origin third party.
func originOf(os fact.OS, origins []fact.Origin) policy.Origin {
	if len(origins) == 0 {
		return policy.OriginLocal
	}
	for _, o := range origins {
		if !strings.EqualFold(o.Origin, os.ID) {
			return policy.OriginThirdParty
		}
	}
	return policy.OriginStandard
}

func nameOf(origins []fact.Origin) string {
	for _, o := range origins {
		if isSecurity(o) {
			return o.Label + "/" + o.Codename
		}
	}
	if len(origins) == 0 {
		return ""
	}
	return origins[0].Label + "/" + origins[0].Codename
}

// middleware names the source packages that sit between the operating system and the customer's
// application. The longest lists age worst: this one names families, by prefix.
var middleware = []string{
	"apache2", "nginx", "php", "mariadb", "mysql", "postgresql", "redis", "valkey", "memcached",
	"varnish", "haproxy", "tomcat", "nodejs", "rabbitmq", "elasticsearch", "opensearch", "mongodb",
	"dovecot", "postfix", "exim4", "proftpd", "vsftpd", "bind9", "solr", "passenger", "uwsgi",
}

func layerOf(source, name string) policy.Layer {
	if source == "" {
		source = name
	}
	for _, prefix := range middleware {
		if strings.HasPrefix(source, prefix) {
			return policy.LayerMiddleware
		}
	}
	return policy.LayerOS
}
