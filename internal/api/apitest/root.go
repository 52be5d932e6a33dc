package apitest

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// RootAccess is a system on which somebody has become root since.
func (b *Backend) RootAccess(_ context.Context, system string) (board.RootAccess, error) {
	if system != "db1" {
		return board.RootAccess{}, fault.Missing("Das System", "system", system)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	root := fact.Holder{Way: fact.ByAccount, Who: "root", From: "/etc/passwd"}
	anna := fact.Holder{Way: fact.ByGroup, Who: "anna (sudo)", From: "/etc/group"}
	out := board.RootAccess{System: system, Watched: true, Now: []fact.Holder{root, anna}, New: []fact.Holder{anna}, Accepted: Now, By: "patchwart", Reason: "as found when the agent first reported"}
	if b.rootBy != "" {
		out.New, out.By, out.Reason = nil, b.rootBy, b.rootReason
	}
	return out, nil
}

// AcceptRoot accepts her.
func (b *Backend) AcceptRoot(ctx context.Context, system, by, reason string) (board.RootAccess, error) {
	b.mu.Lock()
	b.rootBy, b.rootReason = by, reason
	b.mu.Unlock()
	return b.RootAccess(ctx, system)
}
