package labtest

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/measure"
	"github.com/patchwart/patchwart/internal/lab"
)

// mortal are the host's tools in the hands of an agent that is killed at its so manieth use of one: half the
// times before the tool was started, half the times after it ended.
type mortal struct {
	*command.Runner
	die, calls int
}

func (m *mortal) Run(ctx context.Context, c command.Call) (command.Result, error) {
	m.calls++
	if m.die == 2*m.calls-1 {
		os.Exit(0)
	}
	res, err := m.Runner.Run(ctx, c)
	if m.die == 2*m.calls {
		os.Exit(0)
	}
	return res, err
}

// measure carries out one step of a measure on the machine it runs on.
func (s step) measure(ctx context.Context) (a answer) {
	tools := &mortal{Runner: &command.Runner{Mark: "measure-test"}, die: s.Die}
	desk := &measure.Desk{Dir: measure.DefaultDir, Fragments: measure.DefaultFragments, Tools: tools}
	line := func(text string) { a.Lines = append(a.Lines, text) }
	var err error
	switch strings.TrimPrefix(s.Do, "measure ") {
	case "ready":
		err = desk.Ready(ctx, s.Measure, s.Lift)
	case "put":
		if err = desk.Ready(ctx, s.Measure, false); err == nil {
			_, err = desk.Save(ctx, s.Measure, false)
		}
		if err == nil {
			err = desk.Put(ctx, s.Measure, line)
		}
	case "again":
		err = desk.Put(ctx, s.Measure, line)
	case "back":
		err = desk.Back(ctx, s.Measure, line)
	case "state":
		a.State, err = desk.State(ctx, s.Measure, s.Lift)
	case "proof":
		a.Proof, err = desk.Proof(ctx, s.Measure)
	case "facts":
		a.Facts.Measures, err = desk.Standing(ctx)
		a.Facts.Fragments, _ = desk.Prepared()
	default:
		err = fmt.Errorf("no such step: %q", s.Do)
	}
	a.Calls = tools.calls
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

// fails is do for what has to be refused, and why.
func (m machine) fails(s step, why string) {
	m.t.Helper()
	out, err := m.try(s)
	if err != nil || !strings.Contains(out.Error, why) {
		m.t.Errorf("%s %+v: %q, %v; want %q", s.Do, s.Measure, out.Error, err, why)
	}
}

func stopNginx(id string) mitigation.Measure {
	return mitigation.Measure{ID: id, Verb: mitigation.StopUnit, Unit: "nginx.service"}
}

func closeWeb(id string) mitigation.Measure {
	return mitigation.Measure{ID: id, Verb: mitigation.ClosePort, Proto: "tcp", Port: 80}
}

// reachable reports whether the host's web server answers from outside, within a moment.
func reachable(h *lab.Host) bool {
	c, err := net.DialTimeout("tcp", net.JoinHostPort(h.Addr().String(), strconv.Itoa(80)), 400*time.Millisecond)
	if err != nil {
		return false
	}
	return c.Close() == nil
}

// soon waits a moment for what a service takes up after its reload has been asked for.
func soon(good func() bool) bool {
	for range 20 {
		if good() {
			return true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return false
}

// A web server has a hole without an update. It is stopped, or its port closed, or what is dangerous switched
// off by its configuration – and all of it leads back to exactly how it was.
func TestMeasuresAgainstHoles(t *testing.T) {
	l := openLab(t)
	web := bootHost(t, l, lab.HostSpec{Name: "web1", Profile: lab.Web})
	web.prepare()
	piece := web.do(step{Do: "measure facts"}).Facts.Fragments
	if len(piece) != 1 || piece[0].Name != "nginx-no-upload" || piece[0].Service != "nginx.service" {
		t.Fatalf("prepared: %+v", piece)
	}
	place := mitigation.Measure{ID: "f1", Verb: mitigation.PlaceFragment, Fragment: "nginx-no-upload", SHA256: piece[0].SHA256}
	for _, one := range []struct {
		name   string
		what   mitigation.Measure
		effect func(m machine) bool
	}{
		{"stopped", stopNginx("s1"), func(m machine) bool { return !reachable(m.Host) }},
		{"closed", closeWeb("p1"), func(m machine) bool {
			return !reachable(m.Host) && m.run("curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1/") == "200"
		}},
		{"configured", place, func(m machine) bool {
			return strings.Contains(m.run("curl", "-sI", "http://127.0.0.1/"), "X-Upload: no")
		}},
	} {
		t.Run(one.name, func(t *testing.T) {
			m := web.in(t)
			if one.effect(m) || !reachable(m.Host) {
				t.Fatal("it is in effect before it was ordered, or the host is not well")
			}
			m.fails(step{Do: "measure back", Measure: one.what}, "not in force")
			calls := m.do(step{Do: "measure put", Measure: one.what}).Calls
			m.inForce(one.what, one.effect)
			back := m.do(step{Do: "measure back", Measure: one.what}).Calls
			m.asBefore(one.what, one.effect)

			// Killed at any use of a tool, the way back and the way on are both there.
			for die := 1; die <= 2*calls; die++ {
				m.dies(step{Do: "measure put", Measure: one.what, Die: die})
				if m.do(step{Do: "measure state", Measure: one.what}).State.Done {
					m.inForce(one.what, one.effect)
				}
				if die%2 == 0 {
					if _, err := m.try(step{Do: "measure again", Measure: one.what}); err == nil && m.kept(one.what) {
						m.inForce(one.what, one.effect)
					}
				}
				if m.kept(one.what) {
					m.do(step{Do: "measure back", Measure: one.what})
				}
				m.asBefore(one.what, one.effect)
			}
			for die := 1; die <= 2*back; die++ {
				m.do(step{Do: "measure put", Measure: one.what})
				m.dies(step{Do: "measure back", Measure: one.what, Die: die})
				m.do(step{Do: "measure back", Measure: one.what})
				m.asBefore(one.what, one.effect)
			}
		})
	}
	t.Run("a reboot changes nothing", func(t *testing.T) {
		m := web.in(t)
		m.do(step{Do: "measure put", Measure: closeWeb("p2")})
		m.do(step{Do: "measure put", Measure: stopNginx("s2")})
		boots := m.Boots()
		m.run("systemctl", "reboot", "--no-block")
		if err := m.WaitBoots(t.Context(), boots+1); err != nil {
			t.Fatal(err)
		}
		for _, what := range []mitigation.Measure{closeWeb("p2"), stopNginx("s2")} {
			m.inForce(what, func(m machine) bool { return !reachable(m.Host) })
		}
		m.run("systemctl", "start", "nginx.service") // a package's script would do this
		if got := m.do(step{Do: "measure state", Measure: stopNginx("s2")}); !got.State.Done {
			t.Errorf("somebody could start it: %+v", got.State)
		}
		m.do(step{Do: "measure back", Measure: stopNginx("s2")})
		if reachable(m.Host) {
			t.Error("taking one measure back opened the other")
		}
		m.do(step{Do: "measure back", Measure: closeWeb("p2")})
		m.asBefore(closeWeb("p2"), func(m machine) bool { return !reachable(m.Host) })
		if out, err := m.Run(t.Context(), "test", "-e", "/etc/systemd/system/patchwart-ports.service"); err == nil {
			t.Errorf("the last port is open, and the unit is still there %s", out)
		}
	})
	t.Run("what somebody undoes shows", func(t *testing.T) {
		m := web.in(t)
		m.do(step{Do: "measure put", Measure: closeWeb("p3")})
		m.run("nft", "flush", "ruleset")
		if got := m.do(step{Do: "measure facts"}).Facts.Measures; len(got) != 1 || got[0].Holds || got[0].Saw == "" {
			t.Errorf("the filter is empty, and the host reports %+v", got)
		}
		m.do(step{Do: "measure back", Measure: closeWeb("p3")})
	})
	t.Run("what is never done", func(t *testing.T) {
		m := web.in(t)
		ready := func(what mitigation.Measure) step { return step{Do: "measure ready", Measure: what} }
		m.fails(ready(mitigation.Measure{ID: "x", Verb: mitigation.StopUnit, Unit: "ssh.service"}), "closed form")
		m.fails(ready(mitigation.Measure{ID: "x", Verb: mitigation.StopUnit, Unit: "no-such.service"}), "no such thing")
		m.fails(ready(mitigation.Measure{ID: "x", Verb: mitigation.PlaceFragment, Fragment: "no-such", SHA256: place.SHA256}), "no such thing")
		changed := place
		changed.ID, changed.SHA256 = "f2", strings.Repeat("0", 64)
		m.fails(ready(changed), "not what was approved")
		m.run("chmod", "o+w", "/etc/patchwart/fragments/nginx-no-upload/content")
		m.fails(ready(place), "others than root")
		m.run("chmod", "o-w", "/etc/patchwart/fragments/nginx-no-upload/content")
		m.run("sh", "-c", "echo 'no such directive;' > /etc/nginx/conf.d/broken.conf")
		m.fails(ready(place), "rejects")
		m.run("rm", "/etc/nginx/conf.d/broken.conf")
		m.do(ready(place))
	})
}

// prepare is what the host's administrator has done beforehand.
func (m machine) prepare() {
	m.t.Helper()
	m.run("mkdir", "-p", "-m", "0755", "/etc/patchwart/fragments/nginx-no-upload")
	for name, text := range map[string]string{
		"fragment.yaml": "target: /etc/nginx/conf.d/zz-no-upload.conf\nservice: nginx.service\ncheck: nginx\n",
		"content":       "add_header X-Upload no always;\nclient_max_body_size 1k;\n",
	} {
		if err := m.WriteFile("/etc/patchwart/fragments/nginx-no-upload/"+name, []byte(text), 0o644); err != nil {
			m.t.Fatal(err)
		}
	}
}

func (m machine) kept(what mitigation.Measure) bool {
	m.t.Helper()
	out, err := m.Run(m.t.Context(), "cat", measure.DefaultDir+"/"+what.ID+".json")
	return err == nil && (strings.Contains(string(out), `"stage":"in_force"`) || strings.Contains(string(out), `"stage":"begun"`))
}

func (m machine) inForce(what mitigation.Measure, effect func(machine) bool) {
	m.t.Helper()
	if s := m.do(step{Do: "measure state", Measure: what}).State; !s.Done {
		m.t.Fatalf("not in force: %+v", s)
	}
	if !soon(func() bool { return effect(m) }) {
		m.t.Fatalf("%s counts as in force, and has no effect", what.ID)
	}
	if got := m.do(step{Do: "measure facts"}).Facts.Measures; len(got) == 0 || !got[0].Holds {
		m.t.Fatalf("the host reports %+v", got)
	}
}

func (m machine) asBefore(what mitigation.Measure, effect func(machine) bool) {
	m.t.Helper()
	if _, err := m.Run(m.t.Context(), "test", "-e", measure.DefaultDir+"/"+what.ID+".json"); err == nil {
		if p := m.do(step{Do: "measure proof", Measure: what}).Proof; len(p.Differences) > 0 || p.Checked == 0 {
			m.t.Fatalf("not as before: %+v", p)
		}
	}
	if !soon(func() bool { return reachable(m.Host) && !effect(m) }) {
		m.t.Fatalf("%s was taken back, and the host is not as before", what.ID)
	}
	if got := m.do(step{Do: "measure facts"}).Facts.Measures; len(got) != 0 {
		m.t.Fatalf("the host reports %+v", got)
	}
}
