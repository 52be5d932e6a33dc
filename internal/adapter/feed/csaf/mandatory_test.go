package csaf_test

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
)

func fixture(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/wid-sec-2026-0001.json")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// set changes a document: pointer, and the JSON that stands there afterwards; empty takes it out. An index
// one behind the last makes a list longer.
func set(t testing.TB, text []byte, edits ...string) []byte {
	t.Helper()
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		var value any
		if edits[i+1] != "" {
			if err := json.Unmarshal([]byte(edits[i+1]), &value); err != nil {
				t.Fatalf("%s: %v", edits[i], err)
			}
		}
		doc = put(t, doc, strings.Split(edits[i], "/")[1:], value, edits[i+1] == "")
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func put(t testing.TB, at any, way []string, value any, out bool) any {
	if len(way) == 0 {
		return value
	}
	switch v := at.(type) {
	case map[string]any:
		if out && len(way) == 1 {
			delete(v, way[0])
			return v
		}
		v[way[0]] = put(t, v[way[0]], way[1:], value, out)
		return v
	case []any:
		i, err := strconv.Atoi(way[0])
		if err != nil || i > len(v) {
			t.Fatalf("no place %v", way)
		}
		if i == len(v) {
			v = append(v, nil)
		}
		v[i] = put(t, v[i], way[1:], value, out)
		return v
	case nil:
		return put(t, map[string]any{}, way, value, out)
	}
	t.Fatalf("no place %v", way)
	return nil
}

const (
	tracking = "/document/tracking/"
	first    = "/vulnerabilities/0/"
	second   = "/vulnerabilities/1/"
	products = "/product_tree/full_product_names/"
)

// Each mistake that the standard forbids is found where it is, and nothing else is said to be wrong.
func TestMandatoryTests(t *testing.T) {
	t.Parallel()
	asVEX := []string{"/document/category", `"csaf_vex"`, second + "flags", `[{"label":"component_not_present","product_ids":["NGINX-TRIXIE"]}]`,
		first + "remediations/0", `{"category":"workaround","details":"aus","product_ids":["NC-OLD","NC-ON-DEBIAN"]}`,
		second + "remediations", `[{"category":"none_available","details":"warten","product_ids":["NGINX-OLD","NGINX-ANY","DEBIAN","BOX"]}]`}
	asNews := []string{"/document/category", `"csaf_informational_advisory"`, "/vulnerabilities", "", "/product_tree", ""}
	for _, c := range []struct {
		story, test, path string // empty test: the document is valid
		edits             []string
	}{
		{"as it is", "", "", nil},
		{"as VEX document", "", "", asVEX},
		{"as mere news", "", "", asNews},
		{"a status names a product that nobody knows", "6.1.1", second + "product_status/fixed/1", []string{second + "product_status/fixed/1", `"NOBODY"`}},
		{"a product is defined twice", "6.1.2", products + "4/product_id", []string{products + "4/product_id", `"NGINX-ANY"`, second + "product_status/known_affected", `["NGINX-OLD"]`}},
		{"a product runs on itself", "6.1.3", "/product_tree/relationships/0/full_product_name/product_id", []string{"/product_tree/relationships/0/relates_to_product_reference", `"NC-ON-DEBIAN"`}},
		{"a remediation for a group that nobody knows", "6.1.4", first + "remediations/0/group_ids/0", []string{first + "remediations/0/group_ids/0", `"NOBODY"`}},
		{"a group is defined twice", "6.1.5", "/product_tree/product_groups/1/group_id", []string{"/product_tree/product_groups/1", `{"group_id":"ALL-NC","product_ids":["BOX","TALK"]}`}},
		{"fixed and affected at once", "6.1.6", second + "product_status/known_affected/0", []string{second + "product_status/fixed", `["NGINX-OLD"]`}},
		{"two scores of one kind", "6.1.7", second + "scores/2/products/0", []string{second + "scores/2", `{"products":["NGINX-OLD"],"cvss_v3":{"version":"3.1","vectorString":"CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H","baseScore":6.2,"baseSeverity":"MEDIUM"}}`}},
		{"a score without a vector", "6.1.8", second + "scores/0/cvss_v2", []string{second + "scores/0/cvss_v2/vectorString", ""}},
		{"a score made look harmless", "6.1.9", second + "scores/1/cvss_v3/baseScore", []string{second + "scores/1/cvss_v3/baseScore", "3.1"}},
		{"a severity made look harmless", "6.1.9", second + "scores/1/cvss_v3/baseSeverity", []string{second + "scores/1/cvss_v3/baseSeverity", `"LOW"`}},
		{"a vector that says half", "6.1.9", second + "scores/1/cvss_v3/vectorString", []string{second + "scores/1/cvss_v3/vectorString", `"CVSS:3.1/AV:N"`}},
		{"a vector that says one thing twice", "6.1.9", second + "scores/0/cvss_v2/vectorString", []string{second + "scores/0/cvss_v2/vectorString", `"AV:N/AV:L/AC:L/Au:N/C:N/I:N/A:C"`}},
		{"a vector in another order", "", "", []string{second + "scores/0/cvss_v2/vectorString", `"AC:L/AV:N/Au:N/A:C/C:N/I:N"`}},
		{"local here, network there", "6.1.10", first + "scores/0/cvss_v3/attackVector", []string{first + "scores/0/cvss_v3/attackVector", `"LOCAL"`}},
		{"the wrong name of a weakness", "6.1.11", first + "cwe/name", []string{first + "cwe/name", `"Improper Input Validation"`}},
		{"an old name of the weakness", "", "", []string{first + "cwe/name", `"Failure to Preserve Web Page Structure ('Cross-site Scripting')"`}},
		{"a weakness that there never was", "6.1.11", first + "cwe/id", []string{first + "cwe/id", `"CWE-17"`}},
		{"a weakness that is newer than we", "", "", []string{first + "cwe", `{"id":"CWE-99999","name":"Thinking machines"}`}},
		{"a language that there is not", "6.1.12", "/document/lang", []string{"/document/lang", `"EZ"`}},
		{"a language of one's own", "", "", []string{"/document/lang", `"qtx"`}},
		{"a package URL without a name", "6.1.13", products + "0/product_identification_helper/purl", []string{products + "0/product_identification_helper/purl", `"pkg:deb/@1"`}},
		{"an earlier revision with a higher number", "6.1.14", tracking + "revision_history/0/number", []string{tracking + "revision_history/0/date", `"2026-03-03T08:00:00Z"`, tracking + "version", `"1"`}},
		{"a translator who keeps the source for himself", "6.1.15", "/document/source_lang", []string{"/document/publisher/category", `"translator"`}},
		{"the version of yesterday", "6.1.16", tracking + "version", []string{tracking + "version", `"1"`}},
		{"a draft that calls itself final", "6.1.17", tracking + "status", []string{tracking + "version", `"0"`, tracking + "revision_history", `[{"date":"2026-03-01T08:00:00Z","number":"0","summary":"x"}]`}},
		{"a release that remembers drafts", "6.1.18", tracking + "revision_history/0/number", []string{tracking + "version", `"1"`, tracking + "revision_history/0/number", `"0"`, tracking + "revision_history/1/number", `"1"`}},
		{"a revision for a pre-release", "6.1.19", tracking + "revision_history/0/number", []string{tracking + "version", `"1.0.0"`, tracking + "revision_history/0/number", `"1.0.0-1"`, tracking + "revision_history/1/number", `"1.0.0"`}},
		{"a released pre-release", "6.1.20", tracking + "version", []string{tracking + "version", `"1.0.0-1"`, tracking + "revision_history", `[{"date":"2026-03-01T08:00:00Z","number":"1.0.0-1","summary":"x"}]`}},
		{"a revision that nobody has seen", "6.1.21", tracking + "revision_history/1/number", []string{tracking + "version", `"3"`, tracking + "revision_history/1/number", `"3"`}},
		{"two revisions with one number", "6.1.22", tracking + "revision_history/1/number", []string{tracking + "version", `"1"`, tracking + "revision_history/1/number", `"1"`}},
		{"one CVE twice", "6.1.23", second + "cve", []string{second + "cve", `"CVE-2026-10001"`}},
		{"a party of two minds", "6.1.24", first + "involvements/1", []string{first + "involvements/1", `{"party":"vendor","status":"disputed","date":"2026-02-27T11:00:00+01:00"}`}},
		{"two hashes of a kind", "6.1.25", products + "1/product_identification_helper/hashes/0/file_hashes/1/algorithm", []string{products + "1/product_identification_helper/hashes/0/file_hashes/1", `{"algorithm":"sha256","value":"1123456789abcdef0123456789abcdef"}`}},
		{"almost a profile", "6.1.26", "/document/category", []string{"/document/category", `"Security Advisory"`}},
		{"almost CSAF Base", "6.1.26", "/document/category", []string{"/document/category", `"CSAF-Base"`}},
		{"a profile to come", "6.1.26", "/document/category", []string{"/document/category", `"csaf_superseded"`}},
		{"another category", "", "", []string{"/document/category", `"Cisco Security Advisory"`}},
		{"news without explanation", "6.1.27.1", "/document/notes", append(slices.Clone(asNews), "/document/notes", "")},
		{"news without source", "6.1.27.2", "/document/references", append(slices.Clone(asNews), "/document/references", "")},
		{"news with holes", "6.1.27.3", "/vulnerabilities", asNews[:2]},
		{"holes without products", "6.1.27.4", "/product_tree", []string{"/product_tree", "", "/vulnerabilities", `[{"cve":"CVE-2026-1000","notes":[{"category":"general","text":"x"}],"product_status":{"fixed":["A"]}}]`}},
		{"a hole nobody explains", "6.1.27.5", second + "notes", []string{second + "notes", ""}},
		{"a hole in nothing", "6.1.27.6", second + "product_status", []string{second + "product_status", ""}},
		{"VEX about first versions only", "6.1.27.7", second + "product_status", append(slices.Clone(asVEX), second+"product_status", `{"first_affected":["NGINX-OLD"]}`)},
		{"VEX about a hole without a name", "6.1.27.8", "/vulnerabilities/1", append(slices.Clone(asVEX), second+"cve", "")},
		{"VEX that gives no reason", "6.1.27.9", second + "product_status/known_not_affected/0", append(slices.Clone(asVEX), second+"flags", "")},
		{"VEX that gives its reason in words", "", "", append(slices.Clone(asVEX), second+"flags", "", second+"threats", `[{"category":"impact","details":"nicht gebaut","product_ids":["NGINX-TRIXIE"]}]`)},
		{"VEX that leaves people alone", "6.1.27.10", second + "product_status/known_affected/0", append(slices.Clone(asVEX), second+"remediations", `[{"category":"none_available","details":"warten","product_ids":["NGINX-ANY","DEBIAN","BOX"]}]`)},
		{"a security advisory about nothing", "6.1.27.11", "/vulnerabilities", []string{"/vulnerabilities", ""}},
		{"translated from German into German", "6.1.28", "/document/source_lang", []string{"/document/source_lang", `"de-de"`}},
		{"a remedy for nobody", "6.1.29", first + "remediations/0", []string{first + "remediations/0/group_ids", ""}},
		{"revision 1, then 2.0.0", "6.1.30", tracking + "revision_history/1/number", []string{tracking + "revision_history/1/number", `"2.0.0"`}},
		{"everything before, called one version", "6.1.31", "/product_tree/branches/0/branches/0/branches/1/name", []string{"/product_tree/branches/0/branches/0/branches/1/name", `"28.0.9 and earlier"`}},
		{"a version called after-eight", "", "", []string{"/product_tree/branches/0/branches/0/branches/1/name", `"after-eight"`}},
		{"a flag for nobody", "6.1.32", first + "flags/0", []string{first + "flags/0/product_ids", ""}},
		{"two reasons for one product", "6.1.33", first + "flags/1", []string{first + "flags/1", `{"label":"vulnerable_code_not_present","group_ids":["ALL-NC"]}`}},
		{"no title", csaf.Schema, "/document", []string{"/document/title", ""}},
		{"a day that there is not", csaf.Schema, tracking + "current_release_date", []string{tracking + "current_release_date", `"2026-02-30T00:00:00Z"`}},
		{"a member of the publisher's own", "", "", []string{"/document/tracking/x_internal", `{"a":[1]}`, first + "ticket's \"no\"", `7`}},
	} {
		t.Run(c.story, func(t *testing.T) {
			t.Parallel()
			_, violations, err := csaf.Read("wid.json", set(t, fixture(t), c.edits...))
			if c.test == "" {
				if err != nil || violations != nil {
					t.Fatal(err)
				}
				return
			}
			var refused *csaf.RefusedError
			if !errors.As(err, &refused) || !slices.Equal(refused.Violations, violations) {
				t.Fatalf("want test %s, got %v", c.test, err)
			}
			if !slices.ContainsFunc(violations, func(v csaf.Violation) bool { return v.Test == c.test && v.Path == c.path }) {
				t.Errorf("want %s at %s, got %v", c.test, c.path, violations)
			}
			for _, v := range violations {
				if v.Test != c.test && !entailed[c.test][v.Test] {
					t.Errorf("also accused of %v", v)
				}
			}
			if w := refused.Words(); w.DE == "" || w.EN == "" || !strings.Contains(w.DE, violations[0].Test) {
				t.Errorf("words %+v", w)
			}
		})
	}
}

// entailed are the tests that the mistake of another one breaks, too.
var entailed = map[string]map[string]bool{
	"6.1.14":   {"6.1.21": true},
	"6.1.17":   {"6.1.18": true},
	"6.1.19":   {"6.1.22": true},
	"6.1.20":   {"6.1.17": true, "6.1.19": true},
	"6.1.27.4": {"6.1.1": true},
	"6.1.27.7": {"6.1.27.9": true},
	"6.1.30":   {"6.1.16": true},
}

// What is no document at all, is too large or too deep is refused before anybody looks closer.
func TestHostileText(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat(`{"branches":[{"category":"vendor","name":"x","branches":[`, 2000)
	for story, text := range map[string]string{
		"nothing":              "",
		"half":                 string(fixture(t)[:5000]),
		"a list":               "[]",
		"null":                 "null",
		"a page of a firewall": "<html>blocked</html>",
		"two documents":        string(fixture(t)) + "{}",
		"too deep":             `{"document":{},"product_tree":` + deep + strings.Repeat(`]}]}`, 2000) + `}`,
		"too large":            `{"document":"` + strings.Repeat("x", csaf.MaxDocument) + `"}`,
		"a million mistakes":   string(set(t, fixture(t), second+"product_status/fixed", "["+strings.Repeat("1,", 1_000_000)+"1]")),
		"many mistakes":        string(set(t, fixture(t), second+"product_status/fixed", "["+strings.Repeat("1,", 50_000)+"1]")),
		"unknown members":      strings.Replace(string(fixture(t)), `"lang"`, unknownMembers(20_000)+`"lang"`, 1),
		"a huge number":        string(set(t, fixture(t), first+"scores/0/cvss_v3/baseScore", "1e300")),
		"an endless number":    strings.Replace(string(fixture(t)), "6.1,", "1e999999999,", 1),
	} {
		if _, err := csaf.ReadDocument(story, []byte(text)); err == nil {
			t.Errorf("%s was read", story)
		} else if len(err.Error()) > 2000 {
			t.Errorf("%s: the error has %d bytes", story, len(err.Error()))
		}
	}
}

func unknownMembers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`"x` + strconv.Itoa(i) + `":1,`)
	}
	return b.String()
}
