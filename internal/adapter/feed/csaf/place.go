package csaf

import (
	"strings"

	"github.com/package-url/packageurl-go"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// product is where a product of a document has its place in the world of packages.
type product struct {
	id        string
	name      string // as the publisher writes it
	ecosystem advisory.Ecosystem
	pkg       string
	version   string // one version; empty: any, or those of the range
	span      string // range of versions as the publisher writes it; empty: none
	lost      string // why it has no place; empty: it has one
}

// catalogue places every product of a document.
func catalogue(doc node) map[string]product {
	out := map[string]product{}
	tree := doc.at("product_tree")
	branches(doc, func(way []node) {
		if full := way[len(way)-1].at("product"); full.there() {
			p := placed(full, way)
			out[p.id] = p
		}
	})
	for _, full := range tree.find("full_product_names[]") {
		p := placed(full, nil)
		out[p.id] = p
	}
	for _, full := range tree.find("relationships[]/full_product_name") {
		p := placed(full, nil)
		if p.lost != "" {
			p.lost = "it is one product within another, and only a package URL would say which package that is"
		}
		out[p.id] = p
	}
	return out
}

// placed finds the place of a product by its package URL, else by the branches that lead to it, else by its
// CPE.
func placed(full node, way []node) product {
	p := product{id: full.at("product_id").text(), name: full.at("name").text()}
	help := full.at("product_identification_helper")
	if at := help.at("purl"); at.there() {
		if url, err := packageurl.FromString(at.text()); err == nil {
			p.byPackageURL(url)
			return p
		}
	}
	part, pkg, release := readCPE(help.at("cpe").text())
	for _, b := range way {
		name := b.at("name").text()
		switch b.at("category").text() {
		case "product_name":
			pkg = name
		case "product_version":
			release = name
		case "product_version_range":
			release, p.span = "", name
		case "service_pack", "patch_level", "architecture", "language", "host_name", "specification":
			p.lost = "it is a product of one " + strings.ReplaceAll(b.at("category").text(), "_", " ") + " only"
		}
	}
	switch {
	case part == "o" || part == "h":
		p.lost = "it is an operating system or a device, and not an application"
	case pkg == "":
		p.lost = "neither a branch of the product tree nor an identifier says which product and which version it is"
	}
	if p.lost == "" {
		p.ecosystem, p.pkg, p.version = advisory.Application, strings.ToLower(strings.TrimSpace(pkg)), release
	}
	return p
}

// byPackageURL places what has a package URL. A Debian package counts with its release and as a source
// package only: the name of a binary package may be the one of another source.
func (p *product) byPackageURL(url packageurl.PackageURL) {
	q := url.Qualifiers.Map()
	codename, known := debian.Codename(strings.TrimPrefix(q["distro"], "debian-"))
	switch {
	case url.Type == "deb" && url.Namespace != "debian":
		p.lost = "it is a package of another distribution than Debian: " + url.Namespace
	case url.Type == "deb" && !known:
		p.lost = `its package URL does not say the release of Debian ("distro=bookworm" would)`
	case url.Type == "deb" && q["arch"] != "source":
		p.lost = `its package URL does not say that it is the source package ("arch=source" would)`
	case url.Type == "deb":
		p.ecosystem, p.pkg, p.version = advisory.Debian(codename), url.Name, url.Version
	case url.Type == "composer" && url.Namespace != "":
		p.ecosystem, p.pkg, p.version = advisory.Packagist, url.Namespace+"/"+url.Name, url.Version
	case url.Type == "generic":
		p.ecosystem, p.pkg, p.version = advisory.Application, strings.ToLower(url.Name), url.Version
	default:
		p.lost = "packages of type " + url.Type + " are not looked for"
	}
}

// readCPE reads part, product and version of a CPE 2.2 or 2.3 name; what is not said is empty.
func readCPE(cpe string) (part, name, release string) {
	var fields []string
	if rest, ok := strings.CutPrefix(cpe, "cpe:2.3:"); ok {
		fields = splitCPE(rest)
	} else if len(cpe) > 5 && strings.EqualFold(cpe[:5], "cpe:/") {
		fields = strings.Split(cpe[5:], ":")
	}
	field := func(i int) string {
		if i >= len(fields) || fields[i] == "*" || fields[i] == "-" {
			return ""
		}
		return strings.ReplaceAll(fields[i], "\\", "")
	}
	return strings.ToLower(field(0)), field(2), field(3)
}

// splitCPE splits at colons that are not escaped.
func splitCPE(s string) []string {
	var fields []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ':':
			fields = append(fields, s[start:i])
			start = i + 1
		}
	}
	return append(fields, s[start:])
}
