package intake_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/intake"
)

var update = flag.Bool("update", false, "write the diagram in docs/intake.md anew")

// TestOrdersLiveAsTheyMay: on every path, what is over stays over, nothing runs that was not accepted and
// scheduled before, what runs cannot be withdrawn, and every state has words.
func TestOrdersLiveAsTheyMay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		path := []intake.State{intake.StateReceived}
		for range rapid.IntRange(0, 20).Draw(t, "steps") {
			at := path[len(path)-1]
			to := rapid.SampledFrom(intake.States()).Draw(t, "to")
			by, ok := at.May(to)
			switch {
			case ok && (by.DE == "" || by.EN == ""):
				t.Fatalf("%s → %s happens by nothing", at, to)
			case ok && at.Over():
				t.Fatalf("%s is over and becomes %s", at, to)
			case ok && at == to:
				t.Fatalf("%s becomes itself", at)
			case ok && at == intake.StateRunning && to != intake.StateDone && to != intake.StateRestored:
				t.Fatalf("what runs becomes %s", to)
			case ok:
				path = append(path, to)
			}
		}
		last := path[len(path)-1]
		ran := last == intake.StateRunning || last == intake.StateDone || last == intake.StateRestored
		for _, needed := range []intake.State{intake.StateAccepted, intake.StateScheduled} {
			passed := false
			for _, s := range path {
				passed = passed || s == needed
			}
			if ran && !passed {
				t.Fatalf("%v was never %s", path, needed)
			}
		}
	})
}

// TestEveryStateIsReachedAndEnds: from received to every state, and from every state to one that is over.
func TestEveryStateIsReachedAndEnds(t *testing.T) {
	t.Parallel()
	reached := reach(intake.StateReceived)
	for _, s := range intake.States() {
		ends := false
		for to := range reach(s) {
			ends = ends || to.Over()
		}
		if !reached[s] || !ends {
			t.Errorf("%s: reached %v, ends %v", s, reached[s], ends)
		}
		if s.Text().DE == "" || s.Text().DE == "nicht bekannt" {
			t.Errorf("%s has no words", s)
		}
	}
	if !intake.State("lost").Over() {
		t.Error("a state that does not exist goes on")
	}
}

func reach(from intake.State) map[intake.State]bool {
	reached := map[intake.State]bool{from: true}
	for range intake.States() {
		for _, tr := range intake.Transitions() {
			if reached[tr.From] {
				reached[tr.To] = true
			}
		}
	}
	return reached
}

// TestTheDiagramIsTheStates: docs/intake.md shows the states and transitions that the code has. Run with
// -update, it writes them.
func TestTheDiagramIsTheStates(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "intake.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "```mermaid\n", "```\n"
	head, rest, ok := strings.Cut(string(data), begin)
	shown, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("docs/intake.md has no diagram")
	}
	if shown == intake.Diagram() {
		return
	}
	if !*update {
		t.Fatal("the diagram in docs/intake.md is not that of the code: go test ./internal/core/intake -run Diagram -update")
	}
	if err := os.WriteFile(path, []byte(head+begin+intake.Diagram()+end+tail), 0o600); err != nil {
		t.Fatal(err)
	}
}
