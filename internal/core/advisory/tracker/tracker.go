// Package tracker reads what the Debian security tracker publishes: its JSON (one entry for each source
// package, CVE and release) and the text lists that its people write, DSA/list, DLA/list and CVE/list.
//
// A line or entry that cannot be read is reported and left out; the rest stands.
package tracker

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// Publisher is the name that records of this package carry.
const Publisher = "debian-tracker"

// maxSkips bounds what is reported: of a file that is something else altogether, the beginning is enough.
const maxSkips = 1000

// skips gathers what could not be read.
type skips []advisory.Skip

func (s *skips) add(place, format string, args ...any) {
	if len(*s) < maxSkips {
		*s = append(*s, advisory.Skip{Place: place, Why: fmt.Sprintf(format, args...)})
	}
}

// states are the words in angle brackets of the lists. What is not here is no statement about a
// package in Debian: <itp> and <rfp> name software that is not in it.
var states = map[string]advisory.State{
	"not-affected": advisory.NotAffected,
	"unfixed":      advisory.Unfixed,
	"removed":      advisory.Unfixed, // no longer in unstable, and nobody fixed it there
	"no-dsa":       advisory.NoDSA,
	"ignored":      advisory.NoDSA,
	"postponed":    advisory.NoDSA,
	"end-of-life":  advisory.EndOfLife,
	"undetermined": advisory.Undetermined,
	"itp":          "",
	"rfp":          "",
	"not-for-us":   "",
}

// statement reads what follows the dash of a list's line: "package 1.0-1 (low)", "package <unfixed>
// (bug #1)". state is empty for what is no statement about software in Debian.
func statement(text string) (a advisory.Affected, err error) {
	name, rest, ok := strings.Cut(strings.TrimSpace(text), " ")
	rest = strings.TrimSpace(rest)
	if !ok || name == "" || rest == "" {
		return a, fmt.Errorf("%.80q is no statement; one looks like nginx 1.22.1-9+deb12u1 or nginx <not-affected>", text)
	}
	a.Package = name
	value, note, _ := strings.Cut(rest, " ")
	a.Note = strings.Trim(strings.TrimSpace(note), "()")
	if word, bracket := strings.CutPrefix(value, "<"); bracket {
		word, closed := strings.CutSuffix(word, ">")
		state, known := states[word]
		if !closed || !known {
			return a, fmt.Errorf("%.40q is no state of a package", value)
		}
		a.State = state
	} else {
		if value[0] < '0' || value[0] > '9' {
			return a, fmt.Errorf("%.80q is no version: versions begin with a digit", value)
		}
		a.State = advisory.Fixed
		a.Ranges = []advisory.Range{{Introduced: "0", Fixed: value}}
	}
	for _, word := range strings.Split(a.Note, ";") {
		switch word = strings.TrimSpace(word); word {
		case "unimportant", "low", "medium", "high":
			a.Urgency = word
		}
	}
	return a, nil
}

// releaseOf takes "[bookworm] " off a line.
func releaseOf(text string) (codename, rest string, ok bool) {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok {
		return "", text, false
	}
	codename, rest, ok = strings.Cut(inner, "]")
	return codename, strings.TrimSpace(rest), ok
}

// lines walks through a text with line numbers, without the line ends.
func lines(text string, each func(n int, line string)) {
	for n := 1; text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		each(n, strings.TrimRight(line, "\r"))
	}
}

// living are the releases that a statement about unstable is handed down to.
func living() []string {
	names := debian.Codenames()
	return names[:len(names)-1] // sid itself comes first-hand
}
