package server

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/simulation"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

// Simulate tells what a version that is not published yet would change for the systems whose contracts are
// under a version of the same name, and which promises it would break on its first day.
func (s *Server) Simulate(ctx context.Context, name string, text []byte) (simulation.Report, error) {
	next, err := policy.Parse(name, text)
	if err != nil {
		return simulation.Report{}, err
	}
	at := s.now()
	var subjects []simulation.Subject
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		agents, err := agentsByName(ctx, tx)
		if err != nil {
			return err
		}
		sh := s.shelf()
		for _, sys := range e.Systems {
			sub, err := s.subject(ctx, tx, e, sys.Name)
			if err != nil {
				return err
			}
			contract := sub.held.Contract
			if d, ok := sh.version(contract.Policy); contract.Policy != next.Name && (!ok || d.Version.Name != next.Name) {
				continue // under another policy altogether
			}
			one := simulation.Subject{Held: sub.held, Now: sub.version}
			one.Next = sh.lay(next, contract.Agreements, s.dayFor(sub.held, at)).version
			if sub.facts != nil {
				one.Findings = finding.Due(*sub.facts)
			}
			_, one.Enrolled = agents[sys.Name]
			if one.LastSuccess, err = lastSuccess(ctx, tx, sys.Name); err != nil {
				return err
			}
			subjects = append(subjects, one)
		}
		return nil
	})
	if err != nil {
		return simulation.Report{}, err
	}
	return simulation.Run(subjects, next, at), nil
}

// lastSuccess is when a run on the system last ended well; zero when none of the newest did.
func lastSuccess(ctx context.Context, tx *store.Tx, system string) (time.Time, error) {
	runs, err := tx.Runs(ctx, board.RunFilter{System: system, Limit: 100})
	if err != nil {
		return time.Time{}, err
	}
	for _, r := range runs { // newest first
		if r.Outcome == verdict.Succeeded {
			return r.Ended, nil
		}
	}
	return time.Time{}, nil
}
