package tracker

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// said is a record as short lines: "bookworm nginx fixed 1.22 (low)".
func said(r advisory.Record) []string {
	var lines []string
	for _, a := range r.Affected {
		line := strings.TrimPrefix(string(a.Ecosystem), "Debian:") + " " + a.Package + " " + string(a.State)
		for _, span := range a.Ranges {
			line += " " + span.Fixed
		}
		if a.Urgency != "" {
			line += " (" + a.Urgency + ")"
		}
		if a.Inherited {
			line += " inherited"
		}
		lines = append(lines, line)
	}
	return lines
}

const dsaList = `[21 Aug 2026] DSA-7001-1 nginx - security update
	{CVE-2026-1 CVE-2026-2}
	[bookworm] - nginx 1.22.1-9+deb12u9 (medium)
	[bullseye] - nginx <not-affected> (Vulnerable code introduced later)
	NOTE: see the website
[20 Aug 2026] DSA-7000-1 old - end of life
	[bookworm] - old <end-of-life>
`

func TestAdvisoryList(t *testing.T) {
	t.Parallel()
	records, skipped := Advisories(dsaList)
	if len(records) != 2 || len(skipped) != 0 {
		t.Fatalf("%d records, skipped %v", len(records), skipped)
	}
	r := records[0]
	if r.ID != "DSA-7001-1" || r.Title != "nginx - security update" || r.Published.Format("2006-01-02") != "2026-08-21" || !slices.Equal(r.CVEs, []string{"CVE-2026-1", "CVE-2026-2"}) {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff([]string{"bookworm nginx fixed 1.22.1-9+deb12u9 (medium)", "bullseye nginx not_affected"}, said(r)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"bookworm old end_of_life"}, said(records[1])); diff != "" {
		t.Error(diff)
	}
}

// One broken line costs itself, never the list; what follows a broken heading is not put to the
// advisory before it.
func TestABrokenLineIsReportedAndSkipped(t *testing.T) {
	t.Parallel()
	for broken, want := range map[string]string{
		"[99 Foo 2026] DSA-1-1 x - y\n\t{CVE-2026-9}\n\t[bookworm] - x 1": "line 8: \"99 Foo 2026\" is no date",
		"[01 Aug 2026] XXX-1 x - y\n\t{CVE-2026-9}":                       "is no advisory",
		"[01 Aug 2026] DSA-1-1 x\n\t[bookworm] - x <wonderful>":           "line 9 (DSA-1-1): \"<wonderful>\" is no state",
		"[01 Aug 2026] DSA-1-1 x\n\t[bookworm] - x":                       "is no statement",
		"[01 Aug 2026] DSA-1-1 x\n\t[bookworm] - x y2.0":                  "is no version",
		"[01 Aug 2026] DSA-1-1 x\n\t{CVE-1":                               "does not end with a brace",
		"<html>":                                                          "neither the heading",
	} {
		records, skipped := Advisories(dsaList + broken + "\n[02 Aug 2026] DSA-2-1 curl - x\n\t{CVE-2026-3}\n\t[bookworm] - curl 8-1\n")
		last := records[len(records)-1]
		if last.ID != "DSA-2-1" || len(last.CVEs) != 1 || len(last.Affected) != 1 {
			t.Errorf("%q: the next one is %+v", broken, last)
		}
		if !slices.Equal(records[1].CVEs, nil) || len(records[1].Affected) != 1 {
			t.Errorf("%q changed the one before: %+v", broken, records[1])
		}
		if len(skipped) != 1 || !strings.Contains(skipped[0].Place+": "+skipped[0].Why, want) {
			t.Errorf("%q: %v, want %q", broken, skipped, want)
		}
	}
}

const cveList = `CVE-2026-10 (A hole in nginx ...)
	{DSA-7001-1}
	- nginx 1.26.3-3 (bug #1)
	[bullseye] - nginx <no-dsa> (Minor issue)
	NOTE: text
CVE-2026-11
	REJECTED
CVE-2026-12 (Somebody else's)
	NOT-FOR-US: Other
CVE-2026-13 (gone)
	- oldlib <removed>
	- newlib <not-affected> (rewritten)
	- planned <itp> (bug #2)
`

