package server

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/advisory/format"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/store"
)

// knowledge is what all feeds together say, read from the publications in force. It is made anew when
// one changes, and never changed itself.
type knowledge struct {
	shelf      *dossier.Shelf
	life       *lifecycle.Table
	rules      *severity.Rules
	overrides  []severity.Override
	exceptions []exception.Exception

	mu      sync.Mutex
	ratings map[hole]severity.Rating
}

// hole is a CVE in a source package of a release: what a rating may depend on.
type hole struct{ release, source, cve string }

// know puts together what the shelf says and what people decided about it.
func know(ctx context.Context, tx *store.Tx, shelf *dossier.Shelf, life *lifecycle.Table) (*knowledge, error) {
	k := &knowledge{shelf: shelf, life: life, rules: severity.Default(), ratings: map[hole]severity.Rating{}}
	said, err := overrides(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, o := range said {
		k.overrides = append(k.overrides, o.Override)
	}
	k.exceptions, err = exceptions(ctx, tx)
	return k, err
}

// names are the names of a hole: the CVE, the advisories about it, and other publishers' names for it.
func (k *knowledge) names(cve string) []string {
	names := []string{cve}
	if d, ok := k.shelf.Hole(cve); ok {
		for _, s := range d.Advisories {
			names = append(names, s.ID)
		}
		names = append(names, d.Aliases...)
	}
	return names
}

// rate rates a hole, once; one that an operator rated otherwise anew each time, because that lapses.
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
	r := severity.Rate(s.now(), d.Evidence(h.release, h.source), k.rules, k.overrides)
	if r.Override == nil {
		k.ratings[h] = r
	}
	return r
}

// learn reads the publications in force. One that is damaged is an error: without it, holes would be
// missing.
func (s *Server) learn(ctx context.Context, tx *store.Tx) (*knowledge, error) {
	list, err := tx.Publications(ctx)
	if err != nil {
		return nil, err
	}
	b := newReader()
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
		if _, err := b.read(p.Kind, p.Feed, p.Accepted, text); err != nil {
			return nil, fmt.Errorf("feed %q: %w", p.Feed, err)
		}
	}
	return know(ctx, tx, b.holes.Build(), b.life.Build())
}

// reader reads publications of all kinds: about holes, and about lifecycles.
type reader struct {
	holes *dossier.Builder
	life  lifecycle.Builder
}

func newReader() *reader { return &reader{holes: dossier.NewBuilder()} }

// detect tells the format of a publication.
func detect(text []byte) (string, error) {
	if kind, ok := lifecycle.Detect(text); ok {
		return string(kind), nil
	}
	kind, err := dossier.Detect(bytes.NewReader(text))
	return string(kind), err
}

// read takes a publication of a feed in that was accepted at a time.
func (r *reader) read(kind, feed string, at time.Time, text []byte) (dossier.Read, error) {
	if _, ok := lifecycle.Detect(text); !ok {
		return r.holes.Read(format.Kind(kind), bytes.NewReader(text))
	}
	records, skipped, err := r.life.Add(lifecycle.Kind(kind), feed, at, text)
	return dossier.Read{Records: records, Skipped: skipped}, err
}

// inventoryOf is what of a host's facts is matched. Kernels of a host that shares its kernel with
// the machine it runs on are files that never run.
func inventoryOf(f fact.Facts) advisory.Inventory {
	codename, _ := debian.Release(f.OS.Codename)
	inv := advisory.Inventory{Release: codename, Kernel: f.Kernel.Running, Packages: make([]debian.Installed, 0, len(f.Packages))}
	for _, p := range f.Packages {
		if f.Kernel.Container && debian.KernelOf(p.Name) != "" {
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
