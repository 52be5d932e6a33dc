package application

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// Sign is a file by which an application is known, and how its version stands in it. The file is read as
// text: nothing of it is ever executed.
type Sign struct {
	Kind      Kind
	File      string // below the application's folder, with slashes
	Ecosystem advisory.Ecosystem
	Package   string // the name under which advisories speak of it
	version   *regexp.Regexp
	vendor    *regexp.Regexp // optional: the product names itself
	vendors   []string       // and only these are believed
	vital     bool           // the file is of this application alone: without a version it is a broken one
}

// The ways in which PHP files state a version. Each stands at the beginning of a line, so that comments
// do not count.
const (
	constant = `(?m)^[ \t]*(?:(?:final|public)[ \t]+)*const[ \t]+(?:string[ \t]+)?VERSION[ \t]*=[ \t]*['"]([^'"\r\n]{1,64})['"]`
	quoted   = `[ \t]*=[ \t]*['"]([^'"\r\n]{1,64})['"]`
)

// signs lists the applications that are known, newer layouts first.
var signs = []Sign{
	{Kind: WordPress, File: "wp-includes/version.php", Ecosystem: advisory.WordPress, Package: "wordpress",
		version: regexp.MustCompile(`(?m)^[ \t]*\$wp_version` + quoted), vital: true},
	{Kind: TYPO3, File: "typo3/sysext/core/Classes/Information/Typo3Version.php", Ecosystem: advisory.Packagist, Package: "typo3/cms-core",
		version: regexp.MustCompile(constant), vital: true},
	{Kind: TYPO3, File: "typo3/sysext/core/ext_emconf.php", Ecosystem: advisory.Packagist, Package: "typo3/cms-core", // before 10.2
		version: regexp.MustCompile(`(?m)^[ \t]*['"]version['"][ \t]*=>[ \t]*['"]([^'"\r\n]{1,64})['"]`), vital: true},
	{Kind: Nextcloud, File: "version.php", Ecosystem: advisory.Application, Package: "nextcloud",
		version: regexp.MustCompile(`(?m)^[ \t]*\$OC_VersionString` + quoted),
		vendor:  regexp.MustCompile(`(?m)^[ \t]*\$vendor` + quoted), vendors: []string{"nextcloud", "owncloud"}},
	{Kind: Drupal, File: "core/lib/Drupal.php", Ecosystem: advisory.Application, Package: "drupal",
		version: regexp.MustCompile(constant), vital: true},
	{Kind: Drupal, File: "includes/bootstrap.inc", Ecosystem: advisory.Application, Package: "drupal", // 7
		version: regexp.MustCompile(`(?m)^[ \t]*define\([ \t]*'VERSION'[ \t]*,[ \t]*'([^'\r\n]{1,64})'`)},
	{Kind: Joomla, File: "administrator/manifests/files/joomla.xml", Ecosystem: advisory.Application, Package: "joomla",
		version: regexp.MustCompile(`<version>[ \t\r\n]*([^<\s]{1,64})[ \t\r\n]*</version>`), vital: true},
	{Kind: PHPMyAdmin, File: "src/Version.php", Ecosystem: advisory.Application, Package: "phpmyadmin", // 6
		version: regexp.MustCompile(`(?s)namespace[ \t]+PhpMyAdmin[ \t]*;.*?\n[ \t]*public const[ \t]+(?:string[ \t]+)?VERSION` + quoted)},
	{Kind: PHPMyAdmin, File: "libraries/classes/Version.php", Ecosystem: advisory.Application, Package: "phpmyadmin", // 5.1
		version: regexp.MustCompile(`(?s)namespace[ \t]+PhpMyAdmin[ \t]*;.*?\n[ \t]*(?:public )?const[ \t]+VERSION` + quoted)},
	{Kind: PHPMyAdmin, File: "libraries/classes/Config.php", Ecosystem: advisory.Application, Package: "phpmyadmin", // 4.7 to 5.0
		version: regexp.MustCompile(`(?m)^[ \t]*\$this->set\('PMA_VERSION',[ \t]*'([^'\r\n]{1,64})'`)},
	{Kind: Matomo, File: "core/Version.php", Ecosystem: advisory.Application, Package: "matomo",
		version: regexp.MustCompile(`(?s)namespace[ \t]+Piwik[ \t]*;.*?\n[ \t]*(?:public )?const[ \t]+VERSION` + quoted)},
}

// Signs lists the known signs. Of several of one kind, the first one whose file is there and tells a
// version holds.
func Signs() []Sign { return slices.Clone(signs) }

// Read takes the version out of the text of a sign's file. It reports false for a file that only has the
// name in common with the application's, and an error for an application whose version cannot be told.
func (s Sign) Read(text []byte) (f Found, is bool, err error) {
	f = Found{Kind: s.Kind, Name: s.Package, Ecosystem: s.Ecosystem}
	m := s.version.FindSubmatch(text)
	if m == nil {
		if s.vital {
			return f, true, fmt.Errorf("the file tells no version of %s where it should", s.Kind.Text().EN)
		}
		return f, false, nil
	}
	if f.Version = string(m[1]); !ValidVersion(f.Version) {
		return f, true, fmt.Errorf("the version of %s is %.40q: letters, digits and . - _ + were expected", s.Kind.Text().EN, f.Version)
	}
	if s.vendor != nil {
		if m := s.vendor.FindSubmatch(text); m != nil && slices.Contains(s.vendors, string(m[1])) {
			f.Name = string(m[1])
		}
	}
	return f, true, nil
}

// TYPO3Extension is the Composer name of a system extension of TYPO3, by its folder below typo3/sysext.
// Installations without Composer have them all in the version of the core.
func TYPO3Extension(folder string) string {
	name := []byte("typo3/cms-" + folder)
	for i, c := range name {
		if c == '_' {
			name[i] = '-'
		}
	}
	return string(name)
}
