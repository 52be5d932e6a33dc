package yamltext_test

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/yamltext"
)

type shop struct {
	Name  string   `yaml:"name"`
	Ports []int    `yaml:"ports"`
	Parts []string `yaml:"parts"`
}

func TestRead(t *testing.T) {
	t.Parallel()
	var s shop
	if err := yamltext.ReadStrict([]byte("name: Kuhn\nports: [80, 443]\n"), &s); err != nil || s.Name != "Kuhn" || len(s.Ports) != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if err := yamltext.ReadStrict([]byte("name: Kuhn\nowner: Eva\n"), &s); err == nil {
		t.Error("a key that means nothing was passed over")
	}
	if err := yamltext.Read([]byte("name: Ott\nowner: Eva\n"), &s); err != nil || s.Name != "Ott" {
		t.Errorf("%+v, %v", s, err)
	}
}

// A text on which the library panics costs that text, not the server or the agent that reads it.
func TestWhatTheLibraryPanicsOn(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"!0 0", "? !", "!!seq 0"} {
		var list []shop
		if err := yamltext.ReadStrict([]byte(text), &list); err == nil {
			t.Errorf("%q was read: %+v", text, list)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name: Kuhn\nports: [80]\nparts:\n  - a\n"))
	f.Add([]byte("!0 0"))
	f.Fuzz(func(t *testing.T, text []byte) {
		var one shop
		var list []shop
		for _, into := range []any{&one, &list} {
			if yamltext.ReadStrict(text, into) == nil && yamltext.Read(text, into) != nil {
				t.Fatal("strictly it can be read, and otherwise not")
			}
		}
	})
}
