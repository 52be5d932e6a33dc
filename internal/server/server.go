// Package server joins the rooms: store, engine, record, API, agents' side and console are brought
// together here and nowhere else. It makes decisions happen: plans runs, asks hosts to refresh, closes
// and signs work orders, folds what hosts report, and keeps the record, each in one transaction.
//
// Nothing here decides by itself: whose job, may we, when, what came of it are answers of internal/core.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/core/window"
	"github.com/patchwart/patchwart/internal/engine"
	"github.com/patchwart/patchwart/internal/store"
)

// Config says where a server keeps its data and where it listens.
type Config struct {
	DataDir    string          // made with mode 0700
	Listen     string          // console and API; loopback only, until there is real sign-in
	Agents     string          // agents' side, mutual TLS
	AgentHosts []string        // names and addresses in the agents' server certificate; the first is what agents are told
	PlanEvery  time.Duration   // how often all systems are planned by themselves; 0 = never
	Refresh    time.Duration   // age at which a host's package lists are refreshed; 0 = only before a run
	RunLimit   time.Duration   // how long the package manager may work before the host is put back; 0 = 1 h
	Sources    []source.Source // feeds that are looked at; none without a fetcher
	Fetcher    Fetcher         // nil: feeds are only taken in when somebody hands them over
	Log        *slog.Logger
	Post       Post      // nil: nothing is sent by mail
	Mailbox    Mailbox   // nil: no mail is read
	Helpdesk   *Helpdesk // nil: no tickets are read
	Hooks      []Hook    // who is told of what happens

	MailTrust string           // authserv-id of the mail server that is believed about senders
	Clock     func() time.Time // nil: the system's clock
	Zones     window.Zones     // nil: the system's zone data
}

// Server is one Patchwart server. New it, Start it, Stop it; it cannot be started again.
type Server struct {
	config Config
	log    *slog.Logger
	clock  func() time.Time
	zones  window.Zones

	store  *store.Store
	engine *engine.Engine
	keys   *keyring
	ca     *authority
	hub    *hub
	dues   *dueCache
	crowd  *crowd
	places func(estate.Estate) ([]wave.Member, map[string]int) // which groups and pools systems are in, and the limits of pools

	mu     sync.RWMutex
	known  *shelf
	looked map[string]string         // day of the last look for the daily overview, by its time of day
	knows  atomic.Pointer[knowledge] // what the feeds say

	people     net.Listener
	hosts      net.Listener
	servers    []*http.Server
	background sync.WaitGroup
	cancel     context.CancelFunc
}

// New opens the data, publishes the policy versions that come with this build, and takes the
// listening addresses. Nothing runs yet.
func New(ctx context.Context, config Config) (_ *Server, err error) {
	s := &Server{config: config, log: config.Log, clock: config.Clock, zones: config.Zones, hub: newHub(), dues: newDueCache(), crowd: newCrowd(), places: placesOf}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.zones == nil {
		s.zones = time.LoadLocation
	}
	s.zones = remembered(s.zones)
	if s.config.RunLimit == 0 {
		s.config.RunLimit = time.Hour
	}
	if err := loopback(config.Listen); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.close())
		}
	}()
	if s.keys, err = openKeys(filepath.Join(config.DataDir, "keys")); err != nil {
		return nil, err
	}
	if s.ca, err = openAuthority(filepath.Join(config.DataDir, "keys"), s.clock()); err != nil {
		return nil, err
	}
	if s.store, err = store.Open(ctx, filepath.Join(config.DataDir, "patchwart.db")); err != nil {
		return nil, err
	}
	if err := s.publish(ctx); err != nil {
		return nil, err
	}
	if err := s.store.Read(ctx, func(tx *store.Tx) error {
		k, err := s.learn(ctx, tx)
		s.knows.Store(k)
		return err
	}); err != nil {
		return nil, err
	}
	if s.engine, err = s.newEngine(ctx); err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	if s.people, err = listen.Listen(ctx, "tcp", config.Listen); err != nil {
		return nil, fmt.Errorf("listen for console and API: %w", err)
	}
	if s.hosts, err = listen.Listen(ctx, "tcp", config.Agents); err != nil {
		return nil, fmt.Errorf("listen for agents: %w", err)
	}
	return s, nil
}

// remembered reads each zone once: it is a file, and every system's clock is asked for. There are some hundred zones;
// what is not known is not kept.
func remembered(zones window.Zones) window.Zones {
	var mu sync.Mutex
	known := map[string]*time.Location{}
	return func(name string) (*time.Location, error) {
		mu.Lock()
		defer mu.Unlock()
		if zone, ok := known[name]; ok {
			return zone, nil
		}
		zone, err := zones(name)
		if err == nil && zone != nil {
			known[name] = zone
		}
		return zone, err
	}
}

// loopback refuses an address that others can reach: whoever reaches console and API acts as operator.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("address %q for console and API: %w", address, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("console and API may listen on a loopback address only, not on %q: use 127.0.0.1", host)
	}
	return nil
}

// Addr is where console and API listen.
func (s *Server) Addr() string { return s.people.Addr().String() }

// AgentAddr is where the server listens for agents.
func (s *Server) AgentAddr() string { return s.hosts.Addr().String() }

// agentURL is what agents are told to connect to.
func (s *Server) agentURL() string {
	host, port, _ := net.SplitHostPort(s.AgentAddr())
	if len(s.config.AgentHosts) > 0 {
		host = s.config.AgentHosts[0]
	} else if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host, _ = os.Hostname()
	}
	return "https://" + net.JoinHostPort(host, port)
}

// Start starts listening and working.
func (s *Server) Start(ctx context.Context) error {
	run, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	if err := s.engine.Start(run); err != nil {
		return fmt.Errorf("start engine: %w", err)
	}
	if err := s.pickUp(ctx); err != nil {
		return err
	}
	if s.config.Fetcher != nil {
		s.background.Go(func() { s.watchFeeds(run) })
	}
	if s.config.Mailbox != nil {
		s.background.Go(func() { s.readMail(run) })
	}
	if s.config.Helpdesk != nil {
		s.background.Go(func() { s.readDesk(run) })
	}
	return s.serve(run)
}

// Stop stops listening, lets what is under way end, and closes the data.
func (s *Server) Stop(ctx context.Context) error {
	var errs []error
	if s.cancel != nil {
		s.cancel() // ends long polls, which would otherwise hold the shutdown up
	}
	for _, h := range s.servers {
		quick, done := context.WithTimeout(ctx, 5*time.Second)
		if err := h.Shutdown(quick); err != nil {
			errs = append(errs, h.Close())
		}
		done()
	}
	s.background.Wait()
	if s.engine != nil {
		if err := s.engine.Stop(ctx); err != nil {
			errs = append(errs, fmt.Errorf("stop engine: %w", err))
		}
	}
	return errors.Join(append(errs, s.close())...)
}

func (s *Server) close() error {
	var errs []error
	for _, l := range []net.Listener{s.people, s.hosts} {
		if l != nil {
			if err := l.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
				errs = append(errs, err)
			}
		}
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}
