package server

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/store"
)

// members says how each system of a campaign stands, what needs a person first, and how the waves stand.
func (s *Server) members(ctx context.Context, tx *store.Tx, e estate.Estate, c campaign.Campaign) ([]campaign.Member, wave.Campaign, error) {
	t, err := s.theatre(ctx, tx, e, "")
	if err != nil {
		return nil, wave.Campaign{}, err
	}
	names, err := s.membersOf(ctx, tx, e, c)
	if err != nil {
		return nil, wave.Campaign{}, err
	}
	w, err := t.standing(ctx, c, names, "")
	if err != nil {
		return nil, w, err
	}
	signed, err := signOffs(ctx, tx, c.ID)
	if err != nil {
		return nil, w, err
	}
	heads := map[string][]store.RunHead{}
	for _, h := range t.heads {
		if h.Measure == "" && h.Urgent == (c.Kind == campaign.Emergency) && (h.Stage != board.Over || !h.Ended.Before(firstOf(c))) {
			heads[h.System] = append(heads[h.System], h)
		}
	}
	list := make([]campaign.Member, 0, len(names))
	for _, name := range names {
		in := campaign.Sight{System: name, Wave: wave.Of(w.Waves, name)}
		if sign, ok := signed[name]; ok {
			in.Sign = &sign
		}
		if err := t.sight(ctx, c, &in, heads[name]); err != nil {
			return nil, w, err
		}
		list = append(list, c.Stand(in, s.now()))
	}
	campaign.Order(list)
	return list, w, nil
}

// sight fills in what is known of a system.
func (t *theatre) sight(ctx context.Context, c campaign.Campaign, in *campaign.Sight, heads []store.RunHead) error {
	sub, err := t.server.subject(ctx, t.tx, t.estate, in.System)
	if err != nil {
		return err
	}
	in.Customer = sub.held.Customer.Name
	job := sub.job()
	in.Ours, in.Rule, in.Why = job.Execution != policy.PartyCustomer, job.GoverningRule(), job.Answer()
	request := sub.request("", t.at)
	if c.Kind == campaign.Emergency {
		request = sub.urgent("", t.at)
		if err := t.secured(ctx, c, in, sub.held); err != nil {
			return err
		}
	}
	in.Known, in.Due = sub.facts != nil, len(request.Items)
	granted, refusals := mandate.Grant(request)
	in.Allowed = len(granted.Changes())
	if len(refusals) > 0 {
		in.Refused, in.Refuser = refusals[0].Text, refusals[0].Rule
	}
	if in.Allowed > 0 {
		if in.HeldBack, err = t.heldBack(ctx, sub, granted, c.Kind == campaign.Emergency); err != nil {
			return err
		}
	}
	past, err := t.tx.Runs(ctx, board.RunFilter{System: in.System, Stage: board.Over, Limit: 50})
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(past, func(r store.Run) bool { return r.Outcome == verdict.Succeeded && r.Measure == "" }); i >= 0 {
		in.LastGood = past[i].Ended
	}
	for i, h := range heads {
		r := campaign.Run{ID: h.ID, Phase: campaign.RunLive, Outcome: h.Outcome, At: h.SlotFrom}
		switch h.Stage {
		case board.Planned:
			r.Phase = campaign.RunPlanned
		case board.Over:
			r.Phase, r.At = campaign.RunOver, h.Ended
		}
		if i == 0 {
			if err := t.newest(ctx, in, &r); err != nil {
				return err
			}
		}
		in.Runs = append(in.Runs, r)
	}
	return nil
}

// newest fills in what is said of a system's newest run, and what holds it if its turn has come.
func (t *theatre) newest(ctx context.Context, in *campaign.Sight, r *campaign.Run) error {
	full, ok, err := t.tx.Run(ctx, r.ID)
	if err != nil || !ok {
		return err
	}
	r.Sentence = t.server.runRow(full, t.estate).Sentence
	if full.Stage != board.Planned || full.Slot.From.After(t.at) {
		return nil
	}
	own, before := t.own, t.busy[in.System]
	t.own, t.busy[in.System] = r.ID, false
	in.Hold, err = t.hold(ctx, full)
	t.own, t.busy[in.System] = own, before
	return err
}

