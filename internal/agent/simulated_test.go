package agent

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/agent/agenttest"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// errCrash is what a simulated kill -9 panics with.
var errCrash = errors.New("crash")

// simulated is a host in memory: a set of files, two of them per package, and units. Between any two
// of its changes it may be killed (tick). What a killed install left running goes on until somebody
// ends it.
type simulated struct {
	mu       sync.Mutex
	files    map[string]string
	down     map[string]bool // units that do not run
	faults   map[string]int  // what goes wrong, and how often
	tick     func()          // panics when the agent is killed here
	left     []func()        // changes that a killed install would still make
	points   map[string]map[string]string
	order    []string // of the points
	partial  map[string]bool
	installs int
	lines    int // lines of live text that an install writes
	refresh  int
	boot     string
	boots    int  // how often the host booted
	reboots  int  // how often it was told to
	old      bool // it runs what was installed before; a reboot mends that
}

var simPackages = []wire.Package{
	{Name: "libssl3", Arch: "amd64", From: "3.0.1-1", To: "3.0.2-1"},
	{Name: "nginx", Arch: "amd64", From: "1.22.0-1", To: "1.22.1-1"},
	{Name: "openssl", Arch: "amd64", From: "3.0.1-1", To: "3.0.2-1"},
}

func newSimulated() *simulated {
	s := &simulated{
		files: map[string]string{"/etc/motd": "hello"}, down: map[string]bool{}, faults: map[string]int{}, tick: func() {},
		points: map[string]map[string]string{}, partial: map[string]bool{}, boot: "boot-1", lines: 3,
	}
	for _, p := range simPackages {
		s.files["/var/lib/dpkg/"+p.Name] = p.From
		s.files["/usr/lib/"+p.Name] = p.From
	}
	return s
}

func (s *simulated) host() Host {
	return Host{Scout: s, Machine: s, Witness: s, Points: s, Power: s, Boot: s.boot}
}

// fails uses up one occurrence of a fault.
func (s *simulated) fails(what string) bool {
	if s.faults[what] == 0 {
		return false
	}
	s.faults[what]--
	return true
}

func trouble(code string) *Trouble {
	return &Trouble{Code: code, Text: lang.T("Störung "+code+".", "Trouble "+code+"."), Detail: "tool said " + code}
}

func (s *simulated) Precheck(context.Context, wire.WorkOrder) error {
	s.tick()
	if s.fails("precheck") {
		return trouble("disk_full")
	}
	return nil
}

func (s *simulated) Fetch(_ context.Context, _ wire.WorkOrder, line func(string)) error {
	line("Get:1 libssl3")
	s.tick()
	if s.fails("fetch") {
		return trouble("hash_mismatch")
	}
	return nil
}

// Install replaces the files of one package after the other, as dpkg would.
func (s *simulated) Install(ctx context.Context, w wire.WorkOrder, line func(string)) (err error) {
	s.installs++
	var todo []func()
	for i, p := range w.Packages() {
		todo = append(todo,
			func() { s.files["/var/lib/dpkg/"+p.Name] = "half-installed" },
			func() { s.files["/usr/lib/"+p.Name] = p.To },
			func() { s.files["/usr/lib/new-"+p.Name] = "came with it" },
			func() { s.files["/var/lib/dpkg/"+p.Name] = p.To })
		if i == 1 && s.fails("install") {
			todo = append(todo[:len(todo)-1], func() { err = trouble("apt_failed") })
			break
		}
	}
	defer func() {
		if killed := recover(); killed != nil {
			s.left = todo
			panic(killed)
		}
	}()
	for range s.lines {
		line("Unpacking …")
	}
	for len(todo) > 0 && err == nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.tick()
		next := todo[0]
		todo = todo[1:]
		next()
		if s.fails("hang") {
			<-ctx.Done()
		}
	}
	s.tick()
	return err
}

func (s *simulated) Settle(_ context.Context, line func(string)) (fact.Reboot, error) {
	line("restarting nginx.service")
	s.tick()
	if s.fails("unit") {
		s.down["nginx.service"] = true
	}
	if s.fails("settle") {
		return fact.Reboot{}, trouble("restart_failed")
	}
	return s.pending(), nil
}

// pending is what a look for old code finds.
func (s *simulated) pending() fact.Reboot {
	return fact.Reboot{Required: s.old || s.faults["reboot"] > 0}
}

// booted is a boot of the host: what it ran until then is gone.
func (s *simulated) booted() {
	s.boots++
	s.boot = fmt.Sprintf("boot-%d", s.boots+1)
	s.left = nil
	if s.faults["old kernel"] == 0 {
		s.old = false
	}
	if s.fails("unit after boot") {
		s.down["nginx.service"] = true
	}
}

// Reboot stops the agent by booting, as a host does that was told to.
func (s *simulated) Reboot(context.Context) error {
	s.reboots++
	s.tick()
	if s.fails("reboot refused") {
		return trouble("reboot_failed")
	}
	if s.fails("reboot ignored") {
		return nil
	}
	s.booted()
	panic(errCrash)
}

