package host

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/wire"
)

// viewed tells which narrow view gave a plan that was the order, and what else held then. Download and installation use
// the view only as long as all of it still holds, and all lists otherwise.
type viewed struct {
	Pins  string   `json:"pins"`  // sum of the pins it was asked under
	State uint64   `json:"state"` // mark of the lists, their configuration and what is installed
	Boot  string   `json:"boot"`  // nothing of a view is flushed: after a power cut its cache is not to be relied on
	Files []string `json:"files"` // names of the linked files, sorted
}

// aside is where a view is built.
func aside(dir string) string { return dir + ".new" }

// errNotWorth says that a view would show most of what all lists show.
var errNotWorth = errors.New("what is wanted comes from where most packages are")

// wouldInstallNarrowly asks apt what it would do, with the lists of only those repositories that offer what is ordered.
// True is said only if that is the order exactly, and nothing else changed meanwhile. Anything else, also that there
// can be no such view, leaves the question to all lists: no refusal rests on a narrow view.
//
// The other way round, a narrow view may accept what all lists would have refused in one case: where a dependency leaves
// the choice between packages that are not installed, apt cannot choose one that it does not see. What is done is what
// is ordered, all the same.
func (m *Machine) wouldInstallNarrowly(ctx context.Context, ordered []wire.Package, status dpkg.Status) (apt.Plan, bool) {
	var plan apt.Plan
	stamp, err := m.makeView(ctx, ordered, status)
	if err == nil {
		plan, err = m.narrowPlan(ctx, ordered, status)
	}
	if err == nil {
		err = m.keepView(stamp)
	}
	if err != nil {
		m.dropView()
		return apt.Plan{}, false
	}
	return plan, true
}

// narrowPlan is apt's plan under the view, if it is the order.
func (m *Machine) narrowPlan(ctx context.Context, ordered []wire.Package, status dpkg.Status) (apt.Plan, error) {
	res, err := m.run.Run(ctx, apt.WouldInstall(m.state(pinsFile), apt.Narrow()))
	if err != nil {
		return apt.Plan{}, err
	}
	plan, err := apt.ParsePlan(bytes.NewReader(res.Output))
	if err != nil {
		return plan, err
	}
	if missing, beyond := differences(ordered, plan, status); len(missing)+len(beyond) > 0 {
		return plan, fmt.Errorf("the plan is not the order: missing %v, besides %v", labels(missing), beyond)
	}
	return plan, nil
}

// makeView finds out what the order needs and builds a view of it. The stamp is of the moment before.
func (m *Machine) makeView(ctx context.Context, ordered []wire.Package, status dpkg.Status) (viewed, error) {
	m.dropView()
	stamp, err := m.viewStamp(ordered, status)
	if err != nil {
		return stamp, err
	}
	lists, err := m.offering(ctx, ordered, status)
	if err != nil {
		return stamp, err
	}
	stamp.Files, err = m.buildView(apt.ViewDir, lists)
	return stamp, err
}

// buildView builds the view aside, puts it in its place when it is whole, and names its files. The lists are symbolic
// links: a view never shows anything but the lists themselves.
func (m *Machine) buildView(in string, lists []apt.Target) (names []string, err error) {
	unfinished := m.path(aside(in))
	dir := apt.ViewLists(unfinished)
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // like apt's own lists
		return nil, err
	}
	for _, file := range m.linked(lists) {
		name := filepath.Base(file)
		if err := os.Symlink(file, filepath.Join(dir, name)); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, os.Rename(unfinished, m.path(in))
}

// offering finds the lists of the repositories that offer what is ordered, if they are few enough to be worth it.
func (m *Machine) offering(ctx context.Context, ordered []wire.Package, status dpkg.Status) ([]apt.Target, error) {
	names := make([]string, 0, len(ordered))
	for _, p := range ordered {
		names = append(names, dpkg.Key(p.Name, p.Arch, status.Native()))
	}
	if len(names) == 0 || len(names) > maxAsked {
		return nil, errNotWorth
	}
	policies, err := m.policies(ctx, names)
	if err != nil {
		return nil, err
	}
	wanted := map[string]string{}
	for i, p := range ordered {
		wanted[names[i]] = p.To
	}
	return m.listsOf(ctx, wanted, policies)
}