// secured fills in how the holes of an emergency stand on a system.
func (t *theatre) secured(ctx context.Context, c campaign.Campaign, in *campaign.Sight, held estate.Held) error {
	clocks, err := t.tx.ClocksOf(ctx, in.System)
	if err != nil {
		return err
	}
	in.Secured = true
	for _, one := range clocks {
		if one.Source != c.Source || !slices.Contains(c.Holes, one.CVE) {
			continue
		}
		p, err := paperOf(one)
		if err != nil {
			return err
		}
		state := clock.State(t.server.local(held, t.at), p.Times, p.Duty)
		in.Secured = in.Secured && (state.Secured || !one.Closed.IsZero())
		if state.Allowed > 0 && !state.Secured {
			if end := t.at.Add(state.Left); in.Deadline.IsZero() || end.Before(in.Deadline) {
				in.Deadline = end
			}
		}
	}
	return nil
}

// course is how far a campaign was over time.
func (s *Server) course(ctx context.Context, tx *store.Tx, c campaign.Campaign, members []campaign.Member) ([]campaign.Point, error) {
	t := &theatre{server: s, tx: tx, at: s.now()}
	heads, err := tx.RunHeads(ctx, firstOf(c))
	if err != nil {
		return nil, err
	}
	in := map[string]bool{}
	var marks []campaign.Mark
	for _, m := range members {
		in[m.System] = m.State != campaign.NotOurs
		if m.Sign != nil && c.Kind != campaign.Emergency {
			marks = append(marks, campaign.Mark{System: m.System, At: m.Sign.At})
		}
	}
	for _, h := range heads {
		if !in[h.System] || h.Stage != board.Over || h.Measure != "" || h.Urgent != (c.Kind == campaign.Emergency) || h.Ended.Before(firstOf(c)) {
			continue
		}
		bad, err := t.failed(ctx, h)
		if err != nil {
			return nil, err
		}
		if bad || h.Outcome == verdict.Succeeded && c.Kind != campaign.Monthly {
			marks = append(marks, campaign.Mark{System: h.System, At: h.Ended, Failed: bad})
		}
	}
	return c.Course(marks, s.now()), nil
}

// lay sums the members up by wave.
func lay(out *board.Campaign) {
	last, ours := 0, 0
	for _, m := range out.Members {
		last = max(last, m.Wave)
	}
	out.Waves = make([]board.CampaignWave, last+1)
	for i := range out.Waves {
		out.Waves[i].Number = i
	}
	for _, m := range out.Members {
		ours++
		w := &out.Waves[max(m.Wave, 0)]
		w.Systems++
		if m.State.Through() {
			w.Through++
		}
	}
	if out.Waves[0].Systems == 0 {
		out.Waves = out.Waves[1:]
	}
	out.Budget = out.Rules.Budget.Of(ours)
}

