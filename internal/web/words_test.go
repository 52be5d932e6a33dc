package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/web"
)

// walkTexts calls f for every text in a value, however deep.
func walkTexts(path string, v reflect.Value, f func(path string, t lang.Text)) {
	if v.IsValid() && v.Type() == reflect.TypeFor[lang.Text]() {
		f(path, lang.Text{DE: v.FieldByName("DE").String(), EN: v.FieldByName("EN").String()})
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			walkTexts(path, v.Elem(), f)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			walkTexts(fmt.Sprintf("%s[%d]", path, i), v.Index(i), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walkTexts(path+"."+v.Type().Field(i).Name, v.Field(i), f)
		}
	}
}

// allWords are the texts of all pages by their names in the source.
func allWords() map[string]lang.Text {
	out := map[string]lang.Text{}
	for name, words := range web.Words {
		walkTexts(name, reflect.ValueOf(words), func(path string, t lang.Text) { out[path] = t })
	}
	return out
}

var verb = regexp.MustCompile(`%\[\d\][a-z]`)

func TestEveryWordIsThereInBothLanguages(t *testing.T) {
	t.Parallel()
	words := allWords()
	if len(words) < 200 {
		t.Fatalf("only %d words found: the walk is broken", len(words))
	}
	for path, text := range words {
		if strings.TrimSpace(text.DE) == "" || strings.TrimSpace(text.EN) == "" {
			t.Errorf("%s lacks a language: %+v", path, text)
		}
		de, en := verb.FindAllString(text.DE, -1), verb.FindAllString(text.EN, -1)
		slices.Sort(de)
		slices.Sort(en)
		if !strings.HasSuffix(path, ".One") && !slices.Equal(slices.Compact(de), slices.Compact(en)) {
			t.Errorf("%s has other places in German (%v) than in English (%v)", path, de, en)
		}
		for _, wording := range []string{text.DE, text.EN} {
			if strings.ContainsAny(wording, "!") || strings.Contains(strings.ToLower(wording), "oops") {
				t.Errorf("%s is not calm: %q", path, wording)
			}
			if strings.Count(verb.ReplaceAllString(wording, ""), "%") > 0 {
				t.Errorf("%s has a place without a number: %q", path, wording)
			}
		}
	}
}

// TestEveryWordIsUsed keeps the files of words free of what no page says any more, and finds words
// that the walk above does not know.
func TestEveryWordIsUsed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	var used strings.Builder
	declared := regexp.MustCompile(`(?m)^var (\w+Words) = struct`)
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil || strings.HasSuffix(file, "_test.go") {
			continue
		}
		if strings.HasPrefix(file, "words_") {
			for _, hit := range declared.FindAllSubmatch(source, -1) {
				if _, ok := web.Words[string(hit[1])]; !ok {
					t.Errorf("%s declares %s, which no test walks", file, hit[1])
				}
			}
			continue
		}
		if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_templ.go") || strings.HasSuffix(file, ".templ") {
			used.Write(source)
		}
	}
	for path := range allWords() {
		name := strings.TrimSuffix(strings.TrimSuffix(path, ".One"), ".Many")
		if !regexp.MustCompile(regexp.QuoteMeta(name) + `\b`).MatchString(used.String()) {
			t.Errorf("%s is said nowhere", name)
		}
	}
}
