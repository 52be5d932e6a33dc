package files

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Verify implements restore.Driver.
func (d *Driver) Verify(ctx context.Context, id string) (restore.VerifyResult, error) {
	v, err := d.verifyUnlocked(ctx, id)
	if err != nil {
		return v, fmt.Errorf("verify: %w", err)
	}
	return v, nil
}

func (d *Driver) verifyUnlocked(ctx context.Context, id string) (restore.VerifyResult, error) {
	if err := checkID(id); err != nil {
		return restore.VerifyResult{}, err
	}
	store, p, err := d.use(id, unix.LOCK_SH)
	if err != nil {
		return restore.VerifyResult{}, err
	}
	defer unix.Close(store)
	defer p.close()
	return d.verify(ctx, p)
}

// verify compares everything with an open point.
func (d *Driver) verify(ctx context.Context, p *point) (restore.VerifyResult, error) {
	start := d.clock()
	v := &verifier{result: restore.VerifyResult{ManifestSHA256: p.ManifestSHA256}, inodes: map[inodeID]uint64{}, objects: map[uint64]inodeID{}}
	dec, closer, err := p.decode()
	if err != nil {
		return v.result, err
	}
	defer closer.Close()
	r, root, err := openRoot(dec.header, d.store)
	if err != nil {
		return v.result, err
	}
	defer unix.Close(root)
	v.pool = newPool(ctx, d.workers)
	m := &matcher{ctx: v.pool.ctx, rules: r, dec: dec}
	m.entry = func(s *spot) error {
		d.tell("verify", m.paths, p.Files)
		return v.entry(s)
	}
	m.extra = func(s *spot) error {
		v.differs(restore.Difference{Path: s.path, Aspect: restore.Extra, Got: s.kind().String()})
		return nil
	}
	m.leave = func(int, *entry) error { return nil }
	m.volume = func(volume, string, int) error { return nil }
	err = m.match(root)
	if stopped := v.pool.wait(); stopped != nil {
		err = stopped
	}
	v.result.Checked = m.paths
	v.result.Took = d.clock().Sub(start)
	slices.SortStableFunc(v.result.Differences, func(a, b restore.Difference) int { return strings.Compare(a.Path, b.Path) })
	if err == nil && m.paths != p.Files {
		err = fmt.Errorf("%w: %d paths instead of %d", errManifest, m.paths, p.Files)
	}
	return v.result, decodedWith(p.ID, err)
}

// openRoot makes the rules of a manifest and opens the root they are about.
func openRoot(h header, store string) (*rules, int, error) {
	r, err := recompile(h, store)
	if err != nil {
		return nil, -1, err
	}
	root, err := openDir(unix.AT_FDCWD, r.root)
	if err != nil {
		return nil, -1, fmt.Errorf("restore root: %w", err)
	}
	return r, root, nil
}

// use locks the store and opens a point in it. The caller closes both.
func (d *Driver) use(id string, how int) (store int, p *point, err error) {
	store, err = d.lock(how)
	if errors.Is(err, unix.ENOENT) {
		return -1, nil, fmt.Errorf("restore point %s: %w", id, restore.ErrNotFound)
	}
	if err != nil {
		return -1, nil, err
	}
	if p, err = d.open(store, id); err != nil {
		unix.Close(store)
		return -1, nil, err
	}
	return store, p, nil
}

// verifier collects differences.
type verifier struct {
	pool *pool
	// Which file is which object: several paths may be one file only if the manifest says so.
	inodes  map[inodeID]uint64
	objects map[uint64]inodeID

	mu     sync.Mutex
	result restore.VerifyResult
}

func (v *verifier) differs(ds ...restore.Difference) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, d := range ds {
		if len(v.result.Differences) < restore.MaxDifferences {
			v.result.Differences = append(v.result.Differences, d)
		} else {
			v.result.Omitted++
		}
	}
}

