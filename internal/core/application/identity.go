package application

import (
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// identity is a name under which advisories speak of a piece of software.
type identity struct {
	ecosystem advisory.Ecosystem
	name      string
}

// sameAs lists names for the same code. Its publishers use different ones, and an installation by Composer
// has another name than one out of an archive.
var sameAs = [][]identity{
	{{advisory.WordPress, "wordpress"}, {advisory.Packagist, "johnpbloch/wordpress-core"}, {advisory.Packagist, "roots/wordpress-no-content"}, {advisory.Packagist, "roots/wordpress-full"}},
	{{advisory.Packagist, "typo3/cms-core"}, {advisory.Packagist, "typo3/cms"}, {advisory.Application, "typo3"}},
	{{advisory.Application, "drupal"}, {advisory.Packagist, "drupal/core"}, {advisory.Packagist, "drupal/drupal"}},
	{{advisory.Application, "joomla"}, {advisory.Packagist, "joomla/joomla-cms"}},
	{{advisory.Application, "phpmyadmin"}, {advisory.Packagist, "phpmyadmin/phpmyadmin"}},
	{{advisory.Application, "matomo"}, {advisory.Packagist, "matomo/matomo"}},
}

// pluginVendor is under which Composer gets plugins of the WordPress directory (wpackagist.org).
const pluginVendor = "wpackagist-plugin/"

var identities = func() map[identity][]identity {
	byName := map[identity][]identity{}
	for _, group := range sameAs {
		for _, id := range group {
			byName[id] = group
		}
	}
	return byName
}()

// identitiesOf lists the names of what was found. Nothing is known of images by their name.
func identitiesOf(f Found) []identity {
	id := identity{f.Ecosystem, strings.ToLower(f.Name)}
	if id.ecosystem == "" {
		return nil
	}
	if group, ok := identities[id]; ok {
		return group
	}
	if plugin, ok := strings.CutPrefix(id.name, pluginVendor); ok && id.ecosystem == advisory.Packagist {
		return []identity{id, {advisory.WordPressPlugin, plugin}}
	}
	return []identity{id}
}

// identityOf is the name under which a record speaks. Packagist records may name the repository that the
// package is from ("Packagist:https://packages.drupal.org/8"), which does not tell software apart.
func identityOf(a advisory.Affected) (identity, bool) {
	id := identity{a.Ecosystem, strings.ToLower(a.Package)}
	if strings.HasPrefix(string(id.ecosystem), string(advisory.Packagist)+":") {
		id.ecosystem = advisory.Packagist
	}
	known := []advisory.Ecosystem{advisory.Packagist, advisory.WordPress, advisory.WordPressPlugin, advisory.Application}
	return id, slices.Contains(known, id.ecosystem)
}

// products are the applications that endoflife.date follows, by one of their names.
var products = map[identity]string{
	{advisory.WordPress, "wordpress"}: "wordpress", {advisory.Packagist, "typo3/cms-core"}: "typo3", {advisory.Application, "nextcloud"}: "nextcloud",
	{advisory.Application, "drupal"}: "drupal", {advisory.Application, "joomla"}: "joomla", {advisory.Application, "phpmyadmin"}: "phpmyadmin", {advisory.Application, "matomo"}: "matomo",
}

// ProductOf is what endoflife.date calls an application, under whatever name it was found. ok is false for
// what is no application of its own: plugins, packages, images.
func ProductOf(f Found) (name string, ok bool) {
	for _, id := range identitiesOf(f) {
		if name, ok = products[id]; ok {
			return name, true
		}
	}
	return "", false
}
