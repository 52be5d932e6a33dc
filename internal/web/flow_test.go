package web_test

import (
	"encoding/csv"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/web/webtest"
)

var formNumber = regexp.MustCompile(`name="vorgang" value="([^"]+)"`)

// number is the number of the form on a page.
func number(t *testing.T, body string) string {
	t.Helper()
	hit := formNumber.FindStringSubmatch(body)
	if hit == nil {
		t.Fatal("the page has no form with a number")
	}
	return hit[1]
}

func orderOf(n string) url.Values {
	return url.Values{
		"vorgang": {n}, "person": {"petersen"}, "wo": {"Ticket 20261128-3"}, "umfang": {"security_updates"}, "ausdruecklich": {"ja"},
		"wortlaut": {"Bitte installieren Sie auf db1 die Sicherheitsupdates.\r\nI. Petersen"},
	}
}

// TestServiceDeskTakesAnOrder is the story of db1: the page says that an order is missing, the desk
// records it, the customer's confirmation is shown, the plan is looked at, then made.
func TestServiceDeskTakesAnOrder(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	want(t, d.page("/"), "db1", "davon 7 Sicherheitsupdates", "MH2-20", `href="/systeme/db1#auftrag"`)
	body := d.page("/systeme/db1")
	want(t, body, "nur auf ausdrücklichen Auftrag", "MH2-20", "Inga Petersen", "Tom Olsen", "1 weitere Person ist nicht weisungsberechtigt")
	if strings.Contains(body, `value="redaktion"`) {
		t.Error("somebody who may only read is offered as giving orders")
	}
	n := number(t, body)
	status, _, h := d.post("/systeme/db1/auftrag", orderOf(n))
	if status != http.StatusSeeOther {
		t.Fatalf("the order answered %d", status)
	}
	receipt := d.page(h.Get("Location"))
	want(t, receipt, "Auftrag festgehalten", "MH2-15", "MH2-16", "A-2026-0118", "Ticket 20261128-3", "Inga Petersen", "Bitte installieren Sie auf db1",
		"7 fällige Änderungen sind damit erlaubt", "2 bleiben außen vor", `href="/planen?system=db1"`)
	want(t, d.page("/systeme/db1"), "erlaubt", "A-2026-0118")

	preview := d.page("/planen?system=db1")
	want(t, preview, "Vorschau", "1 Lauf würde eingeplant", "So 29.11., 05:00–07:00 Uhr")
	if d.Backend.Plans != 0 {
		t.Fatal("the preview has planned")
	}
	form := url.Values{"vorgang": {number(t, preview)}, "system": {"db1"}}
	status, _, h = d.post("/planen", form)
	if status != http.StatusSeeOther || d.Backend.Plans != 1 {
		t.Fatalf("planning answered %d and planned %d times", status, d.Backend.Plans)
	}
	want(t, d.page(h.Get("Location")), "Eingeplant", "1 Lauf ist eingeplant.", `href="/laeufe/R-`)
	d.post("/planen", form)
	if d.Backend.Plans != 1 {
		t.Error("the same form has planned twice")
	}
	want(t, d.page("/laeufe?zustand=geplant"), "db1")
}

func TestAnOrderSentTwiceIsOneOrder(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	n := number(t, d.page("/systeme/db1"))
	var all sync.WaitGroup
	places := make(chan string, 8)
	for range cap(places) {
		all.Go(func() {
			_, _, h := d.post("/systeme/db1/auftrag", orderOf(n))
			places <- h.Get("Location")
		})
	}
	all.Wait()
	close(places)
	for place := range places {
		if place != "/systeme/db1/auftrag?beleg="+n {
			t.Errorf("sent to %q", place)
		}
	}
	if len(d.Backend.Placed) != 1 {
		t.Errorf("%d orders were placed", len(d.Backend.Placed))
	}
	if status, _, h := d.get("/systeme/db1/auftrag?beleg=somebodyelsesnumber"); status != http.StatusSeeOther || h.Get("Location") != "/systeme/db1#auftraege" {
		t.Errorf("an unknown receipt answered %d to %q", status, h.Get("Location"))
	}
}

