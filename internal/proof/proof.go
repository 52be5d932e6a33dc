// Package proof lets tests write down what they saw, so that the page of obstacles (docs/obstacles.md) is made
// of runs and not of intentions. It is used by tests only.
//
// Nothing is written unless the environment names a file; a test that failed or was skipped proves nothing and
// writes nothing.
package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"runtime"
	"strings"
	"testing"
)

// Env names the file that proofs are appended to, as lines of JSON.
const Env = "PATCHWART_PROOFS"

// Obstacles is how many obstacles every release is tried against.
const Obstacles = 24

// Line is one thing that a test saw: an obstacle's end, or a cell of the crash matrix.
type Line struct {
	Obstacle int    `json:"obstacle,omitempty"` // 1 to [Obstacles]
	Outcome  string `json:"outcome,omitempty"`
	Happened string `json:"happened,omitempty"` // a sentence

	Step   string `json:"step,omitempty"` // an event of the journal, "begun applying"
	Driver string `json:"driver,omitempty"`
	Fault  string `json:"fault,omitempty"`
	End    string `json:"end,omitempty"`

	Test string `json:"test"`
	File string `json:"file"` // below the module's root
}

// Obstacle writes down how an obstacle ended: its number, the outcome, and a sentence on what happened to the
// host. Call it after the last assertion; it counts if the test passes.
func Obstacle(t testing.TB, number int, outcome, whatHappened string) {
	t.Helper()
	if number < 1 || number > Obstacles || outcome == "" || whatHappened == "" {
		t.Errorf("proof of obstacle %d, outcome %q, %q: all three are needed", number, outcome, whatHappened)
	}
	write(t, Line{Obstacle: number, Outcome: outcome, Happened: whatHappened})
}

// Cell writes down a cell of the crash matrix: a fault at a step of the journal, with a restore driver, and
// what became of the host.
func Cell(t testing.TB, step, driver, fault, endState string) {
	t.Helper()
	if step == "" || driver == "" || fault == "" || endState == "" {
		t.Errorf("cell of step %q, driver %q, fault %q, end %q: all four are needed", step, driver, fault, endState)
	}
	write(t, Line{Step: step, Driver: driver, Fault: fault, End: endState})
}

// write appends the line when the test has ended well.
func write(t testing.TB, l Line) {
	t.Helper()
	file := os.Getenv(Env)
	if file == "" {
		return
	}
	l.Test, l.File = t.Name(), caller()
	t.Cleanup(func() {
		if t.Failed() || t.Skipped() {
			return
		}
		if err := appendTo(file, l); err != nil {
			t.Errorf("write down what was proven: %v", err)
		}
	})
}

func appendTo(file string, l Line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644) //nolint:gosec // a document for everybody
	if err != nil {
		return err
	}
	if _, err := f.Write(append(text, '\n')); err != nil { // one write: packages are tested side by side
		_ = f.Close()
		return err
	}
	return f.Close()
}

// caller is the test's source file that called Obstacle or Cell, below the module's root.
func caller() string {
	_, self, _, _ := runtime.Caller(0)
	root := path.Dir(path.Dir(path.Dir(self)))
	for skip := 2; skip < 10; skip++ {
		_, file, _, ok := runtime.Caller(skip)
		if ok && strings.HasSuffix(file, "_test.go") {
			return strings.TrimPrefix(file, root+"/")
		}
	}
	return ""
}

// Read reads what tests have written.
func Read(text []byte) ([]Line, error) {
	var lines []Line
	for n, raw := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
		if len(raw) == 0 {
			continue
		}
		var l Line
		if err := json.Unmarshal(raw, &l); err != nil {
			return nil, fmt.Errorf("line %d of the proofs: %w", n+1, err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}