// emergencies begins an emergency campaign for each source package with a critical hole on a system, or takes the
// hole into the one that goes on (IT-33). Nobody is asked beforehand; whether a system may be touched is still
// its own mandate's to say.
func (c *change) emergencies(ctx context.Context, system string) error {
	clocks, err := c.ClocksOf(ctx, system)
	if err != nil {
		return err
	}
	for _, one := range clocks {
		p, err := paperOf(one)
		if err != nil {
			return err
		}
		if !one.Closed.IsZero() || p.Rating.Critical() == severity.No {
			continue
		}
		open, err := openCampaigns(ctx, c.Tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(open, func(o campaign.Campaign) bool { return o.Kind == campaign.Emergency && o.Source == one.Source })
		switch {
		case i < 0:
			q := campaign.Campaign{Kind: campaign.Emergency, Source: one.Source, Holes: []string{one.CVE}, From: c.at, Begun: c.at, By: campaign.Itself, Rules: wave.Usual()}
			if _, err := c.addCampaign(ctx, q); err != nil {
				return err
			}
		case !slices.Contains(open[i].Holes, one.CVE):
			if _, err := amend(ctx, c, store.RulingCampaign, open[i].ID, missingCampaign(open[i].ID), func(p *campaignPaper) error {
				p.Campaign.Holes = append(p.Campaign.Holes, one.CVE)
				return nil
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// rounds ends campaigns that have come to their end, begins the rounds that follow, and says what is overdue.
func (s *Server) rounds(ctx context.Context) error {
	return s.change(ctx, func(c *change) error {
		open, err := openCampaigns(ctx, c.Tx)
		if err != nil || len(open) == 0 {
			return err
		}
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		zone, err := s.zones(hostersZone)
		if err != nil {
			return err
		}
		for _, one := range open {
			if err := c.round(ctx, e, one, open, c.at.In(zone)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *change) round(ctx context.Context, e estate.Estate, one campaign.Campaign, open []campaign.Campaign, now time.Time) error {
	if one.Kind != campaign.Emergency && now.Before(one.To) {
		return nil
	}
	members, w, err := c.server.members(ctx, c.Tx, e, one)
	if err != nil {
		return err
	}
	sum := campaign.Total(members)
	if one.Kind == campaign.Emergency {
		if sum.Missing > 0 || sum.By[campaign.Running] > 0 {
			return nil
		}
		return c.endCampaign(ctx, one, members, w.Failed)
	}
	from, _ := one.Kind.Period(now)
	follows := func(o campaign.Campaign) bool {
		return o.Kind == one.Kind && o.Customer == one.Customer && o.From.Equal(from)
	}
	if one.Repeat && !slices.ContainsFunc(open, follows) {
		if _, err := c.addCampaign(ctx, one.Next(now)); err != nil {
			return err
		}
		if _, err := amend(ctx, c, store.RulingCampaign, one.ID, missingCampaign(one.ID), func(p *campaignPaper) error {
			p.Campaign.Repeat = false
			return nil
		}); err != nil {
			return err
		}
	}
	if err := c.overdue(ctx, one, members, sum); err != nil {
		return err
	}
	// What is missing can be made up for until the round after it is over, too.
	if _, next := one.Kind.Period(one.To.In(now.Location())); sum.Missing > 0 && now.Before(next) {
		return nil
	}
	return c.endCampaign(ctx, one, members, w.Failed)
}

// mostNamed bounds the systems that a notice names.
const mostNamed = 20

// overdue says once that a round is over and which systems are missing (IT-31, MH2-22).
func (c *change) overdue(ctx context.Context, one campaign.Campaign, members []campaign.Member, sum campaign.Sum) error {
	var names []string
	for _, m := range members {
		if m.Overdue && len(names) < mostNamed {
			names = append(names, m.System)
		}
	}
	if len(names) == 0 {
		return nil
	}
	list := lang.T(lang.Join(names, lang.DE), lang.Join(names, lang.EN))
	text := lang.Counted(sum.Overdue, lang.T("%[2]s ist vorbei, und %[1]s System fehlt (%[3]s): %[4]s", "%[2]s is over, and %[1]s system is missing (%[3]s): %[4]s"),
		lang.T("%[2]s ist vorbei, und %[1]s Systeme fehlen (%[3]s): %[4]s", "%[2]s is over, and %[1]s systems are missing (%[3]s): %[4]s"), one.Title(), one.Kind.Rule(), list)
	return c.tell(ctx, names[0], noticeUnsigned, one.ID, string(clock.Operator), text)
}

// endCampaign ends a campaign and keeps how every system stood.
func (c *change) endCampaign(ctx context.Context, one campaign.Campaign, members []campaign.Member, failed int) error {
	one.Ended = c.at
	course, err := c.server.course(ctx, c.Tx, one, members)
	if err != nil {
		return err
	}
	doc, err := json.Marshal(outcomePaper{Members: members, Course: course, Failed: failed})
	if err != nil {
		return err
	}
	id, err := newID("a", c.at)
	if err != nil {
		return err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: id, Kind: store.RulingOutcome, About: one.ID, Given: c.at, Document: doc})
	if err := c.put(ctx, st, err); err != nil {
		return err
	}
	sum := campaign.Total(members)
	_, err = amend(ctx, c, store.RulingCampaign, one.ID, missingCampaign(one.ID), func(p *campaignPaper) error {
		p.Campaign.Ended, p.Campaign.EndedBy, p.Sum = c.at, campaign.Itself, &sum
		return nil
	})
	c.wake()
	return err
}
