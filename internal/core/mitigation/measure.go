package mitigation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Measure is what is done on a host, without the reasons. It travels in work orders: every field has a closed
// form, and none can carry a command, a path or content. A piece of configuration is named, with the hash of
// what the host's own administrator prepared under that name.
type Measure struct {
	ID       string `json:"id"`
	Verb     Verb   `json:"verb"`
	Unit     string `json:"unit,omitempty"`  // nginx.service
	Proto    string `json:"proto,omitempty"` // tcp, udp
	Port     int    `json:"port,omitempty"`
	Fragment string `json:"fragment,omitempty"` // name of a prepared fragment on the host
	SHA256   string `json:"sha256,omitempty"`   // of the fragment, as the host reported it
}

var (
	measureID    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	unitName     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:_.@-]{0,199}\.(service|socket|timer)$`)
	fragmentName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	sha256Hex    = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// kept are the units that are never stopped: the ways in, the machine itself, and who looks after it.
var kept = []string{
	"ssh.service", "ssh.socket", "sshd.service", "sshd.socket", "networking.service", "NetworkManager.service", "ifup.service",
	"dbus.service", "dbus.socket", "dbus-broker.service", "nftables.service", "patchwart-agent.service", "patchwart-ports.service",
}

// Spared reports whether a unit is never stopped.
func Spared(unit string) bool {
	return slices.Contains(kept, unit) || strings.HasPrefix(unit, "systemd-") || strings.HasPrefix(unit, "user@") ||
		strings.HasPrefix(unit, "getty@") || strings.HasPrefix(unit, "ssh@")
}

// Check holds a measure against its closed form; nil means that it is one.
func (m *Measure) Check() error {
	places := m.places()
	if !measureID.MatchString(m.ID) {
		places = append(places, fault.Place{Field: "id", Problem: lang.T("das ist keine Kennung", "this is no ID")})
	}
	if len(places) == 0 {
		return nil
	}
	return &fault.Error{Code: fault.Invalid, Rule: "IT-34", Places: places,
		Text: lang.T("Die Maßnahme hat nicht die geschlossene Form.", "The measure does not have the closed form."),
		Mend: lang.T("Bitte berichtigen Sie die genannten Angaben.", "Please correct the fields named.")}
}

// places names every field that is wrong but the ID, which the server gives.
func (m *Measure) places() []fault.Place {
	var places []fault.Place
	add := func(field, de, en string) {
		places = append(places, fault.Place{Field: field, Problem: lang.T(de, en)})
	}
	switch m.Verb {
	case StopUnit:
		switch {
		case !unitName.MatchString(m.Unit):
			add("unit", "das ist kein Name einer Unit, wie nginx.service", "this is no name of a unit, such as nginx.service")
		case Spared(m.Unit):
			add("unit", "dieser Dienst wird nie angehalten", "this service is never stopped")
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
	case PlaceFragment:
		if !fragmentName.MatchString(m.Fragment) {
			add("fragment", "das ist kein Name eines vorbereiteten Stücks, wie nginx-no-upload", "this is no name of a prepared fragment, such as nginx-no-upload")
		}
		if !sha256Hex.MatchString(m.SHA256) {
			add("sha256", "es fehlt der Hash, den der Host meldet", "the hash that the host reports is missing")
		}
	default:
		add("verb", "möglich sind stop_unit, close_port und place_fragment", "possible are stop_unit, close_port and place_fragment")
		return places
	}
	if m.Verb != StopUnit && m.Unit != "" {
		add("unit", "eine Unit gehört nur zu stop_unit", "a unit belongs to stop_unit only")
	}
	if m.Verb != ClosePort && (m.Port != 0 || m.Proto != "") {
		add("port", "ein Port gehört nur zu close_port", "a port belongs to close_port only")
	}
	if m.Verb != PlaceFragment && (m.Fragment != "" || m.SHA256 != "") {
		add("fragment", "ein Stück Konfiguration gehört nur zu place_fragment", "a fragment belongs to place_fragment only")
	}
	return places
}

// Text is what is done, in words.
func (m *Measure) Text() lang.Text {
	switch m.Verb {
	case ClosePort:
		return lang.Textf("Port %[1]s schließen", "close port %[1]s", m.Proto+"/"+strconv.Itoa(m.Port))
	case PlaceFragment:
		return lang.Textf("Konfiguration %[1]s einsetzen", "put configuration %[1]s in place", m.Fragment)
	case StopUnit:
	}
	return lang.Textf("%[1]s anhalten", "stop %[1]s", m.Unit)
}
