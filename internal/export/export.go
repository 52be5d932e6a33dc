// Package export writes what is known about the software of a system and its holes in the forms that other
// people's tools read: CycloneDX (SBOM and VEX, ECMA-424) and OpenVEX. Tables are the console's.
//
// What is not known is never written as "not affected": that takes somebody who says so. The same input
// gives the same bytes, so that two exports can be compared.
package export

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/package-url/packageurl-go"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// System is what is written about one system.
type System struct {
	Name     string
	Release  string    // codename: bookworm
	At       time.Time // when the host reported this
	Packages []debian.Installed
	Holes    []Hole
}

// Hole is one hole in one source package: open, or closed as its clock says.
type Hole struct {
	CVE       string
	Title     string
	Published time.Time
	Source    string
	Version   string // of the source package that has, or had, the hole
	Fixed     string
	State     advisory.State
	Binaries  []string
	Rating    severity.Rating
	Clock     *clock.Clock // nil: none was started
	Note      lang.Text    // an exception, or another word about it
}

// standing is what a VEX document says of a hole, whatever its dialect.
type standing string

const (
	affected    standing = "affected"
	mitigated   standing = "mitigated" // affected, and kept from being used for a while
	fixed       standing = "fixed"
	notAffected standing = "not_affected"
	inTriage    standing = "in_triage"
)

// stands judges a hole for a VEX document. A mitigation that ends is no cure: it stays affected.
func (h *Hole) stands() standing {
	if c := h.Clock; c != nil && c.Secured {
		switch c.By {
		case clock.ByUpdate, clock.ByRemoval:
			return fixed
		case clock.ByNotAffected:
			return notAffected
		case clock.ByMitigation:
			return mitigated
		}
	}
	switch h.State {
	case advisory.NotAffected:
		return notAffected
	case advisory.Undetermined:
		return inTriage
	}
	return affected
}

// detail is why, in English: VEX documents travel.
func (h *Hole) detail(distribution string) string {
	var parts []string
	if h.Clock != nil && len(h.Clock.Reasons) > 0 {
		parts = append(parts, h.Clock.Reasons[0].EN)
	}
	if !h.Note.IsZero() {
		parts = append(parts, h.Note.EN)
	}
	if len(parts) == 0 {
		parts = append(parts, distribution+": "+advisory.StateText(h.State).EN+".")
	}
	return strings.Join(parts, " ")
}

// todo is what is to be done about a hole that is open.
func (h *Hole) todo(distribution string) string {
	switch {
	case h.Fixed != "":
		return "Update the source package " + h.Source + " to " + h.Fixed + " or later."
	case h.State == advisory.EndOfLife:
		return distribution + " does not look after " + h.Source + " in this release any more: migrate to a newer release."
	case h.State == advisory.ProOnly:
		return "Only subscribers of Ubuntu Pro get a fixed version of " + h.Source + ": subscribe, restrict the access to it or remove it."
	}
	return "There is no fixed version of " + h.Source + " in this release yet: restrict the access to it or remove it."
}

// distribution is whose release the system runs.
func (s *System) distribution() string { return cmp.Or(debian.Distribution(s.Release), "Debian") }

// purl names a binary package as other tools do: pkg:deb/debian/nginx@1.22.1-9?arch=amd64&distro=bookworm.
func (s *System) purl(p debian.Installed) string {
	q := packageurl.QualifiersFromMap(map[string]string{"arch": p.Arch, "distro": s.Release})
	if p.Arch == "" {
		q = packageurl.QualifiersFromMap(map[string]string{"distro": s.Release})
	}
	return packageurl.NewPackageURL(packageurl.TypeDebian, strings.ToLower(s.distribution()), p.Name, p.Version, q, "").ToString()
}

// binaries are the packages of the system that a hole is in; their purls, sorted. A hole whose packages are
// gone or newer is still about what they were.
func (s *System) binaries(h *Hole) []string {
	var out []string
	for _, p := range s.Packages {
		if p.Source == h.Source && slices.Contains(h.Binaries, p.Name) {
			out = append(out, s.purl(p))
		}
	}
	if len(out) == 0 {
		out = append(out, packageurl.NewPackageURL(packageurl.TypeDebian, strings.ToLower(s.distribution()), h.Source, h.Version,
			packageurl.QualifiersFromMap(map[string]string{"arch": "source", "distro": s.Release}), "").ToString())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// sorted are the packages and holes in an order that does not depend on how they came.
func (s *System) sorted() ([]debian.Installed, []Hole) {
	packages, holes := slices.Clone(s.Packages), slices.Clone(s.Holes)
	slices.SortStableFunc(packages, func(a, b debian.Installed) int { return strings.Compare(s.purl(a), s.purl(b)) })
	slices.SortStableFunc(holes, func(a, b Hole) int {
		return slices.Compare([]string{a.CVE, a.Source, a.Version}, []string{b.CVE, b.Source, b.Version})
	})
	return packages, holes
}

// serial is a UUID (version 8, RFC 9562) made of the content: what is the same has the same number.
func serial(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return fmt.Sprintf("%s-%s-%s-%s-%s", h[:8], h[8:12], h[12:16], h[16:20], h[20:])
}
