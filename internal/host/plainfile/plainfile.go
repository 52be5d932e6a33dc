// Package plainfile reads files of a host that others may have put there: regular ones only, of a bounded size, and
// below a root that no link leads out of.
package plainfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// Read opens regular files only: a pipe would block, and opening a device may do something. Links are refused. A
// file longer than limit bytes is an error when all of it is wanted; otherwise its beginning is given.
func Read(root *os.Root, name string, limit int64, all bool) ([]byte, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if before.Mode()&fs.ModeSymlink != 0 {
		return nil, errors.New("it is a symbolic link, and links are not followed; what it leads to is seen where it lies, if that is in a place of the look")
	}
	text, _, err := read(root, name, before, limit, all)
	return text, err
}

// Follow is Read of a whole file that also follows links, as long as they stay below the root, and says what the
// file is.
func Follow(root *os.Root, name string, limit int64) ([]byte, fs.FileInfo, error) {
	before, err := root.Stat(name)
	if err != nil {
		return nil, nil, err
	}
	return read(root, name, before, limit, true)
}

func read(root *os.Root, name string, before fs.FileInfo, limit int64, all bool) ([]byte, fs.FileInfo, error) {
	switch {
	case !before.Mode().IsRegular():
		return nil, nil, fmt.Errorf("it is no regular file but %s", sort(before.Mode()))
	case all && before.Size() > limit:
		return nil, nil, fmt.Errorf("the file has %d bytes, more than %d", before.Size(), limit)
	}
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	after, err := file.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !after.Mode().IsRegular() || !os.SameFile(before, after) {
		return nil, nil, errors.New("the file was replaced while it was opened")
	}
	text, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, nil, err
	}
	if int64(len(text)) > limit {
		if all {
			return nil, nil, fmt.Errorf("the file has more than %d bytes", limit)
		}
		text = text[:limit]
	}
	return text, after, nil
}

// sort names what is no regular file.
func sort(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
