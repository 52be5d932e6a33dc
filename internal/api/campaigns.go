package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/wave"
)

// Campaigns is work on many systems that belongs together, and what stops it.
type Campaigns interface {
	Campaigns(ctx context.Context) ([]board.CampaignRow, error)
	Campaign(ctx context.Context, id string) (board.Campaign, error)
	Begin(ctx context.Context, c campaign.Campaign) (board.Campaign, error)
	SignOff(ctx context.Context, s campaign.SignOff) (board.Campaign, error)
	End(ctx context.Context, q board.EndRequest) (board.Campaign, error)
	Halt(ctx context.Context, q board.StopRequest) (board.Standstill, error)
	Resume(ctx context.Context, q board.ResumeRequest) (board.Standstill, error)
	Standstill(ctx context.Context) (board.Standstill, error)
}

type campaignList struct {
	Campaigns []board.CampaignRow `json:"campaigns"`
}

type campaignPath struct {
	ID string `path:"id" maxLength:"64" doc:"ID of the campaign"`
}

// campaignInput begins a round.
type campaignInput struct {
	Body struct {
		Kind     campaign.Kind `json:"kind" enum:"monthly,quarterly" doc:"The monthly round with sign-off (IT-31), or the quarterly one (MH2-22)"`
		By       string        `json:"by" maxLength:"200" doc:"Who begins it"`
		Customer string        `json:"customer,omitempty" maxLength:"63" doc:"ID of the customer; empty: all"`
		Canaries []string      `json:"canaries,omitempty" maxItems:"100" doc:"Systems that come first, and of which none may fail"`
		Waves    []string      `json:"waves,omitempty" maxItems:"20" doc:"Sizes of the waves, one after the other: 1, 10%, rest; empty: these three"`
		Budget   string        `json:"budget,omitempty" maxLength:"10" doc:"Once so many have failed nothing more begins: 2, 10%; empty: 10%"`
		AtOnce   int           `json:"at_once,omitempty" minimum:"0" maximum:"10000" doc:"Most systems under way at the same moment; 0: as many as the budget bears"`
		Repeat   bool          `json:"repeat,omitempty" doc:"The next round begins by itself when this one is over, by the same rules"`
	}
}

type signOffInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the campaign"`
	Body struct {
		System string `json:"system" maxLength:"63" doc:"Name of the system"`
		By     string `json:"by" maxLength:"200" doc:"Who has looked at it"`
		Text   string `json:"text" maxLength:"4000" doc:"What was done and found"`
	}
}

type endInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the campaign"`
	Body struct {
		By     string `json:"by" maxLength:"200" doc:"Who ends it"`
		Reason string `json:"reason" maxLength:"4000" doc:"Why"`
	}
}

type stopBody struct {
	By     string `json:"by" maxLength:"200" doc:"Who stops it"`
	Reason string `json:"reason" maxLength:"4000" doc:"Why"`
}

type resumeBody struct {
	By       string `json:"by" maxLength:"200" doc:"Who resumes it"`
	Approved string `json:"approved_by,omitempty" maxLength:"200" doc:"A second person: in an emergency after failures"`
	Reason   string `json:"reason" maxLength:"4000" doc:"Why"`
}

// stated is the round that an input states.
func (in *campaignInput) stated() (campaign.Campaign, error) {
	b := in.Body
	c := campaign.Campaign{Kind: b.Kind, By: b.By, Customer: b.Customer, Repeat: b.Repeat, Rules: wave.Rules{Canaries: b.Canaries, AtOnce: b.AtOnce}}
	for _, text := range b.Waves {
		size, err := wave.ParseSize(text)
		if err != nil {
			return c, err
		}
		c.Rules.Waves = append(c.Rules.Waves, size)
	}
	var err error
	if b.Budget != "" {
		c.Rules.Budget, err = wave.ParseSize(b.Budget)
	}
	return c, err
}

