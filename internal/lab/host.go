package lab

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"
)

// hostNames is what a host may be called: a plain DNS label, short enough for sockets and cgroups.
var hostNames = regexp.MustCompile(`^[a-z][a-z0-9-]{0,29}$`)

// HostSpec says what host to make.
type HostSpec struct {
	// Name is the host's name, a lower-case DNS label.
	Name string
	// Profile is what is installed; Base when empty.
	Profile Profile
	// DiskMiB is the size of the disk; the profile's own (3072, Bench 8192) when zero. Only what is used takes space.
	DiskMiB int
	// Btrfs makes the root a btrfs subvolume instead of an ext4. [Host.PowerCut] is not to be had then.
	Btrfs bool
	// Security adds the security suite to apt's sources, so that updates are pending.
	Security bool
	// Repos are local repositories known to the host from the start.
	Repos []*Repo
}

// Host is a Debian host of a lab. It is made switched off; [Host.Boot] starts it.
type Host struct {
	lab     *Lab
	name    string
	profile Profile
	dir     string
	disk    string
	root    string
	fstype  string
	groups  []string
	wire    wire

	life  sync.Mutex // held while the host changes between on, off and gone
	mu    sync.Mutex // guards what follows
	state powerState
	boots int
	moved chan struct{} // closed and renewed at every change of state
	gone  bool
}

// Host makes a host of its own root, disk and address. It is switched off.
// The first host of a profile may have to build its root; see [Lab.Prepare].
func (l *Lab) Host(ctx context.Context, spec HostSpec) (_ *Host, err error) {
	if !hostNames.MatchString(spec.Name) {
		return nil, fmt.Errorf("%q cannot be a lab host's name: use up to 30 of a-z, 0-9 and -, starting with a letter", spec.Name)
	}
	if spec.Profile == "" {
		spec.Profile = Base
	}
	h := &Host{lab: l, name: spec.Name, profile: spec.Profile, fstype: ext4, moved: make(chan struct{})}
	octet, err := l.admit(h)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("make host %s: %w", spec.Name, err), h.Close())
		}
	}()

	if h.dir, err = l.ledger.makeDir(h.name, filepath.Join(l.workDir, "hosts"), h.name); err != nil {
		return nil, err
	}
	h.disk, h.root = filepath.Join(h.dir, "disk"), filepath.Join(h.dir, "root")
	image, release, err := l.useRoot(ctx, spec.Profile)
	if err != nil {
		return nil, err
	}
	err = copyImage(ctx, image.Image, h.disk)
	release()
	if err != nil {
		return nil, err
	}
	if spec.DiskMiB > 0 {
		if err := resizeImage(ctx, h.disk, spec.DiskMiB); err != nil {
			return nil, err
		}
	}
	if spec.Btrfs {
		h.fstype = btrfs
		if err := convertImage(ctx, h.disk); err != nil {
			return nil, err
		}
	}
	if err := l.ledger.mountImage(ctx, h.name, h.fstype, h.disk, h.root, "loop"); err != nil {
		return nil, err
	}
	if spec.Btrfs { // what the conversion keeps of the ext4 is of no use here
		if _, err := tool(ctx, "btrfs", "subvolume", "delete", "--", filepath.Join(h.root, "ext2_saved")); err != nil {
			return nil, fmt.Errorf("clear up after the conversion: %w", err)
		}
	}
	if h.groups, err = l.ledger.makeGroups(h.name, groupPath(l.number, h.name)); err != nil {
		return nil, err
	}
	if err := l.ledger.note(h.name, kindMachine, h.machine()); err != nil {
		return nil, err
	}
	if h.wire, err = l.makeWire(ctx, h.name, octet); err != nil {
		return nil, err
	}
	if err := h.personalise(ctx, spec); err != nil {
		return nil, err
	}
	return h, nil
}

