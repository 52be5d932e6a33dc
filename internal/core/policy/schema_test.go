package policy_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/patchwart/patchwart/internal/core/policy"
)

func TestThePublishedSchemaIsUpToDate(t *testing.T) {
	t.Parallel()
	have, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", "policy.schema.json"))
	if err != nil || string(have) != string(policy.Schema()) {
		t.Errorf("policies/policy.schema.json is not what the enumerations say (%v): make generate", err)
	}
}

// TestEveryPolicyFitsTheSchema walks each document along the schema. The walk knows the few keywords that
// the schema uses, and fails on any other, so that it cannot overlook one.
func TestEveryPolicyFitsTheSchema(t *testing.T) {
	t.Parallel()
	var schema any
	if err := json.Unmarshal(policy.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	for id := range least {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", id+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var doc any
		if err := yaml.Unmarshal(data, &doc); err != nil {
			t.Fatal(err)
		}
		for _, problem := range fit(schema.(map[string]any), plain(t, doc), id) {
			t.Error(problem)
		}
	}
	odd := map[string]any{"id": "A", "colour": "red", "rules": []any{map[string]any{"kind": "law", "when": map[string]any{"layer": "roof"}}}}
	if problems := fit(schema.(map[string]any), odd, "odd"); len(problems) < 5 {
		t.Errorf("an odd document has only %d problems: %v", len(problems), problems)
	}
}

// plain turns a YAML value into what JSON has.
func plain(t *testing.T, v any) any {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func fit(schema map[string]any, v any, path string) (problems []string) {
	say := func(format string, args ...any) {
		problems = append(problems, path+": "+fmt.Sprintf(format, args...))
	}
	for keyword, want := range schema {
		switch keyword {
		case "$schema", "$id", "title", "description":
		case "type":
			kinds := map[string]reflect.Kind{"object": reflect.Map, "array": reflect.Slice, "string": reflect.String, "integer": reflect.Float64}
			if reflect.ValueOf(v).Kind() != kinds[want.(string)] {
				say("is %T, not %s", v, want)
			}
		case "enum":
			found := false
			for _, x := range want.([]any) {
				found = found || reflect.DeepEqual(x, v)
			}
			if !found {
				say("%v is none of %v", v, want)
			}
		case "minimum", "maximum":
			n, _ := v.(float64)
			if limit, _ := want.(float64); keyword == "minimum" && n < limit || keyword == "maximum" && n > limit || n != float64(int(n)) {
				say("%v is beyond the %s %v, or no whole number", v, keyword, want)
			}
		case "pattern":
			if s, ok := v.(string); ok && !regexp.MustCompile(want.(string)).MatchString(s) {
				say("%q does not match %s", s, want)
			}
		case "minLength":
			if s, ok := v.(string); ok && s == "" {
				say("is empty")
			}
		case "required":
			m, _ := v.(map[string]any)
			for _, name := range want.([]any) {
				if _, ok := m[name.(string)]; !ok {
					say("lacks %v", name)
				}
			}
		case "properties":
			m, _ := v.(map[string]any)
			for name, value := range m {
				if sub, ok := want.(map[string]any)[name]; ok {
					problems = append(problems, fit(sub.(map[string]any), value, path+"."+name)...)
				}
			}
		case "additionalProperties":
			m, _ := v.(map[string]any)
			for name := range m {
				if _, ok := schema["properties"].(map[string]any)[name]; !ok {
					say("has %s", name)
				}
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				problems = append(problems, fit(want.(map[string]any), item, fmt.Sprintf("%s[%d]", path, i))...)
			}
		case "minItems", "minProperties", "uniqueItems":
		case "oneOf":
			fits := 0
			for _, sub := range want.([]any) {
				if len(fit(sub.(map[string]any), v, path)) == 0 {
					fits++
				}
			}
			if fits != 1 {
				say("%v fits %d of the alternatives", v, fits)
			}
		default:
			say("the walk does not know the keyword %s", keyword)
		}
	}
	return problems
}
