package cli

import (
	"strconv"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/lang"
)

type campaignListCmd struct{}

type campaignShowCmd struct {
	ID string `arg:"" name:"campaign" help:"arg_campaign"`
}

type campaignStartCmd struct {
	Kind     string   `arg:"" enum:"monthly,quarterly" help:"arg_campaign_kind"`
	By       string   `required:"" placeholder:"NAME" help:"flag_campaign_by"`
	Customer string   `placeholder:"ID" help:"flag_campaign_customer"`
	Canary   []string `placeholder:"SYSTEM" help:"flag_campaign_canary"`
	Wave     []string `placeholder:"10%" help:"flag_campaign_wave"`
	Budget   string   `placeholder:"10%" help:"flag_campaign_budget"`
	AtOnce   int      `placeholder:"N" help:"flag_campaign_at_once"`
	Repeat   bool     `help:"flag_campaign_repeat"`
}

type campaignSignOffCmd struct {
	ID     string `arg:"" name:"campaign" help:"arg_campaign"`
	System string `arg:"" help:"arg_system"`
	By     string `required:"" placeholder:"NAME" help:"flag_campaign_by"`
	Text   string `required:"" placeholder:"TEXT" help:"flag_campaign_text"`
}

type campaignEndCmd struct {
	ID     string `arg:"" name:"campaign" help:"arg_campaign"`
	By     string `required:"" placeholder:"NAME" help:"flag_campaign_by"`
	Reason string `required:"" placeholder:"TEXT" help:"flag_campaign_reason"`
}

type campaignStopCmd struct {
	ID     string `arg:"" name:"campaign" help:"arg_campaign"`
	By     string `required:"" placeholder:"NAME" help:"flag_campaign_by"`
	Reason string `required:"" placeholder:"TEXT" help:"flag_campaign_reason"`
}

type campaignResumeCmd struct {
	ID         string `arg:"" name:"campaign" help:"arg_campaign"`
	By         string `required:"" placeholder:"NAME" help:"flag_campaign_by"`
	ApprovedBy string `placeholder:"NAME" help:"flag_campaign_approved"`
	Reason     string `required:"" placeholder:"TEXT" help:"flag_campaign_reason"`
}

type stopCmd struct {
	By     string `required:"" placeholder:"NAME" help:"flag_campaign_by"`
	Reason string `required:"" placeholder:"TEXT" help:"flag_campaign_reason"`
}

type resumeCmd struct {
	By     string `required:"" placeholder:"NAME" help:"flag_campaign_by"`
	Reason string `required:"" placeholder:"TEXT" help:"flag_campaign_reason"`
}

// memberMarks are how a system stands in a campaign.
var memberMarks = map[campaign.State]mark{
	campaign.Unclear:   unknownMark,
	campaign.Restored:  {"↩", lang.T("zurückgesetzt", "restored"), yellow},
	campaign.Blocked:   {"▲", lang.T("blockiert", "blocked"), yellow},
	campaign.Held:      {"■", lang.T("gehalten", "held"), yellow},
	campaign.Mandate:   {"◇", lang.T("wartet auf Auftrag", "waits for an order"), yellow},
	campaign.Silent:    {"?", lang.T("nie gemeldet", "never heard"), yellow},
	campaign.Running:   {"◐", lang.T("läuft", "running"), cyan},
	campaign.Planned:   {"◇", lang.T("geplant", "planned"), plainText},
	campaign.Due:       {"◇", lang.T("fällig", "due"), plainText},
	campaign.Later:     {"◇", lang.T("später", "later"), plainText},
	campaign.Done:      {"●", lang.T("erledigt", "done"), green},
	campaign.Current:   {"●", lang.T("nichts fällig", "nothing due"), green},
	campaign.SignedOff: {"●", lang.T("abgezeichnet", "signed off"), green},
	campaign.NotOurs:   {"–", lang.T("nicht unsere Aufgabe", "not ours"), plainText},
}

// markOfCampaign is how a campaign stands.
func markOfCampaign(c client.CampaignRow) mark {
	switch {
	case !c.Open():
		return mark{"●", lang.T("beendet", "ended"), plainText}
	case c.Stop != nil:
		return mark{"■", lang.T("angehalten", "stopped"), red}
	case c.Sum.Overdue > 0:
		return mark{"▲", lang.T("überfällig", "overdue"), red}
	}
	return mark{"◐", lang.T("läuft", "goes on"), cyan}
}

func (campaignListCmd) Run(a *app) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	rows, err := c.Campaigns(a.ctx)
	if err != nil {
		return err
	}
	return a.result(list(rows), func() {
		if len(rows) == 0 {
			a.say(lang.T("Es gibt noch keine Kampagne. Eine Monatsrunde beginnt mit: patchwart campaign start monthly --by NAME",
				"There is no campaign yet. A monthly round begins with: patchwart campaign start monthly --by NAME"))
			return
		}
		var cells [][]cell
		for _, r := range rows {
			cells = append(cells, []cell{text(r.ID), a.state(markOfCampaign(r)), text(a.t(r.Title)), text(a.t(r.Sentence))})
		}
		a.table("", []lang.Text{lang.T("Kampagne", "campaign"), holeWords.State, lang.T("was", "what"), lang.T("wie weit", "how far")}, cells)
	})
}

