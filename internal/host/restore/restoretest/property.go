package restoretest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

// anyChange is the promise as a property: whatever tree, whatever happens to it (short of writing
// into packaged programs in place, see the story of that), a restore brings it back.
func anyChange(t *testing.T, fresh func(t *testing.T) Host) {
	n := 0
	rapid.Check(t, func(r *rapid.T) {
		n++
		host := fresh(t)
		if !host.Whole {
			host.Scope.Data = append(host.Scope.Data, "/srv")
		}
		s := &scene{Tree: &Tree{T: t, Root: host.Scope.Root}, host: host, driver: host.Open(nil)}
		if !host.Whole {
			s.ok(os.MkdirAll(host.Scope.Store, 0o700))
		}
		a := &actor{r: r, s: s}
		for range rapid.IntRange(1, 40).Draw(r, "paths") {
			a.create()
		}
		s.Write("/var/lib/dpkg/info/all.list", a.packaged())
		before := s.look()
		s.save("p")
		for range rapid.IntRange(0, 30).Draw(r, "changes") {
			a.change()
		}
		s.Write("/srv/order", "paid")
		s.restoredTo("p", before)
		if !host.Whole && s.Read("/srv/order") != "paid" {
			r.Fatal("customer data was touched")
		}
		// Not t.TempDir alone: a hundred trees add up.
		if host.Discard != nil {
			s.ok(host.Discard())
			return
		}
		s.ok(os.RemoveAll(host.Scope.Root))
		s.ok(os.RemoveAll(host.Scope.Store))
	})
}

// actor does things to a tree.
type actor struct {
	r *rapid.T
	s *scene
	n int
}

// paths are those of the tree, the root and the customer's left out.
func (a *actor) paths(want func(os.FileInfo) bool) []string {
	var out []string
	store, _ := filepath.Rel(a.s.Root, a.s.host.Scope.Store)
	a.s.ok(filepath.WalkDir(a.s.Root, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(path, a.s.Root)
		if rel == "" {
			return nil
		}
		if rel == "/srv" || strings.TrimPrefix(rel, "/") == store {
			return filepath.SkipDir
		}
		// What leads to the store must stay.
		if strings.HasPrefix(store, strings.TrimPrefix(rel, "/")+"/") {
			return nil
		}
		i, err := d.Info()
		if err == nil && want(i) {
			out = append(out, rel)
		}
		return err
	}))
	slices.Sort(out)
	return out
}

func (a *actor) pick(what string, want func(os.FileInfo) bool) (string, bool) {
	all := a.paths(want)
	if len(all) == 0 {
		return "", false
	}
	return rapid.SampledFrom(all).Draw(a.r, what), true
}

func isDirectory(i os.FileInfo) bool { return i.IsDir() }
func isRegular(i os.FileInfo) bool   { return i.Mode().IsRegular() }
func isAny(os.FileInfo) bool         { return true }

// packaged lists some of the files as dpkg's own.
func (a *actor) packaged() string {
	out := ""
	for i, p := range a.paths(isRegular) {
		if i%2 == 0 {
			out += p + "\n"
		}
	}
	return out
}

// freePath is a new name in some directory.
func (a *actor) freePath() string {
	dirs := append(a.paths(isDirectory), "")
	if st, err := os.Lstat(filepath.Join(a.s.Root, "/var")); err == nil && st.IsDir() && !slices.Contains(dirs, "/var") {
		dirs = append(dirs, "/var") // it leads to the store
	}
	for _, usual := range []string{"/usr", "/etc", "/var", "/var/lib", "/opt"} {
		// Not where something else has taken its place, least of all a link.
		if up := filepath.Dir(usual); up != "/" && !slices.Contains(dirs, up) {
			continue
		}
		if err := os.Mkdir(filepath.Join(a.s.Root, usual), 0o755); err == nil {
			dirs = append(dirs, usual)
		}
	}
	dir := rapid.SampledFrom(dirs).Draw(a.r, "dir")
	a.n++
	odd := rapid.SampledFrom([]string{"a", "b", ".c", "d e", "\xff", "f\ng", "ü", "-", "~2", "A"}).Draw(a.r, "name")
	return fmt.Sprintf("%s/%s%d", dir, odd, a.n)
}

func (a *actor) content() string {
	return strings.Repeat(rapid.SampledFrom([]string{"", "x", "y", "content\n"}).Draw(a.r, "content"), rapid.SampledFrom([]int{1, 2, 70000}).Draw(a.r, "times"))
}

