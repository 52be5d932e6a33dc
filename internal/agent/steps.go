package agent

import (
	"context"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// save looks at the host as it is, keeps that, and takes the restore point.
func (r *runner) save(ctx context.Context) (run.Event, error) {
	if t := r.late(); t != nil {
		return run.Event{}, t
	}
	before, err := r.host.Machine.Observe(ctx, r.order)
	if err != nil {
		return run.Event{}, err
	}
	if err := r.memory.SetBefore(r.order.ID(), before); err != nil {
		return run.Event{}, fmt.Errorf("keep how the host looks now: %w", err)
	}
	point, err := r.host.Points.Save(ctx, r.order.ID())
	if err != nil {
		return run.Event{}, err
	}
	if t := r.late(); t != nil {
		return run.Event{}, t
	}
	return run.Event{Point: &point}, nil
}

// How long services are given to come back before the change is judged a failure. A good host is
// looked at once.
const (
	graceForServices = 30 * time.Second
	graceAfterReboot = 3 * time.Minute // everything starts at once, and some of it checks its data first
	betweenLooks     = 2 * time.Second
)

// verify compares the host with how it was before. What only needs a moment to come up gets it.
func (r *runner) verify(ctx context.Context) (run.Event, error) {
	before, err := r.memory.Before(r.order.ID())
	if err != nil {
		return run.Event{}, err
	}
	v, err := r.settled(ctx, ordered(r.order), before, true)
	if err != nil {
		return run.Event{}, err
	}
	if v.Outcome == verdict.NotEffective {
		v.Reasons = append(v.Reasons, r.whyNotEffective()...)
	}
	if v.Outcome != verdict.Unknown {
		return run.Event{Verdict: &v}, nil
	}
	first := v.Reasons[0]
	return run.Event{Verdict: &v}, &Trouble{Code: first.Code, Text: first.Text}
}

// settled judges until the verdict is good, or cannot become so by waiting, or the grace is over. With done,
// what was ordered has to be there; after a restore it must not.
func (r *runner) settled(ctx context.Context, changes []verdict.Ordered, before verdict.Observation, done bool) (verdict.Verdict, error) {
	grace := graceForServices
	if r.log.State().Rebooted() {
		grace = graceAfterReboot
	}
	until := r.now().Add(grace)
	for {
		after, err := r.host.Machine.Observe(ctx, r.order)
		if err != nil {
			return verdict.Verdict{}, err
		}
		if !done {
			after.Measure = nil
		}
		v, ok := verdict.Judge(changes, before, after)
		if ok || !mayPass(v.Reasons) || len(verdict.GaveUp(before, after)) > 0 || !r.now().Before(until) {
			return v, nil
		}
		if err := r.pause(ctx, betweenLooks); err != nil {
			return verdict.Verdict{}, err
		}
	}
}

// mayPass says whether all reasons are such that a service needs time for.
func mayPass(reasons []verdict.Reason) bool {
	for _, why := range reasons {
		switch why.Code {
		case "unit_lost", "port_lost", "check_failed":
		default:
			return false
		}
	}
	return true
}

func ordered(w wire.WorkOrder) []verdict.Ordered {
	var list []verdict.Ordered
	for _, p := range w.Packages() {
		list = append(list, verdict.Ordered{Package: p.Name, Arch: p.Arch, From: p.From, To: p.To})
	}
	return list
}

// restore puts the host back. The run counts as restored if, and only if, the files are proven
// identical. Then what was active before is restarted; that one of the services does not come back
// is told as a further reason.
func (r *runner) restore(ctx context.Context) (run.Event, error) {
	v := r.reasoned(nil)
	proof, err := r.host.Points.Restore(ctx, r.order.ID())
	if proof.Point != "" {
		v.Proof = &proof
	}
	if err == nil && len(proof.Differences) > 0 {
		err = &Trouble{Code: "not_identical", Text: lang.Textf(
			"Nach dem Zurücksetzen weichen %[1]d Pfade ab.", "After restoring, %[1]d paths differ.", len(proof.Differences))}
	}
	if err != nil {
		t := asTrouble(err, run.Restoring, limits[run.Restoring], ctx.Err())
		v.Reasons = append(v.Reasons, verdict.Reason{Code: t.Code, Text: t.Text})
		return run.Event{Verdict: v}, t
	}
	v.Outcome = verdict.Restored
	if w, ok := r.host.Witness.(interface {
		NotRolledBack(w wire.WorkOrder) []lang.Text
	}); ok {
		for _, text := range w.NotRolledBack(r.order) {
			v.Reasons = append(v.Reasons, verdict.Reason{Code: "data_not_rolled_back", Text: text})
		}
	}
	r.revive(ctx, v)
	return run.Event{Verdict: v}, nil
}

// revive brings services back after a restore and says in the verdict what does not come back.
func (r *runner) revive(ctx context.Context, v *verdict.Verdict) {
	add := func(code string, text lang.Text) {
		v.Reasons = append(v.Reasons, verdict.Reason{Code: "after_restore_" + code, Text: lang.Textf(
			"Nach dem Zurücksetzen: %[1]s", "After restoring: %[1]s", text)})
	}
	before, err := r.memory.Before(r.order.ID())
	if err != nil {
		add("unknown", lang.T("Wie der Host vorher aussah, ist nicht mehr lesbar.", "How the host looked before can no longer be read."))
		return
	}
	if err := r.host.Witness.Revive(ctx, r.order, before, r.liner(run.Restoring)); err != nil {
		t := asTrouble(err, run.Restoring, limits[run.Restoring], ctx.Err())
		add(t.Code, t.Text)
	}
	after, err := r.settled(ctx, nil, before, false)
	if err != nil {
		add("unknown", lang.T("Dienste und Prüfungen konnten nicht angesehen werden.", "Services and checks could not be looked at."))
		return
	}
	if after.Outcome == verdict.Unknown {
		for _, why := range after.Reasons {
			add(why.Code, why.Text)
		}
	}
	v.Before, v.After, v.Changes = after.Before, after.After, ordered(r.order)
	if r.log.State().Rebooted() {
		v.Reasons = append(v.Reasons, verdict.Reason{Code: "reboot_pending", Text: lang.T(
			"Der Host läuft noch mit dem Stand, mit dem er neu gestartet wurde; der zurückgesetzte gilt ganz erst nach einem weiteren Neustart, den jemand entscheiden muss.",
			"The host still runs what it was rebooted with; what was restored takes full effect after another reboot only, which somebody has to decide on.")})
	}
	for i, c := range v.Changes {
		v.Changes[i].Now = v.After.Versions[verdict.Key(c.Package, c.Arch)]
	}
}
