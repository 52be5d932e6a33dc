package application

import (
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/application/composer"
	"github.com/patchwart/patchwart/internal/core/application/semver"
)

// version is a version prepared for many comparisons.
type version struct {
	text     string
	php      string // the form that Composer compares
	ordered  bool   // whether it has a place in Composer's order
	semantic bool   // whether it is a version of semver
}

func versionOf(text string) version {
	v := version{text: text, semantic: semver.Valid(text)}
	v.php, v.ordered = composer.Prepare(strings.ReplaceAll(text, " ", "-")) // "28.0.0 RC1"
	return v
}

// order compares by the rules of the ecosystem, and reports false where there is no order. Records about
// applications have SEMVER ranges; what is not of that form (4.0.10.20, 5.0.0 RC1) is ordered like other PHP
// software, and so is all of WordPress, whose updates are decided by PHP's version_compare.
func order(eco advisory.Ecosystem, a, b version) (int, bool) {
	switch {
	case eco == advisory.Application && a.semantic && b.semantic:
		return semver.Compare(a.text, b.text), true
	case !a.ordered || !b.ordered:
		return 0, false
	}
	return composer.Compare(a.php, b.php), true
}

// span is a range with its bounds prepared.
type span struct {
	advisory.Range
	introduced, fixed, last version
}

func spansOf(ranges []advisory.Range) []span {
	spans := make([]span, len(ranges))
	for i, r := range ranges {
		spans[i] = span{Range: r}
		if r.Introduced != "0" {
			spans[i].introduced = versionOf(r.Introduced)
		}
		spans[i].fixed, spans[i].last = versionOf(r.Fixed), versionOf(r.LastAffected)
	}
	return spans
}

// holds reports whether a version lies in the range, and whether that can be said at all.
func (s *span) holds(eco advisory.Ecosystem, v version) (in, ok bool) {
	if !v.ordered {
		return false, false
	}
	if s.introduced.text != "" {
		if c, ok := order(eco, v, s.introduced); !ok || c < 0 {
			return false, ok
		}
	}
	if s.fixed.text != "" {
		if c, ok := order(eco, v, s.fixed); !ok || c >= 0 {
			return false, ok
		}
	}
	if s.last.text != "" {
		if c, ok := order(eco, v, s.last); !ok || c > 0 {
			return false, ok
		}
	}
	return true, true
}

// later is the newer of two fixed versions, of which either may be missing: only the newest has what all
// publishers ask for.
func later(eco advisory.Ecosystem, a, b string) string {
	if a == "" || b == "" || a == b {
		return max(a, b)
	}
	if c, ok := order(eco, versionOf(a), versionOf(b)); ok && c < 0 {
		return b
	}
	return a
}
