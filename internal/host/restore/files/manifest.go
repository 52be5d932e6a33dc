package files

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/patchwart/patchwart/internal/host/restore"
)

// The manifest is a text of JSON lines: a header, one line for each path, a trailer with the number
// of paths and the SHA-256 of everything before it. The order is that of the walk: all entries of a
// directory by byte order of their names, then the same for each of its directories. A reader thus
// has a directory's entries together and needs no more memory than the largest directory.

const (
	formatName    = "patchwart restore manifest"
	formatVersion = 1
	maxLine       = 8 << 20    // one entry: a path and up to a few attributes of 64 KiB
	maxEntries    = 20_000_000 // bounds what a manifest can make us do
)

// header says what the manifest is of.
type header struct {
	Format  string        `json:"format"`
	Version int           `json:"version"`
	ID      string        `json:"id"`
	Created time.Time     `json:"created"`
	Scope   restore.Scope `json:"scope"`
	// Out are the paths outside the scope as they were when it was saved: the listed ones and what
	// they led to.
	Out []string `json:"out"`
	// Mounts are the mount points that were walked into.
	Mounts []string `json:"mounts"`
	// Snapshots are the places of the subvolumes that snapshots were taken of, in their order.
	Snapshots []string `json:"snapshots,omitempty"`
}

// trailer ends a manifest; one without it was cut off.
type trailer struct {
	Entries uint64 `json:"entries"`
	SHA256  string `json:"sha256"`
}

// line is an entry as it is written. Names that are not UTF-8 go into the byte fields, since JSON
// would replace what it cannot spell.
type line struct {
	Path     string            `json:"p,omitempty"`
	PathB    []byte            `json:"pb,omitempty"`
	Type     kind              `json:"t"`
	Mode     uint32            `json:"m,omitempty"`
	UID      uint32            `json:"u,omitempty"`
	GID      uint32            `json:"g,omitempty"`
	Rdev     uint64            `json:"r,omitempty"`
	Target   string            `json:"l,omitempty"`
	TargetB  []byte            `json:"lb,omitempty"`
	Size     int64             `json:"s,omitempty"`
	Mtime    int64             `json:"mt,omitempty"`
	Xattrs   map[string][]byte `json:"x,omitempty"`
	SHA256   string            `json:"h,omitempty"`
	Keep     keep              `json:"k,omitempty"`
	Object   uint64            `json:"o,omitempty"`
	Offset   int64             `json:"at,omitempty"`
	Inode    uint64            `json:"i,omitempty"`
	Group    bool              `json:"hl,omitempty"`
	Snapshot int               `json:"sn,omitempty"`
}

// encoder writes a manifest.
type encoder struct {
	w       *bufio.Writer
	json    *json.Encoder
	inner   hash.Hash // of everything before the trailer
	outer   hash.Hash // of the whole file
	entries uint64
}

func newEncoder(w io.Writer, h header) (*encoder, error) {
	e := &encoder{inner: sha256.New(), outer: sha256.New()}
	e.w = bufio.NewWriterSize(w, 256<<10)
	e.json = json.NewEncoder(io.MultiWriter(e.w, e.inner, e.outer))
	e.json.SetEscapeHTML(false)
	h.Format, h.Version = formatName, formatVersion
	return e, e.json.Encode(h)
}

func (e *encoder) add(x *entry) error {
	l := line{
		Type: x.Type, Mode: x.Mode, UID: x.UID, GID: x.GID, Rdev: x.Rdev, Size: x.Size, Mtime: x.Mtime,
		Xattrs: spell(x.Xattrs), SHA256: x.SHA256, Keep: x.Keep, Object: x.Object, Offset: x.Offset, Inode: x.Inode, Group: x.Group, Snapshot: x.Snapshot,
	}
	if l.Path = x.Path; !utf8.ValidString(x.Path) {
		l.Path, l.PathB = "", []byte(x.Path)
	}
	if l.Target = x.Target; !utf8.ValidString(x.Target) {
		l.Target, l.TargetB = "", []byte(x.Target)
	}
	e.entries++
	return e.json.Encode(&l)
}

// Attribute names are bytes as well. One that is not UTF-8 is written as = and its hexadecimal form;
// no name begins with =, they all have a name space in front.
const spelled = "="

func spell(x map[string][]byte) map[string][]byte {
	var out map[string][]byte
	for name := range x {
		if !utf8.ValidString(name) {
			if out == nil {
				out = maps.Clone(x)
			}
			delete(out, name)
			out[spelled+hex.EncodeToString([]byte(name))] = x[name]
		}
	}
	if out == nil {
		return x
	}
	return out
}

func (e *entry) unspell() error {
	for _, name := range slices.Collect(maps.Keys(e.Xattrs)) {
		if h, ok := strings.CutPrefix(name, spelled); ok {
			b, err := hex.DecodeString(h)
			if err != nil || utf8.Valid(b) {
				return fmt.Errorf("%s: attribute %q", e.Path, name)
			}
			e.Xattrs[string(b)] = e.Xattrs[name]
			delete(e.Xattrs, name)
		}
	}
	return nil
}

// finish writes the trailer and gives the SHA-256 of the whole.
func (e *encoder) finish() (string, error) {
	t := trailer{Entries: e.entries, SHA256: hex.EncodeToString(e.inner.Sum(nil))}
	if err := json.NewEncoder(io.MultiWriter(e.w, e.outer)).Encode(t); err != nil {
		return "", err
	}
	return hex.EncodeToString(e.outer.Sum(nil)), e.w.Flush()
}

