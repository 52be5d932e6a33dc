package board

import (
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// CampaignRow is a campaign as lists show it.
type CampaignRow struct {
	campaign.Campaign
	Title    lang.Text      `json:"title"`
	Sentence lang.Text      `json:"sentence"` // how far it is
	Sum      campaign.Sum   `json:"sum"`
	Stop     *campaign.Stop `json:"stop,omitempty"` // in force, of it or of everything
	Zone     string         `json:"zone"`           // to show its times in
}

// Campaign is one campaign whole.
type Campaign struct {
	CampaignRow
	Waves   []CampaignWave    `json:"waves"`   // the canaries first
	Failed  int               `json:"failed"`  // systems that count against the budget now
	Budget  int               `json:"budget"`  // with so many failed nothing more begins
	Members []campaign.Member `json:"members"` // what needs a person first
	Course  []campaign.Point  `json:"course"`
	Stops   []campaign.Stop   `json:"stops"` // of it, also those that are lifted, the newest first
}

// CampaignWave is how far a wave is.
type CampaignWave struct {
	Number  int `json:"number"` // 0: the canaries
	Systems int `json:"systems"`
	Through int `json:"through"` // nothing is left to be done there
}

// Standstill is whether everything is stopped.
type Standstill struct {
	Stop  *campaign.Stop  `json:"stop,omitempty"` // nil: nothing is
	Stops []campaign.Stop `json:"stops"`          // of everything, also those that are lifted, the newest first, at most 50
	Live  []RunRow        `json:"live"`           // what has begun on its host and comes to its end whatever is stopped
}

// ResumeRequest lifts a stop.
type ResumeRequest struct {
	Campaign string // ID; empty: the stop of everything
	By       string
	Approved string // a second person, where there has to be one
	Reason   string
}

// EndRequest ends a round before it is over or with systems missing.
type EndRequest struct {
	Campaign string // ID
	By       string
	Reason   string
}

// StopRequest stops a campaign, or everything.
type StopRequest struct {
	Campaign string // ID; empty: everything
	By       string
	Reason   string
}
