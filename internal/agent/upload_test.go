package agent

import (
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/wire"
)

// TestTextIsSentOnlyFromDisk: a number that the server knows must not be given to another event after
// a power cut, so what is not on disk does not leave the host.
func TestTextIsSentOnlyFromDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "journal")
	synctest.Test(t, func(t *testing.T) {
		d, err := journal.OpenDir(dir, "boot-1")
		if err != nil {
			t.Fatal(err)
		}
		j, err := d.Create("run-1", wire.Signed{})
		if err != nil {
			t.Fatal(err)
		}
		defer j.Close()
		write := func(e run.Event) {
			if _, err := j.Append(e); err != nil {
				t.Fatal(err)
			}
		}
		a := &Agent{dir: d, live: j, current: "run-1"}
		u := &uploader{Agent: a, flushed: time.Now()}
		want := func(seq int64, more bool) {
			t.Helper()
			u.more = false
			safe, ended, err := u.reached("run-1")
			if safe != seq || u.more != more || ended || err != nil {
				t.Errorf("reached %d (more: %v, ended: %v, %v), want %d (more: %v)", safe, u.more, ended, err, seq, more)
			}
		}
		write(run.Event{Kind: run.Begun, Step: run.Prechecking})
		want(1, false)
		write(run.Event{Kind: run.Line, Detail: "a"})
		write(run.Event{Kind: run.Line, Detail: "b"})
		want(1, true)
		time.Sleep(flushText)
		want(3, false)
		write(run.Event{Kind: run.Line, Detail: "c"})
		want(3, true)
		write(run.Event{Kind: run.Finished, Step: run.Prechecking}) // flushes what stands before it
		want(5, false)
	})
}
