package server

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/patchwart/patchwart/internal/api"
	"github.com/patchwart/patchwart/internal/api/agentapi"
	"github.com/patchwart/patchwart/internal/core/build"
	"github.com/patchwart/patchwart/internal/web"
)

// serve answers people and hosts until Stop.
func (s *Server) serve(run context.Context) error {
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", api.New(
		api.Backend{Systems: s, Orders: s, Runs: s, Estate: s, Policies: s, Record: s, SignIn: s, Holes: s, Rulings: s, Lifecycle: s, Calendar: s, Inbox: s, Standing: s, Campaigns: s, Webhooks: s, Queue: s},
		api.Options{Token: s.tokenGood, Log: s.log, Version: build.Version},
	))
	mux.Handle("GET "+subscriptionPath+"{secret}", s.subscribed())
	if h := s.config.Helpdesk; h != nil && h.Hook != nil {
		mux.Handle(DeskHookPath, h.Hook)
	}
	mux.Handle("/", web.New(s, s, web.Options{Clock: s.clock, Log: s.log, Version: build.Version}))
	s.listen(run, s.people, mux, nil)

	names := s.config.AgentHosts
	if len(names) == 0 {
		told, err := url.Parse(s.agentURL())
		if err != nil {
			return err
		}
		names = []string{told.Hostname()}
	}
	cert, err := s.ca.server(names, s.now())
	if err != nil {
		return err
	}
	s.listen(run, s.hosts, agentapi.New(s, agentapi.Options{Log: s.log}), s.ca.tls(cert))
	return nil
}

// listen serves one handler on one listener. There is no write time-out: long polls and live pages are
// meant to stay open; each of them is bounded by its own handler.
func (s *Server) listen(run context.Context, l net.Listener, h http.Handler, config *tls.Config) {
	server := &http.Server{
		Handler: h, TLSConfig: config, BaseContext: func(net.Listener) context.Context { return run },
		// No ReadTimeout either: one that passes while a handler works would cancel its request. The handlers
		// bound how long a body may take.
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	s.servers = append(s.servers, server)
	s.background.Go(func() {
		var err error
		if config != nil {
			err = server.ServeTLS(l, "", "")
		} else {
			err = server.Serve(l)
		}
		if err != nil && !errors.Is(err, http.ErrServerClosed) {
			s.log.Error("listener ended", "address", l.Addr().String(), "error", err)
		}
	})
}
