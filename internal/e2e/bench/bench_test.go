package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
	"github.com/patchwart/patchwart/internal/stage/stagetest"
)

// rounds is how often each contender has its turn: 3, or PATCHWART_BENCH_ROUNDS. Medians are reported.
var rounds = func() int {
	if n, err := strconv.Atoi(os.Getenv("PATCHWART_BENCH_ROUNDS")); err == nil && n > 0 {
		return n
	}
	return 3
}()

// benchSystem is the only system of the estate.
const benchSystem = `
  - name: bench1
    contract: c
    admin_access: provider
    services: [nginx.service]
    checks:
      - {name: portal, kind: http, port: 80, path: /portal, status: 200}
`

// ring is the host on which the contenders take turns.
type ring struct {
	*testing.B
	ctx   context.Context
	stage *stage.Stage
	host  *lab.Host
	repo  *lab.Repo

	version int // of the package, counted up
}

// BenchmarkUpdates has apt-get upgrade, unattended-upgrade and Patchwart install the same pending
// security updates. Before each turn the host's disk is put back, the host booted, and its lists
// refreshed; what is timed is the update alone, downloads from the local pass-through included.
func BenchmarkUpdates(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("not root: real hosts need root; run 'sudo make bench'")
	}
	if !*oneHost {
		b.Skip("the single host is not wanted")
	}
	r := newRing(b)
	times := map[string][]float64{}
	note := func(name string, seconds float64) { times[name] = append(times[name], seconds) }
	updates := 0
	for round := range rounds {
		r.publish(200) // what was put back in the round before is not tried again, so every round has a version of its own
		for _, c := range []struct {
			name string
			turn func() map[string]float64
		}{
			{"apt-get upgrade", func() map[string]float64 { return r.plain("apt-get", "-qy", "-o", "Dpkg::Use-Pty=0", "upgrade") }},
			{"unattended-upgrade", func() map[string]float64 { return r.plain("unattended-upgrade") }},
			{"patchwart", func() map[string]float64 { return r.patchwart(false) }},
			{"patchwart, put back", func() map[string]float64 { return r.patchwart(true) }},
		} {
			pending := r.ready()
			updates = max(updates, pending)
			for part, seconds := range c.turn() {
				note(strings.TrimSpace(c.name+" "+part), seconds)
				fmt.Fprintf(os.Stderr, "round %d: %-40s %7.2f s\n", round+1, strings.TrimSpace(c.name+" "+part), seconds)
			}
			fmt.Fprintf(os.Stderr, "round %d: %s done, %d updates were pending, %d are left\n", round+1, c.name, pending, r.pending())
		}
	}
	files := r.files()
	b.Logf("%d updates, root of %d files, medians of %d rounds:", updates, files, rounds)
	names := make([]string, 0, len(times))
	for name := range times {
		names = append(names, name)
	}
	slices.SortFunc(names, cmp.Compare[string])
	apt := median(times["apt-get upgrade"])
	for _, name := range names {
		b.Logf("| %-36s | %7.2f s | %5.2f | %s |", name, median(times[name]), median(times[name])/apt, fmt.Sprintf("%.2f", times[name]))
	}
	b.ReportMetric(median(times["patchwart"])/apt, "patchwart/apt")
	b.ReportMetric(median(times["unattended-upgrade"])/median(times["patchwart"]), "unattended/patchwart")
	b.ReportMetric(median(times["patchwart saving"]), "s-saving")
	b.ReportMetric(median(times["patchwart, put back restoring"])/median(times["patchwart, put back applying"]), "restore/apply")
	b.ReportMetric(0, "ns/op")
}

func newRing(b *testing.B) *ring {
	agent, err := filepath.Abs("../../../bin/patchwart-agent")
	must(b, err)
	ctx := context.Background()
	s, err := stage.Open(ctx, stage.Options{Agent: agent, Lab: lab.Options{Progress: func(l string) { b.Log(l) }}})
	must(b, err)
	b.Cleanup(func() { must(b, s.Close()) })
	r := &ring{B: b, ctx: ctx, stage: s}
	r.repo, err = s.Lab.Repo(ctx, lab.RepoSpec{Name: "portal", Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "bookworm-security"})
	must(b, err)
	must(b, r.repo.Publish(ctx, portal("1.0-1", 200)))
	r.host, err = s.Lab.Host(ctx, lab.HostSpec{Name: "bench1", Profile: lab.Bench, Security: true, Repos: []*lab.Repo{r.repo}})
	must(b, err)
	must(b, r.host.Boot(ctx))
	r.inside("apt-get", "-q", "update")
	r.inside("apt-get", "-qy", "install", "kundenportal")
	must(b, r.host.WriteFile("/etc/nginx/sites-available/default", []byte("server {\n\tlisten 80 default_server;\n\tinclude /usr/share/kundenportal/nginx.conf;\n}\n"), 0o644))
	_, err = s.Client.Apply(ctx, "estate.yaml", append(stagetest.Estate(time.Now()), benchSystem...))
	must(b, err)
	must(b, s.Enrol(ctx, r.host))
	must(b, s.AwaitFacts(ctx, "bench1"))
	r.inside("systemctl", "disable", "--now", "patchwart-agent.service")
	must(b, r.host.Poweroff(ctx))
	must(b, r.host.Save(ctx, "ready"))
	return r
}

