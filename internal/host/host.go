// Package host is the machine itself: it looks at a Debian host, and changes exactly what a work order
// names. Everything the agent does to the system goes through a Machine.
//
// Its rules: what is to be changed is asked of apt first and compared with the order, package by
// package; anything apt would do beyond it stops the run before the first write. All writing is done
// by the host's own package manager with what its own signed archives offer. Nothing waits without a
// limit, nothing is read without a bound, no tool is started through a shell, and no lock is ever
// removed. What went wrong is a Trouble with a stable code.
//
// Parsers live in the packages below: dpkg (the package database), apt (plans and repositories),
// service (units and restarts), probe (ports, checks, release), command (starting tools). The way
// back is package restore.
package host

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/host/measure"
)

// Options say where the host is and how patient its agent. The zero value is the running system.
type Options struct {
	Root     string           // where the host's files are; empty = "/". Elsewhere, tools run in a chroot
	StateDir string           // below Root, for stamps that survive a crash; empty = /var/lib/patchwart/host
	Aside    string           // below Root, where restores put new files aside; empty = /var/lib/patchwart/restore
	Unit     string           // the agent's own unit; empty = patchwart-agent.service
	LockWait time.Duration    // how long another package manager is waited for; 0 = 5 minutes
	Patience time.Duration    // how long services get to come up after a change; 0 = 30 seconds
	Now      func() time.Time // for stamps; nil = time.Now
}

// Machine is one host. Its methods may be called one after the other; Facts and Observe also while
// another one works.
type Machine struct {
	opt      Options
	run      *command.Runner
	desk     *measure.Desk // of the measures against holes
	database dpkg.Database

	mu      sync.Mutex
	settled *settled  // what Settle found last; nil when something changed since
	told    *answers  // of apt at the last look, for the one after a change; nil: it is asked
	apps    inventory // of web applications and images, looked at anew every now and then
}

// New gives the machine described by opt. It makes the state directory, and the mark by which this
// agent finds its own processes again, unless they exist.
func New(opt Options) (*Machine, error) {
	opt.fill()
	m := &Machine{opt: opt, database: dpkg.Database{Root: opt.Root}}
	if err := os.MkdirAll(m.path(opt.StateDir), 0o700); err != nil {
		return nil, fmt.Errorf("host: make the state directory: %w", err)
	}
	m.removeStale()
	mark, err := m.mark()
	if err != nil {
		return nil, err
	}
	m.run = &command.Runner{Root: opt.Root, Mark: mark, Proc: procDir}
	m.desk = &measure.Desk{Root: opt.Root, Dir: measure.DefaultDir, Fragments: measure.DefaultFragments, Proc: procDir, Tools: m.run}
	return m, nil
}

// procDir is where the processes of the host are seen.
const procDir = "/proc"

func (o *Options) fill() {
	if o.Root == "" {
		o.Root = "/"
	}
	if o.StateDir == "" {
		o.StateDir = "/var/lib/patchwart/host"
	}
	if o.Aside == "" {
		o.Aside = "/var/lib/patchwart/restore"
	}
	if o.Unit == "" {
		o.Unit = "patchwart-agent.service"
	}
	if o.LockWait <= 0 {
		o.LockWait = 5 * time.Minute
	}
	if o.Patience <= 0 {
		o.Patience = 30 * time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// path is where a path of the host lies for this process.
func (m *Machine) path(p string) string { return filepath.Join(m.opt.Root, p) }

// state is the path of a stamp, as the host's tools see it.
func (m *Machine) state(name string) string { return filepath.Join(m.opt.StateDir, name) }

// mark reads the random mark of this agent, or makes one. It is a file because it has to outlive the
// agent: after a kill, the next agent process looks for what the last one left running.
func (m *Machine) mark() (string, error) {
	path := m.path(m.state("mark"))
	text, err := os.ReadFile(path)
	if mark := strings.TrimSpace(string(text)); err == nil && len(mark) == 32 {
		return mark, nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("host: read the agent's mark: %w", err)
	}
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	mark := hex.EncodeToString(raw)
	if err := durable.Write(path, []byte(mark+"\n")); err != nil {
		return "", fmt.Errorf("host: keep the agent's mark: %w", err)
	}
	return mark, nil
}
