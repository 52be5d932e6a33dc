package strictyaml_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity/strictyaml"
)

// shelf is what the tests read: a name, a number, and books with a text in both languages.
func read(data string) (names []string, err error) {
	d, root := strictyaml.Open("shelf.yaml", []byte(data))
	f := root.Fields("name", "size", "open", "books")
	name, _ := f.Need("name").Word()
	size := f.Need("size").Whole(1, 9)
	names = append(names, fmt.Sprint(name, " ", size))
	if n, ok := f.Get("open"); ok && n.Bool() {
		names = append(names, "open")
	}
	if n, ok := f.Get("books"); ok {
		for _, b := range n.Items(2) {
			names = append(names, b.Text().EN)
		}
	}
	return names, d.Err(lang.T("Das Regal", "The shelf"))
}

func TestReadsADocument(t *testing.T) {
	t.Parallel()
	got, err := read("name: A\nsize: 3\nopen: true\nbooks:\n  - {de: eins, en: one}\n  - de: >-\n      zwei\n      drei\n    en: two\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"A 3", "open", "one", "two"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryProblemIsToldWithItsPlace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, document string
		want           []string
	}{
		{"nothing", "", []string{`1:1: fields of the form "name: value" must stand here`}},
		{"a list", "- a\n", []string{`1:1: fields of the form "name: value" must stand here`}},
		{"a missing field", "name: A\n", []string{`1:1: the field "size" is missing`}},
		{"an unknown field", "name: A\nsize: 1\ncolour: red\n", []string{`3:1: unknown field "colour"; possible are: name, size, open, books`}},
		{"twice", "name: A\nsize: 1\nname: B\n", []string{`3:1: the field "name" is there in line 1 already; please give it once`}},
		{"out of range", "name: A\nsize: 10\n", []string{`2:7: "10" is not a whole number from 1 to 9`}},
		{"no number", "name: A\nsize: many\n", []string{`2:7: "many" is not a whole number from 1 to 9`}},
		{"a word that is none of them", "name: A\nsize: 1\nopen: yes\n", []string{`3:7: unknown value "yes"; possible are: true, false`}},
		{"one language only", "name: A\nsize: 1\nbooks:\n  - de: eins\n", []string{`4:5: the field "en" is missing`}},
		{"two at once", "name: ''\nsize: 0\n", []string{
			"1:7: a text must stand here that is not empty and no reference (& * !)", `2:7: "0" is not a whole number from 1 to 9`}},
		{"an alias", "name: &a A\nsize: *a\n", []string{
			"1:7: a text must stand here that is not empty and no reference (& * !)",
			"2:7: a text must stand here that is not empty and no reference (& * !)"}},
		{"a merge", "name: A\nsize: 1\n<<: {open: true}\n", []string{"3:1: a field name must be a plain word"}},
		{"too many", "name: A\nsize: 1\nbooks: [1, 2, 3]\n", []string{"3:8: the list has more than 2 entries"}},
		{"two documents", "name: A\nsize: 1\n---\nname: B\n", []string{"1:1: 2 YAML documents in the file; exactly one is expected"}},
		{"a long line", "name: A\nsize: " + strings.Repeat("1", 1000) + "\n", []string{"2:1: the line has more than 1000 bytes"}},
		{"deep brackets", "name: " + strings.Repeat("[", 40), []string{"1:1: nested too deeply"}},
		{"deep dashes", "name:\n" + strings.Repeat("- ", 100) + "a", []string{"2:1: nested too deeply"}},
		{"no UTF-8", "name: \xff", []string{"1:1: the line is not valid UTF-8"}},
		{"too large", strings.Repeat("# nothing\n", 10_000), []string{"1:1: the file has more than 65536 bytes"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := read(tt.document)
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != fault.Invalid {
				t.Fatalf("the error is %v", err)
			}
			var got []string
			for _, p := range f.Places {
				got = append(got, fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.Problem.EN))
				if p.Problem.DE == "" || p.File != "shelf.yaml" {
					t.Errorf("the place is %+v", p)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSyntaxErrorsHaveAPlace(t *testing.T) {
	t.Parallel()
	_, err := read("name: A\nsize: [1\nopen: true\n")
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Places) != 1 || f.Places[0].Line < 2 || !strings.HasPrefix(f.Places[0].Problem.EN, "not valid YAML: ") {
		t.Errorf("the error is %+v", f)
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"", "name: A\nsize: 1\n", "- a", "{a: [b, {c: d}]}", "name: &a A\nsize: *a", "? a\n: b", "a: !!str b", "--- |\n a\n...\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		names, err := read(s)
		if err == nil && (len(names) == 0 || strings.HasSuffix(names[0], " 0")) {
			t.Errorf("read %q as %q without an error", s, names)
		}
	})
}
