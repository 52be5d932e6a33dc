package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// guard stands before the operations: it turns away whom they are not for, and answers what the mux
// would answer in plain text.
func guard(mux *http.ServeMux, o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer caught(w, r, o.Log)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if !hostAllowed(r.Host, o.Hosts) {
			send(w, newProblem(fault.New(fault.Forbidden,
				lang.T("Unter diesem Namen antwortet der Server nicht.", "The server does not answer under this name."),
				lang.T("Bitte rufen Sie ihn unter der Adresse auf, die er beim Start nennt.",
					"Please use the address that it names at its start."))))
			return
		}
		if r.URL.Path != documentPath && !tokenGood(r, o.Token) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="patchwart"`)
			send(w, problemWith(http.StatusUnauthorized, fault.New(fault.Forbidden,
				lang.T("Das Zugangstoken fehlt oder gilt nicht.", "The access token is missing or not valid."),
				lang.T("Das gültige Token steht im Datenverzeichnis des Servers in der Datei api-token.",
					"The valid token is in the server's data directory, in the file api-token."))))
			return
		}
		handler, pattern := mux.Handler(r)
		if pattern == "" {
			status := &statusOnly{header: http.Header{}}
			handler.ServeHTTP(status, r)
			if allow := status.header.Get("Allow"); allow != "" {
				w.Header().Set("Allow", allow)
			}
			p := newProblem(fault.New(fault.NotFound,
				lang.T("Diese Adresse gibt es in der API nicht.", "The API has no such address."),
				lang.Textf("Was es gibt, steht in %[1]s.", "What there is is described in %[1]s.", documentPath)))
			if status.code == http.StatusMethodNotAllowed {
				p.Status, p.Title = status.code, http.StatusText(status.code)
			}
			send(w, p)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// caught turns a panic into an internal problem. What was sent already stays sent.
func caught(w http.ResponseWriter, r *http.Request, log *slog.Logger) {
	p := recover()
	switch p {
	case nil:
		return
	case http.ErrAbortHandler:
		panic(p)
	}
	log.ErrorContext(r.Context(), "request panicked", "path", r.URL.Path, "panic", p)
	send(w, newProblem(internalFault()))
}

// hostAllowed compares a Host header with the allowed names.
func hostAllowed(host string, allowed []string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	}
	name = strings.ToLower(name)
	if len(allowed) == 0 {
		addr, err := netip.ParseAddr(name)
		return name == "localhost" || err == nil && addr.IsLoopback()
	}
	return slices.ContainsFunc(allowed, func(a string) bool {
		a = strings.ToLower(a)
		return a != "" && (a == strings.ToLower(host) || a == name)
	})
}

func tokenGood(r *http.Request, good func(string) bool) bool {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	return good != nil && found && strings.EqualFold(scheme, "Bearer") && token != "" && good(token)
}

// statusOnly records how the mux would refuse a request.
type statusOnly struct {
	header http.Header
	code   int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (s *statusOnly) WriteHeader(code int)        { s.code = code }

// deadline bounds the time of an operation. The write deadline is moved along, so that the server's
// own, which suits short answers, does not cut a long one off.
func deadline(limit time.Duration) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		_, w := humago.Unwrap(ctx)
		// Not every writer knows deadlines; without one the server's own holds.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(limit + grace))
		bounded, cancel := context.WithTimeout(ctx.Context(), limit)
		defer cancel()
		next(huma.WithContext(ctx, bounded))
	}
}
