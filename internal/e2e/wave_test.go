package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
	"github.com/patchwart/patchwart/internal/stage/stagetest"
)

var waveHosts = flag.Int("wave-hosts", 6, "on how many hosts the campaign is; a tenth of them, at least one, cannot take the update")

// odd is the file that a host has on which the update fails.
const odd = "/etc/till-is-odd"

// till is a version of a service whose script fails on the odd hosts, after it has replaced everything.
func till(version string) lab.Deb {
	return lab.Deb{Name: "till", Version: version,
		Files: map[string]lab.File{
			"/usr/bin/till":                        {Content: "#!/bin/sh\n# " + version + "\nexec sleep infinity\n", Mode: 0o755},
			"/usr/lib/systemd/system/till.service": {Content: "[Service]\nExecStart=/usr/bin/till\n[Install]\nWantedBy=multi-user.target\n"},
		},
		Postinst: "#!/bin/sh\nset -e\nif [ -e " + odd + " ] && [ -n \"$2\" ]; then exit 1; fi\n" +
			"if [ -d /run/systemd/system ]; then systemctl daemon-reload; systemctl enable -q till.service; systemctl restart till.service; fi\n",
	}
}

// fleet are the hosts of a campaign.
type fleet struct {
	*play
	names []string
	hosts map[string]*lab.Host
	trees map[string]lab.Tree // before the campaign
}

// each does something with every host, a few at a time.
func (f *fleet) each(do func(ctx context.Context, name string, h *lab.Host) error) {
	f.Helper()
	g, ctx := errgroup.WithContext(f.Context())
	g.SetLimit(4)
	for _, name := range f.names {
		g.Go(func() error { return do(ctx, name, f.hosts[name]) })
	}
	f.ok(g.Wait())
}

