package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/web/webtest"
)

func TestWithoutSessionThereIsNoPage(t *testing.T) {
	t.Parallel()
	d := open(t, webtest.Demo())
	for _, path := range []string{
		"/", "/systeme", "/systeme.csv", "/systeme/db1", "/systeme/db1/faellig.csv", "/systeme/db1/auftrag?beleg=x", "/planen",
		"/kalender", "/anbindungen", "/anbindungen.csv", "/kampagnen", "/kampagnen/K-11", "/kampagnen/K-11/systeme.csv", "/post", "/auftraege", "/auftraege.csv", "/auftraege/A-2026-0117", "/laeufe", "/laeufe.csv", "/laeufe/R-0811", "/laeufe/R-0811/strom", "/zustaendigkeit?system=db1", "/protokoll", "/luecken", "/luecken.csv", "/luecken/CVE-2026-41288", "/systeme/mail2/luecken", "/systeme/mail2/luecken.csv", "/systeme/mail2/export/vex", "/lebenszyklus", "/systeme/web1/lebenszyklus", "/gibt-es-nicht",
	} {
		status, body, _ := d.get(path)
		if status != http.StatusForbidden {
			t.Errorf("GET %s answered %d", path, status)
		}
		if !strings.Contains(body, "patchwart console") {
			t.Errorf("GET %s does not say how to get a link", path)
		}
		if strings.Contains(body, "Nordlicht") || strings.Contains(body, "nginx") {
			t.Errorf("GET %s shows something of the systems", path)
		}
	}
	for path, form := range map[string]url.Values{
		"/systeme/db1/auftrag": {}, "/systeme/neu1/aufnahme": {}, "/planen": {}, "/protokoll": {}, "/abmelden": {},
	} {
		if status, _, _ := d.post(path, form); status != http.StatusForbidden {
			t.Errorf("POST %s answered %d", path, status)
		}
	}
	if d.Backend.Enrols+d.Backend.Plans+len(d.Backend.Placed) > 0 {
		t.Error("something was done without a session")
	}
	q, err := http.NewRequest(http.MethodGet, d.URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	q.AddCookie(&http.Cookie{Name: "patchwart_session", Value: "session-1"}) // guessed, never given
	r, err := d.Client.Do(q)                                                 //nolint:bodyclose // read closes it
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _ := read(t, r); status != http.StatusForbidden {
		t.Errorf("a made-up session is answered with %d", status)
	}
}

func TestSignInLinkIsSpentByTheButtonOnly(t *testing.T) {
	t.Parallel()
	d := open(t, webtest.Demo())
	for range 3 { // a mail scanner, a preview, the person
		status, body, h := d.get("/anmelden?token=link-1")
		if status != http.StatusOK || !strings.Contains(body, `value="link-1"`) {
			t.Fatalf("following the link answered %d", status)
		}
		if h.Get("Cache-Control") != "no-store" || h.Get("Set-Cookie") != "" {
			t.Errorf("headers of the link's page: %v", h)
		}
	}
	if d.Sessions.Left() != 3 {
		t.Fatal("opening the link has spent it")
	}
	status, _, h := d.post("/anmelden", url.Values{"token": {"link-1"}})
	if status != http.StatusSeeOther || h.Get("Location") != "/" {
		t.Fatalf("the button answered %d to %q", status, h.Get("Location"))
	}
	cookie := h.Get("Set-Cookie")
	for _, want := range []string{"patchwart_session=session-1", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Error("a cookie over plain loopback must not demand TLS")
	}
	d.page("/")
	if status, body, _ := d.post("/anmelden", url.Values{"token": {"link-1"}}); status != http.StatusForbidden || !strings.Contains(body, "gilt nicht mehr") {
		t.Errorf("a spent link answered %d", status)
	}
	for _, token := range []string{"", "  ", strings.Repeat("x", 5000)} {
		if status, _, _ := d.post("/anmelden", url.Values{"token": {token}}); status != http.StatusForbidden {
			t.Errorf("token of %d characters answered %d", len(token), status)
		}
	}
	if status, _, h := d.post("/abmelden", nil); status != http.StatusSeeOther || !strings.Contains(h.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("signing out answered %d, %v", status, h)
	}
	if status, _, _ := d.get("/"); status != http.StatusForbidden {
		t.Errorf("after signing out the start page answers %d", status)
	}
}

func TestOtherSitesCannotAct(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	for name, header := range map[string][2]string{
		"a foreign site":             {"Sec-Fetch-Site", "cross-site"},
		"a site of the same domain":  {"Sec-Fetch-Site", "same-site"},
		"a foreign origin":           {"Origin", "https://evil.example"},
		"an origin on another port":  {"Origin", "http://127.0.0.1:1"},
		"a sandboxed frame (opaque)": {"Origin", "null"},
	} {
		for _, path := range []string{"/systeme/neu1/aufnahme", "/planen", "/protokoll", "/abmelden", "/anmelden"} {
			q, err := http.NewRequest(http.MethodPost, d.URL+path, strings.NewReader("vorgang=nnnnnnnnnnnnnnnnnnnn&token=link-2"))
			if err != nil {
				t.Fatal(err)
			}
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			q.Header.Set(header[0], header[1])
			r, err := d.Client.Do(q) //nolint:bodyclose // read closes it
			if err != nil {
				t.Fatal(err)
			}
			if status, _, _ := read(t, r); status != http.StatusForbidden {
				t.Errorf("POST %s from %s answered %d", path, name, status)
			}
		}
	}
	if d.Backend.Enrols+d.Backend.Plans > 0 || d.Sessions.Left() != 2 {
		t.Error("another site has done something")
	}
	d.page("/")
}

func TestOnlyOurNamesAreAnswered(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost": 200, "LocalHost:1": 200, "[::1]:8080": 200, "::1": 200,
		"evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421, "": 421, "10.0.0.1": 421,
	} {
		for _, path := range []string{"/", "/static/console.css", "/anmelden?token=link-3"} {
			q := httptest.NewRequest(http.MethodGet, path, nil)
			q.Host = host
			q.AddCookie(&http.Cookie{Name: "patchwart_session", Value: "session-1"})
			w := httptest.NewRecorder()
			d.Handler.ServeHTTP(w, q)
			got := w.Code
			if path == "/static/console.css" && want == 200 {
				want = 404 // without its hash the file has no address
			} else if want == 404 {
				want = 200
			}
			if got != want {
				t.Errorf("GET %s from host %q answered %d, want %d", path, host, got, want)
			}
			if got == 421 && strings.Contains(w.Body.String(), "link-3") {
				t.Errorf("host %q was shown the token", host)
			}
		}
	}
}

