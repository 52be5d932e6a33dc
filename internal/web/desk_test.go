package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/web/webtest"
)

// TestAnAppointmentIsAgreed (MH1-06): the desk sees that it is its turn, names another time, the customer agrees; and
// what is missing is said beside its field.
func TestAnAppointmentIsAgreed(t *testing.T) {
	d := openSignedIn(t, webtest.Demo())
	list := d.page("/termine")
	if first := strings.Index(list, "/termine/t-92"); first < 0 || first > strings.Index(list, "/termine/t-91") {
		t.Error("what is our turn does not come first")
	}
	if got := d.page("/termine?zustand=vereinbart"); strings.Contains(got, "/termine/t-92") || !strings.Contains(got, "/termine/t-90") {
		t.Error("the filter does not hold")
	}
	status, body, _ := d.post("/termine/t-92", url.Values{"antwort": {"propose"}, "wer": {"wir"}, "wortlaut": {"Donnerstag?"}, "von": {"2026-12-03T20:00"}, "bis": {"nie"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="termin-t-92-wo-fehler"`) || !strings.Contains(body, `id="termin-t-92-bis-fehler"`) ||
		!strings.Contains(body, `id="termin-t-92-name-fehler"`) || !strings.Contains(body, "Donnerstag?") || strings.Contains(body, `id="termin-t-92-von-fehler"`) {
		t.Fatalf("%d: %s", status, body)
	}
	counter := url.Values{"antwort": {"propose"}, "wer": {"wir"}, "name": {"Jana Voss"}, "wo": {"Ticket 20261126-08"}, "wortlaut": {"Donnerstag?"}, "von": {"2026-11-27T20:00"}, "bis": {"2026-11-27T22:00"}}
	if status, body, _ = d.post("/termine/t-92", counter); status != http.StatusConflict || !strings.Contains(body, `id="termin-t-92-von-fehler"`) || !strings.Contains(body, "MH1-06") {
		t.Fatalf("a time in the past: %d", status)
	}
	counter.Set("von", "2026-12-03T20:00")
	counter.Set("bis", "2026-12-03T22:00")
	status, _, head := d.post("/termine/t-92", counter)
	if status != http.StatusSeeOther || head.Get("Location") != "/termine/t-92" {
		t.Fatalf("%d to %s", status, head.Get("Location"))
	}
	if got := d.page("/termine/t-92"); !strings.Contains(got, "Do 03.12., 20:00–22:00 Uhr") || !strings.Contains(got, "Nordlicht Verlag GmbH") {
		t.Errorf("the time is not the zone's: %s", got)
	}
	own := url.Values{"antwort": {"accept"}, "wer": {"wir"}, "name": {"Jana Voss"}, "wo": {"Ticket 1"}, "wortlaut": {"ja"}}
	if status, _, _ = d.post("/termine/t-92", own); status != http.StatusConflict {
		t.Errorf("we agreed to our own proposal: %d", status)
	}
	own.Set("wer", "petersen")
	if status, _, _ = d.post("/termine/t-92", own); status != http.StatusSeeOther {
		t.Errorf("the customer's yes: %d", status)
	}
	if got := d.page("/termine?zustand=vereinbart"); !strings.Contains(got, "/termine/t-92") {
		t.Error("it is not listed as agreed")
	}
	if got := d.page("/termine.csv"); !strings.Contains(got, "t-92;db1;Nordlicht Verlag GmbH;;vereinbart;;2026-12-03T19:00:00Z") {
		t.Errorf("CSV: %s", got)
	}
}

// TestAnAppointmentIsProposed: from the system's page, with the rule one fold away.
func TestAnAppointmentIsProposed(t *testing.T) {
	d := openSignedIn(t, webtest.Demo())
	page := d.page("/systeme/db1")
	if !strings.Contains(page, `id="termin-vorschlagen"`) || !strings.Contains(page, "wird dafür ein Termin mit dem Kunden abgestimmt") {
		t.Fatal("the system's page has no form, or not the rule's text")
	}
	if !strings.Contains(page, "Der Vertrag steht unter Fassung managedhosting-2, die diese Regel nicht hat.") {
		t.Error("a rule of another version than the contract's passes for its own")
	}
	if strings.Contains(d.page("/systeme/iaas1"), `id="termin-vorschlagen"`) {
		t.Error("an appointment is offered where the customer looks after it himself")
	}
	status, _, head := d.post("/termine", url.Values{"system": {"db1"}, "wer": {"olsen"}, "wo": {"Telefon"}, "wortlaut": {"Montag?"}, "von": {"2026-11-30T21:00"}, "bis": {"2026-11-30T23:00"}})
	if status != http.StatusSeeOther || !strings.HasPrefix(head.Get("Location"), "/termine/t-") {
		t.Fatalf("%d to %s", status, head.Get("Location"))
	}
	if got := d.page(head.Get("Location")); !strings.Contains(got, "Montag?") {
		t.Error("the wording is not shown")
	}
	if status, _, _ = d.post("/termine/t-none", url.Values{"antwort": {"accept"}}); status != http.StatusNotFound {
		t.Errorf("an appointment that is none: %d", status)
	}
}

// TestTheQueueSaysWhoWasAsked: age, channel and next step of what waits; filtered; as CSV; and linked from Today.
func TestTheQueueSaysWhoWasAsked(t *testing.T) {
	d := openSignedIn(t, webtest.Demo())
	if !strings.Contains(d.page("/"), `href="/wartet"`) {
		t.Error("Today does not lead to it")
	}
	page := d.page("/wartet")
	for _, want := range []string{"Inga Petersen, per Mail, unzustellbar", "3 Mal gefragt", "Bitte den Preis nennen", "/termine/t-92", "mindestens seit", "MH2-20"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if got := d.page("/wartet?zustand=consent"); strings.Contains(got, "/termine/t-92") || !strings.Contains(got, "unzustellbar") {
		t.Error("the filter does not hold")
	}
	if got := d.page("/wartet.csv?zustand=wir"); !strings.Contains(got, "Preis von uns;wir;shop2") || strings.Contains(got, "unzustellbar") {
		t.Errorf("CSV: %s", got)
	}
}

// TestDatesOfAStandingOrderAreChanged (K2): moved, left out, paused and resumed, each with who and why.
func TestDatesOfAStandingOrderAreChanged(t *testing.T) {
	d := openSignedIn(t, webtest.Demo())
	if page := d.page("/dauerauftraege"); strings.Index(page, "V-alpenrad") > strings.Index(page, "V-nordlicht") || !strings.Contains(page, "überfällig") {
		t.Error("what is overdue does not come first")
	}
	const at = "/dauerauftraege/V-nordlicht"
	page := d.page(at)
	if !strings.Contains(page, "Inventur") || !strings.Contains(page, "Umzug des Rechenzentrums") {
		t.Error("it is not said who moved what, and why")
	}
	day := strings.SplitN(strings.SplitN(page, `name="tag" required><option value="`, 2)[1], `"`, 2)[0]
	status, body, _ := d.post(at, url.Values{"was": {"leave_out"}, "tag": {day}, "wer": {"wir"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, `id="leave_out-grund-fehler"`) || !strings.Contains(body, `id="leave_out-name-fehler"`) {
		t.Fatalf("%d: %s", status, body)
	}
	for _, form := range []url.Values{
		{"was": {"leave_out"}, "tag": {day}, "wer": {"olsen"}, "grund": {"Messe in Leipzig"}},
		{"was": {"pause"}, "wer": {"petersen"}, "grund": {"Betriebsferien"}, "bis": {"2027-01-06"}},
	} {
		if status, body, _ = d.post(at, form); status != http.StatusSeeOther {
			t.Fatalf("%v: %d\n%s", form, status, body)
		}
	}
	page = d.page(at)
	if !strings.Contains(page, "Messe in Leipzig") || !strings.Contains(page, " bis zum Mi 06.01.2027.") {
		t.Error("what was said is not shown")
	}
	if status, _, _ = d.post(at, url.Values{"was": {"resume"}, "wer": {"petersen"}, "grund": {"Ferien sind um"}}); status != http.StatusSeeOther {
		t.Errorf("resumed: %d", status)
	}
	if got := d.page("/dauerauftraege.csv"); !strings.Contains(got, "Messe in Leipzig") {
		t.Errorf("CSV: %s", got)
	}
}

// TestAVersionUpgradeIsOrdered: from version to version, previewed, recorded with it.
func TestAVersionUpgradeIsOrdered(t *testing.T) {
	d := openSignedIn(t, webtest.Demo())
	form := orderOf(number(t, d.page("/systeme/db1")))
	form.Set("wechsel", "version_upgrade")
	form.Set("software", "php")
	form.Set("fassung-auf", "8.4")
	if status, body, _ := d.post("/systeme/db1/auftrag", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "die Version davor") {
		t.Fatalf("without the version before: %d", status)
	}
	form.Set("fassung-von", "8.2")
	form.Set("schritt", "vorschau")
	status, body, _ := d.post("/systeme/db1/auftrag", form)
	if status != http.StatusOK || !strings.Contains(body, "Versionswechsel: php von 8.2 auf 8.4") || !strings.Contains(body, `name="fassung-von" value="8.2"`) {
		t.Fatalf("preview: %d\n%s", status, body)
	}
	form.Del("schritt")
	status, _, head := d.post("/systeme/db1/auftrag", form)
	if status != http.StatusSeeOther || !strings.Contains(d.page(head.Get("Location")), "Versionswechsel: php von 8.2 auf 8.4") {
		t.Fatalf("recorded: %d", status)
	}
}
