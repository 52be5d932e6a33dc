package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/patchwart/patchwart/internal/api/apitest"
	"github.com/patchwart/patchwart/internal/cli"
)

var update = flag.Bool("update", false, "write the expected outputs in the scripts anew")

// The program enters the test's process anew under its own name, with hooks that say what they were
// told.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"patchwart": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		code := cli.Main(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, cli.Hooks{
			Version: "1.2.3",
			Serve: func(_ context.Context, o cli.ServeOptions) error {
				if o.Listen == "0.0.0.0:80" {
					return errors.New("console and API may listen on a loopback address only")
				}
				fmt.Fprintln(o.Out, o.Data, o.Listen, o.Agents, o.AgentHosts, len(o.Sources) > 0, o.FeedsDir, o.Lang, o.JSON)
				return nil
			},
			Demo: func(_ context.Context, o cli.DemoOptions) error {
				fmt.Fprintln(o.Out, o.Once, o.Console, o.Lang)
				if o.Console == "127.0.0.1:1" {
					return fmt.Errorf("demo: %w", cli.ErrOutcome)
				}
				return nil
			},
		})
		stop()
		os.Exit(code)
	}})
}

// The scripts in testdata/script are the command line as people and programs use it, against the real
// API over a backend in memory.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			tb := e.T().(testing.TB)
			broken := apitest.New()
			broken.Broken = true
			e.Setenv("PATCHWART_SERVER", apitest.Serve(tb, apitest.New()).URL)
			e.Setenv("BROKEN_SERVER", apitest.Serve(tb, broken).URL)
			e.Setenv("PATCHWART_TOKEN_FILE", apitest.TokenFile(tb))
			// What the machine of the test speaks must not count.
			for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG", "PATCHWART_DATA"} {
				e.Setenv(name, "")
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"status": status, "isjson": isJSON,
		},
	})
}

// status runs the program and holds its exit code against the expected one: status CODE ARGS...
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: status CODE ARGS...")
	}
	err := ts.Exec("patchwart", args[1:]...)
	code := 0
	var exit interface{ ExitCode() int }
	switch {
	case errors.As(err, &exit):
		code = exit.ExitCode()
	case err != nil:
		ts.Fatalf("patchwart did not run: %v", err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// isJSON checks that a stream of the last command is one JSON value: isjson stdout|stderr
func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: isjson stdout|stderr")
	}
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &v); err != nil {
		ts.Fatalf("%s is no JSON: %v", args[0], err)
	}
}

// Every command has a script that runs it, or that asks for its help.
func TestThereAreScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) < 8 {
		t.Errorf("%d scripts, %v", len(files), err)
	}
}
