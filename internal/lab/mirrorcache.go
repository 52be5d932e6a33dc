package lab

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// fresh says whether a cached file may be served without asking the archive.
func fresh(local string, forever bool, now time.Time) bool {
	info, err := os.Stat(local)
	if err != nil {
		return false
	}
	if forever {
		if now.Sub(info.ModTime()) > 24*time.Hour {
			_ = os.Chtimes(local, now, now) // trimCache keeps what is used
		}
		return true
	}
	age := now.Sub(info.ModTime())
	return age >= 0 && age < indexTTL
}

// serveCached sends a file of the cache. Without a date, so that apt never takes an older copy of its own for current.
func serveCached(w http.ResponseWriter, r *http.Request, local string) {
	file, err := os.Open(local)
	if err != nil {
		http.Error(w, "the cached file cannot be read", http.StatusInternalServerError)
		return
	}
	defer func() { _ = file.Close() }()
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, r, "", time.Time{}, file)
}

// store writes the body to a temporary file and to the client; the file gets its name only when complete.
func (m *mirror) store(w http.ResponseWriter, r *http.Request, response *http.Response, local string, watchdog *time.Timer) error {
	if err := os.MkdirAll(filepath.Dir(local), 0o700); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(m.dir, partialPrefix+"*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	defer func() { _ = temporary.Close() }()

	w.Header().Set("Content-Type", "application/octet-stream")
	if response.ContentLength >= 0 {
		w.Header().Set("Content-Length", fmt.Sprint(response.ContentLength))
	}
	client := io.Writer(w)
	if r.Method == http.MethodHead {
		client = io.Discard
	}
	body := &pulse{from: io.LimitReader(response.Body, maxFileBytes), watchdog: watchdog}
	n, err := io.Copy(io.MultiWriter(temporary, &lossy{to: client}), body)
	if err == nil && response.ContentLength >= 0 && n != response.ContentLength {
		err = io.ErrUnexpectedEOF
	}
	if err == nil && n == maxFileBytes {
		err = fmt.Errorf("more than %d GiB: not kept", maxFileBytes>>30)
	}
	if err != nil {
		return err
	}
	if err := temporary.Close(); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), local)
}

// pulse winds the watchdog up with every read.
type pulse struct {
	from     io.Reader
	watchdog *time.Timer
}

func (p *pulse) Read(buffer []byte) (int, error) {
	n, err := p.from.Read(buffer)
	p.watchdog.Reset(stallTimeout)
	return n, err
}

// lossy goes on silently when its client has left.
type lossy struct {
	to   io.Writer
	gone bool
}

func (l *lossy) Write(p []byte) (int, error) {
	if !l.gone {
		if _, err := l.to.Write(p); err != nil {
			l.gone = true
		}
	}
	return len(p), nil
}

// partialPrefix starts the name of a transfer that is not complete.
const partialPrefix = ".partial-"

// trimCache removes transfers that crashed and, when there is too much, what was not used for longest.
func trimCache(dir string, limit int64, now time.Time) error {
	type item struct {
		path string
		size int64
		used time.Time
	}
	var items []item
	var total int64
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // another lab trims as well
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), partialPrefix) && now.Sub(info.ModTime()) > time.Hour {
			_ = os.Remove(name)
			return nil
		}
		items = append(items, item{name, info.Size(), info.ModTime()})
		total += info.Size()
		return nil
	})
	if err != nil {
		return fmt.Errorf("look through the archive cache: %w", err)
	}
	if total <= limit {
		return nil
	}
	slices.SortFunc(items, func(a, b item) int { return a.used.Compare(b.used) })
	for _, it := range items {
		if total <= limit {
			break
		}
		if err := os.Remove(it.path); err == nil {
			total -= it.size
		}
	}
	return nil
}
