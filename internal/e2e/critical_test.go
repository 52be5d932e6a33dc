package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
)

// vaults is an estate of three systems with one hole: under ITEG's terms, under the newer hosting article
// with an emergency consent, and under it without one. Every window is three days away.
const vaults = `
customers:
  - id: kuhn
    name: Bäckerei Kuhn GmbH
    contacts:
      - {id: eva, name: Eva Kuhn, email: eva@kuhn.example, authority: [order, consent]}
      - {id: max, name: Max Kuhn, email: max@kuhn.example, authority: [order]}
windows:
  - {name: far, days: [%s], start: "05:00", hours: 2, zone: Europe/Berlin}
contracts:
  - {id: c-duty, customer: kuhn, model: paas, package: basic, policy: iteg-toms-1.1, window: far}
  - {id: c-consent, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, agreements: [notfall], window: far}
  - {id: c-basic, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: far}
systems:
  - {name: vault1, contract: c-duty, admin_access: provider, os_supported: supported, services: [gate.service]}
  - {name: till1, contract: c-consent, admin_access: provider, os_supported: supported, services: [gate.service]}
  - {name: till2, contract: c-basic, admin_access: provider, os_supported: supported, services: [gate.service]}
`

// consent is the emergency consent of the customer.
const consent = `agreement: notfall
title: {de: Notfallfreigabe, en: Emergency consent}
amends: managedhosting-2
customer: kuhn
by: eva
valid_from: 2020-01-01
recorded_at: 2026-11-27
documents: [{kind: consent, title: Ticket 31, date: 2025-12-01, sha256: 0f4c8d5f9f9b3c1a2b7f64c1a3d5e7f90123456789abcdef0123456789abcdef}]
rules:
  - id: SA-01
    tier: agreement
    kind: rule
    text: {de: "Kritische Lücken schließt der Provider sofort, ohne zu fragen.", en: "The provider closes critical holes at once, without asking."}
    when: {service_model: paas, change_class: security_update, criticality: remote_takeover, admin_access: provider}
    result: {trigger: consent, explicit_request: false, window: any}
`

// What the feeds say of the crafted hole. The second package has a hole, too, which is none to hurry for.
const (
	vaultDSA = "[27 Nov 2026] DSA-9001-1 gate - security update\n\t{CVE-2026-90001}\n\t[bookworm] - gate 1.2-1\n" +
		"[27 Nov 2026] DSA-9002-1 shelf - security update\n\t{CVE-2026-90002}\n\t[bookworm] - shelf 1.2-1\n"
	vaultOSV = `{"id": "CVE-2026-90001", "published": "2026-11-27T10:00:00Z", "summary": "gate opens for strangers", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}
{"id": "CVE-2026-90002", "published": "2026-11-27T10:00:00Z", "summary": "shelf creaks", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L"}]}
`
	vaultKEV = `{"catalogVersion": "2026.11.27", "dateReleased": "2026-11-27T10:00:00Z", "count": 1, "vulnerabilities": [{"cveID": "CVE-2020-1", "dateAdded": "2026-11-27", "knownRansomwareCampaignUse": "Unknown"}]}`
)

// gate is a version of the service with the hole; shelf one of a package without a hurry.
func gate(version string) lab.Deb {
	return lab.Deb{Name: "gate", Version: version,
		Files: map[string]lab.File{
			"/usr/bin/gate":                        {Content: "#!/bin/sh\n# " + version + "\nexec sleep infinity\n", Mode: 0o755},
			"/usr/lib/systemd/system/gate.service": {Content: "[Service]\nExecStart=/usr/bin/gate\n[Install]\nWantedBy=multi-user.target\n"},
		},
		Postinst: "#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl daemon-reload; systemctl enable -q gate.service; systemctl restart gate.service; fi\n",
	}
}

func shelf(version string) lab.Deb {
	return lab.Deb{Name: "shelf", Version: version, Files: map[string]lab.File{"/usr/share/shelf/" + version: {Content: version}}}
}

