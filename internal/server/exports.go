package server

import (
	"bytes"
	"context"
	"slices"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/export"
	"github.com/patchwart/patchwart/internal/store"
)

// Export writes the software of a system, and what is known about its holes, for other tools.
func (s *Server) Export(ctx context.Context, system string, form board.ExportForm) (board.Document, error) {
	var out board.Document
	if !slices.Contains(board.AllExportForms(), form) {
		return out, fault.New(fault.Invalid, lang.Textf("„%[1]s“ ist keine Form; möglich sind sbom, vex und openvex.", `"%[1]s" is no form; possible are sbom, vex and openvex.`, string(form)), lang.Text{})
	}
	var sys export.System
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		sys, err = s.exported(ctx, tx, system)
		return err
	}); err != nil {
		return out, err
	}
	var b bytes.Buffer
	var err error
	out.Type = "application/vnd.cyclonedx+json; version=1.6"
	switch form {
	case board.ExportSBOM:
		err = export.SBOM(&b, sys)
	case board.ExportVEX:
		err = export.VEX(&b, sys)
	case board.ExportOpenVEX:
		out.Type = "application/json"
		err = export.OpenVEX(&b, sys, "patchwart")
	}
	out.Name, out.Text = system+"."+string(form)+".json", b.Bytes()
	return out, err
}

// exported gathers what is written about a system: what its host reported, its open holes, and those that its
// clocks closed.
func (s *Server) exported(ctx context.Context, tx *store.Tx, system string) (export.System, error) {
	e, err := tx.Estate(ctx)
	if err != nil {
		return export.System{}, err
	}
	held, ok := e.Held(system)
	if !ok {
		return export.System{}, fault.Missing("Das System", "system", system)
	}
	row, ok, err := tx.Facts(ctx, system)
	if err != nil {
		return export.System{}, err
	}
	if !ok {
		return export.System{}, fault.New(fault.Conflict, lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet."), lang.Text{})
	}
	list, err := tx.ClocksOf(ctx, system)
	if err != nil {
		return export.System{}, err
	}
	k, inv, now := s.knows.Load(), inventoryOf(row.Facts), s.local(held, s.now())
	sys := export.System{Name: system, Release: inv.Release, At: row.Observed, Packages: inv.Packages}
	clocks := map[hole]*clock.Clock{}
	papers := map[hole]clockPaper{}
	for _, c := range list {
		p, err := paperOf(c)
		if err != nil {
			return sys, err
		}
		state := clock.State(now, p.Times, p.Duty)
		clocks[hole{p.Release, c.Source, c.CVE}], papers[hole{p.Release, c.Source, c.CVE}] = &state, p
	}
	for _, m := range k.shelf.Index.Match(inv) {
		for _, h := range m.Holes {
			id := hole{inv.Release, m.Source, h.CVE}
			one := export.Hole{CVE: h.CVE, Source: m.Source, Version: m.Version, Fixed: h.Fixed, State: h.State, Binaries: m.Binaries, Rating: k.rate(s, id), Clock: clocks[id]}
			delete(clocks, id)
			if d, ok := k.shelf.Hole(h.CVE); ok {
				one.Title, one.Published = d.Title, d.Published
			}
			f := exception.Finding{Advisories: k.names(h.CVE), System: system, Customer: held.Customer.ID, Level: one.Rating.Level}
			if e, why := exception.Covering(now, k.exceptions, f, exception.DefaultLimits()); e != nil {
				one.Note = why[0]
			}
			sys.Holes = append(sys.Holes, one)
		}
	}
	for id, c := range clocks { // closed: the host does not have them any more
		p := papers[id]
		sys.Holes = append(sys.Holes, export.Hole{CVE: id.cve, Title: p.Title, Published: p.Times.Published, Source: id.source, Version: p.Version, Fixed: p.Fixed,
			State: advisory.Fixed, Binaries: p.Binaries, Rating: p.Rating, Clock: c})
	}
	return sys, nil
}
