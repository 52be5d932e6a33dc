package csaf

import (
	"net/url"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// readSpan reads a range of versions: a Version Range Specifier ("vers:deb/>=1.0|<1.2") or what publishers
// write instead ("<1.2", "<= 1.1", ">=1.0|<1.2", ">=1.0 <1.2", ">=1.0,<1.2"). ok is false for anything
// else: a range that is misunderstood would clear versions that have the hole.
func readSpan(s string) (ranges []advisory.Range, ok bool) {
	s = strings.TrimSpace(s)
	rest, formal := strings.CutPrefix(s, "vers:")
	if formal {
		if _, s, ok = strings.Cut(rest, "/"); !ok {
			return nil, false
		}
		if s == "*" {
			return []advisory.Range{{}}, true
		}
	}
	var open *advisory.Range // has a beginning and no end yet
	for _, bound := range bounds(s) {
		op, v := bound[0], bound[1]
		if formal {
			v = decoded(v)
		}
		if !plain(v) || op == "" && !formal {
			return nil, false
		}
		switch op {
		case ">=":
			if open != nil {
				return nil, false
			}
			open = &advisory.Range{Introduced: v}
		case "<", "<=":
			r := advisory.Range{}
			if open != nil {
				r, open = *open, nil
			} else if len(ranges) > 0 {
				return nil, false // two ends, and no beginning between them
			}
			if op == "<" {
				r.Fixed = v
			} else {
				r.LastAffected = v
			}
			ranges = append(ranges, r)
		case "", "=":
			if open != nil {
				return nil, false
			}
			ranges = append(ranges, advisory.Range{Introduced: v, LastAffected: v})
		default: // ">" has no first affected version that could be named, "!=" no range
			return nil, false
		}
	}
	if open != nil {
		ranges = append(ranges, *open)
	}
	return ranges, len(ranges) > 0
}

// decoded takes the percent signs out of a version in a Version Range Specifier; empty: they are wrong.
func decoded(v string) string {
	v, err := url.PathUnescape(v)
	if err != nil {
		return ""
	}
	return v
}

// plain reports whether a text is a version, and neither a pattern such as 13.x nor a word.
func plain(v string) bool {
	if !strings.ContainsAny(v, "0123456789") || strings.ContainsAny(v, "<>=!*%|,; \t") {
		return false
	}
	for part := range strings.SplitSeq(v, ".") {
		if strings.EqualFold(part, "x") {
			return false
		}
	}
	return true
}

// bounds splits a range into operators and versions, in the order in which they stand.
func bounds(s string) [][2]string {
	for _, op := range []string{">=", "<=", "!=", "<", ">", "="} { // "<= 1.2" is one bound
		s = strings.ReplaceAll(s, op+" ", op)
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == '|' || r == ',' || r == ' ' || r == '\t' })
	out := make([][2]string, 0, len(parts))
	for _, p := range parts {
		op := p[:len(p)-len(strings.TrimLeft(p, "<>=!"))]
		out = append(out, [2]string{op, p[len(op):]})
	}
	return out
}
