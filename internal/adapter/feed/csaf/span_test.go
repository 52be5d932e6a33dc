package csaf

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// A range is understood or refused; half understood it would clear versions that have the hole.
func TestReadSpan(t *testing.T) {
	t.Parallel()
	type r = advisory.Range
	for text, want := range map[string][]r{
		"vers:deb/<1.2":                      {{Fixed: "1.2"}},
		"vers:deb/<1.2%2Bdeb12u1":            {{Fixed: "1.2+deb12u1"}},
		"vers:generic/>=1.0|<1.2|>=2.0|<2.1": {{Introduced: "1.0", Fixed: "1.2"}, {Introduced: "2.0", Fixed: "2.1"}},
		"vers:generic/1.1|1.3":               {{Introduced: "1.1", LastAffected: "1.1"}, {Introduced: "1.3", LastAffected: "1.3"}},
		"vers:npm/*":                         {{}},
		"<1.2":                               {{Fixed: "1.2"}},
		"<= 1.1":                             {{LastAffected: "1.1"}},
		" >=1.0 <1.2 ":                       {{Introduced: "1.0", Fixed: "1.2"}},
		">=1.0,<=1.2":                        {{Introduced: "1.0", LastAffected: "1.2"}},
		">=5":                                {{Introduced: "5"}},
		"<2|=2.4":                            {{Fixed: "2"}, {Introduced: "2.4", LastAffected: "2.4"}},
		"":                                   nil,
		"vers:deb":                           nil,
		"vers:deb/":                          nil,
		"vers:deb/<1%zz":                     nil,
		"*":                                  nil,
		"all":                                nil,
		"1.2":                                nil, // a version, where a range should be
		"prior to 1.2":                       nil,
		"1.x":                                nil,
		"<1.x":                               nil,
		"<":                                  nil,
		">1.0":                               nil, // the first affected version has no name
		"!=1.0":                              nil,
		"<1.2 <1.4":                          nil,
		">=1.0 >=1.2":                        nil,
		">=1.0|=1.1":                         nil,
		"<1.2 and later":                     nil,
		"<<1.2":                              nil,
		"=>1.2":                              nil,
	} {
		got, ok := readSpan(text)
		if ok != (want != nil) || ok && !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", text, got, ok, want)
		}
	}
}

// Versions of documents are in one order, whatever they look like, and every version is the same as itself
// with other build metadata.
func TestVersionsAreOrdered(t *testing.T) {
	t.Parallel()
	number := rapid.StringMatching(`0|[1-9][0-9]{0,25}`)
	semantic := rapid.StringMatching(`(0|[1-9][0-9]{0,3})\.(0|[1-9]{1,2})\.(0|[1-9])(-(0|[1-9][0-9]?|[a-z]-?)(\.(0|[1-9]|[a-z0-9]*[a-z]))?)?`)
	either := rapid.OneOf(number, semantic)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := either.Draw(t, "a"), either.Draw(t, "b"), either.Draw(t, "c")
		cmp := func(x, y string) int { return compareVersions(parseVersion(x), parseVersion(y)) }
		if cmp(a, a) != 0 || cmp(a, b) != -cmp(b, a) {
			t.Fatalf("%s and %s: %d, %d", a, b, cmp(a, b), cmp(b, a))
		}
		if cmp(a, b) <= 0 && cmp(b, c) <= 0 && cmp(a, c) > 0 {
			t.Fatalf("%s ≤ %s ≤ %s, and not %s ≤ %s", a, b, c, a, c)
		}
		if parseVersion(a+"+build.7") != parseVersion(a) {
			t.Fatalf("build metadata changes %s", a)
		}
	})
	// The order that semver.org gives as its example.
	list := []string{"0", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "2.0.0", "2.1.0", "2.1.1", "9", "10"}
	if !slices.IsSortedFunc(list, func(a, b string) int { return compareVersions(parseVersion(a), parseVersion(b)) }) {
		t.Error("the example of Semantic Versioning is out of order")
	}
}
