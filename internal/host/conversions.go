package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/wire"
)

// MoreConversions is where a host's administrator adds cases of software that converts its data.
const MoreConversions = "/etc/patchwart/conversions.yaml"

// Cases gives the known cases of software that converts its data, and those of the host's administrator. One
// of the same name takes the place of the known one. A file that others could have written, or that cannot be
// understood, is an error.
func (m *Machine) Cases() ([]conversion.Case, error) {
	path := m.path(MoreConversions)
	doc, err := durable.Read(path, conversion.MaxDocument)
	if errors.Is(err, fs.ErrNotExist) {
		return conversion.Known(), nil
	}
	if err == nil {
		err = durable.Guarded(path)
	}
	if err != nil {
		return nil, fmt.Errorf("conversions: %w", err)
	}
	own, err := conversion.Parse(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", MoreConversions, err)
	}
	cases := own
	for _, c := range conversion.Known() {
		replaced := false
		for _, o := range own {
			replaced = replaced || strings.EqualFold(o.Name, c.Name)
		}
		if !replaced {
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// Conversions gives the conversions of data that the packages of an order would cause on this host, judged on
// what is installed now.
func (m *Machine) Conversions(ordered []wire.Package) ([]conversion.Conversion, *Trouble) {
	cases, err := m.Cases()
	if err != nil {
		return nil, fromError(CodeHost, err, "")
	}
	status, err := m.database.Status()
	if err != nil {
		return nil, fromError(CodeHost, err, "")
	}
	var installed []conversion.Installed
	for _, p := range status.Packages {
		installed = append(installed, conversion.Installed{Name: p.Name, Version: p.Version})
	}
	return conversion.Find(cases, installed, changesOf(ordered)), nil
}

// Converted gives the conversions that an order named, whatever is installed now: for the report after a
// restore, when the old versions are back.
func (m *Machine) Converted(ordered []wire.Package) ([]conversion.Conversion, error) {
	cases, err := m.Cases()
	if err != nil {
		return nil, err
	}
	return conversion.Find(cases, nil, changesOf(ordered)), nil
}

func changesOf(ordered []wire.Package) []conversion.Change {
	changes := make([]conversion.Change, 0, len(ordered))
	for _, p := range ordered {
		changes = append(changes, conversion.Change{Name: p.Name, From: p.From, To: p.To})
	}
	return changes
}

// Reversible finds whether an order would convert data that nothing brings back (MH2-16). dumps are those that
// the host's administrator declared; covered says what the restore point holds. It changes nothing.
func (m *Machine) Reversible(ordered []wire.Package, dumps []conversion.Dump, covered func(path string) bool) *Trouble {
	found, t := m.Conversions(ordered)
	if t != nil {
		return t
	}
	if len(found) == 0 {
		return nil
	}
	now := m.opt.Now()
	seen := m.Dumps(dumps)
	all := func(path string) bool { return covered != nil && m.covers(path, covered) }
	var why []lang.Text
	for _, c := range found {
		if text := c.Refused(all, seen, now); !text.IsZero() {
			why = append(why, lang.Textf("%[1]s. %[2]s", "%[1]s. %[2]s", text, c.Mend()))
		}
	}
	if len(why) == 0 {
		return nil
	}
	var de, en []string
	for _, w := range why {
		de, en = append(de, w.DE), append(en, w.EN)
	}
	return trouble(CodeConversion, lang.T(strings.Join(de, " "), strings.Join(en, " ")), "")
}

// covers asks for a path and for what it leads to: a link to another disk is not what the restore point holds.
func (m *Machine) covers(path string, covered func(string) bool) bool {
	if !covered(path) {
		return false
	}
	real, err := filepath.EvalSymlinks(m.path(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true // nothing is there that could be lost
	case err != nil:
		return false
	}
	inside, err := filepath.Rel(m.opt.Root, real)
	return err == nil && covered(filepath.Join("/", inside))
}

// unfinished is how long a file has to have been left alone to count as finished.
const unfinished = 2 * time.Minute

// maxDumpFiles bounds the files that are looked at in a directory of dumps.
const maxDumpFiles = 10_000

// Dumps looks at what was declared: when the newest finished file was made, and why it does not count. A
// declared directory stands for the regular files right in it.
func (m *Machine) Dumps(declared []conversion.Dump) []conversion.Dump {
	seen := make([]conversion.Dump, 0, len(declared))
	for _, d := range declared {
		d.Made, d.Problem = m.newest(d.Path)
		seen = append(seen, d)
	}
	return seen
}

func (m *Machine) newest(path string) (made time.Time, problem lang.Text) {
	where := m.path(path)
	info, err := os.Lstat(where)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return made, lang.Text{} // said as missing
	case err != nil:
		return made, lang.Textf("%[1]s lässt sich nicht ansehen", "%[1]s cannot be looked at", path)
	case info.Mode().Perm()&0o002 != 0:
		return made, lang.Textf("%[1]s kann von jedem geändert werden", "%[1]s can be changed by anybody", path)
	case info.Mode().IsRegular():
		return m.finished(info, path)
	case !info.IsDir():
		return made, lang.Textf("%[1]s ist weder Datei noch Verzeichnis", "%[1]s is neither file nor directory", path)
	}
	dir, err := os.Open(where)
	if err != nil {
		return made, lang.Textf("%[1]s lässt sich nicht ansehen", "%[1]s cannot be looked at", path)
	}
	defer dir.Close()
	entries, err := dir.ReadDir(maxDumpFiles)
	if err != nil && len(entries) == 0 {
		return made, lang.Textf("in %[1]s liegt kein Auszug", "there is no dump in %[1]s", path)
	}
	problem = lang.Textf("in %[1]s liegt kein fertiger Auszug", "there is no finished dump in %[1]s", path)
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if at, wrong := m.finished(info, path); wrong.IsZero() && at.After(made) {
			made, problem = at, lang.Text{}
		}
	}
	return made, problem
}

func (m *Machine) finished(info fs.FileInfo, path string) (time.Time, lang.Text) {
	switch {
	case info.Size() == 0:
		return time.Time{}, lang.Textf("%[1]s ist leer", "%[1]s is empty", path)
	case m.opt.Now().Sub(info.ModTime()) < unfinished && m.opt.Now().Sub(info.ModTime()) > -unfinished:
		return time.Time{}, lang.Textf("an %[1]s wird noch geschrieben", "%[1]s is still being written", path)
	}
	return info.ModTime(), lang.Text{}
}
