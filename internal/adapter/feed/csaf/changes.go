package csaf

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

const (
	maxListing = 64 << 20 // bytes
	maxChanges = 500_000  // documents of a listing
)

// Change is a document in a listing, and when it was last changed there.
type Change struct {
	Name string    // address, as the listing writes it: a path below its folder, or a URL
	At   time.Time // zero: the listing does not say

	Hashes    []string // addresses of files with its hash; empty: beside the document
	Signature string   // address of its signature; empty: beside the document
}

// ParseChanges reads changes.csv (section 7.1.13 of the standard): path and time of each document, without
// a head. A line that cannot be read is reported and left out. An error means that the listing is none, or
// that it is empty.
func ParseChanges(text []byte) ([]Change, []advisory.Skip, error) {
	if len(text) > maxListing {
		return nil, nil, fmt.Errorf("changes.csv has more than %d MiB", maxListing>>20)
	}
	var list []Change
	var skips []advisory.Skip
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		c, err := readChange(line)
		if err != nil {
			skips = skipped(skips, fmt.Sprintf("changes.csv line %d", n), err)
			continue
		}
		if len(list) >= maxChanges {
			return list, skips, fmt.Errorf("changes.csv has more than %d documents", maxChanges)
		}
		list = append(list, c)
	}
	return list, skips, listless("changes.csv", list, skips)
}

// listless says why a listing without a document is none: it tells nothing about what is new.
func listless(name string, list []Change, skips []advisory.Skip) error {
	switch {
	case len(list) > 0:
		return nil
	case len(skips) > 0:
		return fmt.Errorf("%s has no line that can be read: %s", name, skips[0].Why)
	}
	return fmt.Errorf("%s is empty", name)
}

// readChange reads a line by itself, so that a quote that is left open cannot swallow the lines after it.
func readChange(line string) (Change, error) {
	comma := strings.LastIndexByte(line, ',')
	if comma < 0 {
		return Change{}, errors.New("there is one field: the path of a document and a time are two")
	}
	name, when := unquoted(line[:comma]), unquoted(line[comma+1:])
	at, err := moment(when)
	if err != nil {
		return Change{}, fmt.Errorf("%q is no date and time such as 2026-01-31T12:00:00Z", shortened(when))
	}
	return Change{Name: name, At: at.UTC()}, document(name)
}

func unquoted(field string) string {
	field = strings.TrimSpace(field)
	if len(field) >= 2 && field[0] == '"' && field[len(field)-1] == '"' {
		return strings.ReplaceAll(field[1:len(field)-1], `""`, `"`)
	}
	return field
}

// document reports why a name in a listing is none of a document.
func document(name string) error {
	if !strings.HasSuffix(name, ".json") || len(name) > maxAddress {
		return fmt.Errorf("%q is no document: its name does not end in .json", shortened(name))
	}
	return nil
}

// ParseIndex reads index.txt (section 7.1.12 of the standard): the path of each document, one a line, without
// times.
func ParseIndex(text []byte) ([]Change, []advisory.Skip, error) {
	if len(text) > maxListing {
		return nil, nil, fmt.Errorf("index.txt has more than %d MiB", maxListing>>20)
	}
	var list []Change
	var skips []advisory.Skip
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		n++
		name := strings.TrimSpace(line)
		if name == "" {
			continue
		}
		if err := document(name); err != nil {
			skips = skipped(skips, fmt.Sprintf("index.txt line %d", n), err)
			continue
		}
		if len(list) >= maxChanges {
			return list, skips, fmt.Errorf("index.txt has more than %d documents", maxChanges)
		}
		list = append(list, Change{Name: name})
	}
	return list, skips, listless("index.txt", list, skips)
}

// Due are the documents that changed at a time or later, newest first, each once. The time itself counts: a
// document published in the same second as the last one known must not be missed. A document of which the
// listing gives no time is always due.
func Due(changes []Change, since time.Time) []Change {
	newest := map[string]int{} // name → place in due
	var due []Change
	for _, c := range changes {
		if !c.At.IsZero() && c.At.Before(since) {
			continue
		}
		if i, known := newest[c.Name]; known {
			if c.At.After(due[i].At) {
				due[i] = c
			}
			continue
		}
		newest[c.Name] = len(due)
		due = append(due, c)
	}
	slices.SortStableFunc(due, func(a, b Change) int {
		return cmp.Or(b.At.Compare(a.At), strings.Compare(a.Name, b.Name))
	})
	return due
}
