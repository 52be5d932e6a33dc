package server

import (
	"cmp"
	"context"
	"slices"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/store"
)

// Helpdesk tells whether a help desk is read, and what of it is believed. Nothing of its credentials is told.
func (s *Server) Helpdesk(ctx context.Context) (board.DeskState, error) {
	h := s.config.Helpdesk
	if h == nil {
		return board.DeskState{}, nil
	}
	out := board.DeskState{Name: h.Name, Trusted: h.Trusted, Signatures: h.LookupTXT != nil, Accounts: len(h.Accounts), Hook: h.Hook != nil, EveryMS: h.Every.Milliseconds()}
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		_, out.Begun, err = tx.DeskCursor(ctx, h.Name)
		return err
	})
	return out, err
}

// CustomerNames are the customers by their names.
func (s *Server) CustomerNames(ctx context.Context) ([]board.CustomerName, error) {
	out := []board.CustomerName{}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		for _, c := range e.Customers {
			out = append(out, board.CustomerName{ID: c.ID, Name: c.Name})
		}
		return err
	})
	slices.SortFunc(out, func(a, b board.CustomerName) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return out, err
}
