package lab

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Exception is a place that a walk leaves out, with the reason why it may differ.
type Exception struct {
	// Path is absolute within the root. It means itself and all below it; ending
	// in "/" it means only what is below, ending in "*" all that starts with it.
	Path string
	// Reason says who changes it and when.
	Reason string
}

// covers says whether the exception applies to a path.
func (e Exception) covers(path string) bool {
	if start, ok := strings.CutSuffix(e.Path, "*"); ok {
		return strings.HasPrefix(path, start)
	}
	if strings.HasSuffix(e.Path, "/") {
		return strings.HasPrefix(path, e.Path)
	}
	return path == e.Path || strings.HasPrefix(path, e.Path+"/")
}

// Entry is what a walk knows of one path.
type Entry struct {
	// Type is "file", "dir", "link", "char", "block", "fifo" or "socket".
	Type string
	// Mode is the permission bits with set-uid, set-gid and sticky.
	Mode uint32
	// UID and GID own it.
	UID, GID uint32
	// Rdev is "major:minor" of a device.
	Rdev string
	// Target is where a link points.
	Target string
	// Size and SHA256 are of a file's content.
	Size   int64
	SHA256 string
	// Xattrs are all extended attributes in readable form, sorted; file capabilities and ACLs are among them.
	Xattrs string
}

// Tree is a root at one moment: absolute path within it → entry.
type Tree map[string]Entry

// Walk reads a whole root from outside. It knows nothing of packages or restore
// points, so that it can judge those who do. It stays on one file system, does
// not follow links, and reads every byte. The root should not change meanwhile.
func Walk(root string, except []Exception) (Tree, error) {
	top, err := os.Lstat(root)
	if err != nil {
		return nil, fmt.Errorf("walk: %w", err)
	}
	if !top.IsDir() {
		return nil, fmt.Errorf("walk %s: not a directory", root)
	}
	return walk(root, except, nil)
}

func walk(root string, except []Exception, memory *Memory) (Tree, error) {
	w := &walker{root: filepath.Clean(root), except: except, tree: Tree{}, memory: memory}
	var stat unix.Stat_t
	if err := unix.Lstat(w.root, &stat); err != nil {
		return nil, fmt.Errorf("walk %s: %w", root, err)
	}
	w.device = stat.Dev
	if err := w.visit("/"); err != nil {
		return nil, err
	}
	return w.tree, w.hashAll()
}

// walker collects entries first and hashes the files among them afterwards, several at a time.
type walker struct {
	root   string
	device uint64
	except []Exception
	tree   Tree
	files  []hashJob
	memory *Memory // nil: every byte is read
}

type hashJob struct {
	inode uint64
	seen  stamp
	paths []string
}

