package server

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/fault"
)

// TestARoundEndedByHand: Ida ends the month's round with one of three signed off. The two others stay missing in what
// is kept, by whom and why it ended is told, the round does not begin anew by itself, and it ends once.
func TestARoundEndedByHand(t *testing.T) {
	f := newFarm(t, 3, func(s string) string { return s })
	c, err := f.server.Begin(t.Context(), campaign.Campaign{Kind: campaign.Monthly, By: "ida", Repeat: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.server.SignOff(t.Context(), campaign.SignOff{Campaign: c.ID, System: "web01", By: "ida", Text: "geprüft"}); err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]board.EndRequest{
		"nobody":   {Campaign: c.ID, Reason: "Umzug"},
		"no why":   {Campaign: c.ID, By: "ida", Reason: " "},
		"a person": {Campaign: c.ID, By: "Patchwart", Reason: "Umzug"},
	} {
		if _, err := f.server.End(t.Context(), q); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := f.server.End(t.Context(), board.EndRequest{Campaign: "nosuch", By: "ida", Reason: "Umzug"}); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a campaign that does not exist: %v", err)
	}
	ended, err := f.server.End(t.Context(), board.EndRequest{Campaign: c.ID, By: "ida", Reason: "Umzug"})
	if err != nil {
		t.Fatal(err)
	}
	if ended.Open() || ended.EndedBy != "ida" || ended.EndedFor != "Umzug" || ended.Repeat {
		t.Errorf("ended as %+v", ended.Campaign)
	}
	if ended.Sum.Missing != 2 || ended.Sum.By[campaign.SignedOff] != 1 || len(ended.Members) != 3 {
		t.Errorf("what is kept: %+v", ended.Sum)
	}
	if _, err := f.server.End(t.Context(), board.EndRequest{Campaign: c.ID, By: "otto", Reason: "auch"}); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("ended twice: %v", err)
	}
	list, err := f.server.Campaigns(t.Context())
	if err != nil || len(list) != 1 || list[0].Open() {
		t.Errorf("%d campaigns, %v", len(list), err)
	}
	if stop, err := f.server.Stopped(t.Context()); err != nil || stop != nil {
		t.Errorf("stopped: %+v, %v", stop, err)
	}
	if _, err := f.server.Halt(t.Context(), board.StopRequest{By: "ida", Reason: "Rauch"}); err != nil {
		t.Fatal(err)
	}
	if stop, err := f.server.Stopped(t.Context()); err != nil || stop == nil || stop.By != "ida" {
		t.Errorf("after the stop: %+v, %v", stop, err)
	}
	f.verify()
}
