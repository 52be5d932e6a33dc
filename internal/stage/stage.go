// Package stage sets up what the demo and the end-to-end tests play on: a lab with real Debian hosts,
// a Patchwart server that listens for them, and agents enrolled on them the way an operator would do it,
// through the public client and the agent's own command line. It proves nothing itself.
package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/server"
)

// Options says where things are kept and who is told.
type Options struct {
	Agent    string // path of the agent's binary
	DataDir  string // the server's data; a temporary folder when empty
	Console  string // address of console and API; a free loopback port when empty
	Lab      lab.Options
	Log      *slog.Logger
	RunLimit time.Duration    // see server.Config
	Clock    func() time.Time // of the server; nil: the system's
	Helpdesk *server.Helpdesk // nil: none
	Hooks    []server.Hook

	// Apart is the command line of a program that calls [ServeApart]: the server is a process of its own then, which can be
	// killed, and Log, Clock, Helpdesk and Hooks are not to be had. ApartEnv is added to its environment.
	Apart, ApartEnv []string
}

// Stage is a lab, a server in it, and a client of that server.
type Stage struct {
	Lab    *lab.Lab
	Server *server.Server // nil when it is a process of its own
	Client *client.Client

	options Options
	temp    string
	config  server.Config
	apart   *apartServer // nil: the server is part of this process
}

// Open makes the lab and starts the server. Close it, also after an error of what follows.
func Open(ctx context.Context, o Options) (_ *Stage, err error) {
	s := &Stage{options: o}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if _, err := os.Stat(o.Agent); err != nil {
		return nil, fmt.Errorf("the agent's binary is missing: run 'make build' first: %w", err)
	}
	if o.DataDir == "" {
		if s.temp, err = os.MkdirTemp("", "patchwart-stage-"); err != nil {
			return nil, err
		}
		s.options.DataDir = filepath.Join(s.temp, "server")
	}
	if s.Lab, err = lab.Open(ctx, o.Lab); err != nil {
		return nil, err
	}
	if o.Console == "" {
		o.Console = "127.0.0.1:0"
	}
	gateway := s.Lab.Gateway()
	s.config = server.Config{
		DataDir: s.options.DataDir, Listen: o.Console,
		Agents: netip.AddrPortFrom(gateway, 0).String(), AgentHosts: []string{gateway.String()},
		RunLimit: o.RunLimit, Log: o.Log, Clock: o.Clock, Helpdesk: o.Helpdesk, Hooks: o.Hooks,
	}
	if err := s.Start(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Start starts the server; after Stop, with the same data and the same addresses.
func (s *Stage) Start(ctx context.Context) error {
	if len(s.options.Apart) > 0 {
		return s.startApart(ctx)
	}
	srv, err := server.New(ctx, s.config)
	if err != nil {
		return err
	}
	if err := srv.Start(ctx); err != nil {
		return errors.Join(err, srv.Stop(ctx))
	}
	s.Server = srv
	s.config.Listen, s.config.Agents = srv.Addr(), srv.AgentAddr() // a restart keeps the ports
	token, err := os.ReadFile(filepath.Join(s.options.DataDir, "api-token"))
	if err != nil {
		return err
	}
	s.Client, err = client.New("http://"+srv.Addr(), string(bytes.TrimSpace(token)))
	return err
}

// Stop stops the server and leaves its data.
func (s *Stage) Stop(ctx context.Context) error {
	if s.apart != nil {
		a := s.apart
		s.apart = nil
		return a.stop(ctx)
	}
	if s.Server == nil {
		return nil
	}
	srv := s.Server
	s.Server = nil
	return srv.Stop(ctx)
}

// Close stops everything and removes what was made.
func (s *Stage) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	err := s.Stop(ctx)
	if s.Lab != nil {
		err = errors.Join(err, s.Lab.Close())
	}
	if s.temp != "" {
		err = errors.Join(err, os.RemoveAll(s.temp))
	}
	return err
}

// AgentPath is where the agent is put on a host.
const AgentPath = "/usr/local/sbin/patchwart-agent"

// Enrol puts the agent on a booted host, enrols it with a one-time token, and starts it as a service.
func (s *Stage) Enrol(ctx context.Context, h *lab.Host) error { return s.EnrolAs(ctx, h, h.Name()) }

// EnrolAs is Enrol under the name of another system of the estate.
func (s *Stage) EnrolAs(ctx context.Context, h *lab.Host, system string) error {
	binary, err := os.ReadFile(s.options.Agent)
	if err != nil {
		return err
	}
	if err := h.WriteFile(AgentPath, binary, 0o755); err != nil {
		return fmt.Errorf("put the agent on %s: %w", h.Name(), err)
	}
	e, err := s.Client.Enrolment(ctx, system)
	if err != nil {
		return fmt.Errorf("ask for a token for %s: %w", h.Name(), err)
	}
	// The token goes in through standard input: arguments can be read by everybody on the host.
	cmd, err := h.Command(ctx, AgentPath, "enrol", "--server", e.Server, "--name", e.System, "--authority", e.Authority, "--token-file", "-")
	if err != nil {
		return err
	}
	cmd.Stdin = bytes.NewReader([]byte(e.Token + "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("enrol %s: %w: %s", h.Name(), err, bytes.TrimSpace(out))
	}
	unit, err := h.Run(ctx, AgentPath, "unit")
	if err != nil {
		return fmt.Errorf("unit of the agent on %s: %w", h.Name(), err)
	}
	if err := h.WriteFile("/etc/systemd/system/patchwart-agent.service", unit, 0o644); err != nil {
		return err
	}
	if _, err := h.Run(ctx, "systemctl", "daemon-reload"); err != nil {
		return fmt.Errorf("start the agent on %s: %w", h.Name(), err)
	}
	if _, err := h.Run(ctx, "systemctl", "enable", "--now", "patchwart-agent.service"); err != nil {
		return fmt.Errorf("start the agent on %s: %w", h.Name(), err)
	}
	return nil
}

// AwaitFacts waits until the host has reported.
func (s *Stage) AwaitFacts(ctx context.Context, name string) error {
	return s.await(ctx, name, func(sys client.System) bool { return sys.Facts != nil })
}

// AwaitRefreshed waits until the host has reported what changed with the refresh that the server asks
// for after the first report. For hosts whose package lists were old: what has not changed is not
// reported again.
func (s *Stage) AwaitRefreshed(ctx context.Context, name string) error {
	return s.await(ctx, name, func(sys client.System) bool { return sys.Facts != nil && sys.Facts.Indices.Refreshed > 0 })
}

func (s *Stage) await(ctx context.Context, name string, enough func(client.System) bool) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for {
		sys, err := s.Client.System(ctx, name)
		if err == nil && enough(sys) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s has not reported within two minutes (last: %w)", name, errors.Join(err, ctx.Err()))
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// Beside is a stage in an open lab whose server runs elsewhere, as a program of its own, reached by that client.
// Its Close closes the lab and leaves the server alone.
func Beside(l *lab.Lab, c *client.Client, agent string) *Stage {
	return &Stage{Lab: l, Client: c, options: Options{Agent: agent}}
}