func (v *verifier) entry(s *spot) error {
	e := s.e
	say := func(aspect, want, got string) {
		v.differs(restore.Difference{Path: s.path, Aspect: aspect, Want: want, Got: got})
	}
	switch {
	case s.covered:
		say(restore.Type, e.Type.String(), "mount point")
		return nil
	case s.st == nil:
		say(restore.Missing, e.Type.String(), "nothing")
		return nil
	case s.kind() != e.Type:
		say(restore.Type, e.Type.String(), s.kind().String())
		return nil
	}
	if want, got := fmt.Sprintf("%d:%d", e.UID, e.GID), fmt.Sprintf("%d:%d", s.st.Uid, s.st.Gid); want != got {
		say(restore.Owner, want, got)
	}
	if got := s.st.Mode & 0o7777; e.Type != isLink && got != e.Mode {
		say(restore.Mode, fmt.Sprintf("%04o", e.Mode), fmt.Sprintf("%04o", got))
	}
	if e.Type == isFile {
		v.links(s)
		return v.file(s)
	}
	attrs, err := xattrs(s.at, s.name)
	if err != nil {
		return fmt.Errorf("%s: %w", s.path, err)
	}
	if !sameXattrs(attrs, e.Xattrs) {
		say(restore.Xattr, showXattrs(e.Xattrs), showXattrs(attrs))
	}
	switch e.Type {
	case isLink:
		target, err := readlink(s.at, s.name)
		if err != nil {
			return fmt.Errorf("read link %s: %w", s.path, err)
		}
		if target != e.Target {
			say(restore.Target, e.Target, target)
		}
	case isChar, isBlock:
		if s.st.Rdev != e.Rdev {
			say(restore.Rdev, showRdev(e.Rdev), showRdev(s.st.Rdev))
		}
	}
	return nil
}

func showRdev(n uint64) string { return fmt.Sprintf("%d:%d", unix.Major(n), unix.Minor(n)) }

// links checks that the paths which are one file are those that were.
func (v *verifier) links(s *spot) {
	id := idOf(s.st)
	if s.st.Nlink > 1 {
		if other, ok := v.inodes[id]; ok && other != s.e.Object {
			v.differs(restore.Difference{Path: s.path, Aspect: restore.Link, Want: "a file of its own", Got: "the same file as another path"})
		}
		v.inodes[id] = s.e.Object
	}
	if s.e.Group {
		if one, ok := v.objects[s.e.Object]; ok && one != id {
			v.differs(restore.Difference{Path: s.path, Aspect: restore.Link, Want: "the same file as another path", Got: "a file of its own"})
		} else if !ok {
			v.objects[s.e.Object] = id
		}
	}
}

// file compares content and attributes, on a worker.
func (v *verifier) file(s *spot) error {
	fd, err := openFile(s.at, s.name)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ELOOP) { // replaced this very moment
		v.differs(restore.Difference{Path: s.path, Aspect: restore.Missing, Want: isFile.String(), Got: "something that changes"})
		return nil
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", s.path, err)
	}
	e := s.e
	err = v.pool.do(func(buf []byte) error {
		defer unix.Close(fd)
		attrs, err := fxattrs(fd)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Path, err)
		}
		if !sameXattrs(attrs, e.Xattrs) {
			v.differs(restore.Difference{Path: e.Path, Aspect: restore.Xattr, Want: showXattrs(e.Xattrs), Got: showXattrs(attrs)})
		}
		sum, err := hashFile(v.pool.ctx, fd, buf)
		if err != nil {
			return fmt.Errorf("read %s: %w", e.Path, err)
		}
		if sum != e.SHA256 {
			v.differs(restore.Difference{Path: e.Path, Aspect: restore.Content, Want: e.SHA256, Got: sum})
		}
		v.mu.Lock()
		v.result.Bytes += e.Size
		v.mu.Unlock()
		return nil
	})
	if err != nil {
		unix.Close(fd)
	}
	return err
}
