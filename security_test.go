package patchwart_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is a test as the threat model names it: its folder and its name.
var named = regexp.MustCompile("`([a-z0-9_/]+) ((?:Test|Fuzz)[A-Za-z0-9_]+)`")

// TestTheThreatModelNamesTestsThatExist holds every "cannot" of docs/security.md to a test that is there. A
// row without one is a claim.
func TestTheThreatModelNamesTestsThatExist(t *testing.T) {
	doc, err := os.ReadFile("docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	rows, tests := 0, 0
	inTable := false
	for i, line := range strings.Split(string(doc), "\n") {
		switch {
		case strings.HasPrefix(line, "| Cannot |"):
			inTable = true
			continue
		case strings.HasPrefix(line, "|---"):
			continue
		case !strings.HasPrefix(line, "|"):
			inTable = false
			continue
		}
		if !inTable {
			t.Errorf("line %d: a table without the heading Cannot", i+1)
		}
		rows++
		found := named.FindAllStringSubmatch(line, -1)
		if len(found) == 0 {
			t.Errorf("line %d names no test: %s", i+1, line)
		}
		for _, f := range found {
			tests++
			if !hasTest(t, f[1], f[2]) {
				t.Errorf("line %d: %s has no %s", i+1, f[1], f[2])
			}
		}
	}
	if rows < 30 || tests < rows {
		t.Errorf("%d rows and %d tests: the document is not read as it is written", rows, tests)
	}
}

func hasTest(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(source), "\nfunc "+name+"(") {
			return true
		}
	}
	return false
}
