package estate

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Bounds of an estate document. Those on services and checks are the work order's own: what the
// estate lets through must fit into an order.
const (
	MaxDocument   = 4 << 20 // bytes
	maxDepth      = 32      // open brackets, and list dashes in one line
	maxProblems   = 200     // reported at once
	maxServices   = 200     // of one system
	maxChecks     = 50      // of one system
	maxAgreements = 20      // of one contract
	maxGroups     = 20      // of one system
	maxAfter      = 50      // of one system
	maxAtOnce     = 10_000  // of one pool
	maxLine       = 200     // characters of a name or a purpose
	maxProse      = 4000    // characters of an instruction
)

// Known says what an estate may refer to outside of its document.
type Known struct {
	Policy    func(ref string) bool                              // a policy version by its ID, or all of a name
	Agreement func(id string) (customer, amends string, ok bool) // an individual agreement; nil: none is known
}

// Parse reads an estate from one YAML document. The name of the file only serves to say where
// something is wrong. Zones finds a time zone by its IANA name, known says what the server knows besides;
// both come in as arguments because answering is a side effect.
//
// It is strict: unknown fields and values, double names, references to nothing, dates that do not
// exist and contradictions are problems, and so is a document that says nothing. All problems are
// returned at once, in the order of the document, each with line, column, field, and what would be
// right; then the estate is empty, so that nothing can be applied by half.
func Parse(file string, doc []byte, zones func(name string) (*time.Location, error), known Known) (Estate, []fault.Place) {
	r := &reader{file: file, zones: zones, known: known}
	e, ok := r.guarded(doc)
	if !ok {
		return Estate{}, r.sorted()
	}
	return e, nil
}

// guarded is read, with a panic turned into a problem: the tree is the work of a foreign parser on
// what people upload.
func (r *reader) guarded(doc []byte) (e Estate, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			e, ok = Estate{}, false
			r.problem(spot{1, 1}, "", lang.T(
				"dieses YAML lässt sich nicht lesen; bitte schreiben Sie es einfacher, ohne besondere YAML-Formen",
				"this YAML cannot be read; please write it more plainly, without special forms of YAML"))
		}
	}()
	return r.read(doc)
}

// read reads the document; false means that there are problems.
func (r *reader) read(doc []byte) (Estate, bool) {
	root := r.root(doc)
	if root == nil {
		return Estate{}, false
	}
	top := r.object(root, "", "customers", "windows", "pools", "contracts", "systems")
	e := Estate{
		Customers: list(top, "customers", r.customer, "id", "name", "contacts"),
		Windows:   list(top, "windows", r.window, "name", "days", "start", "hours", "zone"),
		Pools:     list(top, "pools", r.pool, "name", "kind", "at_once"),
		Contracts: list(top, "contracts", r.contract,
			"id", "customer", "model", "package", "policy", "window", "standing_order", "agreements", "backup"),
		Systems: list(top, "systems", r.system,
			"name", "contract", "admin_access", "purpose", "created", "os_supported", "agency", "maintained", "reboot", "services", "checks",
			"site", "hypervisor", "shift", "groups", "after"),
	}
	if len(r.places) == 0 && len(e.Customers)+len(e.Windows)+len(e.Contracts)+len(e.Systems) == 0 {
		r.problem(spotOf(root), "", lang.T(
			"das Dokument nennt nichts; erwartet sind customers, windows, contracts und systems",
			"the document states nothing; customers, windows, contracts and systems are expected"))
	}
	if len(e.Pools) == 0 { // nothing, as in a document that does not speak of them
		e.Pools = nil
	}
	for _, check := range r.later {
		check(e)
	}
	return e, len(r.places) == 0
}

// list reads the entries of a list field, each an object with the given fields.
func list[T any](o object, name string, read func(object) T, fields ...string) []T {
	out := []T{}
	for _, sub := range o.objects(name, fields...) {
		out = append(out, read(sub))
	}
	return out
}

func (r *reader) customer(o object) Customer {
	c := Customer{
		ID:   o.shaped("id", required, formName),
		Name: o.text("name", required, maxLine),
	}
	r.unique("customer", c.ID, o.field("id"))
	c.Contacts = list(o, "contacts", func(p object) Contact {
		contact := Contact{
			ID:    p.shaped("id", required, formName),
			Name:  p.text("name", required, maxLine),
			Email: p.shaped("email", required, formEmail),
		}
		r.unique("contact of "+o.path, contact.ID, p.field("id"))
		contact.Authority = choices[Authority](p, "authority", AuthorityOrder, AuthorityConsent, AuthorityRead)
		return contact
	}, "id", "name", "email", "authority")
	return c
}

func (r *reader) window(o object) Window {
	w := Window{
		Name:  o.shaped("name", required, formName),
		Days:  choices[string](o, "days", "mon", "tue", "wed", "thu", "fri", "sat", "sun"),
		Start: o.shaped("start", required, formClock),
		Hours: o.hours("hours"),
		Zone:  o.shaped("zone", required, formZone),
	}
	r.unique("window", w.Name, o.field("name"))
	if w.Zone != "" {
		if zone, err := r.zones(w.Zone); err != nil || zone == nil {
			o.problem("zone", lang.Textf(
				"die Zeitzone „%[1]s“ gibt es nicht; erwartet ist ein IANA-Name wie Europe/Berlin",
				`there is no time zone "%[1]s"; an IANA name such as Europe/Berlin is expected`, w.Zone))
		}
	}
	return w
}

