package host

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/apt"
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
	if err := m.packages(ctx, &f, status); err != nil {
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

// packages fills in what is installed and what is pending: three calls of apt, whatever the number of
// packages.
func (m *Machine) packages(ctx context.Context, f *fact.Facts, status dpkg.Status) error {
	auto, err := m.database.Auto()
	if err != nil {
		return err
	}
	plan, err := m.wouldUpgrade(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.Indices.Errors = append(slices.Clone(f.Indices.Errors), fmt.Sprintf("no plan: %.300s", err))
	}
	names := make([]string, 0, len(status.Packages)+len(plan.Changes))
	for _, p := range status.Packages {
		names = append(names, status.Key(p))
	}
	var added []apt.Change
	for _, c := range plan.Changes {
		if _, ok := status.Find(c.Name, c.Arch); !ok {
			added = append(added, c)
			names = append(names, dpkg.Key(c.Name, c.Arch, status.Native()))
		}
	}
	policies, repositories, err := m.policies(ctx, names)
	if err != nil {
		return err
	}
	f.Packages = installed(status, auto, policies, repositories)
	sources, err := m.sources(ctx, added, status.Native())
	if err != nil {
		return err
	}
	f.Pending = pending(status, plan, policies, repositories, sources)
	return nil
}

// wouldUpgrade asks what an upgrade would do now under the host's own settings.
func (m *Machine) wouldUpgrade(ctx context.Context) (apt.Plan, error) {
	if err := m.makeCache(); err != nil {
		return apt.Plan{}, err
	}
	res, err := m.run.Run(ctx, apt.WouldUpgrade())
	if err != nil {
		return apt.Plan{}, err
	}
	return apt.ParsePlan(bytes.NewReader(res.Output))
}

// policies asks apt for all versions of the packages and for what the repositories say of themselves.
func (m *Machine) policies(ctx context.Context, names []string) (map[string]apt.Policy, map[string]fact.Origin, error) {
	all := map[string]apt.Policy{}
	for part := range slices.Chunk(names, 4000) { // the kernel bounds an argument vector
		res, err := m.run.Run(ctx, apt.Policies(part))
		if err != nil {
			return nil, nil, err
		}
		found, err := apt.ParsePolicies(bytes.NewReader(res.Output))
		if err != nil {
			return nil, nil, err
		}
		for name, p := range found {
			all[name] = p
		}
	}
	res, err := m.run.Run(ctx, apt.Repositories())
	if err != nil {
		return nil, nil, err
	}
	repositories, err := apt.ParseRepositories(bytes.NewReader(res.Output))
	return all, repositories, err
}

// sources finds the source packages of what would be newly installed; usually nothing is.
func (m *Machine) sources(ctx context.Context, added []apt.Change, native string) (map[string]string, error) {
	if len(added) == 0 {
		return nil, nil
	}
	names := make([]string, 0, len(added))
	for _, c := range added {
		names = append(names, dpkg.Key(c.Name, c.Arch, native)+"="+c.Version)
	}
	res, err := m.run.Run(ctx, apt.Records(names))
	if err != nil {
		return nil, err
	}
	return apt.ParseSources(bytes.NewReader(res.Output))
}

func installed(status dpkg.Status, auto dpkg.Auto, policies map[string]apt.Policy, repositories map[string]fact.Origin) []fact.Package {
	native := status.Native()
	list := make([]fact.Package, 0, len(status.Packages))
	for _, p := range status.Packages {
		list = append(list, fact.Package{
			Name: p.Name, Arch: p.Arch, Version: p.Version,
			Source: p.Source, SourceVersion: p.SourceVersion, Section: p.Section,
			Auto: auto.Has(p, native), Held: p.Held(),
			Origins: apt.Origins(policies[status.Key(p)].Sources(p.Version), repositories),
		})
	}
	return list
}

// pending joins apt's plan with what is newer and yet not in it. That is on hold, or apt keeps it back
// because its update would remove something; either way it would be left, and is open, not up to date.
func pending(status dpkg.Status, plan apt.Plan, policies map[string]apt.Policy, repositories map[string]fact.Origin, sources map[string]string) []fact.Pending {
	var list []fact.Pending
	planned := map[string]bool{}
	for _, c := range plan.Changes {
		key := dpkg.Key(c.Name, c.Arch, status.Native())
		planned[key] = true
		p := fact.Pending{
			Name: c.Name, Arch: c.Arch, Candidate: c.Version, Size: c.Size, Source: sources[c.Name],
			Origins: apt.Origins(policies[key].Sources(c.Version), repositories),
		}
		if have, ok := status.Find(c.Name, c.Arch); ok {
			p.Installed, p.Source = have.Version, have.Source
		}
		if p.Source == "" {
			p.Source = c.Name
		}
		list = append(list, p)
	}
	for _, have := range status.Packages {
		key := status.Key(have)
		candidate := policies[key].Candidate
		if planned[key] || candidate == "" || dpkg.Compare(candidate, have.Version) <= 0 {
			continue
		}
		list = append(list, fact.Pending{
			Name: have.Name, Arch: have.Arch, Installed: have.Version, Candidate: candidate, Source: have.Source,
			Origins: apt.Origins(policies[key].Sources(candidate), repositories), Held: true,
		})
	}
	return list
}

// units lists all services. A host where systemd does not run, as in a chroot, has none.
func (m *Machine) units(ctx context.Context, besides ...string) ([]service.Unit, error) {
	if _, err := os.Stat(m.path("/run/systemd/system")); err != nil {
		return nil, nil
	}
	res, err := m.run.Run(ctx, service.List(besides...))
	if err != nil {
		return nil, err
	}
	return service.ParseUnits(bytes.NewReader(res.Output))
}

// reboot tells whether what runs is what is installed. Without needrestart, the memory maps and the
// images in /boot tell most of it.
func (m *Machine) reboot(ctx context.Context) (fact.Reboot, error) {
	found, err := m.stale(ctx)
	if err != nil {
		return fact.Reboot{}, err
	}
	return found.reboot(), nil
}

// stale is what runs and is not what is installed.
type stale struct {
	required bool
	expected string
	services []string
}

func (s stale) reboot() fact.Reboot {
	return fact.Reboot{Required: s.required, Expected: s.expected, Services: s.services}
}

func (m *Machine) stale(ctx context.Context) (stale, error) {
	var s stale
	container := probe.Container(m.opt.Root, procDir)
	if _, ok := m.run.Find("needrestart"); ok {
		res, err := m.run.Run(ctx, service.Needrestart())
		if err != nil {
			return s, err
		}
		found, err := service.ParseNeedrestart(bytes.NewReader(res.Output))
		if err != nil {
			return s, err
		}
		s.services = found.Services
		if !container && found.Kernel >= service.KernelABI {
			s.required, s.expected = true, found.Expected
		}
	} else if running, err := probe.Running(); err == nil && !container {
		newest := probe.NewestKernel(m.opt.Root, dpkg.Compare)
		if newest != "" && dpkg.Compare(newest, running) > 0 {
			s.required, s.expected = true, newest
		}
	}
	// The kernel of a container is not its own: no reboot of it would change anything.
	if _, err := os.Stat(m.path("/run/reboot-required")); err == nil && !container {
		s.required = true
	}
	s.services = append(s.services, service.Replaced(procDir, m.opt.Aside)...)
	slices.Sort(s.services)
	s.services = slices.Compact(s.services)
	s.services = slices.DeleteFunc(s.services, func(name string) bool { return name == m.opt.Unit || strings.HasPrefix(name, "user@") })
	return s, nil
}
