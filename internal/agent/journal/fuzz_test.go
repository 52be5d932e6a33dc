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

// FuzzJournal reads any bytes as a journal: what can be read is, without its torn end, read again to the same
// state; everything else is damaged.
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
		read := func() (*Journal, error) { // as Open does, but for the flush to disk, which would be all that it does
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			j := &Journal{id: "run-1", boot: "boot-1", file: file}
			return j, j.load()
		}
		j, err := read()
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatalf("neither whole nor damaged: %v", err)
			}
			return
		}
		if j.size > int64(len(doc)) || j.state.Seq < 0 || j.state.Reboots > run.MaxReboots {
			t.Fatalf("%d of %d bytes, %+v", j.size, len(doc), j.state)
		}
		if err := os.Truncate(path, j.size); err != nil { // the torn end is cut off
			t.Fatal(err)
		}
		again, err := read()
		if err != nil || again.size != j.size || again.state.Seq != j.state.Seq || again.state.Step != j.state.Step || again.lines != j.lines {
			t.Fatalf("read again: %+v, then %+v, %v", j.state, again.state, err)
		}
	})
}
