// Package source says where published holes come from, as data: which feeds there are, where each is
// published, how large it may be, how often to look, and when it is too old to conclude from its silence.
// A hoster may state others in a document of the same form.
package source

import (
	_ "embed" // the catalogue is part of the program
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity/strictyaml"
)

// Source is one feed.
type Source struct {
	Name    string        `json:"name"`
	Kind    Kind          `json:"kind"`
	Only    string        `json:"only,omitempty"` // distribution whose hosts need it, "Ubuntu"; empty: every estate does
	URL     string        `json:"url"`
	Hosts   []string      `json:"hosts,omitempty"` // that a redirect may lead to, besides the URL's own
	Files   []string      `json:"files"`           // names of its file in a directory for import
	Limit   int64         `json:"limit"`           // bytes, unpacked
	Every   time.Duration `json:"every"`
	Fresh   time.Duration `json:"fresh"`
	Proof   string        `json:"proof"`
	Licence string        `json:"licence"`
	About   lang.Text     `json:"about"`

	// Releases are the codenames that hosts of the distribution run. Whoever looks at a source of the kind
	// OSV says so; the catalogue does not.
	Releases []string `json:"-"`
}

// Kind is what lies at a source's address.
type Kind string

// The kinds.
const (
	File Kind = "file" // the publication itself
	CSAF Kind = "csaf" // the provider-metadata.json of a CSAF provider, whose documents come one by one
	OSV  Kind = "osv"  // a zip file of OSV records, too large to be kept: an excerpt is, for the releases that hosts run
)

// Bounds of a catalogue.
const (
	maxSources   = 100
	maxNames     = 20
	maxMebibytes = 256 // what the server takes
	maxHours     = 31 * 24
)

//go:embed sources.yaml
var catalogue []byte

// Catalogue returns the sources that come with the program. They are valid; a test holds that.
func Catalogue() []Source {
	list, err := Parse("sources.yaml", catalogue)
	if err != nil {
		panic("source: " + err.Error()) // the document is part of the program
	}
	return list
}

var (
	names     = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,62}$`)
	hostNames = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
)

// Parse reads sources from their YAML document, strictly. The error is a *fault.Error with the code Invalid
// that names all places with line and column.
func Parse(file string, data []byte) ([]Source, error) {
	d, root := strictyaml.Open(file, data)
	f := root.Fields("version", "sources")
	f.Need("version").Word()
	var list []Source
	for _, n := range f.Need("sources").Items(maxSources) {
		s := read(n)
		if slices.ContainsFunc(list, func(have Source) bool { return have.Name == s.Name }) {
			n.Wrong(lang.Textf("„%[1]s“ gibt es schon", `"%[1]s" is there already`, s.Name))
		}
		list = append(list, s)
	}
	if err := d.Err(lang.T("Die Liste der Feeds", "The list of feeds")); err != nil {
		return nil, err
	}
	return list, nil
}

func read(n strictyaml.Node) Source {
	f := n.Fields("name", "kind", "only", "url", "hosts", "files", "mebibytes", "every", "fresh", "proof", "licence", "about")
	var s Source
	at := f.Need("name")
	if s.Name, _ = at.Word(); !names.MatchString(s.Name) {
		at.Wrong(lang.T("ein Name besteht aus Kleinbuchstaben, Ziffern, Punkt und Bindestrich", "a name is made of lower-case letters, digits, dots and dashes"))
	}
	s.Kind = File
	if at, ok := f.Get("kind"); ok {
		s.Kind = Kind(at.OneOf(string(File), string(CSAF), string(OSV)))
	}
	if at, ok := f.Get("only"); ok {
		s.Only = at.OneOf("Ubuntu")
	} else if s.Kind == OSV {
		n.Wrong(lang.T("von einem Feed dieser Art wird nur ein Auszug behalten: only muss sagen, für welche Distribution", "of a feed of this kind only an excerpt is kept: only has to say for which distribution"))
	}
	at = f.Need("url")
	if s.URL, _ = at.Word(); !Allowed(s.URL) {
		at.Wrong(lang.T("die Adresse muss mit https:// beginnen und einen Host nennen; http nur an diesem Rechner", "the address must begin with https:// and name a host; http on this machine only"))
	}
	if at, ok := f.Get("hosts"); ok {
		for _, h := range at.Items(maxNames) {
			host, _ := h.Word()
			if !hostNames.MatchString(host) {
				h.Wrong(lang.T("das ist kein Hostname", "this is no host name"))
			}
			s.Hosts = append(s.Hosts, host)
		}
	}
	if at, ok := f.Get("files"); ok {
		for _, h := range at.Items(maxNames) {
			name, _ := h.Word()
			if name == "" || strings.ContainsAny(name, "/\\") {
				h.Wrong(lang.T("das ist kein Dateiname", "this is no file name"))
			}
			s.Files = append(s.Files, name)
		}
	}
	s.Limit = int64(f.Need("mebibytes").Whole(1, maxMebibytes)) << 20
	s.Every = time.Duration(f.Need("every").Whole(1, maxHours)) * time.Hour
	s.Fresh = time.Duration(f.Need("fresh").Whole(1, maxHours)) * time.Hour
	at = f.Need("proof")
	if s.Proof = at.OneOf("none", "sha256"); s.Kind == OSV && s.Proof == "sha256" {
		at.Wrong(lang.T("Feeds dieser Art werden nicht gegen eine Prüfsumme gehalten", "feeds of this kind are not held against a checksum"))
	}
	if at, ok := f.Get("licence"); ok {
		s.Licence, _ = at.Word()
	}
	if at, ok := f.Get("about"); ok {
		s.About = at.Text()
	}
	return s
}

// Allowed reports whether an address may be fetched from: https anywhere, http on this machine only.
func Allowed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	local := err == nil && ip.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && local
}

// Leads reports whether a redirect to the address is one that the source may make.
func (s Source) Leads(to *url.URL) bool {
	from, err := url.Parse(s.URL)
	if err != nil || !Allowed(to.String()) {
		return false
	}
	return to.Host == from.Host || to.Scheme == "https" && slices.Contains(s.Hosts, to.Hostname())
}

// OfFile finds the source that a file in a directory for import belongs to.
func OfFile(list []Source, name string) (Source, bool) {
	i := slices.IndexFunc(list, func(s Source) bool { return slices.Contains(s.Files, name) })
	if i < 0 {
		return Source{}, false
	}
	return list[i], true
}