func TestHeadersForbidWhatPagesDoNotNeed(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script(?: [^>]*)?>[^<]`)
	external := regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//`)
	for _, s := range screens {
		_, body, h := d.get(s.path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q", s.name, name, got)
			}
		}
		csp := h.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
			if !strings.Contains(csp, want) {
				t.Errorf("%s: policy lacks %s: %s", s.name, want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
			t.Errorf("%s: policy is lax: %s", s.name, csp)
		}
		if hit := inline.FindString(body); hit != "" {
			t.Errorf("%s has script or style in line: %q", s.name, hit)
		}
		if hit := external.FindString(body); hit != "" {
			t.Errorf("%s loads or leads elsewhere: %q", s.name, hit)
		}
	}
}

// TestGetChangesNothing asks for every address there is, and for those that act, by GET and HEAD.
func TestGetChangesNothing(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	before := fixtureWords(t, d)
	enrols := d.Backend.Enrols
	for _, s := range screens {
		d.get(s.path)
	}
	for _, path := range []string{"/systeme/neu1/aufnahme", "/abmelden", "/planen?beleg=nnnnnnnnnnnnnnnnnnnn", "/systeme/db1/auftrag?beleg=nnnnnnnnnnnnnnnnnnnn"} {
		d.get(path)
		r, err := d.Client.Head(d.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
	}
	if d.Backend.Enrols != enrols || d.Backend.Plans != 0 || len(d.Backend.Placed) != 0 || d.Sessions.Left() != 2 {
		t.Error("a GET has changed something")
	}
	d.Backend.Enrols = enrols - 1 // fixtureWords itself makes one
	if after := fixtureWords(t, d); after != before {
		t.Error("the server's state is not what it was")
	}
}

// TestHostileTextsStayText gives every page names and texts that try to break out.
func TestHostileTextsStayText(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Hostile())
	name := url.PathEscape(webtest.HostileSystem)
	evil := url.QueryEscape(webtest.Evil)
	paths := []string{
		"/", "/systeme", "/systeme?q=" + evil + "&zustand=" + evil + "&sort=" + evil, "/systeme/" + name, "/laeufe", "/laeufe?q=" + evil,
		"/laeufe/" + webtest.HostileRun, "/planen", "/planen?system=" + name, "/luecken", "/luecken/" + url.PathEscape(webtest.Evil), "/systeme/" + name + "/luecken?q=" + evil + "&zustand=" + evil, "/zustaendigkeit?system=" + name + "&package=" + evil,
		"/zustaendigkeit?system=" + evil, "/systeme/" + url.PathEscape(webtest.Evil), "/laeufe/" + url.PathEscape(webtest.Evil), "/" + evil,
		"/anmelden?token=" + evil,
	}
	bodies := map[string]string{}
	for _, path := range paths {
		_, bodies[path], _ = d.get(path)
	}
	_, bodies["POST order"], _ = d.post("/systeme/"+name+"/auftrag", url.Values{"vorgang": {strings.Repeat("n", 20)}, "person": {webtest.Evil}, "wo": {webtest.Evil}, "umfang": {webtest.Evil}})
	_, bodies["POST enrol"], _ = d.post("/systeme/"+name+"/aufnahme", nil)
	_, bodies["POST record"], _ = d.post("/protokoll", nil)
	dangerous := regexp.MustCompile(`(?i)<script>|<img|<b>|onerror=alert\(2\)>|(?:href|src|action)="\s*javascript:`)
	seen := 0
	for path, body := range bodies {
		if hit := dangerous.FindString(body); hit != "" {
			t.Errorf("%s lets text out: %q", path, hit)
		}
		if strings.Contains(body, "&lt;script&gt;") || strings.Contains(body, "&lt;b&gt;") {
			seen++
		}
	}
	if seen < 12 {
		t.Errorf("only %d of %d pages showed the hostile text at all", seen, len(bodies))
	}
}

func TestFormsAreBounded(t *testing.T) {
	t.Parallel()
	d := openSignedIn(t, webtest.Demo())
	status, _, _ := d.post("/systeme/db1/auftrag", url.Values{
		"vorgang": {strings.Repeat("n", 20)}, "person": {"petersen"}, "wo": {"Ticket 1"}, "umfang": {"security_updates"},
		"wortlaut": {strings.Repeat("x", 1<<20)},
	})
	if status < 400 || len(d.Backend.Placed) > 0 {
		t.Errorf("an order of a megabyte was answered with %d and %d orders", status, len(d.Backend.Placed))
	}
}