func (cmd campaignShowCmd) Run(a *app) error {
	return a.campaign(func(c *client.Client) (client.Campaign, error) { return c.Campaign(a.ctx, cmd.ID) })
}

func (cmd campaignStartCmd) Run(a *app) error {
	return a.campaign(func(c *client.Client) (client.Campaign, error) {
		return c.BeginCampaign(a.ctx, client.CampaignRequest{Kind: cmd.Kind, By: cmd.By, Customer: cmd.Customer, Canaries: cmd.Canary,
			Waves: cmd.Wave, Budget: cmd.Budget, AtOnce: cmd.AtOnce, Repeat: cmd.Repeat})
	})
}

func (cmd campaignSignOffCmd) Run(a *app) error {
	return a.campaign(func(c *client.Client) (client.Campaign, error) {
		return c.SignOff(a.ctx, cmd.ID, client.SignOffRequest{System: cmd.System, By: cmd.By, Text: cmd.Text})
	})
}

func (cmd campaignEndCmd) Run(a *app) error {
	return a.campaign(func(c *client.Client) (client.Campaign, error) {
		return c.EndCampaign(a.ctx, cmd.ID, cmd.By, cmd.Reason)
	})
}

func (cmd campaignStopCmd) Run(a *app) error {
	return a.standstill(func(c *client.Client) (client.Standstill, error) { return c.Stop(a.ctx, cmd.ID, cmd.By, cmd.Reason) },
		lang.T("Angehalten. Es wird nichts mehr begonnen.", "Stopped. Nothing more is begun."))
}

func (cmd campaignResumeCmd) Run(a *app) error {
	return a.standstill(func(c *client.Client) (client.Standstill, error) {
		return c.Resume(a.ctx, cmd.ID, client.ResumeRequest{By: cmd.By, Approved: cmd.ApprovedBy, Reason: cmd.Reason})
	}, lang.T("Fortgesetzt. Fehlschläge zählen von jetzt an neu.", "Resumed. Failures count anew from now on."))
}

func (cmd stopCmd) Run(a *app) error {
	return a.standstill(func(c *client.Client) (client.Standstill, error) { return c.Stop(a.ctx, "", cmd.By, cmd.Reason) },
		lang.T("Alles ist angehalten. Es wird nirgends mehr etwas begonnen.", "Everything is stopped. Nothing more is begun anywhere."))
}

func (cmd resumeCmd) Run(a *app) error {
	return a.standstill(func(c *client.Client) (client.Standstill, error) {
		return c.Resume(a.ctx, "", client.ResumeRequest{By: cmd.By, Reason: cmd.Reason})
	}, lang.T("Fortgesetzt.", "Resumed."))
}

// campaign shows a campaign after having done something about it.
func (a *app) campaign(do func(*client.Client) (client.Campaign, error)) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	k, err := do(c)
	if err != nil {
		return err
	}
	return a.result(k, func() {
		a.print(clean(k.ID) + "  " + a.mark(markOfCampaign(k.CampaignRow)) + "  " + a.t(k.Title))
		a.print("  " + a.t(k.Sentence))
		a.print("  " + a.tf(lang.T("Gescheitert: %[1]d von höchstens %[2]d.", "Failed: %[1]d of at most %[2]d."), k.Failed, k.Budget))
		if k.Stop != nil {
			for _, line := range wrap(a.t(k.Stop.Hold().Reason), 98) {
				a.print("  " + line)
			}
		}
		var cells [][]cell
		for _, m := range k.Members {
			word := memberMarks[m.State]
			if m.Overdue {
				word = mark{"▲", lang.Textf("%[1]s, überfällig", "%[1]s, overdue", word.word), red}
			}
			cells = append(cells, []cell{text(clean(m.System)), a.state(word), text(strconv.Itoa(m.Wave)), text(a.t(m.Sentence))})
		}
		a.table("", []lang.Text{lang.T("System", "system"), holeWords.State, lang.T("Welle", "wave"), lang.T("warum", "why")}, cells)
	})
}

// standstill stops or resumes, and says what still comes to its end.
func (a *app) standstill(do func(*client.Client) (client.Standstill, error), done lang.Text) error {
	c, err := a.connect()
	if err != nil {
		return err
	}
	s, err := do(c)
	if err != nil {
		return err
	}
	return a.result(s, func() {
		a.say(done)
		if n := len(s.Live); n > 0 {
			a.print("  " + a.tf(lang.T("Auf ihrem Host begonnen, kommen zu ihrem Ende: %[1]d.", "Begun on their hosts, come to their end: %[1]d."), n))
		}
	})
}
