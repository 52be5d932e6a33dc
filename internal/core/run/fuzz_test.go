package run_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// FuzzEvents reads events as a host sends them, one a line, and folds them as the server does: nothing
// panics, no outcome is good without a good verification, nothing is written without a restore point, and the
// host is rebooted once at most.
func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"order":"r","seq":1,"kind":"begun","step":"prechecking"}` + "\n" + `{"order":"r","seq":2,"kind":"finished","step":"prechecking"}`))
	f.Add([]byte(`{"order":"r","seq":1,"kind":"refused","verdict":{"outcome":"succeeded"}}`))
	f.Add([]byte(`{"order":"r","seq":1,"kind":"ended","verdict":{"outcome":"succeeded"}}`))
	f.Add([]byte(`{"order":"r","seq":1,"kind":"resumed","booted":true}` + "\n" + `{"order":"r","seq":2,"kind":"begun","step":"rebooting"}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		var s run.State
		for i, line := range bytes.Split(doc, []byte("\n")) {
			if i == 500 {
				return
			}
			var e run.Event
			if json.Unmarshal(line, &e) != nil {
				continue
			}
			next, _, err := run.Apply(s, e)
			if err != nil {
				continue
			}
			if next.Seq != s.Seq+1 || s.Ended {
				t.Fatalf("%+v after %+v", next, s)
			}
			s = next
		}
		last := len(s.Spans) - 1
		if s.Outcome == verdict.Succeeded && (last < 0 || s.Spans[last].Step != run.Verifying || !s.Spans[last].Good) {
			t.Fatalf("talked into a success: %+v", s)
		}
		if s.Written && !s.Saved || s.Reboots > run.MaxReboots {
			t.Fatalf("state %+v", s)
		}
	})
}
