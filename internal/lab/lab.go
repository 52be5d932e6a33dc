// Package lab makes real Debian hosts on this machine, for tests, benchmarks and the demo.
//
// A lab host is not a mock: it is a Debian root built from the real archive, on
// its own ext4 file system, booted with systemd as process 1 in its own PID,
// mount, network, IPC and UTS namespaces, with its own address. Its root comes
// from the release suite alone; the security suite is added afterwards, so what
// apt offers is what a neglected Debian host would really be offered today.
//
// The nouns:
//   - [Lab]: a bridge with a test network (198.18.N.0/24, RFC 2544: never a real
//     network), an in-process caching pass-through of the Debian archives that
//     this machine's own apt uses, and whatever was made on it.
//   - [Host]: one booted Debian. It can be cut off, filled up, killed, robbed of
//     its power, saved and reverted.
//   - [Repo]: a signed local apt repository whose packages the caller makes.
//   - [Tree]: an independent walk over a root, to prove "identical" from outside
//     of the product.
//
// The rules: a lab writes down each thing in a ledger before it makes it, so
// that [Lab.Close], or the next [Open] after a crash, can remove it. It refuses
// to touch what is not in its ledger. Signatures stay the archive's own: hosts
// verify them with Debian's keyring. A lab needs root and the tools named by
// [Requirements]; nothing here belongs into the product itself.
package lab

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
)

// DefaultCacheDir keeps built roots and archive files between runs.
const DefaultCacheDir = "/var/cache/patchwart-lab"

// DefaultSuite is the Debian generation of hosts when [Options] names none.
const DefaultSuite = "bookworm"

// Options says where a lab keeps its things and whom it tells.
type Options struct {
	// CacheDir keeps roots and archive files for the next lab; DefaultCacheDir when empty. Mode 0700.
	CacheDir string
	// WorkDir takes the hosts' disks; they are removed by Close. Inside CacheDir when empty.
	WorkDir string
	// Suite is the codename of the Debian generation; DefaultSuite when empty.
	Suite string
	// Progress is told one line per longer step; nil for silence. Calls come one at a time.
	Progress func(string)
}

// Lab is a network of real hosts on this machine. Its methods may be called from several goroutines.
type Lab struct {
	suite    string
	cacheDir string
	workDir  string
	number   int
	name     string

	ledger  *ledger
	groups  []string
	gateway netip.Addr
	sources archives
	mirror  *mirror
	web     *webServer

	tell func(string)

	mu       sync.Mutex
	closed   bool
	hosts    map[string]*Host
	repos    map[string]*Repo
	nextHost byte
}

// Open makes a lab: its number, its bridge, its archive mirror.
//
// It first removes what crashed labs left behind. The error names what is
// missing and how to mend it when not root, when a tool of [Requirements] is
// absent, or when apt of this machine knows no Debian archive.
func Open(ctx context.Context, options Options) (_ *Lab, err error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("a lab boots real hosts and needs root: run this as root")
	}
	if missing := Missing(); len(missing) > 0 {
		return nil, fmt.Errorf("a lab needs %s", describeMissing(missing))
	}
	if options.CacheDir == "" {
		options.CacheDir = DefaultCacheDir
	}
	if options.Suite == "" {
		options.Suite = DefaultSuite
	}
	if err := privateDir(options.CacheDir); err != nil {
		return nil, err
	}
	if options.WorkDir == "" {
		options.WorkDir = filepath.Join(options.CacheDir, "work")
		if err := privateDir(options.WorkDir); err != nil {
			return nil, err
		}
	}

	l := &Lab{
		suite:    options.Suite,
		cacheDir: options.CacheDir,
		tell:     oneAtATime(options.Progress),
		hosts:    map[string]*Host{},
		repos:    map[string]*Repo{},
		nextHost: firstHostOctet,
	}
	if l.sources, err = readArchives(ctx, options.Suite); err != nil {
		return nil, err
	}
	if err := sweepCrashed(l.tell); err != nil {
		return nil, err
	}
	if l.ledger, l.number, err = claimNumber(); err != nil {
		return nil, err
	}
	l.name = labName(l.number)
	defer func() {
		if err != nil {
			err = errors.Join(err, l.Close())
		}
	}()

	if l.workDir, err = l.ledger.makeDir("", options.WorkDir, l.name); err != nil {
		return nil, err
	}
	if l.groups, err = l.ledger.makeGroups("", groupPath(l.number)); err != nil {
		return nil, err
	}
	if l.gateway, err = l.makeBridge(ctx); err != nil {
		return nil, err
	}
	if l.mirror, err = newMirror(filepath.Join(l.cacheDir, "archive"), l.sources, l.tell); err != nil {
		return nil, err
	}
	if l.web, err = serveWeb(ctx, l.gateway, l); err != nil {
		return nil, err
	}
	return l, nil
}

// Close stops every host, takes down the network and removes everything that
// the lab made, in reverse order. It may be called more than once.
func (l *Lab) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	hosts := make([]*Host, 0, len(l.hosts))
	for _, h := range l.hosts {
		hosts = append(hosts, h)
	}
	repos := make([]*Repo, 0, len(l.repos))
	for _, r := range l.repos {
		repos = append(repos, r)
	}
	l.mu.Unlock()

	var errs []error
	for _, h := range hosts {
		if err := h.Close(); err != nil {
			errs = append(errs, err)
		}
	}
	for _, r := range repos {
		r.stopAgent()
	}
	if l.web != nil {
		l.web.close()
	}
	if l.ledger != nil {
		if err := l.ledger.close(); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Name is the lab's own name on this machine, for example "pwlab0". It is also the name of its bridge.
func (l *Lab) Name() string { return l.name }

// Gateway is this machine's address on the lab's network. Servers for the hosts listen here.
func (l *Lab) Gateway() netip.Addr { return l.gateway }

// Suite is the codename of the Debian generation of the lab's hosts.
func (l *Lab) Suite() string { return l.suite }

// oneAtATime makes progress safe for several goroutines, and silence of nil.
func oneAtATime(progress func(string)) func(string) {
	if progress == nil {
		return func(string) {}
	}
	var mu sync.Mutex
	return func(line string) {
		mu.Lock()
		defer mu.Unlock()
		progress(line)
	}
}

// privateDir makes dir for root alone and refuses a place that somebody else owns.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the lab's directory: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("look at the lab's directory: %w", err)
	}
	if !info.IsDir() || ownerOf(info) != 0 {
		return fmt.Errorf("%s is not a directory of root: remove it or choose another place for the lab", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("close the lab's directory to others: %w", err)
	}
	return nil
}
