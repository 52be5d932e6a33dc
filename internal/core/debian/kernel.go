package debian

import "strings"

// Installed is one binary package that is on a host: its files are there, whatever its configuration.
type Installed struct {
	Name          string
	Arch          string
	Version       string
	Source        string // as Origin names it
	SourceVersion string
}

// Origin names the source package and its version that a binary package was built from, from the
// fields Package, Version and Source of its entry.
//
// Two things are easily missed. A rebuild (binNMU, 1.0-1+b1) has its source's own version in brackets.
// And a kernel image is built twice: its files come from the source linux, while Debian's signing
// service, the source linux-signed-amd64, puts a signature on it and numbers itself 6.1.52+1. Advisories
// speak of linux; an image belongs there, by the image's own version. Ubuntu does the same without the
// architecture, linux-signed, and signs every kernel by itself: linux-signed-hwe-6.8 is linux-hwe-6.8.
func Origin(name, version, source string) (string, string) {
	if source == "" {
		return name, version
	}
	sourceName, rest, bracket := strings.Cut(source, " ")
	sourceVersion := version
	if bracket {
		sourceVersion = strings.Trim(rest, " ()")
	}
	if kernel, ok := signed(sourceName); ok {
		return kernel, withoutRebuild(version)
	}
	return sourceName, sourceVersion
}

// signed is the kernel that a source only puts a signature on.
func signed(source string) (kernel string, ok bool) {
	flavour, ok := strings.CutPrefix(source, "linux-signed")
	if !ok || flavour != "" && flavour[0] != '-' {
		return "", false
	}
	for _, arch := range []string{"-amd64", "-arm64", "-i386"} { // those that Debian signs for
		flavour = strings.TrimSuffix(flavour, arch)
	}
	return "linux" + flavour, true
}

// Kernel reports whether a source package is a Linux kernel: linux, or one beside it, as Debian's
// linux-6.1 and Ubuntu's linux-hwe-6.8 and linux-aws are. What else begins so takes effect with a reboot,
// too.
func Kernel(source string) bool { return source == "linux" || strings.HasPrefix(source, "linux-") }

// withoutRebuild is a version without the mark of a rebuild (+b1): rebuilding changes no source.
func withoutRebuild(version string) string {
	i := strings.LastIndex(version, "+b")
	if i < 0 || i+2 == len(version) {
		return version
	}
	for _, c := range version[i+2:] {
		if c < '0' || c > '9' {
			return version
		}
	}
	return version[:i]
}

// ImageOf is the kernel release that a package's image boots as, "6.1.0-12-amd64" of
// linux-image-6.1.0-12-amd64; empty for every other package, the meta package linux-image-amd64 among
// them, which holds no kernel.
func ImageOf(name string) string {
	release, ok := strings.CutPrefix(name, "linux-image-")
	if !ok {
		return ""
	}
	release = strings.TrimPrefix(release, "unsigned-") // Ubuntu says so in front, Debian behind
	if release == "" || release[0] < '0' || release[0] > '9' {
		return ""
	}
	return strings.TrimSuffix(release, "-unsigned")
}

// KernelOf is the kernel release that a package's files run with: that of its image, or of its modules,
// which Ubuntu packs apart (linux-modules-6.8.0-45-generic). It is empty for every other package.
func KernelOf(name string) string {
	release, ok := strings.CutPrefix(name, "linux-modules-")
	if !ok {
		return ImageOf(name)
	}
	release = strings.TrimPrefix(release, "extra-")
	if release == "" || release[0] < '0' || release[0] > '9' {
		return ""
	}
	return release
}
