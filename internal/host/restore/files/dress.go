package files

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// dress gives what is at name the owner, mode, attributes and time of an entry, in this order: a
// change of owner clears set-uid bits and capabilities, a change of mode alters an access list.
// What is right already is not written, since some file systems cannot store all of it. It reports
// whether anything but the time was wrong.
//
// name lies in a directory that only we can write to, or is "." of a directory held open.
func (d *disk) dress(at int, name, path string, e *entry) (changed bool, err error) {
	st, err := lstat(at, name)
	if err != nil {
		return false, fmt.Errorf("look at %s: %w", path, err)
	}
	owned := st.Uid == e.UID && st.Gid == e.GID
	if !owned {
		changed = true
		if err := d.chown(at, name, e.UID, e.GID, path); err != nil {
			return changed, err
		}
	}
	if e.Type != isLink && (!owned || st.Mode&0o7777 != e.Mode) {
		changed = true
		if err := d.chmod(at, name, e.Mode, path); err != nil {
			return changed, err
		}
	}
	more, err := d.dressXattrs(at, name, path, e)
	if err != nil {
		return changed, err
	}
	if st.Mtim.Nano() != e.Mtime || changed || more {
		err = d.touch(at, name, e.Mtime, path)
	}
	return changed || more, err
}

func (d *disk) dressXattrs(at int, name, path string, e *entry) (changed bool, err error) {
	have, err := xattrs(at, name)
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	for _, attr := range slices.Sorted(maps.Keys(have)) {
		if _, wanted := e.Xattrs[attr]; !wanted {
			changed = true
			if err := d.removexattr(at, name, attr, path); err != nil {
				return changed, err
			}
		}
	}
	for _, attr := range slices.Sorted(maps.Keys(e.Xattrs)) {
		if v, ok := have[attr]; !ok || !bytes.Equal(v, e.Xattrs[attr]) {
			changed = true
			if err := d.setxattr(at, name, attr, e.Xattrs[attr], path); err != nil {
				return changed, err
			}
		}
	}
	return changed, nil
}

// dressed says whether mode, owner and attributes are those of the entry.
func (e *entry) dressed(st *unix.Stat_t, attrs map[string][]byte) bool {
	return st.Uid == e.UID && st.Gid == e.GID && (e.Type == isLink || st.Mode&0o7777 == e.Mode) && sameXattrs(attrs, e.Xattrs)
}

func sameXattrs(a, b map[string][]byte) bool { return maps.EqualFunc(a, b, bytes.Equal) }

// showXattrs is for people; values are shortened.
func showXattrs(x map[string][]byte) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(x)) {
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if v := x[k]; len(v) > 64 {
			fmt.Fprintf(&b, "%s=%x…(%d bytes)", k, v[:64], len(v))
		} else {
			fmt.Fprintf(&b, "%s=%x", k, v)
		}
	}
	return b.String()
}
