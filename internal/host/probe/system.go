package probe

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/core/fact"
)

const maxRelease = 64 << 10

// ParseOSRelease reads an os-release file (os-release(5)): shell assignments, quoted or not.
func ParseOSRelease(text []byte) fact.OS {
	var o fact.OS
	for line := range bytes.Lines(text[:min(len(text), maxRelease)]) {
		key, value, found := strings.Cut(strings.TrimSpace(string(line)), "=")
		if !found {
			continue
		}
		value = unquote(value)
		switch key {
		case "ID":
			o.ID = value
		case "VERSION_ID":
			o.Version = value
		case "VERSION_CODENAME":
			o.Codename = value
		case "PRETTY_NAME":
			o.Name = value
		}
	}
	return o
}

func unquote(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		s = s[1 : len(s)-1]
	}
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// OSRelease reads the release of the system below root.
func OSRelease(root string) (fact.OS, error) {
	for _, path := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		text, err := os.ReadFile(filepath.Join("/", root, path))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fact.OS{}, fmt.Errorf("read the release: %w", err)
		}
		return ParseOSRelease(text), nil
	}
	return fact.OS{}, fmt.Errorf("read the release: %w: /etc/os-release", fs.ErrNotExist)
}

// Running gives the release of the running kernel.
func Running() (string, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "", fmt.Errorf("ask for the kernel: %w", err)
	}
	return unix.ByteSliceToString(u.Release[:]), nil
}

// Container says whether the host shares its kernel with the machine it runs on: systemd notes that at
// start (systemd-detect-virt(1)), and container managers tell the first process.
func Container(root, proc string) bool {
	if _, err := os.Stat(filepath.Join("/", root, "/run/systemd/container")); err == nil {
		return true
	}
	env, err := os.ReadFile(filepath.Join(proc, "1/environ"))
	if err != nil {
		return false
	}
	for entry := range bytes.SplitSeq(env, []byte{0}) {
		if value, ok := bytes.CutPrefix(entry, []byte("container=")); ok && len(value) > 0 {
			return true
		}
	}
	return false
}

// Boot is the identity of the current boot of the kernel; it changes with every start.
func Boot(proc string) (string, error) {
	text, err := os.ReadFile(filepath.Join(proc, "sys/kernel/random/boot_id"))
	if err != nil {
		return "", fmt.Errorf("ask for the boot: %w", err)
	}
	id := strings.TrimSpace(string(text))
	// A container may be started afresh while its kernel runs on: the start of its first process counts.
	stat, err := os.ReadFile(filepath.Join(proc, "1/stat"))
	if err != nil {
		return "", fmt.Errorf("ask for the boot: %w", err)
	}
	if i := bytes.LastIndexByte(stat, ')'); i >= 0 {
		if fields := strings.Fields(string(stat[i+1:])); len(fields) > 19 {
			id += "/" + fields[19]
		}
	}
	return id, nil
}

// Room is what is free on a file system.
type Room struct {
	Bytes  int64 // for everybody but root's reserve
	Inodes int64 // -1: the file system does not count them
	Device uint64
}

// Free looks at the file system that path lies on, or the nearest directory above that exists.
func Free(path string) (Room, error) {
	for {
		var s unix.Statfs_t
		err := unix.Statfs(path, &s)
		if errors.Is(err, unix.ENOENT) && path != "/" {
			path = filepath.Dir(path)
			continue
		}
		if err != nil {
			return Room{}, fmt.Errorf("look for room at %s: %w", path, err)
		}
		var st unix.Stat_t
		if err := unix.Stat(path, &st); err != nil {
			return Room{}, fmt.Errorf("look for room at %s: %w", path, err)
		}
		room := Room{Bytes: int64(s.Bavail) * s.Bsize, Inodes: -1, Device: st.Dev}
		if s.Files > 0 {
			room.Inodes = int64(s.Ffree)
		}
		return room, nil
	}
}

// NewestKernel gives the newest kernel installed below root, by its image in /boot; compare orders
// versions. Empty: there is none, as in a container.
func NewestKernel(root string, compare func(a, b string) int) string {
	images, err := filepath.Glob(filepath.Join("/", root, "/boot/vmlinuz-[0-9]*"))
	if err != nil {
		return ""
	}
	newest := ""
	for _, path := range images {
		version := strings.TrimPrefix(filepath.Base(path), "vmlinuz-")
		if newest == "" || compare(version, newest) > 0 {
			newest = version
		}
	}
	return newest
}
