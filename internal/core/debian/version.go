// Package debian holds the rules that Debian itself sets: how versions are ordered, what a release is
// called, what the status file of a package database says is on a host, and from which source a binary
// package was built. Ubuntu keeps to them; where it has a word of its own, that is here, too.
package debian

import (
	"cmp"
	"strconv"
	"strings"
)

// Compare orders two versions as Debian Policy 5.6.12 defines it: negative if a is older than b, 0 if
// they are equal, positive if a is newer.
func Compare(a, b string) int {
	ea, ua, ra := split(a)
	eb, ub, rb := split(b)
	if c := cmp.Compare(ea, eb); c != 0 {
		return c
	}
	if c := compareParts(ua, ub); c != 0 {
		return c
	}
	return compareParts(ra, rb)
}

// split takes a version apart: epoch, upstream version, revision.
func split(v string) (epoch uint64, upstream, revision string) {
	v = strings.TrimSpace(v)
	if before, rest, found := strings.Cut(v, ":"); found {
		if n, err := strconv.ParseUint(before, 10, 32); err == nil {
			epoch, v = n, rest
		}
	}
	if i := strings.LastIndexByte(v, '-'); i > 0 {
		return epoch, v[:i], v[i+1:]
	}
	return epoch, v, ""
}

// compareParts walks through both texts, in turn by what are no digits and what are.
func compareParts(a, b string) int {
	for a != "" || b != "" {
		for notDigit(a) || notDigit(b) {
			if c := cmp.Compare(weight(a), weight(b)); c != 0 {
				return c
			}
			a, b = tail(a), tail(b)
		}
		na, restA := number(a)
		nb, restB := number(b)
		if c := cmp.Compare(len(na), len(nb)); c != 0 {
			return c
		}
		if c := strings.Compare(na, nb); c != 0 {
			return c
		}
		a, b = restA, restB
	}
	return 0
}

func notDigit(s string) bool { return s != "" && (s[0] < '0' || s[0] > '9') }

// weight orders the first character: "~" before the end, the end (or a digit) before letters, letters
// before all others.
func weight(s string) int {
	switch {
	case s == "" || !notDigit(s):
		return 0
	case s[0] == '~':
		return -1
	case s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z':
		return int(s[0])
	}
	return int(s[0]) + 256
}

func tail(s string) string {
	if notDigit(s) {
		return s[1:]
	}
	return s
}

// number cuts the leading digits off, without leading zeros: numbers of any length compare by length,
// then as text.
func number(s string) (digits, rest string) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	return strings.TrimLeft(s[:end], "0"), s[end:]
}
