package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// Events folds what a host reports of its run. Repetitions are harmless; after a gap nothing is taken,
// and the receipt tells the host where to begin again. An event that does not fit the state is refused:
// a host cannot talk a run into a success.
func (s *Server) Events(ctx context.Context, system string, q wire.EventsReport) (wire.EventsReceipt, error) {
	var receipt wire.EventsReceipt
	err := s.change(ctx, func(c *change) error {
		r, ok, err := c.Run(ctx, q.Order)
		if err != nil {
			return err
		}
		if !ok || r.System != system {
			return fault.Missing("Den Lauf", "run", q.Order)
		}
		state := r.State
		var fresh []run.Event
		for _, e := range q.Events {
			next, _, err := run.Apply(state, e)
			if errors.Is(err, run.ErrDuplicate) {
				continue
			}
			if errors.Is(err, run.ErrGap) {
				break
			}
			if err != nil {
				return fault.New(fault.Conflict,
					lang.Textf("Ereignis %[1]d passt nicht zum Lauf.", "Event %[1]d does not fit the run.", e.Seq), lang.Text{})
			}
			state, fresh = next, append(fresh, e)
		}
		receipt.Seq = state.Seq
		if len(fresh) == 0 {
			return nil
		}
		if r.Stage != board.Ordered && r.Stage != board.Running {
			return fault.New(fault.Conflict,
				lang.Textf("Lauf %[1]s wurde dem Host nie aufgetragen.", "Run %[1]s was never ordered from the host.", r.ID), lang.Text{})
		}
		list, err := c.AddEvents(ctx, q.Order, fresh)
		if err := c.puts(ctx, list, err); err != nil {
			return err
		}
		r.State, r.Stage = state, board.Running
		if state.Ended {
			r.Stage, r.Outcome, r.Ended = board.Over, state.Outcome, c.at
			v := ended(state)
			r.Sentence = v.Sentence(r.System)
			st, err := c.AddVerdict(ctx, r.ID, v, c.at)
			if err := c.put(ctx, st, err); err != nil {
				return err
			}
			if !state.Written {
				if err := c.freeOrders(ctx, r.ID); err != nil {
					return err
				}
			}
			if err := c.measured(ctx, r); err != nil {
				return err
			}
			c.wake(topicHost(system))
		}
		st, err := c.UpdateRun(ctx, r, r.Version)
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
		c.wake(topicRun(r.ID))
		if r.Stage == board.Over {
			return c.settled(ctx, r)
		}
		return nil
	})
	if err != nil {
		return receipt, fmt.Errorf("events of %s: %w", q.Order, err)
	}
	return receipt, nil
}

// ended is the verdict of an ended run; a refused order may come without one.
func ended(state run.State) verdict.Verdict {
	if state.Verdict != nil {
		return *state.Verdict
	}
	v := verdict.Verdict{Outcome: state.Outcome}
	if f := state.Failure; f != nil {
		v.Reasons = []verdict.Reason{{Code: f.Code, Text: lang.T(f.Detail, f.Detail)}}
	}
	return v
}
