package host

import (
	"context"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// Revive is Settle after a restore: the files are as before, and now the services have to be, too. The
// system manager reads its units again, what ran before and does not now is started, and what runs
// code that the restore took away is restarted. was is the observation from before the change. The
// units in also are restarted in any case, if they ran before: a service may hold what the change gave
// it to read in memory, where no look at its files shows it.
func (m *Machine) Revive(ctx context.Context, was verdict.Observation, line func(string), also ...string) (fact.Reboot, *Trouble) {
	if line == nil {
		line = func(string) {}
	}
	m.forget()
	now, err := m.units(ctx)
	if err != nil {
		return fact.Reboot{}, fromError(CodeHost, err, "")
	}
	if now == nil {
		return fact.Reboot{}, nil // no system manager, no services
	}
	line("systemctl daemon-reload")
	if res, err := m.systemctl(ctx, "daemon-reload"); err != nil {
		return fact.Reboot{}, fromError(CodeRestart, err, res.Tail)
	}
	var lost, failed []string
	for _, u := range was.Units {
		if u.Active != "active" || u.Name == m.opt.Unit {
			continue
		}
		state := ""
		for _, n := range now {
			if n.Name == u.Name {
				state = n.Active
			}
		}
		if state == "failed" {
			failed = append(failed, u.Name)
		}
		if state != "active" {
			lost = append(lost, u.Name)
		}
	}
	if len(failed) > 0 { // else the limit of starts in a row may forbid the start
		if res, err := m.systemctl(ctx, append([]string{"reset-failed", "--"}, failed...)...); err != nil {
			return fact.Reboot{}, fromError(CodeRestart, err, res.Tail)
		}
	}
	if len(lost) > 0 {
		slices.Sort(lost)
		line("systemctl start " + strings.Join(lost, " "))
		res, err := m.systemctl(ctx, append([]string{"start", "--"}, lost...)...)
		if t := m.restarted(ctx, lost, res, err); t != nil {
			return fact.Reboot{}, t
		}
	}
	var again []string
	for _, u := range was.Units {
		if u.Active == "active" && u.Name != m.opt.Unit && slices.Contains(also, u.Name) && !slices.Contains(lost, u.Name) {
			again = append(again, u.Name)
		}
	}
	if len(again) > 0 {
		slices.Sort(again)
		line("systemctl restart " + strings.Join(again, " "))
		res, err := m.systemctl(ctx, append([]string{"restart", "--"}, again...)...)
		if t := m.restarted(ctx, again, res, err); t != nil {
			return fact.Reboot{}, t
		}
	}
	return m.Settle(ctx, line)
}