func portal(version string, status int) lab.Deb {
	return lab.Deb{Name: "kundenportal", Version: version, Depends: "nginx", Files: map[string]lab.File{
		"/usr/share/kundenportal/nginx.conf": {Content: fmt.Sprintf("location = /portal { default_type text/plain; return %d \"ok\\n\"; }\n", status)},
	}, Postinst: "#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl reload-or-restart nginx.service; fi\n"}
}

// publish offers the next version of the package whose page answers with the status.
func (r *ring) publish(status int) {
	r.version++
	must(r, r.repo.Publish(r.ctx, portal(fmt.Sprintf("1.%d-1", r.version), status)))
}

// ready puts the host's disk back, boots it, and counts what is pending.
func (r *ring) ready() int {
	if r.host.Running() {
		must(r, r.host.Poweroff(r.ctx))
	}
	must(r, r.host.Revert(r.ctx, "ready"))
	must(r, r.host.Boot(r.ctx))
	r.inside("apt-get", "-q", "update")
	r.inside("apt-get", "clean")
	return r.pending()
}

func (r *ring) pending() int {
	n := 0
	for line := range strings.Lines(r.inside("apt-get", "-s", "upgrade")) {
		if strings.HasPrefix(line, "Inst ") {
			n++
		}
	}
	return n
}

// plain times one command on the host.
func (r *ring) plain(argv ...string) map[string]float64 {
	begun := time.Now()
	r.inside(append([]string{"env", "DEBIAN_FRONTEND=noninteractive"}, argv...)...)
	return map[string]float64{"": time.Since(begun).Seconds()}
}

// patchwart times a whole run, from the agent's first step to its last, by the run's own events.
// faulty adds an update that breaks the web service, so that everything is put back.
func (r *ring) patchwart(faulty bool) map[string]float64 {
	want := verdict.Succeeded
	if faulty {
		want = verdict.Restored
		r.publish(500)
		r.inside("apt-get", "-q", "update")
	}
	r.inside("systemctl", "start", "patchwart-agent.service")
	since := time.Now()
	for sys, err := r.stage.Client.System(r.ctx, "bench1"); err != nil || !sys.Observed.After(since) || sys.Due == 0; sys, err = r.stage.Client.System(r.ctx, "bench1") {
		if time.Since(since) > time.Minute {
			r.Fatalf("the host does not report: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
	}
	_, err := r.stage.Client.PlaceOrder(r.ctx, board.OrderRequest{
		System: "bench1", Contact: "eva", Channel: "Ticket 1", Text: "Bitte.", Explicit: true, Scope: estate.ScopeSecurity,
	})
	must(r, err)
	planned, err := r.stage.Client.Plan(r.ctx, "bench1", false)
	must(r, err)
	if len(planned.Slots) != 1 {
		r.Fatalf("not planned: %+v", planned)
	}
	end := r.finish(planned.Slots[0].Run)
	if end.Outcome != want {
		r.Fatalf("outcome %s, not %s: %s", end.Outcome, want, end.Sentence.EN)
	}
	out := map[string]float64{"": end.State.Last.Sub(end.State.Begun).Seconds()}
	for _, span := range end.State.Spans {
		out[string(span.Step)] = span.Ended.Sub(span.Begun).Seconds()
	}
	if faulty {
		delete(out, string(run.Fetching))
	}
	return out
}

func (r *ring) finish(id string) board.Run {
	ctx, cancel := context.WithTimeout(r.ctx, 15*time.Minute)
	defer cancel()
	for {
		end, err := r.stage.Client.Run(ctx, id)
		must(r, errors.Join(err, ctx.Err()))
		if end.Stage == board.Over {
			return end
		}
		_, err = r.stage.Client.Watch(ctx, id, end.State.Seq, 20*time.Second)
		must(r, err)
	}
}

func (r *ring) files() int {
	n := 0
	must(r, filepath.WalkDir(r.host.Root(), func(string, os.DirEntry, error) error { n++; return nil }))
	return n
}

func (r *ring) inside(argv ...string) string {
	out, err := r.host.Run(r.ctx, argv...)
	must(r, err)
	return string(out)
}

func must(b testing.TB, err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}
