package cli

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// summary is what was found in one inventory, in numbers.
type summary struct {
	File     string     `json:"file"`
	Release  string     `json:"release"`
	Packages int        `json:"packages"`           // installed
	Sources  int        `json:"sources"`            // source packages with holes
	Holes    int        `json:"holes"`              // source package × CVE
	CVEs     int        `json:"cves"`               // distinct
	Unfixed  int        `json:"unfixed"`            // of the holes, those without a fixed version that everybody gets
	ProOnly  int        `json:"pro_only,omitempty"` // of these, those that Ubuntu Pro has fixed
	Error    string     `json:"error,omitempty"`
	Found    *[]matched `json:"found,omitempty"`
	err      error      // the same as Error, for people
	text     lang.Text  // of it
}

// fleet matches every file of a directory, on all processors. A file that cannot be read is told in its
// place, and the exit code says that there was one.
func (cmd matchCmd) fleet(a *app, index *advisory.Index, fallback string) error {
	files, err := inventories(cmd.StatusDir)
	if err != nil {
		return err
	}
	releases, err := a.releaseMap(cmd.ReleaseFileMap)
	if err != nil {
		return err
	}
	out := make([]summary, len(files))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				out[i] = cmd.inventory(a, index, files[i], cmp.Or(releaseOf(releases, files[i]), fallback))
			}
		})
	}
	for i := range files {
		if a.ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	workers.Wait()
	if err := a.ctx.Err(); err != nil {
		return err
	}
	if err := a.result(out, func() { a.summaries(out) }); err != nil {
		return err
	}
	if slices.ContainsFunc(out, func(s summary) bool { return s.err != nil }) {
		return errUnread
	}
	return nil
}

func (cmd matchCmd) inventory(a *app, index *advisory.Index, file, release string) summary {
	name := filepath.Base(file)
	if release == "" {
		return failed(name, release, &client.Error{Code: client.CodeInvalid, Text: lang.Textf(
			"Für %[1]s steht keine Ausgabe in der Zuordnung, und --release fehlt.", "The map has no release for %[1]s, and --release is missing.", name)})
	}
	if err := spokenOf(index, release); err != nil {
		return failed(name, release, err)
	}
	found, err := cmd.one(a, index, file, release)
	if err != nil {
		return failed(name, release, err)
	}
	s := summarise(name, release, found)
	if !cmd.Summary {
		list := cmd.list(found.matches)
		s.Found = &list
	}
	return s
}

func failed(name, release string, err error) summary {
	f := faultOf(err)
	return summary{File: name, Release: release, Error: f.Text.EN, err: err, text: f.Text}
}

func summarise(file, release string, found scanned) summary {
	s := summary{File: filepath.Base(file), Release: release, Packages: found.packages}
	cves := make(map[string]struct{}, 256)
	last := ""
	for _, m := range found.matches {
		if m.Source != last {
			s.Sources++
			last = m.Source
		}
		s.Holes += len(m.Holes)
		for _, h := range m.Holes {
			cves[h.CVE] = struct{}{}
			if h.Fixed == "" {
				s.Unfixed++
			}
			if h.State == advisory.ProOnly {
				s.ProOnly++
			}
		}
	}
	s.CVEs = len(cves)
	return s
}

// inventories lists the files of a directory, sorted by name.
func inventories(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, cannotRead(dir, err)
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	if len(files) == 0 {
		return nil, &client.Error{Code: client.CodeInvalid, Text: lang.Textf("%[1]s enthält keine Datei.", "%[1]s holds no file.", dir)}
	}
	return files, nil
}

// releaseMap reads which file is of which release: a JSON object, or a line each with the file's name
// and the release, parted by a tab, spaces, a comma, a colon or an equals sign.
func (a *app) releaseMap(name string) (map[string]string, error) {
	if name == "" {
		return nil, nil
	}
	text, err := a.readInput(name, maxPolicy)
	if err != nil {
		return nil, err
	}
	said := map[string]string{}
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		if err := json.Unmarshal(text, &said); err != nil {
			return nil, &client.Error{Code: client.CodeInvalid, Text: lang.Textf(
				"%[1]s ist keine Zuordnung von Dateien zu Ausgaben: %[2]s", "%[1]s is no map of files to releases: %[2]s", name, err.Error())}
		}
	} else {
		for n, line := range strings.Split(string(text), "\n") {
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			i := strings.LastIndexAny(line, "\t ,:=")
			if i <= 0 {
				return nil, &usageError{alone: true, text: lang.Textf("%[1]s, Zeile %[2]d: „%[3]s“ ist keine Zuordnung; eine lautet: web1.status bookworm",
					`%[1]s, line %[2]d: "%[3]s" is no assignment; one reads: web1.status bookworm`, name, n+1, line)}
			}
			said[strings.Trim(line[:i], "\t ,:=")] = line[i+1:]
		}
	}
	releases := make(map[string]string, len(said))
	for file, release := range said {
		codename, ok := debian.Release(release)
		if !ok {
			return nil, noRelease(fmt.Sprintf("%s (%s)", name, file), release)
		}
		releases[filepath.Base(file)] = codename
	}
	return releases, nil
}

// releaseOf is what the map says of a file, by its name, or by its name without what comes after the
// first dot that leaves a name of the map.
func releaseOf(releases map[string]string, file string) string {
	for name := filepath.Base(file); name != ""; name = strings.TrimSuffix(name, filepath.Ext(name)) {
		if release, ok := releases[name]; ok {
			return release
		}
		if filepath.Ext(name) == "" {
			break
		}
	}
	return ""
}

// summaries shows one line an inventory, those with most holes first.
func (a *app) summaries(list []summary) {
	ordered := slices.Clone(list)
	slices.SortStableFunc(ordered, func(x, y summary) int { return cmp.Compare(y.Holes, x.Holes) })
	var rows [][]cell
	for _, s := range ordered {
		if s.err == nil {
			rows = append(rows, []cell{text(clean(s.File)), text(s.Release), text(fmt.Sprint(s.Packages)), text(fmt.Sprint(s.Sources)), text(fmt.Sprint(s.Holes)), text(fmt.Sprint(s.Unfixed))})
		}
	}
	a.table("", []lang.Text{lang.T("Datei", "file"), lang.T("Ausgabe", "release"), matchWords.Binaries, matchWords.Source, matchWords.Holes, lang.T("ohne Update", "without update")}, rows)
	for _, s := range ordered {
		if s.err != nil {
			a.warn("✕ " + clean(s.File) + ": " + a.t(s.text))
		}
	}
}
