package e2e

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
)

var (
	wholeMatrix = flag.Bool("crash-matrix", false, "try every cell of the crash matrix instead of a few")
	matrixRest  = flag.Bool("crash-matrix-rest", false, "as -crash-matrix, but for the cells that the file of proofs has")
	matrixSeed  = flag.Uint64("matrix-seed", 0, "which cells are tried; 0: another sample each day")
)

// sampled is how many cells of each driver are tried when not all are.
const sampled = 3

// faultLasts is how long a full disk or a cut network lasts at most, when the run does not end before.
const faultLasts = 30 * time.Second

// strikes are the kinds of faults, each as what is done the moment an event stands in the journal.
var strikes = map[string]func(p *play, ended <-chan error) error{
	"kill -9": func(p *play, _ <-chan error) error { return p.killAgent(0) },
	"power cut": func(p *play, _ <-chan error) error {
		p.known.Forget() // what was read before may be lost
		if err := p.host.PowerCut(p.Context()); err != nil {
			return err
		}
		return p.host.Boot(p.Context())
	},
	"disk full": func(p *play, ended <-chan error) error {
		if err := p.host.FillDiskFully(); err != nil {
			return err
		}
		wait(ended)
		return p.host.Unfill()
	},
	"network cut": func(p *play, ended <-chan error) error {
		if err := p.host.CutNetwork(p.Context()); err != nil {
			return err
		}
		wait(ended)
		return p.host.RestoreNetwork(p.Context())
	},
}

func wait(ended <-chan error) {
	select {
	case <-ended:
	case <-time.After(faultLasts):
	}
}

// square is a cell of the matrix: where in the journal, on which way, and the fault.
type square struct {
	moment
	back  bool // the update is ill, and the host is put back
	fault string
}

// squares are all cells for a list of faults.
func squares(faults ...string) []square {
	var all []square
	for _, f := range faults {
		for _, s := range run.Steps {
			all = append(all, square{moment{run.Begun, s}, false, f}, square{moment{run.Finished, s}, false, f})
		}
		all = append(all, square{moment{run.Ended, ""}, false, f},
			square{moment{run.Failed, run.Verifying}, true, f}, square{moment{run.Begun, run.Restoring}, true, f}, square{moment{run.Finished, run.Restoring}, true, f})
	}
	return all
}

// TestCrashMatrix tries faults at events of the journal, with both restore drivers: some cells, other ones each
// day, or with -crash-matrix all. Whatever strikes, the host ends verified new or identical to before.
func TestCrashMatrix(t *testing.T) {
	t.Parallel()
	seed := *matrixSeed
	if seed == 0 {
		seed = uint64(time.Now().Unix() / 86400)
	}
	known := written(t)
	for _, d := range []struct {
		driver, host string
		faults       []string
	}{
		{"files", "crash1", []string{"kill -9", "power cut", "disk full", "network cut"}},
		{"btrfs", "crash2", []string{"kill -9", "disk full", "network cut"}}, // only ext4 can be stopped dead
	} {
		t.Run(d.driver, func(t *testing.T) {
			t.Parallel()
			cells := squares(d.faults...)
			all := len(cells)
			if *matrixRest {
				cells = slices.DeleteFunc(cells, func(c square) bool { return known[cellOf(c.label(), d.driver, c.fault)] })
			} else if !*wholeMatrix {
				dice := rand.New(rand.NewPCG(seed, uint64(len(d.faults))))
				dice.Shuffle(all, func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
				cells = cells[:sampled]
			}
			t.Logf("%d of %d cells; to try the same ones again: -matrix-seed %d", len(cells), all, seed)
			p := patient(t, d.host, func(s *lab.HostSpec) { s.Btrfs = d.driver == "btrfs" })
			p.known = &lab.Memory{}
			for _, c := range cells {
				p.act(fmt.Sprintf("%s at %s", c.fault, c.label()), func(p *play) { p.tryCell(c, d.driver) })
			}
		})
	}
}

func cellOf(step, driver, fault string) string { return step + "/" + driver + "/" + fault }

// written are the cells that the file of proofs has already.
func written(t *testing.T) map[string]bool {
	known := map[string]bool{}
	text, err := os.ReadFile(os.Getenv(proof.Env))
	if err != nil {
		return known
	}
	lines, err := proof.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		known[cellOf(l.Step, l.Driver, l.Fault)] = true
	}
	return known
}

func (c square) label() string { return strings.TrimSpace(c.String()) }

// tryCell has one fault strike one run.
func (p *play) tryCell(c square, driver string) {
	d := p.next(func(d *lab.Deb) {
		if c.back {
			d.Files["/usr/share/patient/nginx.conf"] = lab.File{Content: "location = /portal { return 500; }\n"}
		}
	})
	before := p.offer(d)
	ended := p.at(moment{run.Ended, ""}, func() error { return nil })
	done := p.at(c.moment, func() error { return strikes[c.fault](p, ended) })
	id := p.order()
	p.ok(<-done)
	r := p.finish(id)
	end := p.settled(r, before, d.Version)
	if c.back && strings.HasPrefix(end, "succeeded") {
		p.Errorf("an ill update ended as %s", end)
	}
	if r.State.Point != nil && r.State.Point.Driver != driver {
		p.Errorf("the point's driver is %s", r.State.Point.Driver)
	}
	proof.Cell(p, c.label(), driver, c.fault, end)
	if r.Outcome == verdict.Blocked {
		p.anew()
	}
}

// killAgent waits for an agent that has come after another one, whose number it is given, and ends it with -9.
func (p *play) killAgent(after int) error { _, err := p.killNext(after); return err }

// killNext is killAgent, and says whom it ended.
func (p *play) killNext(after int) (pid int, err error) {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		list, err := p.host.Processes()
		if err != nil {
			return 0, err
		}
		for _, proc := range list {
			if !isAgent(proc) || proc.PID == after {
				continue
			}
			if after != 0 { // let it get into what it resumes, which writes nothing that could be waited for
				time.Sleep(150 * time.Millisecond)
			}
			return proc.PID, p.host.Signal(p.Context(), proc.PID, unix.SIGKILL)
		}
	}
	return 0, fmt.Errorf("no agent came on %s", p.name)
}
