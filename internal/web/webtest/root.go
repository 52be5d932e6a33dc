package webtest

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// root gives a system those who have always been root on it.
func (m maker) root(s *board.System) {
	s.Facts.Root = []fact.Holder{
		{Way: fact.ByAccount, Who: "root", From: "/etc/passwd"},
		{Way: fact.ByKey, Who: "root: SHA256:kq3rLXJ0GCPh4Ft8qGf1w0V5P2jS5yT0cU6o9hQm2dA bereit@hoster.example", From: "/root/.ssh/authorized_keys"},
	}
	s.Root = board.RootAccess{System: s.Name, Watched: s.Held.System.AdminAccess == policy.AdminAccessProvider, Now: s.Facts.Root,
		Accepted: m.before(90 * 24 * time.Hour), By: "ida", Reason: "Ticket 4711"}
}

// intruder has become root on a system since, and a package brought new configuration there.
func intruder(m maker, b *Backend) {
	s := m.system(Intruded, nordlicht, advanced())
	eva := fact.Holder{Way: fact.ByGroup, Who: "eva (sudo)", From: "/etc/group"}
	s.Facts.Root = append(s.Facts.Root, eva)
	s.Facts.Conffiles = []fact.Conffile{
		{Path: "/etc/nginx/nginx.conf", Offered: "/etc/nginx/nginx.conf.dpkg-dist", Diff: "--- /etc/nginx/nginx.conf\n+++ /etc/nginx/nginx.conf.dpkg-dist\n@@ -1,3 +1,3 @@\n user www-data;\n-worker_processes 4;\n+worker_processes auto;\n"},
		{Path: "/etc/redis/redis.conf", Offered: "/etc/redis/redis.conf.dpkg-dist"},
	}
	s.Root.Now, s.Root.New = s.Facts.Root, []fact.Holder{eva}
	b.enter(s)
	b.board.Drift = append(b.board.Drift, board.Drift{System: s.Name, Customer: s.Customer, New: s.Root.New})
	b.board.Merge = append(b.board.Merge, board.Merge{System: s.Name, Customer: s.Customer, Files: s.Facts.Conffiles})
}

// AcceptRoot accepts who can become root on a system.
func (b *Backend) AcceptRoot(_ context.Context, system, by, reason string) (board.RootAccess, error) {
	if by == "" || reason == "" {
		return board.RootAccess{}, fault.New(fault.Invalid, lang.T("Es fehlt, wer das bestätigt und warum.", "It does not say who accepts it and why."), lang.Text{})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.systems {
		if s.Name == system {
			s.Root.New, s.Root.By, s.Root.Reason = nil, by, reason
			return s.Root, nil
		}
	}
	return board.RootAccess{}, fault.Missing("Das System", "system", system)
}
