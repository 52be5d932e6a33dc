package lab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

// RepoSpec names a local repository.
type RepoSpec struct {
	// Name is used in its address and file names: a lower-case label.
	Name string
	// Origin, Label, Suite and Codename are fields of its signed Release file.
	// Empty ones become "Patchwart Lab", "Patchwart Lab", "stable" and the lab's suite.
	Origin, Label, Suite, Codename string
}

// Repo is a signed apt repository, served to the lab's hosts under its own key.
type Repo struct {
	lab     *Lab
	spec    RepoSpec
	dir     string // served: pool and dists
	work    string
	gnupg   string
	key     string // fingerprint
	public  []byte // armoured public key
	mu      sync.Mutex
	counter int
	debs    map[string]string // package name → file in pool, latest published
	lapsed  bool
	forged  bool
}

var repoNames = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

// repoTimeout bounds indexing and signing.
const repoTimeout = 2 * time.Minute

// Repo makes an empty signed repository with a key of its own.
func (l *Lab) Repo(ctx context.Context, spec RepoSpec) (_ *Repo, err error) {
	if !repoNames.MatchString(spec.Name) {
		return nil, fmt.Errorf("%q cannot be a repository's name: use a-z, 0-9 and -, starting with a letter", spec.Name)
	}
	for field, fallback := range map[*string]string{
		&spec.Origin: "Patchwart Lab", &spec.Label: "Patchwart Lab", &spec.Suite: "stable", &spec.Codename: l.suite,
	} {
		if *field == "" {
			*field = fallback
		}
		if strings.ContainsAny(*field, "\n\r") {
			return nil, fmt.Errorf("repository %s: a field of a Release file is one line", spec.Name)
		}
	}
	if strings.ContainsAny(spec.Codename, "/ ") {
		return nil, fmt.Errorf("repository %s: codename %q is also a directory name: no slash or space", spec.Name, spec.Codename)
	}
	r := &Repo{
		lab: l, spec: spec, debs: map[string]string{},
		dir:   filepath.Join(l.workDir, "repos", spec.Name),
		work:  filepath.Join(l.workDir, "repos", spec.Name+".build"),
		gnupg: filepath.Join(l.ledger.dir, "gnupg-"+spec.Name), // short: gpg-agent's sockets live in it
	}
	l.mu.Lock()
	if l.closed || l.repos[spec.Name] != nil {
		defer l.mu.Unlock()
		return nil, fmt.Errorf("repository %s: the lab is closed or has one of that name", spec.Name)
	}
	l.repos[spec.Name] = r
	l.mu.Unlock()
	defer func() {
		if err != nil {
			l.mu.Lock()
			delete(l.repos, spec.Name)
			l.mu.Unlock()
			r.stopAgent()
			err = errors.Join(fmt.Errorf("make repository %s: %w", spec.Name, err), os.RemoveAll(r.dir), os.RemoveAll(r.gnupg))
		}
	}()
	if err := errors.Join(os.MkdirAll(filepath.Join(r.dir, "pool"), 0o755), os.MkdirAll(r.gnupg, 0o700)); err != nil {
		return nil, err
	}
	if err := r.makeKey(ctx); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r, r.index(ctx)
}

// Name is the repository's name.
func (r *Repo) Name() string { return r.spec.Name }

// URI is its address as hosts write it.
func (r *Repo) URI() string { return r.lab.web.repoURI(r.spec.Name) }

// Key is its public key, armoured.
func (r *Repo) Key() []byte { return bytes.Clone(r.public) }

// Publish builds a package, adds it and signs the new index. Older versions stay.
func (r *Repo) Publish(ctx context.Context, debs ...Deb) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, d := range debs {
		if err := d.build(ctx, r.work, filepath.Join(r.dir, "pool", d.fileName())); err != nil {
			return fmt.Errorf("repository %s: %w", r.spec.Name, err)
		}
		r.debs[d.Name] = d.fileName()
	}
	return r.index(ctx)
}

// Expire makes the metadata's Valid-Until lie in the past, as on a mirror that is no longer fed. Signature and packages stay good.
func (r *Repo) Expire(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lapsed = true
	return r.index(ctx)
}

// Forge alters the signed metadata after signing, so that its signature is wrong.
func (r *Repo) Forge(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forged = true
	return r.index(ctx)
}

// Mend takes back Expire and Forge.
func (r *Repo) Mend(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lapsed, r.forged = false, false
	return r.index(ctx)
}

// Tamper alters one byte of the latest published file of a package, after it
// was indexed and signed; its size stays.
func (r *Repo) Tamper(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	file, ok := r.debs[name]
	if !ok {
		return fmt.Errorf("repository %s has no package %s to tamper with", r.spec.Name, name)
	}
	full := filepath.Join(r.dir, "pool", file)
	data, err := os.ReadFile(full)
	if err != nil {
		return fmt.Errorf("tamper with %s: %w", name, err)
	}
	data[len(data)-1] ^= 0xff
	if err := os.WriteFile(full, data, 0o644); err != nil {
		return fmt.Errorf("tamper with %s: %w", name, err)
	}
	return nil
}

// serve answers for a file of the repository. Without dates: an index published
// twice within a second must not look unchanged.
func (r *Repo) serve(w http.ResponseWriter, request *http.Request, name string) {
	r.mu.Lock()
	data, err := fs.ReadFile(os.DirFS(r.dir), name)
	r.mu.Unlock()
	if err != nil {
		http.NotFound(w, request)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	http.ServeContent(w, request, "", time.Time{}, bytes.NewReader(data))
}

// hostFiles are the key and the source that make a host trust the repository.
func (r *Repo) hostFiles() map[string]hostFile {
	keyring := "/etc/apt/keyrings/lab-" + r.spec.Name + ".asc"
	return map[string]hostFile{
		keyring[1:]: {string(r.public), 0o644},
		"etc/apt/sources.list.d/lab-" + r.spec.Name + ".sources": {sourceStanza(r.URI(), r.spec.Codename, keyring, false), 0o644},
	}
}

// AddRepo makes a host, on or off, know and trust a repository. The host's next apt-get update reads it.
func (h *Host) AddRepo(r *Repo) error {
	files := r.hostFiles()
	for name := range maps.Keys(files) {
		if err := h.WriteFile("/"+name, []byte(files[name].content), files[name].mode); err != nil {
			return err
		}
	}
	return nil
}

// RemoveRepo makes a host forget a repository again.
func (h *Host) RemoveRepo(r *Repo) error {
	var errs []error
	for name := range maps.Keys(r.hostFiles()) {
		errs = append(errs, h.Remove("/"+name))
	}
	return errors.Join(errs...)
}
