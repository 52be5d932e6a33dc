// Package patchwart_test holds the walls of the house: who may import whom, and why. It reads the
// sources itself, so that neither a build tag nor the test cache can hide a breach.
package patchwart_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/patchwart/patchwart/"

// wall is one import rule: packages below room may import from this module only what is listed.
type wall struct {
	room  string   // folder, with all below it
	may   []string // folders (with all below) of this module that may be imported
	why   string
	tests bool // whether the wall holds for test files, too
}

var walls = []wall{
	{"internal/core", []string{"internal/core"}, "the core decides; what it decides on comes in as values", true},
	{"internal/wire", []string{"internal/core", "internal/wire"}, "server and agent share messages, not machinery", true},
	{"internal/host", []string{"internal/core", "internal/wire", "internal/host"}, "what touches a machine runs on the machine and knows no server", false},
	{"internal/agent", []string{"internal/core", "internal/wire", "internal/host", "internal/agent"}, "the agent's surface stays small", false},
	{"internal/store", []string{"internal/core", "internal/store"}, "the store keeps values; who uses it, the server says", false},
	{"internal/engine", []string{"internal/core", "internal/engine"}, "the engine knows effects, never apt, customers or mail", false},
	{"internal/record", []string{"internal/core", "internal/record"}, "the record must not depend on what it is evidence about", false},
	{"internal/adapter", []string{"internal/core", "internal/adapter"}, "an adapter speaks to the world outside in the core's values, and knows nobody who uses it", false},
	{"internal/export", []string{"internal/core", "internal/export"}, "what leaves the house is made of values, and knows nobody who asks for it", false},
	{"internal/api", []string{"internal/core", "internal/wire", "internal/api", "client"}, "handlers speak to an interface they declare", false},
	{"internal/web", []string{"internal/core", "internal/web"}, "pages render values and compute nothing", false},
	{"internal/lab", []string{"internal/lab"}, "the lab proves the product from outside, so it knows nothing of it", false},
	{"internal/cli", []string{"internal/core", "internal/cli", "client", "policies"}, "the command line goes through the public client, like everybody else; policies can be read without a server", false},
	{"client", []string{"internal/core", "client"}, "the public client shares the values, not the machinery", false},
	{"policies", []string{"policies"}, "promises are data", false},
	{"cmd/patchwart-agent", []string{"internal/core", "internal/wire", "internal/host", "internal/agent"}, "no server code on a customer's host", true},
}

// pure is what the core may import from the standard library: nothing that reads, writes, waits or
// rolls dice. unicode, strings and friends are values in, values out.
var pure = []string{
	"archive/zip", "bufio", "bytes", "cmp", "crypto/sha256", "embed", "encoding/base64", "encoding/binary", "encoding/csv", "encoding/hex", "encoding/json",
	"errors", "fmt", "hash", "html", "io", "iter", "maps", "math", "math/bits", "net/mail", "net/netip", "net/url", "reflect", "regexp",
	"slices", "sort", "strconv", "strings", "sync", "time", "unicode", "unicode/utf8",
}

// libraries are the only modules from elsewhere that the core may import.
var libraries = map[string]string{
	"github.com/goccy/go-yaml":       "reads policy and estate documents from bytes, with line and column; touches nothing else",
	"github.com/rickar/cal/v2":       "lists of public holidays and how each is computed from the year",
	"github.com/pandatix/go-cvss":    "reads CVSS vectors and computes their scores; values in, values out",
	"github.com/teambition/rrule-go": "computes the days of a recurrence rule; it reads the time of day only where no start is given, and one is always given",
}

// forbiddenCalls are reached through pure packages and are not pure themselves.
var forbiddenCalls = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "LoadLocation"},
}

type source struct {
	path string
	file *ast.File
	fset *token.FileSet
	test bool
}

