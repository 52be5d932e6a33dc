package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// maxMembers bounds the systems that a page about a campaign shows; what needs somebody comes first.
const maxMembers = 100

// campaignsView is all campaigns, and whether everything is stopped.
type campaignsView struct {
	page
	Rows  []board.CampaignRow
	Still board.Standstill
	Fault *fault.Error
}

// campaignView is one campaign.
type campaignView struct {
	page
	C     board.Campaign
	Needs capped[campaign.Member] // what needs a person
	List  capped[campaign.Member] // the others
	Chart campaign.Chart
	Fault *fault.Error
}

func (c *console) campaigns(w http.ResponseWriter, r *http.Request) {
	c.showCampaigns(w, r, http.StatusOK, nil)
}

func (c *console) showCampaigns(w http.ResponseWriter, r *http.Request, status int, wrong *fault.Error) {
	rows, err := c.backend.Campaigns(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	still, err := c.backend.Standstill(r.Context())
	if err != nil {
		c.fail(w, r, err)
		return
	}
	c.render(w, r, status, campaignsPage(campaignsView{c.page(w, r, "kampagnen", campaignWords.Title), rows, still, wrong}))
}

func (c *console) campaign(w http.ResponseWriter, r *http.Request) {
	c.showCampaign(w, r, http.StatusOK, nil)
}

func (c *console) showCampaign(w http.ResponseWriter, r *http.Request, status int, wrong *fault.Error) {
	k, err := c.backend.Campaign(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	v := campaignView{page: c.page(w, r, "kampagnen", k.Title), C: k, Fault: wrong}
	needs, rest := split(k)
	v.Needs, v.List = capAt(needs, maxMembers, ""), capAt(rest, maxMembers, "")
	v.Chart = campaign.Draw(k.Course, k.Sum.Systems, chartWide-chartLeft-chartBesideRight, chartHigh-chartBelow-chartAbove)
	c.render(w, r, status, campaignPage(v))
}

// split tells the systems that need a person from the others. In a campaign that ended none does any more.
func split(k board.Campaign) (needs, rest []campaign.Member) {
	for _, m := range k.Members {
		if k.Open() && m.Person() {
			needs = append(needs, m)
		} else {
			rest = append(rest, m)
		}
	}
	return needs, rest
}

// beginCampaign begins a round by the usual rules; others are stated on the command line.
func (c *console) beginCampaign(w http.ResponseWriter, r *http.Request) {
	k, err := c.backend.Begin(r.Context(), campaign.Campaign{Kind: campaign.Kind(r.PostFormValue("art")), By: field(r, "wer")})
	c.after(w, r, err, campaignURL(k.ID), c.showCampaigns)
}

func (c *console) signOffSystem(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	_, err := c.backend.SignOff(r.Context(), campaign.SignOff{Campaign: id, System: field(r, "system"), By: field(r, "wer"), Text: field(r, "wortlaut")})
	c.after(w, r, err, campaignURL(id), c.showCampaign)
}

// endRound ends a round by hand.
func (c *console) endRound(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	_, err := c.backend.End(r.Context(), board.EndRequest{Campaign: id, By: field(r, "wer"), Reason: field(r, "grund")})
	c.after(w, r, err, campaignURL(id), c.showCampaign)
}

// halt stops a campaign, or, at the address without one, everything.
func (c *console) halt(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	_, err := c.backend.Halt(r.Context(), board.StopRequest{Campaign: id, By: field(r, "wer"), Reason: field(r, "grund")})
	c.after(w, r, err, campaignURL(id), c.pageOf(id))
}

func (c *console) resume(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	_, err := c.backend.Resume(r.Context(), board.ResumeRequest{Campaign: id, By: field(r, "wer"), Approved: field(r, "zweite"), Reason: field(r, "grund")})
	c.after(w, r, err, campaignURL(id), c.pageOf(id))
}

func (c *console) pageOf(id string) func(http.ResponseWriter, *http.Request, int, *fault.Error) {
	if id == "" {
		return c.showCampaigns
	}
	return c.showCampaign
}

// after leads on when something was done, and shows the page with what is wrong otherwise.
func (c *console) after(w http.ResponseWriter, r *http.Request, err error, to string, show func(http.ResponseWriter, *http.Request, int, *fault.Error)) {
	if err == nil {
		http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // always a path of the console
		return
	}
	wrong := c.fault(r, err)
	show(w, r, statusOf(wrong.Code), wrong)
}

func field(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(r.PostFormValue(name), "\r\n", "\n"))
}

func campaignURL(id string) string {
	if id == "" {
		return "/kampagnen"
	}
	return "/kampagnen/" + url.PathEscape(id)
}

// byWhom names who began a campaign or ended it.
func byWhom(p page, by string) string {
	if by == campaign.Itself {
		return p.T(campaignWords.ByItself)
	}
	return by
}

// markOfCampaign is how a campaign stands.
func markOfCampaign(c board.CampaignRow) mark {
	switch {
	case !c.Open():
		return mark{"idle", campaignWords.Ended}
	case c.Stop != nil:
		return mark{"stop", campaignWords.Stopped}
	case c.Sum.Overdue > 0:
		return mark{"late", campaignWords.Overdue}
	}
	return mark{"live", campaignWords.GoesOn}
}

// markOfMember is how a system stands.
func markOfMember(m campaign.Member) mark {
	own := memberMarks[m.State]
	if m.Overdue {
		return mark{"late", lang.Textf("%[1]s, %[2]s", "%[1]s, %[2]s", own.Word, campaignWords.Overdue)}
	}
	return own
}

// maySign reports whether somebody may sign a system off here.
func (v campaignView) maySign(m campaign.Member) bool {
	return v.C.Open() && m.State != campaign.SignedOff && m.State != campaign.NotOurs && m.State != campaign.Running
}

// waveName names a wave: "Vorläufer", "Welle 2".
func (v campaignView) waveName(n int) string {
	if n == 0 {
		return v.T(campaignWords.Canary)
	}
	return v.F(campaignWords.WaveNo, v.Count(n))
}

func (v campaignView) courseText() string {
	var last campaign.Point
	if n := len(v.C.Course); n > 0 {
		last = v.C.Course[n-1]
	}
	return v.F(campaignWords.CourseText, v.Count(last.Kept), v.Count(v.C.Sum.Systems), v.Count(last.Failed))
}

// axis is what stands below the course: days, or, where all of it lies within a few of them, hours.
func (v campaignView) axis(t time.Time) string {
	if n := len(v.C.Course); n > 0 && v.C.Course[n-1].At.Sub(v.C.Course[0].At) < 72*time.Hour {
		return t.In(v.zones.find(v.C.Zone)).Format("15:04")
	}
	return v.DayMonth(t)
}

func (v campaignView) period() string {
	if v.C.To.IsZero() {
		return v.F(campaignWords.SinceWhen, v.At(v.C.From, v.C.Zone))
	}
	last := v.C.To.Add(-time.Second) // of a round the days count
	return v.DayMonth(v.C.From) + " – " + v.DayMonth(last) + " " + strconv.Itoa(last.In(v.zones.own).Year())
}

// membersCSV is the table for other programs.
func (c *console) membersCSV(w http.ResponseWriter, r *http.Request) {
	k, err := c.backend.Campaign(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	p := c.page(w, r, "kampagnen", k.Title)
	rows := [][]string{{p.T(frameWords.System), p.T(campaignWords.Wave), "state", p.T(campaignWords.Why), p.T(campaignWords.Overdue), p.T(campaignWords.Sign)}}
	for _, m := range k.Members {
		sign, late := "", ""
		if m.Sign != nil {
			sign = m.Sign.By + " " + m.Sign.At.UTC().Format("2006-01-02T15:04:05Z") + " " + m.Sign.Text
		}
		if m.Overdue {
			late = "1"
		}
		rows = append(rows, []string{m.System, p.Count(m.Wave), string(m.State), p.T(m.Sentence), late, sign})
	}
	c.writeCSV(w, p, "kampagne", rows)
}
