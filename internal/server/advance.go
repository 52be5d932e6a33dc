package server

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/engine"
	"github.com/patchwart/patchwart/internal/store"
)

// The kinds of jobs. Each is one short step that reads what is, and does what the stage asks for:
// doing it twice does nothing twice.
const (
	jobAdvance     engine.Kind = "advance"     // key: run ID
	jobPlan        engine.Kind = "plan"        // plan all systems
	jobCheckpoint  engine.Kind = "checkpoint"  // sign the record's size and root
	jobSurvey      engine.Kind = "survey"      // ask hosts with old package lists to refresh
	jobAssess      engine.Kind = "assess"      // key: system; look for critical holes on it
	jobMeasure     engine.Kind = "measure"     // key: mitigation; have it put in place or taken back
	jobLetter      engine.Kind = "letter"      // key: letter; send it
	jobReconsider  engine.Kind = "reconsider"  // a ruling about a hole has ended: look at every system again
	jobLifecycle   engine.Kind = "lifecycle"   // say what has become due about systems that near their end
	jobOrder       engine.Kind = "order"       // key: order; it expires when nobody has answered
	jobAppointment engine.Kind = "appointment" // key: appointment; it expires when nobody has answered
	jobClocks      engine.Kind = "clocks"      // say what has become due about critical holes
	jobRounds      engine.Kind = "rounds"      // begin and end campaigns whose time has come, and say what is overdue
	jobNotices     engine.Kind = "notices"     // say what has become due about work on systems
	jobWebhook     engine.Kind = "webhook"     // key: delivery; make it
	jobForget      engine.Kind = "forget"      // drop what was delivered long ago
)

// lookAgain is how often a run that waits for its host is looked at. The host's answer takes it up at
// once; this is for hosts that do not answer.
const lookAgain = 20 * time.Second

// newEngine makes the engine with what its jobs do.
func (s *Server) newEngine(ctx context.Context) (*engine.Engine, error) {
	periodic := []engine.Periodic{{Kind: jobCheckpoint, Every: time.Minute}, {Kind: jobClocks, Every: time.Minute}, {Kind: jobRounds, Every: time.Minute}, {Kind: jobLifecycle, Every: time.Hour},
		{Kind: jobNotices, Every: notice.Early / 3}, {Kind: jobForget, Every: 24 * time.Hour}}
	if s.config.PlanEvery > 0 {
		periodic = append(periodic, engine.Periodic{Kind: jobPlan, Every: s.config.PlanEvery})
	}
	if s.config.Refresh > 0 {
		periodic = append(periodic, engine.Periodic{Kind: jobSurvey, Every: min(s.config.Refresh, 5*time.Minute)})
	}
	return engine.New(ctx, engine.Options{
		Path: s.store.Path(), Log: s.log, Periodic: periodic, Long: map[engine.Kind]time.Duration{jobPlan: planLimit},
		Handlers: map[engine.Kind]engine.Handler{
			jobAdvance: s.advance,
			jobPlan: func(ctx context.Context, system string) (time.Duration, error) {
				_, err := s.Plan(ctx, system, false)
				return 0, err
			},
			jobAssess: func(ctx context.Context, system string) (time.Duration, error) {
				_, err := s.assess(ctx, system)
				return 0, err
			},
			jobMeasure: s.haveMeasure,
			jobLetter:  s.send,
			jobOrder:   s.lapse,
			jobAppointment: func(ctx context.Context, id string) (time.Duration, error) {
				return 0, s.change(ctx, func(c *change) error { return c.lapseAppointment(ctx, id) })
			},
			jobWebhook:    s.deliver,
			jobForget:     func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.forget(ctx) },
			jobReconsider: func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.reconsider(ctx) },
			jobClocks:     func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.tick(ctx) },
			jobRounds:     func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.rounds(ctx) },
			jobNotices:    func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.remind(ctx) },
			jobLifecycle:  func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.announce(ctx) },
			jobSurvey:     func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.survey(ctx) },
			jobCheckpoint: func(ctx context.Context, _ string) (time.Duration, error) { return 0, s.checkpoint(ctx) },
		},
		Exhausted: s.keepTrying,
	})
}

// keepTrying has a job that failed again and again tried anew later: a run must not be forgotten because
// the disk was full for half an hour.
func (s *Server) keepTrying(ctx context.Context, job engine.Job, last error) error {
	s.log.Error("a job keeps failing; it is tried again in five minutes", "kind", job.Kind, "key", job.Key, "error", last)
	return s.change(ctx, func(c *change) error { return c.enqueue(ctx, job.Kind, job.Key, c.at.Add(5*time.Minute)) })
}

// survey asks every enrolled host whose package lists are older than the configured age to refresh them:
// what is due is only known from fresh lists. A host with a run under way is left alone.
func (s *Server) survey(ctx context.Context) error {
	return s.change(ctx, func(c *change) error {
		agents, err := c.Agents(ctx)
		if err != nil {
			return err
		}
		for _, a := range agents {
			last, err := c.Refresh(ctx, a.System)
			if err != nil {
				return err
			}
			if c.at.Sub(last.AskedAt) < s.config.Refresh {
				continue
			}
			if _, busy, err := c.ActiveRun(ctx, a.System); err != nil || busy {
				if err != nil {
					return err
				}
				continue
			}
			id, err := newID("f", c.at)
			if err != nil {
				return err
			}
			if err := c.AskRefresh(ctx, a.System, id, c.at); err != nil {
				return err
			}
			c.wake(topicHost(a.System))
		}
		return nil
	})
}

