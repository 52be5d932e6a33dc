package csaf

import (
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const folder = "https://cert.example.de/csaf/white/"

// A listing leads below its folder, and nowhere else.
func TestBelow(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"2026/wid-1.json":             folder + "2026/wid-1.json",
		"wid-1.json":                  folder + "wid-1.json",
		"/csaf/white/2026/wid-1.json": folder + "2026/wid-1.json",
		folder + "2026/wid-1.json":    folder + "2026/wid-1.json",
		"2026/wid 1.json":             folder + "2026/wid%201.json",
		"":                            "",
		".":                           "",
		"./wid-1.json":                "",
		"2026/":                       "",
		"../green/wid-1.json":         "",
		"2026/../../green/wid-1.json": "",
		"2026/../wid-1.json":          "",
		"%2e%2e/green/wid-1.json":     "",
		"%252e%252e/wid-1.json":       "",
		"..%2fgreen/wid-1.json":       "",
		`..\green\wid-1.json`:         "",
		"/csaf/green/wid-1.json":      "",
		"/csaf/white":                 "",
		"/csaf/whiteish/wid-1.json":   "",
		"//evil.example/wid-1.json":   "",
		"https://evil.example/w.json": "",
		"http://cert.example.de/csaf/white/wid-1.json":           "",
		"https://cert.example.de:8443/csaf/white/w.json":         "",
		"https://cert.example.de@evil.example/csaf/white/w.json": "",
		"https://u:p@cert.example.de/csaf/white/w.json":          "",
		"https:wid-1.json":               "",
		"file:///etc/passwd":             "",
		"wid-1.json?x=1":                 "",
		"wid-1.json#x":                   "",
		"wid-1\n.json":                   "",
		strings.Repeat("a/", 2000) + "x": "",
	} {
		got, err := below(folder, name)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.60q: %q %v, want %q", name, got, err, want)
		}
	}
	for _, base := range []string{"http://cert.example.de/", "https://cert.example.de/a/../b/", "https://u@cert.example.de/", "ftp://cert.example.de/", "", "https:///x/"} {
		if got, err := below(base, "wid-1.json"); err == nil {
			t.Errorf("%q is a folder, and gives %q", base, got)
		}
	}
}

func TestBelowIsAlwaysBelow(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"..", ".", "/", "//", "%2e", "%2E", "%2f", "%5c", "\\", "a", "csaf", "white", "x.json", "?", "#", ":", "@", "https:", "cert.example.de", " ", "%25"})
	rapid.Check(t, func(t *rapid.T) {
		name := strings.Join(rapid.SliceOfN(piece, 1, 12).Draw(t, "pieces"), "")
		got, err := below(folder, name)
		if err != nil {
			return
		}
		u, err := url.Parse(got)
		if err != nil || !strings.HasPrefix(got, folder) || u.Host != "cert.example.de" || dotted(u) || len(got) <= len(folder) {
			t.Fatalf("%q leads to %q", name, got)
		}
	})
}
