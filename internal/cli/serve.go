package cli

import (
	"errors"
	"runtime"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/lang"
)

func (cmd serveCmd) Run(a *app) error {
	if a.hooks.Serve == nil {
		return errNoHook
	}
	if cmd.Data == "" {
		cmd.Data = defaultData
	}
	var sources []source.Source
	if !cmd.NoFeeds {
		var err error
		if sources, err = a.sources(cmd.Feeds); err != nil {
			return err
		}
	}
	return a.hooks.Serve(a.ctx, ServeOptions{
		Sources: sources, FeedsDir: cmd.FeedsDir, Mail: cmd.Mail, Helpdesk: cmd.Helpdesk,
		Data: cmd.Data, Listen: cmd.Listen, Agents: cmd.Agents, AgentHosts: append(cmd.AgentName, cmd.AgentAddress...),
		Lang: a.lang, JSON: a.json, Out: a.out, Err: a.err,
	})
}

func (cmd demoCmd) Run(a *app) error {
	if a.hooks.Demo == nil {
		return errNoHook
	}
	o := DemoOptions{Once: cmd.Once, Console: cmd.Console, Lang: a.lang, Out: a.out, Err: a.err}
	if !a.json {
		return a.hooks.Demo(a.ctx, o)
	}
	// The show goes on, but not where a program reads.
	o.Out = a.err
	err := a.hooks.Demo(a.ctx, o)
	if err == nil || errors.Is(err, ErrOutcome) {
		err = errors.Join(err, writeJSON(a.out, map[string]bool{"as_expected": err == nil}))
	}
	return err
}

func (consoleCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	link, err := c.SignInLink(a.ctx)
	if err != nil {
		return err
	}
	return a.result(map[string]string{"link": link}, func() {
		a.print(clean(link))
		a.warn(a.t(lang.T("Der Link gilt einmal und nur kurz. Öffnen Sie ihn im Browser auf diesem Rechner.",
			"The link is good once and not for long. Open it in a browser on this machine.")))
	})
}

func (versionCmd) Run(a *app) error {
	v := map[string]string{"version": a.hooks.Version, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH}
	return a.result(v, func() { a.print("patchwart " + a.hooks.Version) })
}

// errNoHook says that this build lacks a part of the program.
var errNoHook = errors.New("this build has no such part")