func TestAnOrderThatLacksSomethingIsNotPlaced(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		field, value, says string
		status             int
	}{
		"nobody":            {"person", "", "Bitte geben Sie an: Wer hat den Auftrag erteilt?", 422},
		"not authorised":    {"person", "redaktion", "nicht weisungsberechtigt", 422},
		"a stranger":        {"person", "huber", "nicht weisungsberechtigt", 422},
		"no place":          {"wo", "  ", "Bitte geben Sie an: Wo wurde er erteilt?", 422},
		"no words":          {"wortlaut", "", "Bitte geben Sie an: Wortlaut", 422},
		"too many words":    {"wortlaut", strings.Repeat("ä", 8001), "8.000 Zeichen", 422},
		"a scope of no use": {"umfang", "everything", "Diesen Umfang gibt es nicht", 422},
		"an old form":       {"vorgang", "7", "veraltet", 409},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openSignedIn(t, webtest.Demo())
			form := orderOf(number(t, d.page("/systeme/db1")))
			form.Set(change.field, change.value)
			status, body, _ := d.post("/systeme/db1/auftrag", form)
			if status != change.status {
				t.Errorf("answered %d", status)
			}
			want(t, body, change.says, "Ticket", "</form>")
			if change.field != "wortlaut" {
				want(t, body, "I. Petersen") // what was typed is not lost
			}
			if len(d.Backend.Placed) > 0 {
				t.Error("the order was placed")
			}
		})
	}
}

func TestAnOrderTheServerRefusesNamesTheRule(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	if body := d.page("/systeme/iaas1"); strings.Contains(body, `name="vorgang"`) {
		t.Error("an order is offered where the customer executes")
	}
	form := orderOf(strings.Repeat("n", 20))
	form.Set("person", "huber")
	status, body, _ := d.post("/systeme/iaas1/auftrag", form)
	if status != http.StatusConflict {
		t.Errorf("answered %d", status)
	}
	want(t, body, "Nicht erlaubt", "Maßgeblich: MH2-03")
}

func TestAHostIsEnrolled(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	want(t, d.page("/systeme/neu1"), "Noch nicht aufgenommen", "Aufnahmebefehl erzeugen")
	status, body, h := d.post("/systeme/neu1/aufnahme", nil)
	if status != http.StatusOK || h.Get("Cache-Control") != "no-store" {
		t.Errorf("answered %d, %s", status, h.Get("Cache-Control"))
	}
	want(t, body, "patchwart-agent enrol --server", "PW1-000001", "gilt einmal")
}

func TestTheRecordIsVerified(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	want(t, d.page("/protokoll"), "Protokoll jetzt prüfen")
	_, body, _ := d.post("/protokoll", nil)
	want(t, body, "unverändert", "4.711 Einträge", d.Backend.Check.Root)

	b := webtest.Demo()
	b.Check = webtest.BrokenRecord()
	b.Check.Good = true // whatever else it says: an entry is named
	d = openSignedIn(t, b)
	_, body, _ = d.post("/protokoll", nil)
	want(t, body, "verändert", "1312", "A-2026-0093", "Bewahren Sie die Datenbank unverändert auf")
	if strings.Contains(body, "is-done") {
		t.Error("an altered record is shown in green")
	}
}

func TestListsFilterSortAndExport(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	rows := func(path string) [][]string {
		t.Helper()
		_, body, h := d.get(path)
		if got := h.Get("Content-Type"); got != "text/csv; charset=utf-8" {
			t.Fatalf("%s is %s", path, got)
		}
		in := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\uFEFF")))
		if !strings.Contains(path, "lang=en") {
			in.Comma = ';'
		}
		table, err := in.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return table
	}
	first := func(table [][]string) string {
		var names []string
		for _, row := range table[1:] {
			names = append(names, row[0])
		}
		return strings.Join(names, " ")
	}
	for path, wantNames := range map[string]string{
		"/systeme.csv?q=web":                        "web1 web2 web4 web7",
		"/systeme.csv?q=web&sort=system&ab=1":       "web7 web4 web2 web1",
		"/systeme.csv?zustand=wartet":               "alt1 db1",
		"/systeme.csv?zustand=stumm":                "edge1 neu1",
		"/systeme.csv?zustand=kunde":                "iaas1",
		"/systeme.csv?zustand=ruhig":                "mail1",
		"/systeme.csv?zustand=luecke":               "db1 mail2 shop1 wiki1",
		"/systeme.csv?zustand=faellig&sort=faellig": "web1 web2 alt1 iaas1 web4 shop2 shop1 db1",
		"/systeme.csv?q=alpenrad&zustand=faellig":   "alt1 iaas1 shop1 shop2 web4",
		"/laeufe.csv?zustand=geplant":               "R-0820",
		"/laeufe.csv?zustand=laeuft":                "R-0817",
		"/laeufe.csv?zustand=braucht&sort=system":   "R-0810 R-0808 R-0812 R-0813 R-0809",
	} {
		if got := first(rows(path)); got != wantNames {
			t.Errorf("%s lists %s, want %s", path, got, wantNames)
		}
	}
	if head := rows("/systeme.csv?lang=en")[0]; head[0] != "System" || head[1] != "Customer" {
		t.Errorf("English head: %v", head)
	}
	due := rows("/systeme/db1/faellig.csv?lang=de")
	if len(due) != 10 || due[1][1] != "curl:amd64" || due[1][8] != "MH2-20" || due[1][7] != "nein" {
		t.Errorf("what is due on db1: %v", due)
	}
	want(t, d.page("/systeme?q=web"), `href="/systeme.csv?q=web"`, "4 von 18 Systemen")
	want(t, d.page("/systeme?q=nichts"), "Kein System passt", "Auswahl aufheben")

	d = openSignedIn(t, webtest.Hostile())
	evil := rows("/systeme/" + url.PathEscape(webtest.HostileSystem) + "/faellig.csv")
	if got := evil[2][1]; got != "'=cmd():amd64" {
		t.Errorf("a spreadsheet would run %q", got)
	}
}

