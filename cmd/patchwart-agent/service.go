package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/patchwart/patchwart/internal/agent"
	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/agent/identity"
	"github.com/patchwart/patchwart/internal/core/build"
)

func (c command) run(ctx context.Context, args []string) error {
	set := c.flags("run")
	dir, policy := places(set)
	interval := set.Duration("interval", 0, "")
	if err := c.parse(set, args); err != nil {
		return err
	}
	id, err := identity.Load(*dir)
	if err != nil {
		return err
	}
	host, err := agent.Real(*dir, *policy)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(c.err, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	if _, err := hostpolicy.Load(*policy); err != nil {
		log.Error("host policy is not usable: every order will be refused", "error", err)
	}
	a, err := agent.New(agent.Config{
		Dir: *dir, Policy: *policy, Build: build.Version, Interval: *interval, Host: host, Identity: id, Log: log,
	})
	if err != nil {
		return err
	}
	log.Info("agent begins", "build", build.Version, "system", id.System, "server", id.Server)
	return a.Run(ctx)
}

// withoutTime leaves the time to the journal of the system, which notes it anyway.
func withoutTime(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

func (c command) unit(_ context.Context, args []string) error {
	if err := c.parse(c.flags("unit"), args); err != nil {
		return err
	}
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return fmt.Errorf("where this program lies: %w", err)
	}
	text, err := agent.Unit(self)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(c.out, text)
	return err
}