// decoder reads a manifest and trusts nothing in it. Errors are about the form; whether it is the
// manifest that was written is for the caller to check against the SHA-256 kept elsewhere.
type decoder struct {
	header  header
	r       *bufio.Reader
	long    []byte
	inner   hash.Hash
	entries uint64
	ended   bool
	peeked  *entry
}

var errManifest = errors.New("manifest is not valid")

func newDecoder(r io.Reader) (*decoder, error) {
	d := &decoder{r: bufio.NewReaderSize(r, 256<<10), inner: sha256.New()}
	b, err := d.line()
	if err != nil {
		return nil, fmt.Errorf("%w: header: %w", errManifest, err)
	}
	if err := strict(b, &d.header); err != nil {
		return nil, fmt.Errorf("%w: header: %w", errManifest, err)
	}
	if d.header.Format != formatName || d.header.Version != formatVersion {
		return nil, fmt.Errorf("%w: format %q version %d, this program reads version %d", errManifest, d.header.Format, d.header.Version, formatVersion)
	}
	if err := d.header.Scope.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", errManifest, err)
	}
	d.inner.Write(b)
	return d, nil
}

// line reads up to and including the next newline.
func (d *decoder) line() ([]byte, error) {
	b, err := d.r.ReadSlice('\n')
	if err == nil {
		return b, nil
	}
	d.long = d.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		if d.long = append(d.long, b...); len(d.long) > maxLine {
			return nil, errors.New("line too long")
		}
		b, err = d.r.ReadSlice('\n')
	}
	if err != nil {
		return nil, io.ErrUnexpectedEOF // also a last line without its newline
	}
	return append(d.long, b...), nil
}

var (
	entryStart   = []byte(`{"p`)
	trailerStart = []byte(`{"entries":`)
)

// next gives the next entry, or nil after a correct trailer.
func (d *decoder) next() (*entry, error) {
	if e := d.peeked; e != nil {
		d.peeked = nil
		return e, nil
	}
	if d.ended {
		return nil, nil
	}
	fail := func(err error) (*entry, error) {
		return nil, fmt.Errorf("%w: entry %d: %w", errManifest, d.entries+1, err)
	}
	b, err := d.line()
	if err != nil {
		return fail(err)
	}
	if bytes.HasPrefix(b, trailerStart) {
		return nil, d.end(b)
	}
	if d.entries++; d.entries > maxEntries {
		return fail(errors.New("too many"))
	}
	if !bytes.HasPrefix(b, entryStart) {
		return fail(errors.New("neither a path nor the trailer"))
	}
	var l line
	if err := json.Unmarshal(b, &l); err != nil {
		return fail(err)
	}
	e := &entry{
		Path: l.Path + string(l.PathB), Type: l.Type, Mode: l.Mode, UID: l.UID, GID: l.GID, Rdev: l.Rdev,
		Target: l.Target + string(l.TargetB), Size: l.Size, Mtime: l.Mtime, Xattrs: l.Xattrs,
		SHA256: l.SHA256, Keep: l.Keep, Object: l.Object, Offset: l.Offset, Inode: l.Inode, Group: l.Group, Snapshot: l.Snapshot,
	}
	if err := e.unspell(); err != nil {
		return fail(err)
	}
	if err := e.check(); err != nil {
		return fail(err)
	}
	d.inner.Write(b)
	return e, nil
}

func (d *decoder) end(b []byte) error {
	var t trailer
	if err := strict(b, &t); err != nil {
		return fmt.Errorf("%w: trailer: %w", errManifest, err)
	}
	if t.Entries != d.entries || t.SHA256 != hex.EncodeToString(d.inner.Sum(nil)) {
		return fmt.Errorf("%w: the trailer does not match what stands before it", errManifest)
	}
	if _, err := d.r.ReadByte(); err == nil {
		return fmt.Errorf("%w: something follows the trailer", errManifest)
	}
	d.ended = true
	return nil
}

// peek looks at the next entry without taking it.
func (d *decoder) peek() (*entry, error) {
	if d.peeked == nil {
		e, err := d.next()
		if err != nil {
			return nil, err
		}
		d.peeked = e
	}
	return d.peeked, nil
}

// block takes all entries directly in dir, which the manifest's order has next.
func (d *decoder) block(dir string) ([]*entry, error) {
	var out []*entry
	for {
		e, err := d.peek()
		if err != nil {
			return nil, err
		}
		if e == nil || e.Path == "/" {
			return out, nil
		}
		parent, name := split(e.Path)
		if parent != dir {
			return out, nil
		}
		if len(out) > 0 {
			if _, before := split(out[len(out)-1].Path); before >= name {
				return nil, fmt.Errorf("%w: %q is out of order", errManifest, e.Path)
			}
		}
		out = append(out, e)
		d.peeked = nil
	}
}

// strict refuses unknown fields and anything after the value.
func strict(b []byte, into any) error {
	j := json.NewDecoder(bytes.NewReader(b))
	j.DisallowUnknownFields()
	if err := j.Decode(into); err != nil {
		return err
	}
	if _, err := j.Token(); err != io.EOF {
		return errors.New("something follows the value")
	}
	return nil
}
