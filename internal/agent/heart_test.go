package agent

import (
	"context"
	"net"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
)

func TestWatchdogIsOnlyForThisProcess(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{
		{"", "", 0}, {"180000000", "", 90 * time.Second}, {"180000000", "42", 90 * time.Second}, {"180000000", "43", 0},
		{"-1", "42", 0}, {"soon", "", 0}, {"99999999999999999", "", 0},
	} {
		if got := watchdogInterval(c.usec, c.pid, 42); got != c.want {
			t.Errorf("WATCHDOG_USEC=%s WATCHDOG_PID=%s: %s, want %s", c.usec, c.pid, got, c.want)
		}
	}
}

func TestSignsOfLife(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", path)
	t.Setenv("WATCHDOG_USEC", "20000")
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	var h heart
	h.next(time.Hour)
	go func() {
		defer close(done)
		h.watch(ctx, func() bool { return false })
	}()
	notify("READY=1")
	got := map[string]int{}
	if err := l.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for got["WATCHDOG=1"] < 3 || got["READY=1"] < 1 {
		buf := make([]byte, 64)
		n, err := l.Read(buf)
		if err != nil {
			t.Fatalf("%v; told so far: %v", err, got)
		}
		got[string(buf[:n])]++
	}
	stop()
	<-done
}

func TestSilenceMeansUnwell(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var h heart
		if h.well() {
			t.Error("well before anything was said")
		}
		h.next(10 * time.Second)
		time.Sleep(10*time.Second + grace - time.Nanosecond)
		if !h.well() {
			t.Error("unwell within the announced time")
		}
		time.Sleep(time.Nanosecond)
		if h.well() {
			t.Error("well after the announced time")
		}
	})
}

func TestLookIsDueByInterval(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l lookout
		if !l.due(10 * time.Minute) {
			t.Error("the first look is not due")
		}
		if _, err := l.facts(); err == nil {
			t.Error("facts before the first look")
		}
		want := fact.Facts{Host: "web1", Packages: []fact.Package{{Name: "b"}, {Name: "a"}}}
		if err := l.take(want, simDay); err != nil {
			t.Fatal(err)
		}
		want.Sort()
		got, err := l.facts()
		sum, observed := l.hash()
		if err != nil || got.Hash() != want.Hash() || sum != want.Hash() || !observed.Equal(simDay) {
			t.Errorf("unpacked: %+v, %v", got, err)
		}
		time.Sleep(10*time.Minute - time.Nanosecond)
		if l.due(10 * time.Minute) {
			t.Error("due too early")
		}
		time.Sleep(time.Nanosecond)
		if !l.due(10 * time.Minute) {
			t.Error("not due after its interval")
		}
		if _, fresh := l.report(); !fresh {
			t.Error("nothing to report")
		}
		l.told()
		if _, fresh := l.report(); fresh {
			t.Error("the same facts at once again")
		}
	})
}
