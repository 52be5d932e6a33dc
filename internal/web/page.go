package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// page is what every page knows: its reader's language, the time, and where it is.
type page struct {
	L        lang.Lang
	Now      time.Time // in the hoster's zone
	Title    lang.Text
	Section  string // entry of the navigation that is current
	SignedIn bool
	Version  string
	Other    string         // this address in the other language
	Refresh  int            // seconds after which the page loads itself again without JavaScript; 0 = never
	Stream   string         // address of the live stream; empty = none
	Every    int            // seconds after which the module looks again; 0 = never
	Stop     *campaign.Stop // of everything, in force
	zones    *zones
}

// page begins a page. Asking for a language by ?lang= keeps it in a cookie.
func (c *console) page(w http.ResponseWriter, r *http.Request, section string, title lang.Text) page {
	p := page{
		L: languageOf(r), Now: c.opts.Clock().In(c.zones.own), Title: title, Section: section,
		SignedIn: sessionOf(r) != "", Version: c.opts.Version, zones: c.zones,
	}
	if p.SignedIn {
		p.Stop = c.stopped(r)
	}
	if _, asked := lang.Parse(r.URL.Query().Get("lang")); asked {
		http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; loopback has none
			Name: langCookie, Value: string(p.L), Path: "/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode,
		})
	}
	query := r.URL.Query()
	query.Set("lang", string(p.otherLang()))
	p.Other = r.URL.Path + "?" + query.Encode()
	if r.Method != http.MethodGet { // an answer to a form has no address of its own
		p.Other = "/?lang=" + string(p.otherLang())
	}
	return p
}

// stopped is the stop of everything. Where the server cannot tell, the page says what else is wrong; the fault is logged.
func (c *console) stopped(r *http.Request) *campaign.Stop {
	stop, err := c.backend.Stopped(r.Context())
	if err != nil {
		c.opts.Log.Error("console: whether everything is stopped is not known", "path", r.URL.Path, "error", err)
		return nil
	}
	return stop
}

// languageOf reads the language from the address, else from the cookie. German is the default: the
// console is the hoster's, not the browser's.
func languageOf(r *http.Request) lang.Lang {
	if l, ok := lang.Parse(r.URL.Query().Get("lang")); ok {
		return l
	}
	if cookie, err := r.Cookie(langCookie); err == nil {
		if l, ok := lang.Parse(cookie.Value); ok {
			return l
		}
	}
	return lang.DE
}

func (p page) otherLang() lang.Lang {
	if p.L == lang.EN {
		return lang.DE
	}
	return lang.EN
}

// T is the text in the reader's language.
func (p page) T(t lang.Text) string { return t.In(p.L) }

// F fills a text's places with args; texts among them are said in the reader's language.
func (p page) F(t lang.Text, args ...any) string {
	return lang.Textf(t.DE, t.EN, args...).In(p.L)
}

// plural is a text for one and a text for several (and none), with a place (%s) for the number.
type plural struct{ One, Many lang.Text }

// N says how many. A wording without a place says the number in words.
func (p page) N(n int, words plural) string {
	wording := p.T(words.Many)
	if n == 1 {
		wording = p.T(words.One)
	}
	return strings.Replace(wording, "%[1]s", p.Count(n), 1)
}

// Plural is N as a text, for parts that take one.
func (p page) Plural(n int, words plural) lang.Text { return lang.T(p.N(n, words), p.N(n, words)) }

// Count writes a number.
func (p page) Count(n int) string { return lang.Count(n, p.L) }

// HeadTitle is the text of the browser's tab.
func (p page) HeadTitle() string { return p.T(p.Title) + " – Patchwart" }

// render writes a component as the answer. It renders into memory first, so that a page comes whole
// or not at all.
func (c *console) render(w http.ResponseWriter, r *http.Request, status int, body templ.Component) {
	var b bytes.Buffer
	if err := body.Render(r.Context(), &b); err != nil {
		c.opts.Log.Error("console: rendering failed", "path", r.URL.Path, "error", err)
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", fmt.Sprint(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader may be gone
}

// fail shows what went wrong. What is no fault of ours to explain is logged and shown as internal.
func (c *console) fail(w http.ResponseWriter, r *http.Request, err error) {
	f := c.fault(r, err)
	c.failWith(w, r, statusOf(f.Code), f)
}

func (c *console) failWith(w http.ResponseWriter, r *http.Request, status int, f *fault.Error) {
	p := c.page(w, r, "", titleOf(f.Code))
	if status == http.StatusMisdirectedRequest { // not our name: repeat nothing of what was asked
		p.Other = "/?lang=" + string(p.otherLang())
	}
	c.render(w, r, status, faultPage(p, status, f))
}

// fault finds the words for an error, and logs what has none.
func (c *console) fault(r *http.Request, err error) *fault.Error {
	var f *fault.Error
	if errors.As(err, &f) {
		if f.Code == fault.Internal || f.Code == fault.Unavailable {
			c.opts.Log.Error("console: fault", "path", r.URL.Path, "code", string(f.Code), "error", err)
		}
		return f
	}
	if !errors.Is(err, context.Canceled) {
		c.opts.Log.Error("console: error without words", "path", r.URL.Path, "error", err)
	}
	return fault.New(fault.Internal, faultWords.Internal, faultWords.InternalMend)
}

// statusOf is the HTTP status of a fault.
func statusOf(code fault.Code) int {
	switch code {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Refused, fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
