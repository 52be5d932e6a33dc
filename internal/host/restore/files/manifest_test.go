package files

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/host/restore"
)

var hex1 = strings.Repeat("1a", 32)

// sample has an entry of every kind.
func sample() (header, []*entry) {
	h := header{
		Format: formatName, Version: formatVersion,
		ID: "p", Created: time.Date(2026, 3, 1, 2, 3, 4, 5, time.UTC),
		Scope: restore.Scope{Root: "/", Store: "/var/lib/x", Data: []string{"/srv"}}, Out: []string{"/srv"}, Mounts: []string{"/boot"},
	}
	return h, []*entry{
		{Path: "/", Type: isDir, Mode: 0o755},
		{Path: "/a", Type: isDir, Mode: 0o1777, UID: 1, GID: 2, Mtime: -5},
		{Path: "/b", Type: isFile, Mode: 0o4755, Size: 3, Mtime: 1 << 60, SHA256: hex1, Keep: byLink, Object: 1, Inode: 99,
			Xattrs: map[string][]byte{"security.capability": {0, 1, 2, 255}, "user.\xff": {7}}},
		{Path: "/c", Type: isLink, Target: "\xff\xfe"},
		{Path: "/d", Type: isLink, Target: "../ü <&>\n"},
		{Path: "/e", Type: isChar, Rdev: 259},
		{Path: "/f\xffg", Type: isPipe},
		{Path: "/k", Type: isKept},
		{Path: "/s", Type: isSocket},
		{Path: "/a/one", Type: isFile, SHA256: hex1, Keep: inPack, Object: 2, Offset: 77, Size: 5, Group: true},
		{Path: "/a/two", Type: isFile, SHA256: hex1, Keep: byCopy, Object: 3},
	}
}

