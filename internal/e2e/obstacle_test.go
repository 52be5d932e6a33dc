package e2e

import (
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/proof"
)

// TestObstacles tries the obstacles of the good intentions' other side: each reproduced on a real host,
// each ending as named, and the host, seen from outside, as it was before.
func TestObstacles(t *testing.T) {
	t.Parallel()
	p := patient(t, "patient1")

	t.Run("none: a good update is applied and verified", func(t *testing.T) {
		p := p.of(t)
		d := p.next(nil)
		p.offer(d)
		r := p.finish(p.order())
		if r.Outcome != verdict.Succeeded {
			t.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
		}
		p.renewed(d.Version)
	})

	for _, o := range []struct {
		name string // with its number in the list of obstacles
		ill  func(*lab.Deb)
		step run.Step // where it is noticed
		code string
		told string // what happened
	}{
		{"4: postinst exits 1", func(d *lab.Deb) {
			d.Postinst = "#!/bin/sh\necho 'disk of the moon is full' >&2\nexit 1\n"
		}, run.Applying, "apt_failed", "dpkg gave up at the failing script; the host was put back, every path proven, and its services ran."},
		{"5: postinst hangs, with a child in a session of its own", func(d *lab.Deb) {
			d.Postinst = "#!/bin/sh\nsetsid sleep 100000 &\nexec sleep 100000\n"
		}, run.Applying, "hung", "The script and its child in a session of its own were ended at the order's limit; the host was put back, every path proven."},
		{"7: service does not come back after the update", func(d *lab.Deb) {
			d.Files["/usr/bin/patient"] = lab.File{Content: "#!/bin/sh\nexit 1\n", Mode: 0o755}
			d.Postinst = strings.Replace(d.Postinst, "restart patient.service;", "restart patient.service || true;", 1)
		}, run.Verifying, "unit_lost", "The service that ran before did not run after the update; the host was put back and it runs again."},
		{"8: service runs but its check fails (HTTP 500)", func(d *lab.Deb) {
			d.Files["/usr/share/patient/nginx.conf"] = lab.File{Content: "location = /portal { return 500; }\n"}
		}, run.Verifying, "check_failed", "The page answered HTTP 500 after the update; the host was put back and it answers as before."},
	} {
		t.Run(o.name, func(t *testing.T) {
			p := p.of(t)
			before := p.offer(p.next(o.ill))
			r := p.finish(p.order())
			if r.Outcome != verdict.Restored {
				t.Fatalf("outcome %s: %s", r.Outcome, r.Sentence.EN)
			}
			if f := r.State.Failure; f == nil || f.Step != o.step {
				t.Errorf("failed at %+v, want %s", f, o.step)
			} else if o.step == run.Applying && f.Code != o.code {
				t.Errorf("code %s, want %s", f.Code, o.code)
			}
			v := r.State.Verdict
			if v == nil || v.Proof == nil || v.Proof.Checked < 1000 || len(v.Proof.Differences) != 0 {
				t.Errorf("proof %+v", v)
			} else if o.step == run.Verifying && !hasReason(v, o.code) {
				t.Errorf("reasons %+v, want %s", v.Reasons, o.code)
			}
			p.identical(before)
			p.active("patient.service", "nginx.service")
			if left := p.inside("ps", "-eo", "args"); strings.Contains(left, "sleep 100000") {
				t.Error("what the postinst left running still runs")
			}
			proof.Obstacle(t, int(o.name[0]-'0'), string(r.Outcome), o.told)
		})
	}
}

func hasReason(v *verdict.Verdict, code string) bool {
	for _, r := range v.Reasons {
		if r.Code == code {
			return true
		}
	}
	return false
}

// of is the play told by a subtest.
func (p *play) of(t *testing.T) *play {
	p.T = t
	return p
}
