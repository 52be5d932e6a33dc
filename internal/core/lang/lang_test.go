package lang

import (
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in   string
		want Lang
		ok   bool
	}{
		{"de", DE, true},
		{"EN", EN, true},
		{"de_DE.UTF-8", DE, true},
		{"de_AT@euro", DE, true},
		{"en-GB,en;q=0.9,de;q=0.5", EN, true},
		{"fr-FR, de-CH;q=0.7", DE, true},
		{"en;q=0, de", DE, true},
		{"en; q=0.0, de", DE, true},
		{"en;q=0.05, de", EN, true},
		{"C", "", false},
		{"C.UTF-8", "", false},
		{"fr_FR", "", false},
		{"", "", false},
		{"deutsch", "", false},
		{",;,", "", false},
	}
	for _, tt := range tests {
		got, ok := Parse(tt.in)
		if got != tt.want || ok != tt.ok {
			t.Errorf("Parse(%q) = %q, %v; want %q, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseAnswersOnlyLanguagesThatAreSpoken(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		l, ok := Parse(s)
		if ok != (l == DE || l == EN) || (!ok && l != "") {
			t.Fatalf("Parse(%q) = %q, %v", s, l, ok)
		}
	})
}

func TestTextSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	host := T("Der Server", "The server")
	text := Textf("%[1]s wartet auf %[2]d Updates", "%[2]d updates wait for %[1]s", host, 3)
	if got, want := text.In(DE), "Der Server wartet auf 3 Updates"; got != want {
		t.Errorf("German: %q, want %q", got, want)
	}
	if got, want := text.In(EN), "3 updates wait for The server"; got != want {
		t.Errorf("English: %q, want %q", got, want)
	}
	if got := text.In("fr"); got != text.DE {
		t.Errorf("a language not spoken is answered in German, got %q", got)
	}
	if text.IsZero() || !(Text{}).IsZero() {
		t.Error("IsZero is true for the empty text only")
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	tests := []struct {
		list   []string
		de, en string
	}{
		{nil, "", ""},
		{[]string{"web1"}, "web1", "web1"},
		{[]string{"web1", "web2"}, "web1 und web2", "web1 and web2"},
		{[]string{"web1", "web2", "db1"}, "web1, web2 und db1", "web1, web2 and db1"},
	}
	for _, tt := range tests {
		if got := Join(tt.list, DE); got != tt.de {
			t.Errorf("Join(%q, DE) = %q, want %q", tt.list, got, tt.de)
		}
		if got := Join(tt.list, EN); got != tt.en {
			t.Errorf("Join(%q, EN) = %q, want %q", tt.list, got, tt.en)
		}
	}
	got := JoinTexts([]Text{T("Herkunft", "origin"), T("Verwaltungszugang", "administrative access")})
	if want := T("Herkunft und Verwaltungszugang", "origin and administrative access"); got != want {
		t.Errorf("JoinTexts = %v, want %v", got, want)
	}
}
