package lab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// buildTimeout bounds the making of one root, download included.
const buildTimeout = 20 * time.Minute

// Files that exist only while a root is built.
const (
	unsafeWrites = "etc/dpkg/dpkg.cfg.d/lab-building" // no fsync for each file: a crash discards the image anyway
	noStarts     = "usr/sbin/policy-rc.d"             // no service starts on this machine
	leanConfig   = "etc/dpkg/dpkg.cfg.d/lab-lean"
)

// builder makes one root on a mounted image.
type builder struct {
	lab     *Lab
	owner   string
	profile Profile
	recipe  recipe
	groups  []string
	disk    string
	root    string
	begin   time.Time
	files   int
}

// build leaves a complete, unmounted image.
func (b *builder) build(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, buildTimeout)
	defer cancel()
	if err := b.start(ctx); err != nil {
		return err
	}
	err := b.lab.ledger.mountImage(ctx, b.owner, ext4, b.disk, b.root, "loop,noatime,nobarrier,data=writeback,commit=300")
	if err != nil {
		return err
	}
	if b.recipe.Parent == "" {
		err = b.bootstrap(ctx)
	} else {
		err = b.extend(ctx)
	}
	if err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	if b.files, err = countFiles(b.root); err != nil {
		return err
	}
	if _, err := tool(ctx, "fstrim", b.root); err != nil {
		return fmt.Errorf("keep the image sparse: %w", err)
	}
	return release(ctx, b.disk, b.root)
}

// start makes the image to build on: an empty one, or a copy of the parent's.
func (b *builder) start(ctx context.Context) error {
	announce := func() {
		b.begin = time.Now()
		b.lab.tell(fmt.Sprintf("building the root %q of Debian %s (once; kept for later)", b.profile, b.lab.suite))
	}
	if b.recipe.Parent == "" {
		announce()
		return makeImage(ctx, b.disk, b.recipe.Mebibytes)
	}
	parent, release, err := b.lab.useRoot(ctx, b.recipe.Parent)
	if err != nil {
		return err
	}
	announce()
	err = copyImage(ctx, parent.Image, b.disk)
	release()
	if err != nil {
		return err
	}
	return resizeImage(ctx, b.disk, b.recipe.Mebibytes)
}

// bootstrap installs a Debian of the release suite alone into the empty root.
func (b *builder) bootstrap(ctx context.Context) error {
	root, err := os.OpenRoot(b.root)
	if err != nil {
		return fmt.Errorf("open the new root: %w", err)
	}
	defer func() { _ = root.Close() }()
	_ = root.Remove("lost+found")
	if err := b.writeFiles(root, b.buildingFiles()); err != nil {
		return err
	}
	source := "deb [signed-by=" + archiveKeyring + "] " + b.lab.web.archiveLocal("debian") + " " + b.lab.suite + " main"
	_, err = tool(ctx, inGroups(b.groups, withDisk(b.root, "mmdebstrap", "--quiet", "--mode=root", "--variant=apt", "--format=directory",
		"--skip=check/empty", "--aptopt=Acquire::Languages \"none\"", "--aptopt=APT::Install-Recommends \"false\"",
		"--include="+strings.Join(b.recipe.Packages, ","), b.lab.suite, b.root, source)...)...)
	if err != nil {
		return fmt.Errorf("install Debian %s: %w", b.lab.suite, err)
	}
	return nil
}

// buildingFiles are the settings under which packages are installed.
func (b *builder) buildingFiles() map[string]hostFile {
	files := map[string]hostFile{unsafeWrites: {"force-unsafe-io\n", 0o644}}
	if !b.recipe.Docs {
		files[leanConfig] = hostFile{leanPaths, 0o644}
	}
	return files
}

// extend installs more packages into a copy of the parent's root.
func (b *builder) extend(ctx context.Context) error {
	root, err := os.OpenRoot(b.root)
	if err != nil {
		return fmt.Errorf("open the new root: %w", err)
	}
	defer func() { _ = root.Close() }()
	if b.recipe.Docs {
		if err := root.Remove(leanConfig); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("let documentation in: %w", err)
		}
	}
	files := b.buildingFiles()
	files[noStarts] = hostFile{"#!/bin/sh\nexit 101\n", 0o755}
	if err := b.writeFiles(root, files); err != nil {
		return err
	}
	install := append([]string{"apt-get", "-qq", "-y", "install", "--"}, b.recipe.Packages...)
	if err := b.inside(ctx, install...); err != nil {
		return fmt.Errorf("install the packages of profile %s: %w", b.profile, err)
	}
	return nil
}