func (w *walker) visit(path string) error {
	if path != "/" && slices.ContainsFunc(w.except, func(e Exception) bool { return e.covers(path) }) {
		return nil
	}
	full := filepath.Join(w.root, path)
	var stat unix.Stat_t
	if err := unix.Lstat(full, &stat); err != nil {
		return fmt.Errorf("walk %s: %w", path, err)
	}
	entry, err := describe(full, &stat)
	if err != nil {
		return fmt.Errorf("walk %s: %w", path, err)
	}
	w.tree[path] = entry
	switch {
	case entry.Type == "file":
		w.files = append(w.files, hashJob{stat.Ino, stampOf(&stat), []string{path}})
	case entry.Type == "dir" && stat.Dev == w.device:
		items, err := os.ReadDir(full)
		if err != nil {
			return fmt.Errorf("walk %s: %w", path, err)
		}
		for _, item := range items {
			if err := w.visit(filepath.Join(path, item.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// describe reads all of an entry but a file's content.
func describe(full string, stat *unix.Stat_t) (Entry, error) {
	entry := Entry{Mode: stat.Mode & 0o7777, UID: stat.Uid, GID: stat.Gid}
	device := func() string {
		return strconv.Itoa(int(unix.Major(stat.Rdev))) + ":" + strconv.Itoa(int(unix.Minor(stat.Rdev)))
	}
	switch stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		entry.Type, entry.Size = "file", stat.Size
	case unix.S_IFDIR:
		entry.Type = "dir"
	case unix.S_IFLNK:
		target, err := os.Readlink(full)
		if err != nil {
			return entry, err
		}
		entry.Type, entry.Target = "link", target
	case unix.S_IFCHR:
		entry.Type, entry.Rdev = "char", device()
	case unix.S_IFBLK:
		entry.Type, entry.Rdev = "block", device()
	case unix.S_IFIFO:
		entry.Type = "fifo"
	case unix.S_IFSOCK:
		entry.Type = "socket"
	default:
		return entry, fmt.Errorf("unknown file type %o", stat.Mode&unix.S_IFMT)
	}
	xattrs, err := readXattrs(full)
	entry.Xattrs = xattrs
	return entry, err
}

// readXattrs reads all extended attributes as name=hex pairs, sorted.
func readXattrs(full string) (string, error) {
	size, err := unix.Llistxattr(full, nil)
	if errors.Is(err, unix.ENOTSUP) || (err == nil && size == 0) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	names := make([]byte, size)
	if size, err = unix.Llistxattr(full, names); err != nil {
		return "", err
	}
	var pairs []string
	for name := range strings.SplitSeq(strings.TrimRight(string(names[:size]), "\x00"), "\x00") {
		value := make([]byte, 64<<10) // the kernel's own limit
		n, err := unix.Lgetxattr(full, name, value)
		if err != nil {
			return "", err
		}
		pairs = append(pairs, name+"="+hex.EncodeToString(value[:n]))
	}
	slices.Sort(pairs)
	return strings.Join(pairs, " "), nil
}

// hashAll hashes each inode once, on all processors.
func (w *walker) hashAll() error {
	byInode := map[uint64]int{}
	var jobs []hashJob
	for _, job := range w.files {
		if i, ok := byInode[job.inode]; ok {
			jobs[i].paths = append(jobs[i].paths, job.paths...)
			continue
		}
		byInode[job.inode] = len(jobs)
		jobs = append(jobs, job)
	}
	sums, errs := make([]string, len(jobs)), make([]error, runtime.NumCPU())
	begun := time.Now()
	var wait sync.WaitGroup
	next := make(chan int)
	for worker := range errs {
		wait.Go(func() {
			buffer := make([]byte, 256<<10)
			for i := range next {
				if errs[worker] == nil {
					sums[i], errs[worker] = hashFile(filepath.Join(w.root, jobs[i].paths[0]), buffer)
				}
			}
		})
	}
	for i, job := range jobs {
		if sums[i] = w.memory.of(job); sums[i] == "" {
			next <- i
		}
	}
	close(next)
	wait.Wait()
	w.memory.keep(jobs, sums, begun)
	for i, job := range jobs {
		for _, path := range job.paths {
			entry := w.tree[path]
			entry.SHA256 = sums[i]
			w.tree[path] = entry
		}
	}
	return errors.Join(errs...)
}

func hashFile(full string, buffer []byte) (string, error) {
	fd, err := unix.Open(full, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_CLOEXEC|unix.O_NOATIME, 0)
	if err != nil {
		return "", fmt.Errorf("walk %s: %w", full, err)
	}
	file := os.NewFile(uintptr(fd), full)
	defer func() { _ = file.Close() }()
	digest := sha256.New()
	if _, err := io.CopyBuffer(digest, onlyReader{file}, buffer); err != nil {
		return "", fmt.Errorf("walk %s: %w", full, err)
	}
	return hex.EncodeToString(digest.Sum(nil)), nil
}

// onlyReader hides a file's shortcuts, so that the given buffer is used.
type onlyReader struct{ io.Reader }
