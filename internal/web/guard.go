package web

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fault"
)

// contentPolicy allows what the console itself serves, and no script or style in line.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxForm bounds what a POST may send, in bytes.
const maxForm = 64 << 10

// guard puts what holds for every answer in front of next: headers, host names, cross-origin
// requests, the size of forms, and panics.
func (c *console) guard(next http.Handler) http.Handler {
	own := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-store")

		defer c.recover(w, r)
		if !c.answersTo(r.Host) {
			c.failWith(w, r, http.StatusMisdirectedRequest, fault.New(fault.Forbidden, faultWords.WrongHost, faultWords.WrongHostMend))
			return
		}
		if err := own.Check(r); err != nil {
			c.failWith(w, r, http.StatusForbidden, fault.New(fault.Forbidden, faultWords.CrossSite, faultWords.CrossSiteMend))
			return
		}
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		}
		next.ServeHTTP(w, r)
	})
}

// answersTo tells a request to one of our names from one that a foreign name was pointed here for.
func (c *console) answersTo(host string) bool {
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	name = strings.Trim(name, "[]")
	return slices.ContainsFunc(c.opts.Hosts, func(own string) bool { return strings.EqualFold(own, name) })
}

// recover turns a panic of a handler into a calm page and a loud log line.
func (c *console) recover(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	c.opts.Log.Error("console: panic", "path", r.URL.Path, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	c.fail(w, r, fault.New(fault.Internal, faultWords.Internal, faultWords.InternalMend))
}

// sessionKey is the context key of the session value.
type sessionKey struct{}

// signedIn lets requests with a valid session through, and tells the others how to get one.
func (c *console) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie(sessionCookie)
		if err != nil || cookie.Value == "" || !c.sessions.Valid(r.Context(), cookie.Value) {
			c.askToSignIn(w, r, http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), sessionKey{}, cookie.Value)))
	})
}

// sessionOf is the session of a request that signedIn let through, empty for all others.
func sessionOf(r *http.Request) string {
	s, _ := r.Context().Value(sessionKey{}).(string)
	return s
}
