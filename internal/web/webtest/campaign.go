package webtest

import (
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/core/wave"
)

var berlin = func() *time.Location {
	zone, err := time.LoadLocation(Berlin)
	if err != nil {
		panic(err)
	}
	return zone
}()

// round is the monthly round of the demo: one system was put back, one waits for its wave, one for an order.
func (b *Backend) round() board.Campaign {
	from, to := campaign.Monthly.Period(b.Now.In(berlin))
	rules := wave.Usual()
	rules.Canaries = []string{"web1"}
	c := campaign.Campaign{ID: "K-11", Kind: campaign.Monthly, From: from, To: to, Rules: rules, Begun: from, By: "Ida Brandt", Repeat: true}
	over := func(id string, o verdict.Outcome, hours int, de, en string) []campaign.Run {
		return []campaign.Run{{ID: id, Phase: campaign.RunOver, Outcome: o, At: b.Now.Add(-time.Duration(hours) * time.Hour), Sentence: lang.T(de, en)}}
	}
	sights := []campaign.Sight{
		{System: "web1", Wave: 0, Ours: true, Known: true, Runs: over("R-0811", verdict.Succeeded, 26, "4 Pakete sind neu, alles läuft wie zuvor.", "4 packages are new, everything runs as before.")},
		{System: "web2", Wave: 1, Ours: true, Known: true, Runs: over("R-0812", verdict.Restored, 4, "web2 ist wie vorher: nginx kam nach dem Update nicht zurück (HTTP 500).", "web2 is as before: nginx did not come back after the update (HTTP 500).")},
		{System: "db1", Wave: 2, Ours: true, Known: true, Due: 3, Refused: lang.T("Es fehlt ein ausdrücklicher Auftrag.", "An explicit order is missing."), Refuser: "MH2-20"},
		{System: "mail1", Wave: 2, Ours: true, Known: true, Due: 2, Allowed: 2, Runs: []campaign.Run{{ID: "R-0820", Phase: campaign.RunPlanned, At: b.Now.Add(-time.Hour)}},
			Hold: wave.Hold{Code: wave.WaveBefore, Reason: lang.T("Erst muss Welle 1 fertig und geprüft sein; es fehlt web3.", "First wave 1 has to be done and verified; web3 is missing.")}},
		{System: "mail2", Wave: 2, Ours: true, Known: true},
		{System: "shop2", Wave: 2, Rule: "MH2-03", Why: lang.T("Der Kunde führt seine Updates selbst aus (MH2-03).", "The customer carries out the updates (MH2-03).")},
	}
	out := board.Campaign{CampaignRow: board.CampaignRow{Campaign: c, Title: c.Title(), Zone: "Europe/Berlin"}, Failed: 1, Budget: 2,
		Waves: []board.CampaignWave{{Number: 0, Systems: 1, Through: 1}, {Number: 1, Systems: 1}, {Number: 2, Systems: 4, Through: 2}}}
	marks := []campaign.Mark{{System: "web2", At: b.Now.Add(-4 * time.Hour), Failed: true}}
	for _, in := range sights {
		in.Customer = "Bäckerei Kuhn GmbH"
		i := slices.IndexFunc(b.signed, func(s campaign.SignOff) bool { return s.System == in.System })
		if i >= 0 {
			in.Sign = &b.signed[i]
		} else if in.System == "web1" {
			in.Sign = &campaign.SignOff{System: "web1", By: "Ida Brandt", Text: "Updates, Dienste und Protokolle geprüft.", At: b.Now.Add(-25 * time.Hour)}
		}
		if in.Sign != nil {
			marks = append(marks, campaign.Mark{System: in.System, At: in.Sign.At})
		}
		out.Members = append(out.Members, c.Stand(in, b.Now))
	}
	campaign.Order(out.Members)
	out.Sum = campaign.Total(out.Members)
	out.Sentence = out.Sum.Sentence()
	out.Course = c.Course(marks, b.Now)
	if b.ended != nil {
		out.Ended, out.EndedBy, out.EndedFor = b.Now, b.ended.By, b.ended.Reason
		return out
	}
	for i := range b.stops {
		if b.stops[i].Holds() && (b.stops[i].Campaign == "" || b.stops[i].Campaign == c.ID) {
			out.Stop = &b.stops[i]
		}
	}
	return out
}

