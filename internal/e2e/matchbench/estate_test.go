package matchbench

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/tracker"
	"github.com/patchwart/patchwart/internal/core/debian"
)

// data is where the test data of other people lies, beside the project.
const data = "../../../../shared/data/"

func open(b *testing.B, name string) io.Reader {
	b.Helper()
	f, err := os.Open(data + name)
	if err != nil {
		b.Skipf("the shared data is not beside the project: %v", err)
	}
	b.Cleanup(func() { f.Close() })
	z, err := zstd.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(z.Close)
	return z
}

// advisories are all of Debian's since 2000, indexed.
func advisories(b *testing.B) *advisory.Index {
	b.Helper()
	text, err := io.ReadAll(open(b, "debian/debian-advisories-to-2026-08-21.jsonl.zst"))
	if err != nil {
		b.Fatal(err)
	}
	records, _ := tracker.Lines(string(text))
	build := advisory.NewBuilder()
	for _, r := range records {
		build.Add(r)
	}
	return build.Build()
}

// archive is what Debian 12 offers: for each binary package its versions in the release and in the
// security suite.
func archive(b *testing.B) [][]debian.Installed {
	b.Helper()
	lines := bufio.NewScanner(open(b, "debian/debian-archive-binaries-2026-11-20.tsv.zst"))
	at := map[string]int{}
	var list [][]debian.Installed
	for lines.Scan() {
		f := strings.Split(lines.Text(), "\t")
		if len(f) < 7 || !strings.HasPrefix(f[0], "bookworm") {
			continue
		}
		p := debian.Installed{Name: f[2], Version: f[3], Arch: f[4]}
		source := f[5]
		if f[6] != f[3] {
			source += " (" + f[6] + ")"
		}
		p.Source, p.SourceVersion = debian.Origin(p.Name, p.Version, source)
		i, known := at[p.Name]
		if !known {
			i = len(list)
			at[p.Name] = i
			list = append(list, nil)
		}
		list[i] = append(list[i], p)
	}
	if err := lines.Err(); err != nil || len(list) < 50_000 {
		b.Fatalf("%d packages: %v", len(list), err)
	}
	return list
}

// perHost is how many packages a host has.
const perHost = 700

// hosts makes the inventories of an estate. Hosts are alike as they are in life: nine of ten packages
// come from a common stock of 1,500, in the version of the release or of the security suite.
func hosts(b *testing.B, n int) []advisory.Inventory {
	b.Helper()
	offers := archive(b)
	dice := rand.New(rand.NewPCG(1, 2))
	stock := make([]int, 1500)
	for i := range stock {
		stock[i] = dice.IntN(len(offers))
	}
	list := make([]advisory.Inventory, n)
	for h := range list {
		inv := advisory.Inventory{Release: "bookworm", Packages: make([]debian.Installed, perHost)}
		for i := range inv.Packages {
			p := stock[dice.IntN(len(stock))]
			if dice.IntN(10) == 0 {
				p = dice.IntN(len(offers))
			}
			inv.Packages[i] = offers[p][dice.IntN(len(offers[p]))]
		}
		list[h] = inv
	}
	return list
}

// written writes inventories as status files, with the fields that a real one has: most of a file is
// descriptions, which every reader has to walk past.
func written(b *testing.B, list []advisory.Inventory) []string {
	b.Helper()
	dir := b.TempDir()
	files := make([]string, len(list))
	for h, inv := range list {
		files[h] = filepath.Join(dir, fmt.Sprintf("host%05d.status", h))
		var text strings.Builder
		seen := map[string]bool{}
		for _, p := range inv.Packages {
			if seen[p.Name] {
				continue
			}
			seen[p.Name] = true
			fmt.Fprintf(&text, "Package: %s\nStatus: install ok installed\nPriority: optional\nSection: misc\nInstalled-Size: 1234\nMaintainer: Somebody <somebody@example.org>\nArchitecture: %s\nMulti-Arch: foreign\n", p.Name, p.Arch)
			switch {
			case p.Source != p.Name && p.SourceVersion != p.Version:
				fmt.Fprintf(&text, "Source: %s (%s)\n", p.Source, p.SourceVersion)
			case p.Source != p.Name:
				fmt.Fprintf(&text, "Source: %s\n", p.Source)
			case p.SourceVersion != p.Version:
				fmt.Fprintf(&text, "Source: %s (%s)\n", p.Source, p.SourceVersion)
			}
			fmt.Fprintf(&text, "Version: %s\nDepends: libc6 (>= 2.34), libssl3 (>= 3.0.0), zlib1g (>= 1:1.2.0)\nDescription: a package\n%sHomepage: https://example.org/%s\n\n",
				p.Version, strings.Repeat(" a line that describes what this package is good for, and for whom it is\n", 8), p.Name)
		}
		if err := os.WriteFile(files[h], []byte(text.String()), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return files
}