// admit reserves a host's name and address.
func (l *Lab) admit(h *Host) (byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return 0, errors.New("the lab is closed")
	case l.hosts[h.name] != nil:
		return 0, fmt.Errorf("the lab has a host %s already", h.name)
	case len(l.hosts) >= lastHostOctet-firstHostOctet:
		return 0, errors.New("the lab is full: close some hosts")
	}
	for l.octetUsed(l.nextHost) {
		if l.nextHost++; l.nextHost > lastHostOctet {
			l.nextHost = firstHostOctet
		}
	}
	octet := l.nextHost
	l.nextHost++
	if l.nextHost > lastHostOctet {
		l.nextHost = firstHostOctet
	}
	h.wire.address = octetAddr(l.number, octet)
	l.hosts[h.name] = h
	return octet, nil
}

func (l *Lab) octetUsed(octet byte) bool {
	for _, h := range l.hosts {
		if h.wire.address == octetAddr(l.number, octet) {
			return true
		}
	}
	return false
}

// personalise gives a copied root what only this host has.
func (h *Host) personalise(ctx context.Context, spec HostSpec) error {
	root, err := os.OpenRoot(h.root)
	if err != nil {
		return fmt.Errorf("open the host's root: %w", err)
	}
	defer func() { _ = root.Close() }()
	gateway := h.lab.gateway.String()
	files := map[string]hostFile{
		"etc/hostname":   {h.name + "\n", 0o644},
		"etc/machine-id": {randomHex(16) + "\n", 0o444},
		"etc/hosts": {"127.0.0.1 localhost\n" +
			h.wire.address.String() + " " + h.name + "\n" +
			gateway + " " + archiveName + " " + repoName + "\n", 0o644},
		"etc/apt/sources.list.d/debian.sources": {
			sourceStanza(h.lab.web.archiveURI("debian"), h.lab.suite, archiveKeyring, false), 0o644,
		},
	}
	if spec.Security {
		stanza, err := h.lab.securityStanza(ctx)
		if err != nil {
			return err
		}
		files["etc/apt/sources.list.d/debian-security.sources"] = hostFile{stanza, 0o644}
	}
	for _, repo := range spec.Repos {
		for name, file := range repo.hostFiles() {
			files[name] = file
		}
	}
	return writeFiles(root, files)
}

// securityStanza is the source of the security suite. If this machine's own apt
// accepts an archive frozen in the past, and this one is, the hosts accept it too.
func (l *Lab) securityStanza(ctx context.Context) (string, error) {
	suite := l.suite + "-security"
	inRelease, err := l.get(ctx, l.web.archiveLocal("debian-security/dists/"+suite+"/InRelease"))
	if err != nil {
		return "", fmt.Errorf("read the state of %s: %w", suite, err)
	}
	ignoreDates := l.sources.lenient && expired(inRelease, time.Now())
	return sourceStanza(l.web.archiveURI("debian-security"), suite, archiveKeyring, ignoreDates), nil
}

// Close switches the host off at once and removes it with its disk. It may be called more than once.
func (h *Host) Close() error {
	h.life.Lock()
	defer h.life.Unlock()
	h.mu.Lock()
	if h.gone {
		h.mu.Unlock()
		return nil
	}
	h.gone = true
	h.mu.Unlock()
	stop := h.stopNow()
	err := h.lab.ledger.undo(h.name, false)
	if err == nil {
		h.lab.mu.Lock()
		delete(h.lab.hosts, h.name)
		h.lab.mu.Unlock()
	} else {
		err = errors.Join(stop, err)
	}
	if err != nil {
		return fmt.Errorf("remove host %s: %w", h.name, err)
	}
	return nil
}

// Name is the host's name.
func (h *Host) Name() string { return h.name }

// Profile is what the host's root was made of.
func (h *Host) Profile() Profile { return h.profile }

// Addr is the host's address on the lab's network.
func (h *Host) Addr() netip.Addr { return h.wire.address }

// Root is where the host's file system is mounted on this machine, whether the
// host is on or off. Mounts made inside the host (/run, /tmp, /dev) do not show here.
func (h *Host) Root() string { return h.root }

// machine is the host's name among all containers of this machine.
func (h *Host) machine() string { return h.lab.name + "-" + h.name }

// randomHex is n random bytes as text.
func randomHex(n int) string {
	random := make([]byte, n)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	return hex.EncodeToString(random)
}

// mode bits that a caller of WriteFile may set.
const plainModes = fs.ModePerm | fs.ModeSetuid | fs.ModeSetgid | fs.ModeSticky
