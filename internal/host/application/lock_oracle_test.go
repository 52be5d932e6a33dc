package application

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/osv-scalibr/extractor/filesystem"
	"github.com/google/osv-scalibr/extractor/filesystem/language/php/composerlock"
	"github.com/google/osv-scalibr/extractor/filesystem/osv"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/application"
)

// Lists of Composer's are read as osv-scalibr reads them. It stays out of the agent, which runs as root: it
// would bring four megabytes and readers of foreign file systems along, and it searches a list anew for each
// of its packages.
func TestComposerListsAgainstScalibr(t *testing.T) {
	t.Parallel()
	reader, err := composerlock.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	names := rapid.StringMatching(`[a-z][a-z0-9-]{1,8}/[a-z][a-z0-9-]{1,8}`)
	versions := rapid.StringMatching(`v?[0-9]{1,2}\.[0-9]{1,2}(\.[0-9]{1,2})?(-beta[0-9])?|dev-[a-z]{1,8}`)
	entries := rapid.SliceOfNDistinct(names, 0, 8, rapid.ID)
	rapid.Check(t, func(t *rapid.T) {
		doc := map[string][]map[string]any{"packages": {}, "packages-dev": {}}
		for i, name := range entries.Draw(t, "names") {
			key := []string{"packages", "packages-dev"}[i%2]
			doc[key] = append(doc[key], map[string]any{"name": name, "version": versions.Draw(t, "version"), "require": map[string]string{"php": ">=8.1"}})
		}
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		inventory, err := reader.Extract(t.Context(), &filesystem.ScanInput{Path: "composer.lock", Reader: strings.NewReader(string(text))})
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, p := range inventory.Packages {
			groups, _ := p.Metadata.(*osv.DepGroupMetadata)
			want = append(want, fmt.Sprint(p.Name, " ", p.Version, " ", groups != nil && slices.Contains(groups.DepGroups(), "dev")))
		}
		l := &look{ctx: t.Context(), seen: map[application.Found]bool{}}
		l.limits.fill()
		l.composer(text, "composer.lock")
		for _, f := range l.found {
			got = append(got, fmt.Sprint(f.Name, " ", f.Version, " ", f.Dev))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) || len(l.skipped) > 0 {
			t.Fatalf("scalibr %v\nours    %v, left out %v", want, got, l.skipped)
		}
	})
}
