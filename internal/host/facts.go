package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/host/service"
)

// tools are what a run needs, and needrestart, without which fewer stale services are found.
var tools = []string{"apt-get", "apt-cache", "dpkg", "systemctl", "needrestart"}

// freeStep is what free room is rounded down to, so that an idle host reports the same each time.
const freeStep = 64 << 20

// Facts looks at everything a host reports about itself. Two looks at an unchanged host are equal.
//
// An error means that the host could not be looked at. That apt cannot make a plan is no error but a
// fact: it stands in Indices.Errors, and Pending is then not to be trusted.
func (m *Machine) Facts(ctx context.Context) (fact.Facts, error) {
	var f fact.Facts
	status, err := m.database.Status()
	if err != nil {
		return f, fmt.Errorf("facts: %w", err)
	}
	if err := m.system(&f, status); err != nil {
		return f, fmt.Errorf("facts: %w", err)
	}
	if err := m.packages(ctx, &f); err != nil {
		return f, fmt.Errorf("facts: %w", err)
	}
	units, err := m.units(ctx)
	if err != nil {
		return f, fmt.Errorf("facts: %w", err)
	}
	f.Units, f.Failed = service.Running(units, m.opt.Unit)
	if f.Listen, err = probe.Listening(procDir); err != nil {
		return f, fmt.Errorf("facts: %w", err)
	}
	if f.Reboot, err = m.reboot(ctx); err != nil {
		return f, fmt.Errorf("facts: %w", err)
	}
	f.Applications, f.Partial = m.applications(ctx)
	if f.Measures, err = m.desk.Standing(ctx); err != nil {
		return f, fmt.Errorf("facts: %w", err)
	}
	f.Fragments, _ = m.desk.Prepared() // what is wrong with one shows when it is ordered
	f.Root, f.Conffiles = probe.Holders(m.opt.Root), m.conffiles(ctx)
	f.Sort()
	return f, nil
}

// system fills in what needs no tool.
func (m *Machine) system(f *fact.Facts, status dpkg.Status) error {
	var err error
	if f.Host, err = os.Hostname(); err != nil {
		return err
	}
	if f.OS, err = probe.OSRelease(m.opt.Root); err != nil {
		return err
	}
	if f.Kernel.Running, err = probe.Running(); err != nil {
		return err
	}
	f.Kernel.Arch = status.Native()
	f.Kernel.Container = probe.Container(m.opt.Root, procDir)
	room, err := probe.Free(m.path("/"))
	if err != nil {
		return err
	}
	f.DiskFree = room.Bytes / freeStep * freeStep
	for _, t := range tools {
		if _, ok := m.run.Find(t); ok {
			f.Tools = append(f.Tools, t)
		}
	}
	f.Dpkg.Broken = status.Broken()
	cut, err := m.database.Interrupted()
	if err != nil {
		return err
	}
	if cut && len(f.Dpkg.Broken) == 0 {
		f.Dpkg.Broken = []string{"dpkg"} // its journal was never merged
	}
	var stamp refreshed
	if _, err := m.load(refreshStamp, &stamp); err != nil {
		return err
	}
	f.Indices = fact.Indices{Refreshed: stamp.Complete, Errors: stamp.Errors}
	return nil
}

// units lists the services that are not at rest, see service.List. A host where systemd does not run, as in a chroot,
// has none.
func (m *Machine) units(ctx context.Context, besides ...string) ([]service.Unit, error) {
	if _, err := os.Stat(m.path("/run/systemd/system")); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	res, err := m.run.Run(ctx, service.List(besides...))
	if err != nil {
		return nil, err
	}
	return service.ParseUnits(bytes.NewReader(res.Output))
}
