package hostpolicy

import (
	"errors"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/wire"
)

// FuzzParse holds that any text is a policy within its bounds or a fault that names its places, and that a
// policy that came out of it can be asked.
func FuzzParse(f *testing.F) {
	for _, doc := range []string{"", whole, "hours: []\n", "hours:\n  - {days: [sat], start: \"05:00\", hours: 2, zone: Europe/Berlin}\n",
		"second_keys: [\"ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"]\n", "a: &a [*a]\n", "? {x: y}\n: z\n", "hours: [[[[\n", "%YAML 9\n--- !!binary x\n"} {
		f.Add([]byte(doc))
	}
	at := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, doc []byte) {
		p, err := Parse("host.yaml", doc)
		if err != nil {
			var f *fault.Error
			if errors.As(err, &f) && len(f.Places) == 0 {
				t.Fatal("a fault without a place")
			}
			return
		}
		if p.MaxRun < time.Minute || p.MaxRun > wire.MaxRunTime || p.ClockSkew < time.Minute || p.ClockSkew > time.Hour {
			t.Fatalf("out of bounds: %+v", p)
		}
		if p.Reboot != RebootNever && p.Reboot != RebootOrdered {
			t.Fatalf("reboot %q", p.Reboot)
		}
		for _, k := range p.SecondKeys {
			if len(k) != 32 {
				t.Fatalf("a key of %d bytes", len(k))
			}
		}
		if p.Hours != nil && len(p.Hours) == 0 && p.Open(at) {
			t.Fatal("no hours, and open")
		}
		p.Open(at)
	})
}
