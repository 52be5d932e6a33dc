package server

import (
	"context"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

// End ends a round by hand, whatever is missing. How each system stands is kept, so that what nobody signed off
// (IT-31) stays visible as missing; planned runs stay planned, without waves; and no next round begins by itself.
// An emergency ends when its hole is closed, and not before (IT-33).
func (s *Server) End(ctx context.Context, q board.EndRequest) (board.Campaign, error) {
	err := s.change(ctx, func(c *change) error {
		by, reason := strings.TrimSpace(q.By), strings.TrimSpace(q.Reason)
		if by == "" || reason == "" {
			return fault.New(fault.Invalid, lang.T("Zum Beenden gehört, wer es tut und warum.", "To end it takes who does it and why."), lang.Text{})
		}
		if strings.EqualFold(by, campaign.Itself) {
			return fault.New(fault.Invalid, lang.Textf("%[1]s ist keine Person.", "%[1]s is no person.", by), lang.Text{})
		}
		open, err := c.openCampaign(ctx, q.Campaign)
		if err != nil {
			return err
		}
		if open.Kind == campaign.Emergency {
			f := fault.New(fault.Refused, lang.T("Ein Notfall endet von selbst, wenn die Lücke auf allen Systemen geschlossen ist.", "An emergency ends by itself when the hole is closed on all systems."),
				lang.T("Sie können ihn anhalten.", "You can stop it."))
			f.Rule = open.Kind.Rule()
			return f
		}
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		members, w, err := c.server.members(ctx, c.Tx, e, open)
		if err != nil {
			return err
		}
		if n := campaign.Total(members).By[campaign.Running]; n > 0 {
			return fault.New(fault.Conflict, lang.Counted(n, lang.T("An %[1]s System wird gerade gearbeitet.", "%[1]s system is being worked on right now."), lang.T("An %[1]s Systemen wird gerade gearbeitet.", "%[1]s systems are being worked on right now.")),
				lang.T("Bitte beenden Sie die Runde, wenn die Läufe zu Ende sind.", "Please end the round when the runs are over."))
		}
		if err := c.endCampaign(ctx, open, members, w.Failed); err != nil {
			return err
		}
		if _, err := amend(ctx, c, store.RulingCampaign, open.ID, missingCampaign(open.ID), func(p *campaignPaper) error {
			p.Campaign.EndedBy, p.Campaign.EndedFor, p.Campaign.Repeat = by, reason, false
			return nil
		}); err != nil {
			return err
		}
		return c.release(ctx, mostReleased)
	})
	if err != nil {
		return board.Campaign{}, err
	}
	return s.Campaign(ctx, q.Campaign)
}
