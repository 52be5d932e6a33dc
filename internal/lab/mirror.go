package lab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// What the mirror keeps and for how long.
const (
	indexTTL      = 10 * time.Minute // InRelease, Release, Packages by name: they change at the same address
	stallTimeout  = 60 * time.Second
	maxFileBytes  = 2 << 30
	maxCacheBytes = 8 << 30
)

// mirror is a caching pass-through of this machine's Debian archives.
//
// It changes nothing: signatures and hashes are the archive's, and whoever
// reads from it verifies them. Packages and by-hash indices never change and
// are kept; other indices are asked for again after indexTTL, and served from
// the cache when the archive does not answer.
type mirror struct {
	dir     string
	sources archives
	client  *http.Client
	tell    func(string)

	open context.Context // ends with the mirror
	end  context.CancelFunc

	mu      sync.Mutex
	fetches map[string]*turn
}

// turn lets one transfer of a file happen at a time.
type turn struct {
	sync.Mutex
	waiting int
}

func newMirror(dir string, sources archives, tell func(string)) (*mirror, error) {
	if err := privateDir(dir); err != nil {
		return nil, err
	}
	if err := trimCache(dir, maxCacheBytes, time.Now()); err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 sources.proxyFor,
		MaxIdleConnsPerHost:   4,
		ResponseHeaderTimeout: 30 * time.Second,
		TLSHandshakeTimeout:   20 * time.Second,
		DisableCompression:    true, // what is stored must be what was signed
	}
	open, end := context.WithCancel(context.Background())
	return &mirror{
		dir: dir, sources: sources, tell: tell, open: open, end: end,
		fetches: map[string]*turn{}, client: &http.Client{Transport: transport},
	}, nil
}

// close ends all transfers.
func (m *mirror) close() {
	m.end()
	m.client.CloseIdleConnections()
}

// upstream finds the archive address for a path such as /debian/dists/… or /debian-security/pool/….
func (m *mirror) upstream(requested string) (*url.URL, bool) {
	clean := path.Clean("/" + requested)
	if clean != requested || strings.ContainsAny(clean, "\\\x00") {
		return nil, false
	}
	for prefix, base := range map[string]*url.URL{"/debian/": m.sources.release, "/debian-security/": m.sources.security} {
		rest, ok := strings.CutPrefix(clean, prefix)
		if ok && (strings.HasPrefix(rest, "dists/") || strings.HasPrefix(rest, "pool/")) {
			return base.JoinPath(rest), true
		}
	}
	return nil, false
}

// immutable says whether the file at a path can never change.
func immutable(requested string) bool {
	return strings.Contains(requested, "/by-hash/") || strings.Contains(requested, "/pool/")
}

// ServeHTTP answers an apt on a host, or an mmdebstrap on this machine.
func (m *mirror) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "the archive is only read", http.StatusMethodNotAllowed)
		return
	}
	source, ok := m.upstream(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	unlock := m.lockFile(r.URL.Path)
	defer unlock()
	local := filepath.Join(m.dir, filepath.FromSlash(r.URL.Path))
	if fresh(local, immutable(r.URL.Path), time.Now()) {
		serveCached(w, r, local)
		return
	}
	if err := m.fetch(w, r, source, local); err != nil && m.open.Err() == nil {
		m.tell(fmt.Sprintf("archive: %s: %v", r.URL.Path, err))
	}
}

// lockFile waits until nobody else fetches the same file, and holds it until the returned func is called.
func (m *mirror) lockFile(name string) func() {
	m.mu.Lock()
	t := m.fetches[name]
	if t == nil {
		t = &turn{}
		m.fetches[name] = t
	}
	t.waiting++
	m.mu.Unlock()
	t.Lock()
	return func() {
		t.Unlock()
		m.mu.Lock()
		defer m.mu.Unlock()
		if t.waiting--; t.waiting == 0 {
			delete(m.fetches, name)
		}
	}
}

// fetch gets a file from the archive and passes it on while storing it.
func (m *mirror) fetch(w http.ResponseWriter, r *http.Request, source *url.URL, local string) error {
	// The transfer goes on when the client leaves, so that the next one finds the file; stalls end it.
	ctx, cancel := context.WithCancel(m.open)
	defer cancel()
	watchdog := time.AfterFunc(stallTimeout, cancel)
	defer watchdog.Stop()

	response, err := m.ask(ctx, source)
	if err != nil {
		if _, stat := os.Stat(local); stat == nil {
			serveCached(w, r, local)
			return fmt.Errorf("served from the cache, the archive does not answer: %w", err)
		}
		http.Error(w, "the archive does not answer", http.StatusBadGateway)
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		http.Error(w, "the archive says "+response.Status, response.StatusCode)
		if response.StatusCode == http.StatusNotFound {
			return nil
		}
		return errors.New(response.Status)
	}
	if err := m.store(w, r, response, local, watchdog); err != nil {
		if m.open.Err() == nil {
			m.tell(fmt.Sprintf("archive: %s: %v", r.URL.Path, err))
		}
		panic(http.ErrAbortHandler) // breaks the connection: half a transfer must not look like a whole one
	}
	return nil
}

// ask sends the request to the archive, again after a broken connection.
func (m *mirror) ask(ctx context.Context, source *url.URL) (*http.Response, error) {
	var errs []error
	for range 3 {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, source.String(), nil)
		if err != nil {
			return nil, err
		}
		response, err := m.client.Do(request)
		if err == nil {
			return response, nil
		}
		errs = append(errs, err)
		if ctx.Err() != nil {
			break
		}
	}
	// The address is this machine's own configuration and may hold credentials: name the reason alone.
	var wrapped *url.Error
	if last := errs[len(errs)-1]; errors.As(last, &wrapped) {
		return nil, wrapped.Err
	}
	return nil, errs[len(errs)-1]
}
