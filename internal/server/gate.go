package server

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/cadence"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	// askedFor is how long a host that was asked what is due counts as being worked on. One that has not
	// answered by then keeps nobody waiting; when it answers, it has to pass the gate again.
	askedFor = 3 * time.Minute
	// heldFor is how long a held run waits before it is looked at again by itself. The end of a run, a sign-off
	// and a resumption look at once.
	heldFor = time.Minute
	// mostReleased bounds how many held runs are looked at at once when a run ends.
	mostReleased = 12
)

// theatre is what the gate goes by: which stops hold, which campaigns are open, what is under way. It is read
// in one transaction; what cannot be read lets nothing begin.
type theatre struct {
	server    *Server
	tx        *store.Tx
	at        time.Time
	estate    estate.Estate
	stops     []campaign.Stop     // in force
	campaigns []campaign.Campaign // open
	heads     []store.RunHead     // the newest first
	busy      map[string]bool     // systems that are being worked on
	own       string              // the run that is asked about; it is not in its own way
}

// stopsInForce are the stops that nobody has lifted.
func stopsInForce(ctx context.Context, tx *store.Tx) ([]campaign.Stop, error) {
	all, err := documents[campaign.Stop](tx.Rulings(ctx, store.RulingStop))
	return slices.DeleteFunc(all, func(s campaign.Stop) bool { return !s.Holds() }), err
}

// openCampaigns are the campaigns that go on.
func openCampaigns(ctx context.Context, tx *store.Tx) ([]campaign.Campaign, error) {
	papers, err := documents[campaignPaper](tx.Rulings(ctx, store.RulingCampaign))
	var open []campaign.Campaign
	for _, p := range papers {
		if p.Campaign.Open() {
			open = append(open, p.Campaign)
		}
	}
	return open, err
}