func TestFaultsAreSaidCalmly(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]struct {
		err    error
		status int
		says   string
		not    string
	}{
		"unavailable": {fault.New(fault.Unavailable, lang.T("Die Datenbank antwortet nicht.", "The database does not answer."), lang.T("Bitte später.", "Later, please.")), 503, "Die Datenbank antwortet nicht.", "Fehler"},
		"internal":    {errors.New("pq: secret=hunter2 at 0xdeadbeef"), 500, "Das liegt an uns", "hunter2"},
		"wrapped":     {errors.Join(errors.New("private cause"), fault.Missing("Ein System", "system", "x")), 404, "gibt es nicht", "private cause"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := openSignedIn(t, webtest.Demo())
			d.Backend.Fail = f.err
			for _, path := range []string{"/", "/systeme", "/systeme/db1", "/systeme.csv", "/laeufe", "/laeufe/R-0811", "/laeufe/R-0811/strom", "/planen", "/zustaendigkeit?system=db1"} {
				status, body, _ := d.get(path)
				if status != f.status || !strings.Contains(body, f.says) || strings.Contains(body, f.not) {
					t.Errorf("GET %s answered %d:\n%s", path, status, body)
				}
			}
		})
	}
	d := openSignedIn(t, webtest.Demo())
	for path, says := range map[string]string{"/gibt-es-nicht": "keine Seite", "/systeme/xy": "„xy“ gibt es nicht", "/laeufe/R-1": "„R-1“ gibt es nicht"} {
		status, body, _ := d.get(path)
		if status != http.StatusNotFound {
			t.Errorf("GET %s answered %d", path, status)
		}
		want(t, body, says, "Zu „Heute“")
	}
}

func TestAHandlerThatPanicsAnswers(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	d.Backend.Fail = panicking{}
	status, body, _ := d.get("/")
	if status != http.StatusInternalServerError {
		t.Errorf("answered %d", status)
	}
	want(t, body, "Das liegt an uns")
}

// panicking is an error that panics when it is looked at.
type panicking struct{}

func (panicking) Error() string { panic("no words") }
func (panicking) As(any) bool   { panic("no fault") }

// want fails for every text that a page does not say.
func want(t *testing.T, body string, texts ...string) {
	t.Helper()
	plain := strings.Join(said(body), " ")
	for _, text := range texts {
		if !strings.Contains(body, text) && !strings.Contains(plain, text) {
			t.Errorf("the page does not say %q", text)
		}
	}
}