// listsOf finds the lists of all repositories that offer these versions of packages, by dpkg's key.
func (m *Machine) listsOf(ctx context.Context, wanted map[string]string, policies map[string]apt.Policy) ([]apt.Target, error) {
	sources := map[string]bool{}
	for key, version := range wanted {
		offers := policies[key].Offers(version)
		if len(offers) == 0 {
			return nil, fmt.Errorf("nobody offers %s %s", key, version)
		}
		for _, s := range offers {
			sources[s] = true
		}
	}
	res, err := m.run.Run(ctx, apt.Targets())
	if err != nil {
		return nil, err
	}
	targets, err := apt.ParseTargets(bytes.NewReader(res.Output))
	if err != nil {
		return nil, err
	}
	lists, err := apt.Offering(targets, slices.Sorted(maps.Keys(sources)))
	if err != nil {
		return nil, err
	}
	if m.size(lists)*2 > m.size(targets) {
		return nil, errNotWorth
	}
	return lists, nil
}

// size adds up lists. One that apt keeps where the repository has it, on the host's own disk, is a link.
func (m *Machine) size(lists []apt.Target) (sum int64) {
	for _, l := range lists {
		info, err := os.Stat(m.path(l.File))
		if err != nil {
			continue // it counts for nothing: this only weighs
		}
		sum += info.Size()
	}
	return sum
}

// linked names the lists' files and the release files beside them, sorted and each once.
func (m *Machine) linked(lists []apt.Target) []string {
	var files []string
	for _, l := range lists {
		files = append(files, l.File)
		for _, name := range apt.ReleaseFiles {
			if _, err := os.Lstat(m.path(l.Release + name)); err == nil {
				files = append(files, l.Release+name)
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// viewStamp is what a view of this order rests on now, but for its files.
func (m *Machine) viewStamp(ordered []wire.Package, status dpkg.Status) (viewed, error) {
	pins, err := apt.Pins(ordered, status.Native())
	if err != nil {
		return viewed{}, err
	}
	state, err := m.packageState()
	if err != nil {
		return viewed{}, err
	}
	boot, err := probe.Boot(procDir)
	if err != nil {
		return viewed{}, err
	}
	sum := sha256.Sum256(pins)
	return viewed{Pins: hex.EncodeToString(sum[:]), State: state, Boot: boot}, nil
}

// keepView notes that the view's plan was the order, unless something changed while it was made.
func (m *Machine) keepView(stamp viewed) error {
	state, err := m.packageState()
	if err != nil {
		return err
	}
	if stamp.State != state {
		return errMoving
	}
	return m.save(viewStamp, stamp)
}

// view gives the view that the pre-check of this order ended with, as long as everything is as it was then; otherwise
// all lists, which are never wrong.
func (m *Machine) view(ordered []wire.Package, status dpkg.Status) apt.View {
	var kept viewed
	if known, err := m.load(viewStamp, &kept); err != nil || !known {
		return apt.View{}
	}
	now, err := m.viewStamp(ordered, status)
	if err != nil || now.Pins != kept.Pins || now.State != kept.State || now.Boot != kept.Boot || !m.whole(kept.Files) {
		return apt.View{}
	}
	return apt.Narrow()
}

// whole says whether the view consists of these links and nothing else. apt makes directories for its own use beside
// the lists.
func (m *Machine) whole(files []string) bool {
	dir := m.path(apt.ViewLists(apt.ViewDir))
	entries, err := os.ReadDir(dir)
	if err != nil || len(files) == 0 {
		return false
	}
	var found []string
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		to, err := os.Readlink(filepath.Join(dir, e.Name()))
		if err != nil || to != apt.ListsDir+"/"+e.Name() {
			return false
		}
		found = append(found, e.Name())
	}
	return slices.Equal(found, files)
}

// dropView removes the view. One that cannot be removed is not used either: nothing notes it.
func (m *Machine) dropView() {
	if err := durable.Remove(m.path(m.state(viewStamp))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
	m.clearView(apt.ViewDir)
}

// clearView removes what there is of a view. What stays is in the way of the next one, which is not made then.
func (m *Machine) clearView(dir string) {
	_ = os.RemoveAll(m.path(dir))
	_ = os.RemoveAll(m.path(aside(dir)))
}