func (s *service) campaigns() {
	register(s, s.operation(http.MethodGet, "/campaigns", "campaigns", "Campaigns, those that go on first", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[campaignList], error) {
			list, err := s.backend.Campaigns.Campaigns(ctx)
			return answer(campaignList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/campaigns/{id}", "campaign", "One campaign: how each system stands, what needs a person first", limitRead),
		func(ctx context.Context, in *campaignPath) (*body[board.Campaign], error) {
			return answer(s.backend.Campaigns.Campaign(ctx, in.ID))
		})
	begin := s.operation(http.MethodPost, "/campaigns", "beginCampaign", "Begin the round of this month or quarter", limitWrite)
	begin.DefaultStatus = http.StatusCreated
	register(s, begin, func(ctx context.Context, in *campaignInput) (*body[board.Campaign], error) {
		c, err := in.stated()
		if err != nil {
			return answer(board.Campaign{}, err)
		}
		return answer(s.backend.Campaigns.Begin(ctx, c))
	})
	register(s, s.operation(http.MethodPost, "/campaigns/{id}/sign-off", "signOff", "Sign one system off in a campaign (IT-31)", limitWrite),
		func(ctx context.Context, in *signOffInput) (*body[board.Campaign], error) {
			b := in.Body
			return answer(s.backend.Campaigns.SignOff(ctx, campaign.SignOff{Campaign: in.ID, System: b.System, By: b.By, Text: b.Text}))
		})
	register(s, s.operation(http.MethodPost, "/campaigns/{id}/end", "endCampaign", "End a round by hand; what is missing stays missing, and no next round begins by itself", limitWrite),
		func(ctx context.Context, in *endInput) (*body[board.Campaign], error) {
			return answer(s.backend.Campaigns.End(ctx, board.EndRequest{Campaign: in.ID, By: in.Body.By, Reason: in.Body.Reason}))
		})
	register(s, s.operation(http.MethodPost, "/campaigns/{id}/stop", "stopCampaign", "Let nothing more begin in a campaign", limitWrite),
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"64" doc:"ID of the campaign"`
			Body stopBody
		},
		) (*body[board.Standstill], error) {
			return answer(s.backend.Campaigns.Halt(ctx, board.StopRequest{Campaign: in.ID, By: in.Body.By, Reason: in.Body.Reason}))
		})
	register(s, s.operation(http.MethodPost, "/campaigns/{id}/resume", "resumeCampaign", "Lift the stop of a campaign; failures count anew", limitWrite),
		func(ctx context.Context, in *struct {
			ID   string `path:"id" maxLength:"64" doc:"ID of the campaign"`
			Body resumeBody
		},
		) (*body[board.Standstill], error) {
			return answer(s.backend.Campaigns.Resume(ctx, board.ResumeRequest{Campaign: in.ID, By: in.Body.By, Approved: in.Body.Approved, Reason: in.Body.Reason}))
		})
	register(s, s.operation(http.MethodGet, "/standstill", "standstill", "Whether everything is stopped", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[board.Standstill], error) {
			return answer(s.backend.Campaigns.Standstill(ctx))
		})
	register(s, s.operation(http.MethodPost, "/standstill/stop", "stop", "Let nothing more begin anywhere; what has begun comes to its end", limitWrite),
		func(ctx context.Context, in *struct{ Body stopBody }) (*body[board.Standstill], error) {
			return answer(s.backend.Campaigns.Halt(ctx, board.StopRequest{By: in.Body.By, Reason: in.Body.Reason}))
		})
	register(s, s.operation(http.MethodPost, "/standstill/resume", "resume", "Lift the stop of everything", limitWrite),
		func(ctx context.Context, in *struct{ Body resumeBody }) (*body[board.Standstill], error) {
			return answer(s.backend.Campaigns.Resume(ctx, board.ResumeRequest{By: in.Body.By, Approved: in.Body.Approved, Reason: in.Body.Reason}))
		})
}
