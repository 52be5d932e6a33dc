package web_test

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/web/webtest"
)

// shots is a directory: when it is given, the browser test leaves a picture of every page there.
var (
	shots = flag.String("shots", "", "directory for pictures of the pages that the browser looks over")
	only  = flag.String("only", "", "names of the pages that the browser looks over, with commas between; empty: all")
)

// browse starts a real browser, or skips with a reason. CI has one.
func browse(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	switch {
	case path == "" && os.Getenv("CI") == "true":
		t.Fatal("no Chromium on this machine; install the Debian package chromium")
	case path == "":
		t.Skip("needs a browser: install the Debian package chromium")
	case testing.Short():
		t.Skip("the browser test takes half a minute; run without -short")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()),
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
	)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	return ctx
}

// setCookie gives the browser a cookie for the console.
func setCookie(ctx context.Context, address, name, value string) error {
	_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: address})
	return err
}

// look sets theme and width.
func look(ctx context.Context, theme string, width, height int64) error {
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme},
			{Name: "prefers-reduced-motion", Value: "reduce"},
		},
	})
	if err != nil {
		return err
	}
	_, err = chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1,
	})
	return err
}

// themes and widths are what every page is looked at in.
var (
	themes = []string{"light", "dark"}
	widths = []int64{1280, 390}
)

// signInBrowser gives the browser the session of the desk's client.
func (d *desk) signInBrowser(ctx context.Context) {
	d.t.Helper()
	if err := setCookie(ctx, d.URL, "patchwart_session", "session-1"); err != nil {
		d.t.Fatal(err)
	}
}

// TestEveryPageInARealBrowser looks over every page in both languages, both themes and both widths,
// folded and unfolded: nothing sticks out, contrast is 4.5 everywhere, everything has a name, headings
// are in order, and the browser has nothing to complain about.
func TestEveryPageInARealBrowser(t *testing.T) {
	ctx := browse(t)
	audit, err := os.ReadFile("testdata/audit.js")
	if err != nil {
		t.Fatal(err)
	}
	d := openSignedIn(t, webtest.Demo())
	d.signInBrowser(ctx)
	complaints := collectConsole(ctx)
	places := d.places()
	looks := 0
	for _, language := range []string{"de", "en"} {
		for _, place := range places {
			if *only != "" && !slices.Contains(strings.Split(*only, ","), place.name) {
				continue
			}
			if err := place.open(ctx, language); err != nil {
				t.Fatal(place.name, err)
			}
			for i := range len(themes) * len(widths) {
				// In this order each look changes as little as possible: that is what takes the time.
				theme, width := themes[(i+i/2)%2], widths[i/2]
				if err := look(ctx, theme, width, 900); err != nil {
					t.Fatal(err)
				}
				wrong, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](string(audit)))
				if err != nil {
					t.Fatal(place.name, err)
				}
				looks++
				if *shots != "" {
					takePicture(ctx, t, fmt.Sprintf("%s-%s-%s-%d.png", place.name, language, theme, width))
				}
				for _, what := range wrong {
					t.Errorf("%s, %s, %s, %d px: %s", place.name, language, theme, width, what)
				}
			}
		}
	}
	t.Logf("looked %d times at %d pages", looks, len(places))
	if err := chromedp.Cancel(ctx); err != nil {
		t.Fatal(err)
	}
	for _, text := range complaints() {
		t.Errorf("the browser complains: %s", text)
	}
}

// takePicture leaves a picture of the whole page in the directory for them.
func takePicture(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(name, err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name), picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// place is a page in the browser: an address, and what is pressed there to get to the page.
type place struct {
	name, address, press string
}

func (p place) open(ctx context.Context, language string) error {
	if err := chromedp.Do(ctx, chromedp.Navigate(inLang(p.address, language))); err != nil || p.press == "" {
		return err
	}
	_, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(p.press)))
	return err
}

