package host

import (
	"os"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/wire"
)

// What is reckoned with. The restore point keeps the old files, so that everything unpacked needs room
// of its own; the sizes of new versions are estimated from the old ones, which they resemble.
const (
	growth       = 1.15      // new version ÷ old version, installed
	unpacked     = 5         // installed ÷ download, for a package that is new
	reserve      = 128 << 20 // databases, caches and what maintainer scripts generate
	spareInodes  = 2000
	kernelAtBoot = 90 << 20 // image and initial RAM disk where no other kernel tells
)

// need is what one file system has to hold.
type need struct {
	path          string
	bytes, inodes int64
}

// room holds what is free against what download, unpacking and restore point need together.
func (m *Machine) room(ordered []wire.Package, plan apt.Plan, status dpkg.Status) *Trouble {
	var grow, files int64
	kernel := false
	for _, c := range plan.Changes {
		if have, ok := status.Find(c.Name, c.Arch); ok {
			grow += int64(float64(have.SizeKiB<<10) * growth)
			files += int64(m.database.Files(have))
		} else {
			grow += c.Size * unpacked
			files += 1000
		}
	}
	for _, p := range ordered {
		kernel = kernel || strings.HasPrefix(p.Name, "linux-image-")
	}
	needs := []need{
		{"/usr", grow + reserve/2, files + spareInodes},
		{dpkg.Dir, reserve / 2, spareInodes},
		{apt.ArchiveDir, plan.Download(), 0},
	}
	if kernel {
		needs = append(needs, need{"/boot", m.kernelSize(), 10})
	}
	return m.fits(needs)
}

// fits adds up what falls on the same file system and compares.
func (m *Machine) fits(needs []need) *Trouble {
	sum := map[uint64]need{}
	var order []uint64
	free := map[uint64]probe.Room{}
	for _, n := range needs {
		room, err := probe.Free(m.path(n.path))
		if err != nil {
			return fromError(CodeHost, err, "")
		}
		have, known := sum[room.Device]
		if !known {
			have.path = n.path
			order = append(order, room.Device)
		}
		have.bytes += n.bytes
		have.inodes += n.inodes
		sum[room.Device], free[room.Device] = have, room
	}
	for _, device := range order {
		n, room := sum[device], free[device]
		switch {
		case n.bytes > room.Bytes:
			return trouble(CodeDisk, lang.Textf("%[1]s braucht %[2]d MiB, frei sind %[3]d MiB", "%[1]s needs %[2]d MiB, %[3]d MiB are free",
				n.path, n.bytes>>20, room.Bytes>>20), "")
		case room.Inodes >= 0 && n.inodes > room.Inodes:
			return trouble(CodeDisk, lang.Textf("%[1]s braucht %[2]d Inodes, frei sind %[3]d", "%[1]s needs %[2]d inodes, %[3]d are free",
				n.path, n.inodes, room.Inodes), "")
		}
	}
	return nil
}

// kernelSize is what the largest installed kernel takes in /boot, a fifth added.
func (m *Machine) kernelSize() int64 {
	entries, err := os.ReadDir(m.path("/boot"))
	if err != nil {
		return kernelAtBoot // none that could be seen
	}
	sizes := map[string]int64{}
	var largest int64
	for _, e := range entries {
		kind, version, found := strings.Cut(e.Name(), "-")
		info, err := e.Info()
		if !found || err != nil || !slices.Contains([]string{"vmlinuz", "initrd.img", "System.map", "config"}, kind) {
			continue
		}
		sizes[version] += info.Size()
		largest = max(largest, sizes[version])
	}
	if largest == 0 {
		return kernelAtBoot
	}
	return largest * 6 / 5
}
