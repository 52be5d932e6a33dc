package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/feed"
	"github.com/patchwart/patchwart/internal/adapter/feed/csaf"
	"github.com/patchwart/patchwart/internal/adapter/feed/excerpt"
	"github.com/patchwart/patchwart/internal/adapter/mail"
	"github.com/patchwart/patchwart/internal/cli"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/server"
)

// How often the server does by itself what an operator can also ask for.
const (
	planEvery    = time.Minute
	refreshAfter = 6 * time.Hour // age of package lists; archives publish several times a day
	stopWithin   = 20 * time.Second
	// memoryGoal is where the garbage collector begins to try harder. The server idles far below it.
	memoryGoal = 256 << 20
)

// withMail joins the server with the mail servers that the settings name.
func withMail(config *server.Config, path string) error {
	settings, err := mail.ReadSettings(path)
	if err != nil {
		return err
	}
	box, err := settings.Mailbox()
	if err != nil {
		return err
	}
	if box != nil {
		config.Mailbox, config.MailTrust = box, settings.Trusted
	}
	out, err := settings.Outbox()
	if err != nil || out == nil {
		return err
	}
	config.Post = &server.Postbox{Outbox: out, From: mail.Address{Name: settings.From.Name, Address: settings.From.Address}, Domain: settings.Domain(), Roles: settings.Roles}
	return nil
}

// serve runs the server until it is told to stop.
func serve(ctx context.Context, o cli.ServeOptions) error {
	debug.SetMemoryLimit(memoryGoal)
	debug.SetGCPercent(50)
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	var handler slog.Handler = slog.NewTextHandler(o.Err, options)
	if o.JSON {
		handler = slog.NewJSONHandler(o.Err, options)
	}
	config := server.Config{
		DataDir: o.Data, Listen: o.Listen, Agents: o.Agents, AgentHosts: o.AgentHosts,
		PlanEvery: planEvery, Refresh: refreshAfter, Sources: o.Sources, Log: slog.New(handler),
	}
	switch {
	case len(o.Sources) == 0:
	case o.FeedsDir != "":
		files := feed.Directory{Root: o.FeedsDir}
		config.Fetcher = &excerpt.Source{Files: files, Other: files, Dir: filepath.Join(o.Data, "feeds")}
	default:
		files := feed.New()
		config.Fetcher = &excerpt.Source{Files: files, Other: &csaf.Source{Files: *files, Dir: filepath.Join(o.Data, "feeds")}, Dir: filepath.Join(o.Data, "feeds")}
	}
	if o.Mail != "" {
		if err := withMail(&config, o.Mail); err != nil {
			return err
		}
	}
	if o.Helpdesk != "" {
		if err := withHelpdesk(&config, o.Helpdesk); err != nil {
			return err
		}
	}
	s, err := server.New(ctx, config)
	if err != nil {
		return err
	}
	if err := s.Start(ctx); err != nil {
		return err
	}
	link, err := s.SignInLink(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(o.Out, lang.Textf(
		"Konsole: %[1]s\nAgenten: %[2]s", "Console: %[1]s\nAgents: %[2]s", link, s.AgentAddr()).In(o.Lang))
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	return s.Stop(end)
}
