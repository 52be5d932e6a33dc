package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/web/webtest"
)

// TestSigningOffAndStopping: a system is signed off by name; everything is stopped and resumed with a reason, and
// without one nothing happens.
func TestSigningOffAndStopping(t *testing.T) {
	d := openSignedIn(t, webtest.Demo())
	if _, body, _ := d.get("/kampagnen/K-11"); !strings.Contains(body, "web2 abzeichnen") || strings.Contains(body, "shop2 abzeichnen") {
		t.Error("what can be signed off is not offered, or what is not ours is")
	}
	status, _, _ := d.post("/kampagnen/K-11/abzeichnen", url.Values{"system": {"mail2"}, "wer": {"ida"}, "wortlaut": {""}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("signed off without a word: %d", status)
	}
	if status, _, _ = d.post("/kampagnen/K-11/abzeichnen", url.Values{"system": {"mail2"}, "wer": {"ida"}, "wortlaut": {"Alles geprüft"}}); status != http.StatusSeeOther {
		t.Errorf("signing off answered %d", status)
	}
	if _, body, _ := d.get("/kampagnen/K-11"); !strings.Contains(body, "ida: Alles geprüft") || strings.Contains(body, "mail2 abzeichnen") {
		t.Error("the sign-off is not shown")
	}
	if status, _, _ = d.post("/kampagnen/stopp", url.Values{"wer": {"ida"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("stopped without a reason: %d", status)
	}
	if status, _, _ = d.post("/kampagnen/stopp", url.Values{"wer": {"ida"}, "grund": {"Rauch"}}); status != http.StatusSeeOther {
		t.Errorf("stopping answered %d", status)
	}
	if _, body, _ := d.get("/kampagnen"); !strings.Contains(body, "Alles ist angehalten") || !strings.Contains(body, "Rauch") || !strings.Contains(body, "/kampagnen/weiter") {
		t.Error("the stop is not shown")
	}
	if status, _, _ = d.post("/kampagnen/weiter", url.Values{"wer": {"ida"}, "grund": {"Toaster"}}); status != http.StatusSeeOther {
		t.Errorf("resuming answered %d", status)
	}
	if _, body, _ := d.get("/kampagnen"); strings.Contains(body, "Alles ist angehalten") {
		t.Error("still stopped")
	}
	if status, body, _ := d.get("/kampagnen/K-11/systeme.csv"); status != http.StatusOK || !strings.Contains(body, "web2") {
		t.Errorf("CSV: %d", status)
	}
	if status, _, _ := d.post("/kampagnen", url.Values{"art": {"monthly"}, "wer": {"ida"}}); status != http.StatusConflict {
		t.Errorf("a second round of the month: %d", status)
	}
}
