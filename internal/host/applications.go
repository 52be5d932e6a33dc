package host

import (
	"context"
	"slices"
	"time"

	found "github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/host/application"
)

const (
	// applicationsEvery is how often web applications are looked for: customers change them when they like,
	// and a look at a hundred thousand files takes about a second.
	applicationsEvery = time.Hour
	// applicationsWithin bounds a look on a slow disk.
	applicationsWithin = 20 * time.Second
)

// inventory is what was found last.
type inventory struct {
	at    time.Time
	list  []found.Found
	whole bool
}

// applications are the web applications and images on the host. A look that could not see everything does
// not make forgotten what an earlier one saw.
func (m *Machine) applications(ctx context.Context) (list []found.Found, partial bool) {
	m.mu.Lock()
	known := m.apps
	m.mu.Unlock()
	now := m.opt.Now()
	if age := now.Sub(known.at); !known.at.IsZero() && age >= 0 && age < applicationsEvery {
		return slices.Clone(known.list), !known.whole
	}
	ctx, cancel := context.WithTimeout(ctx, applicationsWithin)
	defer cancel()
	seen, _, whole := application.Find(ctx, m.opt.Root, application.Usual(), application.Limits{})
	if !whole {
		for _, f := range known.list {
			if !slices.Contains(seen, f) {
				seen = append(seen, f)
			}
		}
		slices.SortFunc(seen, found.Compare)
	}
	m.mu.Lock()
	m.apps = inventory{at: now, list: seen, whole: whole}
	m.mu.Unlock()
	return slices.Clone(seen), !whole
}
