package server

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
)

// ubuntuFeed is a takeover in vips, which Ubuntu Pro alone has fixed, and one in mariadb, which everybody gets
// fixed.
const ubuntuFeed = `{"schema_version": "1.7.0", "id": "UBUNTU-CVE-2026-1", "upstream": ["CVE-2026-1"], "published": "2026-08-20T10:00:00Z", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}, {"type": "Ubuntu", "score": "high"}], "affected": [{"package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "vips"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}, {"package": {"ecosystem": "Ubuntu:Pro:22.04:LTS", "name": "vips"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "8.12.1-1ubuntu0.1~esm1"}]}]}]}
{"schema_version": "1.7.0", "id": "UBUNTU-CVE-2026-2", "upstream": ["CVE-2026-2"], "published": "2026-08-20T10:00:00Z", "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}], "affected": [{"package": {"ecosystem": "Ubuntu:22.04:LTS", "name": "mariadb-10.6"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:10.6.23-0ubuntu0.22.04.1"}]}]}]}
`

// jammy is db1 on Ubuntu 22.04.
func (o *office) jammy() *host {
	o.Helper()
	h := o.host("db1", security("mariadb-10.6", "1:10.6.22-0ubuntu0.22.04.1", "1:10.6.23-0ubuntu0.22.04.1"))
	h.facts.OS = fact.OS{ID: "ubuntu", Version: "22.04", Codename: "jammy", Name: "Ubuntu 22.04.5 LTS"}
	h.facts.Packages = []fact.Package{
		{Name: "libvips42", Arch: "amd64", Version: "8.12.1-1", Source: "vips", SourceVersion: "8.12.1-1"},
		{Name: "mariadb-server-10.6", Arch: "amd64", Version: "1:10.6.22-0ubuntu0.22.04.1", Source: "mariadb-10.6", SourceVersion: "1:10.6.22-0ubuntu0.22.04.1"},
	}
	h.facts.Sort()
	h.poll(0)
	return h
}

// TestAnUbuntuHost: what everybody gets fixed is to be updated; what only Ubuntu Pro has fixed is open, runs
// on its clock, and is nothing that a run could mend. As long as nobody says anything about Ubuntu, nothing is
// known.
func TestAnUbuntuHost(t *testing.T) {
	o := open(t)
	o.duty()
	o.jammy()
	o.deliver("debian-dsa", dsaFeed)
	if h, err := o.server.Holes(t.Context(), "db1"); err != nil || h.Matched || !strings.Contains(h.Why.EN, "Ubuntu jammy") {
		t.Errorf("%+v, %v", h, err)
	}
	if d := o.deliver("osv-ubuntu", ubuntuFeed); d.Started != 2 {
		t.Errorf("%d clocks", d.Started)
	}
	h, err := o.server.Holes(t.Context(), "db1")
	if err != nil || !h.Matched || len(h.Holes) != 2 {
		t.Fatalf("%+v, %v", h, err)
	}
	for _, one := range h.Holes {
		switch one.Source {
		case "vips":
			if one.Fixed != "" || one.State != advisory.ProOnly || one.Pro != "8.12.1-1ubuntu0.1~esm1" || one.Urgency != "high" {
				t.Errorf("%+v", one)
			}
		case "mariadb-10.6":
			if one.Fixed != "1:10.6.23-0ubuntu0.22.04.1" || one.State != advisory.Fixed || one.Pro != "" {
				t.Errorf("%+v", one)
			}
		}
	}
	doc, err := o.server.Export(t.Context(), "db1", board.ExportVEX)
	if err != nil {
		t.Fatal(err)
	}
	for _, says := range []string{"https://ubuntu.com/security/CVE-2026-1", "pkg:deb/ubuntu/libvips42@8.12.1-1?arch=amd64&distro=jammy", "Only subscribers of Ubuntu Pro get a fixed version of vips"} {
		if !strings.Contains(string(doc.Text), says) {
			t.Errorf("%q is not said", says)
		}
	}
	o.verify()
}

// TestAFeedForOneDistribution is fetched once there is a host that needs it.
func TestAFeedForOneDistribution(t *testing.T) {
	p := openPress(t)
	p.source.Only, p.text = "Ubuntu", ubuntuFeed
	p.database()
	if err := p.server.look(t.Context(), p.source); err != nil || p.asked != 0 {
		t.Errorf("asked %d times for Debian alone, %v", p.asked, err)
	}
	if feeds, err := p.server.Feeds(t.Context()); err != nil || len(feeds) != 0 {
		t.Errorf("a feed that nobody needs is shown: %+v, %v", feeds, err)
	}
	p.forward(time.Minute)
	h := p.host("web1")
	h.facts.OS = fact.OS{ID: "ubuntu", Version: "22.04", Codename: "jammy"}
	h.poll(0)
	if f, err := p.look(); err != nil || p.asked != 1 || f.Records != 2 {
		t.Errorf("asked %d times: %+v, %v", p.asked, f, err)
	}
}
