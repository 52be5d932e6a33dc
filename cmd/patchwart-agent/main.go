// Command patchwart-agent is the agent of one host: it reports facts to its server and carries out
// the work orders that the host's own policy allows. See package agent.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// The agent is a guest on a customer's host: while it waits, which is nearly always, it trades some
// processor time for memory. The limit is a soft one, for the restore point of a very large host.
const (
	gcPercent   = 40
	memoryLimit = 192 << 20
)

func main() {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryLimit)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := command{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv}.main(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
