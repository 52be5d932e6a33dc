package files

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// sums are the SHA-256 of contents that were read before, each with what the kernel said of its file then. A
// file of which all of that is still so has not been written to since: the time of last change of an inode is set
// by the kernel alone, at every write. Such a file need not be read again to be saved, which is nearly all of the
// time that a save takes.
//
// Making and removing links changes that time as well. So the driver notes anew what it was after a link of its
// own, if it was as noted before; a file that somebody wrote to in between has another time of last modification.
// Whoever sets that back within the same instant as well makes the next point name a content that it does not
// hold. That is found before the point is used, and said: what is put back is always read.
//
// The sums lie beside the points. Without them, or with some that are damaged, everything is read.
type sums struct {
	mu    sync.Mutex
	known map[string]sum // by path
	young int64          // what changed later than this is not noted: it may change again within one tick of the clock
}

type sum struct {
	inode, size, mtime, ctime int64
	sha256                    [sha256.Size]byte
}

const (
	sumsName     = ".sums"
	sumsHead     = "patchwart sums 1\n"
	maxSums      = 500_000 // what a host has beyond that is read each time
	maxSumsBytes = 256 << 20
	settled      = 2 * time.Second // file systems with coarse clocks count in seconds
)

func newSums(now time.Time) *sums {
	return &sums{known: map[string]sum{}, young: now.Add(-settled).UnixNano()}
}

func stateOf(st *unix.Stat_t) sum {
	return sum{inode: int64(st.Ino), size: st.Size, mtime: st.Mtim.Nano(), ctime: st.Ctim.Nano()}
}

// is says whether two states are of the same unchanged file, whatever its content.
func (s sum) is(other sum) bool {
	s.sha256, other.sha256 = [sha256.Size]byte{}, [sha256.Size]byte{}
	return s == other
}

// linked says whether the second state can be that of the first file after a link of it was made or removed.
func (s sum) linked(after sum) bool {
	s.ctime = after.ctime
	return s.is(after)
}

// of gives what is known of the file at path if that is still as st says.
func (s *sums) of(path string, st *unix.Stat_t) (one sum, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok = s.known[path]
	return one, ok && one.is(stateOf(st))
}

// hex256 is the content's sum as manifests have it.
func (s sum) hex256() string { return hex.EncodeToString(s.sha256[:]) }

// put keeps one of a path. There may be too many.
func (s *sums) put(path string, one sum) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.known[path]; known || len(s.known) < maxSums {
		s.known[path] = one
	}
}

// note keeps a content's sum, read while the file was as st says.
func (s *sums) note(path string, st *unix.Stat_t, hex256 string) {
	if st.Ctim.Nano() <= s.young {
		s.noteLinked(path, st, hex256)
	}
}

// noteLinked is note for a file whose last change is a link that the driver itself has just made.
func (s *sums) noteLinked(path string, st *unix.Stat_t, hex256 string) {
	one := stateOf(st)
	raw, err := hex.DecodeString(hex256)
	if err != nil || copy(one.sha256[:], raw) < sha256.Size || one.mtime > s.young {
		return
	}
	s.put(path, one)
}

// recall reads what was noted. Whatever is wrong with it makes it empty.
func (d *Driver) recall(store int) *sums {
	s := &sums{known: map[string]sum{}} // nothing new is noted in it
	fd, err := openFile(store, sumsName)
	if err != nil {
		return s
	}
	f := os.NewFile(uintptr(fd), sumsName)
	defer f.Close()
	known, err := readSums(f)
	if err == nil {
		s.known = known
	}
	return s
}

// remember keeps what was noted for the next save. It is not flushed: a power cut may leave an old one or a
// broken one, and neither says anything that is not so.
func (d *Driver) remember(store int, s *sums) error {
	path := d.store + "/" + sumsName
	if err := d.disk.unlink(store, sumsName+freshSuffix, path); err != nil && !errors.Is(err, unix.ENOENT) {
		return err
	}
	fd, err := d.disk.create(store, sumsName+freshSuffix, path)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	w := bufio.NewWriterSize(diskFile{&d.disk, fd, path}, 256<<10)
	if err := s.write(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return d.disk.rename(store, sumsName+freshSuffix, store, sumsName, 0, path)
}

// write puts the sums down: a line that says what it is, the records, and the SHA-256 of all before it.
func (s *sums) write(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := sha256.New()
	out := io.MultiWriter(w, h)
	if _, err := io.WriteString(out, sumsHead); err != nil {
		return err
	}
	var b []byte
	for path, one := range s.known {
		b = binary.AppendUvarint(b[:0], uint64(len(path)))
		b = append(b, path...)
		for _, n := range []int64{one.inode, one.size, one.mtime, one.ctime} {
			b = binary.AppendVarint(b, n)
		}
		if _, err := out.Write(append(b, one.sha256[:]...)); err != nil {
			return err
		}
	}
	_, err := w.Write(h.Sum(nil))
	return err
}

var errSums = errors.New("not the sums that were written")

// readSums reads what write wrote, and nothing of anything else.
func readSums(r io.Reader) (map[string]sum, error) {
	all, err := io.ReadAll(io.LimitReader(r, maxSumsBytes))
	if err != nil || len(all) < len(sumsHead)+sha256.Size || !bytes.HasPrefix(all, []byte(sumsHead)) {
		return nil, errSums
	}
	b, trailer := all[:len(all)-sha256.Size], all[len(all)-sha256.Size:]
	if h := sha256.Sum256(b); !bytes.Equal(h[:], trailer) {
		return nil, errSums
	}
	known := map[string]sum{}
	for b = b[len(sumsHead):]; len(b) > 0; {
		n, used := binary.Uvarint(b)
		if used <= 0 || n == 0 || n > uint64(len(b)-used) || len(known) >= maxSums {
			return nil, errSums
		}
		path := string(b[used : used+int(n)])
		b = b[used+int(n):]
		var one sum
		for _, field := range []*int64{&one.inode, &one.size, &one.mtime, &one.ctime} {
			if *field, used = binary.Varint(b); used <= 0 {
				return nil, errSums
			}
			b = b[used:]
		}
		if copy(one.sha256[:], b) < sha256.Size {
			return nil, errSums
		}
		known[path], b = one, b[sha256.Size:]
	}
	return known, nil
}

// follow gives what removes links as removeTree does, and notes anew how the files are without them.
func (s *sums) follow() func(at int, name string, st *unix.Stat_t, unlink func() error) error {
	paths := map[uint64][]string{}
	for path, one := range s.known {
		paths[uint64(one.inode)] = append(paths[uint64(one.inode)], path)
	}
	return func(at int, name string, st *unix.Stat_t, unlink func() error) error {
		before := stateOf(st)
		same := slices.DeleteFunc(slices.Clone(paths[st.Ino]), func(path string) bool { return !s.known[path].is(before) })
		if len(same) == 0 || st.Nlink < 2 {
			return unlink()
		}
		var fd int
		err := again(func() (err error) {
			fd, err = unix.Openat(at, name, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
			return err
		})
		if err != nil {
			return unlink()
		}
		defer unix.Close(fd)
		if err := unlink(); err != nil {
			return err
		}
		st2, err := fstat(fd)
		if err != nil || !before.linked(stateOf(&st2)) {
			return nil // it has to be read again, that is all
		}
		for _, path := range same {
			one := s.known[path]
			one.ctime = st2.Ctim.Nano()
			s.known[path] = one
		}
		return nil
	}
}
