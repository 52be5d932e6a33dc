package lab

import (
	"fmt"
	"maps"
	"slices"
)

// Diff names every difference between two walks, sorted by path, one line each.
// No line means identical: same paths, types, modes, owners, devices, link
// targets, extended attributes and contents.
func Diff(before, after Tree) []string {
	var lines []string
	paths := maps.Clone(before)
	if paths == nil {
		paths = Tree{}
	}
	maps.Copy(paths, after)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		old, was := before[path]
		now, is := after[path]
		switch {
		case !was:
			lines = append(lines, fmt.Sprintf("%s: appeared (%s)", path, now.Type))
		case !is:
			lines = append(lines, fmt.Sprintf("%s: vanished (was a %s)", path, old.Type))
		default:
			for _, what := range old.differences(now) {
				lines = append(lines, path+": "+what)
			}
		}
	}
	return lines
}

// differences names what differs between two states of one path.
func (e Entry) differences(now Entry) []string {
	var out []string
	note := func(what string, differs bool, old, new any) {
		if differs {
			out = append(out, fmt.Sprintf("%s %v → %v", what, old, new))
		}
	}
	if e.Type != now.Type {
		return []string{fmt.Sprintf("type %s → %s", e.Type, now.Type)}
	}
	note("mode", e.Mode != now.Mode, fmt.Sprintf("%04o", e.Mode), fmt.Sprintf("%04o", now.Mode))
	note("owner", e.UID != now.UID || e.GID != now.GID, fmt.Sprintf("%d:%d", e.UID, e.GID), fmt.Sprintf("%d:%d", now.UID, now.GID))
	note("device", e.Rdev != now.Rdev, e.Rdev, now.Rdev)
	note("target", e.Target != now.Target, e.Target, now.Target)
	note("xattrs", e.Xattrs != now.Xattrs, quoted(e.Xattrs), quoted(now.Xattrs))
	note("content", e.SHA256 != now.SHA256 || e.Size != now.Size, content(e), content(now))
	return out
}

func quoted(text string) string { return "[" + text + "]" }

func content(e Entry) string {
	return fmt.Sprintf("%.12s… (%d bytes)", e.SHA256, e.Size)
}
