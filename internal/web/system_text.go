package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// systemLead says what the system is: service, customer, contract, purpose.
func systemLead(v systemView) string {
	parts := []string{v.T(service(v.S.Model, v.S.Package)), v.S.Customer}
	if v.S.Held.Contract.ID != "" {
		parts = append(parts, v.T(frameWords.Contract)+" "+v.S.Held.Contract.ID)
	}
	if v.S.Held.System.Purpose != "" {
		parts = append(parts, v.S.Held.System.Purpose)
	}
	return strings.Join(parts, " · ")
}

// windowText is the agreed maintenance window: name, days, local time.
func windowText(v systemView) string {
	w := v.S.Held.Window
	if w.Name == "" {
		return v.T(systemWords.WindowNone)
	}
	hours := strconv.FormatFloat(w.Hours, 'f', -1, 64)
	if v.L == lang.DE {
		hours = strings.Replace(hours, ".", ",", 1)
	}
	return w.Name + " (" + v.days(w.Days) + " " + w.Start + ", " + hours + "\u00a0h, " + w.Zone + ")"
}

// rebootText says whether what is installed is what runs.
func rebootText(v systemView) string {
	r := v.S.Facts.Reboot
	var parts []string
	if r.Required {
		parts = append(parts, v.F(systemWords.RebootYes, orDash(r.Expected)))
	}
	if len(r.Services) > 0 {
		parts = append(parts, v.F(systemWords.RebootServices, strings.Join(r.Services, ", ")))
	}
	if len(parts) == 0 {
		return v.T(systemWords.RebootNo)
	}
	return strings.Join(parts, "; ")
}

// kernelText is the running kernel.
func kernelText(v systemView) string {
	k := v.S.Facts.Kernel
	text := k.Running + ", " + k.Arch
	if k.Container {
		text += ", " + v.T(systemWords.SharedKernel)
	}
	return text
}

// The steps that may come next on a system's page. One of them is the page's primary action.
const (
	stepEnrol = "enrol"
	stepPlan  = "plan"
	stepOrder = "order"
)

// nextStep is what a person would do next here: let the host in, plan what is permitted, or ask for
// the order that is missing. It is empty when there is nothing to do.
func nextStep(v systemView) string {
	busy := v.S.Next != nil || slices.ContainsFunc(v.S.Runs, open)
	allowed := slices.ContainsFunc(v.S.DueList, func(d board.DueRow) bool { return d.Allowed })
	waits := slices.ContainsFunc(v.S.DueList, func(d board.DueRow) bool {
		return !d.Allowed && d.Decision.Verdict == policy.Permitted
	})
	switch {
	case byCustomer(v):
		return ""
	case !v.S.Enrolled:
		return stepEnrol
	case allowed && !busy:
		return stepPlan
	case waits:
		return stepOrder
	}
	return ""
}

// byCustomer reports whether the customer executes here, so that there is nothing for us to do.
func byCustomer(v systemView) bool { return v.S.Job.Execution == policy.PartyCustomer }

// canPlan reports whether looking at a plan makes sense.
func canPlan(v systemView) bool {
	return v.S.Enrolled && !byCustomer(v) && v.S.Next == nil && !slices.ContainsFunc(v.S.Runs, open)
}

// whyMore is what is said below the reason line of a decision: why the change is not permitted now.
func whyMore(p page, d board.DueRow) string {
	if d.Allowed || d.Why == d.Decision.ReasonLine() || d.Why == d.Decision.Answer() {
		return ""
	}
	return ruled(d.Rule, p.T(d.Why))
}

// dueMark is how a group of due changes stands.
func dueMark(d board.DueRow) mark {
	switch {
	case d.Allowed:
		return mark{"may", systemWords.AllowedWord}
	case d.Decision.Verdict == policy.Permitted:
		return mark{"wait", stateWords.Wait}
	case d.Decision.Verdict == policy.Ask:
		return mark{"open", stateWords.Open}
	}
	return mark{"idle", systemWords.NotAllowed}
}

// orderMark is how an order stands.
func orderMark(o mandate.Order) mark {
	switch {
	case o.Withdrawn:
		return mark{"idle", systemWords.OrderWithdrawn}
	case o.Used != "":
		return mark{"idle", systemWords.OrderTaken}
	}
	return mark{"wait", systemWords.OrderOpen}
}

func explicitWord(explicit bool) lang.Text {
	if explicit {
		return systemWords.Explicit
	}
	return systemWords.NotExplicit
}

// groundLine says what a mandate rests on: kind, document, person, rules.
func groundLine(p page, g mandate.Ground) string {
	parts := []string{strings.TrimSpace(p.T(groundWord(g.Kind)) + " " + g.Basis)}
	if g.Contact != "" {
		parts = append(parts, p.F(runWords.GivenBy, g.Contact))
	}
	if len(g.Rules) > 0 {
		parts = append(parts, strings.Join(g.Rules, ", "))
	}
	return strings.Join(parts, " · ")
}

func orNone(p page, list []string) string {
	if len(list) == 0 {
		return p.T(frameWords.None)
	}
	return strings.Join(list, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// receiptLead says what an order permits.
func receiptLead(v receiptView) string {
	if v.Receipt.Allowed == 0 && v.Receipt.LeftOut == 0 {
		return v.T(orderWords.NoneAllowed)
	}
	var parts []string
	if v.Receipt.Allowed > 0 {
		parts = append(parts, v.N(v.Receipt.Allowed, orderWords.Allowed))
	}
	if v.Receipt.LeftOut > 0 {
		parts = append(parts, v.N(v.Receipt.LeftOut, orderWords.LeftOut))
	}
	return strings.Join(parts, ", ") + "."
}

// systemName is a system's name, which is the same in every language.
func systemName(name string) lang.Text { return lang.T(name, name) }