// places are all screens of the demo, what comes of its forms, and a console that knows nothing yet.
func (d *desk) places() []place {
	d.t.Helper()
	var out []place
	for _, s := range screens {
		out = append(out, place{s.name, d.URL + s.path, ""})
	}
	other := openSignedIn(d.t, webtest.Demo()) // the forms act on a demo of their own
	_, _, order := other.post("/systeme/db1/auftrag", orderOf(number(d.t, other.page("/systeme/db1"))))
	_, _, plan := other.post("/planen", url.Values{"vorgang": {number(d.t, other.page("/planen"))}})
	broken := webtest.Demo()
	broken.Check = webtest.BrokenRecord()
	altered, empty := openSignedIn(d.t, broken), openSignedIn(d.t, webtest.Empty())
	stopped := openSignedIn(d.t, webtest.Demo())
	stopped.post("/kampagnen/stopp", url.Values{"wer": {"Ida Brandt"}, "grund": {"Störung im Netz"}})
	return append(out,
		place{"auftrag-beleg", other.URL + order.Get("Location"), ""},
		place{"planen-beleg", other.URL + plan.Get("Location"), ""},
		place{"aufnahme", d.URL + "/systeme/neu1", ".callout button"},
		place{"protokoll-geprueft", d.URL + "/protokoll", "main button"},
		place{"protokoll-veraendert", altered.URL + "/protokoll", "main button"},
		place{"heute-angehalten", stopped.URL + "/", ""},
		place{"systeme-angehalten", stopped.URL + "/systeme", ""},
		place{"kampagnen-angehalten", stopped.URL + "/kampagnen", ""},
		place{"leer-heute", empty.URL + "/", ""},
		place{"leer-systeme", empty.URL + "/systeme", ""},
		place{"leer-laeufe", empty.URL + "/laeufe", ""},
	)
}

// collectConsole gathers what the browser complains about, broken rules of the content security
// policy included. A page that is answered with 403 or 404 on purpose is no complaint.
func collectConsole(ctx context.Context) func() []string {
	var found []string
	done := make(chan struct{})
	messages := chromedp.Console(ctx)
	go func() {
		defer close(done)
		for m, err := range messages {
			if err != nil {
				return
			}
			if !strings.Contains(m.Text, "the server responded with a status of 40") {
				found = append(found, m.Text)
			}
		}
	}()
	return func() []string { <-done; return found }
}

// TestKeyboardReachesEverything goes through pages with the tab key alone.
func TestKeyboardReachesEverything(t *testing.T) {
	ctx := browse(t)
	d := openSignedIn(t, webtest.Demo())
	d.signInBrowser(ctx)
	for _, path := range []string{"/", "/systeme", "/systeme/db1", "/laeufe/R-0812", "/zustaendigkeit?system=db1", "/regelwerke/managedhosting-2", "/protokoll"} {
		for _, width := range widths {
			if err := look(ctx, "light", width, 900); err != nil {
				t.Fatal(err)
			}
			if err := chromedp.Do(ctx, chromedp.Navigate(d.URL+path)); err != nil {
				t.Fatal(err)
			}
			reach, err := chromedp.Run(ctx, chromedp.Evaluate[int](countReachable))
			if err != nil {
				t.Fatal(err)
			}
			seen := map[string]bool{}
			for n := 0; n <= reach+2; n++ {
				if err := chromedp.Do(ctx, chromedp.KeyEvent("\t")); err != nil {
					t.Fatal(err)
				}
				at, err := chromedp.Run(ctx, chromedp.Evaluate[focused](describeFocus))
				if err != nil {
					t.Fatal(err)
				}
				if at.Number < 0 { // back at the browser's own controls
					break
				}
				if n == 0 && !at.Skip {
					t.Errorf("%s: the first stop is %s, not the skip link", path, at.Name)
				}
				if !at.Outlined {
					t.Errorf("%s, %d px: focus on %s is not visible", path, width, at.Name)
				}
				if !at.Inside {
					t.Errorf("%s, %d px: %s is focused where nobody sees it", path, width, at.Name)
				}
				seen[fmt.Sprint(at.Number)] = true
			}
			if len(seen) != reach || reach < 10 {
				t.Errorf("%s, %d px: the keyboard reaches %d of %d", path, width, len(seen), reach)
			}
		}
	}
}

// focused is where the keyboard is.
type focused struct {
	Number   int
	Name     string
	Skip     bool
	Outlined bool
	Inside   bool
}

// Radio buttons of one group are one stop.
const reachable = `[...document.querySelectorAll("a[href], button, select, textarea, summary, [tabindex='0'], input:not([type=hidden])")]
	.filter((e) => e.checkVisibility() && !(e.type === "radio" && !e.checked))`

const countReachable = reachable + `.length`

const describeFocus = `(() => {
	const e = document.activeElement;
	const list = ` + reachable + `;
	const whole = e.matches(".whole") ? getComputedStyle(e, "::after") : getComputedStyle(e);
	const box = e.getBoundingClientRect();
	return {
		Number: list.indexOf(e), Name: e.outerHTML.slice(0, 80), Skip: e.matches(".skip"),
		Outlined: whole.outlineStyle !== "none" && parseFloat(whole.outlineWidth) >= 2 || e.matches(".skip") && box.top >= 0,
		Inside: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.left >= -1 && box.left < innerWidth,
	};
})()`

