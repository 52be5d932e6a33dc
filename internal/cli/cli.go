// Package cli is the command line. Its commands speak to the server through the public client alone
// – what they can do, a program can do – but for serve and demo, which are handed in.
//
// Its rules: results go to standard output, everything else to standard error; with --json both are
// JSON; German and English by --lang, else by LC_ALL, LC_MESSAGES or LANG, German where those name
// neither; states have a word and a shape, colour only on a terminal and never alone; secrets are
// never arguments; exit codes are API (see ExitOK and the following).
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// Hooks are the parts of the program that are no clients of a server.
type Hooks struct {
	Serve   func(ctx context.Context, o ServeOptions) error
	Demo    func(ctx context.Context, o DemoOptions) error
	Version string
}

// ServeOptions is what the command serve was told.
type ServeOptions struct {
	Data       string          // directory of the server's data
	Listen     string          // console and API, loopback
	Agents     string          // the agents' side
	AgentHosts []string        // names and addresses for the agents' server certificate, the first one is told to agents
	Sources    []source.Source // feeds that are fetched; none: only what is handed over
	FeedsDir   string          // directory that they are taken from instead of the network; empty: the network
	Mail       string          // file with the settings of mail; empty: none is read or sent
	Helpdesk   string          // file with the settings of the help desk and of webhooks; empty: none
	Lang       lang.Lang       // of what is said at the start
	JSON       bool            // log in JSON
	Out, Err   io.Writer
}

// DemoOptions is what the command demo was told.
type DemoOptions struct {
	Once     bool   // end after the table
	Console  string // loopback address of the demo's console
	Lang     lang.Lang
	Out, Err io.Writer
}

// Main runs one command and returns its exit code. The context ends it early, as Ctrl-C does.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, hooks Hooks) int {
	a := &app{
		ctx: ctx, in: stdin, out: stdout, err: stderr, hooks: hooks, lang: language(args, os.Getenv),
		colour: colourful(stdout, os.Getenv), live: terminal(stdout),
	}
	err := a.run(args)
	if err != nil && !errors.Is(err, errHelp) {
		a.report(err)
	}
	return exitCode(ctx, err)
}

// app is one run of the program.
type app struct {
	ctx      context.Context
	in       io.Reader
	out, err io.Writer
	hooks    Hooks
	lang     lang.Lang
	json     bool
	colour   bool // whether standard output takes colours
	live     bool // whether standard output is a terminal, whose last line can be written again
	server   string
	token    string // path of the token's file
}

func (a *app) run(args []string) error {
	var g grammar
	parser, err := kong.New(&g, kong.Name("patchwart"), kong.NoDefaultHelp(), kong.Writers(a.out, a.err),
		wordVars(a.lang), kong.Bind(a), kong.Exit(func(int) {}))
	if err != nil { // the grammar is a constant: every test sees this
		panic("cli: " + err.Error())
	}
	inWords(parser.Model.Node, a.lang)
	// An error in the command line is told as the rest of it asks for.
	a.json = contains(args, "--json")
	parsed, err := parser.Parse(args)
	var wrong *kong.ParseError
	switch {
	case errors.Is(err, errHelp):
		return err
	case errors.As(err, &wrong):
		return misunderstood(wrong)
	case err != nil:
		return err
	}
	a.json, a.server, a.token = g.JSON, g.Server, g.TokenFile
	return parsed.Run(a)
}

// contains reports whether an option was given, before a -- that ends the options.
func contains(args []string, option string) bool {
	for _, arg := range args {
		if arg == "--" {
			return false
		}
		if arg == option {
			return true
		}
	}
	return false
}

// language picks the language before anything is parsed, so that also the help and the errors of the
// command line speak it.
func language(args []string, env func(string) string) lang.Lang {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		value, found := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, found = args[i+1], true
		}
		if l, ok := lang.Parse(value); found && ok {
			return l
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := env(name); value != "" {
			if l, ok := lang.Parse(value); ok {
				return l
			}
			break
		}
	}
	return lang.DE
}
