// Package mitigation is what is done about a hole besides the update: a service is stopped, a port is closed
// (IT-34). The set of verbs is closed, and none of them is a command. A mitigation counts once the host itself
// reports that it holds, as long as it holds, and until its expiry; and it has a day on which somebody has to
// look whether it still fits.
package mitigation

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Verb is what is done.
type Verb string

// The verbs. Each is one that a host's report can confirm or refute.
const (
	StopUnit  Verb = "stop_unit"  // the service does not run
	ClosePort Verb = "close_port" // nothing listens on the port but on the host's own loopback
)

// Verbs lists the verbs.
func Verbs() []Verb { return []Verb{StopUnit, ClosePort} }

// Mitigation is one measure about one hole on one system.
type Mitigation struct {
	ID      string    `json:"id"`
	System  string    `json:"system"`
	Hole    string    `json:"hole"` // CVE
	Verb    Verb      `json:"verb"`
	Unit    string    `json:"unit,omitempty"`  // nginx.service
	Proto   string    `json:"proto,omitempty"` // tcp, udp
	Port    int       `json:"port,omitempty"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Review  time.Time `json:"review"`  // somebody has to look whether it still fits
	Expires time.Time `json:"expires"` // the first moment at which it does not count any more
	EndedBy string    `json:"ended_by,omitempty"`
	EndedAt time.Time `json:"ended_at,omitzero"`
}

// maxDays is how long a mitigation may last: after a month the hole is to be closed, or accepted by somebody
// who carries the risk.
const maxDays = 31

var unitName = regexp.MustCompile(`^[A-Za-z0-9:_.@-]{1,200}\.(service|socket|timer)$`)

// kept are the units that are never stopped: the ways in, the machine itself, and who looks after it.
var kept = []string{"ssh.service", "ssh.socket", "sshd.service", "networking.service", "NetworkManager.service", "dbus.service", "patchwart-agent.service"}

// Check says what keeps the mitigation from being one: a *fault.Error with the code Invalid that names every
// field, or nil.
func (m *Mitigation) Check() error {
	var places []fault.Place
	add := func(field, de, en string) {
		places = append(places, fault.Place{Field: field, Problem: lang.T(de, en)})
	}
	if m.System == "" || m.Hole == "" {
		add("system", "System und Lücke müssen genannt sein", "system and hole must be named")
	}
	switch m.Verb {
	case StopUnit:
		switch {
		case !unitName.MatchString(m.Unit):
			add("unit", "das ist kein Name einer Unit, wie nginx.service", "this is no name of a unit, such as nginx.service")
		case slices.Contains(kept, m.Unit) || strings.HasPrefix(m.Unit, "systemd-"):
			add("unit", "dieser Dienst wird nie angehalten", "this service is never stopped")
		}
		if m.Port != 0 || m.Proto != "" {
			add("port", "zum Anhalten eines Dienstes gehört kein Port", "a port does not belong to stopping a service")
		}
	case ClosePort:
		switch {
		case m.Proto != "tcp" && m.Proto != "udp":
			add("proto", "das Protokoll muss tcp oder udp sein", "the protocol must be tcp or udp")
		case m.Port < 1 || m.Port > 65535:
			add("port", "der Port muss zwischen 1 und 65535 liegen", "the port must be between 1 and 65535")
		case m.Port == 22:
			add("port", "über diesen Port kommt man auf den Host; er wird nie geschlossen", "this port is the way to the host; it is never closed")
		}
		if m.Unit != "" {
			add("unit", "zum Schließen eines Ports gehört keine Unit", "a unit does not belong to closing a port")
		}
	default:
		add("verb", "möglich sind stop_unit und close_port", "possible are stop_unit and close_port")
	}
	if strings.TrimSpace(m.Reason) == "" || len(m.Reason) > 4000 {
		add("reason", "es fehlt der Grund", "the reason is missing")
	}
	if strings.TrimSpace(m.By) == "" {
		add("by", "es fehlt, von wem sie stammt", "it does not say whose it is")
	}
	switch {
	case !m.Expires.After(m.At):
		add("expires", "sie endet, bevor sie beginnt", "it ends before it begins")
	case m.Expires.After(m.At.AddDate(0, 0, maxDays)):
		add("expires", "sie gilt höchstens 31 Tage", "it holds for 31 days at most")
	case !m.Review.After(m.At) || m.Review.After(m.Expires):
		add("review", "der Tag der Prüfung muss vor dem Ende liegen", "the day of review must lie before the end")
	}
	if len(places) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Rule: "IT-34", Places: places,
		Text: lang.T("Die Maßnahme wird nicht angenommen.", "The mitigation is not accepted."),
		Mend: lang.T("Bitte berichtigen Sie die genannten Angaben.", "Please correct the fields named.")}
}

// Holds reports whether the host, as it reports itself, shows the mitigation, and why or why not.
func (m *Mitigation) Holds(f fact.Facts) (bool, lang.Text) {
	switch m.Verb {
	case StopUnit:
		for _, u := range f.Units {
			if u.Name == m.Unit && !stopped(u.Active) {
				return false, lang.Textf("%[1]s läuft (%[2]s).", "%[1]s runs (%[2]s).", m.Unit, u.Active)
			}
		}
		return true, lang.Textf("%[1]s läuft nicht.", "%[1]s does not run.", m.Unit)
	case ClosePort:
		name := m.Proto + "/" + strconv.Itoa(m.Port)
		for _, l := range f.Listen {
			if l.Port == m.Port && strings.HasPrefix(l.Proto, m.Proto) && !inside(l.Address) {
				return false, lang.Textf("Auf %[1]s lauscht %[2]s an %[3]s.", "On %[1]s, %[2]s listens at %[3]s.", name, who(l), l.Address)
			}
		}
		return true, lang.Textf("Auf %[1]s lauscht von außen erreichbar nichts.", "On %[1]s, nothing listens that can be reached from outside.", name)
	}
	return false, lang.T("Die Maßnahme ist nicht bekannt.", "The mitigation is not known.")
}

// stopped reports whether a unit's state is one in which nothing of it runs. A state that is not known is none.
func stopped(active string) bool { return active == "inactive" || active == "failed" }

// inside reports whether an address is reachable from the host alone.
func inside(address string) bool {
	host, _, _ := strings.Cut(address, "%")
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func who(l fact.Listener) lang.Text {
	if l.Process == "" {
		return lang.T("ein Prozess", "a process")
	}
	return lang.T(l.Process, l.Process)
}

// Text is what is done, in words.
func (m *Mitigation) Text() lang.Text {
	if m.Verb == ClosePort {
		return lang.Textf("Port %[1]s schließen", "close port %[1]s", m.Proto+"/"+strconv.Itoa(m.Port))
	}
	return lang.Textf("%[1]s anhalten", "stop %[1]s", m.Unit)
}
