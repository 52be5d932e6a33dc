package restoretest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Hypervisor is a small one, for drivers that a server drives from outside the host: it keeps snapshots of
// one guest's disk. The disk is a directory, so that the suite can look at it; each call happens whole or
// not at all, as the real ones' tasks do.
type Hypervisor struct {
	mu    sync.Mutex
	disk  string // the guest's root
	dir   string // where snapshots' content lies, out of the guest's sight
	next  int
	snaps []*snapshot
	busy  bool
	kept  *Hypervisor // by a power cut
}

// snapshot is one of the guest's disk.
type snapshot struct {
	name    string
	note    string // free text that the hypervisor stores with it
	content string
	created time.Time
}

// NewHypervisor has a guest with its disk at disk, and keeps snapshots below dir.
func NewHypervisor(disk, dir string) *Hypervisor { return &Hypervisor{disk: disk, dir: dir} }

func (h *Hypervisor) find(name string) *snapshot {
	for _, s := range h.snaps {
		if s.name == name {
			return s
		}
	}
	return nil
}

// take makes a snapshot.
func (h *Hypervisor) take(name string, at time.Time) error {
	if h.find(name) != nil {
		return fmt.Errorf("snapshot %q exists", name)
	}
	h.next++
	content := filepath.Join(h.dir, itoa(h.next))
	if err := copyDisk(h.disk, content); err != nil {
		return err
	}
	h.snaps = append(h.snaps, &snapshot{name: name, content: content, created: at})
	return nil
}

// revert makes the disk what the snapshot has. The guest is off meanwhile.
func (h *Hypervisor) revert(s *snapshot) error {
	entries, err := os.ReadDir(h.disk)
	for i := 0; err == nil && i < len(entries); i++ {
		err = os.RemoveAll(filepath.Join(h.disk, entries[i].Name()))
	}
	if err == nil {
		err = copyDisk(s.content, h.disk)
	}
	return err
}

func (h *Hypervisor) remove(name string) error {
	s := h.find(name)
	if s == nil {
		return nil
	}
	h.snaps = slices.DeleteFunc(h.snaps, func(o *snapshot) bool { return o == s })
	return os.RemoveAll(s.content)
}

func copyDisk(from, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	return tool("cp", "-a", from+"/.", to)
}

// Cut implements Power: the disk and the list of snapshots are kept as they are.
func (h *Hypervisor) Cut() error {
	dir, err := os.MkdirTemp(h.dir, "cut")
	if err != nil {
		return err
	}
	k := &Hypervisor{disk: filepath.Join(dir, "disk"), next: h.next}
	for _, s := range h.snaps {
		one := *s
		one.content = filepath.Join(dir, filepath.Base(s.content))
		if err := copyDisk(s.content, one.content); err != nil {
			return err
		}
		k.snaps = append(k.snaps, &one)
	}
	h.kept = k
	return copyDisk(h.disk, k.disk)
}

// On implements Power.
func (h *Hypervisor) On() error {
	h.snaps, h.busy = h.kept.snaps, false
	return h.revert(&snapshot{content: h.kept.disk})
}

// Former gives the disk as it was before the last revert to a point.
func (h *Hypervisor) Former() (string, error) {
	for _, s := range slices.Backward(h.snaps) {
		if former.MatchString(s.name) {
			return s.content, nil
		}
	}
	return "", errors.New("nothing was kept")
}

// Driver gives the driver for the guest, as a server uses it: it holds no state of its own, all is with
// the hypervisor. fault is asked before every call that changes something there.
func (h *Hypervisor) Driver(fault func(op, path string) error) restore.Driver {
	if fault == nil {
		fault = func(string, string) error { return nil }
	}
	return &guest{h: h, fault: fault}
}

// guest implements restore.Driver by whole-disk snapshots.
type guest struct {
	h     *Hypervisor
	fault func(op, path string) error
}

// Snapshots that are points are named point-ID; the state before a restore is kept as former-ID-N.
var (
	validPoint = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)
	former     = regexp.MustCompile(`^former-.*-[0-9]+$`)
)

const pointPrefix = "point-"

// begin takes the guest for one change.
func (g *guest) begin(ctx context.Context, id string) (done func(), err error) {
	if err := g.name(ctx, id); err != nil {
		return nil, err
	}
	g.h.mu.Lock()
	defer g.h.mu.Unlock()
	if g.h.busy {
		return nil, restore.ErrBusy
	}
	g.h.busy = true
	return func() {
		g.h.mu.Lock()
		defer g.h.mu.Unlock()
		g.h.busy = false
	}, nil
}

func (g *guest) name(ctx context.Context, id string) error {
	if !validPoint.MatchString(id) {
		return fmt.Errorf("restore point name %q", id)
	}
	return ctx.Err()
}

// change makes one call to the hypervisor.
func (g *guest) change(op, path string, call func() error) error {
	if err := g.fault(op, path); err != nil {
		return err
	}
	return call()
}

