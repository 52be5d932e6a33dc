package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

const sharedData = "../../../shared/data/"

// shared gives the path of a file of test data that other people own and the project does not contain.
func shared(t *testing.T, name string) string {
	t.Helper()
	path := sharedData + name
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("the shared data is missing: %v", err)
		}
		t.Skipf("the shared data is not beside the project: %v", err)
	}
	return path
}

func unpacked(t *testing.T, path string) string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(path, ".zst") {
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		defer z.Close()
		in = z
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// hole is one hole in one source package: the key that scanners can be compared by.
type hole struct{ source, cve string }

// sourcesOf are the source packages of the installed binary packages of a status file, as the status
// file itself names them.
func sourcesOf(status string) map[string][]string {
	field := regexp.MustCompile(`(?m)^(Package|Status|Source): (\S+)(.*)$`)
	sources := map[string][]string{}
	for _, entry := range strings.Split(status, "\n\n") {
		f := map[string]string{}
		for _, m := range field.FindAllStringSubmatch(entry, -1) {
			f[m[1]] = m[2] + m[3]
		}
		if !slices.Contains(strings.Fields(f["Status"]), "installed") {
			continue
		}
		source, _, _ := strings.Cut(f["Source"], " ")
		if source == "" {
			source = f["Package"]
		}
		sources[f["Package"]] = append(sources[f["Package"]], source)
	}
	return sources
}

// debsecanSays and osvSays are the answers of two other scanners to the same inventory.
func debsecanSays(t *testing.T, answer string, sources map[string][]string) map[hole]bool {
	t.Helper()
	said := map[hole]bool{}
	for line := range strings.Lines(answer) {
		words := strings.Fields(line)
		for _, source := range sources[words[1]] {
			said[hole{source, words[0]}] = true
		}
	}
	return said
}

func osvSays(t *testing.T, answer string) map[hole]bool {
	t.Helper()
	var list struct {
		Results []struct {
			Packages []struct {
				Package         struct{ Name string }
				Vulnerabilities []struct{ Upstream, Aliases []string }
			}
		}
	}
	if err := json.Unmarshal([]byte(answer), &list); err != nil {
		t.Fatal(err)
	}
	said := map[hole]bool{}
	for _, r := range list.Results {
		for _, p := range r.Packages {
			for _, v := range p.Vulnerabilities {
				for _, cve := range slices.Concat(v.Upstream, v.Aliases) {
					if strings.HasPrefix(cve, "CVE-") || strings.HasPrefix(cve, "TEMP-") {
						said[hole{p.Package.Name, cve}] = true
					}
				}
			}
		}
	}
	return said
}

// matchedBy runs the command as a script would.
func matchedBy(t *testing.T, args ...string) []matched {
	t.Helper()
	var out, errs bytes.Buffer
	if code := Main(t.Context(), append([]string{"match", "--json"}, args...), strings.NewReader(""), &out, &errs, Hooks{}); code != ExitOK {
		t.Fatalf("%v ended with %d: %s", args, code, errs.String())
	}
	var list []matched
	if err := json.Unmarshal(out.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// Inventories of real packages, with the answers of debsecan and osv-scanner to the same advisories.
// Ours is the same, from each of the forms in which the advisories are published.
func TestMatchSaysWhatOtherScannersSay(t *testing.T) {
	t.Parallel()
	feeds := map[string][]string{
		"lines": {shared(t, "debian/debian-advisories-to-2026-08-21.jsonl.zst")},
		"lists": {shared(t, "debian/DSA.list.zst"), shared(t, "debian/DLA.list.zst")},
		"osv":   {shared(t, "debian/osv-Debian-all.zip")},
	}
	inventories, err := filepath.Glob(shared(t, "oracle/inventories") + "/*.status*")
	if err != nil || len(inventories) < 8 {
		t.Fatalf("only %d inventories: %v", len(inventories), err)
	}
	for _, inventory := range inventories {
		base, _, _ := strings.Cut(inventory, ".status")
		name := filepath.Base(base)
		release, _, _ := strings.Cut(name, "-")
		if release == "kernel" || release == "host" {
			release = "bookworm"
		}
		status := unpacked(t, inventory)
		debsecan := debsecanSays(t, unpacked(t, base+".debsecan-simple.txt.zst"), sourcesOf(status))
		osv := osvSays(t, unpacked(t, base+".osv-scanner.json.zst"))
		for form, files := range feeds {
			t.Run(name+"/"+form, func(t *testing.T) {
				t.Parallel()
				got := map[hole]bool{}
				for _, m := range matchedBy(t, append([]string{"--status", inventory, "--release", release, "--advisories"}, files...)...) {
					got[hole{m.Source, m.CVE}] = true
				}
				if !maps.Equal(got, debsecan) || !maps.Equal(got, osv) {
					t.Errorf("%d pairs, debsecan %d, osv-scanner %d", len(got), len(debsecan), len(osv))
				}
			})
		}
	}
}

// A host that has a kernel image and nothing else of the source linux: both other scanners look for
// linux-signed-amd64, find no advisory, and call it clean.
func TestMatchFindsKernelHolesOfAnImageAlone(t *testing.T) {
	t.Parallel()
	feed := shared(t, "debian/debian-advisories-to-2026-08-21.jsonl.zst")
	file := filepath.Join(t.TempDir(), "status")
	const image = "Package: linux-image-6.1.0-20-amd64\nStatus: install ok installed\nArchitecture: amd64\nSource: linux-signed-amd64 (6.1.85+1)\nVersion: 6.1.85-1\n"
	if err := os.WriteFile(file, []byte(image), 0o600); err != nil {
		t.Fatal(err)
	}
	found := matchedBy(t, "--advisories", feed, "--status", file, "--release", "12")
	if len(found) < 2000 || found[0].Source != "linux" || found[0].Version != "6.1.85-1" || found[0].Binaries[0] != "linux-image-6.1.0-20-amd64" {
		t.Errorf("%d holes, the first %+v", len(found), found[0])
	}
}
