package files

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// Snapshots is what a file system offers that can freeze a whole subvolume at once. A point then holds
// read-only snapshots instead of a file for each file; the manifest, the restore path by path and the
// proof are the same.
type Snapshots interface {
	// Take makes a read-only snapshot of the subvolume at from, under the path to that does not exist.
	// The error is nil only if the result was looked at and is that.
	Take(ctx context.Context, from, to string) error
	// Delete removes the snapshot at path.
	Delete(ctx context.Context, path string) error
}

// WithSnapshots gives the driver a file system's snapshots, and the name that points saved with them
// carry. If save is false, they are only used to restore and drop points that others saved.
func WithSnapshots(s Snapshots, name string, save bool) Option {
	return func(d *Driver) {
		d.snaps, d.bySnapshot = s, save
		if save {
			d.name = name
		}
		d.disk.unsnap = func(path string) error {
			// Not with the caller's context: what is cleared away after a cancelled save goes all the same.
			return s.Delete(context.Background(), path)
		}
	}
}

const (
	snapshotsName = "snapshots"
	// subvolumeTop is the inode number of the top directory of every btrfs subvolume.
	subvolumeTop = 256
	maxSnapshots = 64
)

// frozen are the snapshots of one save while it works.
type frozen struct {
	tops    []string       // the subvolumes' places, in the order of the snapshots
	instead map[string]int // path → open directory that the walk enters in its place
	number  map[uint64]int // device of a snapshot → its number, from 1
}

func (f *frozen) close() {
	for _, fd := range f.instead {
		unix.Close(fd)
	}
}

// freeze takes a snapshot of every subvolume of the store's file system that the survey went into, and
// opens them and what else is mounted, so that a second walk sees all of it as it was at one instant.
func (d *Driver) freeze(ctx context.Context, point int, path string, s *survey) (*frozen, error) {
	f := &frozen{instead: map[string]int{}, number: map[uint64]int{}}
	if err := d.disk.mkdir(point, snapshotsName, path+"/"+snapshotsName); err != nil {
		return nil, err
	}
	fail := func(err error) (*frozen, error) {
		f.close()
		return nil, err
	}
	for _, top := range s.census.tops {
		from := s.rules.root + strings.TrimSuffix(top.path, "/")
		if top.path == "/" {
			from = s.rules.root
		}
		if !s.keeper.freezable(top) {
			fd, err := openDir(unix.AT_FDCWD, from)
			if err != nil {
				return fail(fmt.Errorf("%s %w: %w", top.path, restore.ErrChanging, err))
			}
			f.instead[top.path] = fd
			continue
		}
		if len(f.tops) == maxSnapshots {
			return fail(fmt.Errorf("more than %d subvolumes; declare the customer's data as such", maxSnapshots))
		}
		number := len(f.tops) + 1
		to := path + "/" + snapshotsName + "/" + strconv.Itoa(number)
		if err := d.disk.do("snapshot", to, func() error { return d.snaps.Take(ctx, from, to) }); err != nil {
			return fail(err)
		}
		fd, err := openDir(point, snapshotsName+"/"+strconv.Itoa(number))
		if err != nil {
			return fail(fmt.Errorf("open the snapshot of %s: %w", top.path, err))
		}
		f.instead[top.path] = fd
		st, err := fstat(fd)
		if err != nil {
			return fail(err)
		}
		f.tops, f.number[st.Dev] = append(f.tops, top.path), number
	}
	if len(f.tops) == 0 || f.tops[0] != "/" {
		return fail(fmt.Errorf("%w: %s is not the top of a subvolume on the file system of %s", restore.ErrUnsafe, s.rules.root, d.store))
	}
	return f, nil
}

// freezable says whether a snapshot can be taken of what begins at a place.
func (k *keeper) freezable(t begins) bool {
	return t.inode == subvolumeTop && k.sameDisk(t.on)
}

// sameDisk says whether a volume is a subvolume of the store's file system.
func (k *keeper) sameDisk(on volume) bool {
	if !k.snapshots || on.mnt == 0 {
		return false
	}
	return on.mnt == k.home.mnt || k.sources[on.mnt] != "" && k.sources[on.mnt] == k.sources[k.home.mnt]
}

// btrfsSources gives the device of each mounted btrfs by the mount's number. Subvolumes of one file
// system have device numbers of their own; only the source tells that they belong together.
func btrfsSources() (map[uint64]string, error) {
	f, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return nil, fmt.Errorf("restore: what is mounted cannot be read: %w", err)
	}
	defer f.Close()
	out := map[uint64]string{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		id, source := parseSource(lines.Text())
		if source != "" {
			out[id] = source
		}
	}
	return out, lines.Err()
}

// parseSource reads number and source of a btrfs from a line of mountinfo; others give no source.
func parseSource(line string) (id uint64, source string) {
	head, tail, _ := strings.Cut(line, " - ")
	fields, rest := strings.Fields(head), strings.Fields(tail)
	if len(fields) < 6 || len(rest) < 2 || rest[0] != "btrfs" {
		return 0, ""
	}
	id, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil {
		return 0, ""
	}
	return id, unescape(rest[1])
}

// inSnapshot opens the object of an entry that a snapshot keeps.
func (p *point) inSnapshot(e *entry) (int, error) {
	if e.Snapshot < 1 || e.Snapshot > len(p.tops) || !below(e.Path, p.tops[e.Snapshot-1]) {
		return -1, fmt.Errorf("%w: %s is in snapshot %d of %d", errManifest, e.Path, e.Snapshot, len(p.tops))
	}
	dir, name := split(strings.TrimPrefix(e.Path, strings.TrimSuffix(p.tops[e.Snapshot-1], "/")))
	at, err := openBelow(p.fd, "/"+snapshotsName+"/"+strconv.Itoa(e.Snapshot)+strings.TrimSuffix(dir, "/"))
	if err != nil {
		return -1, err
	}
	defer unix.Close(at)
	return openFile(at, name)
}

// object opens what the point keeps of a file.
func (p *point) object(e *entry) (int, error) {
	if e.Keep == bySnapshot {
		return p.inSnapshot(e)
	}
	return openFile(p.fd, objectPath(e.Object))
}

// deleteSnapshot removes a subvolume that removeTree came upon.
func (d *disk) deleteSnapshot(path string) error {
	return d.do("delete snapshot", path, func() error { return d.unsnap(path) })
}

// isSubvolume says whether a directory in the open directory at is the top of a subvolume of its own.
func isSubvolume(at int, st *unix.Stat_t) (bool, error) {
	if st.Ino != subvolumeTop {
		return false, nil
	}
	var fs unix.Statfs_t
	if err := again(func() error { return unix.Fstatfs(at, &fs) }); err != nil {
		return false, err
	}
	parent, err := fstat(at)
	return err == nil && fs.Type == unix.BTRFS_SUPER_MAGIC && parent.Dev != st.Dev, err
}
