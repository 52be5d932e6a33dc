package server

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// subject is one system with everything that a judgement about it rests on, read in one transaction.
type subject struct {
	held     estate.Held
	version  *policy.Version   // in force, with the contract's agreements laid over it; nil: none is, see held.NoPolicy
	inactive []policy.Inactive // parts of agreements without effect
	facts    *fact.Facts       // nil: the host has not reported yet
	hash     string
	observed time.Time
	zone     *time.Location // of the maintenance window, or the hoster's
	orders   []mandate.Order
	excepted map[string]lang.Text // source packages that an accepted exception keeps from being updated, and why
	critical map[string][]string  // source packages with critical holes that are open, and these holes
	putBack  []mandate.Failure    // runs that failed, whose changes are all due as they were then
}

// items are the due changes with the decisions on them.
func (s subject) items() []mandate.Item {
	if s.facts == nil {
		return nil
	}
	due := finding.Due(*s.facts)
	items := make([]mandate.Item, 0, len(due))
	conversions := s.conversions()
	for _, f := range due {
		if holes := s.critical[f.Source]; len(holes) > 0 && f.Class == policy.ChangeClassSecurityUpdate {
			f.Criticality, f.Holes = policy.CriticalityRemoteTakeover, holes
		}
		f.Excepted = s.excepted[f.Source]
		item := mandate.Item{Finding: f, Decision: policy.Decide(s.version, finding.Facets(s.held, f))}
		if c, ok := conversions[f.Source]; ok {
			item.Irreversible, item.Mend = c.why, c.mend
		}
		items = append(items, item)
	}
	return items
}

// request is the request for a mandate over everything due.
func (s subject) request(run string, at time.Time) mandate.Request {
	if s.zone != nil {
		at = at.In(s.zone)
	}
	return mandate.Request{Held: s.held, Items: s.items(), Orders: s.orders, Run: run, At: at, PutBack: s.putBack}
}

// urgent is the request for a mandate over those due changes that close critical holes and that the policy
// lets be made outside of windows.
func (s subject) urgent(run string, at time.Time) mandate.Request {
	if len(s.critical) == 0 && s.facts != nil { // nothing is critical: none of them is decided on once more
		s.facts = nil
		r := s.request(run, at)
		r.Items = []mandate.Item{}
		return r
	}
	r := s.request(run, at)
	r.Items = slices.DeleteFunc(r.Items, func(i mandate.Item) bool {
		return i.Finding.Criticality != policy.CriticalityRemoteTakeover || i.Decision.Window != policy.WindowAny
	})
	return r
}

// closing is the subject with those critical holes alone that what is granted closes: the others do not press it.
func (s subject) closing(r mandate.Request, granted mandate.Mandate) subject {
	critical, changes := map[string][]string{}, granted.Changes()
	for _, item := range r.Items {
		f := item.Finding
		if holes := s.critical[f.Source]; len(holes) > 0 && slices.ContainsFunc(changes, func(c mandate.Change) bool { return c.Package == f.Package && c.Arch == f.Arch }) {
			critical[f.Source] = holes
		}
	}
	s.critical = critical
	return s
}

// job is whose job the security updates of the operating system are: the one-line answer of a system.
func (s subject) job() policy.Decision {
	return policy.Decide(s.version, finding.Facets(s.held, finding.Finding{
		Layer: policy.LayerOS, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard,
	}))
}

// rows are the due changes as people see them, under the mandate that would be granted now.
func (s subject) rows(at time.Time) []board.DueRow {
	request := s.request("", at)
	granted, refusals := mandate.Grant(request)
	grounds := granted.Grounds()
	allowed := map[string]mandate.Change{}
	for _, c := range granted.Changes() {
		allowed[c.Package+":"+c.Arch] = c
	}
	refused := map[string]mandate.Refusal{}
	for _, r := range refusals {
		refused[r.Finding.Package+":"+r.Finding.Arch] = r
	}
	rows := make([]board.DueRow, 0, len(request.Items))
	for _, item := range request.Items {
		key := item.Finding.Package + ":" + item.Finding.Arch
		row := board.DueRow{
			System: s.held.System.Name, Finding: item.Finding, Decision: item.Decision,
			Rule: item.Decision.GoverningRule(), Why: item.Decision.Answer(),
		}
		if c, ok := allowed[key]; ok {
			row.Allowed, row.Ground = true, &grounds[c.Ground]
		} else if r, ok := refused[key]; ok {
			row.Rule, row.Why, row.Ask = r.Rule, r.Text, r.Ask
		}
		rows = append(rows, row)
	}
	return rows
}

// waiting groups the refusals of a system by their reason: one line for each reason, not for each
// package. What the customer executes is nobody's waiting.
func waiting(s subject, refusals []mandate.Refusal) []board.Waiting {
	var list []board.Waiting
	for _, r := range refusals {
		if r.Decision.Execution == policy.PartyCustomer {
			continue
		}
		at := -1
		for i := range list {
			if list[i].Rule == r.Rule && list[i].Text == r.Text {
				at = i
			}
		}
		if at < 0 {
			list = append(list, board.Waiting{
				System: s.held.System.Name, Customer: s.held.Customer.Name,
				Rule: r.Rule, Text: r.Text, Ask: r.Ask, CanOrder: !r.Ask.IsZero(), PutBack: r.PutBack,
			})
			at = len(list) - 1
		}
		list[at].Due++
		if r.Finding.Class == policy.ChangeClassSecurityUpdate {
			list[at].Security++
		}
	}
	return list
}
