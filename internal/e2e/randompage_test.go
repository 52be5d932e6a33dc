package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// judged is what came of a random run: a line of the log.
type judged struct {
	Seed    uint64    `json:"seed"`
	Number  int       `json:"number"`
	Run     string    `json:"run"`
	Driver  string    `json:"driver"`
	Update  string    `json:"update"`
	Good    bool      `json:"good"`
	Faults  []string  `json:"faults"` // that struck, sorted
	Struck  []string  `json:"struck"` // the same with their moments
	Missed  int       `json:"missed"` // that were drawn for a moment after the end
	Outcome string    `json:"outcome"`
	Wrong   []string  `json:"wrong,omitempty"` // what is not as the server says, or neither new nor as before
	Begun   time.Time `json:"begun"`
	Seconds float64   `json:"seconds"`
}

func (b *ledgerOfRuns) add(r judged) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.runs = append(b.runs, r)
	if b.path == "" {
		return nil
	}
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(b.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(append(text, '\n'))
	return err
}

// readRuns reads a log; one that is not there is empty.
func readRuns(path string) ([]judged, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) || path == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []judged
	for line := range bytes.Lines(text) {
		var r judged
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		list = append(list, r)
	}
	return list, nil
}

// pageOfRuns is the page about random runs.
func pageOfRuns(runs []judged) string {
	var b strings.Builder
	seeds, seconds, wrong, missed := map[uint64]int{}, []float64{}, 0, 0
	var first, last time.Time
	for _, r := range runs {
		seeds[r.Seed]++
		seconds = append(seconds, r.Seconds)
		missed += r.Missed
		if len(r.Wrong) > 0 {
			wrong++
		}
		if first.IsZero() || r.Begun.Before(first) {
			first = r.Begun
		}
		if end := r.Begun.Add(time.Duration(r.Seconds * float64(time.Second))); end.After(last) {
			last = end
		}
	}
	slices.Sort(seconds)
	var from []string
	for _, s := range slices.Sorted(maps.Keys(seeds)) {
		from = append(from, fmt.Sprintf("%d (%d runs)", s, seeds[s]))
	}
	fmt.Fprintf(&b, `# Random runs

Made by `+"`make random-runs`"+` of what the test saw (`+"`TestRandomFaults` in `internal/e2e/random_test.go`"+`); do not edit. Each
run is a line of `+"`random-runs.jsonl`"+`.

**%d runs on real hosts, %d of them left a host in between or were told wrongly.** Seed %s; from %s to %s; a run took %.0f s in the
middle and %.0f s at most, from the new version's publication to the judgement.

Each run draws an update, and up to two faults, each for a moment of its own: right after an event of the agent's journal, or some time
after the order was planned. Hosts are carried on from run to run, each with a server in a process of its own. What the server says of the run
is held against the host afterwards:

- `+"`succeeded`"+` only if the update is a good one, the new version is installed, its service runs, its page is answered from outside with the
  new version, and nothing was changed but what belongs to the package;
- else the lab's own walk over the root (path, type, mode, owner, xattrs, SHA-256) finds the host identical to before, the old version is
  installed, its service runs and its page is answered as before;
- the host's own journal says the same as the server, nothing was installed twice, the customer's file of configuration is the
  customer's, nothing that a script started is left; without a fault a good update succeeds. At the end each server's record is verified.

`, len(runs), wrong, strings.Join(from, ", "), first.Format("2006-01-02 15:04"), last.Format("2006-01-02 15:04 UTC"), part(seconds, 0.5), part(seconds, 1))
	fmt.Fprintf(&b, "## By fault\n\nWhat struck; %d faults were drawn for a moment after the end of their run and did not.\n\n", missed)
	table(&b, "fault", runs, func(r judged) string {
		if len(r.Faults) == 0 {
			return "none"
		}
		return strings.Join(r.Faults, " and ")
	})
	b.WriteString("\n## By update\n\n")
	table(&b, "update", runs, func(r judged) string { return r.Update })
	b.WriteString("\n## By restore driver\n\n")
	table(&b, "driver", runs, func(r judged) string { return "`" + r.Driver + "`" })
	if wrong > 0 {
		b.WriteString("\n## Not as promised\n\n")
		for _, r := range runs {
			if len(r.Wrong) > 0 {
				fmt.Fprintf(&b, "- seed %d, run %d, %s, %s: %s\n", r.Seed, r.Number, r.Update, strings.Join(r.Struck, " and "), strings.Join(r.Wrong, "; "))
			}
		}
	}
	b.WriteString(`
## Limits

- What is drawn is the same for the same seed and number; the moment at which a fault strikes within a running host is as exact as the
  machine, not more. One run again: ` + "`go test ./internal/e2e -run RandomFaults -args -random-seed SEED -random-first NUMBER -random-runs 1`" + `.
- A run for which the lab could not make the fault does not count: it stands in the test's output, and is run again.
- Power cuts are on ext4 only, which can be stopped dead. A program of another package that a script edits in place is drawn on btrfs only: on
  ext4 that is a loud failure ([restore.md](restore.md)).
`)
	return b.String()
}