func (s *simulated) Observe(_ context.Context, w wire.WorkOrder) (verdict.Observation, error) {
	s.tick()
	if s.fails("observe") {
		return verdict.Observation{}, trouble("dpkg_unreadable")
	}
	o := verdict.Observation{Versions: map[string]string{}, Units: []fact.Unit{{Name: "nginx.service", Active: "active"}}}
	for _, p := range w.Packages() {
		o.Versions[verdict.Key(p.Name, p.Arch)] = s.files["/var/lib/dpkg/"+p.Name]
		if s.files["/var/lib/dpkg/"+p.Name] == "half-installed" {
			o.Broken = append(o.Broken, p.Name)
		}
	}
	if s.down["nginx.service"] {
		o.Units[0].Active = "failed"
	}
	o.Reboot = s.pending()
	if s.boots > 0 && s.fails("boots") { // it boots again by itself
		s.booted()
		panic(errCrash)
	}
	return o, nil
}

// KillLeftovers ends what a killed install left; it had time for one more change.
func (s *simulated) KillLeftovers(context.Context) error {
	s.tick()
	if s.fails("kill") {
		return errors.New("will not die")
	}
	if len(s.left) > 0 {
		s.left[0]()
	}
	s.left = nil
	return nil
}

func (s *simulated) alone() {
	if len(s.left) > 0 {
		panic("an install is still running beside this")
	}
}

func (s *simulated) LookUp(_ context.Context, w wire.WorkOrder) (bool, string, error) {
	s.alone()
	s.tick()
	for _, p := range w.Packages() {
		if got := s.files["/var/lib/dpkg/"+p.Name]; got != p.To {
			return false, p.Name + " is " + got, nil
		}
	}
	return true, "", nil
}

func (s *simulated) Revive(_ context.Context, _ wire.WorkOrder, _ verdict.Observation, line func(string)) error {
	line("systemctl daemon-reload")
	s.tick()
	if s.fails("revive") {
		return trouble("restart_failed")
	}
	s.down = map[string]bool{}
	return nil
}

func (s *simulated) Save(_ context.Context, id string) (run.Point, error) {
	s.alone()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.order, id) {
		s.order = append(s.order, id)
	}
	s.partial[id] = true
	s.tick()
	if s.fails("save") {
		return run.Point{}, trouble("disk_full")
	}
	s.points[id] = maps.Clone(s.files)
	delete(s.partial, id)
	s.tick()
	return run.Point{ID: id, Driver: "files", Files: len(s.files), ManifestSHA256: "m"}, nil
}

// Restore puts one file back after the other.
func (s *simulated) Restore(_ context.Context, id string) (verdict.Proof, error) {
	s.alone()
	point, ok := s.points[id]
	if !ok || s.partial[id] {
		return verdict.Proof{}, trouble("no_point")
	}
	proof := verdict.Proof{Point: id, ManifestSHA256: "m", Checked: len(point)}
	broken := s.fails("restore")
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		if _, known := point[name]; !known {
			s.tick()
			delete(s.files, name)
			proof.Aside++
		}
		if broken && strings.HasPrefix(name, "/usr/lib/nginx") {
			proof.Differences = []string{name}
			return proof, trouble("not_identical")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(point)) {
		if s.files[name] != point[name] {
			s.tick()
			s.files[name] = point[name]
			proof.Restored++
		}
	}
	s.tick()
	return proof, nil
}

func (s *simulated) Drop(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.points, id)
	delete(s.partial, id)
	s.order = slices.DeleteFunc(s.order, func(o string) bool { return o == id })
	return nil
}

func (s *simulated) List(context.Context) ([]KeptPoint, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []KeptPoint
	for _, id := range s.order {
		list = append(list, KeptPoint{ID: id, Complete: s.points[id] != nil && !s.partial[id]})
	}
	return list, nil
}

func (s *simulated) Facts(context.Context) (fact.Facts, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	debian := []fact.Origin{{Origin: "Debian", Label: "Debian-Security", Suite: "stable-security"}}
	f := fact.Facts{Host: "web1", OS: fact.OS{ID: "debian", Version: "12"}, Indices: fact.Indices{Refreshed: int64(s.refresh)}}
	for _, p := range simPackages {
		have := s.files["/var/lib/dpkg/"+p.Name]
		f.Packages = append(f.Packages, fact.Package{Name: p.Name, Arch: p.Arch, Version: have, Origins: debian})
		if have != p.To {
			f.Pending = append(f.Pending, fact.Pending{Name: p.Name, Arch: p.Arch, Installed: have, Candidate: p.To, Origins: debian})
		}
	}
	f.Sort()
	return f, nil
}

func (s *simulated) Refresh(context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh++
	return nil
}

// Orders, as a server closes them.

var simDay = time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)

func closing(id string, at time.Time) wire.Closing { return agenttest.Closing(id, at) }

func sealed(system string, c wire.Closing, key ed25519.PrivateKey, packages ...wire.Package) wire.Signed {
	if len(packages) == 0 {
		packages = simPackages
	}
	return agenttest.Seal(system, c, key, packages...)
}