func sources(t *testing.T) []source {
	t.Helper()
	var found []source
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (strings.HasPrefix(name, ".") || name == "bin" || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		found = append(found, source{filepath.ToSlash(path), file, fset, strings.HasSuffix(path, "_test.go")})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 20 {
		t.Fatalf("only %d sources found: this test looks in the wrong place", len(found))
	}
	return found
}

func below(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func imports(t *testing.T, s source) []string {
	t.Helper()
	var paths []string
	for _, i := range s.file.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, p)
	}
	return paths
}

func TestWallsHold(t *testing.T) {
	for _, s := range sources(t) {
		for _, w := range walls {
			if !below(s.path, w.room) || s.test && !w.tests {
				continue
			}
			for _, p := range imports(t, s) {
				inner, ours := strings.CutPrefix(p, module)
				if ours && !slices.ContainsFunc(w.may, func(f string) bool { return below(inner, f) }) {
					t.Errorf("%s imports %s: %s may import %v only, because %s", s.path, inner, w.room, w.may, w.why)
				}
			}
		}
	}
}

func TestCoreIsPure(t *testing.T) {
	for _, s := range sources(t) {
		if !below(s.path, "internal/core") || s.test {
			continue
		}
		for _, p := range imports(t, s) {
			if strings.HasPrefix(p, module) || slices.Contains(pure, p) {
				continue
			}
			known := false
			for lib := range libraries {
				known = known || below(p, lib)
			}
			if !known {
				t.Errorf("%s imports %s: the core is pure, so that decisions can be repeated and proven", s.path, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Obj == nil && slices.Contains(forbiddenCalls[x.Name], n.Sel.Name) {
					t.Errorf("%s: %s.%s: time comes into the core as an argument", s.fset.Position(n.Pos()), x.Name, n.Sel.Name)
				}
			case *ast.GoStmt:
				t.Errorf("%s: the core starts no goroutines", s.fset.Position(n.Pos()))
			}
			return true
		})
	}
}

// TestOnlyGrantMakesMandates holds the promise that no work order exists without a mandate: the type's
// only field is unexported, and only the two files that grant write a composite literal that fills it.
func TestOnlyGrantMakesMandates(t *testing.T) {
	for _, s := range sources(t) {
		if !below(s.path, "internal/core/mandate") || s.test || strings.HasPrefix(filepath.Base(s.path), "grant") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.CompositeLit); ok && len(lit.Elts) > 0 {
				if id, ok := lit.Type.(*ast.Ident); ok && id.Name == "Mandate" {
					t.Errorf("%s: a Mandate is made outside of Grant", s.fset.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		dir := filepath.Dir(s.path)
		documented[dir] = documented[dir] || s.file.Doc != nil && len(s.file.Doc.Text()) > 40
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s has no package comment", dir)
		}
	}
}

// bucketNames say nothing about what is inside.
var bucketNames = []string{"util", "utils", "common", "helper", "helpers", "manager", "types", "models", "misc", "base"}

func TestFilesHaveOneSubject(t *testing.T) {
	const most = 600
	for _, s := range sources(t) {
		if slices.Contains(bucketNames, s.file.Name.Name) {
			t.Errorf("%s: package %s says nothing about what is in it", s.path, s.file.Name.Name)
		}
		if ast.IsGenerated(s.file) {
			continue
		}
		if lines := s.fset.File(s.file.Pos()).LineCount(); lines > most {
			t.Errorf("%s has %d lines, more than %d: it has more than one subject", s.path, lines, most)
		}
	}
}

// TestSQLiteAndItsLibcArePaired: the SQLite driver works only with the very libc version that its own
// module file names; a bump of one without the other corrupts silently.
func TestSQLiteAndItsLibcArePaired(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, pin := range []string{"modernc.org/sqlite v1.60.1", "modernc.org/libc v1.77.1"} {
		if !strings.Contains(string(mod), pin) {
			t.Errorf("go.mod does not pin %s: sqlite and libc are bumped together, and this test with them", pin)
		}
	}
}
