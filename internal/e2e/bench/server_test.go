package bench

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
)

// warden is the server as an operator runs it: the program itself, in a control group of its own. The operator's
// commands run in the same group, so they are counted with it.
type warden struct {
	program, data, console string
	agents                 netip.AddrPort
	group                  *lab.Beside
	cmd                    *exec.Cmd
	said                   *bytes.Buffer
	starts                 int
}

// freePort is an address with a port that nobody listens on now.
func freePort(b testing.TB, address string) netip.AddrPort {
	l, err := new(net.ListenConfig).Listen(b.Context(), "tcp", net.JoinHostPort(address, "0"))
	must(b, err)
	defer l.Close()
	return netip.MustParseAddrPort(l.Addr().String())
}

// start starts the server and waits until it answers.
func (g *ground) start() {
	w := &g.warden
	w.starts++
	var err error
	w.group, err = g.lab.Beside("patchwart-" + strconv.Itoa(w.starts))
	must(g, err)
	w.said = new(bytes.Buffer)
	w.cmd = w.group.Command(g.ctx, w.program, "serve", "--no-feeds", "--data", w.data, "--listen", w.console,
		"--agents", w.agents.String(), "--agent-address", w.agents.Addr().String())
	w.cmd.Stdout, w.cmd.Stderr = w.said, w.said
	must(g, w.cmd.Start())
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		token, err := os.ReadFile(filepath.Join(w.data, "api-token"))
		if err == nil {
			g.client, err = client.New("http://"+w.console, string(bytes.TrimSpace(token)))
			must(g, err)
			_, err = g.client.Systems(g.ctx)
		}
		if err == nil {
			break
		}
		if time.Now().After(end) {
			g.Fatalf("the server does not answer within a minute: %v\n%s", err, w.said)
		}
	}
	g.stage = stage.Beside(g.lab, g.client, g.agent)
}

// stop stops the server the way a service manager does.
func (g *ground) stop() {
	w := &g.warden
	if w.cmd == nil {
		return
	}
	must(g, w.cmd.Process.Signal(syscall.SIGTERM))
	err := w.cmd.Wait()
	w.cmd = nil
	if err != nil {
		g.Errorf("the server ended with %v", err)
	}
	g.show("patchwart serve", w.said.Bytes())
	must(g, w.group.Close())
}

// operator runs a command of patchwart's own as the operator would.
func (g *ground) operator(argv ...string) {
	cmd := g.warden.group.Command(g.ctx, append([]string{g.warden.program}, argv...)...)
	cmd.Env = append(cmd.Env, "PATCHWART_SERVER=http://"+g.warden.console, "PATCHWART_TOKEN_FILE="+filepath.Join(g.warden.data, "api-token"))
	if out, err := cmd.CombinedOutput(); err != nil {
		g.Fatalf("patchwart %q: %v\n%s", argv, err, out)
	}
}

// atRest is how long agents are left alone after they came back with their hosts: in real life they have been
// up for weeks when an order comes. An agent that has just refreshed its lists would have to wait to do it again.
const atRest = 15 * time.Second

// wakeAgents starts server and agents and waits until all hosts have reported what is due, and are at rest.
func (g *ground) wakeAgents(hosts []*lab.Host, _ workload) {
	g.start()
	since := time.Now()
	must(g, each(hosts, 4, func(h *lab.Host) error {
		_, err := h.Run(g.ctx, "systemctl", "start", "patchwart-agent.service")
		return err
	}))
	for _, h := range hosts {
		for {
			sys, err := g.client.System(g.ctx, h.Name())
			if err == nil && sys.Observed.After(since) && sys.Due > 0 {
				break
			}
			if time.Since(since) > 5*time.Minute {
				g.Fatalf("%s does not report: %v", h.Name(), err)
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	for quiet := time.Now(); time.Since(quiet) < atRest; time.Sleep(time.Second) {
		for _, h := range hosts {
			running, err := h.Processes()
			must(g, err)
			if slices.ContainsFunc(running, func(p lab.Process) bool { return p.Args[0] == "apt-get" }) {
				quiet = time.Now()
			}
		}
		if time.Since(since) > 15*time.Minute {
			g.Fatal("the hosts refresh their lists again and again")
		}
	}
}

// betweenAsks is how often the benchmark asks the server whether all runs are over. No operator asks more often, and
// what the answers cost is counted with the rest; when the runs were over is in them.
const betweenAsks = 2 * time.Second

// patchwart has the operator place the customer's orders, one for each host, and plan them. The time ends when
// the server has learned how the last of the runs has ended, by its own note.
func (g *ground) patchwart(hosts []*lab.Host, w workload) (time.Duration, usage) {
	m, begun := measure(g, g.warden.group), time.Now()
	for _, h := range hosts {
		g.operator("order", h.Name(), "--contact", "eva", "--channel", "Ticket 1", "--explicit", "--text", "Bitte die Sicherheitsupdates einspielen.")
	}
	ordered := time.Since(begun)
	g.operator("plan")
	fmt.Fprintf(os.Stderr, "  ordered after %.2f s, planned after %.2f s\n", ordered.Seconds(), time.Since(begun).Seconds())
	var rows []board.RunRow
	for {
		all, err := g.client.Runs(g.ctx, board.RunFilter{Limit: 1000})
		must(g, errors.Join(err, g.ctx.Err()))
		rows = slices.DeleteFunc(all, func(r board.RunRow) bool { return r.Created.Before(begun) })
		over := 0
		for _, r := range rows {
			if r.Stage == board.Over {
				over++
			}
		}
		if over == len(hosts) {
			break
		}
		if time.Since(begun) > time.Hour {
			g.Fatalf("after an hour %d of %d runs are over: %+v", over, len(hosts), rows)
		}
		time.Sleep(betweenAsks)
	}
	used, last := m.stop(g), begun
	for _, r := range rows {
		if r.EndedAt.After(last) {
			last = r.EndedAt
		}
		want := verdict.Succeeded
		if w.failing && frail(hostNumber(r.System)) {
			want = verdict.Restored
		}
		if r.Outcome != want {
			g.Logf("%s: outcome %s, not %s: %s", r.System, r.Outcome, want, r.Sentence.EN)
		}
		g.tellSteps(r.ID, begun)
	}
	if *fleetLog != "" {
		out, err := hosts[0].Run(g.ctx, "journalctl", "--no-pager", "-o", "short-precise", "-u", "patchwart-agent.service")
		must(g, err)
		g.show("patchwart-agent", out)
	}
	g.stop()
	return last.Sub(begun), used
}

// tellSteps says where a run's time went, for whoever looks for it.
func (g *ground) tellSteps(id string, begun time.Time) {
	whole, err := g.client.Run(g.ctx, id)
	must(g, err)
	line := fmt.Sprintf("%s: first step after %.2f s", whole.System, whole.State.Begun.Sub(begun).Seconds())
	for _, span := range whole.State.Spans {
		line += fmt.Sprintf(", %s %.2f", span.Step, span.Ended.Sub(span.Begun).Seconds())
	}
	fmt.Fprintf(os.Stderr, "  %s, known to the server after %.2f s\n", line, whole.EndedAt.Sub(begun).Seconds())
}
