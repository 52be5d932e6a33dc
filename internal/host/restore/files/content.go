package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
)

var hashes = sync.Pool{New: func() any { return sha256.New() }}

func withHash(use func(h hash.Hash) error) (string, error) {
	h := hashes.Get().(hash.Hash)
	defer hashes.Put(h)
	h.Reset()
	if err := use(h); err != nil {
		return "", err
	}
	var sum [sha256.Size]byte
	return hex.EncodeToString(h.Sum(sum[:0])), nil
}

// hashFile is the SHA-256 of an open file's whole content.
func hashFile(ctx context.Context, fd int, buf []byte) (string, error) {
	return withHash(func(h hash.Hash) error {
		for off := int64(0); ; {
			n, err := readAt(ctx, fd, buf, off)
			if err != nil {
				return err
			}
			if n == 0 {
				return nil
			}
			h.Write(buf[:n])
			off += int64(n)
		}
	})
}

func readAt(ctx context.Context, fd int, buf []byte, off int64) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, context.Cause(ctx)
	}
	err = again(func() error { n, err = unix.Pread(fd, buf, off); return err })
	return n, err
}

// copyFile copies an open file into an empty one, holes as holes, and gives the SHA-256 of what it read.
func (d *disk) copyFile(ctx context.Context, to, from int, buf []byte, path string) (string, error) {
	st, err := fstat(from)
	if err != nil {
		return "", err
	}
	sparse := st.Blocks*512 < st.Size
	return withHash(func(h hash.Hash) error {
		off := int64(0)
		for {
			if sparse {
				data, err := unix.Seek(from, off, unix.SEEK_DATA)
				if errors.Is(err, unix.ENXIO) { // only a hole is left
					if data, err = unix.Seek(from, 0, io.SeekEnd); err == nil && data > off {
						hashZeros(h, data-off, buf)
						return d.truncate(to, data, path)
					}
					return err
				}
				if err != nil {
					return err
				}
				hashZeros(h, data-off, buf)
				off = data
			}
			n, err := readAt(ctx, from, buf, off)
			if err != nil {
				return err
			}
			if n == 0 {
				return nil
			}
			h.Write(buf[:n])
			if _, err := unix.Seek(to, off, io.SeekStart); err != nil {
				return err
			}
			if err := d.write(to, buf[:n], path); err != nil {
				return err
			}
			off += int64(n)
		}
	})
}

func hashZeros(h hash.Hash, n int64, buf []byte) {
	clear(buf)
	for n > 0 {
		k := min(n, int64(len(buf)))
		h.Write(buf[:k])
		n -= k
	}
}

// steadyReads is how often a file that changes under the reader is read again.
const steadyReads = 5

// steady runs read until the file was the same before and after it, and takes over its state.
func steady(fd int, e *entry, read func(st *unix.Stat_t) error) error {
	for range steadyReads {
		before, err := fstat(fd)
		if err != nil {
			return err
		}
		if kindOf(before.Mode) != isFile {
			return fmt.Errorf("%s %w: it is no longer a file", e.Path, restore.ErrChanging)
		}
		if err := read(&before); err != nil {
			return err
		}
		after, err := fstat(fd)
		if err != nil {
			return err
		}
		if before.Size == after.Size && before.Mtim == after.Mtim && before.Ctim == after.Ctim {
			e.fill(&after)
			return nil
		}
	}
	return fmt.Errorf("%s %w: read %d times; stop what writes to it, or declare it as the customer's data", e.Path, restore.ErrChanging, steadyReads)
}
