package lab

import (
	"context"
	"crypto/md5" // dpkg's own file list format, not a protection
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// File is a file of a package.
type File struct {
	// Content is what is in it.
	Content string
	// Mode is its permission bits; 0644 when zero.
	Mode fs.FileMode
	// Link makes it a symbolic link to this target instead.
	Link string
}

// Deb describes a Debian package to be built.
type Deb struct {
	// Name and Version are the package's; Architecture is "all" when empty.
	Name, Version, Arch string
	// Depends is the value of the control field, empty for none.
	Depends string
	// Fields are further control fields, for example "Section" or "Breaks".
	Fields map[string]string
	// Files are the contents by absolute path.
	Files map[string]File
	// Conffiles are those of Files that dpkg treats as configuration.
	Conffiles []string
	// Preinst, Postinst, Prerm and Postrm are maintainer scripts, with their "#!" line; empty for none.
	Preinst, Postinst, Prerm, Postrm string
	// Description is one line; a default when empty.
	Description string
}

// What Debian policy allows as names and versions: nothing that could lead out of a pool directory.
var (
	debNames    = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]+$`)
	debVersions = regexp.MustCompile(`^([0-9]+:)?[0-9][A-Za-z0-9.+~-]*$`)
)

const debBuildTimeout = 2 * time.Minute

// check finds mistakes before anything is built.
func (d Deb) check() error {
	switch {
	case !debNames.MatchString(d.Name):
		return fmt.Errorf("%q is no name of a Debian package", d.Name)
	case !debVersions.MatchString(d.Version):
		return fmt.Errorf("%q is no version of a Debian package", d.Version)
	case d.Arch != "" && d.Arch != "all" && d.Arch != "amd64":
		return fmt.Errorf("architecture %q: use all or amd64", d.Arch)
	}
	for name := range d.Files {
		if !path.IsAbs(name) || path.Clean(name) != name || strings.HasPrefix(name, "/DEBIAN") {
			return fmt.Errorf("%q is no absolute, clean path of a package", name)
		}
	}
	for _, name := range d.Conffiles {
		if _, ok := d.Files[name]; !ok {
			return fmt.Errorf("conffile %s is not among the package's files", name)
		}
	}
	return nil
}

// fileName is the package's name in a pool; the epoch is left out, as Debian does.
func (d Deb) fileName() string {
	version := d.Version
	if _, rest, ok := strings.Cut(version, ":"); ok {
		version = rest
	}
	return d.Name + "_" + version + "_" + d.arch() + ".deb"
}

func (d Deb) arch() string {
	if d.Arch == "" {
		return "all"
	}
	return d.Arch
}

// control is the package's control file.
func (d Deb) control() string {
	description := d.Description
	if description == "" {
		description = "package of a test laboratory"
	}
	fields := map[string]string{
		"Maintainer": "Patchwart Lab <lab@lab.test>", "Section": "misc", "Priority": "optional", "Depends": d.Depends,
	}
	maps.Copy(fields, d.Fields)
	var text strings.Builder
	fmt.Fprintf(&text, "Package: %s\nVersion: %s\nArchitecture: %s\n", d.Name, d.Version, d.arch())
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if fields[name] != "" {
			fmt.Fprintf(&text, "%s: %s\n", name, fields[name])
		}
	}
	fmt.Fprintf(&text, "Description: %s\n", description)
	return text.String()
}

// build writes the package to target. work is a directory that is used and removed.
func (d Deb) build(ctx context.Context, work, target string) (err error) {
	if err := d.check(); err != nil {
		return err
	}
	if err := os.MkdirAll(work, 0o755); err != nil {
		return fmt.Errorf("build package %s: %w", d.Name, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	if err := d.layOut(work); err != nil {
		return fmt.Errorf("build package %s: %w", d.Name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, debBuildTimeout)
	defer cancel()
	if _, err := tool(ctx, "dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", work, target); err != nil {
		return fmt.Errorf("build package %s: %w", d.Name, err)
	}
	return nil
}

// layOut writes the package's tree.
func (d Deb) layOut(work string) error {
	write := func(name, content string, mode fs.FileMode) error {
		full := filepath.Join(work, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
			return err
		}
		return os.Chmod(full, mode)
	}
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(d.Files)) {
		file := d.Files[name]
		if file.Link != "" {
			full := filepath.Join(work, name)
			if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.Symlink(file.Link, full)); err != nil {
				return err
			}
			continue
		}
		mode := file.Mode & plainModes
		if mode == 0 {
			mode = 0o644
		}
		if err := write(name, file.Content, mode); err != nil {
			return err
		}
		if !slices.Contains(d.Conffiles, name) {
			fmt.Fprintf(&sums, "%x  %s\n", md5.Sum([]byte(file.Content)), strings.TrimPrefix(name, "/"))
		}
	}
	meta := map[string]string{"control": d.control(), "md5sums": sums.String()}
	if len(d.Conffiles) > 0 {
		meta["conffiles"] = strings.Join(d.Conffiles, "\n") + "\n"
	}
	for name, content := range meta {
		if err := write("DEBIAN/"+name, content, 0o644); err != nil {
			return err
		}
	}
	scripts := map[string]string{"preinst": d.Preinst, "postinst": d.Postinst, "prerm": d.Prerm, "postrm": d.Postrm}
	for name, content := range scripts {
		if content == "" {
			continue
		}
		if err := write("DEBIAN/"+name, content, 0o755); err != nil {
			return err
		}
	}
	return nil
}
