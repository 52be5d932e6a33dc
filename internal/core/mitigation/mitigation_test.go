package mitigation_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/mitigation"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func stop() mitigation.Mitigation {
	return mitigation.Mitigation{Measure: mitigation.Measure{Verb: mitigation.StopUnit, Unit: "exim4.service"}, System: "web1", Hole: "CVE-2026-1", Hands: mitigation.ByAgent, Reason: "no mail is sent from here", By: "ida",
		At: now, Review: now.AddDate(0, 0, 3), Expires: now.AddDate(0, 0, 7)}
}

func TestWhatIsNoMitigation(t *testing.T) {
	t.Parallel()
	m := stop()
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*mitigation.Mitigation){
		"a command":         func(m *mitigation.Mitigation) { m.Unit = "exim4.service; rm -rf /" },
		"an option":         func(m *mitigation.Mitigation) { m.Unit = "--now" },
		"the way in":        func(m *mitigation.Mitigation) { m.Unit = "ssh.service" },
		"the machine":       func(m *mitigation.Mitigation) { m.Unit = "systemd-journald.service" },
		"the agent":         func(m *mitigation.Mitigation) { m.Unit = "patchwart-agent.service" },
		"both":              func(m *mitigation.Mitigation) { m.Port = 25 },
		"another verb":      func(m *mitigation.Mitigation) { m.Verb = "run" },
		"port of ssh":       func(m *mitigation.Mitigation) { m.Verb, m.Unit, m.Proto, m.Port = mitigation.ClosePort, "", "tcp", 22 },
		"no port":           func(m *mitigation.Mitigation) { m.Verb, m.Unit, m.Proto = mitigation.ClosePort, "", "tcp" },
		"another protocol":  func(m *mitigation.Mitigation) { m.Verb, m.Unit, m.Proto, m.Port = mitigation.ClosePort, "", "icmp", 25 },
		"without reason":    func(m *mitigation.Mitigation) { m.Reason = " " },
		"by nobody":         func(m *mitigation.Mitigation) { m.By = "" },
		"for ever":          func(m *mitigation.Mitigation) { m.Expires = now.AddDate(1, 0, 0) },
		"over":              func(m *mitigation.Mitigation) { m.Expires = now },
		"never reviewed":    func(m *mitigation.Mitigation) { m.Review = time.Time{} },
		"reviewed too late": func(m *mitigation.Mitigation) { m.Review = m.Expires.Add(time.Hour) },
		"of no hole":        func(m *mitigation.Mitigation) { m.Hole = "" },
		"by whoever":        func(m *mitigation.Mitigation) { m.Hands = "cron" },
		"a path as a name": func(m *mitigation.Mitigation) {
			m.Measure = mitigation.Measure{Verb: mitigation.PlaceFragment, Fragment: "../../etc/passwd", SHA256: strings.Repeat("a", 64)}
		},
		"a fragment that nobody saw": func(m *mitigation.Mitigation) {
			m.Measure = mitigation.Measure{Verb: mitigation.PlaceFragment, Fragment: "nginx-no-upload"}
		},
		"a fragment placed by hand": func(m *mitigation.Mitigation) {
			m.Measure = mitigation.Measure{Verb: mitigation.PlaceFragment, Fragment: "nginx-no-upload", SHA256: strings.Repeat("a", 64)}
			m.Hands = mitigation.ByPeople
		},
	} {
		m := stop()
		change(&m)
		var f *fault.Error
		if err := m.Check(); !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Places) == 0 || f.Places[0].Problem.DE == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The host's own report tells whether a mitigation holds; what is not known does not hold.
func TestWhetherItHolds(t *testing.T) {
	t.Parallel()
	m := stop()
	port := mitigation.Mitigation{Measure: mitigation.Measure{ID: "g1", Verb: mitigation.ClosePort, Proto: "tcp", Port: 25}}
	open := []fact.Listener{{Proto: "tcp", Address: "0.0.0.0", Port: 25, Process: "exim4"}}
	piece := mitigation.Mitigation{Measure: mitigation.Measure{ID: "g2", Verb: mitigation.PlaceFragment, Fragment: "nginx-no-upload"}}
	for name, tt := range map[string]struct {
		m    mitigation.Mitigation
		f    fact.Facts
		want bool
	}{
		"gone":              {m, fact.Facts{}, true},
		"stopped":           {m, fact.Facts{Units: []fact.Unit{{Name: "exim4.service", Active: "inactive"}}}, true},
		"runs":              {m, fact.Facts{Units: []fact.Unit{{Name: "exim4.service", Active: "active"}}}, false},
		"stops just now":    {m, fact.Facts{Units: []fact.Unit{{Name: "exim4.service", Active: "deactivating"}}}, false},
		"another one runs":  {m, fact.Facts{Units: []fact.Unit{{Name: "nginx.service", Active: "active"}}}, true},
		"port closed":       {port, fact.Facts{Listen: []fact.Listener{{Proto: "tcp", Address: "0.0.0.0", Port: 80}}}, true},
		"port inside":       {port, fact.Facts{Listen: []fact.Listener{{Proto: "tcp", Address: "127.0.0.1", Port: 25}, {Proto: "tcp6", Address: "::1", Port: 25}}}, true},
		"port open":         {port, fact.Facts{Listen: []fact.Listener{{Proto: "tcp", Address: "0.0.0.0", Port: 25, Process: "exim4"}}}, false},
		"port open, IPv6":   {port, fact.Facts{Listen: []fact.Listener{{Proto: "tcp6", Address: "::", Port: 25}}}, false},
		"the other way":     {port, fact.Facts{Listen: []fact.Listener{{Proto: "udp", Address: "0.0.0.0", Port: 25}}}, true},
		"a strange address": {port, fact.Facts{Listen: []fact.Listener{{Proto: "tcp", Address: "?", Port: 25}}}, false},
		"an unknown verb":   {mitigation.Mitigation{Measure: mitigation.Measure{Verb: "run"}}, fact.Facts{}, false},

		"the packet filter closes the port":     {port, fact.Facts{Listen: open, Measures: []fact.Measure{{ID: "g1", Holds: true}}}, true},
		"the packet filter was emptied":         {port, fact.Facts{Measures: []fact.Measure{{ID: "g1", Saw: "no rule"}}}, false},
		"another port is closed":                {port, fact.Facts{Listen: open, Measures: []fact.Measure{{ID: "g9", Holds: true}}}, false},
		"the fragment is in place":              {piece, fact.Facts{Measures: []fact.Measure{{ID: "g2", Holds: true}}}, true},
		"the agent does not know of a fragment": {piece, fact.Facts{Fragments: []fact.Fragment{{Name: "nginx-no-upload"}}}, false},
	} {
		got, why := tt.m.Holds(tt.f)
		if got != tt.want || why.DE == "" || why.EN == "" {
			t.Errorf("%s: %v, %s", name, got, why.EN)
		}
	}
	if text := port.Text(); text.DE == "" || text.EN == "" {
		t.Error(text)
	}
	if len(mitigation.Verbs()) != 3 {
		t.Error("a verb without a test")
	}
}
