package server

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/store"
)

// campaignPaper is what is kept of a campaign.
type campaignPaper struct {
	Campaign campaign.Campaign `json:"campaign"`
	Sum      *campaign.Sum     `json:"sum,omitempty"` // how it ended; nil while it goes on
}

// outcomePaper is how the systems of a campaign stood when it ended.
type outcomePaper struct {
	Members []campaign.Member `json:"members"`
	Course  []campaign.Point  `json:"course"`
	Failed  int               `json:"failed"`
}

func missingCampaign(id string) error { return fault.Missing("Die Kampagne", "campaign", id) }

// membersOf are the systems of a campaign, sorted. A round has those that are stated now; an emergency those
// that have or had one of its holes.
func (s *Server) membersOf(ctx context.Context, tx *store.Tx, e estate.Estate, c campaign.Campaign) ([]string, error) {
	found := map[string]bool{}
	if c.Kind == campaign.Emergency {
		for _, cve := range c.Holes {
			clocks, err := tx.ClocksOfHole(ctx, cve)
			if err != nil {
				return nil, err
			}
			for _, one := range clocks {
				if _, stated := e.System(one.System); stated && one.Source == c.Source && (one.Closed.IsZero() || !one.Closed.Before(c.Begun)) {
					found[one.System] = true
				}
			}
		}
		return slices.Sorted(maps.Keys(found)), nil
	}
	for _, sys := range e.Systems {
		held, ok := e.Held(sys.Name)
		if !ok || c.Customer != "" && held.Customer.ID != c.Customer {
			continue
		}
		standing := held.Contract.StandingOrder
		if c.Kind == campaign.Quarterly && (standing == nil || standing.Interval != estate.Quarterly) {
			continue
		}
		found[sys.Name] = true
	}
	return slices.Sorted(maps.Keys(found)), nil
}

// openCampaign is the campaign of that ID, provided that it goes on.
func (c *change) openCampaign(ctx context.Context, id string) (campaign.Campaign, error) {
	p, _, ok, err := document[campaignPaper](ctx, c.Tx, store.RulingCampaign, id)
	switch {
	case err != nil:
		return p.Campaign, err
	case !ok:
		return p.Campaign, missingCampaign(id)
	case !p.Campaign.Open():
		return p.Campaign, fault.New(fault.Conflict, lang.Textf("%[1]s ist beendet.", "%[1]s has ended.", p.Campaign.Title()), lang.Text{})
	}
	return p.Campaign, nil
}

// signOffs are the newest sign-offs of a campaign, by system.
func signOffs(ctx context.Context, tx *store.Tx, id string) (map[string]campaign.SignOff, error) {
	list, err := documents[campaign.SignOff](tx.RulingsAbout(ctx, store.RulingSignOff, id, 1_000_000))
	signed := map[string]campaign.SignOff{}
	for _, s := range list {
		if have, ok := signed[s.System]; !ok || s.At.After(have.At) {
			signed[s.System] = s
		}
	}
	return signed, err
}

// Begin begins a round for the month or quarter that it is now. One of a kind and a customer goes on at a time.
func (s *Server) Begin(ctx context.Context, q campaign.Campaign) (board.Campaign, error) {
	var id string
	err := s.change(ctx, func(c *change) error {
		q.Begun, q.By = c.at, strings.TrimSpace(q.By)
		if q.Rules.Waves == nil && q.Rules.Budget == (wave.Size{}) {
			q.Rules.Waves, q.Rules.Budget = wave.Usual().Waves, wave.Usual().Budget
		}
		if q.Rules.Budget == (wave.Size{}) {
			q.Rules.Budget = wave.Usual().Budget
		}
		if err := q.Check(); err != nil {
			return err
		}
		if strings.EqualFold(q.By, campaign.Itself) {
			return fault.New(fault.Invalid, lang.Textf("%[1]s ist keine Person.", "%[1]s is no person.", q.By), lang.Text{})
		}
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		if _, ok := e.Customer(q.Customer); q.Customer != "" && !ok {
			return fault.Missing("Der Kunde", "customer", q.Customer)
		}
		zone, err := c.server.zones(hostersZone)
		if err != nil {
			return err
		}
		q.From, q.To = q.Kind.Period(c.at.In(zone))
		members, err := c.server.membersOf(ctx, c.Tx, e, q)
		if err != nil {
			return err
		}
		for _, canary := range q.Rules.Canaries {
			if !slices.Contains(members, canary) {
				return fault.Missing("Den Vorläufer", "canary", canary)
			}
		}
		if len(members) == 0 {
			return fault.New(fault.Refused, lang.T("Kein System gehört zu dieser Runde.", "No system is part of this round."), lang.Text{})
		}
		open, err := openCampaigns(ctx, c.Tx)
		if err != nil {
			return err
		}
		for _, o := range open {
			if o.Kind == q.Kind && o.Customer == q.Customer && o.From.Equal(q.From) {
				return fault.New(fault.Conflict, lang.Textf("%[1]s läuft schon.", "%[1]s goes on already.", o.Title()), lang.Text{})
			}
		}
		id, err = c.addCampaign(ctx, q)
		return err
	})
	if err != nil {
		return board.Campaign{}, err
	}
	return s.Campaign(ctx, id)
}

func (c *change) addCampaign(ctx context.Context, q campaign.Campaign) (id string, err error) {
	if q.ID, err = newID("k", c.at); err != nil {
		return "", err
	}
	doc, err := json.Marshal(campaignPaper{Campaign: q})
	if err != nil {
		return "", err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: q.ID, Kind: store.RulingCampaign, About: cmp.Or(q.Source, q.Customer), Given: c.at, Document: doc})
	c.wake()
	return q.ID, c.put(ctx, st, err)
}

