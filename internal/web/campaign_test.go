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
	for _, path := range []string{"/", "/systeme", "/laeufe/R-0811"} {
		want(t, d.page(path), "Alles ist angehalten", "von ida: Rauch", `action="/kampagnen/weiter"`)
	}
	want(t, d.page("/"), `id="stillstand" open`)
	if status, _, _ = d.post("/kampagnen/weiter", url.Values{"wer": {"ida"}, "grund": {"Toaster"}}); status != http.StatusSeeOther {
		t.Errorf("resuming answered %d", status)
	}
	if _, body, _ := d.get("/kampagnen"); strings.Contains(body, "Alles ist angehalten") {
		t.Error("still stopped")
	}
	if body := d.page("/"); strings.Contains(body, "stillstand") {
		t.Error("the start page still shows the stop")
	}
	if status, body, _ := d.get("/kampagnen/K-11/systeme.csv"); status != http.StatusOK || !strings.Contains(body, "web2") {
		t.Errorf("CSV: %d", status)
	}
	if status, _, _ := d.post("/kampagnen", url.Values{"art": {"monthly"}, "wer": {"ida"}}); status != http.StatusConflict {
		t.Errorf("a second round of the month: %d", status)
	}
}

// TestEndingARoundByHand: it takes who and why, says what would be missing, and is not offered for an emergency.
func TestEndingARoundByHand(t *testing.T) {
	d := openSignedIn(t, webtest.Demo())
	want(t, d.page("/kampagnen/K-11"), "Systeme würden fehlen", "Braucht jemanden", "Alle anderen Systeme")
	if strings.Contains(d.page("/kampagnen/K-12"), "/beenden") {
		t.Error("an emergency can be ended by hand")
	}
	if status, body, _ := d.post("/kampagnen/K-11/beenden", url.Values{"wer": {"ida"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "wer es tut und warum") {
		t.Errorf("ended without a reason: %d", status)
	}
	if status, _, h := d.post("/kampagnen/K-11/beenden", url.Values{"wer": {"ida"}, "grund": {"Umzug"}}); status != http.StatusSeeOther || h.Get("Location") != "/kampagnen/K-11" {
		t.Errorf("ending answered %d", status)
	}
	body := d.page("/kampagnen/K-11")
	want(t, body, "Beendet", ", ida.", "Umzug")
	for _, gone := range []string{"/beenden", "/stopp", "web2 abzeichnen", "Braucht jemanden"} {
		if strings.Contains(body, gone) {
			t.Errorf("a round that ended still offers %s", gone)
		}
	}
}