// TestWithoutJavaScript is the story of db1 in a browser that runs no script.
func TestWithoutJavaScript(t *testing.T) {
	ctx := browse(t)
	d := open(t, webtest.Demo())
	if _, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	press := func(selector string) {
		t.Helper()
		if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
			t.Fatal(selector, err)
		}
	}
	says := func(texts ...string) {
		t.Helper()
		body, err := chromedp.Run(ctx, chromedp.OuterHTML(chromedp.CSS("html")))
		if err != nil {
			t.Fatal(err)
		}
		want(t, body, texts...)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(d.URL+"/anmelden?token=link-1")); err != nil {
		t.Fatal(err)
	}
	press("main button")
	says("Heute", "Was läuft")
	press(`a[href="/systeme/db1#auftrag"]`)
	if err := chromedp.Do(ctx,
		chromedp.SetValue(chromedp.ID("person"), "petersen"),
		chromedp.SendKeys(chromedp.ID("wo"), "Ticket 4711"),
		chromedp.SendKeys(chromedp.ID("wortlaut"), "Bitte die Sicherheitsupdates auf db1 installieren."),
		chromedp.Click(chromedp.ID("ausdruecklich")),
	); err != nil {
		t.Fatal(err)
	}
	press(`.sheet button`)
	says("Auftrag festgehalten", "7 fällige Änderungen sind damit erlaubt")
	press(`a.primary[href="/planen?system=db1"]`)
	says("1 Lauf würde eingeplant")
	press(`form.action button`)
	says("1 Lauf ist eingeplant")
	press(`.nav a[href="/laeufe"]`)
	press(`a[href="/laeufe/R-0817"]`)
	says("Einspielen", "lädt sich alle 10 Sekunden neu")
	press(`.nav a[href="/protokoll"]`)
	press("main button")
	says("unverändert")
	press(`a[hreflang="en"]`)
	says("Verify the record now")
	press(".tools button")
	says("You are not signed in")
}

// TestALivePageRefreshesItself follows shop1 in the browser: the page changes without being loaded
// again, and what the reader unfolded stays unfolded.
func TestALivePageRefreshesItself(t *testing.T) {
	ctx := browse(t)
	d := openSignedIn(t, webtest.Demo())
	d.signInBrowser(ctx)
	until := func(condition string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Poll[bool](condition, chromedp.WithPollingTimeout(15*time.Second))); err != nil {
			t.Fatalf("%s: %v", condition, err)
		}
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(d.URL+"/laeufe/R-0817"),
		chromedp.Evaluate[chromedp.Void](`window.before = true`),
		chromedp.Click(chromedp.CSS("#mitschrift-applying summary"))); err != nil {
		t.Fatal(err)
	}
	advance(t, d.Backend, run.Event{Kind: run.Line, Step: run.Applying, Detail: "Processing triggers for libc-bin ..."})
	until(`window.before && document.querySelector("#mitschrift-applying").open && document.querySelector("#mitschrift-applying pre").textContent.includes("libc-bin ...")`)
	until(`document.activeElement.matches("#mitschrift-applying > summary")`)
	good := verdict.Verdict{Outcome: verdict.Succeeded}
	advance(t, d.Backend,
		run.Event{Kind: run.Finished, Step: run.Applying}, run.Event{Kind: run.Begun, Step: run.Settling}, run.Event{Kind: run.Finished, Step: run.Settling},
		run.Event{Kind: run.Begun, Step: run.Verifying}, run.Event{Kind: run.Finished, Step: run.Verifying, Verdict: &good}, run.Event{Kind: run.Ended, Verdict: &good})
	until(`window.before && document.querySelector(".outcome .badge").textContent.includes("erledigt")`)

	if err := chromedp.Do(ctx, chromedp.Navigate(d.URL+"/"), chromedp.Evaluate[chromedp.Void](`window.before = true; document.querySelector("#ruhig").open = true`)); err != nil {
		t.Fatal(err)
	}
	d.Sessions.SignOut(t.Context(), "session-1")
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector("#lebendig").dataset.every = "1"; document.dispatchEvent(new Event("visibilitychange"))`)); err != nil {
		t.Fatal(err)
	}
	until(`window.before && !document.querySelector("#verbindung").hidden && document.querySelector("#ruhig").open`)
}
