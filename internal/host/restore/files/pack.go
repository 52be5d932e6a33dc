package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// The pack holds the content of small copied files. There are thousands of these (the package
// database, configuration), and making a file for each takes longer than all the rest of a save.

// packLimit is how large a file in the pack can be. It fits into a worker's buffer.
const packLimit = 64 << 10

var errOutgrown = errors.New("too large for the pack")

// packFile keeps an open file's content in the pack. A reading that is repeated leaves the first one
// behind as waste, which is rare and small.
func (f *farm) packFile(ctx context.Context, k *kept, from int, st *unix.Stat_t, buf []byte) (err error) {
	k.Inode = st.Ino
	if k.Xattrs, err = fxattrs(from); err != nil {
		return fmt.Errorf("%s: %w", k.Path, err)
	}
	content, err := readSmall(ctx, from, buf)
	if err != nil {
		return fmt.Errorf("read %s: %w", k.Path, err)
	}
	sum := sha256.Sum256(content)
	k.SHA256 = hex.EncodeToString(sum[:])
	k.Offset = f.packed.Add(int64(len(content))) - int64(len(content))
	return f.disk.writeAt(f.pack, content, k.Offset, f.path+"/"+packName)
}

// readSmall reads a whole file of at most packLimit bytes.
func readSmall(ctx context.Context, fd int, buf []byte) ([]byte, error) {
	size := 0
	for {
		n, err := readAt(ctx, fd, buf[size:packLimit+1], int64(size))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return buf[:size], nil
		}
		if size += n; size > packLimit {
			return nil, errOutgrown
		}
	}
}

// unpack reads an entry's content. It is nil if the pack does not have it, or not unaltered.
func (p *point) unpack(ctx context.Context, e *entry, buf []byte) ([]byte, error) {
	fd, err := openFile(p.fd, packName)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ELOOP) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	content := buf[:e.Size]
	for off := 0; off < len(content); {
		n, err := readAt(ctx, fd, content[off:], e.Offset+int64(off))
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, nil
		}
		off += n
	}
	if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != e.SHA256 {
		return nil, nil
	}
	return content, nil
}
