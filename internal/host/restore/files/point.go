package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Names inside a point, see the package documentation.
const (
	manifestName = "manifest"
	objectsName  = "objects"
	packName     = "pack"
	completeName = "complete"
	reserveName  = "reserve"
	stageName    = "stage"
	asideName    = "aside"
	freshSuffix  = ".new" // being written; becomes real by rename
	dropPrefix   = ".drop-"
)

// objectPath is where object n is, relative to its point.
func objectPath(n uint64) string {
	return fmt.Sprintf("%s/%d", objectDir(n), n)
}

func objectDir(n uint64) string { return fmt.Sprintf("%s/%05d", objectsName, n/objectsPerDir) }

// point is an open, complete point whose manifest is the one that was saved.
type point struct {
	restore.Point
	fd   int
	path string
	home volume   // of the objects
	tops []string // places of the subvolumes that snapshots were taken of
}

func (p *point) close() { unix.Close(p.fd) }

// describe reads the marker of a point; without one the point is incomplete.
func (d *Driver) describe(store int, id string) (restore.Point, error) {
	fd, err := openDir(store, id)
	if err != nil {
		return restore.Point{}, fmt.Errorf("restore point %s: %w", id, err)
	}
	defer unix.Close(fd)
	marker, err := openFile(fd, completeName)
	if errors.Is(err, unix.ENOENT) {
		st, err := fstat(fd)
		return restore.Point{ID: id, Driver: d.name, Created: time.Unix(0, st.Mtim.Nano()).UTC()}, err
	}
	if err != nil {
		return restore.Point{}, fmt.Errorf("restore point %s: %w", id, err)
	}
	f := os.NewFile(uintptr(marker), completeName)
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return restore.Point{}, fmt.Errorf("restore point %s: %w", id, err)
	}
	var p restore.Point
	if err := strict(b, &p); err != nil || p.ID != id || !p.Complete || !isHex256(p.ManifestSHA256) {
		return restore.Point{}, fmt.Errorf("restore point %s: %w: its marker is not the one that was written", id, restore.ErrPointDamaged)
	}
	return p, nil
}

// open opens a point to be used. Nothing has been changed when it refuses.
func (d *Driver) open(store int, id string) (*point, error) {
	desc, err := d.describe(store, id)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) {
		return nil, fmt.Errorf("restore point %s: %w", id, restore.ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	if !desc.Complete {
		return nil, fmt.Errorf("restore point %s: %w", id, restore.ErrIncomplete)
	}
	fd, err := openDir(store, id)
	if err != nil {
		return nil, fmt.Errorf("restore point %s: %w", id, err)
	}
	p := &point{Point: desc, fd: fd, path: d.store + "/" + id}
	if p.home, err = volumeOf(fd); err == nil {
		err = p.checkManifest()
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *point) checkManifest() error {
	f, err := p.manifest()
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return fmt.Errorf("restore point %s: read manifest: %w", p.ID, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != p.ManifestSHA256 {
		return fmt.Errorf("restore point %s: %w: its manifest is not the one that was written", p.ID, restore.ErrPointDamaged)
	}
	return nil
}

func (p *point) manifest() (*os.File, error) {
	fd, err := openFile(p.fd, manifestName)
	if errors.Is(err, unix.ENOENT) {
		return nil, fmt.Errorf("restore point %s: %w: its manifest is missing", p.ID, restore.ErrPointDamaged)
	}
	if err != nil {
		return nil, fmt.Errorf("restore point %s: %w", p.ID, err)
	}
	return os.NewFile(uintptr(fd), manifestName), nil
}

// decode starts reading the manifest anew.
func (p *point) decode() (*decoder, io.Closer, error) {
	f, err := p.manifest()
	if err != nil {
		return nil, nil, err
	}
	dec, err := newDecoder(f)
	if err != nil {
		f.Close()
		return nil, nil, fmt.Errorf("restore point %s: %w: %w", p.ID, restore.ErrPointDamaged, err)
	}
	p.tops = dec.header.Snapshots
	return dec, f, nil
}

// diskFile lets an encoder write through the disk.
type diskFile struct {
	disk *disk
	fd   int
	path string
}

func (f diskFile) Write(b []byte) (int, error) {
	if err := f.disk.write(f.fd, b, f.path); err != nil {
		return 0, err
	}
	return len(b), nil
}

// publish makes a small file appear whole and durable or not at all.
func (d *disk) publish(at int, name, path string, content []byte) error {
	if err := d.unlink(at, name+freshSuffix, path); err != nil && !errors.Is(err, unix.ENOENT) {
		return err
	}
	fd, err := d.create(at, name+freshSuffix, path)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := d.write(fd, content, path); err != nil {
		return err
	}
	if err := d.fsync(fd, path); err != nil {
		return err
	}
	if err := d.rename(at, name+freshSuffix, at, name, 0, path); err != nil {
		return err
	}
	return d.fsync(at, path)
}

// complete writes the marker that makes a point one.
func (d *Driver) complete(store, fd int, p *restore.Point) error {
	p.Complete = true
	b, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := d.disk.publish(fd, completeName, d.store+"/"+p.ID+"/"+completeName, append(bytes.TrimSpace(b), '\n')); err != nil {
		return err
	}
	return d.disk.fsync(store, d.store)
}
