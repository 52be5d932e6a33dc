package restoretest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Picture is the state of a tree: for each path everything that "identical" means.
type Picture map[string]Seen

// Seen is one path of a Picture.
type Seen struct {
	Content string // type, target, device number, SHA-256: what is there
	Dress   string // mode, owner, attributes
	Mtime   string
	SameAs  string // the other paths of the same file
}

// Look takes a picture of everything below root except the given paths (relative to it).
func Look(t testing.TB, root string, except ...string) Picture {
	t.Helper()
	p, err := scan(root, except...)
	if err != nil {
		t.Fatalf("look at %s: %v", root, err)
	}
	return p
}

func scan(root string, except ...string) (Picture, error) {
	p := Picture{}
	names := map[[2]uint64][]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := "/" + strings.TrimPrefix(strings.TrimPrefix(path, root), "/")
		if slices.Contains(except, rel) {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return err
		}
		if st.Mode&unix.S_IFMT == unix.S_IFREG {
			id := [2]uint64{st.Dev, st.Ino}
			names[id] = append(names[id], rel)
		}
		p[rel], err = see(path, &st)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, same := range names {
		if len(same) > 1 {
			for _, n := range same {
				s := p[n]
				s.SameAs = strings.Join(same, " ")
				p[n] = s
			}
		}
	}
	return p, nil
}

func see(path string, st *unix.Stat_t) (Seen, error) {
	s := Seen{
		Dress: fmt.Sprintf("%04o %d:%d", st.Mode&0o7777, st.Uid, st.Gid),
		Mtime: fmt.Sprintf("%d.%09d", st.Mtim.Sec, st.Mtim.Nsec),
	}
	s.Content = fmt.Sprintf("%o", st.Mode&unix.S_IFMT)
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		b, err := os.ReadFile(path)
		if err != nil {
			return s, err
		}
		sum := sha256.Sum256(b)
		s.Content += fmt.Sprintf(" %d %s", len(b), hex.EncodeToString(sum[:]))
	case unix.S_IFLNK:
		target, err := os.Readlink(path)
		if err != nil {
			return s, err
		}
		s.Content += " -> " + target
	case unix.S_IFCHR, unix.S_IFBLK:
		s.Content += fmt.Sprintf(" %d", st.Rdev)
	}
	buf := make([]byte, 1<<16)
	n, err := unix.Llistxattr(path, buf)
	if err != nil && err != unix.ENOTSUP {
		return s, err
	}
	attrs := strings.Split(strings.Trim(string(buf[:max(n, 0)]), "\x00"), "\x00")
	slices.Sort(attrs)
	for _, a := range attrs {
		if a == "" {
			continue
		}
		n, err := unix.Lgetxattr(path, a, buf)
		if err != nil {
			return s, err
		}
		s.Dress += fmt.Sprintf(" %s=%x", a, buf[:n])
	}
	return s, nil
}

// Diff names what differs, in words, sorted by path.
func (p Picture) Diff(now Picture) []string {
	all := map[string]bool{}
	for _, k := range slices.Concat(slices.Collect(maps.Keys(p)), slices.Collect(maps.Keys(now))) {
		all[k] = true
	}
	var out []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		was, had := p[k]
		is, has := now[k]
		switch {
		case !had:
			out = append(out, fmt.Sprintf("%q is new: %+v", k, is))
		case !has:
			out = append(out, fmt.Sprintf("%q is gone: %+v", k, was))
		case was != is:
			out = append(out, fmt.Sprintf("%q was %+v, is %+v", k, was, is))
		}
	}
	return out
}

// MustEqual fails the test if the tree is no longer as in p.
func (p Picture) MustEqual(t testing.TB, now Picture) {
	t.Helper()
	if d := p.Diff(now); len(d) > 0 {
		t.Fatalf("not identical to before:\n%s", strings.Join(d, "\n"))
	}
}

// Without is the picture less some paths.
func (p Picture) Without(paths ...string) Picture {
	out := maps.Clone(p)
	for _, path := range paths {
		delete(out, path)
	}
	return out
}
