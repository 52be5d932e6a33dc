package policy

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// conclude reads one case from the fields of a case, or of a rule that has just one.
func (d *document) conclude(in map[string]entry, n ast.Node, path string, r Rule) Case {
	c := Case{Tier: r.Tier}
	if e, ok := in["tier"]; ok {
		tier, _ := d.oneOf(e.value, path+".tier", texts(AllTiers()))
		c.Tier = Tier(tier)
	}
	if e, ok := in["when"]; ok {
		c.When = d.conditions(e.value, path+".when")
	}
	if e, ok := in["result"]; ok {
		c.Result = d.settings(e.value, path+".result")
	}
	if e, ok := in["notice"]; ok {
		c.Notice = d.text(e.value, path+".notice")
	}
	_, hasResult := in["result"]
	_, hasNotice := in["notice"]
	if _, isMapping := n.(*ast.MappingNode); isMapping && !hasResult && !hasNotice {
		d.problem(spotOf(n), path, lang.T(
			"ein Fall braucht result oder notice, sonst folgt nichts aus ihm",
			"a case needs a result or a notice, else nothing follows from it"))
	}
	if c.Tier == TierDefault {
		d.checkDefault(n, path, c)
	}
	return c
}

// conditions reads which values of which facets a case asks for.
func (d *document) conditions(n ast.Node, path string) []Condition {
	names := make([]string, facetCount)
	for i, f := range facets {
		names[i] = f.name
	}
	in := d.fields(n, path, names...)
	var out []Condition
	for i, f := range facets {
		e, ok := in[f.name]
		if !ok {
			continue
		}
		values := d.values(e.value, path+"."+f.name, facets[i].known)
		if len(values) == len(f.known) {
			d.problem(e.key, path+"."+f.name, lang.Textf(
				"die Bedingung nennt alle Werte und schließt nichts aus; bitte weglassen",
				"the condition names all values and excludes nothing; please leave it out"))
		}
		if len(values) > 0 {
			out = append(out, Condition{Facet: f.name, Values: values})
		}
	}
	return out
}

// values reads one value or a list of them, in the order of the enumeration.
func (d *document) values(n ast.Node, path string, allowed []string) []string {
	nodes := []ast.Node{n}
	if _, list := n.(*ast.SequenceNode); list {
		nodes = d.items(n, path)
	}
	var out []string
	for _, node := range nodes {
		text, ok := d.scalar(node, path)
		switch {
		case !ok:
		case text == "unknown":
			d.problem(spotOf(node), path, lang.Textf(
				"unknown ist keine Bedingung: wo eine Angabe fehlt, wird von selbst nachgefragt; möglich sind: %[1]s",
				"unknown is no condition: where a fact is missing, it is asked for anyway; possible are: %[1]s",
				strings.Join(allowed, ", ")))
		case slices.Contains(out, text):
			d.problem(spotOf(node), path, lang.Textf(
				"der Wert „%[1]s“ steht zweimal; bitte nur einmal angeben", `the value "%[1]s" stands twice; please give it once`, text))
		default:
			if text, ok = d.oneOf(node, path, allowed); ok {
				out = append(out, text)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int { return slices.Index(allowed, a) - slices.Index(allowed, b) })
	return out
}

// settings reads which result fields a case sets.
func (d *document) settings(n ast.Node, path string) []Setting {
	names := make([]string, fieldCount)
	for i, f := range fields {
		names[i] = f.name
	}
	in := d.fields(n, path, names...)
	var out []Setting
	for _, f := range fields {
		e, ok := in[f.name]
		if !ok {
			continue
		}
		if value, ok := d.oneOf(e.value, path+"."+f.name, f.values); ok {
			out = append(out, Setting{Field: f.name, Value: value})
		}
	}
	if _, isMapping := n.(*ast.MappingNode); isMapping && len(in) == 0 {
		d.problem(spotOf(n), path, lang.T("result setzt nichts; bitte weglassen", "result sets nothing; please leave it out"))
	}
	// A trigger that lets the provider act and the demand for a plain request come from the same case:
	// else a weaker case could attach its own demand, or none, to a stronger case's trigger.
	_, explicit := in[fields[fieldExplicit].name]
	if trigger := setting(out, fieldTrigger); trigger != "" && trigger != string(TriggerNever) && !explicit {
		d.problem(in[fields[fieldTrigger].name].key, path+".explicit_request", lang.T(
			"wer trigger setzt, setzt auch explicit_request (true oder false)",
			"whoever sets trigger also sets explicit_request (true or false)"))
	}
	return out
}

// checkDefault checks that the last resort denies: whatever no rule permits is not done.
func (d *document) checkDefault(n ast.Node, path string, c Case) {
	if len(c.When) == 0 && setting(c.Result, fieldPlanning) != "" &&
		setting(c.Result, fieldExecution) == string(PartyNobody) && setting(c.Result, fieldTrigger) == string(TriggerNever) {
		return
	}
	d.problem(spotOf(n), path, lang.T(
		"der Fall mit tier: default hat kein when und setzt planning, execution: nobody und trigger: never",
		"the case with tier: default has no when and sets planning, execution: nobody and trigger: never"))
}

func setting(list []Setting, number int) string {
	for _, s := range list {
		if s.Field == fields[number].name {
			return s.Value
		}
	}
	return ""
}
