package fact_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// TestEveryFieldCounts: whatever changes on a host is news, but for the time of the last refresh. It
// walks the fields by reflection, so that a field added tomorrow is covered, or named here.
func TestEveryFieldCounts(t *testing.T) {
	t.Parallel()
	f := webHost()
	base := f.Hash()
	seen := 0
	each(t, reflect.ValueOf(&f).Elem(), "Facts", func(path string) {
		seen++
		if changed := f.Hash() != base; changed == (path == "Facts.Indices.Refreshed") {
			t.Errorf("%s: that it changed makes a difference: %v", path, changed)
		}
	})
	if f.Hash() != base || seen < 60 {
		t.Fatalf("%d changes tried, and the facts are put back: %v", seen, f.Hash() == base)
	}
}

// each changes one value below v after the other, calls try, and puts it back. It demands that every
// value is filled: what is empty would not show that it counts.
func each(t *testing.T, v reflect.Value, path string, try func(path string)) {
	t.Helper()
	kept := reflect.New(v.Type()).Elem()
	kept.Set(v)
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				t.Fatalf("%s.%s is not exported: it would not reach the other side", path, v.Type().Field(i).Name)
			}
			each(t, v.Field(i), path+"."+v.Type().Field(i).Name, try)
		}
		return
	case reflect.Slice:
		if v.Len() == 0 {
			t.Fatalf("%s is empty in the example", path)
		}
		for i := range v.Len() {
			each(t, v.Index(i), path+"[]", try)
		}
		v.Set(v.Slice(0, v.Len()-1)) // one fewer
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	default:
		t.Fatalf("%s: this test cannot change a %s yet", path, v.Kind())
	}
	try(path)
	v.Set(kept)
}

var words = rapid.OneOf(
	rapid.SampledFrom([]string{"", "nginx", "libc6", "amd64", "i386", "tcp", "tcp6", "active", "\xff", "\xfc\xfe", "\uFFFD", "\U0001F427"}),
	rapid.String(),
)

func list[T any](t *rapid.T, name string, one func(i int) T) []T {
	n := rapid.IntRange(-1, 4).Draw(t, name)
	if n < 0 {
		return nil
	}
	out := make([]T, n)
	for i := range out {
		out[i] = one(i)
	}
	return out
}

// anyFacts draws facts of any content and order. Like dpkg's, its packages are told apart by name and
// architecture.
func anyFacts(t *rapid.T) fact.Facts {
	word := func(what string) string { return words.Draw(t, what) }
	texts := func(what string) []string { return list(t, what, func(int) string { return word(what) }) }
	origins := func() []fact.Origin {
		return list(t, "origins", func(int) fact.Origin {
			return fact.Origin{Origin: word("o"), Label: word("l"), Suite: word("a"), Codename: word("n"), Component: word("c"), Site: word("site")}
		})
	}
	numbered := []string{"amd64", "arm64", "i386", "riscv64", "s390x"}
	name := rapid.SampledFrom([]string{"curl", "nginx", "libc6"})
	return fact.Facts{
		Host: word("host"), OS: fact.OS{ID: word("id"), Name: word("os")}, Kernel: fact.Kernel{Container: rapid.Bool().Draw(t, "container")},
		Packages: list(t, "packages", func(i int) fact.Package {
			return fact.Package{Name: name.Draw(t, "name"), Arch: numbered[i], Version: word("version"), Source: word("source"), Auto: rapid.Bool().Draw(t, "auto"), Origins: origins()}
		}),
		Pending: list(t, "pending", func(i int) fact.Pending {
			return fact.Pending{Name: name.Draw(t, "name"), Arch: numbered[i], Candidate: word("candidate"), Held: rapid.Bool().Draw(t, "held"), Origins: origins()}
		}),
		Indices: fact.Indices{Refreshed: rapid.Int64().Draw(t, "refreshed"), Errors: texts("errors")},
		Units: list(t, "units", func(int) fact.Unit {
			return fact.Unit{Name: word("unit"), Active: word("active"), Sub: word("sub")}
		}),
		Failed: texts("failed"),
		Listen: list(t, "listen", func(int) fact.Listener {
			return fact.Listener{Proto: word("proto"), Address: word("address"), Port: rapid.IntRange(79, 81).Draw(t, "port"), Process: word("process")}
		}),
		Reboot: fact.Reboot{Services: texts("services")}, Dpkg: fact.Dpkg{Broken: texts("broken")},
		Tools: texts("tools"), DiskFree: rapid.Int64().Draw(t, "free"),
	}
}

func shuffle[T any](t *rapid.T, l []T) []T { return rapid.Permutation(l).Draw(t, "order") }

// TestOrderIsNoNews: in which order the tools of a host list things is chance. Sorted facts have one
// form and one hash, here and on the other side.
func TestOrderIsNoNews(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anyFacts(t)
		b := a
		b.Packages, b.Pending = slices.Clone(shuffle(t, a.Packages)), slices.Clone(shuffle(t, a.Pending))
		for i := range b.Packages {
			b.Packages[i].Origins = shuffle(t, b.Packages[i].Origins)
		}
		for i := range b.Pending {
			b.Pending[i].Origins = shuffle(t, b.Pending[i].Origins)
		}
		b.Units, b.Listen, b.Failed, b.Tools = shuffle(t, a.Units), shuffle(t, a.Listen), shuffle(t, a.Failed), shuffle(t, a.Tools)
		b.Indices.Errors, b.Reboot.Services, b.Dpkg.Broken = shuffle(t, a.Indices.Errors), shuffle(t, a.Reboot.Services), shuffle(t, a.Dpkg.Broken)
		a.Sort()
		b.Sort()
		if a.Hash() != b.Hash() {
			t.Fatalf("the order counts:\n%+v\n%+v", a, b)
		}
		doc, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var got fact.Facts
		if err := json.Unmarshal(doc, &got); err != nil {
			t.Fatal(err)
		}
		got.Sort()
		if got.Hash() != a.Hash() {
			t.Fatalf("the other side reads something else:\n%+v\n%+v", a, got)
		}
		again := got
		again.Sort()
		if !reflect.DeepEqual(again, got) {
			t.Fatal("sorting twice is not sorting once")
		}
		for _, p := range a.Packages {
			if found, ok := a.Package(p.Name, p.Arch); !ok || found.Version != p.Version {
				t.Fatalf("%s:%s is installed and not found", p.Name, p.Arch)
			}
		}
	})
}