func encode(t testing.TB, h header, entries []*entry) []byte {
	t.Helper()
	var b bytes.Buffer
	e, err := newEncoder(&b, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range entries {
		if err := e.add(x); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := e.finish(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decode(b []byte) (header, []*entry, error) {
	d, err := newDecoder(bytes.NewReader(b))
	if err != nil {
		return header{}, nil, err
	}
	var out []*entry
	for {
		e, err := d.next()
		if err != nil || e == nil {
			return d.header, out, err
		}
		out = append(out, e)
	}
}

func TestManifestKeepsEverything(t *testing.T) {
	t.Parallel()
	h, entries := sample()
	gotHeader, got, err := decode(encode(t, h, entries))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(h, gotHeader); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(entries, got); d != "" {
		t.Error(d)
	}
}

func TestManifestBlocks(t *testing.T) {
	t.Parallel()
	h, entries := sample()
	d, err := newDecoder(bytes.NewReader(encode(t, h, entries)))
	if err != nil {
		t.Fatal(err)
	}
	if e, err := d.next(); err != nil || e.Path != "/" {
		t.Fatal(e, err)
	}
	top, err := d.block("/")
	if err != nil || len(top) != 8 {
		t.Fatalf("%d at the top, %v", len(top), err)
	}
	in, err := d.block("/a")
	if err != nil || len(in) != 2 {
		t.Fatalf("%d in /a, %v", len(in), err)
	}
	if e, err := d.peek(); e != nil || err != nil {
		t.Fatal(e, err)
	}
	if none, err := d.block("/b"); len(none) != 0 || err != nil {
		t.Fatal(none, err)
	}
}

// However it is cut or changed, a manifest does not pass for another one.
func TestManifestCutOrAltered(t *testing.T) {
	t.Parallel()
	h, entries := sample()
	whole := encode(t, h, entries)
	for n := range whole {
		if _, _, err := decode(whole[:n]); !errors.Is(err, errManifest) {
			t.Fatalf("cut to %d of %d bytes: %v", n, len(whole), err)
		}
		changed := bytes.Clone(whole)
		changed[n] ^= 1
		if _, _, err := decode(changed); !errors.Is(err, errManifest) {
			t.Fatalf("byte %d changed: %v", n, err)
		}
	}
	if _, _, err := decode(append(bytes.Clone(whole), '\n')); !errors.Is(err, errManifest) {
		t.Fatalf("with something after it: %v", err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	if _, _, err := decode(bytes.Join(append(lines[:3:3], lines[4:]...), nil)); !errors.Is(err, errManifest) {
		t.Fatalf("with a line missing: %v", err)
	}
}

func TestEntriesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, e := range map[string]entry{
		"relative":             {Path: "etc", Type: isDir},
		"leaves the root":      {Path: "/../etc", Type: isDir},
		"no path":              {Type: isDir},
		"NUL in path":          {Path: "/a\x00", Type: isDir},
		"no type":              {Path: "/a"},
		"mode":                 {Path: "/a", Type: isDir, Mode: 0o10000},
		"file without content": {Path: "/a", Type: isFile, Keep: byCopy, Object: 1},
		"file without object":  {Path: "/a", Type: isFile, Keep: byCopy, SHA256: hex1},
		"file kept nowhere":    {Path: "/a", Type: isFile, Object: 1, SHA256: hex1},
		"negative size":        {Path: "/a", Type: isFile, Keep: byCopy, Object: 1, SHA256: hex1, Size: -1},
		"too large for pack":   {Path: "/a", Type: isFile, Keep: inPack, Object: 1, SHA256: hex1, Size: packLimit + 1},
		"before the pack":      {Path: "/a", Type: isFile, Keep: inPack, Object: 1, SHA256: hex1, Offset: -1},
		"link without inode":   {Path: "/a", Type: isFile, Keep: byLink, Object: 1, SHA256: hex1},
		"link to nowhere":      {Path: "/a", Type: isLink},
		"upper-case digest":    {Path: "/a", Type: isFile, Keep: byCopy, Object: 1, SHA256: strings.ToUpper(hex1)},
	} {
		if e.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzManifest: whatever a manifest says, reading it ends, and what is accepted can be written again.
func FuzzManifest(f *testing.F) {
	h, entries := sample()
	whole := encode(f, h, entries)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add(encode(f, h, nil))
	f.Add([]byte(`{"format":"patchwart restore manifest","version":1}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, entries, err := decode(b)
		if err != nil {
			return
		}
		h2, again, err := decode(encode(t, h, entries))
		if err != nil {
			t.Fatalf("what was accepted cannot be read again: %v", err)
		}
		if d := cmp.Diff(entries, again); d != "" {
			t.Fatal(d)
		}
		if d := cmp.Diff(h, h2); d != "" {
			t.Fatal(d)
		}
	})
}

// FuzzEntry gets past the digests: the line is sealed before it is read.
func FuzzEntry(f *testing.F) {
	h, entries := sample()
	for _, l := range bytes.SplitAfter(encode(f, h, entries), []byte("\n"))[1 : len(entries)+1] {
		f.Add(l)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if bytes.ContainsRune(b, '\n') {
			return
		}
		var w bytes.Buffer
		e, err := newEncoder(&w, h)
		if err != nil {
			t.Fatal(err)
		}
		line := append(bytes.Clone(b), '\n')
		for _, to := range []interface{ Write([]byte) (int, error) }{e.w, e.inner, e.outer} {
			if _, err := to.Write(line); err != nil {
				t.Fatal(err)
			}
		}
		e.entries++
		if _, err := e.finish(); err != nil {
			t.Fatal(err)
		}
		_, got, err := decode(w.Bytes())
		if err != nil {
			return
		}
		if len(got) != 1 || got[0].check() != nil {
			t.Fatalf("accepted %q as %+v", b, got)
		}
		_, again, err := decode(encode(t, h, got))
		if err != nil || cmp.Diff(got, again) != "" {
			t.Fatalf("%+v read again: %+v, %v", got[0], again, err)
		}
	})
}
