package restoretest

import (
	"encoding/json"
	"flag"
	"os"
	"sync"
	"testing"
)

// matrixFile gets a line of JSON for every cell that was tried, appended.
var matrixFile = flag.String("matrix", "", "append the cells of the crash matrix to this `file`, as JSON lines")

// Cell is one entry of the crash matrix: a fault at one write of one step, and what came of it.
type Cell struct {
	Driver string `json:"driver"`
	Step   string `json:"step"`  // save, restore or drop
	Write  int64  `json:"write"` // from 0
	Op     string `json:"op"`    // the write's kind
	Fault  string `json:"fault"`
	End    string `json:"end"` // the state that was found; after each the step was repeated with success
}

var matrix sync.Mutex

// note writes a cell down, if somebody asked for it.
func note(t *testing.T, c Cell) {
	t.Helper()
	if *matrixFile == "" {
		return
	}
	line, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	matrix.Lock()
	defer matrix.Unlock()
	f, err := os.OpenFile(*matrixFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatalf("crash matrix: %v", err)
	}
	// One write for one line: other test binaries append to the same file.
	_, err = f.Write(append(line, '\n'))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		t.Fatalf("crash matrix: %v", err)
	}
}

// everyCell says whether the whole matrix is asked for.
func everyCell() bool { return os.Getenv("PATCHWART_CRASH") == "all" }

// sample picks the writes to fail, out of n: all of them if asked for, otherwise some, evenly, and the
// first and last ones, where a step begins to count and where it ends to.
func sample(n, most int64) []int64 {
	if everyCell() || n <= most {
		out := make([]int64, 0, n)
		for i := range n {
			out = append(out, i)
		}
		return out
	}
	const ends = 3
	var out []int64
	for i := range int64(ends) {
		out = append(out, i)
	}
	middle := max(most-2*ends, 1)
	for i := range middle {
		out = append(out, ends+(n-2*ends)*i/middle)
	}
	for i := n - ends; i < n; i++ {
		out = append(out, i)
	}
	return out
}
