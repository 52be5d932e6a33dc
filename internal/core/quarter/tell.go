package quarter

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// hole is a critical hole on a host, with its clock.
type hole struct {
	host     *host
	name     string // of the update that closes it, with its version
	times    clock.Times
	duty     clock.Duty
	told     []clock.Told
	deadline time.Time
}

// opens starts the clock of a hole.
func (h *house) opens(x *host, f finding.Finding) {
	d := policy.Decide(x.version, finding.Facets(x.held, f))
	one := &hole{host: x, name: f.Package + " " + f.Candidate, times: clock.Times{Published: h.now, Known: h.now}, duty: clock.DutyUnder(d, severity.Critical)}
	state := clock.State(h.now, one.times, one.duty)
	one.deadline = state.Deadline
	h.holes, x.holes = append(h.holes, one), append(x.holes, one)
}

// secured stops the clocks of what is installed.
func (h *house) secured(x *host, at time.Time) {
	x.holes = slices.DeleteFunc(x.holes, func(one *hole) bool {
		open := slices.ContainsFunc(x.due, func(f finding.Finding) bool { return f.Package+" "+f.Candidate == one.name })
		if !open {
			one.times.Installed, one.times.Effective = at, at
		}
		return !open
	})
}

// watch says what the clocks say is to be said, and forgets those that are over.
func (h *house) watch() {
	if h.now.Minute() != 0 {
		return
	}
	h.holes = slices.DeleteFunc(h.holes, func(one *hole) bool {
		state := clock.State(h.now, one.times, one.duty)
		if state.Secured || h.Mistake == IgnoresHoles {
			return true
		}
		for _, c := range h.steps.Due(h.now, state, one.told) {
			one.told = append(one.told, clock.Told{Step: c.Step, Of: c.Of, At: h.now})
			to := string(c.To)
			switch {
			case c.Step == "ASK-01":
				one.times.Asked = h.now
				h.answer(one)
				to = "chef"
			case c.To == clock.Record:
				one.times.Silence = h.now
			case c.To == clock.Customer:
				to = "chef"
			case c.To == clock.SecondContact:
				to = "it"
			}
			h.alarm(one.host, "", c.Step+" "+one.name, to, one.duty.Rule, c.Text.EN)
		}
		state = clock.State(h.now, one.times, one.duty)
		return state.Job == clock.Nothing || state.Job == clock.Inform || state.Overdue && h.now.Sub(state.Deadline) > 48*time.Hour
	})
}

// answer makes up what the customer says to the question whether the hole may be closed: an order, or nothing.
func (h *house) answer(one *hole) {
	if !h.dice.of(60) {
		return
	}
	k := one.host.held
	m := &letter{id: h.id("ma"), customer: k.Customer.ID, contact: "chef", address: "chef@" + k.Customer.ID + ".example", system: k.System.Name, intent: audit.Clear,
		text: "Guten Tag,\n\nbitte spielen Sie auf " + k.System.Name + " die Sicherheitsupdates ein.\n"}
	d := deed{at: h.now.Add(time.Duration(1+h.dice.below(20)) * time.Hour), mail: m}
	i, _ := slices.BinarySearchFunc(h.deeds, d.at, func(o deed, t time.Time) int { return o.at.Compare(t.Add(1)) })
	h.deeds = slices.Insert(h.deeds, i, d)
}

// tell tells people how the work stands.
func (h *house) tell() {
	if h.atHour(7) {
		h.overview()
	}
	for _, o := range h.owners {
		if h.Mistake == TellsNobody || !o.news && (o.again.IsZero() || o.again.After(h.now)) {
			continue
		}
		h.tellOwner(o)
	}
}