func muster(t *testing.T, n int, odds map[string]bool) *fleet {
	t.Helper()
	ctx := t.Context()
	s, err := stage.Open(ctx, stage.Options{Agent: binary(t, "patchwart-agent"), RunLimit: 3 * time.Minute, Lab: lab.Options{Progress: func(s string) { t.Log(s) }}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	f := &fleet{play: &play{T: t, stage: s}, hosts: map[string]*lab.Host{}, trees: map[string]lab.Tree{}}
	repo, err := s.Lab.Repo(ctx, lab.RepoSpec{Name: "tills", Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "bookworm-security"})
	f.ok(err)
	f.ok(repo.Publish(ctx, till("1.1-1")))
	doc := stagetest.Estate(time.Now())
	for i := range n {
		name := fmt.Sprintf("till%02d", i+1)
		f.names = append(f.names, name)
		doc = fmt.Appendf(doc, "  - {name: %s, contract: c, admin_access: provider, services: [till.service]}\n", name)
		f.hosts[name], err = s.Lab.Host(ctx, lab.HostSpec{Name: name, Profile: lab.Base, Repos: []*lab.Repo{repo}})
		f.ok(err)
	}
	_, err = s.Client.Apply(ctx, "estate.yaml", doc)
	f.ok(err)
	f.each(func(ctx context.Context, name string, h *lab.Host) error {
		if odds[name] {
			if err := h.WriteFile(odd, nil, 0o644); err != nil {
				return err
			}
		}
		if err := h.Remove("/etc/apt/sources.list.d/debian.sources"); err != nil { // the campaign is about one package
			return err
		}
		if err := h.Boot(ctx); err != nil {
			return err
		}
		for _, argv := range [][]string{{"apt-get", "-q", "update"}, {"apt-get", "-qy", "install", "till"}} {
			if _, err := h.Run(ctx, argv...); err != nil {
				return err
			}
		}
		return nil
	})
	f.ok(repo.Publish(ctx, till("1.2-1")))
	f.each(func(ctx context.Context, name string, h *lab.Host) error {
		if _, err := h.Run(ctx, "apt-get", "-q", "update"); err != nil {
			return err
		}
		if err := s.Enrol(ctx, h); err != nil {
			return err
		}
		return s.AwaitFacts(ctx, name)
	})
	return f
}

// tree is a host as the lab sees it, when nobody refreshes the package lists.
func (f *fleet) tree(ctx context.Context, h *lab.Host) (lab.Tree, error) {
	for {
		out, err := h.Run(ctx, "ps", "-eo", "comm=")
		if err != nil {
			return nil, err
		}
		if !strings.Contains(string(out), "apt-get") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if _, err := h.Run(ctx, "sync"); err != nil {
		return nil, err
	}
	return atRest(h, lab.Walk)
}

// TestACampaignStopsWhenItsBudgetIsUsedUp: an update that a tenth of the hosts cannot take goes out in waves. Those hosts are
// put back, what was done before stays done, and when the budget is used up nobody else is touched: the server says why
// they wait, and the lab finds them identical.
func TestACampaignStopsWhenItsBudgetIsUsedUp(t *testing.T) {
	t.Parallel()
	needRoot(t)
	n := *waveHosts
	if n < 6 {
		t.Fatal("-wave-hosts: at least 6")
	}
	if text, err := os.ReadFile("/proc/sys/fs/inotify/max_user_instances"); err != nil || n > 12 && len(text) < len("1000\n") {
		t.Fatalf("so many hosts need more inotify instances than this machine gives root: run 'make wave', or 'scripts/require lab' first (%s, %v)", text, err)
	}
	first, second, budget := n/10, n/5, max(n/10, 1) // sizes of the first two waves after the canary
	first = max(first, 1)
	odds := map[string]bool{fmt.Sprintf("till%02d", 2+first): true} // the first of the second wave
	for i := 1; len(odds) < budget; i++ {
		odds[fmt.Sprintf("till%02d", 1+i)] = true // and of the first one
	}
	f := muster(t, n, odds)
	ctx := t.Context()
	before := map[string]lab.Tree{}
	for _, name := range f.names {
		tree, err := f.tree(ctx, f.hosts[name])
		f.ok(err)
		before[name] = tree
	}

	begun := time.Now()
	c, err := f.stage.Client.BeginCampaign(ctx, client.CampaignRequest{
		Kind: "monthly", By: "ida", Canaries: []string{"till01"}, Waves: []string{fmt.Sprint(first), fmt.Sprint(second), "rest"}, Budget: fmt.Sprint(budget),
	})
	f.ok(err)
	for _, name := range f.names {
		_, err := f.stage.Client.PlaceOrder(ctx, board.OrderRequest{
			System: name, Contact: "eva", Channel: "Ticket 1", Text: "Bitte die Sicherheitsupdates einspielen.", Explicit: true, Scope: estate.ScopeSecurity,
		})
		f.ok(err)
	}
	planned, err := f.stage.Client.Plan(ctx, "", false)
	f.ok(err)
	if len(planned.Slots) != n {
		t.Fatalf("%d of %d systems are planned: %+v", len(planned.Slots), n, planned)
	}

	// Until everything has ended or was looked at again after the budget was used up.
	var rows map[string]board.RunRow
	for end := time.Now().Add(10 * time.Minute); ; time.Sleep(500 * time.Millisecond) {
		rows = map[string]board.RunRow{}
		list, err := f.stage.Client.Runs(ctx, board.RunFilter{Limit: 1000})
		f.ok(err)
		open := 0
		for _, r := range list {
			rows[r.System] = r
			told := r.Stage == board.Planned && strings.Contains(r.Sentence.EN, "Held: ") && strings.Contains(r.Sentence.EN, "failed")
			if r.Stage != board.Over && !told {
				open++
			}
		}
		if len(list) != n {
			t.Fatalf("%d runs for %d systems", len(list), n)
		}
		if open == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("%d systems are neither through nor told why they wait: %+v", open, list)
		}
	}
	took := time.Since(begun).Round(time.Second)
	c, err = f.stage.Client.Campaign(ctx, c.ID)
	f.ok(err)
	if c.Failed != budget || c.Budget != budget {
		t.Errorf("%d failed, the budget is %d, want %d", c.Failed, c.Budget, budget)
	}

	counts := map[string]int{}
	for _, m := range c.Members {
		row := rows[m.System]
		f.name, f.host = m.System, f.hosts[m.System]
		after, err := f.tree(ctx, f.host)
		f.ok(err)
		diff := lab.Diff(before[m.System], after)
		has := f.inside("dpkg-query", "-W", "-f", "${Version} ${Status}", "till")
		f.active("till.service", "patchwart-agent.service")
		switch {
		case row.Stage == board.Over && row.Outcome == verdict.Succeeded:
			counts["succeeded"]++
			if odds[m.System] || has != "1.2-1 install ok installed" {
				t.Errorf("%s is called a success and has %q", m.System, has)
			}
		case row.Stage == board.Over && row.Outcome == verdict.Restored:
			counts["restored"]++
			if !odds[m.System] || has != "1.1-1 install ok installed" || len(diff) > 0 {
				t.Errorf("%s was put back, has %q, and differs: %v", m.System, has, diff)
			}
		case row.Stage == board.Planned:
			counts["untouched"]++
			if len(diff) > 0 {
				t.Errorf("%s was not to be touched any more: %v", m.System, diff)
			}
			if m.Code != wave.BudgetUsed {
				t.Errorf("%s waits because of %q: %s", m.System, m.Code, m.Sentence.EN)
			}
			if w, err := f.stage.Client.WorkOrder(ctx, row.ID); err == nil {
				t.Errorf("%s got an order: %+v", m.System, w)
			}
		default:
			t.Errorf("%s: %s %s: %s", m.System, row.Stage, row.Outcome, row.Sentence.EN)
		}
		if m.Wave == len(c.Waves)-1 && row.Stage != board.Planned {
			t.Errorf("%s of the last wave was worked on", m.System)
		}
	}
	if counts["restored"] != budget || counts["succeeded"] < 1 || counts["untouched"] < n-1-first-second {
		t.Errorf("ends: %v", counts)
	}
	if rows["till01"].Outcome != verdict.Succeeded {
		t.Error("the canary did not succeed")
	}
	check, err := f.stage.Client.VerifyRecord(ctx)
	f.ok(err)
	if !check.Good {
		t.Errorf("record: %+v", check)
	}
	t.Logf("%d hosts, %d of them odd, %s from the campaign's begin to its halt: %v", n, len(odds), took, counts)
}
