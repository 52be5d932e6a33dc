package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/web"
	"github.com/patchwart/patchwart/internal/web/webtest"
)

// desk is a console with a server behind it and a browser-like client in front.
type desk struct {
	t        *testing.T
	URL      string
	Backend  *webtest.Backend
	Sessions *webtest.Sessions
	Client   *http.Client
	Handler  http.Handler
}

// open starts a console over a server. Its client keeps cookies and follows no redirect.
func open(t *testing.T, b *webtest.Backend) *desk {
	t.Helper()
	s := webtest.NewSessions("link-1", "link-2", "link-3")
	h := web.New(b, s, web.Options{
		Clock: func() time.Time { return b.Now }, Version: "0.1.0-test", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{
		t: t, URL: server.URL, Backend: b, Sessions: s, Handler: h,
		Client: &http.Client{
			Jar: jar, Timeout: 20 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// openSignedIn is open with a session.
func openSignedIn(t *testing.T, b *webtest.Backend) *desk {
	t.Helper()
	d := open(t, b)
	if status, _, _ := d.post("/anmelden", url.Values{"token": {"link-1"}}); status != http.StatusSeeOther {
		t.Fatalf("signing in answered %d", status)
	}
	return d
}

// get fetches an address: status, body and headers.
func (d *desk) get(path string) (int, string, http.Header) {
	d.t.Helper()
	r, err := d.Client.Get(d.URL + path) //nolint:bodyclose // read closes it
	if err != nil {
		d.t.Fatal(err)
	}
	return read(d.t, r)
}

// post sends a form as the console's own pages do.
func (d *desk) post(path string, form url.Values) (int, string, http.Header) {
	d.t.Helper()
	q, err := http.NewRequest(http.MethodPost, d.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		d.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	r, err := d.Client.Do(q) //nolint:bodyclose // read closes it
	if err != nil {
		d.t.Fatal(err)
	}
	return read(d.t, r)
}

// page fetches an address that must answer 200.
func (d *desk) page(path string) string {
	d.t.Helper()
	status, body, _ := d.get(path)
	if status != http.StatusOK {
		d.t.Fatalf("GET %s answered %d:\n%s", path, status, body)
	}
	return body
}

func read(t *testing.T, r *http.Response) (int, string, http.Header) {
	t.Helper()
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body), r.Header
}

// screen is a page of the console in one state.
type screen struct {
	name string
	path string
}

// screens are all pages of the demo, in all states that look different.
var screens = []screen{
	{"heute", "/"},
	{"systeme", "/systeme"},
	{"systeme-ohne-treffer", "/systeme?q=gibtesnicht"},
	{"system-erledigt", "/systeme/web1"},
	{"system-wartet", "/systeme/db1"},
	{"system-geplant", "/systeme/shop2"},
	{"system-kunde", "/systeme/iaas1"},
	{"system-offen", "/systeme/alt1"},
	{"system-neu", "/systeme/neu1"},
	{"system-root", "/systeme/app3"},
	{"luecken", "/luecken"},
	{"luecke", "/luecken/CVE-2026-41288"},
	{"luecke-unbekannt", "/luecken/CVE-2020-1"},
	{"system-luecken", "/systeme/mail2/luecken"},
	{"system-luecken-ohne", "/systeme/mail1/luecken?q=gibtesnicht"},
	{"system-luecken-offen", "/systeme/neu1/luecken"},
	{"system-luecke", "/systeme/mail2"},
	{"lebenszyklus", "/lebenszyklus"},
	{"lebenszyklus-jahr", "/lebenszyklus?zustand=jahr"},
	{"system-ende", "/systeme/mail1/lebenszyklus"},
	{"system-leben", "/systeme/web1/lebenszyklus"},
	{"kalender", "/kalender"},
	{"kampagnen", "/kampagnen"},
	{"kampagne", "/kampagnen/K-11"},
	{"kampagne-notfall", "/kampagnen/K-12"},
	{"post", "/post"},
	{"auftraege", "/auftraege"},
	{"auftrag", "/auftraege/A-2026-0117"},
	{"wartet", "/wartet"},
	{"termine", "/termine"},
	{"termin", "/termine/t-92"},
	{"termin-neu", "/termine/neu?system=db1"},
	{"dauerauftraege", "/dauerauftraege"},
	{"dauerauftrag", "/dauerauftraege/V-nordlicht"},
	{"laeufe", "/laeufe"},
	{"lauf-erledigt", "/laeufe/R-0811"},
	{"lauf-zurueckgesetzt", "/laeufe/R-0812"},
	{"lauf-gescheitert", "/laeufe/R-0809"},
	{"lauf-blockiert", "/laeufe/R-0813"},
	{"lauf-nicht-wirksam", "/laeufe/R-0810"},
	{"lauf-ungeklaert", "/laeufe/R-0808"},
	{"lauf-laeuft", "/laeufe/R-0817"},
	{"lauf-geplant", "/laeufe/R-0820"},
	{"lauf-zweite", "/laeufe/R-0830"},
	{"lauf-neustart", "/laeufe/R-0831"},
	{"planen", "/planen"},
	{"planen-eines", "/planen?system=web2"},
	{"zustaendigkeit", "/zustaendigkeit"},
	{"zustaendigkeit-antwort", "/zustaendigkeit?system=db1&package=openssl"},
	{"zustaendigkeit-schicht", "/zustaendigkeit?system=web1&schicht=middleware&art=version_upgrade&tag=2026-01-31"},
	{"regelwerke", "/regelwerke"},
	{"regelwerk", "/regelwerke/managedhosting-2"},
	{"regelwerk-toms", "/regelwerke/iteg-toms-1.1"},
	{"zusagen", "/regelwerke/iteg-toms-1.1/zusagen"},
	{"zusagen-regeln", "/regelwerke/managedhosting-1/zusagen?art=hinweis"},
	{"zustaendigkeit-offen", "/zustaendigkeit?system=alt1"},
	{"protokoll", "/protokoll"},
	{"fehlt", "/gibt-es-nicht"},
	{"anbindungen", "/anbindungen"},
	{"anmelden", "/anmelden?token=link-2"},
	{"anmelden-ohne", "/anmelden"},
}
