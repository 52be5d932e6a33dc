package files

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Save implements restore.Driver.
func (d *Driver) Save(ctx context.Context, id string, sc restore.Scope) (restore.Point, error) {
	p, err := d.save(ctx, id, sc)
	if err != nil {
		return restore.Point{}, fmt.Errorf("save restore point: %w", err)
	}
	return p, nil
}

func (d *Driver) save(ctx context.Context, id string, sc restore.Scope) (restore.Point, error) {
	start := d.clock()
	none := restore.Point{}
	if err := checkID(id); err != nil {
		return none, err
	}
	if err := sc.Check(); err != nil {
		return none, err
	}
	if err := d.makeStore(); err != nil {
		return none, err
	}
	store, err := d.lock(unix.LOCK_EX)
	if err != nil {
		return none, err
	}
	defer unix.Close(store)
	switch old, err := d.describe(store, id); {
	case errors.Is(err, unix.ENOENT):
	case err != nil:
		return none, err
	case old.Complete:
		return none, fmt.Errorf("%s: %w", id, restore.ErrExists)
	default: // left by a crash before anything depended on it
		if err := d.discard(store, id); err != nil {
			return none, err
		}
	}
	if err := d.sweep(store); err != nil {
		return none, err
	}
	p := restore.Point{ID: id, Driver: d.name, Created: start.UTC()}
	for attempt := 1; ; attempt++ {
		one := p
		if err := d.attempt(ctx, store, sc, &one); err == nil || attempt == saveAttempts || !errors.Is(err, restore.ErrChanging) {
			return one, err
		}
	}
}

// saveAttempts is how often a save begins anew because something came, went or changed under it.
const saveAttempts = 3

// attempt makes the point or leaves nothing of it.
func (d *Driver) attempt(ctx context.Context, store int, sc restore.Scope, p *restore.Point) error {
	s, err := d.survey(ctx, sc, d.store)
	if err != nil {
		return err
	}
	defer unix.Close(s.root)
	if err := s.census.fits(store, d.store); err != nil {
		return err
	}
	if err := d.fill(ctx, store, s, sc, p); err != nil {
		// The space is needed elsewhere, and the point is worth nothing. If this fails too, the point
		// stays incomplete, which everyone can see.
		return errors.Join(err, d.discard(store, p.ID))
	}
	return nil
}

// fill makes the point's directory, the farm, the manifest and, when they are durable, the marker.
func (d *Driver) fill(ctx context.Context, store int, s *survey, sc restore.Scope, p *restore.Point) error {
	path := d.store + "/" + p.ID
	if err := d.disk.mkdir(store, p.ID, path); err != nil {
		return err
	}
	fd, err := openDir(store, p.ID)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := d.disk.mkdir(fd, objectsName, path+"/"+objectsName); err != nil {
		return err
	}
	if d.bySnapshot {
		f, err := d.freeze(ctx, fd, path, s)
		if err != nil {
			return err
		}
		defer f.close()
		s.keeper.frozen = f
		if s.census, err = takeCensus(ctx, s.root, s.rules, s.keeper); err != nil {
			return err
		}
		if err := s.census.fits(store, d.store); err != nil {
			return err
		}
	}
	h := header{ID: p.ID, Created: p.Created, Scope: sc, Out: s.rules.outList(), Mounts: s.census.mounts, Snapshots: s.keeper.tops()}
	if err := d.writeManifest(ctx, store, fd, path+"/"+manifestName, h, s, p); err != nil {
		return err
	}
	if err := d.putBy(fd, path+"/"+reserveName, reserveSize(s.census.copied)); err != nil {
		return err
	}
	if err := d.disk.syncfs(fd, path); err != nil {
		return err
	}
	p.Took = d.clock().Sub(p.Created)
	return d.complete(store, fd, p)
}

func (d *Driver) writeManifest(ctx context.Context, store, fd int, path string, h header, s *survey, p *restore.Point) error {
	out, err := d.disk.create(fd, manifestName+freshSuffix, path)
	if err != nil {
		return err
	}
	defer unix.Close(out)
	enc, err := newEncoder(diskFile{&d.disk, out, path}, h)
	if err != nil {
		return err
	}
	pack, err := d.disk.create(fd, packName, d.store+"/"+p.ID+"/"+packName)
	if err != nil {
		return err
	}
	defer unix.Close(pack)
	f := &farm{
		disk: &d.disk, fd: fd, path: d.store + "/" + p.ID, s: s, pack: pack, dir: -1, groups: map[inodeID]*kept{},
		before: d.recall(store), after: newSums(p.Created),
	}
	err = f.run(ctx, d.workers, func(e *entry, first bool) error {
		p.Files++
		if e.Type == isFile {
			p.Bytes += e.Size
			if first {
				f.count(p, e)
			}
		}
		d.tell("save", p.Files, max(s.census.entries, p.Files))
		return enc.add(e)
	})
	if err != nil {
		return err
	}
	if p.ManifestSHA256, err = enc.finish(); err != nil {
		return err
	}
	if err := d.remember(store, f.after); err != nil {
		return err
	}
	if err := d.disk.fsync(out, path); err != nil {
		return err
	}
	return d.disk.rename(fd, manifestName+freshSuffix, fd, manifestName, 0, path)
}

// putBy sets space aside that a restore frees first. A file system that cannot do it has none to give.
func (d *Driver) putBy(at int, path string, size int64) error {
	fd, err := d.disk.create(at, reserveName, path)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := d.disk.reserve(fd, size, path); err != nil && !errors.Is(err, unix.EOPNOTSUPP) {
		return err
	}
	return nil
}
