package policy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// head is a valid document up to its rules; line 12 is the first line after it.
const head = `id: test-1
name: test
version: "1"
title:
  de: Probe
  en: Trial
publisher: Hoster
source:
  title: Probe
  sha256: c4128a5446e3a0549700af3227c79495318511d34aaf8611ae46b843680f0f3c
valid_from: 2026-01-01
valid_to: unknown
recorded_at: 2026-11-23
`

// lastResort is the default that every document needs, at the end of its rules.
const lastResort = `  - id: T-99
    tier: default
    kind: rule
    text: {de: nein, en: "no"}
    result: {planning: nobody, execution: nobody, trigger: never}
`

func TestParseReadsAVersionAndHashesItsBytes(t *testing.T) {
	t.Parallel()
	doc := head + "rules:\n" + lastResort
	v, err := policy.Parse("test-1.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(doc))
	if v.SHA256 != hex.EncodeToString(sum[:]) {
		t.Errorf("SHA-256 is %s", v.SHA256)
	}
	if v.ID != "test-1" || v.Title.EN != "Trial" || v.ValidFrom != "2026-01-01" || v.ValidTo != policy.DateUnknown ||
		v.RecordedAt != "2026-11-23" || v.Supersedes != "" || v.Publisher != "Hoster" {
		t.Errorf("read as %+v", v)
	}
	if d := policy.Decide(v, onAdvanced()); d.GoverningRule() != "T-99" || d.PolicyID != "test-1" || d.PolicySHA256 != v.SHA256 {
		t.Errorf("decided as %+v", d)
	}
}

func TestParseReadsFoldedTexts(t *testing.T) {
	t.Parallel()
	doc := head + "rules:\n" + strings.Replace(lastResort, "text: {de: nein, en: \"no\"}",
		"text:\n      de: >-\n        nein und\n        abermals nein\n      en: |\n        no", 1)
	v, err := policy.Parse("test-1.yaml", []byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if r := v.Rules[0]; r.Text.DE != "nein und abermals nein" || r.Text.EN != "no" {
		t.Errorf("text is %+v", r.Text)
	}
}

// ruleDoc is a document with one rule before the last resort; the rule starts in line 13, after "rules:".
func ruleDoc(lines ...string) string {
	return head + "rules:\n  - " + strings.Join(lines, "\n    ") + "\n" + lastResort
}

func TestParseNamesPlaceAndRemedy(t *testing.T) {
	t.Parallel()
	edit := func(old, replacement string) string {
		return strings.Replace(head, old, replacement, 1) + "rules:\n" + lastResort
	}
	ok := []string{"id: T-01", "tier: text", "kind: rule", "text: {de: a, en: b}"}
	rule := func(lines ...string) string { return ruleDoc(append(append([]string{}, ok...), lines...)...) }
	tests := []struct {
		name, doc string
		want      []string
	}{
		{"an unknown field", edit("publisher:", "publischer:"), []string{
			`p.yaml:1:1: the field "publisher" is missing`,
			`p.yaml:7:1: unknown field "publischer"; possible are: id, name, version, title, publisher, source, valid_from, valid_to, recorded_at, supersedes, agreements, rules, notices`}},
		{"a missing translation", edit("  en: Trial\n", ""), []string{
			`p.yaml:5:3: the field "title.en" is missing`}},
		{"an empty translation", edit("en: Trial", `en: " "`), []string{
			`p.yaml:6:7: title.en must be a text that is not empty`}},
		{"a text in one language only", edit("title:\n  de: Probe\n  en: Trial", "title: Probe"), []string{
			`p.yaml:4:8: title must consist of fields of the form "name: value"`}},
		{"a day that does not exist", edit("valid_from: 2026-01-01", "valid_from: 2026-02-30"), []string{
			`p.yaml:11:13: "2026-02-30" is not a date; expected is a day like 2026-11-23, or unknown`}},
		{"recorded at nobody knows when", edit("recorded_at: 2026-11-23", "recorded_at: unknown"), []string{
			`p.yaml:13:14: "unknown" is not a date; expected is a day like 2026-11-23`}},
		{"an end before the start", edit("valid_to: unknown", "valid_to: 2025-12-31"), []string{
			`p.yaml:12:11: valid_to is before valid_from (2026-01-01)`}},
		{"a digest cut short", edit("c4128a54", "c41"), []string{
			`p.yaml:10:11: "c4146e3a0549700af3227c79495318511d34aaf8611ae46b843680f0f3c" does not have the shape of source.sha256, for example 64 × 0-9a-f`}},
		{"an ID in capitals", edit("id: test-1", "id: Test 1"), []string{
			`p.yaml:1:5: "Test 1" does not have the shape of id, for example managedhosting-2`}},
		{"a version that supersedes itself", edit("id: test-1", "id: test-1\nsupersedes: test-1"), []string{
			`p.yaml:2:13: a version cannot supersede itself`}},
		{"a field given twice", edit("publisher: Hoster", "publisher: Hoster\npublisher: Other"), []string{
			`p.yaml:8:1: the field "publisher" stands already in line 7; please give it once`}},
		{"an alias", edit("publisher: Hoster", "publisher: *h"), []string{
			`p.yaml:7:12: publisher: references and types (& * !) are not read; please write the text out`}},

		{"no rules", head + "rules: []\n", []string{
			`p.yaml:14:1: 0 cases with tier: default; exactly one is expected, which denies in the end`,
			`p.yaml:14:8: rules must be a list with at least one entry`}},
		{"a rule ID twice", head + "rules:\n" + lastResort + strings.Replace(lastResort, "tier: default", "tier: text", 1), []string{
			`p.yaml:20:5: the rule T-99 stands already in line 15; every ID stands once, several cases go under cases`}},
		{"two last resorts", head + "rules:\n" + lastResort + strings.Replace(lastResort, "T-99", "T-98", 1), []string{
			`p.yaml:14:1: 2 cases with tier: default; exactly one is expected, which denies in the end`}},
		{"a last resort that permits", head + "rules:\n" + strings.Replace(lastResort, "execution: nobody", "execution: provider", 1), []string{
			`p.yaml:15:5: the case with tier: default has no when and sets planning, execution: nobody and trigger: never`}},
		{"a last resort with a condition", head + "rules:\n" + lastResort + "    when: {service_model: paas}\n", []string{
			`p.yaml:15:5: the case with tier: default has no when and sets planning, execution: nobody and trigger: never`}},

		{"an unknown facet", rule("when: {colour: red}", "result: {planning: customer}"), []string{
			`p.yaml:19:12: unknown field "colour"; possible are: service_model, package, layer, change_class, criticality, origin, installed_by, admin_access, system_created, os_supported`}},
		{"an unknown facet value", rule("when: {package: [basic, deluxe]}", "result: {planning: customer}"), []string{
			`p.yaml:19:29: unknown value "deluxe" for rules[0].when.package; possible are: none, basic, advanced`}},
		{"unknown as a condition", rule("when: {origin: unknown}", "result: {planning: customer}"), []string{
			`p.yaml:19:20: unknown is no condition: where a fact is missing, it is asked for anyway; possible are: standard, third_party, customer`}},
		{"a value twice", rule("when: {package: [basic, basic]}", "result: {planning: customer}"), []string{
			`p.yaml:19:29: the value "basic" stands twice; please give it once`}},
		{"a condition that excludes nothing", rule("when: {installed_by: [provider, customer]}", "result: {planning: customer}"), []string{
			`p.yaml:19:12: the condition names all values and excludes nothing; please leave it out`}},
		{"a trigger without a word on the request", rule("result: {trigger: order}"), []string{
			`p.yaml:19:14: whoever sets trigger also sets explicit_request (true or false)`}},
		{"an unknown result value", rule("result: {charge: cheap}"), []string{
			`p.yaml:19:22: unknown value "cheap" for rules[0].result.charge; possible are: unknown, free, included, quote`}},
		{"a result that sets nothing", rule("result: {}"), []string{
			`p.yaml:19:13: result sets nothing; please leave it out`}},
		{"a case from which nothing follows", rule("cases: [{when: {package: basic}}]"), []string{
			`p.yaml:19:13: a case needs a result or a notice, else nothing follows from it`}},
		{"a result and cases", rule("result: {planning: customer}", "cases: [{result: {planning: customer}}]"), []string{
			`p.yaml:20:5: either when, result and notice on the rule itself, or cases, not both`}},
		{"a rule that decides nothing", ruleDoc("id: T-01", "tier: text", "kind: rule", "text: {de: a, en: b}", "notice: {de: a, en: b}"), []string{
			`p.yaml:15:5: kind: rule needs at least one result; without one it is notice or statement`}},
		{"a statement that decides", ruleDoc("id: T-01", "tier: text", "kind: statement", "text: {de: a, en: b}", "result: {planning: customer}"), []string{
			`p.yaml:15:5: kind: statement has neither when nor result, notice, cases or controls`}},
		{"a notice that decides", ruleDoc("id: T-01", "tier: text", "kind: notice", "text: {de: a, en: b}", "result: {planning: customer}"), []string{
			`p.yaml:15:5: kind: notice needs a notice and has no result`}},
		{"unknown tier and kind, odd ID: all at once", ruleDoc("id: t1", "tier: strong", "kind: law", "text: {de: a, en: b}"), []string{
			`p.yaml:15:9: "t1" does not have the shape of rules[0].id, for example MH2-20`,
			`p.yaml:16:11: unknown value "strong" for rules[0].tier; possible are: law, agreement, package, text, orientation, default`,
			`p.yaml:17:11: unknown value "law" for rules[0].kind; possible are: rule, notice, control, statement`}},

		{"nothing", "", []string{`p.yaml:1:1: the file must consist of fields of the form "name: value"`}},
		{"a list", "- a\n", []string{`p.yaml:1:1: the file must consist of fields of the form "name: value"`}},
		{"two documents", "a: 1\n---\nb: 2\n", []string{`p.yaml:1:1: 2 YAML documents found; exactly one in a file is expected`}},
		{"broken YAML", "id: test-1\ntitle: [a\n", []string{`p.yaml:2:8: not valid YAML: sequence end token ']' not found`}},
		{"not UTF-8", "id: test-1\ntitle: \xff\n", []string{`p.yaml:2:1: the line is not valid UTF-8`}},
		{"an endless line", "id: " + strings.Repeat("x", 1000) + "\n", []string{`p.yaml:1:1: the line has more than 1000 bytes`}},
		{"a heap of brackets", "id:\n" + strings.Repeat("[\n", 40), []string{`p.yaml:34:1: more than 32 open brackets`}},
		{"a huge file", strings.Repeat("# nothing\n", 30000), []string{`p.yaml:1:1: the file has more than 262144 bytes`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			v, err := policy.Parse("p.yaml", []byte(tt.doc))
			if v != nil || err == nil {
				t.Fatalf("accepted:\n%s", tt.doc)
			}
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Invalid {
				t.Fatalf("not an invalid-input fault: %v", err)
			}
			var got []string
			for _, p := range f.Places {
				got = append(got, fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Problem.EN))
				if p.Problem.DE == "" || p.Problem.DE == p.Problem.EN {
					t.Errorf("the problem is not told in German: %+v", p.Problem)
				}
				if !strings.Contains(err.Error(), p.Problem.EN) {
					t.Errorf("the error does not mention %q", p.Problem.EN)
				}
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestParseReportsABoundedNumberOfProblems(t *testing.T) {
	t.Parallel()
	var doc strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&doc, "odd%d: 1\n", i)
	}
	_, err := policy.Parse("p.yaml", []byte(doc.String()))
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Places) == 0 || len(f.Places) > 100 {
		t.Fatalf("%d places", len(f.Places))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(document(f))
	f.Add([]byte(head + "rules:\n" + lastResort))
	f.Add([]byte("id: &a *a\nrules: [{when: {<<: *a}}]\n"))
	f.Add([]byte("? a\n: b\n!x y: |\n  z\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := policy.Parse("fuzz.yaml", data)
		if (v == nil) == (err == nil) {
			t.Fatalf("version %v and error %v", v, err)
		}
		if err != nil {
			var bad *fault.Error
			if !errors.As(err, &bad) || len(bad.Places) == 0 {
				t.Fatalf("an error without a place: %v", err)
			}
			return
		}
		if d := policy.Decide(v, policy.Facets{}); d.GoverningRule() == "" {
			t.Fatalf("a decision without a rule: %+v", d)
		}
	})
}
