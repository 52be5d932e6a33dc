package files

import (
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"
)

// entry is one path of a manifest.
type entry struct {
	Path     string // absolute below the scope's root, any bytes but NUL
	Type     kind
	Mode     uint32 // permission bits with set-uid, set-gid and sticky; 0 for symbolic links
	UID      uint32
	GID      uint32
	Rdev     uint64            // device nodes
	Target   string            // symbolic links
	Size     int64             // files
	Mtime    int64             // nanoseconds since 1970
	Xattrs   map[string][]byte // nil if there are none
	SHA256   string            // files, lower-case hexadecimal
	Keep     keep              // files: how the object is kept
	Object   uint64            // files: number of the object, from 1
	Offset   int64             // files in the pack: where the content begins there
	Inode    uint64            // files kept by a link: the inode that the farm and the system share
	Group    bool              // files: several paths have the same object because they are one file
	Snapshot int               // files kept by a snapshot: which of the point's, from 1
}

// kind is the type of a path, by one letter as in ls.
type kind string

const (
	isFile   kind = "f"
	isDir    kind = "d"
	isLink   kind = "l"
	isPipe   kind = "p"
	isChar   kind = "c"
	isBlock  kind = "b"
	isSocket kind = "s" // noted, never put back: its owner makes it anew
	isKept   kind = "x" // outside the scope: a mount, or the customer's; only its name is noted
)

func (k kind) String() string {
	switch k {
	case isFile:
		return "file"
	case isDir:
		return "directory"
	case isLink:
		return "symbolic link"
	case isPipe:
		return "named pipe"
	case isChar:
		return "character device"
	case isBlock:
		return "block device"
	case isSocket:
		return "socket"
	case isKept:
		return "not covered"
	}
	return "unknown"
}

// keep is how a file's content is kept.
type keep string

const (
	byLink     keep = "link"
	byClone    keep = "clone"
	byCopy     keep = "copy"
	bySnapshot keep = "snapshot" // it lies there under its own path
	inPack     keep = "pack"     // a copy that is too small to be worth a file of its own
)

func kindOf(mode uint32) kind {
	switch mode & unix.S_IFMT {
	case unix.S_IFREG:
		return isFile
	case unix.S_IFDIR:
		return isDir
	case unix.S_IFLNK:
		return isLink
	case unix.S_IFIFO:
		return isPipe
	case unix.S_IFCHR:
		return isChar
	case unix.S_IFBLK:
		return isBlock
	default:
		return isSocket
	}
}

// fill takes over what stat says. The path stays.
func (e *entry) fill(st *unix.Stat_t) {
	e.Type = kindOf(st.Mode)
	e.Mode, e.UID, e.GID = st.Mode&0o7777, st.Uid, st.Gid
	e.Mtime = st.Mtim.Nano()
	switch e.Type {
	case isFile:
		e.Size = st.Size
	case isLink:
		e.Mode = 0
	case isChar, isBlock:
		e.Rdev = st.Rdev
	}
}

// inodeID names a file whatever its paths are.
type inodeID struct{ dev, ino uint64 }

func idOf(st *unix.Stat_t) inodeID { return inodeID{st.Dev, st.Ino} }

// check says what is wrong with an entry that was read.
func (e *entry) check() error {
	if !path.IsAbs(e.Path) || path.Clean(e.Path) != e.Path || strings.ContainsRune(e.Path, 0) {
		return fmt.Errorf("path %q is not clean", e.Path)
	}
	if e.Mode > 0o7777 {
		return fmt.Errorf("%s: mode %o", e.Path, e.Mode)
	}
	switch e.Type {
	case isFile:
		if !isHex256(e.SHA256) || e.Object == 0 || e.Size < 0 {
			return fmt.Errorf("%s: a file without content, object or size", e.Path)
		}
		switch e.Keep {
		case byLink:
			if e.Inode == 0 {
				return fmt.Errorf("%s: a link without inode", e.Path)
			}
		case byClone, byCopy:
		case bySnapshot:
			if e.Snapshot < 1 || e.Snapshot > maxSnapshots {
				return fmt.Errorf("%s: in snapshot %d", e.Path, e.Snapshot)
			}
		case inPack:
			if e.Offset < 0 || e.Size > packLimit {
				return fmt.Errorf("%s: not something that lies in the pack", e.Path)
			}
		default:
			return fmt.Errorf("%s: kept by %q", e.Path, e.Keep)
		}
	case isLink:
		if e.Target == "" || strings.ContainsRune(e.Target, 0) {
			return fmt.Errorf("%s: a link without target", e.Path)
		}
	case isDir, isPipe, isChar, isBlock, isSocket, isKept:
	default:
		return fmt.Errorf("%s: type %q", e.Path, string(e.Type))
	}
	for name := range e.Xattrs {
		if name == "" || strings.HasPrefix(name, spelled) || strings.ContainsRune(name, 0) {
			return fmt.Errorf("%s: attribute %q", e.Path, name)
		}
	}
	return nil
}

func isHex256(s string) bool {
	if len(s) != 64 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// join is path.Join for a clean directory and one name.
func join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}

// split is the directory and the name of a clean absolute path.
func split(p string) (dir, name string) {
	i := strings.LastIndexByte(p, '/')
	if i == 0 {
		return "/", p[1:]
	}
	return p[:i], p[i+1:]
}

// below says whether p is dir or lies under it.
func below(p, dir string) bool {
	return p == dir || dir == "/" || len(p) > len(dir) && p[len(dir)] == '/' && p[:len(dir)] == dir
}
