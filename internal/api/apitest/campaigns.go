package apitest

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/wave"
)

// theRound is the monthly round of the story: db1 is due, web1 waits for its wave.
func (b *Backend) theRound() board.Campaign {
	c := campaign.Campaign{ID: "k-1", Kind: campaign.Monthly, From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		Rules: wave.Usual(), Begun: Now, By: "ida"}
	out := board.Campaign{CampaignRow: board.CampaignRow{Campaign: c, Title: c.Title(), Zone: "Europe/Berlin"}, Budget: 1, Stops: []campaign.Stop{}, Waves: []board.CampaignWave{{Number: 1, Systems: 1}, {Number: 2, Systems: 1}}}
	for i, name := range []string{"db1", "web1"} {
		in := campaign.Sight{System: name, Customer: "Kunde", Wave: i + 1, Ours: true, Known: true, Due: 1, Allowed: 1}
		for _, s := range b.signed {
			if s.System == name {
				in.Sign = &s
			}
		}
		out.Members = append(out.Members, c.Stand(in, Now))
	}
	campaign.Order(out.Members)
	out.Sum = campaign.Total(out.Members)
	out.Sentence = out.Sum.Sentence()
	out.Course = c.Course(nil, Now)
	for i := range b.stops {
		if b.stops[i].Campaign == c.ID {
			out.Stops = append(out.Stops, b.stops[i])
		}
		if b.stops[i].Holds() && b.stops[i].Campaign != "other" {
			out.Stop = &b.stops[i]
		}
	}
	return out
}

// Campaigns is the one round.
func (b *Backend) Campaigns(context.Context) ([]board.CampaignRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return []board.CampaignRow{b.theRound().CampaignRow}, nil
}

// Campaign is that round.
func (b *Backend) Campaign(_ context.Context, id string) (board.Campaign, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id != "k-1" {
		return board.Campaign{}, fault.Missing("Die Kampagne", "campaign", id)
	}
	return b.theRound(), nil
}

// Begin checks what is to begin.
func (b *Backend) Begin(ctx context.Context, c campaign.Campaign) (board.Campaign, error) {
	if c.Rules.Budget == (wave.Size{}) {
		c.Rules.Budget = wave.Usual().Budget
	}
	if err := c.Check(); err != nil {
		return board.Campaign{}, err
	}
	return b.Campaign(ctx, "k-1")
}

// SignOff signs a system off once.
func (b *Backend) SignOff(ctx context.Context, s campaign.SignOff) (board.Campaign, error) {
	if err := s.Check(); err != nil {
		return board.Campaign{}, err
	}
	b.mu.Lock()
	signed := slices.ContainsFunc(b.signed, func(o campaign.SignOff) bool { return o.System == s.System })
	if !signed {
		s.At = Now
		b.signed = append(b.signed, s)
	}
	b.mu.Unlock()
	if signed {
		return board.Campaign{}, fault.New(fault.Conflict, lang.T("Schon abgezeichnet.", "Signed off already."), lang.Text{})
	}
	return b.Campaign(ctx, s.Campaign)
}

// End ends nothing without who and why; with them it shows the round as ended.
func (b *Backend) End(ctx context.Context, q board.EndRequest) (board.Campaign, error) {
	if q.By == "" || q.Reason == "" {
		return board.Campaign{}, fault.New(fault.Invalid, lang.T("Zum Beenden gehört, wer es tut und warum.", "To end it takes who does it and why."), lang.Text{})
	}
	c, err := b.Campaign(ctx, q.Campaign)
	c.Ended, c.EndedBy, c.EndedFor, c.Stop = Now, q.By, q.Reason, nil
	return c, err
}

// Halt stops the round, or everything.
func (b *Backend) Halt(ctx context.Context, q board.StopRequest) (board.Standstill, error) {
	b.mu.Lock()
	if q.Campaign != "" && q.Campaign != "k-1" {
		b.mu.Unlock()
		return board.Standstill{}, fault.Missing("Die Kampagne", "campaign", q.Campaign)
	}
	b.stops = append(b.stops, campaign.Stop{ID: "h-" + strconv.Itoa(len(b.stops)+1), Campaign: q.Campaign, Code: wave.Stopped, By: q.By, Reason: lang.T(q.Reason, q.Reason), At: Now})
	b.mu.Unlock()
	return b.Standstill(ctx)
}

// Resume lifts the stop.
func (b *Backend) Resume(ctx context.Context, q board.ResumeRequest) (board.Standstill, error) {
	b.mu.Lock()
	i := slices.IndexFunc(b.stops, func(s campaign.Stop) bool { return s.Campaign == q.Campaign && s.Holds() })
	err := error(fault.New(fault.Conflict, lang.T("Es ist nichts angehalten.", "Nothing is stopped."), lang.Text{}))
	if i >= 0 {
		b.stops[i], err = b.stops[i].Resume(q.By, q.Approved, q.Reason, false, Now)
	}
	b.mu.Unlock()
	if err != nil {
		return board.Standstill{}, err
	}
	return b.Standstill(ctx)
}

// Standstill tells whether everything is stopped.
func (b *Backend) Standstill(context.Context) (board.Standstill, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := board.Standstill{Stops: []campaign.Stop{}, Live: []board.RunRow{{ID: "r-web1", System: "web1", Stage: board.Running}}}
	for i := range b.stops {
		if b.stops[i].Campaign == "" {
			out.Stops = append(out.Stops, b.stops[i])
			if b.stops[i].Holds() {
				out.Stop = &b.stops[i]
			}
		}
	}
	return out, nil
}
