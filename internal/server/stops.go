package server

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/store"
)

// The kinds of notices about campaigns.
const (
	noticeHalted   = "halted"   // too many failed: nothing more begins
	noticeUnsigned = "unsigned" // a round is over, and systems are missing
)

// mostStops bounds the lifted stops that are shown.
const mostStops = 50

// Halt lets nothing more begin, in a campaign or anywhere. What has begun on a host comes to its end: a host is
// never left in the middle. It holds as soon as it is answered.
func (s *Server) Halt(ctx context.Context, q board.StopRequest) (board.Standstill, error) {
	err := s.change(ctx, func(c *change) error {
		by, reason := strings.TrimSpace(q.By), strings.TrimSpace(q.Reason)
		if by == "" || reason == "" {
			return fault.New(fault.Invalid, lang.T("Zum Anhalten gehört, wer es tut und warum.", "To stop takes who does it and why."), lang.Text{})
		}
		stop := campaign.Stop{Campaign: q.Campaign, Code: wave.StoppedAll, By: by, Reason: lang.T(reason, reason), At: c.at}
		if strings.EqualFold(by, campaign.Itself) {
			return fault.New(fault.Invalid, lang.Textf("%[1]s ist keine Person.", "%[1]s is no person.", by), lang.Text{})
		}
		if q.Campaign != "" {
			stop.Code = wave.Stopped
			if _, err := c.openCampaign(ctx, q.Campaign); err != nil {
				return err
			}
		}
		held, err := stopsInForce(ctx, c.Tx)
		if err != nil {
			return err
		}
		for _, h := range held {
			if h.Campaign == q.Campaign && h.By != campaign.Itself {
				return fault.New(fault.Conflict, lang.Textf("Das hat %[1]s schon angehalten: %[2]s", "%[1]s has stopped that already: %[2]s", h.By, h.Reason), lang.Text{})
			}
		}
		return c.addStop(ctx, stop)
	})
	if err != nil {
		return board.Standstill{}, err
	}
	return s.Standstill(ctx)
}

func (c *change) addStop(ctx context.Context, stop campaign.Stop) (err error) {
	if stop.ID, err = newID("h", c.at); err != nil {
		return err
	}
	doc, err := json.Marshal(stop)
	if err != nil {
		return err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: stop.ID, Kind: store.RulingStop, About: stop.Campaign, Given: c.at, Document: doc})
	c.wake()
	return c.put(ctx, st, err)
}

// Resume lifts the stops of a campaign, or that of everything. Who, why and with whom are kept in the record.
// Failures count anew from then on.
func (s *Server) Resume(ctx context.Context, q board.ResumeRequest) (board.Standstill, error) {
	err := s.change(ctx, func(c *change) error {
		fourEyes := false
		if q.Campaign != "" {
			open, err := c.openCampaign(ctx, q.Campaign)
			if err != nil {
				return err
			}
			fourEyes = open.FourEyes()
		}
		rows, err := c.Rulings(ctx, store.RulingStop)
		if err != nil {
			return err
		}
		lifted := 0
		for _, row := range rows {
			var stop campaign.Stop
			if err := json.Unmarshal(row.Document, &stop); err != nil {
				return err
			}
			if stop.Campaign != q.Campaign || !stop.Holds() {
				continue
			}
			if stop, err = stop.Resume(q.By, q.Approved, q.Reason, fourEyes, c.at); err != nil {
				return err
			}
			if err := c.rewrite(ctx, row, stop); err != nil {
				return err
			}
			lifted++
		}
		if lifted == 0 {
			return fault.New(fault.Conflict, lang.T("Es ist nichts angehalten.", "Nothing is stopped."), lang.Text{})
		}
		if q.Campaign != "" {
			if _, err := amend(ctx, c, store.RulingCampaign, q.Campaign, missingCampaign(q.Campaign), func(p *campaignPaper) error {
				p.Campaign.Resumed = c.at
				return nil
			}); err != nil {
				return err
			}
		}
		c.wake()
		return c.release(ctx, int(^uint(0)>>1))
	})
	if err != nil {
		return board.Standstill{}, err
	}
	return s.Standstill(ctx)
}

// Stopped is the stop of everything that is in force; nil when none is.
func (s *Server) Stopped(ctx context.Context) (stop *campaign.Stop, err error) {
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		all, err := stopsInForce(ctx, tx)
		for i := range all {
			if all[i].Campaign == "" {
				stop = &all[i]
			}
		}
		return err
	})
	return stop, err
}

// Standstill tells whether everything is stopped, and what comes to its end in any case.
func (s *Server) Standstill(ctx context.Context) (board.Standstill, error) {
	out := board.Standstill{Stops: []campaign.Stop{}, Live: []board.RunRow{}}
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		all, err := documents[campaign.Stop](tx.RulingsAbout(ctx, store.RulingStop, "", mostStops))
		if err != nil {
			return err
		}
		out.Stops = append(out.Stops, all...)
		for i := range out.Stops {
			if out.Stops[i].Holds() {
				out.Stop = &out.Stops[i]
			}
		}
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		active, err := tx.ActiveRuns(ctx)
		for _, r := range active {
			if r.Stage == board.Running {
				out.Live = append(out.Live, s.runRow(r, e))
			}
		}
		return err
	})
	return out, err
}

// settled follows the end of a run: where its campaign has had too many failures, the campaign stops and people
// are told, in the same transaction; and what was held is looked at again.
func (c *change) settled(ctx context.Context, r store.Run) error {
	open, err := openCampaigns(ctx, c.Tx)
	if err != nil {
		return err
	}
	if len(open) > 0 && r.Measure == "" {
		if err := c.halt(ctx, r); err != nil {
			return err
		}
	}
	return c.release(ctx, mostReleased)
}

// halt stops the campaigns of a run's system that have used up their budget.
func (c *change) halt(ctx context.Context, r store.Run) error {
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	t, err := c.server.theatre(ctx, c.Tx, e, "")
	if err != nil {
		return err
	}
	for _, one := range t.campaigns {
		if !one.Governs(r.Urgent, c.at) || containsStop(t.stops, one.ID) {
			continue
		}
		members, err := c.server.membersOf(ctx, c.Tx, e, one)
		if err != nil {
			return err
		}
		state, err := t.standing(ctx, one, members, "")
		if err != nil {
			return err
		}
		hold, spent := state.Spent()
		if !spent || wave.Of(state.Waves, r.System) < 0 {
			continue
		}
		if err := c.addStop(ctx, campaign.Stop{Campaign: one.ID, Code: hold.Code, By: campaign.Itself, Reason: hold.Reason, At: c.at}); err != nil {
			return err
		}
		text := lang.Textf("%[1]s hält an: %[2]s Zuletzt: %[3]s.", "%[1]s stops: %[2]s Last: %[3]s.", one.Title(), hold.Reason, r.System)
		to := []clock.Role{clock.Operator}
		if one.Kind == campaign.Emergency {
			to = append(to, clock.Management)
		}
		for _, role := range to {
			if err := c.tell(ctx, r.System, noticeHalted, one.ID+c.at.String(), string(role), text); err != nil {
				return err
			}
		}
	}
	return nil
}

func containsStop(stops []campaign.Stop, id string) bool {
	for _, s := range stops {
		if s.Campaign == id {
			return true
		}
	}
	return false
}
