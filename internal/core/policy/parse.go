package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// The shapes of IDs and digests.
var (
	versionID = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	ruleID    = regexp.MustCompile(`^[A-Z][A-Z0-9]*-[0-9]{2}$`)
	label     = regexp.MustCompile(`^[a-z0-9]+(\.[a-z0-9]+)*$`)
	digest    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Parse reads one policy version from its YAML document. The name of the file only serves to say
// where something is wrong. It is strict: unknown fields and values, missing translations, double
// IDs and dates that do not exist are errors, and so is a document without a default that denies.
// The error is a *fault.Error with the code Invalid that names all places at once, each with line,
// column and what would be right.
func Parse(name string, data []byte) (*Version, error) { return parse(name, data, false) }

// ParseDraft reads a version that is still being written. It lets through what Lint tells better, with
// an example: that nothing is said for the case that no rule applies.
func ParseDraft(name string, data []byte) (*Version, error) { return parse(name, data, true) }

func parse(name string, data []byte, draft bool) (*Version, error) {
	d := &document{file: name, draft: draft}
	root := d.root(data)
	if root == nil {
		return nil, d.err()
	}
	v := &Version{}
	d.header(root, v)
	if err := d.err(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	v.SHA256 = hex.EncodeToString(sum[:])
	v.clauses = compile(v.Rules)
	return v, nil
}

// header reads the fields of the document, rules included.
func (d *document) header(n ast.Node, v *Version) {
	in := d.fields(n, "", "id", "name", "version", "title", "publisher", "source", "valid_from", "valid_to", "recorded_at", "supersedes",
		"agreements", "rules", "notices")
	if e, ok := d.need(in, n, "", "id"); ok {
		v.ID = d.shaped(e.value, "id", versionID, "managedhosting-2")
	}
	if e, ok := d.need(in, n, "", "name"); ok {
		v.Name = d.shaped(e.value, "name", versionID, "managedhosting")
	}
	if e, ok := d.need(in, n, "", "version"); ok {
		v.Label = d.shaped(e.value, "version", label, "2")
	}
	if v.ID != "" && v.Name != "" && v.Label != "" && v.ID != v.Name+"-"+v.Label {
		d.problem(spotOf(in["id"].value), "id", lang.Textf(
			"die ID muss aus name und version bestehen: %[1]s", "the ID must be made of name and version: %[1]s", v.Name+"-"+v.Label))
	}
	if e, ok := d.need(in, n, "", "title"); ok {
		v.Title = d.text(e.value, "title")
	}
	if e, ok := d.need(in, n, "", "publisher"); ok {
		v.Publisher, _ = d.scalar(e.value, "publisher")
	}
	if e, ok := d.need(in, n, "", "source"); ok {
		v.Source = d.source(e.value)
	}
	if e, ok := d.need(in, n, "", "valid_from"); ok {
		v.ValidFrom = d.date(e.value, "valid_from", true)
	}
	if e, ok := d.need(in, n, "", "valid_to"); ok {
		v.ValidTo = d.date(e.value, "valid_to", true)
		if v.ValidFrom != "" && v.ValidFrom != DateUnknown && v.ValidTo != "" && v.ValidTo < v.ValidFrom {
			d.problem(spotOf(e.value), "valid_to", lang.Textf(
				"valid_to liegt vor valid_from (%[1]s)", "valid_to is before valid_from (%[1]s)", v.ValidFrom))
		}
	}
	if e, ok := d.need(in, n, "", "recorded_at"); ok {
		v.RecordedAt = d.date(e.value, "recorded_at", false)
	}
	if e, ok := in["supersedes"]; ok {
		v.Supersedes = d.shaped(e.value, "supersedes", versionID, "managedhosting-1")
		if v.Supersedes != "" && v.Supersedes == v.ID {
			d.problem(spotOf(e.value), "supersedes", lang.T(
				"eine Fassung kann sich nicht selbst ablösen", "a version cannot supersede itself"))
		}
	}
	if e, ok := in["agreements"]; ok {
		v.Demands = d.demands(e)
	}
	if e, ok := d.need(in, n, "", "rules"); ok {
		v.Rules = d.rules(e)
	}
	if e, ok := in["notices"]; ok {
		n := d.notices(e.value, "notices", v.Rules)
		v.Notices = &n
	}
}

func (d *document) source(n ast.Node) Source {
	var s Source
	in := d.fields(n, "source", "title", "sha256")
	if e, ok := d.need(in, n, "source", "title"); ok {
		s.Title, _ = d.scalar(e.value, "source.title")
	}
	if e, ok := d.need(in, n, "source", "sha256"); ok {
		s.SHA256 = d.shaped(e.value, "source.sha256", digest, "64 × 0-9a-f")
	}
	return s
}

// shaped reads a text that must have a shape; example shows it.
func (d *document) shaped(n ast.Node, path string, shape *regexp.Regexp, example string) string {
	text, ok := d.scalar(n, path)
	if ok && !shape.MatchString(text) {
		d.problem(spotOf(n), path, lang.Textf(
			"„%[1]s“ hat nicht die Form von %[2]s, zum Beispiel %[3]s", `"%[1]s" does not have the shape of %[2]s, for example %[3]s`,
			text, path, example))
		return ""
	}
	return text
}

// date reads a day, or that it is unknown.
func (d *document) date(n ast.Node, path string, mayBeUnknown bool) string {
	text, ok := d.scalar(n, path)
	if !ok || mayBeUnknown && text == DateUnknown {
		return text
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		right := lang.T("ein Tag wie 2026-11-23", "a day like 2026-11-23")
		if mayBeUnknown {
			right = lang.T("ein Tag wie 2026-11-23 oder unknown", "a day like 2026-11-23, or unknown")
		}
		d.problem(spotOf(n), path, lang.Textf(
			"„%[1]s“ ist kein Datum; erwartet ist %[2]s", `"%[1]s" is not a date; expected is %[2]s`, text, right))
		return ""
	}
	return text
}

// rules reads the list of rules and checks what holds between them: IDs once, exactly one default.
func (d *document) rules(list entry) []Rule {
	var out []Rule
	lines := map[string]int{}
	defaults := 0
	for i, n := range d.items(list.value, "rules") {
		r := d.rule(n, fmt.Sprintf("rules[%d]", i))
		if first, twice := lines[r.ID]; twice && r.ID != "" {
			d.problem(spotOf(n), fmt.Sprintf("rules[%d].id", i), lang.Textf(
				"die Regel %[1]s steht schon in Zeile %[2]d; jede ID steht einmal, mehrere Fälle kommen unter cases",
				"the rule %[1]s stands already in line %[2]d; every ID stands once, several cases go under cases", r.ID, first))
		} else {
			lines[r.ID] = spotOf(n).line
		}
		for _, c := range r.Cases {
			if c.Tier == TierDefault {
				defaults++
			}
		}
		out = append(out, r)
	}
	if defaults > 1 || defaults == 0 && !d.draft {
		d.problem(list.key, "rules", lang.Textf(
			"%[1]d Fälle mit tier: default; erwartet ist genau einer, der am Ende ablehnt",
			"%[1]d cases with tier: default; exactly one is expected, which denies in the end", defaults))
	}
	return out
}

func (d *document) rule(n ast.Node, path string) Rule {
	r := Rule{}
	before := len(d.places)
	in := d.fields(n, path, "id", "tier", "kind", "text", "when", "result", "notice", "cases",
		"controls", "cites", "reason", "question")
	if e, ok := d.need(in, n, path, "id"); ok {
		r.ID = d.shaped(e.value, path+".id", ruleID, "MH2-20")
	}
	if e, ok := d.need(in, n, path, "tier"); ok {
		tier, _ := d.oneOf(e.value, path+".tier", texts(AllTiers()))
		r.Tier = Tier(tier)
	}
	if e, ok := d.need(in, n, path, "kind"); ok {
		kind, _ := d.oneOf(e.value, path+".kind", texts(AllKinds()))
		r.Kind = Kind(kind)
	}
	if e, ok := d.need(in, n, path, "text"); ok {
		r.Text = d.text(e.value, path+".text")
	}
	d.beside(in, path, &r)
	direct := false
	for _, name := range []string{"when", "result", "notice"} {
		_, has := in[name]
		direct = direct || has
	}
	cases, listed := in["cases"]
	switch {
	case direct && listed:
		d.problem(cases.key, path+".cases", lang.T(
			"entweder when, result und notice an der Regel selbst oder cases, nicht beides",
			"either when, result and notice on the rule itself, or cases, not both"))
	case direct:
		r.Cases = []Case{d.conclude(in, n, path, r)}
	case listed:
		for i, c := range d.items(cases.value, path+".cases") {
			at := fmt.Sprintf("%s.cases[%d]", path, i)
			r.Cases = append(r.Cases, d.conclude(d.fields(c, at, "tier", "when", "result", "notice"), c, at, r))
		}
	}
	if len(d.places) == before { // else the rule is not what it was meant to be
		d.checkKind(n, path, r)
	}
	return r
}

// checkKind checks that the rule does what its kind says.
func (d *document) checkKind(n ast.Node, path string, r Rule) {
	decides := slices.ContainsFunc(r.Cases, func(c Case) bool { return len(c.Result) > 0 })
	var text lang.Text
	switch {
	case r.Kind == KindRule && !decides:
		text = lang.T("kind: rule braucht mindestens ein result; ohne result ist es notice oder statement",
			"kind: rule needs at least one result; without one it is notice or statement")
	case r.Kind == KindNotice && (decides || len(r.Cases) == 0):
		text = lang.T("kind: notice braucht eine notice und hat kein result", "kind: notice needs a notice and has no result")
	case r.Kind == KindControl && (len(r.Cases) > 0 || len(r.Controls) == 0):
		text = lang.T("kind: control braucht controls und hat weder when noch result, notice oder cases",
			"kind: control needs controls and has neither when nor result, notice or cases")
	case r.Kind == KindStatement && (len(r.Cases) > 0 || len(r.Controls) > 0):
		text = lang.T("kind: statement hat weder when noch result, notice, cases oder controls",
			"kind: statement has neither when nor result, notice, cases or controls")
	case r.Kind == KindStatement && r.Reason.IsZero():
		text = lang.T("kind: statement braucht reason: warum der Satz keine Aufgabe für Software ist",
			"kind: statement needs a reason: why the statement is not for software")
	case r.Kind != KindStatement && !r.Reason.IsZero():
		text = lang.T("reason steht nur bei kind: statement", "reason stands with kind: statement only")
	default:
		return
	}
	d.problem(spotOf(n), path+".kind", text)
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