// SignOff keeps that a person has looked at a system in a campaign (IT-31). It is for one system, by name; there
// is no way to sign all off at once.
func (s *Server) SignOff(ctx context.Context, q campaign.SignOff) (board.Campaign, error) {
	err := s.change(ctx, func(c *change) error {
		if err := q.Check(); err != nil {
			return err
		}
		open, err := c.openCampaign(ctx, q.Campaign)
		if err != nil {
			return err
		}
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		members, _, err := c.server.members(ctx, c.Tx, e, open)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(members, func(m campaign.Member) bool { return m.System == q.System })
		if i < 0 {
			return fault.Missing("Das System", "system", q.System)
		}
		switch members[i].State {
		case campaign.NotOurs:
			f := fault.New(fault.Refused, lang.Textf("%[1]s gehört nicht zu unserer Arbeit. %[2]s", "%[1]s is not our work. %[2]s", q.System, members[i].Sentence), lang.Text{})
			f.Rule = members[i].Rule
			return f
		case campaign.SignedOff:
			return fault.New(fault.Conflict, lang.Textf("%[1]s hat %[2]s schon abgezeichnet.", "%[1]s has signed %[2]s off already.", members[i].Sign.By, q.System), lang.Text{})
		case campaign.Running:
			return fault.New(fault.Conflict, lang.Textf("An %[1]s wird gerade gearbeitet.", "%[1]s is being worked on right now.", q.System),
				lang.T("Bitte zeichnen Sie ab, wenn der Lauf zu Ende ist.", "Please sign off when the run is over."))
		}
		q.By, q.Text, q.At = strings.TrimSpace(q.By), strings.TrimSpace(q.Text), c.at
		if _, err := c.rule(ctx, "z", store.RulingSignOff, q.Campaign, q); err != nil {
			return err
		}
		return c.release(ctx, mostReleased)
	})
	if err != nil {
		return board.Campaign{}, err
	}
	return s.Campaign(ctx, q.Campaign)
}

// Campaigns lists the campaigns, those that go on first, then those that ended, the newest first.
func (s *Server) Campaigns(ctx context.Context) ([]board.CampaignRow, error) {
	var out []board.CampaignRow
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		papers, err := documents[campaignPaper](tx.Rulings(ctx, store.RulingCampaign))
		if err != nil {
			return err
		}
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		for _, p := range papers {
			full, err := s.campaignOf(ctx, tx, e, p, false)
			if err != nil {
				return err
			}
			out = append(out, full.CampaignRow)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b board.CampaignRow) int { return cmp.Compare(campaignRank(a), campaignRank(b)) })
	return out, err
}

// campaignRank orders campaigns: those that wait for a person, emergencies, rounds, those that ended.
func campaignRank(c board.CampaignRow) int {
	switch {
	case !c.Open():
		return 4
	case c.Stop != nil && c.Stop.Campaign == c.ID:
		return 0
	case c.Sum.Overdue > 0:
		return 1
	case c.Kind == campaign.Emergency:
		return 2
	}
	return 3
}

// Campaign is one campaign whole.
func (s *Server) Campaign(ctx context.Context, id string) (out board.Campaign, err error) {
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		p, _, ok, err := document[campaignPaper](ctx, tx, store.RulingCampaign, id)
		if err != nil {
			return err
		}
		if !ok {
			return missingCampaign(id)
		}
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		out, err = s.campaignOf(ctx, tx, e, p, true)
		return err
	})
	return out, err
}

// campaignOf is how a campaign stands now, or stood when it ended. Of one that ended, members are read only when
// the whole is asked for.
func (s *Server) campaignOf(ctx context.Context, tx *store.Tx, e estate.Estate, p campaignPaper, whole bool) (board.Campaign, error) {
	c := p.Campaign
	out := board.Campaign{CampaignRow: board.CampaignRow{Campaign: c, Title: c.Title(), Zone: hostersZone}, Stops: []campaign.Stop{}, Members: []campaign.Member{}, Course: []campaign.Point{}}
	stops, err := documents[campaign.Stop](tx.RulingsAbout(ctx, store.RulingStop, c.ID, mostStops))
	if err != nil {
		return out, err
	}
	out.Stops = append(out.Stops, stops...)
	all, err := stopsInForce(ctx, tx)
	if err != nil {
		return out, err
	}
	for i := range all {
		if c.Open() && (all[i].Campaign == c.ID || all[i].Campaign == "" && out.Stop == nil) {
			out.Stop = &all[i]
		}
	}
	if !c.Open() {
		out.Sum = *p.Sum
		out.Sentence = out.Sum.Sentence()
		if !whole {
			return out, nil
		}
		ended, err := documents[outcomePaper](tx.RulingsAbout(ctx, store.RulingOutcome, c.ID, 1))
		if err != nil || len(ended) == 0 {
			return out, err
		}
		out.Members, out.Course, out.Failed = ended[0].Members, ended[0].Course, ended[0].Failed
		lay(&out)
		return out, nil
	}
	members, w, err := s.members(ctx, tx, e, c)
	if err != nil {
		return out, err
	}
	out.Members, out.Failed = members, w.Failed
	out.Sum = campaign.Total(members)
	out.Sentence = out.Sum.Sentence()
	if whole {
		out.Course, err = s.course(ctx, tx, c, members)
	}
	lay(&out)
	return out, err
}
