package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/patchwart/patchwart/internal/core/build"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// command is one call of the program.
type command struct {
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	lang     lang.Lang
}

// The exit codes are API, and the same as those of the command patchwart.
const (
	exitOK          = 0
	exitInternal    = 1
	exitUsage       = 2
	exitInvalid     = 3
	exitNotFound    = 4
	exitRefused     = 5
	exitConflict    = 6
	exitForbidden   = 7
	exitUnavailable = 8
)

var codes = map[fault.Code]int{
	fault.Invalid: exitInvalid, fault.NotFound: exitNotFound, fault.Refused: exitRefused, fault.Conflict: exitConflict,
	fault.Forbidden: exitForbidden, fault.Unavailable: exitUnavailable, fault.Internal: exitInternal,
}

// errUsage says that the call was not understood; what is wrong was said already.
var errUsage = errors.New("usage")

func (c command) main(ctx context.Context, args []string) int {
	c.lang = language(c.env)
	if len(args) == 0 {
		c.say(c.err, help)
		return exitUsage
	}
	verbs := map[string]func(context.Context, []string) error{
		"enrol": c.enrol, "run": c.run, "status": c.status, "facts": c.facts, "unit": c.unit, "version": c.version,
	}
	switch args[0] {
	case "help", "--help", "-h":
		c.say(c.out, help)
		return exitOK
	}
	do, known := verbs[args[0]]
	if !known {
		c.complain(lang.Textf("Den Befehl %[1]q gibt es nicht. Hilfe: patchwart-agent help", "There is no command %[1]q. Help: patchwart-agent help", args[0]))
		return exitUsage
	}
	return c.report(do(ctx, args[1:]))
}

// language is the user's, as the locale says; German where that is neither German nor English.
func language(env func(string) string) lang.Lang {
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

func (c command) say(to io.Writer, t lang.Text) { fmt.Fprintln(to, strings.Trim(t.In(c.lang), "\n")) }

func (c command) complain(t lang.Text) { fmt.Fprintln(c.err, "patchwart-agent: "+t.In(c.lang)) }

// report says an error in one line, with what helps, and returns the exit code.
func (c command) report(err error) int {
	var f *fault.Error
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.Is(err, errUsage):
		return exitUsage
	case !errors.As(err, &f):
		fmt.Fprintln(c.err, "patchwart-agent: "+err.Error())
		return exitInternal
	}
	line := f.Text.In(c.lang)
	if f.Cause != nil { // here the reader is who holds root on the host: the cause helps, and hides nothing
		line += " (" + f.Cause.Error() + ")"
	}
	fmt.Fprintln(c.err, strings.TrimSpace("patchwart-agent: "+line+" "+f.Mend.In(c.lang)))
	if code, ok := codes[f.Code]; ok {
		return code
	}
	return exitInternal
}

// flags makes the flag set of a verb.
func (c command) flags(verb string) *flag.FlagSet {
	set := flag.NewFlagSet("patchwart-agent "+verb, flag.ContinueOnError)
	set.SetOutput(io.Discard) // parse says what is wrong, in one line
	return set
}

// parse reads the flags of a verb that takes no other arguments.
func (c command) parse(set *flag.FlagSet, args []string) error {
	if err := set.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			c.say(c.out, help)
			return err
		}
		c.complain(lang.Textf("%[1]s. Hilfe: patchwart-agent help", "%[1]s. Help: patchwart-agent help", err))
		return errUsage
	}
	if set.NArg() > 0 {
		c.complain(lang.Textf("%[1]q wird hier nicht erwartet.", "%[1]q is not expected here.", set.Arg(0)))
		return errUsage
	}
	return nil
}

func (c command) json(v any) error {
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (c command) version(_ context.Context, args []string) error {
	if err := c.parse(c.flags("version"), args); err != nil {
		return err
	}
	_, err := fmt.Fprintln(c.out, "patchwart-agent "+build.Version)
	return err
}
