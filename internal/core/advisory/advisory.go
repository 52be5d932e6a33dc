// Package advisory holds what the world says about holes in software, in one form whatever the
// publisher's: the Debian security tracker, OSV, CSAF, a PHP advisory database. Parsers below it turn a
// publisher's text into Records; an Index answers which of them hit an inventory.
//
// A record says what its publisher says and nothing more. Whether a hole is critical, who must act and
// by when is decided elsewhere.
package advisory

import (
	"strings"
	"time"
)

// Record is one advisory or vulnerability as its publisher states it.
type Record struct {
	ID         string      `json:"id"`                // DSA-6458-1, CVE-2026-1234, GHSA-…, WID-SEC-…
	CVEs       []string    `json:"cves,omitempty"`    // the holes it is about; an entry about one CVE names that CVE
	Aliases    []string    `json:"aliases,omitempty"` // other publishers' names for the same
	Publisher  string      `json:"publisher"`         // the feed it came from: debian-tracker, osv, csaf …
	Title      string      `json:"title,omitempty"`
	Published  time.Time   `json:"published,omitzero"`
	Modified   time.Time   `json:"modified,omitzero"`
	Withdrawn  bool        `json:"withdrawn,omitempty"` // taken back by its publisher
	Vectors    []string    `json:"vectors,omitempty"`   // CVSS vectors, any version, verbatim
	Affected   []Affected  `json:"affected,omitempty"`
	References []Reference `json:"references,omitempty"`
}

// Reference is where to read more.
type Reference struct {
	Title string `json:"title,omitempty"`
	URL   string `json:"url"`
}

// Affected says how one piece of software in one release or ecosystem stands towards the hole.
type Affected struct {
	Ecosystem Ecosystem `json:"ecosystem"`
	Package   string    `json:"package"`        // Debian, Ubuntu: the source package; Packagist: vendor/name; applications: product name, lower case
	CVEs      []string  `json:"cves,omitempty"` // those of the record's holes that it is about; empty: all of them
	State     State     `json:"state"`
	Ranges    []Range   `json:"ranges,omitempty"`    // affected versions; empty with an affected state = every version
	Urgency   string    `json:"urgency,omitempty"`   // the publisher's own word
	Note      string    `json:"note,omitempty"`      // the publisher's own reason, short
	Inherited bool      `json:"inherited,omitempty"` // said of unstable only and holds here for want of a word about this release
}

// Ecosystem is a world of package names and versions, with its release: "Debian:bookworm",
// "Ubuntu:Pro:jammy", "Packagist", "WordPress".
type Ecosystem string

// The ecosystems without releases. Versions in them are compared by the rules of the ecosystem.
const (
	Packagist       Ecosystem = "Packagist"        // Composer packages
	WordPress       Ecosystem = "WordPress"        // core: package "wordpress"
	WordPressPlugin Ecosystem = "WordPress:Plugin" // package: the plugin's folder name
	Application     Ecosystem = "Application"      // other web applications: nextcloud, typo3, phpmyadmin …
)

// Debian is the ecosystem of a Debian release, by its codename.
func Debian(codename string) Ecosystem { return Ecosystem("Debian:" + codename) }

// Ubuntu is the ecosystem of a release of Ubuntu, by its codename: what a service offers for it, or what
// everybody gets.
func Ubuntu(codename string, s Service) Ecosystem {
	if s == Everybody {
		return Ecosystem("Ubuntu:" + codename)
	}
	return Ecosystem("Ubuntu:" + string(s) + ":" + codename)
}

// Service is what one has to subscribe to for a version.
type Service string

// The services.
const (
	Everybody Service = ""     // none: the archive is open to all
	Pro       Service = "Pro"  // Ubuntu Pro, which maintains more packages, and for longer (ESM)
	FIPS      Service = "FIPS" // builds under Ubuntu Pro that are certified, with versions of their own
)

// Release is the codename of the Debian or Ubuntu release that the ecosystem is, and the service that
// offers it. ok is false for ecosystems without releases.
func (e Ecosystem) Release() (codename string, s Service, ok bool) {
	if codename, ok = strings.CutPrefix(string(e), "Debian:"); ok {
		return codename, Everybody, codename != ""
	}
	rest, ok := strings.CutPrefix(string(e), "Ubuntu:")
	if !ok {
		return "", Everybody, false
	}
	service, codename, divided := strings.Cut(rest, ":")
	if !divided {
		service, codename = "", rest
	}
	return codename, Service(service), codename != ""
}

// State is how the publisher says a package stands towards a hole.
type State string

// The states. Only Fixed and NotAffected can clear an installed version.
const (
	Fixed        State = "fixed"        // fixed in the version that ends the range
	Unfixed      State = "unfixed"      // affected, and no fixed version yet
	ProOnly      State = "pro_only"     // affected; only subscribers of Ubuntu Pro get the fixed version
	NotAffected  State = "not_affected" // the code is not there or not reachable
	NoDSA        State = "no_dsa"       // affected; the publisher will not issue an update of its own (minor, postponed, ignored)
	EndOfLife    State = "end_of_life"  // affected or not: nobody looks any more
	Undetermined State = "undetermined" // the publisher does not know
)

// Range is a span of affected versions. Empty bounds are open.
type Range struct {
	Introduced   string `json:"introduced,omitempty"`    // first affected; empty or "0" = from the beginning
	Fixed        string `json:"fixed,omitempty"`         // first version not affected any more
	LastAffected string `json:"last_affected,omitempty"` // instead of Fixed: the last affected one
}

// Skip is one record of a feed that could not be read. The rest of the feed stands.
type Skip struct {
	Place string `json:"place"` // line 12, record 3 (CVE-…), file DSA-1.json
	Why   string `json:"why"`   // one English sentence that says what would be right
}
