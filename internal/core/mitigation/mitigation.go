// Package mitigation is what is done about a hole besides the update: a service is stopped, a port is closed
// (IT-34). The set of verbs is closed, and none of them is a command. A mitigation counts once the host itself
// reports that it holds, as long as it holds, and until its expiry; and it has a day on which somebody has to
// look whether it still fits.
package mitigation

import (
	"net/netip"
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
	StopUnit      Verb = "stop_unit"      // the service does not run, and nothing starts it
	ClosePort     Verb = "close_port"     // nobody reaches the port but the host itself
	PlaceFragment Verb = "place_fragment" // a prepared piece of configuration is in place and in use
)

// Verbs lists the verbs.
func Verbs() []Verb { return []Verb{StopUnit, ClosePort, PlaceFragment} }

// Hands is who carries a mitigation out.
type Hands string

// The hands.
const (
	ByAgent  Hands = "agent"  // the host's agent, by a signed work order, with a way back
	ByPeople Hands = "people" // somebody on the host; the host's report only shows whether it holds
)

// Mitigation is one measure about one hole on one system.
type Mitigation struct {
	Measure
	System  string    `json:"system"`
	Hole    string    `json:"hole"` // CVE
	Hands   Hands     `json:"hands"`
	Reason  string    `json:"reason"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Review  time.Time `json:"review"`  // somebody has to look whether it still fits
	Expires time.Time `json:"expires"` // the first moment at which it does not count any more
	EndedBy string    `json:"ended_by,omitempty"`
	EndedAt time.Time `json:"ended_at,omitzero"`
	// Runs are the runs by which the agent put it in place and took it back, in their order.
	Runs []string `json:"runs,omitempty"`
}

// maxDays is how long a mitigation may last: after a month the hole is to be closed, or accepted by somebody
// who carries the risk.
const maxDays = 31

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
	places = append(places, m.places()...)
	if m.Hands != ByAgent && m.Hands != ByPeople {
		add("hands", "ausgeführt wird sie von agent oder people", "it is carried out by agent or people")
	}
	if m.Verb == PlaceFragment && m.Hands == ByPeople {
		add("hands", "ein vorbereitetes Stück Konfiguration setzt nur der Agent ein", "only the agent puts a prepared piece of configuration in place")
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

// Holds reports whether the host, as it reports itself, shows the mitigation, and why or why not. What the
// agent keeps in force it reports itself, by the mitigation's ID; what people did shows in the host's state.
func (m *Mitigation) Holds(f fact.Facts) (bool, lang.Text) {
	for _, kept := range f.Measures {
		if kept.ID == m.ID && !kept.Holds {
			return false, lang.Textf("Der Agent meldet, dass sie nicht mehr hält: %[1]s", "The agent reports that it does not hold any more: %[1]s", kept.Saw)
		}
		if kept.ID == m.ID {
			return true, m.inForce()
		}
	}
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
	case PlaceFragment:
		return false, lang.Textf("Der Agent meldet %[1]s nicht als eingesetzt.", "The agent does not report %[1]s as in place.", m.Fragment)
	}
	return false, lang.T("Die Maßnahme ist nicht bekannt.", "The mitigation is not known.")
}

// inForce says what the agent keeps in force.
func (m *Measure) inForce() lang.Text {
	switch m.Verb {
	case StopUnit:
		return lang.Textf("%[1]s ist angehalten und startet nicht.", "%[1]s is stopped and does not start.", m.Unit)
	case ClosePort:
		return lang.Textf("Der Paketfilter verwirft, was von außen an %[1]s kommt.", "The packet filter drops what comes to %[1]s from outside.", m.Proto+"/"+strconv.Itoa(m.Port))
	case PlaceFragment:
	}
	return lang.Textf("%[1]s ist eingesetzt, geprüft und geladen.", "%[1]s is in place, checked and loaded.", m.Fragment)
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