// alarm is a stage with three hosts that have the hole, and a server whose clock can be set forward.
type alarm struct {
	*play
	hosts   map[string]*lab.Host
	forward atomic.Int64
}

// raise boots the hosts with the old versions, publishes the new ones, and enrols the hosts.
func raise(t *testing.T, names ...string) *alarm {
	t.Helper()
	needRoot(t)
	a := &alarm{hosts: map[string]*lab.Host{}}
	ctx := t.Context()
	s, err := stage.Open(ctx, stage.Options{
		Agent: binary(t, "patchwart-agent"), RunLimit: 90 * time.Second, Lab: lab.Options{Progress: func(s string) { t.Log(s) }},
		Clock: func() time.Time { return time.Now().Add(time.Duration(a.forward.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	a.play = &play{T: t, stage: s}
	repo, err := s.Lab.Repo(ctx, lab.RepoSpec{Name: "alarm", Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "bookworm-security"})
	a.ok(err)
	a.ok(repo.Publish(ctx, gate("1.1-1"), shelf("1.1-1")))
	_, err = s.Client.Publish(ctx, "notfall.yaml", []byte(consent))
	a.ok(err)
	_, err = s.Client.Apply(ctx, "estate.yaml", fmt.Appendf(nil, vaults, strings.ToLower(time.Now().UTC().AddDate(0, 0, 3).Format("Mon"))))
	a.ok(err)
	var g errgroup.Group
	for _, name := range names {
		h, err := s.Lab.Host(ctx, lab.HostSpec{Name: name, Profile: lab.Base, Repos: []*lab.Repo{repo}})
		a.ok(err)
		a.hosts[name] = h
		g.Go(func() error {
			if err := h.Boot(ctx); err != nil {
				return err
			}
			for _, argv := range [][]string{{"apt-get", "-q", "update"}, {"apt-get", "-qy", "install", "gate", "shelf"}} {
				if _, err := h.Run(ctx, argv...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	a.ok(g.Wait())
	a.ok(repo.Publish(ctx, gate("1.2-1"), shelf("1.2-1")))
	for name, h := range a.hosts {
		g.Go(func() error {
			if err := s.Enrol(ctx, h); err != nil {
				return err
			}
			return s.AwaitRefreshed(ctx, name)
		})
	}
	a.ok(g.Wait())
	return a
}

// version is what a host has of a package.
func (a *alarm) version(host, pkg string) string {
	a.Helper()
	out, err := a.hosts[host].Run(a.Context(), "dpkg-query", "-W", "-f", "${Version}", pkg)
	a.ok(err)
	return string(bytes.TrimSpace(out))
}

// standing is how the clock of a system stands.
func (a *alarm) standing(system string) board.ClockRow {
	a.Helper()
	rows, err := a.stage.Client.Clocks(a.Context(), true)
	a.ok(err)
	i := slices.IndexFunc(rows, func(r board.ClockRow) bool { return r.System == system })
	if i < 0 {
		return board.ClockRow{}
	}
	return rows[i]
}

// told are the steps that somebody was told about a system.
func (a *alarm) told(system string) []string {
	a.Helper()
	list, err := a.stage.Client.Notices(a.Context(), system)
	a.ok(err)
	var out []string
	for _, n := range list {
		out = append(out, n.Recipient+" "+n.Step)
	}
	slices.Sort(out)
	return out
}

// runs are a system's runs.
func (a *alarm) runs(system string) []board.RunRow {
	a.Helper()
	rows, err := a.stage.Client.Runs(a.Context(), board.RunFilter{System: system})
	a.ok(err)
	return rows
}

// TestACriticalAdvisoryOnRealHosts: an advisory about a hole that lets strangers take systems over arrives.
// Under ITEG's terms it is closed at once, outside of every window (IT-33); under the hosting article with
// an emergency consent, too, and the customer is told; without one nothing is touched: the customer is
// asked, asked again, and the silence is put on record (MH2-09). Nowhere is more installed than what
// closes the hole. Her late order is kept, and secures nothing by itself.
func TestACriticalAdvisoryOnRealHosts(t *testing.T) {
	t.Parallel()
	a := raise(t, "vault1", "till1", "till2")
	ctx := t.Context()
	tree := func() lab.Tree {
		_, err := a.hosts["till2"].Run(ctx, "sync")
		a.ok(err)
		w, err := atRest(a.hosts["till2"], lab.Walk)
		a.ok(err)
		return w
	}
	before := tree()
	for _, f := range []struct{ feed, text string }{{"kev", vaultKEV}, {"osv", vaultOSV}, {"debian-dsa", vaultDSA}} {
		d, err := a.stage.Client.Deliver(ctx, f.feed, f.feed+".txt", "", []byte(f.text))
		a.ok(err)
		if f.feed == "debian-dsa" && d.Started != 3 {
			t.Fatalf("%d clocks were started, want one on each system", d.Started)
		}
	}
	if c := a.standing("vault1"); c.Clock.Duty.Rule != "IT-33" || c.Clock.Allowed != 24*time.Hour || c.Fixed != "1.2-1" {
		t.Fatalf("vault1: %+v", c.Clock)
	}

	for _, system := range []string{"vault1", "till1"} {
		a.until("the hole on "+system+" is closed", func() bool { return a.standing(system).Clock.Secured })
		rows := a.runs(system)
		if len(rows) != 1 || rows[0].Outcome != verdict.Succeeded || rows[0].Packages != 1 {
			t.Fatalf("runs of %s: %+v", system, rows)
		}
		if got := a.version(system, "gate"); got != "1.2-1" {
			t.Errorf("%s has gate %s", system, got)
		}
		if got := a.version(system, "shelf"); got != "1.1-1" {
			t.Errorf("%s has shelf %s: it can wait for the window", system, got)
		}
		c := a.standing(system).Clock
		t.Logf("%s: secured %s after the advisory became known", system, c.SinceKnown.Round(time.Second))
		if c.By != clock.ByUpdate || c.Missed {
			t.Errorf("%s: %+v", system, c)
		}
		if told := a.told(system); !slices.Contains(told, "eva update") {
			t.Errorf("the customer was not told about %s: %v", system, told)
		}
	}

	a.until("the customer is asked about till2", func() bool { return slices.Contains(a.told("till2"), "eva ASK-01") })
	a.forward.Store(int64(25 * time.Hour))
	a.until("the silence is on record", func() bool {
		c := a.standing("till2").Clock
		return c.Standing() == clock.StandsSilent
	})
	for _, step := range []string{"eva ASK-02", "max ASK-03", "operator ASK-04", "record ASK-05"} {
		if !slices.Contains(a.told("till2"), step) {
			t.Errorf("till2: %s is missing in %v", step, a.told("till2"))
		}
	}
	if rows := a.runs("till2"); len(rows) != 0 {
		t.Errorf("till2 was worked on without consent: %+v", rows)
	}
	if diff := lab.Diff(before, tree()); len(diff) > 0 {
		t.Errorf("till2 was touched without consent:\n%s", strings.Join(diff, "\n"))
	}
	a.forward.Store(0) // the hosts' clocks have not moved, and orders are for their time

	_, err := a.stage.Client.PlaceOrder(ctx, board.OrderRequest{
		System: "till2", Contact: "eva", Channel: "Ticket 32", Text: "Ja, bitte sofort schließen.", Explicit: true, Scope: estate.ScopeSecurity,
	})
	a.ok(err)
	if c := a.standing("till2"); c.Clock.Secured {
		t.Errorf("till2 is called secured: %+v", c.Clock)
	}
	check, err := a.stage.Client.VerifyRecord(ctx)
	a.ok(err)
	if !check.Good || check.Decisions.Differs != nil {
		t.Errorf("record: %+v", check)
	}
}
