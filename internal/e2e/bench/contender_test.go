package bench

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/lab"
)

// contender updates the first hosts of the ground and says how long that took, and what its control side used.
type contender struct {
	name string
	// prepare makes what is there before in real life too, untimed; nil: nothing.
	prepare func(hosts []*lab.Host, work workload)
	update  func(hosts []*lab.Host, work workload) (wall time.Duration, used usage)
	control bool // whether there is a control side at all
}

// plainApt is what the others' time is compared with.
const plainApt = "apt, all hosts at once"

// contenders are all who take turns, first those without a control side.
func (g *ground) contenders() []contender {
	list := []contender{
		{name: plainApt, update: func(hosts []*lab.Host, _ workload) (time.Duration, usage) {
			return g.everywhere(hosts, "apt-get", "-qy", "-o", "Dpkg::Use-Pty=0", "-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold", "upgrade"), usage{}
		}},
		{name: "unattended-upgrade, all hosts at once", update: func(hosts []*lab.Host, _ workload) (time.Duration, usage) {
			return g.everywhere(hosts, "unattended-upgrade"), usage{}
		}},
		{name: "ansible, serial: 1", control: true, update: func(hosts []*lab.Host, w workload) (time.Duration, usage) {
			return g.play(hosts, w, "1", "linear", 1)
		}},
		{name: "ansible, all hosts at once", control: true, update: func(hosts []*lab.Host, w workload) (time.Duration, usage) {
			return g.play(hosts, w, "100%", "free", len(hosts))
		}},
		{name: "patchwart", control: true, prepare: g.wakeAgents, update: g.patchwart},
	}
	return slices.DeleteFunc(list, func(c contender) bool {
		named := func(word string) bool { return strings.Contains(c.name, word) }
		wanted := words(*fleetOnly)
		return len(wanted) > 0 && !slices.ContainsFunc(wanted, named) || slices.ContainsFunc(words(*fleetSkip), named)
	})
}

// everywhere refreshes the lists and runs a command on all hosts at the same moment: what a loop over SSH in the
// background would do, with nothing that costs anything in between. A command that fails is told and no more:
// nobody is there who would care.
func (g *ground) everywhere(hosts []*lab.Host, argv ...string) time.Duration {
	begun := time.Now()
	must(g, each(hosts, len(hosts), func(h *lab.Host) error {
		if _, err := h.Run(g.ctx, "apt-get", "-q", "update"); err != nil {
			return err
		}
		if _, err := h.Run(g.ctx, argv...); err != nil {
			g.Logf("%s: %v", h.Name(), err)
		}
		return nil
	}))
	return time.Since(begun)
}

// each does something for all hosts, so many at a time, and tells all that went wrong.
func each(hosts []*lab.Host, atOnce int, do func(*lab.Host) error) error {
	errs := make([]error, len(hosts))
	var wait sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i, h := range hosts {
		room <- struct{}{}
		wait.Go(func() {
			defer func() { <-room }()
			errs[i] = do(h)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}
