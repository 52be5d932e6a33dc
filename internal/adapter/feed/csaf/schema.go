package csaf

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gocsaf/csaf/v3/csaf"
)

// decode reads a document, holds it against the JSON schema and the mandatory tests, and returns it
// without the members that the standard does not know.
//
// The library's own document model cannot hold every valid document (as of v3.7.0 it takes product_groups,
// group_ids and hashes for objects where the standard has lists), so that the document stays as it is.
func decode(name string, text []byte) (node, error) {
	if len(text) > MaxDocument {
		return node{}, fmt.Errorf("%s has more than %d MiB: a CSAF document has at most 15", name, MaxDocument>>20)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return node{}, fmt.Errorf("%s is no JSON: %w", name, err)
	}
	values := maxValues
	if deeper(value, maxDepth, &values) {
		return node{}, refused(name, []Violation{{Schema, "", fmt.Sprintf("the document has more than %d levels or %d values", maxDepth, maxValues)}})
	}
	found, err := conform(value)
	if err != nil {
		return node{}, fmt.Errorf("%s cannot be checked: %w", name, err)
	}
	if len(found) > 0 {
		return node{}, refused(name, found)
	}
	doc := node{value: value}
	if found = verify(doc); len(found) > 0 {
		return node{}, refused(name, found)
	}
	return doc, nil
}

func refused(name string, found []Violation) error {
	return &RefusedError{Name: name, Violations: found[:min(len(found), maxViolations)]}
}

func violationsOf(err error) []Violation {
	var r *RefusedError
	if errors.As(err, &r) {
		return r.Violations
	}
	return nil
}

// deeper reports whether a value has more levels or values than that. The library collects every mistake of
// a document; without a limit a hostile one costs gigabytes.
func deeper(value any, levels int, values *int) bool {
	*values--
	if levels < 0 || *values < 0 {
		return true
	}
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			if deeper(inner, levels-1, values) {
				return true
			}
		}
	case []any:
		for _, inner := range v {
			if deeper(inner, levels-1, values) {
				return true
			}
		}
	}
	return false
}

// conform holds a value against the schema. The library's schema is the strict one, which forbids unknown
// members; the standard allows them (test 6.2.20 is optional). So they are taken out: they are never read.
func conform(value any) ([]Violation, error) {
	messages, err := csaf.ValidateCSAF(value)
	if err != nil {
		return nil, err
	}
	if prune(value, messages) {
		if messages, err = csaf.ValidateCSAF(value); err != nil {
			return nil, err
		}
	}
	var found, vague []Violation
	for _, m := range messages {
		path, problem, _ := strings.Cut(m, ": ")
		if strings.HasPrefix(path, "https:") { // where the library has no place it names the schema
			path = ""
		}
		v := Violation{schemaTest(path), path, shortened(problem)}
		if problem == "validation failed" || strings.HasSuffix(problem, "none matched") {
			vague = append(vague, v)
		} else {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		found = vague
	}
	if len(found) == 0 {
		found = undated(node{value: value})
	}
	return found, nil
}

// schemaTest is the test that a violation of the schema fails: a broken CVSS object has one of its own.
func schemaTest(path string) string {
	if strings.HasPrefix(path, "/vulnerabilities/") && strings.Contains(path, "/cvss_v") {
		return "6.1.8"
	}
	return Schema
}

const unknown = ": additional properties "

// prune takes the members out that the messages call unknown, and reports whether there were some.
func prune(value any, messages []string) bool {
	done := false
	for _, m := range messages {
		path, names, ok := strings.Cut(m, unknown)
		if !ok {
			continue
		}
		object, ok := follow(value, path).(map[string]any)
		if !ok || len(object) > maxMembers {
			continue // and is refused
		}
		for key := range object {
			// Names are quoted with quotes inside escaped, so that no name can hold another one with its quotes.
			if strings.Contains(names, quote(key)) {
				delete(object, key)
				done = true
			}
		}
	}
	return done
}

// quote writes a name as the library's messages do.
func quote(name string) string {
	q := strconv.Quote(name)
	q = strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
	return "'" + strings.ReplaceAll(q, "'", `\'`) + "'"
}

// follow finds the place of a message, which has known names and numbers only.
func follow(value any, path string) any {
	for step := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		switch v := value.(type) {
		case map[string]any:
			if path != "" {
				value = v[step]
			}
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		}
	}
	return value
}

// undated finds the dates that the tests and records need and that are no moment in time.
func undated(doc node) []Violation {
	var found []Violation
	for _, d := range doc.all("document/tracking/initial_release_date", "document/tracking/current_release_date", "document/tracking/revision_history[]/date") {
		if _, err := moment(d.text()); err != nil {
			found = append(found, Violation{Schema, d.path, fmt.Sprintf("%q is no date and time", d.text())})
		}
	}
	return found
}

// moment reads a date-time of RFC 3339. A leap second counts as the second before it.
func moment(s string) (time.Time, error) {
	s = strings.ToUpper(s)
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil && len(s) > 19 && s[16:19] == ":60" {
		return time.Parse(time.RFC3339Nano, s[:16]+":59"+s[19:])
	}
	return at, err
}
