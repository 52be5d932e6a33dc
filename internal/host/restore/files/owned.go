package files

import (
	"bufio"
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// owned is the set of paths that the package manager says it put there. It is kept as hashes: a
// false hit would only mean a link where a copy would have been more careful.
type owned struct {
	seed  maphash.Seed
	paths map[uint64]struct{}
	alias map[string]string // /bin → /usr/bin where the root is merged: the lists name the old places
}

func (o *owned) has(path string) bool {
	_, ok := o.paths[maphash.String(o.seed, path)]
	return ok
}

// readOwned reads dpkg's own lists below root. Without them nothing is owned and everything is copied.
func readOwned(root int) (*owned, error) {
	o := &owned{seed: maphash.MakeSeed(), paths: map[uint64]struct{}{}, alias: map[string]string{}}
	for _, top := range []string{"bin", "sbin", "lib", "lib32", "lib64", "libo32", "libx32"} {
		if target, err := readlink(root, top); err == nil {
			o.alias["/"+top] = "/" + strings.Trim(target, "/")
		}
	}
	dir, err := openBelow(root, "/var/lib/dpkg/info")
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENOTDIR) || errors.Is(err, unix.ELOOP) {
		return o, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read dpkg's lists: %w", err)
	}
	defer unix.Close(dir)
	names, err := readNames(dir)
	if err != nil {
		return nil, fmt.Errorf("read dpkg's lists: %w", err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".list") {
			if err := o.readList(dir, name); err != nil {
				return nil, fmt.Errorf("read dpkg's list %s: %w", name, err)
			}
		}
	}
	return o, nil
}

func (o *owned) readList(dir int, name string) error {
	fd, err := openFile(dir, name)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ELOOP) {
		return nil
	}
	if err != nil {
		return err
	}
	f := os.NewFile(uintptr(fd), name)
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() && len(o.paths) < maxEntries {
		p := lines.Text()
		if len(p) < 2 || p[0] != '/' {
			continue
		}
		if end := strings.IndexByte(p[1:], '/'); end >= 0 {
			if real, ok := o.alias[p[:end+1]]; ok {
				p = real + p[end+1:]
			}
		}
		o.paths[maphash.String(o.seed, p)] = struct{}{}
	}
	return lines.Err()
}
