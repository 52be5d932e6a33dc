package lab

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Requirement is something that a lab needs from the Debian machine it runs on.
type Requirement struct {
	// Tool is the program's name, or the absolute path of a file.
	Tool string
	// DebianPackage brings it.
	DebianPackage string
	// Why says what the lab does with it, in one clause.
	Why string
}

// Requirements lists everything that a lab needs, in the order of use.
func Requirements() []Requirement {
	return []Requirement{
		{"mmdebstrap", "mmdebstrap", "builds the hosts' roots from the archive"},
		{"/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring", "verifies what the archive delivers"},
		{"systemd-nspawn", "systemd-container", "boots a root with systemd as process 1"},
		{"nsenter", "util-linux", "runs commands inside a booted host"},
		{"fstrim", "util-linux", "keeps the hosts' disk images sparse"},
		{"mount", "mount", "mounts the hosts' disk images"},
		{"mkfs.ext4", "e2fsprogs", "makes the hosts' file systems"},
		{"resize2fs", "e2fsprogs", "gives a host a disk of the wanted size"},
		{"ip", "iproute2", "makes the lab's bridge and the hosts' interfaces"},
		{"dpkg-deb", "dpkg", "builds packages for local repositories"},
		{"apt-ftparchive", "apt-utils", "indexes local repositories"},
		{"gpg", "gpg", "signs local repositories"},
		{"gpg-agent", "gpg-agent", "holds the local repositories' keys"},
		{"gpgconf", "gpgconf", "stops the key agent afterwards"},
	}
}

// Missing lists the requirements that this machine does not meet now.
func Missing() []Requirement {
	var missing []Requirement
	for _, r := range Requirements() {
		if !present(r.Tool) {
			missing = append(missing, r)
		}
	}
	return missing
}

// present says whether a program, or a file given by its absolute path, is on this machine.
func present(name string) bool {
	if strings.HasPrefix(name, "/") {
		_, err := os.Stat(name)
		return err == nil
	}
	return strings.HasPrefix(programPath(name), "/")
}

// packagesOf names each Debian package once.
func packagesOf(list []Requirement) []string {
	var names []string
	for _, r := range list {
		if !slices.Contains(names, r.DebianPackage) {
			names = append(names, r.DebianPackage)
		}
	}
	return names
}

// describeMissing puts what is missing and the mend on one line.
func describeMissing(missing []Requirement) string {
	tools := make([]string, len(missing))
	for i, r := range missing {
		tools[i] = r.Tool
	}
	return fmt.Sprintf("%s: run apt-get install --no-install-recommends %s",
		strings.Join(tools, ", "), strings.Join(packagesOf(missing), " "))
}

// Install brings the missing requirements onto this machine with apt-get, index
// update first. It says before what it installs and why. Needs root; the error
// holds what apt-get complained about.
func Install(ctx context.Context, missing []Requirement, progress func(string)) error {
	if len(missing) == 0 {
		return nil
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("installing needs root: as root, run apt-get install --no-install-recommends %s",
			strings.Join(packagesOf(missing), " "))
	}
	tell := oneAtATime(progress)
	for _, r := range missing {
		tell(fmt.Sprintf("installing %s: %s %s", r.DebianPackage, r.Tool, r.Why))
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute)
	defer cancel()
	if _, err := tool(ctx, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "update"); err != nil {
		return fmt.Errorf("update this machine's package index: %w", err)
	}
	install := append([]string{
		"apt-get", "-qq", "-y", "--no-install-recommends",
		"-o", "DPkg::Lock::Timeout=300", "install", "--",
	}, packagesOf(missing)...)
	if _, err := tool(ctx, install...); err != nil {
		return fmt.Errorf("install what the lab needs: %w", err)
	}
	for _, r := range missing {
		if !present(r.Tool) {
			return fmt.Errorf("package %s is installed, but %s is still not there", r.DebianPackage, r.Tool)
		}
	}
	return nil
}
