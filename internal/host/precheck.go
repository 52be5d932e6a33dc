package host

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/wire"
)

// Precheck finds every reason not to begin that can be known beforehand. It changes nothing on the
// host but the agent's own files. Cheap questions come first; the last one is put to apt itself: what
// it would do under the order's pins must be the order, no more and no less.
func (m *Machine) Precheck(ctx context.Context, order wire.WorkOrder) *Trouble {
	for _, tool := range []string{"apt-get", "apt-cache", "dpkg", "systemctl"} {
		if _, ok := m.run.Find(tool); !ok {
			return trouble(CodeTools, same(tool), "")
		}
	}
	deadline := time.Now().Add(m.opt.LockWait)
	if t := m.awaitLocks(ctx, deadline, dpkg.LockFrontend, dpkg.LockDatabase, dpkg.LockLists); t != nil {
		return t
	}
	status, t := m.clean()
	if t != nil {
		return t
	}
	ordered := order.Packages()
	if t := asOrdered(status, ordered); t != nil {
		return t
	}
	plan, t := m.wouldInstall(ctx, ordered, status)
	if t != nil {
		return t
	}
	if t := m.room(ordered, plan, status); t != nil {
		m.dropView() // the room is wanted for other things
		return t
	}
	return nil
}

// clean reads the package database and refuses one that an earlier change left half-done.
func (m *Machine) clean() (dpkg.Status, *Trouble) {
	status, err := m.database.Status()
	if err != nil {
		return status, fromError(CodeHost, err, "")
	}
	if broken := status.Broken(); len(broken) > 0 {
		return status, trouble(CodeInterrupted, list(broken), "")
	}
	cut, err := m.database.Interrupted()
	if err != nil {
		return status, fromError(CodeHost, err, "")
	}
	if cut {
		return status, trouble(CodeInterrupted, lang.T("dpkg wurde mittendrin angehalten", "dpkg was stopped in the middle"), "")
	}
	return status, nil
}

// asOrdered holds what is installed against what the order was closed on.
func asOrdered(status dpkg.Status, ordered []wire.Package) *Trouble {
	var changed, held []string
	for _, p := range ordered {
		have, ok := status.Find(p.Name, p.Arch)
		switch {
		case ok && have.Held():
			held = append(held, p.Name)
		case !ok && p.From != "", ok && have.Version != p.From:
			changed = append(changed, fmt.Sprintf("%s %s ≠ %s", p.Name, orNone(have.Version), orNone(p.From)))
		}
	}
	switch {
	case len(held) > 0:
		return trouble(CodeHeld, list(held), "")
	case len(changed) > 0:
		return trouble(CodeFacts, list(changed), strings.Join(changed, "\n"))
	}
	return nil
}

// wouldInstall writes the order's pins and asks apt what it would do under them. A narrow view may only say yes; what
// all lists together say is asked whenever it does not.
func (m *Machine) wouldInstall(ctx context.Context, ordered []wire.Package, status dpkg.Status) (apt.Plan, *Trouble) {
	if t := m.pin(ordered, status); t != nil {
		return apt.Plan{}, t
	}
	if plan, ok := m.wouldInstallNarrowly(ctx, ordered, status); ok {
		return plan, nil
	}
	res, err := m.run.Run(ctx, apt.WouldInstall(m.state(pinsFile), apt.View{}))
	if err != nil {
		return apt.Plan{}, fromComplaints(string(res.Output)+"\n"+res.Tail, CodePlan, err)
	}
	plan, err := apt.ParsePlan(bytes.NewReader(res.Output))
	if err != nil {
		return plan, fromError(CodePlan, err, res.Tail)
	}
	missing, beyond := differences(ordered, plan, status)
	if len(missing) > 0 {
		if gone := m.gone(ctx, missing, status.Native()); len(gone) > 0 {
			return plan, trouble(CodeGone, list(gone), "")
		}
	}
	if len(missing)+len(beyond) == 0 {
		return plan, nil
	}
	var parts []lang.Text
	if len(missing) > 0 {
		parts = append(parts, lang.Textf("nicht dabei %[1]s", "missing %[1]s", list(labels(missing))))
	}
	if len(beyond) > 0 {
		parts = append(parts, lang.Textf("zusätzlich %[1]s", "besides %[1]s", list(beyond)))
	}
	return plan, trouble(CodePlan, lang.JoinTexts(parts), last(string(res.Output), 2000))
}

// pin writes the preferences under which apt does exactly what is ordered.
func (m *Machine) pin(ordered []wire.Package, status dpkg.Status) *Trouble {
	pins, err := apt.Pins(ordered, status.Native())
	if err == nil {
		err = m.makeCache()
	}
	if err == nil {
		err = durable.Write(m.path(m.state(pinsFile)), pins)
	}
	if err != nil {
		return fromError(CodeHost, err, "")
	}
	return nil
}

// differences compares the order with apt's plan: what the plan lacks, and what it would do besides.
func differences(ordered []wire.Package, plan apt.Plan, status dpkg.Status) (missing []wire.Package, beyond []string) {
	native := status.Native()
	planned := map[string]apt.Change{}
	for _, c := range plan.Changes {
		planned[dpkg.Key(c.Name, c.Arch, native)] = c
	}
	for _, p := range ordered {
		key := dpkg.Key(p.Name, p.Arch, native)
		if planned[key].Version != p.To {
			missing = append(missing, p)
		}
		delete(planned, key)
	}
	for key, c := range planned {
		beyond = append(beyond, key+" "+c.Version)
	}
	for _, name := range plan.Removed {
		beyond = append(beyond, name+" (−)")
	}
	slices.Sort(beyond)
	return missing, beyond
}

// gone names those of the packages whose ordered version no repository offers any more. If apt cannot
// be asked, none is named: the plan differs in any case.
func (m *Machine) gone(ctx context.Context, missing []wire.Package, native string) []string {
	names := make([]string, 0, len(missing))
	for _, p := range missing {
		names = append(names, dpkg.Key(p.Name, p.Arch, native))
	}
	policies, err := m.policies(ctx, names)
	if err != nil {
		return nil
	}
	repositories, err := m.repositories(ctx)
	if err != nil {
		return nil
	}
	var gone []string
	for i, p := range missing {
		if len(apt.Origins(policies[names[i]].Sources(p.To), repositories)) == 0 {
			gone = append(gone, p.Name+" "+p.To)
		}
	}
	return gone
}

func labels(packages []wire.Package) []string {
	names := make([]string, 0, len(packages))
	for _, p := range packages {
		names = append(names, p.Name+" "+p.To)
	}
	return names
}

func orNone(s string) string {
	if s == "" {
		return "–"
	}
	return s
}
