package application

import (
	"os"
	"strings"
	"testing"

	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/misc/wordpress/plugins"

	"github.com/patchwart/patchwart/internal/core/application"
)

// Ordinary headers are read as osv-scalibr reads them. Where it differs, WordPress itself reads what we read.
func TestPluginHeadersAgainstScalibr(t *testing.T) {
	t.Parallel()
	reader, err := plugins.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	scalibr := func(text string) string {
		inventory, err := reader.Extract(t.Context(), &filesystem.ScanInput{Path: "wp-content/plugins/a/a.php", Reader: strings.NewReader(text)})
		if err != nil || len(inventory.Packages) == 0 {
			return "-"
		}
		return inventory.Packages[0].Name + " " + inventory.Packages[0].Version
	}
	ours := func(text string) string {
		f, is, err := application.ReadPlugin("a", []byte(text))
		if err != nil || !is {
			return "-"
		}
		return f.Title + " " + f.Version
	}
	for _, file := range []string{"contact-form/contact-form.php", "contact-form/admin.php", "gallery/load.php", "hello.php", "index.php"} {
		text, err := os.ReadFile("testdata/host/var/www/blog/wp-content/plugins/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := ours(string(text)), scalibr(string(text)); got != want {
			t.Errorf("%s: %q, scalibr %q", file, got, want)
		}
	}
	for text, want := range map[string]string{
		"<?php\n/*\nPlugin Name: A\nRequires PHP Version: 7.4\nVersion: 1.2\n*/": "A 1.2",
		"<?php\r/*\rPlugin Name: A\rVersion: 1.2\r*/":                            "A 1.2",
		"<?php /* Plugin Name: A */\n// Version: 2":                              "A 2",
	} {
		if got, other := ours(text), scalibr(text); got != want || other == want {
			t.Errorf("%q: %q, scalibr %q; if they agree now, one reader is enough", text, got, other)
		}
	}
}
