package policy

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Facets is everything a policy may ask about one change on one system. It is comparable and can be
// a map key. A value outside its enumeration, the empty one included, counts as unknown.
type Facets struct {
	ServiceModel  ServiceModel  `json:"service_model"`
	Package       Package       `json:"package"`
	Layer         Layer         `json:"layer"`
	ChangeClass   ChangeClass   `json:"change_class"`
	Criticality   Criticality   `json:"criticality"`
	Origin        Origin        `json:"origin"`
	InstalledBy   InstalledBy   `json:"installed_by"`
	AdminAccess   AdminAccess   `json:"admin_access"`
	SystemCreated SystemCreated `json:"system_created"`
	OSSupported   OSSupported   `json:"os_supported"`
}

// The facets by number, in the order of the fields of Facets.
const (
	facetServiceModel = iota
	facetPackage
	facetLayer
	facetChangeClass
	facetCriticality
	facetOrigin
	facetInstalledBy
	facetAdminAccess
	facetSystemCreated
	facetOSSupported
	facetCount
)

// facet is what is known about one facet: its name in rule files and JSON, its known values (without
// unknown), and its words.
type facet struct {
	name   string
	known  []string
	title  lang.Text
	values []lang.Text // one for each known value
}

var facets = [facetCount]facet{
	facetServiceModel: {"service_model", known(AllServiceModels()), lang.T("Servicemodell", "service model"),
		[]lang.Text{lang.T("IaaS", "IaaS"), lang.T("PaaS", "PaaS"), lang.T("SaaS", "SaaS")}},
	facetPackage: {"package", known(AllPackages()), lang.T("Paket", "package"),
		[]lang.Text{lang.T("kein Paket", "no package"), lang.T("basic", "basic"), lang.T("advanced", "advanced")}},
	facetLayer: {"layer", known(AllLayers()), lang.T("Schicht", "layer"),
		[]lang.Text{lang.T("Betriebssystem", "operating system"), lang.T("Middleware", "middleware"), lang.T("Anwendung", "application"),
			lang.T("Webanwendung", "web application")}},
	facetChangeClass: {"change_class", known(AllChangeClasses()), lang.T("Art der Änderung", "class of change"),
		[]lang.Text{lang.T("Sicherheitsupdate", "security update"), lang.T("Update", "update"),
			lang.T("Versionswechsel", "version upgrade"), lang.T("Wechsel der Betriebssystem-Generation", "migration of the operating system"),
			lang.T("Absicherung ohne Update", "mitigation"), lang.T("Konfigurationsänderung", "configuration change")}},
	facetCriticality: {"criticality", known(AllCriticalities()), lang.T("Kritikalität", "criticality"),
		[]lang.Text{lang.T("normal", "normal"), lang.T("Übernahme aus der Ferne möglich", "remote takeover possible")}},
	facetOrigin: {"origin", known(AllOrigins()), lang.T("Herkunft der Software", "origin of the software"),
		[]lang.Text{lang.T("Standard-Repository", "standard repository"), lang.T("Fremdquelle", "third-party repository"),
			lang.T("vom Kunden mitgebracht", "brought by the customer")}},
	facetInstalledBy: {"installed_by", known(AllInstalledBy()), lang.T("wer die Software installiert hat", "who installed the software"),
		[]lang.Text{lang.T("Provider", "provider"), lang.T("Kunde", "customer")}},
	facetAdminAccess: {"admin_access", known(AllAdminAccess()), lang.T("wer Administratorrechte hat", "who has administrative rights"),
		[]lang.Text{lang.T("nur Provider", "provider only"), lang.T("auch Kunde", "customer, too"), lang.T("nur Kunde", "customer only")}},
	facetSystemCreated: {"system_created", known(AllSystemCreated()), lang.T("wann das System eingerichtet wurde", "when the system was created"),
		[]lang.Text{lang.T("vor 2025", "before 2025"), lang.T("ab 2025", "2025 or later")}},
	facetOSSupported: {"os_supported", known(AllOSSupported()), lang.T("ob das Betriebssystem unterstützt wird", "whether the operating system is supported"),
		[]lang.Text{lang.T("ja", "yes"), lang.T("erweitert (LTS)", "extended (LTS)"), lang.T("nein, abgelaufen", "no, ended")}},
}

// known turns an enumeration into strings and leaves its last member, unknown, out.
func known[T ~string](all []T) []string {
	out := make([]string, 0, len(all)-1)
	for _, v := range all[:len(all)-1] {
		out = append(out, string(v))
	}
	return out
}

// valueUnknown is the number of every value that is not a known one.
const valueUnknown = uint8(255)

// point is a Facets as numbers: for each facet the index of its value among the known ones.
type point [facetCount]uint8

func (f Facets) point() point {
	var p point
	for i, value := range f.strings() {
		p[i] = valueUnknown
		for j, k := range facets[i].known {
			if k == value {
				p[i] = uint8(j)
				break
			}
		}
	}
	return p
}

