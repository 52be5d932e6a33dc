package journal

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/agent/agenttest"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/wire"
)

// FuzzJournal opens any bytes as a journal: what opens can be folded, opens again to the same state, and takes
// a further event; what does not is damaged and stays as it is.
func FuzzJournal(f *testing.F) {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		f.Fatal(err)
	}
	dir, err := OpenDir(filepath.Join(f.TempDir(), "journal"), "boot-1")
	if err != nil {
		f.Fatal(err)
	}
	j, err := dir.Create("run-1", agenttest.Seal("web1", agenttest.Closing("run-1", time.Unix(1795838400, 0)), key, wire.Package{Name: "nginx", Arch: "amd64", From: "1.0", To: "1.1"}))
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range []run.Event{{Kind: run.Begun, Step: run.Prechecking}, {Kind: run.Line, Detail: "x"}, {Kind: run.Resumed, Booted: true}} {
		if _, err := j.Append(e); err != nil {
			f.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		f.Fatal(err)
	}
	path := dir.file("run-1", ".jsonl")
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	good = good[:j.size]
	bare := []byte{}
	for line := range bytes.Lines(good) {
		bare = append(bare, line[9:]...)
	}
	f.Add(good, false)
	f.Add(good[:len(good)-7], false)
	f.Add(append(append([]byte{}, good...), "00000000 {}\n"...), false)
	f.Add([]byte("\n"), false)
	f.Add(bare, true)
	f.Fuzz(func(t *testing.T, doc []byte, sealed bool) {
		if sealed { // with good checksums, so that what stands behind them is tried, too
			var out []byte
			for line := range bytes.Lines(doc) {
				out = append(out, seal(bytes.TrimSuffix(line, []byte("\n")))...)
			}
			doc = out
		}
		if err := os.WriteFile(path, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		j, err := dir.Open("run-1")
		if err != nil {
			if now, rerr := os.ReadFile(path); errors.Is(err, ErrDamaged) && (rerr != nil || string(now) != string(doc)) {
				t.Fatalf("a damaged journal was changed: %v", rerr)
			}
			return
		}
		s := j.State()
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := dir.Open("run-1")
		if err != nil || again.State().Seq != s.Seq || again.State().Step != s.Step {
			t.Fatalf("opened again: %v", err)
		}
		if !s.Ended {
			if _, err := again.Append(run.Event{Kind: run.Line, Detail: "y"}); err != nil {
				t.Fatalf("takes no further event: %v", err)
			}
		}
		_ = again.Close() // what was written is thrown away
	})
}