// TestAnOrderIsWithdrawn: the form asks for who, where and the words; what is missing is said and nothing lost.
func TestAnOrderIsWithdrawn(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	want(t, d.page("/auftraege"), "A-2026-0117", "Ticket 20261127-14", "Maria Huber")
	want(t, d.page("/auftraege?zustand=zurueckgezogen"), "Kein Auftrag passt")
	want(t, d.page("/auftraege/A-2026-0117"), "Auftrag zurückziehen", "SHA-256")
	status, body, _ := d.post("/auftraege/A-2026-0117/zurueckziehen", url.Values{"person": {"huber"}, "wo": {"Ticket 9"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "So lässt sich der Auftrag nicht zurückziehen") || !strings.Contains(body, "Ticket 9") {
		t.Errorf("%d: without words: %s", status, body)
	}
	status, _, h := d.post("/auftraege/A-2026-0117/zurueckziehen", url.Values{"person": {"huber"}, "wo": {"Ticket 9"}, "wortlaut": {"Bitte doch nicht."}})
	if status != http.StatusSeeOther {
		t.Fatalf("status %d", status)
	}
	page := d.page(h.Get("Location"))
	want(t, page, "zurückgezogen", "huber, Ticket 9")
	if strings.Contains(page, "/zurueckziehen") {
		t.Error("a withdrawn order can be withdrawn")
	}
	want(t, d.page("/auftraege?zustand=zurueckgezogen"), "A-2026-0117")
}

// TestTheDeskSettlesAMessage: what waits is first; who has dealt with it is asked for and shown.
func TestTheDeskSettlesAMessage(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	want(t, d.page("/post"), "wartet auf jemanden", "liegt es am Update?", "Zum Auftrag A-2026-0117")
	status, body, _ := d.post("/post/m-77/erledigt", url.Values{})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Es fehlt, wer sich darum gekümmert hat") {
		t.Errorf("%d: without a name", status)
	}
	if status, _, _ := d.post("/post/m-1/erledigt", url.Values{"wer": {"Ida"}}); status != http.StatusNotFound {
		t.Errorf("%d: no such message", status)
	}
	if status, _, h := d.post("/post/m-77/erledigt", url.Values{"wer": {"Ida"}}); status != http.StatusSeeOther || h.Get("Location") != "/post" {
		t.Errorf("%d to %s", status, h.Get("Location"))
	}
	page := d.page("/post")
	want(t, page, "Darum gekümmert hat sich Ida.")
	if strings.Contains(page, "/post/m-77/erledigt") {
		t.Error("what is settled can be settled")
	}
}

// TestWhoHasBecomeRootIsAccepted: the page shows who is new, wants a name and a reason, and is calm afterwards.
func TestWhoHasBecomeRootIsAccepted(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	if _, body, _ := d.get("/"); !strings.Contains(body, "Jemand ist root geworden") || !strings.Contains(body, "/systeme/app3#root") {
		t.Error("the start page says nothing of it")
	}
	if status, body, _ := d.post("/systeme/app3/root", url.Values{"wer": {"ida"}}); status != http.StatusUnprocessableEntity && status != http.StatusBadRequest || !strings.Contains(body, `value="ida"`) {
		t.Errorf("without a reason: %d", status)
	}
	if status, _, _ := d.post("/systeme/app3/root", url.Values{"wer": {"ida"}, "warum": {"Ticket 1"}}); status != http.StatusSeeOther {
		t.Errorf("accepted: %d", status)
	}
	if _, body, _ := d.get("/systeme/app3"); strings.Contains(body, `action="/systeme/app3/root"`) || !strings.Contains(body, "Bestätigt von ida: Ticket 1") {
		t.Error("the page still asks")
	}
}

// TestAnOrderIsPreviewedBeforeItIsRecorded: the first step keeps nothing and says what would be done and what not;
// the second records exactly what was previewed.
func TestAnOrderIsPreviewedBeforeItIsRecorded(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	form := orderOf(number(t, d.page("/systeme/db1")))
	form.Set("schritt", "vorschau")
	status, body, _ := d.post("/systeme/db1/auftrag", form)
	if status != http.StatusOK || len(d.Backend.Placed) != 0 {
		t.Fatalf("the preview answered %d and placed %v", status, d.Backend.Placed)
	}
	want(t, body, "Vorschau des Auftrags", "Noch ist nichts festgehalten.", "MH2-15", `name="wortlaut" value="Bitte installieren Sie auf db1`)
	form.Del("schritt")
	form.Set("vorgang", number(t, body))
	if status, _, _ = d.post("/systeme/db1/auftrag", form); status != http.StatusSeeOther || len(d.Backend.Placed) != 1 {
		t.Fatalf("recording answered %d and placed %v", status, d.Backend.Placed)
	}
	order := orderPath + d.Backend.Placed[0]
	if status, _, _ = d.post(order+"/preis", url.Values{"preis": {"45 €"}, "wer": {"Ida"}}); status != http.StatusSeeOther {
		t.Fatalf("naming a price answered %d", status)
	}
	want(t, d.page(order), "Antwort des Kunden eintragen", "45 €", "Rückfrage offen")
}

const orderPath = "/auftraege/"

// TestSubscribingToTheCalendar: the address is shown once, renewed, and revoked; without a name nothing is made.
func TestSubscribingToTheCalendar(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	body := d.page("/kalender")
	want(t, body, "Im eigenen Kalender", "Betrieb: alle Systeme", "k-1", "1 Adresse ist widerrufen.")
	form := url.Values{"vorgang": {number(t, body)}, "wessen": {"alpenrad"}, "sprache": {"en"}}
	if status, body, _ := d.post("/kalender/abos", form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "wer das Abonnement anlegt") {
		t.Errorf("made by nobody: %d", status)
	}
	form.Set("wer", "ida")
	status, body, h := d.post("/kalender/abos", form)
	if status != http.StatusOK || h.Get("Cache-Control") != "no-store" {
		t.Fatalf("making one answered %d, %v", status, h)
	}
	want(t, body, d.URL+"/abo/geheim-k-3.ics", "nur jetzt gezeigt", "Alpenrad")
	if status, _, h := d.post("/kalender/abos", form); status != http.StatusSeeOther || h.Get("Location") != "/kalender#abos" {
		t.Errorf("the same form again answered %d", status)
	}
	body = d.page("/kalender")
	want(t, body, "k-3", "English", "von ida")
	if strings.Contains(body, "geheim-k") || strings.Contains(body, "k-4") {
		t.Error("the list shows the secret, or the form has made two")
	}
	_, body, _ = d.post("/kalender/abos/k-3/erneuern", url.Values{"wer": {"otto"}})
	want(t, body, "/abo/neu-k-3.ics", "die bisherige führt nirgends mehr hin")
	if status, _, _ := d.post("/kalender/abos/k-3/widerrufen", url.Values{"wer": {"otto"}}); status != http.StatusSeeOther {
		t.Errorf("revoking answered %d", status)
	}
	if body = d.page("/kalender"); strings.Contains(body, "k-3") || !strings.Contains(body, "2 Adressen sind widerrufen.") {
		t.Error("a revoked address is listed as in force")
	}
	if status, _, _ := d.post("/kalender/abos/k-3/erneuern", url.Values{"wer": {"otto"}}); status != http.StatusNotFound {
		t.Errorf("renewing a revoked one answered %d", status)
	}
}

// TestWhatIsConnected: failures come first, and without a help desk the page says how to get one.
func TestWhatIsConnected(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	body := d.page("/anbindungen")
	want(t, body, "1 Zustellung ist aufgegeben.", "14 Versuche", "mx.nordlicht.example", "2 verknüpfte Konten", `href="/laeufe/R-0809"`)
	if first, last := strings.Index(body, "Nicht zugestellt"), strings.Index(body, "Letzte Zustellungen"); first < 0 || first > last {
		t.Error("failures do not come first")
	}
	want(t, openSignedIn(t, webtest.Empty()).page("/anbindungen"), "Es ist kein Help-Desk angebunden.", "Niemand abonniert Ereignisse.")
}

// TestWhatPlanningWouldMove: the preview says what moves from where to where and what falls out, and why.
func TestWhatPlanningWouldMove(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	body := d.page("/planen")
	want(t, body, "1 Lauf bekäme einen anderen Termin.", "1 Lauf fiele weg.", "3 Läufe bleiben, wo sie sind.", "sind eine Gruppe", "gilt eine Sperrzeit", `href="/laeufe/R-0820"`, "So planen")
	_, _, h := d.post("/planen", url.Values{"vorgang": {number(t, body)}})
	want(t, d.page(h.Get("Location")), "1 Lauf hat einen anderen Termin.", "1 Lauf ist weggefallen.")
}

// TestAnOrderThatWaitsForASecondSignature: the page shows the command with the digest of that very order.
func TestAnOrderThatWaitsForASecondSignature(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	order, err := d.Backend.WorkOrder(t.Context(), webtest.AwaitsSecond)
	if err != nil {
		t.Fatal(err)
	}
	want(t, d.page("/laeufe/"+webtest.AwaitsSecond), "Wartet auf eine zweite Unterschrift", "patchwart countersign R-0830 --key DATEI --digest "+order.Digest)
	want(t, d.page("/laeufe/"+webtest.Reboots), "Host neu starten")
}

// TestWaysBackOnAHost: restore points with driver, size and end; a dump that is too old does not count.
func TestWaysBackOnAHost(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	want(t, d.page("/systeme/web1"), "Wiederherstellungspunkte", "btrfs", "41", "der neueste bleibt", "unvollständig", "zählt nicht", "39 Stunden alt, erlaubt sind 24")
	want(t, d.page("/systeme/db1"), "Auf dem Host ist keiner.")
}
