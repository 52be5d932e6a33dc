// Package demo plays the main job on four real Debian hosts, for people who want to see before they
// believe: one is patched, one is put back, one waits for the customer's word, one is not ours to touch.
// Nothing in it is staged but the estate and the faulty update; what is shown is what the server says.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/lab"
	"github.com/patchwart/patchwart/internal/stage"
)

// Options says how the demo is played.
type Options struct {
	Once    bool   // end after the table
	Console string // loopback address of console and API
	Agent   string // path of the agent's binary; empty: beside this program
	Lang    lang.Lang
	Out     io.Writer
	Log     *slog.Logger
	// Look is called with the hosts before anything is planned, and again when all runs are over: for
	// tests that want to see for themselves. May be nil.
	Look func(when Moment, hosts map[string]*lab.Host) error
}

// Moment is when Look is called.
type Moment string

// The moments of a performance.
const (
	Before Moment = "before"
	After  Moment = "after"
)

// ErrOutcome says that the demo played to its end, and an outcome was not the expected one.
var ErrOutcome = errors.New("an outcome was not the expected one")

// show is one performance.
type show struct {
	Options
	*teller
	stage *stage.Stage
	hosts map[string]*lab.Host
	opens time.Time // when db1's window opens
	ours  lab.Tree  // iaas1 before: nobody may touch it
	acts  map[string]act
}

// act is what came of one host.
type act struct {
	contract, expected, outcome, what string
	good                              bool
}

// Run plays the demo. It returns nil only if every outcome was the expected one.
func Run(ctx context.Context, o Options) (err error) {
	s := &show{Options: o, teller: newTeller(o.Out, o.Lang), hosts: map[string]*lab.Host{}, acts: map[string]act{}}
	if os.Geteuid() != 0 {
		return errors.New(lang.T(
			"Die Testhosts brauchen root: bitte mit 'sudo make demo' noch einmal starten.",
			"The test hosts need root: please start again with 'sudo make demo'.").In(o.Lang))
	}
	if s.Agent == "" {
		self, err := os.Executable()
		if err != nil {
			return err
		}
		s.Agent = filepath.Join(filepath.Dir(self), "patchwart-agent")
	}
	if missing := lab.Missing(); len(missing) > 0 {
		s.step(lang.T("Installiere, was fehlt", "Installing what is missing"))
		if err := lab.Install(ctx, missing, s.detail); err != nil {
			return err
		}
	}
	s.step(lang.T("Labor: vier Debian-Hosts mit systemd, apt und echten Sicherheitsupdates", "Lab: four Debian hosts with systemd, apt and real security updates"))
	s.stage, err = stage.Open(ctx, stage.Options{Agent: s.Agent, Console: o.Console, Lab: lab.Options{Progress: s.detail}, Log: o.Log})
	if err != nil {
		return err
	}
	defer func() {
		s.step(lang.T("Räume auf", "Cleaning up"))
		err = errors.Join(err, s.stage.Close())
	}()
	look := func(when Moment) func(context.Context) error {
		return func(context.Context) error {
			if o.Look == nil {
				return nil
			}
			return o.Look(when, s.hosts)
		}
	}
	for _, scene := range []func(context.Context) error{s.build, s.open, s.ask, look(Before), s.plan, s.follow, look(After)} {
		if err := scene(ctx); err != nil {
			return err
		}
	}
	good, err := s.table(ctx)
	if err != nil {
		return err
	}
	if !o.Once {
		s.leaveOpen(ctx)
	}
	if !good {
		return ErrOutcome
	}
	return nil
}

// build makes and boots the hosts. web2 gets its portal, and its repository the faulty update.
func (s *show) build(ctx context.Context) error {
	if _, err := s.stage.Lab.Prepare(ctx, lab.Web, lab.DB, lab.Base); err != nil {
		return err
	}
	repo, err := s.stage.Lab.Repo(ctx, lab.RepoSpec{Name: "portal", Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "bookworm-security"})
	if err != nil {
		return err
	}
	specs := []lab.HostSpec{
		{Name: "web1", Profile: lab.Web, Security: true},
		{Name: "web2", Profile: lab.Web, Security: true, Repos: []*lab.Repo{repo}},
		{Name: "db1", Profile: lab.DB, Security: true},
		{Name: "iaas1", Profile: lab.Base, Security: true},
	}
	for _, spec := range specs { // one after the other: they share two cores and one disk
		h, err := s.stage.Lab.Host(ctx, spec)
		if err != nil {
			return err
		}
		s.hosts[spec.Name] = h
	}
	var boots errgroup.Group
	boots.SetLimit(2)
	for _, spec := range specs {
		h := s.hosts[spec.Name]
		boots.Go(func() error { return h.Boot(ctx) })
	}
	if err := boots.Wait(); err != nil {
		return err
	}
	if err := breakWeb2(ctx, repo, s.hosts["web2"]); err != nil {
		return err
	}
	s.ours, err = lab.Walk(s.hosts["iaas1"].Root(), lab.BootVolatile())
	return err
}

// leaveOpen keeps the console open until Ctrl-C.
func (s *show) leaveOpen(ctx context.Context) {
	link, err := s.stage.Server.SignInLink(ctx)
	if err != nil {
		return
	}
	s.say(lang.Textf("Die Konsole ist offen: %[1]s\nEnde mit Strg-C.", "The console is open: %[1]s\nCtrl-C ends it.", link))
	<-ctx.Done()
	fmt.Fprintln(s.Out)
}
