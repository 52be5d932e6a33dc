// Package application is about the web applications and images on a host: WordPress and its plugins, TYPO3,
// Nextcloud, what Composer installed, container images. It reads versions out of texts (never executed),
// and matches what was found with published advisories.
//
// They belong to the customer unless the contract says otherwise (IT-42, IT-43). So all that comes of a
// match is a finding: whose job it is, what to do, where to read on (IT-44, IT-45). Patchwart itself
// changes nothing in them, which Finding.Action says in as many words.
package application

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Kind is what sort of software was found.
type Kind string

// The kinds.
const (
	WordPress       Kind = "wordpress"
	WordPressPlugin Kind = "wordpress_plugin"
	TYPO3           Kind = "typo3"
	Nextcloud       Kind = "nextcloud" // or ownCloud, which names itself in Found.Name
	Drupal          Kind = "drupal"
	Joomla          Kind = "joomla"
	PHPMyAdmin      Kind = "phpmyadmin"
	Matomo          Kind = "matomo"
	ComposerPackage Kind = "composer_package"
	Image           Kind = "image" // of containers (IT-39, IT-40)
)

// Text names the kind for people.
func (k Kind) Text() lang.Text {
	switch k {
	case WordPress:
		return lang.T("WordPress", "WordPress")
	case WordPressPlugin:
		return lang.T("WordPress-Plugin", "WordPress plugin")
	case TYPO3:
		return lang.T("TYPO3", "TYPO3")
	case Nextcloud:
		return lang.T("Nextcloud", "Nextcloud")
	case Drupal:
		return lang.T("Drupal", "Drupal")
	case Joomla:
		return lang.T("Joomla", "Joomla")
	case PHPMyAdmin:
		return lang.T("phpMyAdmin", "phpMyAdmin")
	case Matomo:
		return lang.T("Matomo", "Matomo")
	case ComposerPackage:
		return lang.T("PHP-Paket", "PHP package")
	case Image:
		return lang.T("Container-Image", "container image")
	}
	return lang.T("Anwendung", "application")
}

// Found is one application, plugin, package or image in one place of a host. It is an observation; Owner
// alone is filled in later, by Assign.
type Found struct {
	Kind      Kind               `json:"kind"`
	Name      string             `json:"name"`              // as advisories have it: wordpress, a plugin's folder, vendor/package, an image's repository
	Title     string             `json:"title,omitempty"`   // what a plugin calls itself
	Version   string             `json:"version,omitempty"` // as written; of an image: its tag
	Digest    string             `json:"digest,omitempty"`  // of an image: sha256:…
	Path      string             `json:"path"`              // the folder of the application, or the file that names the package or image
	Ecosystem advisory.Ecosystem `json:"ecosystem,omitempty"`
	Dev       bool               `json:"dev,omitempty"` // a package for development only, which may not be installed
	Owner     policy.Party       `json:"owner,omitempty"`
}

// Compare orders what was found by place, then by name and version.
func Compare(a, b Found) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Digest, b.Digest), cmp.Compare(a.Kind, b.Kind))
}

// Bounds of what is believed to be a name or a version.
const (
	MaxName    = 255
	MaxVersion = 128
)

// ValidName reports whether a text can be the name of a package, plugin or image: printable ASCII
// without spaces.
func ValidName(s string) bool {
	return s != "" && len(s) <= MaxName && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'<>\\`", r) })
}

// ValidVersion reports whether a text can be a version: letters, digits and the marks between them. A
// branch ("dev-feature/x") is one, too.
func ValidVersion(s string) bool {
	for _, r := range s {
		letter := '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
		if !letter && !strings.ContainsRune(".-_+~/# ", r) {
			return false
		}
	}
	return s != "" && len(s) <= MaxVersion
}

// Plain makes a text from a host fit for a list: no control characters, valid UTF-8, at most limit bytes.
func Plain(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, s)
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut]
}
