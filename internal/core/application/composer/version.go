// Package composer orders the versions of PHP software: the way PHP's own version_compare does, and the
// way Composer does, which brings a version to one form before it compares.
//
// Sources: the PHP manual on version_compare, and the documentation of Composer on versions.
package composer

import (
	"cmp"
	"strings"
)

// Compare orders two versions as PHP's version_compare does: negative if a is older than b, 0 if they are
// equal, positive if a is newer. A "v" in front does not count.
//
// A version is a row of numbers and words; "-", "_", "+" and a change between digits and letters part
// them as a dot does. Words have ranks: any other word < dev < alpha < beta < RC < a number < patch level.
// So 1.0-dev < 1.0RC1 < 1.0 < 1.0pl1, and, as nothing is padded, 1.0 < 1.0.0.
func Compare(a, b string) int {
	ra, rb := rowOf(a), rowOf(b)
	for {
		x, moreA := ra.next()
		y, moreB := rb.next()
		switch {
		case !moreA && !moreB:
			return 0
		case !moreB:
			if c := beyond(x); c != 0 {
				return c
			}
		case !moreA:
			if c := beyond(y); c != 0 {
				return -c
			}
		default:
			if c := compareParts(x, y); c != 0 {
				return c
			}
		}
	}
}

// row walks through the parts of a version.
type row string

func rowOf(v string) row {
	return row(strings.TrimPrefix(strings.TrimPrefix(v, "v"), "V"))
}

// part is one number or one word of a version.
type part struct {
	text   string
	number bool
}

func (r *row) next() (part, bool) {
	s := string(*r)
	i := 0
	for i < len(s) && !isDigit(s[i]) && !isWord(s[i]) {
		i++
	}
	begin := i
	if i == len(s) {
		*r = ""
		return part{}, false
	}
	number := isDigit(s[i])
	for i < len(s) && (number && isDigit(s[i]) || !number && isWord(s[i])) {
		i++
	}
	*r = row(s[i:])
	return part{s[begin:i], number}, true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isWord says which characters make words. "#" is what version_compare uses for "some number".
func isWord(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '#' }

func compareParts(x, y part) int {
	if x.number && y.number {
		return compareNumbers(x.text, y.text)
	}
	return cmp.Compare(rank(x), rank(y))
}

// compareNumbers takes numbers of any length.
func compareNumbers(x, y string) int {
	x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
	if c := cmp.Compare(len(x), len(y)); c != 0 {
		return c
	}
	return strings.Compare(x, y)
}

// beyond weighs a part that only one of two versions has: a number makes it newer, a word does what it
// would do in the place of a number.
func beyond(p part) int {
	if p.number {
		return 1
	}
	return cmp.Compare(rank(p), numberRank)
}

const numberRank = 4

// rank is the place of a part among the words. PHP looks at how a word begins and at its case.
func rank(p part) int {
	if p.number {
		return numberRank
	}
	switch {
	case strings.HasPrefix(p.text, "dev"):
		return 0
	case p.text[0] == 'a':
		return 1
	case p.text[0] == 'b':
		return 2
	case strings.HasPrefix(p.text, "RC"), strings.HasPrefix(p.text, "rc"):
		return 3
	case p.text[0] == '#':
		return numberRank
	case p.text[0] == 'p':
		return 5
	}
	return -1
}