// emergency is an emergency that stopped by itself.
func (b *Backend) emergency() board.Campaign {
	began := b.Now.Add(-9 * time.Hour)
	c := campaign.Campaign{ID: "K-12", Kind: campaign.Emergency, From: began, Source: "openssl", Holes: []string{"CVE-2026-41288"}, Rules: wave.Usual(), Begun: began, By: campaign.Itself}
	stop := campaign.Stop{ID: "H-3", Campaign: c.ID, Code: wave.BudgetUsed, By: campaign.Itself, At: b.Now.Add(-5 * time.Hour),
		Reason: lang.T("1 System von höchstens 1 ist gescheitert; es wird nichts mehr begonnen, bis jemand die Kampagne fortsetzt.", "1 system of at most 1 has failed; nothing more is begun until somebody resumes the campaign.")}
	out := board.Campaign{CampaignRow: board.CampaignRow{Campaign: c, Title: c.Title(), Zone: "Europe/Berlin", Stop: &stop}, Failed: 1, Budget: 1,
		Waves: []board.CampaignWave{{Number: 1, Systems: 1}, {Number: 2, Systems: 1}}, Stops: []campaign.Stop{stop}}
	failed := []campaign.Run{{ID: "R-0812", Phase: campaign.RunOver, Outcome: verdict.Restored, At: b.Now.Add(-5 * time.Hour), Sentence: lang.T("web2 ist wie vorher.", "web2 is as before.")}}
	held := []campaign.Run{{ID: "R-0820", Phase: campaign.RunPlanned, At: b.Now.Add(-5 * time.Hour)}}
	for i, in := range []campaign.Sight{{System: "web2", Ours: true, Known: true, Runs: failed, Deadline: b.Now.Add(-time.Hour)}, {System: "mail2", Ours: true, Known: true, Due: 1, Allowed: 1, Runs: held, Hold: stop.Hold(), Deadline: b.Now.Add(15 * time.Hour)}} {
		in.Customer, in.Wave = "Alpenrad GmbH", i+1
		out.Members = append(out.Members, c.Stand(in, b.Now))
	}
	campaign.Order(out.Members)
	out.Sum = campaign.Total(out.Members)
	out.Sentence = out.Sum.Sentence()
	out.Course = c.Course([]campaign.Mark{{System: "web2", At: b.Now.Add(-5 * time.Hour), Failed: true}}, b.Now)
	return out
}

// Campaigns are an emergency and a round.
func (b *Backend) Campaigns(context.Context) ([]board.CampaignRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Fail != nil {
		return nil, b.Fail
	}
	return []board.CampaignRow{b.emergency().CampaignRow, b.round().CampaignRow}, nil
}

// Campaign is one of them.
func (b *Backend) Campaign(_ context.Context, id string) (board.Campaign, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.Fail != nil:
		return board.Campaign{}, b.Fail
	case id == "K-11":
		return b.round(), nil
	case id == "K-12":
		return b.emergency(), nil
	}
	return board.Campaign{}, fault.Missing("Die Kampagne", "campaign", id)
}

// Begin finds the round of the month begun already.
func (b *Backend) Begin(_ context.Context, c campaign.Campaign) (board.Campaign, error) {
	c.Rules = wave.Usual()
	if err := c.Check(); err != nil {
		return board.Campaign{}, err
	}
	return board.Campaign{}, fault.New(fault.Conflict, lang.T("Monatsrunde läuft schon.", "The monthly round goes on already."), lang.Text{})
}

// SignOff keeps a sign-off.
func (b *Backend) SignOff(ctx context.Context, s campaign.SignOff) (board.Campaign, error) {
	if err := s.Check(); err != nil {
		return board.Campaign{}, err
	}
	b.mu.Lock()
	s.At = b.Now
	b.signed = append(b.signed, s)
	b.mu.Unlock()
	return b.Campaign(ctx, s.Campaign)
}

// End ends the round.
func (b *Backend) End(ctx context.Context, q board.EndRequest) (board.Campaign, error) {
	if q.By == "" || q.Reason == "" {
		return board.Campaign{}, fault.New(fault.Invalid, lang.T("Zum Beenden gehört, wer es tut und warum.", "To end it takes who does it and why."), lang.Text{})
	}
	b.mu.Lock()
	b.ended = &q
	b.mu.Unlock()
	return b.Campaign(ctx, q.Campaign)
}

// Stopped is the stop of everything.
func (b *Backend) Stopped(ctx context.Context) (*campaign.Stop, error) {
	still, err := b.Standstill(ctx)
	return still.Stop, err
}

// Halt stops one or all.
func (b *Backend) Halt(ctx context.Context, q board.StopRequest) (board.Standstill, error) {
	if q.By == "" || q.Reason == "" {
		return board.Standstill{}, fault.New(fault.Invalid, lang.T("Zum Anhalten gehört, wer es tut und warum.", "To stop takes who does it and why."), lang.Text{})
	}
	b.mu.Lock()
	b.stops = append(b.stops, campaign.Stop{ID: "H-4", Campaign: q.Campaign, Code: wave.StoppedAll, By: q.By, Reason: lang.T(q.Reason, q.Reason), At: b.Now})
	b.mu.Unlock()
	return b.Standstill(ctx)
}

// Resume lifts a stop.
func (b *Backend) Resume(ctx context.Context, q board.ResumeRequest) (board.Standstill, error) {
	b.mu.Lock()
	i := slices.IndexFunc(b.stops, func(s campaign.Stop) bool { return s.Campaign == q.Campaign && s.Holds() })
	err := error(fault.New(fault.Conflict, lang.T("Es ist nichts angehalten.", "Nothing is stopped."), lang.Text{}))
	if i >= 0 {
		b.stops[i], err = b.stops[i].Resume(q.By, q.Approved, q.Reason, false, b.Now)
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
	var out board.Standstill
	for i := range b.stops {
		if b.stops[i].Campaign == "" && b.stops[i].Holds() {
			out.Stop = &b.stops[i]
		}
	}
	return out, b.Fail
}