func (r *reader) contract(o object) Contract {
	c := Contract{
		ID:       o.shaped("id", required, formName),
		Customer: o.shaped("customer", required, formName),
		Model: choice(o, "model", required, policy.ServiceModelIaaS, policy.ServiceModelPaaS,
			policy.ServiceModelSaaS),
		Policy: o.shaped("policy", required, formPolicy),
		Window: o.shaped("window", optional, formName),
	}
	// The package decides what a PaaS contract owes (MH2-18), so leaving it out there is an error;
	// elsewhere no package is the plain case.
	need := optional
	if c.Model == policy.ServiceModelPaaS {
		need = required
	}
	c.Package = choice(o, "package", need, policy.PackageNone, policy.PackageBasic, policy.PackageAdvanced)
	if c.Package == "" {
		c.Package = policy.PackageNone
	}
	r.unique("contract", c.ID, o.field("id"))
	if c.Policy != "" && !r.known.Policy(c.Policy) {
		o.problem("policy", lang.Textf(
			"die Fassung „%[1]s“ ist nicht bekannt; erwartet ist die Kennung eines geladenen Regelwerks wie managedhosting-2",
			`the policy version "%[1]s" is not known; the ID of a loaded policy such as managedhosting-2 is expected`, c.Policy))
	}
	if n, ok := o.fields["standing_order"]; ok {
		so := r.standingOrder(r.object(n.value, join(o.path, "standing_order"),
			"id", "by", "given", "text", "channel", "scope", "ends", "paused", "reboot", "interval", "rule", "starts", "moved", "left_out", "pauses"), c)
		c.StandingOrder = &so
	}
	if n, ok := o.fields["backup"]; ok {
		b := r.object(n.value, join(o.path, "backup"), "max_age_hours", "verified_max_age_days")
		d := backup.Demand{
			MaxAgeHours:        b.whole("max_age_hours", required, 1, backup.MaxHours),
			VerifiedMaxAgeDays: b.whole("verified_max_age_days", optional, 1, backup.MaxDays),
		}
		c.Backup = &d
	}
	for i, n := range o.items("agreements", maxAgreements) {
		id := r.shapedNode(n, index(o.path, "agreements", i), formPolicy)
		if slices.Contains(c.Agreements, id) {
			r.problem(spotOf(n), index(o.path, "agreements", i), lang.Textf(
				"die Sonderabsprache „%[1]s“ steht schon in der Liste", `the individual agreement "%[1]s" is in the list already`, id))
		}
		c.Agreements = append(c.Agreements, id)
		r.checkAgreement(n, index(o.path, "agreements", i), id, c)
	}
	r.checkContract(o, c)
	return c
}

func (r *reader) system(o object) System {
	s := System{
		Name:     o.shaped("name", required, formName),
		Contract: o.shaped("contract", required, formName),
		AdminAccess: choice(o, "admin_access", required, policy.AdminAccessProvider,
			policy.AdminAccessShared, policy.AdminAccessCustomer, policy.AdminAccessUnknown),
		Purpose:     o.text("purpose", optional, maxLine),
		Created:     o.date("created", optional),
		OSSupported: choice(o, "os_supported", optional, policy.OSSupportedFull, policy.OSSupportedExtended, policy.OSSupportedEnded),
		Agency:      o.text("agency", optional, maxLine),
		Maintained:  o.flag("maintained"),
		Reboot:      o.flag("reboot"),
	}
	r.unique("system", s.Name, o.field("name"))
	r.refer(o, "contract", s.Contract, func(e Estate) bool { _, ok := e.Contract(s.Contract); return ok },
		lang.T("den Vertrag", "contract"), "contracts")
	seen := map[string]bool{}
	for i, n := range o.items("services", maxServices) {
		unit := r.shapedNode(n, index(o.path, "services", i), formUnit)
		if unit != "" && seen[unit] {
			r.problem(spotOf(n), index(o.path, "services", i), lang.Textf(
				"der Dienst „%[1]s“ steht schon in der Liste", `the service "%[1]s" is in the list already`, unit))
		}
		seen[unit] = true
		s.Services = append(s.Services, unit)
	}
	s.Checks = r.checks(o)
	s.Placement = r.placement(o, s.Name)
	return s
}

func (r *reader) checks(o object) []Check {
	var checks []Check
	for _, sub := range o.objectsAtMost("checks", maxChecks, "name", "kind", "port", "path", "status", "host") {
		c := Check{
			Name:   sub.shaped("name", required, formCheck),
			Kind:   choice(sub, "kind", required, CheckKinds...),
			Port:   sub.whole("port", required, 1, 65535),
			Path:   sub.shaped("path", optional, formPath),
			Status: sub.whole("status", optional, 100, 599),
			Host:   sub.shaped("host", optional, formHost),
		}
		r.unique("check of "+o.path, c.Name, sub.field("name"))
		for _, f := range []struct {
			name string
			of   CheckKind
		}{{"path", CheckHTTP}, {"status", CheckHTTP}, {"host", CheckTLS}} {
			if _, stated := sub.fields[f.name]; stated && c.Kind != f.of && c.Kind != "" {
				sub.problem(f.name, lang.Textf(
					"eine Prüfung der Art %[2]s hat kein Feld „%[1]s“; bitte weglassen oder kind: %[3]s angeben",
					`a check of kind %[2]s has no field "%[1]s"; please leave it out or state kind: %[3]s`, f.name, string(c.Kind), string(f.of)))
			}
		}
		if c.Kind == CheckHTTP && c.Path == "" {
			c.Path = "/"
		}
		checks = append(checks, c)
	}
	return checks
}
