package server

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	// overdue is how long after its limit a run may be quiet before it counts as unknown.
	overdue = 15 * time.Minute
	// watchFor is how long Watch waits for news.
	watchFor = 25 * time.Second
)

// runRow is a run as lists show it. A run whose host has been quiet for too long is shown as unknown:
// it stays open, so that nothing else is begun on that host, and settles when the host is heard again.
func (s *Server) runRow(r store.Run, e estate.Estate) board.RunRow {
	row := board.RunRow{
		ID: r.ID, System: r.System, Customer: r.Customer, Stage: r.Stage, Outcome: r.Outcome, Sentence: r.Sentence,
		Ground: r.Ground, Packages: r.Packages, Slot: r.Slot, Zone: r.Zone, Created: r.Created,
		Began: r.State.Begun, EndedAt: r.Ended, Measure: r.Measure, Lift: r.Lift,
	}
	if c, ok := e.Customer(r.Customer); ok {
		row.Customer = c.Name
	}
	if r.Stage != board.Running {
		return row
	}
	row.Step = r.State.Step
	row.Sentence = stepSentence(r.State.Step)
	if r.Measure != "" {
		row.Sentence = measureSentence(r.State.Step)
	}
	if quiet := s.now().Sub(r.State.Last); quiet > s.config.RunLimit+overdue {
		row.Outcome = verdict.Unknown
		row.Sentence = lang.Textf("%[1]s hat sich seit %[2]s nicht gemeldet; wie der Lauf steht, ist ungeklärt.",
			"%[1]s has been silent for %[2]s; how the run stands cannot be told.", r.System, quiet.Round(time.Minute).String())
	}
	return row
}

func stepSentence(step run.Step) lang.Text {
	switch step {
	case run.Prechecking:
		return lang.T("Vorprüfung: Ist alles da, passt der Auftrag?", "Pre-check: is everything there, does the order fit?")
	case run.Fetching:
		return lang.T("Pakete werden geladen und geprüft.", "Packages are downloaded and verified.")
	case run.Saving:
		return lang.T("Der vorherige Zustand wird gesichert.", "The previous state is saved.")
	case run.Applying:
		return lang.T("Die Updates werden eingespielt.", "The updates are applied.")
	case run.Settling:
		return lang.T("Dienste werden einmal neu gestartet.", "Services are restarted once.")
	case run.Rebooting:
		return lang.T("Der Host wird neu gestartet, wie es der Auftrag erlaubt.", "The host is rebooted, as the order permits.")
	case run.Verifying:
		return lang.T("Nachtest: Ist alles wie vorher, nur neu?", "Post-check: is everything as before, only new?")
	case run.Restoring:
		return lang.T("Der vorherige Zustand wird wiederhergestellt.", "The previous state is restored.")
	}
	return lang.T("Der Host hat den Auftrag.", "The host has the order.")
}

// measureSentence says the steps of a measure, where they differ.
func measureSentence(step run.Step) lang.Text {
	switch step {
	case run.Applying:
		return lang.T("Die Maßnahme wird ausgeführt.", "The measure is carried out.")
	case run.Verifying:
		return lang.T("Nachtest: Greift die Maßnahme, und ist sonst alles wie vorher?", "Post-check: does the measure take hold, and is everything else as before?")
	}
	return stepSentence(step)
}

// Runs lists runs, newest first.
func (s *Server) Runs(ctx context.Context, f board.RunFilter) ([]board.RunRow, error) {
	var rows []board.RunRow
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		runs, err := tx.Runs(ctx, f)
		for _, r := range runs {
			rows = append(rows, s.runRow(r, e))
		}
		return err
	})
	return rows, err
}

// Run is one run whole.
func (s *Server) Run(ctx context.Context, id string) (board.Run, error) {
	var out board.Run
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		r, ok, err := tx.Run(ctx, id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Missing("Den Lauf", "run", id)
		}
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		out = board.Run{RunRow: s.runRow(r, e), State: r.State, Policy: r.Policy, Mandate: r.Mandate}
		if err := s.papers(ctx, tx, id, &out); err != nil {
			return err
		}
		if w, ok, err := tx.WorkOrder(ctx, id); err != nil {
			return err
		} else if ok {
			out.WorkOrder, out.NotBefore, out.NotAfter = w.Digest, r.Slot.From, r.Slot.To
		}
		if out.Events, err = tx.Steps(ctx, id); err != nil {
			return err
		}
		if out.Lines, err = tx.Lines(ctx, id, board.MaxLines); err != nil {
			return err
		}
		if v, _, ok, err := tx.Verdict(ctx, id); err != nil {
			return err
		} else if ok {
			out.State.Verdict = &v // runs that the host never began have one, too
		}
		out.Times, out.Whole, err = usual(ctx, tx, r)
		out.Usual = map[run.Step]int64{}
		for step, u := range out.Times {
			out.Usual[step] = u.MedianMillis
		}
		return err
	})
	return out, err
}

// papers fills in what was previewed, ordered, left out, and on which grounds.
func (s *Server) papers(ctx context.Context, tx *store.Tx, id string, out *board.Run) error {
	preview, ok, err := tx.Paper(ctx, id, store.Planning)
	if err != nil {
		return err
	}
	decided := preview
	if ok {
		out.Preview, out.Changes = preview.Changes, preview.Changes
	}
	closing, ok, err := tx.Paper(ctx, id, store.Closing)
	if err != nil {
		return err
	}
	if ok {
		decided, out.Changes = closing, closing.Changes
	}
	out.LeftOut = decided.LeftOut
	out.Grounds = decided.Grounds()
	return nil
}

// Watch waits for news of a run: events after a sequence number, or another stage. It answers at once
// when there is something, and with nothing after 25 seconds.
func (s *Server) Watch(ctx context.Context, id string, after int64) (board.Progress, error) {
	timer := time.NewTimer(watchFor)
	defer timer.Stop()
	for {
		woken := s.hub.next(topicRun(id))
		var out board.Progress
		err := s.store.Read(ctx, func(tx *store.Tx) error {
			r, ok, err := tx.Run(ctx, id)
			if err != nil {
				return err
			}
			if !ok {
				return fault.Missing("Den Lauf", "run", id)
			}
			e, err := tx.Estate(ctx)
			if err != nil {
				return err
			}
			out.Row, out.State = s.runRow(r, e), r.State
			if out.Times, out.Whole, err = usual(ctx, tx, r); err != nil {
				return err
			}
			out.Events, err = tx.Events(ctx, id, after, 500)
			return err
		})
		if err != nil || len(out.Events) > 0 || out.Row.Stage == board.Over {
			return out, err
		}
		select {
		case <-woken:
		case <-timer.C:
			return out, nil
		case <-ctx.Done():
			return out, nil
		}
	}
}