// facets is the point as a Facets.
func (p point) facets() Facets {
	var value [facetCount]string
	for i, n := range p {
		value[i] = "unknown"
		if n != valueUnknown {
			value[i] = facets[i].known[n]
		}
	}
	return Facets{
		ServiceModel: ServiceModel(value[facetServiceModel]), Package: Package(value[facetPackage]), Layer: Layer(value[facetLayer]),
		ChangeClass: ChangeClass(value[facetChangeClass]), Criticality: Criticality(value[facetCriticality]), Origin: Origin(value[facetOrigin]),
		InstalledBy: InstalledBy(value[facetInstalledBy]), AdminAccess: AdminAccess(value[facetAdminAccess]),
		SystemCreated: SystemCreated(value[facetSystemCreated]), OSSupported: OSSupported(value[facetOSSupported]),
	}
}

func (f Facets) strings() [facetCount]string {
	return [facetCount]string{
		string(f.ServiceModel), string(f.Package), string(f.Layer), string(f.ChangeClass),
		string(f.Criticality), string(f.Origin), string(f.InstalledBy), string(f.AdminAccess),
		string(f.SystemCreated), string(f.OSSupported),
	}
}

// Fact is one facet with its value, for people to read.
type Fact struct {
	Name  string    `json:"name"`  // as in rule files and JSON: "admin_access"
	Value string    `json:"value"` // "provider"; "unknown" when it is not known
	Title lang.Text `json:"title"`
	Words lang.Text `json:"words"`
}

// Facts lists the facets with their values, in the order of the fields.
func (f Facets) Facts() []Fact {
	out := make([]Fact, facetCount)
	values := f.strings()
	for i, value := range f.point() {
		fact := Fact{Name: facets[i].name, Title: facets[i].title, Value: "unknown", Words: lang.T("nicht bekannt", "not known")}
		if value != valueUnknown {
			fact.Value, fact.Words = values[i], facets[i].values[value]
		}
		out[i] = fact
	}
	return out
}

// FacetTitle is what a facet tells, for people: "wer Administratorrechte hat" for "admin_access". It returns
// the name itself where there is no such facet.
func FacetTitle(name string) lang.Text {
	if i := facetByName(name); i >= 0 {
		return facets[i].title
	}
	return lang.T(name, name)
}

func facetByName(name string) int {
	return slices.IndexFunc(facets[:], func(f facet) bool { return f.name == name })
}

// Enumerate yields every combination of facet values, unknown included, in a fixed order, until
// yield returns false. It is an iter.Seq[Facets]: for f := range policy.Enumerate { … }.
func Enumerate(yield func(Facets) bool) { enumerate(false, yield) }

// EnumerateKnown yields the combinations in which every fact is known, in the order of Enumerate.
func EnumerateKnown(yield func(Facets) bool) { enumerate(true, yield) }

// among are the values of an enumeration, with or without its last member, unknown.
func among[T any](all []T, known bool) []T {
	if known {
		return all[:len(all)-1]
	}
	return all
}

func enumerate(known bool, yield func(Facets) bool) {
	for _, model := range among(AllServiceModels(), known) {
		for _, pkg := range among(AllPackages(), known) {
			for _, layer := range among(AllLayers(), known) {
				for _, class := range among(AllChangeClasses(), known) {
					for _, origin := range among(AllOrigins(), known) {
						for _, by := range among(AllInstalledBy(), known) {
							for _, admin := range among(AllAdminAccess(), known) {
								f := Facets{
									ServiceModel: model, Package: pkg, Layer: layer, ChangeClass: class,
									Origin: origin, InstalledBy: by, AdminAccess: admin,
								}
								if !enumerateSystem(f, known, yield) {
									return
								}
							}
						}
					}
				}
			}
		}
	}
}

// Known reports whether every fact is known.
func (f Facets) Known() bool {
	p := f.point()
	return !slices.Contains(p[:], valueUnknown)
}

// enumerateSystem yields f with every combination of the remaining facets.
func enumerateSystem(f Facets, known bool, yield func(Facets) bool) bool {
	for _, f.Criticality = range among(AllCriticalities(), known) {
		for _, f.SystemCreated = range among(AllSystemCreated(), known) {
			for _, f.OSSupported = range among(AllOSSupported(), known) {
				if !yield(f) {
					return false
				}
			}
		}
	}
	return true
}

// Words are the words of all facet values, by facet and value.
func Words() map[string]map[string]lang.Text {
	out := make(map[string]map[string]lang.Text, facetCount)
	for _, f := range facets {
		of := make(map[string]lang.Text, len(f.known))
		for i, value := range f.known {
			of[value] = f.values[i]
		}
		out[f.name] = of
	}
	return out
}

// Values are the known values of a facet, in the order of its enumeration; nil where there is no such facet.
func Values(facet string) []string {
	if i := facetByName(facet); i >= 0 {
		return slices.Clone(facets[i].known)
	}
	return nil
}
