package host

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
)

// anythingElse says whether apt would bring any package to another version than the one that is there, or has to mend
// one; what is on hold it leaves. If not, an upgrade has nothing to do, and most hosts are like that on most days: then apt need not
// be asked for a plan, which is the dearest of all questions.
func anythingElse(status dpkg.Status, policies map[string]apt.Policy) bool {
	return slices.ContainsFunc(status.Packages, func(p dpkg.Package) bool {
		policy, known := policies[status.Key(p)]
		onHold := p.Held() && debian.Compare(policy.Candidate, p.Version) > 0
		return !known || policy.Candidate != p.Version && !onHold || p.State != "installed"
	})
}

// wouldUpgrade asks what an upgrade would do now under the host's own settings.
func (m *Machine) wouldUpgrade(ctx context.Context, status dpkg.Status, policies map[string]apt.Policy) (apt.Plan, error) {
	if err := m.makeCache(); err != nil {
		return apt.Plan{}, err
	}
	if plan, err := m.wouldUpgradeNarrowly(ctx, status, policies); err == nil {
		return plan, nil
	}
	return m.upgrade(ctx, apt.View{})
}

func (m *Machine) upgrade(ctx context.Context, view apt.View) (apt.Plan, error) {
	res, err := m.run.Run(ctx, apt.WouldUpgrade(view))
	if err != nil {
		return apt.Plan{}, err
	}
	return apt.ParsePlan(bytes.NewReader(res.Output))
}

// wouldUpgradeNarrowly asks with the lists of only those repositories that offer what is due. It is an answer only if
// that is everything that is due and nothing else: then what is installed and what is due satisfy each other's
// dependencies by themselves, and other lists could add nothing. All else, an update kept back, phased, or in need of a
// package that is not there, is asked of all lists.
func (m *Machine) wouldUpgradeNarrowly(ctx context.Context, status dpkg.Status, policies map[string]apt.Policy) (apt.Plan, error) {
	due, err := upgradable(status, policies)
	if err != nil {
		return apt.Plan{}, err
	}
	lists, err := m.listsOf(ctx, due, policies)
	if err != nil {
		return apt.Plan{}, err
	}
	m.clearView(apt.DueDir)
	defer m.clearView(apt.DueDir)
	if _, err := m.buildView(apt.DueDir, lists); err != nil {
		return apt.Plan{}, err
	}
	plan, err := m.upgrade(ctx, apt.Due())
	if err != nil {
		return plan, err
	}
	return plan, allDue(plan, due, status)
}

// upgradable are the packages that have a newer version to come to, with that version, by dpkg's key; but for those on
// hold, which apt leaves. An error says that something else would have to be done, too.
func upgradable(status dpkg.Status, policies map[string]apt.Policy) (map[string]string, error) {
	due := map[string]string{}
	for _, p := range status.Packages {
		key := status.Key(p)
		policy, known := policies[key]
		switch {
		case !known || p.State != "installed" || debian.Compare(policy.Candidate, p.Version) < 0:
			return nil, fmt.Errorf("%s is no simple case", key)
		case policy.Candidate != p.Version && !p.Held():
			due[key] = policy.Candidate
		}
	}
	if len(due) == 0 {
		return nil, errNotWorth
	}
	return due, nil
}

// allDue holds a plan against what is due: everything, and nothing else.
func allDue(plan apt.Plan, due map[string]string, status dpkg.Status) error {
	if len(plan.Changes) != len(due) || len(plan.Removed) > 0 || len(plan.Phased) > 0 {
		return fmt.Errorf("the plan is not what is due: %d of %d changes, %d removed, %d phased", len(plan.Changes), len(due), len(plan.Removed), len(plan.Phased))
	}
	for _, c := range plan.Changes {
		if key := dpkg.Key(c.Name, c.Arch, status.Native()); due[key] != c.Version {
			return fmt.Errorf("the plan is not what is due: %s %s", key, c.Version)
		}
	}
	return nil
}
