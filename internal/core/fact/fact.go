// Package fact holds what a host reports about itself: packages with their origins, holds, what is
// pending, units, listening sockets and the reboot state. Facts are observations, never judgements:
// whether an update is a security update or whose job it is, is decided elsewhere.
//
// A Facts value has one canonical JSON form and one hash of it, so that an unchanged host costs one
// hash on the wire (see Facts.Hash).
package fact

import (
	"sort"

	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Facts is one observation of a host.
type Facts struct {
	Host     string     `json:"host"` // the name the host calls itself
	OS       OS         `json:"os"`
	Kernel   Kernel     `json:"kernel"`
	Packages []Package  `json:"packages"` // installed, sorted by name and architecture
	Pending  []Pending  `json:"pending"`  // what the package manager would change now
	Indices  Indices    `json:"indices"`
	Units    []Unit     `json:"units"`     // services that run or failed
	Failed   []string   `json:"failed"`    // names of failed units
	Listen   []Listener `json:"listen"`    // listening sockets
	Reboot   Reboot     `json:"reboot"`    // whether the running system is the installed one
	Dpkg     Dpkg       `json:"dpkg"`      // health of the package database
	Tools    []string   `json:"tools"`     // of the tools a run needs, those that are there
	DiskFree int64      `json:"disk_free"` // free bytes on the root file system, rounded down to 64 MiB

	// Applications are web applications and images, mostly the customer's (IT-42, IT-39). Partial says that
	// not everything could be looked at: that something is missing then does not mean that it is gone.
	Applications []application.Found `json:"applications,omitempty"`
	Partial      bool                `json:"applications_partial,omitempty"`

	// Measures are the mitigations that the agent keeps in force (IT-34); Fragments the pieces of configuration
	// that the host's administrator has prepared for such.
	Measures  []Measure  `json:"measures,omitempty"`
	Fragments []Fragment `json:"fragments,omitempty"`

	// Root are all ways to become root that were found; nil: the agent did not look.
	Root []Holder `json:"root,omitempty"`
	// Conffiles are the files of configuration that wait for somebody to merge them.
	Conffiles []Conffile `json:"conffiles,omitempty"`

	// Points are the restore points on the host, in the order they were made (MH1-08).
	Points []Point `json:"restore_points,omitempty"`

	// Dumps are the dumps of databases that the host's administrator has declared, as they are there: what lets
	// an update convert data (MH2-16).
	Dumps []Dump `json:"dumps,omitempty"`
}

// Dump is a declared dump.
type Dump struct {
	Of      string    `json:"of"` // the software whose data it holds
	Path    string    `json:"path"`
	Made    int64     `json:"made"`             // seconds since 1970 of its newest complete file; 0 = there is none
	Hours   int       `json:"max_age_hours"`    // how old it may be
	Problem lang.Text `json:"problem,omitzero"` // why it does not count whatever its age
}

// Measure is how a mitigation stands that the agent has put in place.
type Measure struct {
	ID    string `json:"id"`
	Holds bool   `json:"holds"`
	Saw   string `json:"saw,omitempty"` // what is missing, when it does not hold
}

// Fragment is a prepared piece of configuration.
type Fragment struct {
	Name    string `json:"name"`
	SHA256  string `json:"sha256"`  // of its description and its content
	Target  string `json:"target"`  // where it would be put
	Service string `json:"service"` // what reads it
}

// OS is the distribution release as its os-release file states it.
type OS struct {
	ID       string `json:"id"`       // debian
	Version  string `json:"version"`  // 12
	Codename string `json:"codename"` // bookworm
	Name     string `json:"name"`     // Debian GNU/Linux 12 (bookworm)
}

// Kernel is the running kernel.
type Kernel struct {
	Running string `json:"running"`
	Arch    string `json:"arch"` // Debian architecture, e.g. amd64
	// Container says that the host shares its kernel with the machine it runs on.
	Container bool `json:"container"`
}

// Origin is where a package version can be had, as the signed release file of a repository says.
type Origin struct {
	Origin    string `json:"origin"`    // o=
	Label     string `json:"label"`     // l=
	Suite     string `json:"suite"`     // a=
	Codename  string `json:"codename"`  // n=
	Component string `json:"component"` // c=
	Site      string `json:"site"`
}

// Package is one installed package.
type Package struct {
	Name          string   `json:"name"`
	Arch          string   `json:"arch"`
	Version       string   `json:"version"`
	Source        string   `json:"source"`
	SourceVersion string   `json:"source_version"`
	Section       string   `json:"section,omitempty"`
	Auto          bool     `json:"auto,omitempty"` // installed as a dependency
	Held          bool     `json:"held,omitempty"`
	Origins       []Origin `json:"origins,omitempty"` // repositories that offer the installed version; empty = none known
}

// Pending is one change that the package manager would make now.
type Pending struct {
	Name      string   `json:"name"`
	Arch      string   `json:"arch"`
	Installed string   `json:"installed,omitempty"` // empty: it would be newly installed
	Candidate string   `json:"candidate"`
	Source    string   `json:"source"`
	Origins   []Origin `json:"origins"`          // repositories that offer the candidate
	Held      bool     `json:"held,omitempty"`   // on hold: would be left
	Phased    bool     `json:"phased,omitempty"` // the archive gives it to a part of all hosts first, and not to this one yet
	Size      int64    `json:"size,omitempty"`   // bytes to download
}

// Indices tells how fresh the package lists are that Pending rests on.
type Indices struct {
	Refreshed int64    `json:"refreshed"`        // seconds since 1970 of the last complete refresh; 0 = never
	Errors    []string `json:"errors,omitempty"` // what the last refresh complained about; not empty = do not trust Pending
}

// Unit is one service of the host's system manager.
type Unit struct {
	Name   string `json:"name"`   // nginx.service
	Active string `json:"active"` // active, failed, inactive …
	Sub    string `json:"sub"`    // running, exited, dead …
}

// Listener is one listening socket.
type Listener struct {
	Proto   string `json:"proto"` // tcp, udp
	Address string `json:"address"`
	Port    int    `json:"port"`
	Process string `json:"process,omitempty"`
}

// Reboot tells whether what is installed is what runs.
type Reboot struct {
	Required bool     `json:"required"`           // a newer kernel is installed, or the distribution says so
	Expected string   `json:"expected,omitempty"` // kernel version that would run after a reboot
	Services []string `json:"services,omitempty"` // services that still use replaced files
}

// Dpkg is the health of the package database.
type Dpkg struct {
	Broken []string `json:"broken,omitempty"` // packages in a half-done state; not empty = an earlier run was interrupted
}

// Package returns the installed package of that name (and architecture, unless arch is empty).
func (f Facts) Package(name, arch string) (Package, bool) {
	i := sort.Search(len(f.Packages), func(i int) bool { return f.Packages[i].Name >= name })
	for ; i < len(f.Packages) && f.Packages[i].Name == name; i++ {
		if arch == "" || f.Packages[i].Arch == arch {
			return f.Packages[i], true
		}
	}
	return Package{}, false
}

// Point is one restore point on a host: the way back from one run.
type Point struct {
	ID       string `json:"id"`      // its owner: the work order that it was made for
	Driver   string `json:"driver"`  // files, btrfs, …
	Created  int64  `json:"created"` // seconds since 1970
	Complete bool   `json:"complete"`
	Bytes    int64  `json:"bytes"` // that it takes on disk as copies of its own
	// Expires is when it may be dropped, in seconds since 1970; 0 while nothing since is verified, and for
	// the newest one.
	Expires int64 `json:"expires,omitempty"`
}