// A statement without a release is about unstable and handed down to the releases that nothing is said
// about.
func TestCVEList(t *testing.T) {
	t.Parallel()
	records, skipped := CVEs(cveList)
	if len(records) != 4 || len(skipped) != 0 {
		t.Fatalf("%d records, skipped %v", len(records), skipped)
	}
	got := said(records[0])
	for _, want := range []string{"sid nginx fixed 1.26.3-3", "bullseye nginx no_dsa", "bookworm nginx fixed 1.26.3-3 inherited", "trixie nginx fixed 1.26.3-3 inherited"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	if slices.Contains(got, "bullseye nginx fixed 1.26.3-3 inherited") {
		t.Error("bullseye has a word of its own")
	}
	if !records[1].Withdrawn || records[2].Affected != nil {
		t.Errorf("%+v %+v", records[1], records[2])
	}
	if got := said(records[3]); !slices.Contains(got, "bookworm oldlib unfixed inherited") || !slices.Contains(got, "bookworm newlib not_affected inherited") || strings.Contains(fmt.Sprint(got), "planned") {
		t.Error(got)
	}
}

const trackerJSON = `{"nginx": {"CVE-2026-1": {"description": "bad", "scope": "remote", "releases": {
	"bookworm": {"status": "resolved", "fixed_version": "1.22.1-9+deb12u9", "urgency": "not yet assigned"},
	"bullseye": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"},
	"trixie": {"status": "open", "urgency": "medium**"},
	"sid": {"status": "undetermined", "urgency": "low"}}},
  "CVE-2026-2": {"releases": {"bookworm": {"status": "open", "nodsa": "Minor issue", "nodsa_reason": "postponed", "urgency": "low"},
	"trixie": {"status": "open", "urgency": "end-of-life"}}}},
 "curl": {"CVE-2026-3": {"releases": {"bookworm": {"status": "peculiar"}}}, "CVE-2026-4": 7},
 "broken": [1]}`

func TestTrackerJSON(t *testing.T) {
	t.Parallel()
	got := map[string]bool{}
	skipped, err := JSON(strings.NewReader(trackerJSON), func(r advisory.Record) {
		for _, line := range said(r) {
			got[r.ID+" "+line] = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"CVE-2026-1 bookworm nginx fixed 1.22.1-9+deb12u9 (not yet assigned)",
		"CVE-2026-1 bullseye nginx not_affected (unimportant)",
		"CVE-2026-1 trixie nginx unfixed (medium)",
		"CVE-2026-1 sid nginx undetermined (low)",
		"CVE-2026-2 bookworm nginx no_dsa (low)",
		"CVE-2026-2 trixie nginx end_of_life (end-of-life)",
		"CVE-2026-3 bookworm curl undetermined",
	} {
		if !got[want] {
			t.Errorf("%q is missing in %v", want, got)
		}
	}
	if len(skipped) != 3 {
		t.Errorf("skipped %v", skipped)
	}
}

// A text that breaks off is an error, wherever it does: half of a feed has fewer holes than the whole.
func TestATrackerThatBreaksOffIsNoTracker(t *testing.T) {
	t.Parallel()
	for cut := range len(trackerJSON) - 1 {
		if _, err := JSON(strings.NewReader(trackerJSON[:cut]), func(advisory.Record) {}); err == nil {
			t.Fatalf("cut at byte %d it passes for a whole", cut)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	records, skipped := Lines(`{"id": "DSA-1-1", "date": "2026-08-21", "cves": ["CVE-2026-1"], "fixed": [{"package": "nginx", "release": "bookworm", "version": "1-2"}, {"package": "nginx", "release": "bullseye", "state": "not-affected"}, {"package": "x", "release": "trixie", "state": "odd"}]}
{"id": "DSA-2-1"}
nonsense
`)
	if len(records) != 1 || len(skipped) != 3 {
		t.Fatalf("%d records, skipped %v", len(records), skipped)
	}
	if diff := cmp.Diff([]string{"bookworm nginx fixed 1-2", "bullseye nginx not_affected"}, said(records[0])); diff != "" {
		t.Error(diff)
	}
}

func FuzzTracker(f *testing.F) {
	f.Add(dsaList)
	f.Add(cveList)
	f.Add(trackerJSON)
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(string) ([]advisory.Record, []advisory.Skip){Advisories, CVEs, Lines} {
			records, skipped := read(text)
			for _, r := range records {
				if r.ID == "" {
					t.Errorf("a record without a name: %+v", r)
				}
				for _, a := range r.Affected {
					if a.Package == "" || a.State == "" || a.Ecosystem == "" {
						t.Errorf("half a statement: %+v", a)
					}
				}
			}
			if len(skipped) > maxSkips {
				t.Error("too much reported")
			}
		}
		_, _ = JSON(strings.NewReader(text), func(advisory.Record) {})
	})
}
