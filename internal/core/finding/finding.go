// Package finding turns what a host reports into what is due on it: one finding for each change the
// package manager would make, with the facets a policy decides on (layer, class, origin, installer).
//
// Whether a change is a security update is read off the signed release files that offer the
// candidate: the security suite of the distribution itself, by label and suite name. Anybody can write
// "Debian-Security" into a release file: what a stranger's repository says about itself makes nothing a
// security update. What cannot be told is unknown, and unknown is never treated as allowed.
package finding

import (
	"cmp"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
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
	From      string             `json:"from"` // the repository, as people name it: Debian-Security/bookworm-security; a stranger's, if there is one among several
	Held      bool               `json:"held,omitempty"`
	Phased    bool               `json:"phased,omitempty"` // the archive does not give it to this host yet
	Size      int64              `json:"size,omitempty"`   // bytes to download

	Criticality policy.Criticality `json:"criticality,omitempty"` // of the holes that it closes; empty: not known
	Holes       []string           `json:"holes,omitempty"`       // critical ones that it closes, as far as they are known
	Excepted    lang.Text          `json:"excepted,omitzero"`     // an accepted exception keeps it from being made; says why
}

// Due lists what is due on a host, sorted by package name. It judges nothing but the facets.
func Due(f fact.Facts) []Finding {
	found := make([]Finding, 0, len(f.Pending))
	for _, p := range f.Pending {
		found = append(found, Finding{
			Package: p.Name, Arch: p.Arch, Source: p.Source,
			Installed: p.Installed, Candidate: p.Candidate,
			Layer:  layerOf(p.Source, p.Name),
			Class:  classOf(f.OS, p.Origins),
			Origin: originOf(f.OS, p.Origins),
			From:   nameOf(f.OS, p.Origins),
			Held:   p.Held,
			Phased: p.Phased,
			Size:   p.Size,
		})
	}
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Arch, b.Arch), cmp.Compare(a.Candidate, b.Candidate))
	})
	return found
}

// Facets puts a finding on a system into the terms that policies decide on.
//
// On a managed system without customer administrators everything installed was installed by the
// provider (MH2-13 is what makes this conclusion sound); otherwise the installer is unknown.
func Facets(h estate.Held, f Finding) policy.Facets {
	by := policy.InstalledByUnknown
	if h.System.AdminAccess == policy.AdminAccessProvider {
		by = policy.InstalledByProvider
	}
	return policy.Facets{
		ServiceModel:  h.Contract.Model,
		Package:       h.Contract.Package,
		Layer:         f.Layer,
		ChangeClass:   f.Class,
		Criticality:   cmp.Or(f.Criticality, policy.CriticalityUnknown),
		Origin:        f.Origin,
		InstalledBy:   by,
		AdminAccess:   h.System.AdminAccess,
		SystemCreated: policy.CreatedOn(h.System.Created),
		OSSupported:   cmp.Or(h.System.OSSupported, policy.OSSupportedUnknown),
	}
}

// classOf tells the class of a change by the suites that offer it. A version that the distribution's
// security suite offers is a security update, also when another suite offers the same version.
func classOf(os fact.OS, origins []fact.Origin) policy.ChangeClass {
	if len(origins) == 0 || os.ID == "" {
		return policy.ChangeClassUnknown
	}
	for _, o := range origins {
		if isOwn(os, o) && isSecurity(o) {
			return policy.ChangeClassSecurityUpdate
		}
	}
	return policy.ChangeClassUpdate
}

func isSecurity(o fact.Origin) bool {
	return o.Label == "Debian-Security" || strings.HasSuffix(o.Codename, "-security") || strings.HasSuffix(o.Suite, "-security")
}

// isOwn reports whether the repository is the distribution's own. Of a host that does not say which
// distribution it runs, none is.
func isOwn(os fact.OS, o fact.Origin) bool {
	return os.ID != "" && strings.EqualFold(o.Origin, os.ID)
}

// originOf tells a distribution's own repositories from anybody else's. Every repository that offers
// the version must be the distribution's own: one stranger among them makes the origin third party.
func originOf(os fact.OS, origins []fact.Origin) policy.Origin {
	switch {
	case len(origins) == 0, os.ID == "":
		return policy.OriginUnknown // of what lies in no repository nobody says who brought it
	case stranger(os, origins) >= 0:
		return policy.OriginThirdParty
	}
	return policy.OriginStandard
}

// stranger is the index of the first repository that is not the distribution's own, -1 if all are.
func stranger(os fact.OS, origins []fact.Origin) int {
	return slices.IndexFunc(origins, func(o fact.Origin) bool { return !isOwn(os, o) })
}

// nameOf names the repository that decides about the change: a stranger's before the security suite
// before any other. A stranger is called by the site that the host is set up with, never by what it
// calls itself.
func nameOf(os fact.OS, origins []fact.Origin) string {
	if len(origins) == 0 {
		return ""
	}
	if i := stranger(os, origins); i >= 0 {
		return suiteOf(cmp.Or(origins[i].Site, "local"), origins[i])
	}
	o := origins[max(0, slices.IndexFunc(origins, isSecurity))]
	return suiteOf(cmp.Or(o.Label, o.Origin), o)
}

func suiteOf(name string, o fact.Origin) string {
	if suite := cmp.Or(o.Codename, o.Suite); suite != "" {
		return name + "/" + suite
	}
	return name
}

// middleware names the source packages that sit between the operating system and the customer's
// application. The longest lists age worst: this one names families, by prefix.
var middleware = []string{
	"apache2", "nginx", "php", "mariadb", "mysql", "postgresql", "redis", "valkey", "memcached",
	"varnish", "haproxy", "tomcat", "nodejs", "rabbitmq", "elasticsearch", "opensearch", "mongodb",
	"dovecot", "postfix", "exim4", "proftpd", "vsftpd", "bind9", "solr", "passenger", "uwsgi",
}

// LayerOf is the layer that a source package belongs to.
func LayerOf(source string) policy.Layer { return layerOf(source, source) }

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
