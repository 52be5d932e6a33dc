package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
)

// packages fills in what is installed and what is pending: two or three calls of apt, whatever the number of
// packages, and all of them about one state.
func (m *Machine) packages(ctx context.Context, f *fact.Facts) error {
	complaints := f.Indices.Errors
	err := m.undisturbed(func(state uint64) error {
		f.Indices.Errors = slices.Clone(complaints)
		return m.read(ctx, f, state)
	})
	if errors.Is(err, errMoving) {
		f.Indices.Errors = append(f.Indices.Errors, err.Error())
		return nil
	}
	return err
}

// read asks apt once, in this packageState.
func (m *Machine) read(ctx context.Context, f *fact.Facts, state uint64) error {
	status, err := m.database.Status()
	if err != nil {
		return err
	}
	auto, err := m.database.Auto()
	if err != nil {
		return err
	}
	names := make([]string, 0, len(status.Packages))
	for _, p := range status.Packages {
		names = append(names, status.Key(p))
	}
	told, err := m.ask(ctx, names, status, state)
	if err != nil {
		return err
	}
	policies, repositories := told.policies, told.repositories
	var plan apt.Plan
	var unmade error
	if anythingElse(status, policies) {
		plan, unmade = m.wouldUpgrade(ctx, status, policies)
	}
	if unmade != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		f.Indices.Errors = append(f.Indices.Errors, fmt.Sprintf("no plan: %.300s", unmade))
	}
	var added []apt.Change
	var besides []string
	for _, c := range plan.Changes {
		if _, ok := status.Find(c.Name, c.Arch); !ok {
			added = append(added, c)
			besides = append(besides, dpkg.Key(c.Name, c.Arch, status.Native()))
		}
	}
	if len(besides) > 0 {
		more, err := m.policies(ctx, besides)
		if err != nil {
			return err
		}
		maps.Copy(policies, more)
	}
	f.Packages = installed(status, auto, policies, repositories)
	sources, err := m.sources(ctx, added, status.Native())
	if err != nil {
		return err
	}
	f.Pending = pending(status, plan, unmade == nil, policies, repositories, sources)
	m.keep(told)
	return nil
}

// maxAsked is how many packages one call asks for: the kernel bounds an argument vector.
const maxAsked = 4000

// policies asks apt for all versions of the packages.
func (m *Machine) policies(ctx context.Context, names []string) (map[string]apt.Policy, error) {
	all := map[string]apt.Policy{}
	for part := range slices.Chunk(names, maxAsked) {
		res, err := m.run.Run(ctx, apt.Policies(part))
		if err != nil {
			return nil, err
		}
		found, err := apt.ParsePolicies(bytes.NewReader(res.Output))
		if err != nil {
			return nil, err
		}
		maps.Copy(all, found)
	}
	return all, nil
}

// repositories asks apt what the repositories say of themselves.
func (m *Machine) repositories(ctx context.Context) (map[string]fact.Origin, error) {
	res, err := m.run.Run(ctx, apt.Repositories())
	if err != nil {
		return nil, err
	}
	return apt.ParseRepositories(bytes.NewReader(res.Output))
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
// because its update would remove something; either way it would be left, and is open, not up to date. Where apt could
// not make a plan, nobody knows that of it, and only what dpkg has on hold is called so.
func pending(status dpkg.Status, plan apt.Plan, made bool, policies map[string]apt.Policy, repositories map[string]fact.Origin, sources map[string]string) []fact.Pending {
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
		if planned[key] || candidate == "" || debian.Compare(candidate, have.Version) <= 0 {
			continue
		}
		list = append(list, fact.Pending{
			Name: have.Name, Arch: have.Arch, Installed: have.Version, Candidate: candidate, Source: have.Source,
			Origins: apt.Origins(policies[key].Sources(candidate), repositories), Held: made || have.Held(),
			Phased: slices.Contains(plan.Phased, key) || slices.Contains(plan.Phased, have.Name+":"+have.Arch),
		})
	}
	return list
}