func (h *house) tellOwner(o *owner) {
	o.news, o.again = false, time.Time{}
	o.runs = slices.DeleteFunc(o.runs, func(w *work) bool {
		return w.stands != policy.HappensPlanned && w.stands != policy.HappensBegun && h.now.Sub(w.since) > notice.Stale
	})
	open := map[string]*work{}
	facts := make([]notice.Fact, 0, len(o.runs))
	for _, w := range o.runs {
		open[w.id] = w
		facts = append(facts, notice.Fact{Run: w.id, System: w.host.held.System.Name, Stands: w.stands, Since: w.since, Slot: w.slot})
	}
	o.told = slices.DeleteFunc(o.told, func(t notice.Told) bool { return open[t.Run] == nil })
	if len(o.hosts) == 0 || len(facts) == 0 {
		return
	}
	rules := o.hosts[0].version.Telling()
	for _, n := range notice.Due(notice.Input{Now: h.now, Facts: facts, Rules: rules, Told: o.told, People: notice.Contacts(o.customer)}) {
		if h.Mistake == NeverCorrects && (n.Happening == policy.HappensMoved || n.Happening == policy.HappensCancelled) {
			continue
		}
		o.told = append(o.told, n.Told)
		h.write(audit.Entry{Kind: audit.Told, System: n.System, Run: n.Run, What: string(n.Happening), To: n.To, From: n.Slot.From, Until: n.Slot.To, Late: n.Late, Rule: n.Rule})
	}
	for _, w := range o.runs { // when there is something to tell without anything having happened
		at := h.now.Add(step)
		switch {
		case w.stands == policy.HappensPlanned:
			at = later(at, w.slot.From.Add(-48*time.Hour-notice.Early-step).Truncate(step))
		case h.now.Sub(w.since) > 2*time.Hour:
			continue
		}
		if o.again.IsZero() || at.Before(o.again) {
			o.again = at
		}
	}
}

// overview is the operators' daily look at what is overdue where updates are the provider's own duty by the calendar.
func (h *house) overview() {
	for _, x := range h.hosts {
		if len(x.due) == 0 || x.run != nil {
			continue
		}
		var due time.Time
		items := h.items(x)
		if slices.ContainsFunc(items, func(i mandate.Item) bool { return i.Decision.Verdict == policy.Ask }) {
			h.alarm(x, "", "waits for facts", "operator", "", "a fact that the policy needs is missing")
		}
		for _, i := range items {
			if i.Decision.Execution == policy.PartyProvider && i.Decision.Trigger == policy.TriggerProactive && i.Decision.Verdict == policy.Permitted {
				switch i.Decision.Cadence {
				case policy.CadenceNightly:
					due = x.good.AddDate(0, 0, 1)
				case policy.CadenceMonthly:
					due = x.good.AddDate(0, 1, 0)
				}
			}
		}
		if due.IsZero() || !h.now.After(due) {
			continue
		}
		h.alarm(x, "", "recurring updates overdue", "operator", "IT-30", "last run that succeeded: "+x.good.Format(time.DateOnly))
	}
}

// signOff lets people look at the systems of the monthly round, one by one, and says what is missing when it is over.
func (h *house) signOff() {
	if h.Mistake == SignsNothing {
		return
	}
	if from, to := campaign.Monthly.Period(h.now); !h.round.From.Equal(from) {
		if !h.round.From.IsZero() {
			for _, x := range h.hosts {
				if m := h.round.Stand(h.sight(x), h.now); m.Overdue {
					h.alarm(x, "", "not signed off in "+h.round.From.Format("2006-01"), "operator", campaign.Monthly.Rule(), m.Sentence.EN)
				}
			}
		}
		h.round = campaign.Campaign{ID: "k-" + from.Format("2006-01"), Kind: campaign.Monthly, From: from, To: to, Begun: h.now, By: "ida"}
	}
	if !h.atHour(10) {
		return
	}
	for _, x := range h.hosts {
		if x.held.Contract.Policy != toms || h.now.Day() < x.person || !x.signed.Before(h.round.From) || x.forgets && h.now.Month()%2 == 0 {
			continue
		}
		s := campaign.SignOff{Campaign: h.round.ID, System: x.held.System.Name, By: "ida", Text: "Updates, Dienste und Logs angesehen.", At: h.now}
		if s.Check() != nil || !h.round.Stand(h.sight(x), h.now).Missing {
			continue
		}
		x.signed = h.now
		h.write(audit.Entry{Kind: audit.Signed, System: s.System, To: s.By, Why: s.Text})
	}
}

func (h *house) sight(x *host) campaign.Sight {
	d := policy.Decide(x.version, finding.Facets(x.held, finding.Finding{Layer: policy.LayerOS, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard}))
	s := campaign.Sight{System: x.held.System.Name, Customer: x.held.Customer.ID, Ours: x.held.Contract.Policy == toms && d.Execution.Acts(), Rule: d.GoverningRule(), Why: d.Answer(), Known: true, Due: len(x.due), Refused: lang.Text{}}
	if !x.signed.Before(h.round.From) && !h.round.From.IsZero() {
		s.Sign = &campaign.SignOff{Campaign: h.round.ID, System: s.System, By: "ida", Text: "angesehen", At: x.signed}
	}
	return s
}