func part(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[int(share*float64(len(sorted)-1))]
}

// table counts outcomes by something, the most frequent first.
func table(b *strings.Builder, head string, runs []judged, of func(judged) string) {
	outcomes := []string{"succeeded", "restored", "blocked"}
	for _, r := range runs {
		if !slices.Contains(outcomes, r.Outcome) {
			outcomes = append(outcomes, r.Outcome)
		}
	}
	counts, sums, wrong := map[string]map[string]int{}, map[string]int{}, map[string]int{}
	for _, r := range runs {
		key := of(r)
		if counts[key] == nil {
			counts[key] = map[string]int{}
		}
		counts[key][r.Outcome]++
		sums[key]++
		if len(r.Wrong) > 0 {
			wrong[key]++
		}
	}
	heads := slices.Clone(outcomes)
	for i, o := range heads {
		if o == "" {
			heads[i] = "no end"
		}
	}
	fmt.Fprintf(b, "| %s | runs | %s | in between or told wrongly |\n|---|---|%s---|\n", head, strings.Join(heads, " | "), strings.Repeat("---|", len(outcomes)))
	keys := slices.SortedFunc(maps.Keys(counts), func(a, c string) int {
		if sums[a] != sums[c] {
			return sums[c] - sums[a]
		}
		return strings.Compare(a, c)
	})
	total := map[string]int{}
	for _, k := range keys {
		fmt.Fprintf(b, "| %s | %d |", k, sums[k])
		for _, o := range outcomes {
			fmt.Fprintf(b, " %d |", counts[k][o])
			total[o] += counts[k][o]
		}
		fmt.Fprintf(b, " %d |\n", wrong[k])
	}
	all := 0
	for _, n := range wrong {
		all += n
	}
	fmt.Fprintf(b, "| **all** | %d |", len(runs))
	for _, o := range outcomes {
		fmt.Fprintf(b, " %d |", total[o])
	}
	fmt.Fprintf(b, " %d |\n", all)
}

func TestThePageOfRandomRunsCountsWhatIsWrong(t *testing.T) {
	page := pageOfRuns([]judged{
		{Seed: 7, Number: 1, Driver: "files", Update: "good", Faults: []string{cutPower}, Outcome: "succeeded", Seconds: 3},
		{Seed: 7, Number: 2, Driver: "files", Update: "postinst exits 1", Faults: []string{cutPower}, Struck: []string{"power cut after begun applying"}, Outcome: "restored", Wrong: []string{"/etc/x appeared"}, Seconds: 5},
		{Seed: 7, Number: 3, Driver: "btrfs", Update: "good", Missed: 1, Outcome: "partial", Seconds: 4},
	})
	for _, want := range []string{
		"**3 runs on real hosts, 1 of them", "Seed 7 (3 runs)", "| power cut | 2 | 1 | 1 | 0 | 0 | 1 |", "| none | 1 | 0 | 0 | 0 | 1 | 0 |",
		"| fault | runs | succeeded | restored | blocked | partial |", "- seed 7, run 2, postinst exits 1, power cut after begun applying: /etc/x appeared", "4 s in the\nmiddle and 5 s at most",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}
