// Package semver orders versions by Semantic Versioning 2.0.0 (https://semver.org), as vulnerability
// records with ranges of the type SEMVER demand.
package semver

import (
	"cmp"
	"strings"
)

// Compare orders two versions by precedence (clause 11): negative if a is older than b, 0 if they are
// equal, positive if a is newer. It is lenient: a "v" in front does not count, missing numbers are zero,
// numbers may have any length, and what follows three numbers counts as a pre-release.
func Compare(a, b string) int {
	na, pa := split(a)
	nb, pb := split(b)
	for i := range na {
		if c := compareNumbers(na[i], nb[i]); c != 0 {
			return c
		}
	}
	switch {
	case pa == pb:
		return 0
	case pa == "":
		return 1
	case pb == "":
		return -1
	}
	return comparePre(pa, pb)
}

// Valid reports whether a version is one, apart from missing numbers and a "v" in front: at most three
// numbers, then perhaps a pre-release after "-" and a build after "+".
func Valid(v string) bool {
	v = strings.TrimPrefix(v, "v")
	v, build, hasBuild := strings.Cut(v, "+")
	core, pre, hasPre := strings.Cut(v, "-")
	if hasPre && !identifiers(pre) || hasBuild && !identifiers(build) {
		return false
	}
	numbers := strings.Split(core, ".")
	for _, n := range numbers {
		if !numeric(n) {
			return false
		}
	}
	return len(numbers) <= 3
}

// identifiers reports whether a text is a row of identifiers between dots (clauses 9 and 10).
func identifiers(s string) bool {
	for id := range strings.SplitSeq(s, ".") {
		for _, r := range id {
			if letter := '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'; !letter && r != '-' {
				return false
			}
		}
		if id == "" {
			return false
		}
	}
	return true
}

// split gives the three numbers and the pre-release without its hyphen; the build does not count.
func split(v string) (numbers [3]string, pre string) {
	v = strings.TrimPrefix(v, "v")
	v, _, _ = strings.Cut(v, "+")
	for i := range numbers {
		n := 0
		for n < len(v) && '0' <= v[n] && v[n] <= '9' {
			n++
		}
		numbers[i], v = v[:n], v[n:]
		if i == 2 || len(v) < 2 || v[0] != '.' || v[1] < '0' || '9' < v[1] {
			break
		}
		v = v[1:]
	}
	return numbers, strings.TrimPrefix(v, "-")
}

func comparePre(a, b string) int {
	for {
		x, restA, moreA := strings.Cut(a, ".")
		y, restB, moreB := strings.Cut(b, ".")
		if c := compareIdentifiers(x, y); c != 0 {
			return c
		}
		switch {
		case !moreA && !moreB:
			return 0
		case !moreA:
			return -1
		case !moreB:
			return 1
		}
		a, b = restA, restB
	}
}

// compareIdentifiers: numbers by value, texts by their characters, a number before a text (11.4).
func compareIdentifiers(x, y string) int {
	switch nx, ny := numeric(x), numeric(y); {
	case nx && ny:
		return compareNumbers(x, y)
	case nx:
		return -1
	case ny:
		return 1
	}
	return strings.Compare(x, y)
}

func numeric(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func compareNumbers(x, y string) int {
	x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y))
}