func (s *Server) theatre(ctx context.Context, tx *store.Tx, e estate.Estate, own string) (*theatre, error) {
	t := &theatre{server: s, tx: tx, at: s.now(), estate: e, busy: map[string]bool{}, own: own}
	var err error
	if t.stops, err = stopsInForce(ctx, tx); err != nil {
		return nil, err
	}
	if t.campaigns, err = openCampaigns(ctx, tx); err != nil {
		return nil, err
	}
	since := t.at
	for _, c := range t.campaigns {
		if from := firstOf(c); from.Before(since) {
			since = from
		}
	}
	if t.heads, err = tx.RunHeads(ctx, since); err != nil {
		return nil, err
	}
	for _, h := range t.heads {
		if h.ID == own {
			continue
		}
		if t.busy[h.System], err = t.worked(ctx, h); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// firstOf is from when on runs are work of a campaign.
func firstOf(c campaign.Campaign) time.Time {
	if c.From.Before(c.Begun) {
		return c.From
	}
	return c.Begun
}

// worked reports whether a run is under way on its host, or about to be.
func (t *theatre) worked(ctx context.Context, h store.RunHead) (bool, error) {
	switch h.Stage {
	case board.Ordered, board.Running:
		return true, nil
	case board.Asked:
		refresh, err := t.tx.Refresh(ctx, h.System)
		return err == nil && t.at.Sub(refresh.AskedAt) < askedFor, err
	}
	return t.busy[h.System], nil
}

// hold says what keeps a run whose turn has come from beginning; zero: nothing.
func (t *theatre) hold(ctx context.Context, r store.Run) (wave.Hold, error) {
	for _, s := range t.stops {
		if s.Campaign == "" {
			return s.Hold(), nil
		}
	}
	for _, c := range t.campaigns {
		if r.Measure != "" || !c.Governs(r.Urgent, t.at) {
			continue
		}
		members, err := t.server.membersOf(ctx, t.tx, t.estate, c)
		if err != nil {
			return wave.Hold{}, err
		}
		if !slices.Contains(members, r.System) {
			continue
		}
		if i := slices.IndexFunc(t.stops, func(s campaign.Stop) bool { return s.Campaign == c.ID }); i >= 0 {
			return t.stops[i].Hold(), nil
		}
		state, err := t.standing(ctx, c, members, r.System)
		if err != nil {
			return wave.Hold{}, err
		}
		if hold := state.May(r.System); !hold.Zero() {
			return hold, nil
		}
	}
	return t.neighbours(ctx, r.System)
}

// neighbours says whether groups, sites and hypervisors leave room.
func (t *theatre) neighbours(ctx context.Context, system string) (wave.Hold, error) {
	members, pools := t.server.places(t.estate)
	e := wave.Estate{Members: members, Busy: t.busy, Pools: pools, Down: map[string]bool{}}
	self := slices.IndexFunc(members, func(m wave.Member) bool { return m.System == system })
	if self < 0 || len(members[self].Groups) == 0 {
		return e.MayIn(system), nil
	}
	for _, m := range members {
		if m.System == system || !slices.ContainsFunc(m.Groups, func(g string) bool { return slices.Contains(members[self].Groups, g) }) {
			continue
		}
		down, err := t.down(ctx, m.System)
		if err != nil {
			return wave.Hold{}, err
		}
		e.Down[m.System] = down
	}
	return e.MayIn(system), nil
}

// down reports whether the last run left a system in a state that nobody knows to be good, and nobody has signed
// it off since.
func (t *theatre) down(ctx context.Context, system string) (bool, error) {
	runs, err := t.tx.Runs(ctx, board.RunFilter{System: system, Stage: board.Over, Limit: 1})
	if err != nil || len(runs) == 0 || runs[0].Outcome != verdict.RestoreFailed && runs[0].Outcome != verdict.Unknown {
		return false, err
	}
	for _, c := range t.campaigns {
		signed, err := signOffs(ctx, t.tx, c.ID)
		if err != nil {
			return true, err
		}
		if s, ok := signed[system]; ok && s.At.After(runs[0].Ended) {
			return false, nil
		}
	}
	return true, nil
}

// standing is how far a campaign is, as a system has to know it whose turn has come: of the waves before it, of
// what is under way, and of what failed.
func (t *theatre) standing(ctx context.Context, c campaign.Campaign, members []string, system string) (wave.Campaign, error) {
	w := wave.Campaign{Rules: c.Rules, Waves: wave.Assign(members, c.Rules), States: map[string]wave.State{}}
	signed, err := signOffs(ctx, t.tx, c.ID)
	if err != nil {
		return w, err
	}
	last := map[string]store.RunHead{}
	failed := map[string]bool{}
	for _, h := range t.heads {
		if h.Measure != "" || h.Urgent != (c.Kind == campaign.Emergency) || h.ID == t.own || h.Stage == board.Over && h.Ended.Before(firstOf(c)) {
			continue
		}
		if _, newer := last[h.System]; !newer {
			last[h.System] = h
		}
		if h.Stage != board.Over || !h.Ended.After(c.Since()) || wave.Of(w.Waves, h.System) < 0 {
			continue
		}
		bad, err := t.failed(ctx, h)
		if err != nil {
			return w, err
		}
		failed[h.System] = failed[h.System] || bad
	}
	own := wave.Of(w.Waves, system)
	for i, list := range w.Waves {
		for _, s := range list {
			if failed[s] {
				w.Failed++
				if i == 0 && w.Canary == "" {
					w.Canary = s
				}
			}
			h, ran := last[s]
			sign, isSigned := signed[s]
			switch {
			case t.busy[s]:
				w.States[s] = wave.UnderWay
			case isSigned && !h.Ended.After(sign.At):
				w.States[s] = wave.Out
			case failed[s]:
				w.States[s] = wave.Failed
			case ran && h.Stage != board.Over:
				w.States[s] = wave.Waiting
			case ran && h.Outcome == verdict.Succeeded:
				w.States[s] = wave.Verified
			case ran && h.Outcome != verdict.Deferred: // failed, and somebody resumed since
				w.States[s] = wave.Failed
			case i < own:
				if w.States[s], err = t.idle(ctx, c, s); err != nil {
					return w, err
				}
			}
		}
	}
	return w, nil
}

// failed reports whether a run that is over counts against the budget.
func (t *theatre) failed(ctx context.Context, h store.RunHead) (bool, error) {
	refused := false
	if h.Outcome == verdict.Blocked {
		v, _, ok, err := t.tx.Verdict(ctx, h.ID)
		if err != nil {
			return true, err
		}
		refused = ok && len(v.Reasons) > 0 && v.Reasons[0].Code == "no_mandate"
	}
	return campaign.Failed(h.Outcome, refused), nil
}

// idle tells whether a system of an earlier wave, on which nothing was done yet, is still to be waited for: only
// when something is due there that somebody allowed, and that is not put off.
func (t *theatre) idle(ctx context.Context, c campaign.Campaign, system string) (wave.State, error) {
	sub, err := t.server.subject(ctx, t.tx, t.estate, system)
	if err != nil {
		return wave.Waiting, err
	}
	request := sub.request("", t.at)
	if c.Kind == campaign.Emergency {
		request = sub.urgent("", t.at)
	}
	granted, _ := mandate.Grant(request)
	if granted.Zero() {
		return wave.Out, nil
	}
	why, err := t.heldBack(ctx, sub, granted, c.Kind == campaign.Emergency)
	if err != nil || why.IsZero() {
		return wave.Waiting, err
	}
	return wave.Out, nil
}

// heldBack says why what is allowed on a system is not planned now; zero: it is.
func (t *theatre) heldBack(ctx context.Context, sub subject, granted mandate.Mandate, urgent bool) (lang.Text, error) {
	standing, err := cadence.Of(sub.held.Contract.StandingOrder, sub.held.Window, t.server.zones, t.at)
	if err != nil {
		return lang.T("Wann der Dauerauftrag fällig wird, lässt sich nicht berechnen.", "When the standing order falls due cannot be computed."), nil //nolint:nilerr // it is a reason
	}
	if urgent { // a critical hole does not wait for a date
		standing = nil
	}
	past, err := t.tx.Runs(ctx, board.RunFilter{System: sub.held.System.Name, Limit: 50})
	if err != nil || len(past) == 0 {
		return lang.Text{}, err
	}
	return cadence.HoldBack(granted, standing, pastOf(past), t.at), nil
}

// gate holds a run whose turn has come, where it must not begin: stopped by a person, too many failed, an
// earlier wave not through, its group or its site busy. It is asked before the host is asked, and again before
// the work order is closed, in the transaction that closes it. The run stays planned and says why.
func (c *change) gate(ctx context.Context, r store.Run) (held bool, err error) {
	e, err := c.Estate(ctx)
	if err != nil {
		return true, err
	}
	t, err := c.server.theatre(ctx, c.Tx, e, r.ID)
	if err != nil {
		return true, err
	}
	hold, err := t.hold(ctx, r)
	if err != nil {
		return true, err
	}
	if hold.Zero() {
		return false, nil
	}
	sentence := hold.Sentence()
	if r.Stage == board.Planned && r.Sentence == sentence {
		return true, nil
	}
	r.Stage, r.Sentence = board.Planned, sentence
	st, err := c.UpdateRun(ctx, r, r.Version)
	c.wake(topicRun(r.ID))
	return true, c.put(ctx, st, err)
}

// stopped says what keeps a work order that is closed, and that its host has not fetched, from being handed out.
func (s *Server) stopped(ctx context.Context, tx *store.Tx, r store.Run) (wave.Hold, error) {
	stops, err := stopsInForce(ctx, tx)
	if err != nil || len(stops) == 0 {
		return wave.Hold{}, err
	}
	e, err := tx.Estate(ctx)
	if err != nil {
		return wave.Hold{}, err
	}
	open, err := openCampaigns(ctx, tx)
	if err != nil {
		return wave.Hold{}, err
	}
	for _, stop := range stops {
		if stop.Campaign == "" {
			return stop.Hold(), nil
		}
		i := slices.IndexFunc(open, func(c campaign.Campaign) bool { return c.ID == stop.Campaign })
		if i < 0 || r.Measure != "" || !open[i].Governs(r.Urgent, s.now()) {
			continue
		}
		members, err := s.membersOf(ctx, tx, e, open[i])
		if err != nil {
			return wave.Hold{}, err
		}
		if slices.Contains(members, r.System) {
			return stop.Hold(), nil
		}
	}
	return wave.Hold{}, nil
}

// release looks at held runs again, those of the first waves first, then the earliest: something has changed that
// may let them begin.
func (c *change) release(ctx context.Context, most int) error {
	heads, err := c.RunHeads(ctx, c.at)
	if err != nil {
		return err
	}
	held := slices.DeleteFunc(heads, func(r store.RunHead) bool { return r.Stage != board.Planned || r.SlotFrom.After(c.at) })
	if len(held) == 0 {
		return nil
	}
	turn, err := c.turns(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(held, func(a, b store.RunHead) int {
		return cmp.Or(cmp.Compare(turn[a.System], turn[b.System]), a.SlotFrom.Compare(b.SlotFrom))
	})
	for _, r := range held[:min(most, len(held))] {
		if err := c.enqueue(ctx, jobAdvance, r.ID, c.at); err != nil {
			return err
		}
	}
	return nil
}

// turns are the waves that systems are in, the latest where they are in several.
func (c *change) turns(ctx context.Context) (map[string]int, error) {
	turn := map[string]int{}
	open, err := openCampaigns(ctx, c.Tx)
	if err != nil || len(open) == 0 {
		return turn, err
	}
	e, err := c.Estate(ctx)
	if err != nil {
		return nil, err
	}
	for _, one := range open {
		members, err := c.server.membersOf(ctx, c.Tx, e, one)
		if err != nil {
			return nil, err
		}
		for i, list := range wave.Assign(members, one.Rules) {
			for _, system := range list {
				turn[system] = max(turn[system], i)
			}
		}
	}
	return turn, nil
}

// placesOf says which groups and pools the systems are in, and how many of a pool may be worked on at a time.
func placesOf(e estate.Estate) ([]wave.Member, map[string]int) {
	members := make([]wave.Member, len(e.Systems))
	for i, s := range e.Systems {
		members[i] = wave.Member{System: s.Name, Groups: s.Groups, Pools: s.Pools()}
	}
	pools := map[string]int{}
	for _, p := range e.Pools {
		pools[p.Name] = p.AtOnce
	}
	return members, pools
}
