package stagetest_test

import (
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/stage/stagetest"
)

// TestEstate: with a system appended, the document can be read, also in the hour after midnight.
func TestEstate(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{time.Date(2026, 11, 28, 0, 30, 0, 0, time.UTC), time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)} {
		doc := append(stagetest.Estate(now), "\n  - {name: web1, contract: c, admin_access: provider}\n"...)
		known := estate.Known{Policy: func(ref string) bool { return ref == "managedhosting-2" }}
		e, wrong := estate.Parse("estate.yaml", doc, time.LoadLocation, known)
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		if held, ok := e.Held("web1"); !ok || held.Customer.ID != "kuhn" || held.Window.Hours != 24 {
			t.Errorf("%+v", held)
		}
	}
}
