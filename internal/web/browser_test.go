package web_test

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/patchwart/patchwart/internal/web/webtest"
)

// shots is a directory: when it is given, the browser test leaves a picture of every page there.
var (
	shots = flag.String("shots", "", "directory for pictures of every page, theme and width")
	only  = flag.String("only", "", "name of the one page that pictures are taken of")
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
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
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
	if err := chromedp.Do(ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{
				{Name: "prefers-color-scheme", Value: theme},
				{Name: "prefers-reduced-motion", Value: "reduce"},
			},
		})
		return err
	})); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.EmulateViewport(width, height))
}

func TestShots(t *testing.T) {
	if *shots == "" {
		t.Skip("takes pictures only with -shots DIR")
	}
	ctx := browse(t)
	d := openSignedIn(t, webtest.Demo())
	if err := setCookie(ctx, d.URL, "patchwart_session", "session-1"); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{1280, 390} {
		for _, theme := range []string{"light", "dark"} {
			if err := look(ctx, theme, width, 900); err != nil {
				t.Fatal(err)
			}
			for _, s := range screens {
				if *only != "" && *only != s.name {
					continue
				}
				address, err := url.Parse(d.URL + s.path)
				if err != nil {
					t.Fatal(err)
				}
				q := address.Query()
				q.Set("lang", "de")
				address.RawQuery = q.Encode()
				if err := chromedp.Do(ctx, chromedp.Navigate(address.String())); err != nil {
					t.Fatal(s.name, err)
				}
				picture, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(*shots, fmt.Sprintf("%s-%s-%d.png", s.name, theme, width))
				if err := os.WriteFile(file, picture, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}
