package server

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/store"
)

// knowledge is what all feeds together say, read from the publications in force. It is made anew when
// one changes, and never changed itself.
type knowledge struct {
	shelf *dossier.Shelf
	rules *severity.Rules

	mu      sync.Mutex
	ratings map[hole]severity.Rating
}

// hole is a CVE in a source package of a release: what a rating may depend on.
type hole struct{ release, source, cve string }

func newKnowledge(shelf *dossier.Shelf) *knowledge {
	return &knowledge{shelf: shelf, rules: severity.Default(), ratings: map[hole]severity.Rating{}}
}

// rate rates a hole, once.
func (k *knowledge) rate(s *Server, h hole) severity.Rating {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r, ok := k.ratings[h]; ok {
		return r
	}
	d, ok := k.shelf.Hole(h.cve)
	if !ok {
		d = &dossier.Dossier{CVE: h.cve}
	}
	r := severity.Rate(s.now(), d.Evidence(h.release, h.source), k.rules, nil)
	k.ratings[h] = r
	return r
}

// learn reads the publications in force. One that is damaged is an error: without it, holes would be
// missing.
func (s *Server) learn(ctx context.Context, tx *store.Tx) (*knowledge, error) {
	list, err := tx.Publications(ctx)
	if err != nil {
		return nil, err
	}
	b := dossier.NewBuilder()
	last := ""
	for _, p := range list { // by feed, newest first
		if p.Feed == last {
			continue
		}
		last = p.Feed
		text, ok, err := tx.PublicationText(ctx, p)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("the text of the feed %q is missing", p.Feed)
		}
		if _, err := b.Read(format.Kind(p.Kind), bytes.NewReader(text)); err != nil {
			return nil, fmt.Errorf("feed %q: %w", p.Feed, err)
		}
	}
	return newKnowledge(b.Build()), nil
}

// inventoryOf is what of a host's facts is matched. Kernel images of a host that shares its kernel with
// the machine it runs on are files that never run.
func inventoryOf(f fact.Facts) advisory.Inventory {
	codename, _ := debian.Codename(f.OS.Codename)
	inv := advisory.Inventory{Release: codename, Kernel: f.Kernel.Running, Packages: make([]debian.Installed, 0, len(f.Packages))}
	for _, p := range f.Packages {
		if f.Kernel.Container && debian.ImageOf(p.Name) != "" {
			continue
		}
		one := debian.Installed{Name: p.Name, Arch: p.Arch, Version: p.Version}
		source := p.Source
		if source != "" && p.SourceVersion != "" {
			source += " (" + p.SourceVersion + ")"
		}
		one.Source, one.SourceVersion = debian.Origin(p.Name, p.Version, source)
		inv.Packages = append(inv.Packages, one)
	}
	return inv
}