func (a *actor) create() {
	path := a.freePath()
	switch rapid.SampledFrom([]string{"file", "file", "file", "dir", "link", "hard link", "pipe", "device"}).Draw(a.r, "new") {
	case "file":
		a.s.Write(path, a.content())
	case "dir":
		a.s.Mkdir(path)
	case "link":
		a.s.Symlink(rapid.SampledFrom([]string{"..", "/etc", "nowhere", "/srv/x", path}).Draw(a.r, "target"), path)
	case "hard link":
		if from, ok := a.pick("from", isRegular); ok {
			a.s.Link(from, path)
		}
	case "pipe":
		a.s.Mknod(path, unix.S_IFIFO|0o640, 0, 0)
	case "device":
		a.s.Mknod(path, unix.S_IFBLK|0o600, 7, rapid.Uint32Range(0, 3).Draw(a.r, "minor"))
	}
	if rapid.Bool().Draw(a.r, "dressed") {
		a.dress(path)
	}
}

func (a *actor) dress(path string) {
	st, err := os.Lstat(a.s.At(path))
	if err != nil {
		return
	}
	a.s.Chown(path, rapid.SampledFrom([]int{0, 33, 1000}).Draw(a.r, "uid"), rapid.SampledFrom([]int{0, 33}).Draw(a.r, "gid"))
	if st.Mode()&os.ModeSymlink != 0 {
		return
	}
	a.s.Chmod(path, rapid.SampledFrom([]uint32{0o644, 0o4755, 0o2750, 0o1777, 0, 0o600}).Draw(a.r, "mode"))
	if st.Mode().IsRegular() || st.IsDir() {
		switch rapid.SampledFrom([]string{"", "user", "cap", "acl"}).Draw(a.r, "attr") {
		case "user":
			a.s.Setxattr(path, "user.x", a.content()[:0]+"v")
		case "cap":
			if st.Mode().IsRegular() {
				a.s.Setxattr(path, "security.capability", netBindService)
			}
		case "acl":
			a.s.Setxattr(path, "system.posix_acl_access", accessList)
		}
	}
}

func (a *actor) change() {
	switch rapid.SampledFrom([]string{"create", "remove", "replace", "edit", "dress", "move", "retype", "link"}).Draw(a.r, "change") {
	case "create":
		a.create()
	case "remove":
		if p, ok := a.pick("path", isAny); ok {
			a.s.Remove(p)
		}
	case "replace":
		if p, ok := a.pick("file", isRegular); ok {
			a.s.Write(p+".new", a.content())
			a.s.ok(os.Rename(a.s.At(p+".new"), a.s.At(p)))
		}
	case "edit": // in place, where people and scripts do that
		all := a.paths(isRegular)
		all = slices.DeleteFunc(all, func(p string) bool {
			st, err := os.Stat(a.s.At(p))
			return err != nil || st.Sys() == nil || !strings.HasPrefix(p, "/etc/") || sharedWithPackaged(a.s, p)
		})
		if len(all) > 0 {
			a.s.Write(rapid.SampledFrom(all).Draw(a.r, "file"), a.content())
		}
	case "dress":
		if p, ok := a.pick("path", isAny); ok {
			a.dress(p)
		}
	case "move":
		if p, ok := a.pick("path", isAny); ok {
			to := a.freePath()
			if !strings.HasPrefix(to+"/", p+"/") {
				a.s.ok(os.Rename(a.s.At(p), a.s.At(to)))
			}
		}
	case "retype":
		if p, ok := a.pick("path", isAny); ok {
			a.s.Remove(p)
			switch rapid.IntRange(0, 2).Draw(a.r, "to") {
			case 0:
				a.s.Write(p+"/sub/file", "x")
			case 1:
				a.s.Symlink("/usr", p)
			case 2:
				a.s.Write(p, "x")
			}
		}
	case "link":
		if from, ok := a.pick("from", isRegular); ok {
			a.s.Link(from, a.freePath())
		}
	}
}

// sharedWithPackaged says whether writing to p would write into a file that has another path, which
// may be a program's (or, for a driver that links, its saved state).
func sharedWithPackaged(s *scene, p string) bool {
	var st unix.Stat_t
	return unix.Lstat(s.At(p), &st) != nil || st.Nlink > 1
}
