// Command patchwart is server, console, demo and command line in one binary. It only reads flags and
// signals and sets the exit code; see internal/cli for the commands and internal/server for the work.
package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // windows are local time, also on a host without zone data

	"github.com/patchwart/patchwart/internal/cli"
	"github.com/patchwart/patchwart/internal/core/build"
	"github.com/patchwart/patchwart/internal/demo"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, cli.Hooks{Serve: serve, Demo: play, Version: build.Version})
	stop()
	os.Exit(code)
}

func play(ctx context.Context, o cli.DemoOptions) error {
	err := demo.Run(ctx, demo.Options{Once: o.Once, Console: o.Console, Lang: o.Lang, Out: o.Out})
	if errors.Is(err, demo.ErrOutcome) {
		return errors.Join(cli.ErrOutcome, err)
	}
	return err
}
