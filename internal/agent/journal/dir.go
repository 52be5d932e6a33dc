package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/wire"
)

// ErrExists says that a journal of that order is there: the order came before.
var ErrExists = errors.New("journal exists already")

// Keep is how many journals of ended runs that the server knows are kept.
const Keep = 50

// Dir is the directory of all journals of a host.
type Dir struct {
	path string
	boot string
}

// OpenDir prepares the directory. boot names the present boot of the host.
func OpenDir(path, boot string) (*Dir, error) {
	if err := durable.Private(path); err != nil {
		return nil, err
	}
	left, err := filepath.Glob(filepath.Join(path, ".tmp-*")) // of a write that was cut off
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	for _, name := range left {
		if err := durable.Remove(name); err != nil {
			return nil, err
		}
	}
	return Look(path, boot), nil
}

// Look is OpenDir for those who only read.
func Look(path, boot string) *Dir { return &Dir{path: path, boot: boot} }

func (d *Dir) file(id, ending string) string { return filepath.Join(d.path, id+ending) }

const (
	endJournal = ".jsonl"
	endSent    = ".sent.json"
	endBefore  = ".before.json"
)

// Create begins the journal of an order. When it returns, the signed order is on disk under its name,
// or nothing is. A second journal for the same ID is ErrExists.
func (d *Dir) Create(id string, order wire.Signed) (*Journal, error) {
	if !filepath.IsLocal(id) || strings.ContainsRune(id, filepath.Separator) || strings.HasPrefix(id, ".") {
		return nil, fmt.Errorf("journal: %q is no order ID", id)
	}
	line, err := record{Order: &order, Boot: d.boot}.line()
	if err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(d.path, ".tmp-*")
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", id, err)
	}
	defer os.Remove(tmp.Name())
	if err = reserveRoom(tmp); err == nil {
		_, err = tmp.WriteAt(line, 0)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if err == nil {
		err = os.Link(tmp.Name(), d.file(id, endJournal)) // unlike rename, never replaces
	}
	if errors.Is(err, fs.ErrExist) {
		err = ErrExists
	}
	if err == nil {
		err = durable.SyncDir(d.path)
	}
	if err != nil {
		tmp.Close()
		return nil, fmt.Errorf("journal %s: %w", id, err)
	}
	return &Journal{id: id, order: order, boot: d.boot, file: tmp, size: int64(len(line))}, nil
}

// Open reads the journal of an order, cuts a torn end off, and is ready to go on.
func (d *Dir) Open(id string) (*Journal, error) {
	f, err := os.OpenFile(d.file(id, endJournal), os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("journal %s: %w", id, err)
	}
	j := &Journal{id: id, boot: d.boot, file: f}
	if err = j.load(); err == nil {
		err = j.cut()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// Peek reads a journal and changes nothing; it may be in use.
func (d *Dir) Peek(id string) (order wire.Signed, state run.State, err error) {
	f, err := os.Open(d.file(id, endJournal))
	if err != nil {
		return wire.Signed{}, run.State{}, fmt.Errorf("journal %s: %w", id, err)
	}
	defer f.Close()
	j := &Journal{id: id, file: f}
	err = j.load()
	return j.order, j.state, err
}

// Digest tells which document a journal was begun with. ok is false when there is no journal.
func (d *Dir) Digest(id string) (digest string, ok bool, err error) {
	f, err := os.Open(d.file(id, endJournal))
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("journal %s: %w", id, err)
	}
	defer f.Close()
	first, _ := lines(f).next()
	r, err := parse(first)
	if err != nil || r.Order == nil {
		return "", true, fmt.Errorf("journal %s: %w: its first line is not the work order", id, ErrDamaged)
	}
	return r.Order.Digest(), true, nil
}

// Entry is one journal in the directory.
type Entry struct {
	ID      string
	Changed time.Time
	Sent    Sent
}

// List gives all journals, oldest first.
func (d *Dir) List() ([]Entry, error) {
	names, err := os.ReadDir(d.path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var list []Entry
	for _, n := range names {
		id, ok := strings.CutSuffix(n.Name(), endJournal)
		if !ok || strings.HasPrefix(id, ".") {
			continue
		}
		info, err := n.Info()
		if err != nil {
			continue // removed meanwhile
		}
		sent, err := d.Sent(id)
		if err != nil {
			return nil, err
		}
		list = append(list, Entry{ID: id, Changed: info.ModTime(), Sent: sent})
	}
	sort.SliceStable(list, func(i, k int) bool { return list[i].Changed.Before(list[k].Changed) })
	return list, nil
}

// Prune removes the oldest journals that are done, but for the newest keep of them. Those for which
// spare returns true stay in any case.
func (d *Dir) Prune(keep int, spare func(id string) bool) error {
	list, err := d.List()
	if err != nil {
		return err
	}
	var done []string
	for _, e := range list {
		if e.Sent.Done {
			done = append(done, e.ID)
		}
	}
	for _, id := range done[:max(0, len(done)-keep)] {
		if spare(id) {
			continue
		}
		// The journal goes last: as long as it is there, the order counts as known.
		for _, ending := range []string{endBefore, endSent, endJournal} {
			if err := durable.Remove(d.file(id, ending)); err != nil {
				return err
			}
		}
	}
	return nil
}
