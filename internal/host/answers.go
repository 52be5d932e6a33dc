package host

import (
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/apt"
	"github.com/patchwart/patchwart/internal/host/dpkg"
)

// answersLast is for how long looks at the very same state are answered from what apt said: a host is looked at every few
// minutes, and nothing that apt answers from has changed. The bound is for what nobody thought of.
const answersLast = time.Hour

// answers are what apt said at one look about the packages that were installed or due. Looks at the same state are answered
// from them, and so is the one look after an update: when what is offered is the same, and every package is as it was or has come
// to the version that apt would have chosen, then apt would say the same of each again, after it has read all lists anew.
//
// Why that is so: apt chooses the version of the highest priority, and among equals the newest. Being installed only
// adds to a version's standing, so a chosen version stays the chosen one when it is installed, and other packages have no say.
type answers struct {
	asked        time.Time
	state        uint64 // packageState when apt was asked
	offers       uint64 // offerState, likewise
	policies     map[string]apt.Policy
	repositories map[string]fact.Origin
	used         bool // by the look after an update; the next one asks again
}

// ask asks apt for the policies of all that is installed and for the repositories, or knows both from the last look. The
// state is the packageState that is asked about.
func (m *Machine) ask(ctx context.Context, names []string, status dpkg.Status, state uint64) (answers, error) {
	now := m.opt.Now()
	offers, err := m.offerState()
	if err != nil {
		return answers{}, err
	}
	m.mu.Lock()
	told := m.told
	m.told = nil
	m.mu.Unlock()
	switch {
	case told == nil:
	case told.state == state:
		if told.lasts(now) {
			return *told, nil
		}
	case told.offers == offers && told.still(status):
		return answers{policies: told.policies, repositories: told.repositories, used: true}, nil
	}
	a := answers{asked: now, state: state, offers: offers}
	if a.policies, err = m.policies(ctx, names); err != nil {
		return a, err
	}
	a.repositories, err = m.repositories(ctx)
	return a, err
}

// keep keeps what a look needs of the answers for the next one: of each package the versions that are installed and
// that apt would choose. A repository may offer many more, and an idle agent is to be small.
func (m *Machine) keep(a answers) {
	if a.used {
		return
	}
	for key, p := range a.policies {
		p.Versions = slices.DeleteFunc(slices.Clone(p.Versions), func(v apt.Version) bool { return v.Version != p.Installed && v.Version != p.Candidate })
		a.policies[key] = p
	}
	m.mu.Lock()
	m.told = &a
	m.mu.Unlock()
}

// lasts says whether the answers are young enough. Some from the future are not: a clock was set.
func (a *answers) lasts(now time.Time) bool {
	age := now.Sub(a.asked)
	return age >= 0 && age < answersLast
}

// still says whether apt would answer the same of what is installed now.
func (a *answers) still(status dpkg.Status) bool {
	return !slices.ContainsFunc(status.Packages, func(p dpkg.Package) bool {
		policy, known := a.policies[status.Key(p)]
		switch {
		case !known || p.State != "installed":
			return true
		case p.Version == policy.Installed:
			return false
		}
		// Of two that are alike by version only, apt lists first the one that is installed: which that is, is not known.
		return p.Version != policy.Candidate || count(policy.Versions, p.Version) != 1
	})
}

func count(versions []apt.Version, version string) (n int) {
	for _, v := range versions {
		if v.Version == version {
			n++
		}
	}
	return n
}
