package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/proof"
)

const root = "../../.."

// rows are the rows of obstacles in a page: number, outcome, test and file.
var rows = regexp.MustCompile("(?m)^\\| (\\d+) \\|.*\\| `([^`]+)` in `([^`]+)` \\|$")

// TestThePageNamesAllObstaclesAndRealTests: each obstacle has a row, and whoever doubts a row finds its test.
func TestThePageNamesAllObstaclesAndRealTests(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(root, "docs", "obstacles.md"))
	if err != nil {
		t.Fatal(err)
	}
	for n, o := range obstacles {
		if !strings.Contains(string(page), fmt.Sprintf("\n| %d | %s | %s | ", n+1, o.name, o.due)) {
			t.Errorf("obstacle %d (%s) has no row: run 'make obstacles'", n+1, o.name)
		}
	}
	if strings.Contains(string(page), notProven) {
		t.Error("an obstacle is not proven: run 'make obstacles' and read what failed")
	}
	for _, row := range rows.FindAllStringSubmatch(string(page), -1) {
		source, err := os.ReadFile(filepath.Join(root, row[3]))
		if err != nil {
			t.Errorf("obstacle %s: %v", row[1], err)
			continue
		}
		name, _, _ := strings.Cut(row[2], "/")
		folder := filepath.Dir(filepath.Join(root, row[3]))
		if !strings.Contains(string(source), "func "+name+"(") && !declared(t, folder, name) {
			t.Errorf("obstacle %s: there is no %s in %s", row[1], name, folder)
		}
	}
}

// declared reports whether a folder's tests have one of that name: the line may have been written by what the
// tests there share.
func declared(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if text, err := os.ReadFile(f); err == nil && strings.Contains(string(text), "func "+name+"(") {
			return true
		}
	}
	return false
}

func TestAPageIsMadeOfWhatWasSeen(t *testing.T) {
	if len(obstacles) != proof.Obstacles {
		t.Fatalf("%d obstacles, want %d", len(obstacles), proof.Obstacles)
	}
	got := page([]proof.Line{
		{Obstacle: 4, Outcome: "restored", Happened: "It failed | it was put back.", Test: "TestX/4", File: "internal/e2e/x_test.go"},
		{Step: "finished applying", Driver: "files", Fault: "kill -9", End: "restored", Test: "TestY", File: "y_test.go"},
		{Step: "begun applying", Driver: "files", Fault: "kill -9", End: "restored", Test: "TestY", File: "y_test.go"},
		{Step: "begun applying", Driver: "files", Fault: "kill -9", End: "restored", Test: "TestY", File: "y_test.go"},
		{Step: "begun applying", Driver: "btrfs", Fault: "network cut", End: "succeeded", Test: "TestY", File: "y_test.go"},
	})
	for _, want := range []string{
		"| restored | It failed \\| it was put back. | `TestX/4` in `internal/e2e/x_test.go` |",
		"| 5 | `postinst` hangs | stopped at its limit, `restored` | " + notProven,
		"In 4 runs, 3 of 112 cells", "| begun applying | restored ×2 | – | – | – |\n| finished applying | restored | – | – | – |",
		"| begun applying | – | cannot occur | – | succeeded |",
		"### Driver `btrfs`",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
	if n := strings.Count(got, notProven); n != proof.Obstacles-1 {
		t.Errorf("%d obstacles are not proven, want all but one", n)
	}
	if err := run(nil, os.Stdout); err == nil {
		t.Error("no file, no error")
	}
}
