package host

import (
	"net"
	"testing"

	"github.com/patchwart/patchwart/internal/core/fact"
)

// listening is a place where an sshd listened, as it was seen before the restart.
func listening(t *testing.T, l net.Listener) fact.Listener {
	t.Helper()
	at, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatalf("%s is no TCP address", l.Addr())
	}
	return fact.Listener{Proto: "tcp", Address: at.IP.String(), Port: at.Port, Process: "sshd"}
}

// greeter answers with a greeting, but for the first so many callers, whom it hangs up on.
func greeter(t *testing.T, greeting string, deaf int) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for n := 0; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if n >= deaf {
				_, _ = conn.Write([]byte(greeting))
			}
			_ = conn.Close()
		}
	}()
	return l
}

// TestSSHIsNeverLeftDown is obstacle 9: after the one pass of restarts sshd has to greet on every port where it
// listened before. It gets its time; one that does not come back, or something else in its place, is a failure,
// and the run puts the host back.
func TestSSHIsNeverLeftDown(t *testing.T) {
	t.Parallel()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	good := listening(t, greeter(t, "SSH-2.0-OpenSSH_9.2\r\n", 0))
	for _, c := range []struct {
		name  string
		ports []fact.Listener
		code  string
	}{
		{"it greets", []fact.Listener{good}, ""},
		{"it needs a moment", []fact.Listener{good, listening(t, greeter(t, "SSH-2.0-OpenSSH_9.2\r\n", 2))}, ""},
		{"it is gone on one of two ports", []fact.Listener{good, listening(t, gone)}, CodeSSH},
		{"something else answers", []fact.Listener{listening(t, greeter(t, "HTTP/1.1 400 Bad Request\r\n", 0))}, CodeSSH},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := answersSSH(t.Context(), c.ports)
			if (got == nil) != (c.code == "") || got != nil && got.Code != c.code {
				t.Errorf("%v, want %q", got, c.code)
			}
		})
	}
}