// pickUp enqueues every run that is not over: after a crash, or after a job was given up, nothing is
// lost. A run whose job is still there gets no second one.
func (s *Server) pickUp(ctx context.Context) error {
	return s.change(ctx, func(c *change) error {
		runs, err := c.ActiveRuns(ctx)
		if err != nil {
			return err
		}
		for _, r := range runs {
			at := c.at
			if r.Stage == board.Planned {
				at = r.Slot.From
			}
			if err := c.enqueue(ctx, jobAdvance, r.ID, at); err != nil {
				return err
			}
		}
		return nil
	})
}

// advance takes one run one step further. again > 0 asks to be called again after that time.
func (s *Server) advance(ctx context.Context, id string) (again time.Duration, err error) {
	err = s.change(ctx, func(c *change) error {
		r, ok, err := c.Run(ctx, id)
		if err != nil || !ok {
			return err
		}
		switch r.Stage {
		case board.Planned:
			again, err = c.begin(ctx, r)
		case board.Asked:
			again, err = c.heard(ctx, r)
		}
		return err
	})
	if errors.Is(err, store.ErrStale) { // somebody else took it further meanwhile
		return time.Second, nil
	}
	return again, err
}

// begin asks the host to refresh and report, once the slot has come. A slot that can no longer hold
// the run (the server was down) is given up for the next one.
func (c *change) begin(ctx context.Context, r store.Run) (time.Duration, error) {
	if wait := r.Slot.From.Sub(c.at); wait > 0 {
		return wait, nil
	}
	// A freeze may have been set, or an override have ended, since the run was planned.
	if moved, err := c.atTheDoor(ctx, r); err != nil || moved {
		return lookAgain, err
	}
	left, err := c.fits(ctx, r)
	if err != nil {
		return 0, err
	}
	if !left {
		return c.postpone(ctx, r)
	}
	if held, err := c.gate(ctx, r); err != nil || held {
		return heldFor, err
	}
	if r.Measure != "" { // what is due does not matter to it
		return 0, c.closeMeasure(ctx, r)
	}
	if err := c.AskRefresh(ctx, r.System, questionOf(r), c.at); err != nil {
		return 0, err
	}
	r.Stage = board.Asked
	r.Sentence = lang.T("Der Host wird gefragt, was jetzt fällig ist.", "The host is asked what is due now.")
	st, err := c.UpdateRun(ctx, r, r.Version)
	if err := c.put(ctx, st, err); err != nil {
		return 0, err
	}
	c.wake(topicHost(r.System), topicRun(r.ID))
	return lookAgain, nil
}

// heard closes the order when the host has refreshed and reported, and waits otherwise, as long as the
// slot allows.
func (c *change) heard(ctx context.Context, r store.Run) (time.Duration, error) {
	refresh, err := c.Refresh(ctx, r.System)
	if err != nil {
		return 0, err
	}
	left, err := c.fits(ctx, r)
	if err != nil {
		return 0, err
	}
	switch {
	case !left:
		return c.postpone(ctx, r)
	case !strings.HasPrefix(refresh.Asked, r.ID): // another question replaced ours
		return lookAgain, c.AskRefresh(ctx, r.System, questionOf(r), c.at)
	case refresh.Done == refresh.Asked:
		if held, err := c.gate(ctx, r); err != nil || held {
			return heldFor, err
		}
		return 0, c.closeOrder(ctx, r)
	}
	return lookAgain, nil
}

// questionOf names the question that a run puts to its host. A run that was held after the answer asks anew: the
// answer has to be of now.
func questionOf(r store.Run) string { return r.ID + "." + strconv.FormatInt(r.Version, 10) }

// fits reports whether the run's slot still holds what the run is expected to take.
func (c *change) fits(ctx context.Context, r store.Run) (bool, error) {
	past, err := c.Runs(ctx, board.RunFilter{System: r.System, Limit: 20})
	if err != nil {
		return false, err
	}
	return r.Slot.To.Sub(c.at) >= estimate(past), nil
}

// postpone gives the run the next slot (obstacle 18: a host that was away is caught up at the next
// permitted one). Without any slot the run ends as deferred.
func (c *change) postpone(ctx context.Context, r store.Run) (time.Duration, error) {
	// The slot that was missed is over for this run, even where a rest of it is left.
	return lookAgain, c.again(ctx, r, r.Slot.To)
}

// endHere ends a run that the host has not begun.
func (c *change) endHere(ctx context.Context, r store.Run, outcome verdict.Outcome, code string, why lang.Text) error {
	v := verdict.Verdict{Outcome: outcome, Reasons: []verdict.Reason{{Code: code, Text: why}}}
	st, err := c.AddVerdict(ctx, r.ID, v, c.at)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	r.Stage, r.Outcome, r.Ended, r.Sentence = board.Over, outcome, c.at, v.Sentence(r.System)
	st, err = c.UpdateRun(ctx, r, r.Version)
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	c.wake(topicRun(r.ID), topicHost(r.System))
	if err := c.freeOrders(ctx, r.ID); err != nil {
		return err
	}
	if err := c.settled(ctx, r); err != nil {
		return err
	}
	return c.measured(ctx, r)
}

// freeOrders gives the customer's orders back that a run could not make use of: nothing was done, so
// they still stand.
func (c *change) freeOrders(ctx context.Context, id string) error {
	paper, ok, err := c.Paper(ctx, id, store.Closing)
	if err != nil || !ok {
		return err
	}
	for _, o := range paper.Orders() {
		current, ok, err := c.Order(ctx, o.ID)
		if err != nil {
			return err
		}
		if !ok || current.Used != id {
			continue
		}
		st, err := c.FreeOrder(ctx, o.ID, id)
		if err := c.put(ctx, st, err); err != nil {
			return err
		}
	}
	return nil
}
