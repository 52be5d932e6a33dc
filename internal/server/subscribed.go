package server

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How often an address may be read. Calendar programs come every quarter of an hour; several of them may share one
// address. Addresses that lead nowhere share one bound, so that trying does not pay.
const (
	readsEach   = 30
	readsWrong  = 60
	readsWithin = 5 * time.Minute
	feedWithin  = 20 * time.Second
)

// gate counts what passes in a stretch of time.
type gate struct {
	mu    sync.Mutex
	since time.Time
	count map[string]int
}

// pass reports whether one more may pass; else after how long to come again.
func (g *gate) pass(name string, most int, now time.Time) (bool, time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.count == nil || now.Sub(g.since) >= readsWithin || now.Before(g.since) {
		g.since, g.count = now, map[string]int{} // names are known subscriptions, and one for all others
	}
	if g.count[name] >= most {
		return false, g.since.Add(readsWithin).Sub(now)
	}
	g.count[name]++
	return true, 0
}

// subscribed serves the calendars that are subscribed to. The secret in the address is all that is asked for; what
// was revoked, renewed or never there is told apart from nothing.
func (s *Server) subscribed() http.Handler {
	var g gate
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", "default-src 'none'")
		h.Set("Cache-Control", "no-store")
		ctx, cancel := context.WithTimeout(r.Context(), feedWithin)
		defer cancel()
		secret, named := strings.CutSuffix(r.PathValue("secret"), ".ics")
		k, ok, err := s.subscriptionOf(ctx, secret)
		name, most := k.ID, readsEach
		if !ok || !named {
			name, most, ok = "", readsWrong, false
		}
		if pass, wait := g.pass(name, most, s.now()); !pass {
			h.Set("Retry-After", strconv.Itoa(int(wait.Seconds())+1))
			http.Error(w, "too many requests", http.StatusTooManyRequests)
			return
		}
		var text []byte
		if err == nil && ok {
			text, err = s.subscribedText(ctx, k)
		}
		switch {
		case err != nil:
			s.log.Error("a subscribed calendar could not be written", "subscription", k.ID, "error", err)
			http.Error(w, "internal error", http.StatusInternalServerError)
			return
		case !ok:
			http.NotFound(w, r)
			return
		}
		tag := `"` + hashOf(string(text)) + `"`
		// It may be kept by whoever subscribes, and by nobody in between, and is asked for each time.
		h.Set("Cache-Control", "private, no-cache")
		h.Set("ETag", tag)
		if matches(r.Header.Get("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", "text/calendar; charset=utf-8")
		h.Set("Content-Disposition", `inline; filename="wartung.ics"`)
		h.Set("Content-Length", strconv.Itoa(len(text)))
		_, _ = w.Write(text) // a reader that went away is nobody's error
	})
}

// matches reports whether a reader has what a tag names (RFC 9110, If-None-Match: compared weakly).
func matches(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
