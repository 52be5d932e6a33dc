package agent

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

// heart tells the system manager that the agent is well, if it wants to know (sd_notify(3), spoken
// without a library: one datagram to a socket). Whatever waits says before how long it may take; when
// that is long over, nothing is told any more and the system manager restarts the agent.
type heart struct {
	mu  sync.Mutex
	due time.Time
}

// grace is added to each announced wait.
const grace = time.Minute

// next says that the next sign of life comes within d.
func (h *heart) next(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.due = time.Now().Add(d + grace)
}

func (h *heart) well() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Before(h.due)
}

// watch sends signs of life until ctx ends. A run has time limits of its own, and killing it because
// the line to the server hangs would be the wrong help: while one is under way the agent counts as well.
func (h *heart) watch(ctx context.Context, busy func() bool) {
	every := watchdogInterval(os.Getenv("WATCHDOG_USEC"), os.Getenv("WATCHDOG_PID"), os.Getpid())
	if every == 0 {
		return
	}
	h.next(0)
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if h.well() || busy() {
			notify("WATCHDOG=1")
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// watchdogInterval is half of what the system manager allows, 0 if it does not watch this process.
func watchdogInterval(usec, pid string, own int) time.Duration {
	if pid != "" && pid != strconv.Itoa(own) {
		return 0
	}
	n, err := strconv.ParseInt(usec, 10, 64)
	if err != nil || n <= 0 || n > int64(24*time.Hour/time.Microsecond) {
		return 0
	}
	return time.Duration(n) * time.Microsecond / 2
}

// notify tells the system manager a state, if there is one that listens. It is a courtesy: failing
// has no consequence but a restart by the watchdog.
func notify(state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	if path[0] == '@' { // abstract name space
		path = "\x00" + path[1:]
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return
	}
	if err = conn.SetWriteDeadline(time.Now().Add(time.Second)); err == nil {
		_, err = conn.Write([]byte(state))
	}
	_ = errors.Join(err, conn.Close()) // see above
}