func (g *guest) Save(ctx context.Context, id string, sc restore.Scope) (restore.Point, error) {
	none := restore.Point{}
	if err := sc.Check(); err != nil {
		return none, err
	}
	done, err := g.begin(ctx, id)
	if err != nil {
		return none, err
	}
	defer done()
	began := time.Now()
	if old := g.h.find(pointPrefix + id); old != nil {
		if old.note != "" {
			return none, restore.ErrExists
		}
		if err := g.change("remove", id, func() error { return g.h.remove(pointPrefix + id) }); err != nil {
			return none, err
		}
	}
	if err := g.change("snapshot", id, func() error { return g.h.take(pointPrefix+id, began.UTC()) }); err != nil {
		return none, err
	}
	s := g.h.find(pointPrefix + id)
	picture, err := scan(s.content)
	if err != nil {
		return none, err
	}
	p := restore.Point{ID: id, Driver: "hypervisor", Created: s.created, Complete: true, Whole: true, ManifestSHA256: picture.digest()}
	if p.Bytes, err = sizeOf(s.content); err != nil {
		return none, err
	}
	p.Stored, p.Took = p.Bytes, time.Since(began)
	note, err := json.Marshal(p)
	if err != nil {
		return none, err
	}
	// Without the note, whoever finds the snapshot cannot tell that it is what was asked for.
	err = g.change("note", id, func() error { s.note = string(note); return nil })
	if err != nil {
		return none, errors.Join(err, g.change("remove", id, func() error { return g.h.remove(pointPrefix + id) }))
	}
	return p, nil
}

func (g *guest) point(id string) (*snapshot, restore.Point, error) {
	s := g.h.find(pointPrefix + id)
	if s == nil {
		return nil, restore.Point{}, restore.ErrNotFound
	}
	if s.note == "" {
		return s, restore.Point{ID: id, Driver: "hypervisor", Created: s.created, Whole: true}, restore.ErrIncomplete
	}
	var p restore.Point
	err := json.Unmarshal([]byte(s.note), &p)
	return s, p, err
}

func (g *guest) Restore(ctx context.Context, id string) (restore.Result, error) {
	var res restore.Result
	done, err := g.begin(ctx, id)
	if err != nil {
		return res, err
	}
	defer done()
	s, p, err := g.point(id)
	if err != nil {
		return res, err
	}
	began := time.Now()
	if res.Verified, err = g.compare(s, p); err != nil {
		return res, err
	}
	if !res.Verified.Identical() {
		n := 1
		for g.h.find("former-"+id+"-"+itoa(n)) != nil {
			n++
		}
		name := "former-" + id + "-" + itoa(n)
		if err := g.change("snapshot", name, func() error { return g.h.take(name, time.Now().UTC()) }); err != nil {
			return res, err
		}
		res.Aside, res.AsideDir = 1, name
		if err := g.change("revert", id, func() error { return g.h.revert(s) }); err != nil {
			return res, err
		}
		res.Replaced = 1
		if res.Verified, err = g.compare(s, p); err != nil {
			return res, err
		}
	}
	res.Took = time.Since(began)
	switch {
	case slices.ContainsFunc(res.Verified.Differences, func(d restore.Difference) bool { return d.Want != p.ManifestSHA256 }):
		return res, restore.ErrPointDamaged
	case !res.Verified.Identical():
		return res, restore.ErrNotIdentical
	}
	return res, nil
}

// compare holds the disk and the snapshot against what was noted when the point was saved.
func (g *guest) compare(s *snapshot, p restore.Point) (restore.VerifyResult, error) {
	began := time.Now()
	v := restore.VerifyResult{ManifestSHA256: p.ManifestSHA256, Checked: 1}
	kept, err := scan(s.content)
	if err != nil {
		return v, err
	}
	now, err := scan(g.h.disk)
	if err != nil {
		return v, err
	}
	if kept.digest() != p.ManifestSHA256 || now.digest() != p.ManifestSHA256 {
		v.Differences = []restore.Difference{{Path: "/", Aspect: restore.Content, Want: kept.digest(), Got: now.digest()}}
	}
	v.Took = time.Since(began)
	return v, nil
}

func (g *guest) Verify(ctx context.Context, id string) (restore.VerifyResult, error) {
	if err := g.name(ctx, id); err != nil {
		return restore.VerifyResult{}, err
	}
	s, p, err := g.point(id)
	if err != nil {
		return restore.VerifyResult{}, err
	}
	return g.compare(s, p)
}

func (g *guest) Drop(ctx context.Context, id string) error {
	done, err := g.begin(ctx, id)
	if err != nil {
		return err
	}
	defer done()
	// What was kept from before its restores first: without the point nobody would look for it.
	for n := 1; ; n++ {
		name := "former-" + id + "-" + itoa(n)
		if g.h.find(name) == nil {
			break
		}
		if err := g.change("remove", name, func() error { return g.h.remove(name) }); err != nil {
			return err
		}
	}
	if g.h.find(pointPrefix+id) == nil {
		return nil
	}
	return g.change("remove", id, func() error { return g.h.remove(pointPrefix + id) })
}

func (g *guest) List(ctx context.Context) ([]restore.Point, error) {
	var out []restore.Point
	for _, s := range g.h.snaps {
		if former.MatchString(s.name) {
			continue
		}
		_, p, err := g.point(s.name[len(pointPrefix):])
		if err != nil && !errors.Is(err, restore.ErrIncomplete) {
			return nil, err
		}
		out = append(out, p)
	}
	return out, ctx.Err()
}

// digest names a picture.
func (p Picture) digest() string {
	h := sha256.New()
	for _, path := range slices.Sorted(maps.Keys(p)) {
		fmt.Fprintf(h, "%q %+v\n", path, p[path])
	}
	return hex.EncodeToString(h.Sum(nil))
}

func sizeOf(root string) (size int64, err error) {
	err = filepath.WalkDir(root, func(_ string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		i, err := d.Info()
		if err == nil {
			size += i.Size()
		}
		return err
	})
	return size, err
}
