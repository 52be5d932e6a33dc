package files

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// rules say what of a root is covered, as it is at this moment.
type rules struct {
	root   string            // without symbolic links
	out    map[string]bool   // these and what is below them are not covered
	system map[string]bool   // top-level entries of the system; empty: all
	mounts map[string]string // mount point → type of what is mounted
	// walkInto are the mount points a saved manifest covers; nil while saving, when crossable decides.
	walkInto map[string]bool
}

// compile reads what a scope's paths lead to now, what is mounted and what is swapped to.
func compile(sc restore.Scope, store string) (*rules, error) {
	if err := sc.Check(); err != nil {
		return nil, err
	}
	root, err := filepath.EvalSymlinks(sc.Root)
	if err != nil {
		return nil, fmt.Errorf("restore scope: root: %w", err)
	}
	r := &rules{root: root, out: map[string]bool{}, system: map[string]bool{}}
	for _, p := range sc.System {
		r.system[p] = true
	}
	for _, p := range slices.Concat(sc.Data, sc.Volatile) {
		real, err := resolve(root, p)
		if err != nil {
			return nil, fmt.Errorf("restore scope: %s: %w", p, err)
		}
		if real == "/" || r.system[real] {
			return nil, fmt.Errorf("restore scope: %s leads to %s, which is the system itself; declare the directory below it that is meant", p, real)
		}
		r.out[p], r.out[real] = true, true
	}
	return r, r.now(store)
}

// recompile gives the rules of a saved point: its own exclusions, whatever links lead to by now.
func recompile(h header, store string) (*rules, error) {
	root, err := filepath.EvalSymlinks(h.Scope.Root)
	if err != nil {
		return nil, fmt.Errorf("restore scope: root: %w", err)
	}
	r := &rules{root: root, out: map[string]bool{}, walkInto: map[string]bool{}}
	for _, p := range h.Out {
		r.out[p] = true
	}
	for _, p := range h.Mounts {
		r.walkInto[p] = true
	}
	if err := r.now(store); err != nil {
		return nil, err
	}
	for _, p := range h.Mounts {
		if _, ok := r.mounts[p]; !ok {
			return nil, fmt.Errorf("restore: %s was a file system of its own when the point was saved and is not mounted now; mount it first", p)
		}
	}
	return r, nil
}

// now adds what depends on the running system. The store need not exist yet.
func (r *rules) now(store string) error {
	real, err := filepath.EvalSymlinks(store)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("restore store: %w", err)
	}
	if p, ok := r.inside(real); ok && err == nil {
		if p == "/" {
			return fmt.Errorf("%w: %s holds the root %s", restore.ErrUnsafe, store, r.root)
		}
		r.out[p] = true
	}
	swaps, err := swapFiles()
	if err != nil {
		return err
	}
	for _, s := range swaps {
		if p, ok := r.inside(s); ok && p != "/" {
			r.out[p] = true
		}
	}
	r.mounts, err = mountsBelow(r.root)
	return err
}

// inside turns a path of this machine into one below the root.
func (r *rules) inside(p string) (string, bool) {
	if r.root == "/" {
		return p, true
	}
	if p == r.root {
		return "/", true
	}
	if rest, ok := strings.CutPrefix(p, r.root+"/"); ok {
		return "/" + rest, true
	}
	return "", false
}

// foreign says whether an entry is a mount point that is not walked into. A file mounted over another
// never is: it can neither be linked nor replaced.
func (r *rules) foreign(p string, k kind) bool {
	fstype, mounted := r.mounts[p]
	if !mounted {
		return false
	}
	if r.walkInto != nil {
		return k != isDir || !r.walkInto[p]
	}
	return k != isDir || !crossable(p, fstype)
}

// customers says whether a top-level entry found while saving is the customer's.
func (r *rules) customers(p string, k kind) bool {
	return len(r.system) > 0 && k != isLink && strings.LastIndexByte(p, '/') == 0 && p != "/" && !r.system[p]
}

// holds says whether something that is not covered lies below p, so that p cannot be moved as a whole.
func (r *rules) holds(p string) bool {
	for o := range r.out {
		if o != p && below(o, p) {
			return true
		}
	}
	for m := range r.mounts {
		if m != p && below(m, p) {
			return true
		}
	}
	return false
}

func (r *rules) outList() []string { return slices.Sorted(maps.Keys(r.out)) }

// resolve follows the symbolic links of p as a process whose root directory is root would. What does
// not exist yet stands for itself.
func resolve(root, p string) (string, error) {
	done, rest := "/", strings.Split(strings.TrimPrefix(p, "/"), "/")
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		switch name {
		case "", ".":
			continue
		case "..":
			done = path.Dir(done)
			continue
		}
		next := join(done, name)
		target, err := os.Readlink(filepath.Join(root, next))
		if err != nil {
			// Not a link, or not there. Anything else must not be guessed about.
			if st, e := os.Lstat(filepath.Join(root, next)); e != nil && !errors.Is(e, fs.ErrNotExist) && !isNotDir(e) || e == nil && st.Mode()&fs.ModeSymlink != 0 {
				return "", err
			}
			done = next
			continue
		}
		if links++; links > 40 {
			return "", errors.New("too many symbolic links")
		}
		if path.IsAbs(target) {
			done = "/"
		}
		rest = append(strings.Split(target, "/"), rest...)
	}
	return done, nil
}