// inside runs a command in the root under construction, which sees the archive through the lab's proxy.
func (b *builder) inside(ctx context.Context, argv ...string) error {
	machine := b.lab.name + "-build-" + string(b.profile)
	if err := b.lab.ledger.note(b.owner, kindMachine, machine); err != nil {
		return err
	}
	_, err := tool(ctx, inGroups(b.groups, withDisk(b.root, append([]string{
		"systemd-nspawn", "--quiet", "--settings=no", "--directory=" + b.root, "--machine=" + machine,
		"--register=no", "--keep-unit", "--as-pid2", "--resolv-conf=off", "--timezone=off", "--link-journal=no",
		"--console=pipe", "--setenv=DEBIAN_FRONTEND=noninteractive", "--setenv=LC_ALL=C.UTF-8",
		"--setenv=http_proxy=" + b.lab.web.proxyURL(), "--",
	}, argv...)...)...)...)
	return err
}

// settle turns what was built into what a host boots from.
func (b *builder) settle(ctx context.Context) error {
	root, err := os.OpenRoot(b.root)
	if err != nil {
		return fmt.Errorf("open the new root: %w", err)
	}
	defer func() { _ = root.Close() }()
	for _, name := range []string{
		noStarts, "etc/apt/sources.list", "etc/apt/apt.conf.d/99mmdebstrap", "etc/hostname", "etc/resolv.conf",
	} {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("settle the root: %w", err)
		}
	}
	err = b.writeFiles(root, map[string]hostFile{
		"etc/apt/apt.conf.d/01lab":              {aptSettingsOfHosts, 0o644},
		"etc/apt/sources.list.d/debian.sources": {sourceStanza("http://"+archiveName+"/debian", b.lab.suite, archiveKeyring, false), 0o644},
		"etc/resolv.conf":                       {"# a lab host knows names from /etc/hosts only\n", 0o644},
		"etc/machine-id":                        {"", 0o444},
		"etc/systemd/journald.conf.d/lab.conf":  {"[Journal]\nSystemMaxUse=32M\n", 0o644},
		"etc/systemd/system.conf.d/lab.conf":    {"[Manager]\nDefaultTimeoutStopSec=20s\n", 0o644},
	})
	if err != nil {
		return err
	}
	// Where there is a dbus its first boot would make this link; made here, the first boot leaves no trace of its own.
	err = root.Symlink("/etc/machine-id", "var/lib/dbus/machine-id")
	if err != nil && !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("settle the root: %w", err)
	}
	for _, unit := range quietUnits {
		name := filepath.Join("etc/systemd/system", unit)
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("mask %s: %w", unit, err)
		}
		if err := root.Symlink("/dev/null", name); err != nil {
			return fmt.Errorf("mask %s: %w", unit, err)
		}
	}
	// The release's package lists under the hosts' own address, so that a host need not fetch them.
	if err := b.inside(ctx, "apt-get", "-qq", "-o", "APT::Update::Error-Mode=any", "update"); err != nil {
		return fmt.Errorf("fetch the release's package lists: %w", err)
	}
	if err := b.inside(ctx, "apt-get", "clean"); err != nil {
		return fmt.Errorf("settle the root: %w", err)
	}
	if err := root.Remove(unsafeWrites); err != nil {
		return fmt.Errorf("settle the root: %w", err)
	}
	return nil
}

// hostFile is a small file of a root.
type hostFile struct {
	content string
	mode    fs.FileMode
}

// writeFiles writes small files into a root, without ever following a link out of it.
func (b *builder) writeFiles(root *os.Root, files map[string]hostFile) error {
	return writeFiles(root, files)
}

func writeFiles(root *os.Root, files map[string]hostFile) error {
	for name, file := range files {
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return fmt.Errorf("write /%s of a host: %w", name, err)
		}
		if err := root.WriteFile(name, []byte(file.content), file.mode); err != nil {
			return fmt.Errorf("write /%s of a host: %w", name, err)
		}
		if err := root.Chmod(name, file.mode); err != nil {
			return fmt.Errorf("write /%s of a host: %w", name, err)
		}
	}
	return nil
}

// countFiles counts everything below dir on its file system.
func countFiles(dir string) (int, error) {
	n := 0
	err := filepath.WalkDir(dir, func(_ string, _ fs.DirEntry, err error) error {
		n++
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("count the files of a root: %w", err)
	}
	return n, nil
}
