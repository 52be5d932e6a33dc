package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Profile names what is installed on a host's root.
type Profile string

// The profiles. Each is built on the one before it is named after, so a cold cache builds little twice.
const (
	// Base is a bare Debian host: systemd, apt, needrestart, openssl, iproute2, curl, procps, nftables.
	Base Profile = "base"
	// Web is Base with nginx, PHP-FPM and an OpenSSH server.
	Web Profile = "web"
	// DB is Base with a MariaDB server.
	DB Profile = "db"
	// Bench is a grown host for measurements: Web with databases, development
	// files, documentation and more than 30,000 files; unattended-upgrades for comparison.
	Bench Profile = "bench"
	// Fleet is Web with what a hoster puts on every host of many: Python for the tools that come over SSH,
	// unattended-upgrades, a database. Small, so that twenty of them fit on one machine.
	Fleet Profile = "fleet"
)

// Profiles lists all profiles, parents before their children.
func Profiles() []Profile { return []Profile{Base, Web, DB, Bench, Fleet} }

// recipe says how a root is made.
type recipe struct {
	Parent    Profile  `json:"parent,omitempty"`
	Packages  []string `json:"packages"`
	Docs      bool     `json:"docs,omitempty"` // documentation and translations are kept
	Mebibytes int      `json:"mebibytes"`      // size of the (sparse) disk
}

// builderVersion changes when the building itself changes, so that older roots are not used any more.
const builderVersion = 3

// There is no dbus: nothing in a lab host needs it, and a bus daemon that uses replaced libraries can only
// be renewed by a reboot, so that every update of a common library would end as not yet effective.
var recipes = map[Profile]recipe{
	Base: {
		Packages: []string{
			"systemd", "systemd-sysv", "ca-certificates", "needrestart",
			"openssl", "iproute2", "curl", "procps", "nftables",
		},
		Mebibytes: 3072,
	},
	Web: {Parent: Base, Packages: []string{"nginx", "php-fpm", "openssh-server"}, Mebibytes: 3072},
	DB:  {Parent: Base, Packages: []string{"mariadb-server"}, Mebibytes: 3072},
	Bench: {
		Parent: Web,
		Packages: []string{
			"mariadb-server", "redis-server", "rsyslog", "unattended-upgrades",
			"php-mysql", "php-curl", "php-mbstring", "python3", "git", "vim", "rsync", "zip", "unzip",
			"libssl-dev", "libboost-dev", "locales", "manpages",
		},
		Docs:      true,
		Mebibytes: 8192,
	},
	Fleet: {Parent: Web, Packages: []string{"mariadb-server", "unattended-upgrades", "python3"}, Mebibytes: 3072},
}

// quietUnits are kept from starting in every root. Timers that change packages
// or files by themselves would disturb a test; consoles, clock and seat
// services have nothing to do in a namespace and cost boot time.
var quietUnits = []string{
	"apt-daily.timer", "apt-daily.service", "apt-daily-upgrade.timer", "apt-daily-upgrade.service",
	"unattended-upgrades.service", "dpkg-db-backup.timer", "logrotate.timer", "man-db.timer",
	"phpsessionclean.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer",
	"getty.target", "console-getty.service", "systemd-timesyncd.service", "systemd-logind.service",
	"systemd-networkd-wait-online.service",
}

// leanPaths are left out of roots without documentation, by dpkg itself, as on Debian's slim images.
const leanPaths = `path-exclude=/usr/share/doc/*
path-include=/usr/share/doc/*/copyright
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/lintian/*
path-exclude=/usr/share/locale/*
`

// aptSettingsOfHosts keeps apt on hosts from fetching what nobody reads there.
const aptSettingsOfHosts = `Acquire::Languages "none";
Acquire::PDiffs "false";
APT::Install-Recommends "false";
APT::Periodic::Enable "0";
`

// recipeOf finds a profile's recipe.
func recipeOf(p Profile) (recipe, error) {
	r, ok := recipes[p]
	if !ok {
		return recipe{}, fmt.Errorf("there is no lab profile %q: use one of %v", p, Profiles())
	}
	return r, nil
}

// rootKey identifies what a root consists of: its recipe and those below it,
// the generation, and the state of the release that its packages come from.
func rootKey(p Profile, suite string, inRelease []byte) (string, error) {
	digest := sha256.New()
	_, _ = fmt.Fprintf(digest, "%d %s %x %q %q %q\n", builderVersion, suite, sha256.Sum256(inRelease),
		quietUnits, leanPaths, aptSettingsOfHosts)
	for p != "" {
		r, err := recipeOf(p)
		if err != nil {
			return "", err
		}
		text, err := json.Marshal(r)
		if err != nil {
			return "", fmt.Errorf("identify profile %s: %w", p, err)
		}
		_, _ = digest.Write(append(text, '\n'))
		p = r.Parent
	}
	return hex.EncodeToString(digest.Sum(nil))[:16], nil
}
