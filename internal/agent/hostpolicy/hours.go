package hostpolicy

import (
	"crypto/ed25519"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a host without zone data must not take its hours for none

	"github.com/goccy/go-yaml/ast"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/window"
)

// maxHours bounds the windows of a host.
const maxHours = 50

// hours reads the windows in which writing may begin. An empty list is a policy, too: never.
func (r *reading) hours(key string, n ast.Node) {
	r.policy.Hours = []window.Recurring{}
	seq, ok := n.(*ast.SequenceNode)
	if !ok || len(seq.Values) > maxHours {
		r.wrong(n.GetToken(), key, "erwartet wird eine Liste von Zeitfenstern (höchstens %[1]d)", "a list of windows is expected (at most %[1]d)", maxHours)
		return
	}
	for _, entry := range seq.Values {
		m, ok := entry.(*ast.MappingNode)
		if !ok {
			r.wrong(entry.GetToken(), key, "erwartet wird {days: [sat], start: \"05:00\", hours: 2, zone: Europe/Berlin}", "{days: [sat], start: \"05:00\", hours: 2, zone: Europe/Berlin} is expected")
			continue
		}
		before := len(r.places)
		w := r.window(key, m)
		if len(r.places) > before {
			continue
		}
		compiled, err := window.Compile(w, time.LoadLocation)
		if err != nil {
			r.wrong(entry.GetToken(), key, "das ist kein Zeitfenster: %[1]s", "this is no window: %[1]s", err.Error())
			continue
		}
		r.policy.Hours = append(r.policy.Hours, compiled)
	}
}

func (r *reading) window(key string, m *ast.MappingNode) estate.Window {
	w := estate.Window{Name: key}
	for _, pair := range m.Values {
		name := pair.Key.GetToken().Value
		field := key + "." + name
		switch name {
		case "days":
			r.list(field, pair.Value, func(_ ast.Node, value string) { w.Days = append(w.Days, value) })
		case "start":
			w.Start, _ = r.text(field, pair.Value)
		case "zone":
			w.Zone, _ = r.text(field, pair.Value)
		case "hours":
			value := pair.Value.GetToken().Value
			hours, err := strconv.ParseFloat(value, 64)
			if err != nil {
				r.wrong(pair.Value.GetToken(), field, "erwartet wird eine Zahl von Stunden", "a number of hours is expected")
			}
			w.Hours = hours
		default:
			r.wrong(pair.Key.GetToken(), field, "diesen Schlüssel gibt es nicht", "there is no such key")
		}
	}
	if w.Zone == "" || w.Zone == "Local" { // "" would be UTC, and nobody had said so
		r.wrong(m.GetToken(), key+".zone", "die Zeitzone fehlt; etwa Europe/Berlin", "the time zone is missing; Europe/Berlin, for one")
	}
	return w
}

// KeyPrefix begins a key as it is written in the policy.
const KeyPrefix = "ed25519:"

func (r *reading) keys(key string, n ast.Node) {
	r.list(key, n, func(entry ast.Node, value string) {
		raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(value, KeyPrefix))
		if err != nil || !strings.HasPrefix(value, KeyPrefix) || len(raw) != ed25519.PublicKeySize {
			r.wrong(entry.GetToken(), key, "erwartet wird ein öffentlicher Schlüssel, wie ihn patchwart countersign-key ausgibt", "a public key is expected, as patchwart countersign-key prints it")
			return
		}
		r.policy.SecondKeys = append(r.policy.SecondKeys, ed25519.PublicKey(raw))
	})
}
