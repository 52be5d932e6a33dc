package demo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/lab"
)

// managed are the hosts that carry an agent. iaas1 has none: the provider has no access there (MH2-07).
var managed = []string{"web1", "web2", "db1"}

// open states the estate, and enrols the managed hosts.
func (s *show) open(ctx context.Context) error {
	s.step(lang.T("Bestand anwenden und Hosts anmelden", "Applying the estate and enrolling hosts"))
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	doc, opens, err := estateDocument(time.Now(), zone)
	if err != nil {
		return err
	}
	s.opens = opens
	applied, err := s.stage.Client.Apply(ctx, "estate.yaml", doc)
	if err != nil {
		return err
	}
	s.detail("+ " + strings.Join(applied.Added, ", "))
	link, err := s.stage.Server.SignInLink(ctx)
	if err != nil {
		return err
	}
	s.say(lang.Textf("Zusehen in der Konsole: %[1]s", "Watch in the console: %[1]s", link))
	var g errgroup.Group
	for _, name := range managed {
		g.Go(func() error {
			if err := s.stage.Enrol(ctx, s.hosts[name]); err != nil {
				return err
			}
			return s.stage.AwaitRefreshed(ctx, name)
		})
	}
	return g.Wait()
}

// ask shows what is due, and whose job it is.
func (s *show) ask(ctx context.Context) error {
	s.step(lang.T("Was steht an, und wessen Aufgabe ist es?", "What is due, and whose job is it?"))
	rows, err := s.stage.Client.Systems(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		due := lang.Textf("%[1]d fällig, davon %[2]d Sicherheitsupdates", "%[1]d due, %[2]d of them security updates", r.Due, r.Security)
		if !r.Enrolled {
			due = lang.T("kein Agent, wir haben keinen Zugriff", "no agent, we have no access")
		}
		s.say(lang.Text{
			DE: fmt.Sprintf("%-6s %s\n       %s", r.Name, due.DE, r.Answer.DE),
			EN: fmt.Sprintf("%-6s %s\n       %s", r.Name, due.EN, r.Answer.EN),
		})
	}
	e, err := s.stage.Client.Explain(ctx, board.Question{System: "iaas1"})
	if err != nil {
		return err
	}
	s.acts["iaas1"] = act{
		contract: "IaaS", expected: "MH2-03", outcome: e.Rule, what: e.Answer.In(s.Lang),
		good: !e.Allowed && e.Rule == "MH2-03",
	}
	return nil
}

// plan plans what is permitted, shows db1's refusal, places the customer's order, and plans again.
func (s *show) plan(ctx context.Context) error {
	s.step(lang.T("Dürfen wir, und wann?", "May we, and when?"))
	first, err := s.stage.Client.Plan(ctx, "", false)
	if err != nil {
		return err
	}
	refused := ""
	for _, slot := range first.Slots {
		s.say(lang.Textf("%[1]s: geplant. %[2]s", "%[1]s: planned. %[3]s", slot.System, slot.Reason.DE, slot.Reason.EN))
	}
	for _, w := range first.Refused {
		s.say(lang.Text{DE: w.System + ": " + w.Text.DE + " " + w.Ask.DE, EN: w.System + ": " + w.Text.EN + " " + w.Ask.EN})
		if w.System == "db1" && refused == "" {
			refused = w.Rule
		}
	}
	s.acts["db1"] = act{contract: "PaaS basic", expected: "MH2-20 → succeeded", outcome: refused, good: refused == "MH2-20"}
	s.step(lang.T("Die Kundin beauftragt db1", "The customer orders db1"))
	receipt, err := s.stage.Client.PlaceOrder(ctx, board.OrderRequest{
		System: "db1", Contact: "eva", Channel: "Ticket 4812", Explicit: true, Scope: estate.ScopeSecurity,
		Text: "Bitte spielen Sie auf db1 alle ausstehenden Sicherheitsupdates ein.",
	})
	if err != nil {
		return err
	}
	s.say(receipt.Confirmation)
	second, err := s.stage.Client.Plan(ctx, "db1", false)
	if err != nil {
		return err
	}
	if len(second.Slots) == 0 {
		return errors.New("db1 was not planned after the customer's order")
	}
	at := second.Slots[0].At
	s.say(lang.Text{
		DE: fmt.Sprintf("db1: geplant in das nächste Wartungsfenster, %s. Es beginnt in %s; so lange wird gewartet, keine Uhr wird verstellt.",
			lang.Interval(at.From.In(s.zone()), at.To.In(s.zone()), lang.DE), lang.Duration(time.Until(at.From).Round(time.Second), lang.DE)),
		EN: fmt.Sprintf("db1: planned into the next maintenance window, %s. It opens in %s; we wait for it, no clock is moved.",
			lang.Interval(at.From.In(s.zone()), at.To.In(s.zone()), lang.EN), lang.Duration(time.Until(at.From).Round(time.Second), lang.EN)),
	})
	return nil
}

func (s *show) zone() *time.Location { return s.opens.Location() }

// follow watches all runs until they are over.
func (s *show) follow(ctx context.Context) error {
	s.step(lang.T("Die Läufe", "The runs"))
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	rows, err := s.stage.Client.Runs(ctx, board.RunFilter{})
	if err != nil {
		return err
	}
	var g errgroup.Group
	ends := make([]board.Run, len(rows))
	for i, row := range rows {
		g.Go(func() error {
			if err := s.watch(ctx, row); err != nil {
				return err
			}
			end, err := s.stage.Client.Run(ctx, row.ID)
			ends[i] = end
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, r := range ends {
		a := s.acts[r.System]
		switch r.System {
		case "web1":
			a = act{contract: "PaaS advanced", expected: "succeeded", good: r.Outcome == verdict.Succeeded}
		case "web2":
			a = act{contract: "PaaS advanced", expected: "restored", good: r.Outcome == verdict.Restored && proven(r)}
		case "db1":
			a.good = a.good && r.Outcome == verdict.Succeeded
		}
		a.outcome, a.what = strings.TrimPrefix(a.outcome+" → "+string(r.Outcome), " → "), r.Sentence.In(s.Lang)
		s.acts[r.System] = a
	}
	return nil
}

// proven reports whether a restored run carries the proof: a manifest, paths compared, no difference.
func proven(r board.Run) bool {
	v := r.State.Verdict
	return v != nil && v.Proof != nil && v.Proof.Checked > 0 && len(v.Proof.Differences) == 0 && v.Proof.ManifestSHA256 != ""
}

// watch tells the steps of one run.
func (s *show) watch(ctx context.Context, row board.RunRow) error {
	var after int64
	for {
		p, err := s.stage.Client.Watch(ctx, row.ID, after, 20*time.Second)
		if err != nil {
			if fault.CodeOf(err) == fault.Unavailable && ctx.Err() == nil {
				continue
			}
			return err
		}
		for _, e := range p.Events {
			after = e.Seq
			switch e.Kind {
			case run.Begun:
				s.detail(fmt.Sprintf("%-5s %s", row.System, e.Step))
			case run.Failed:
				s.line("▲", fmt.Sprintf("%-5s %s: %s", row.System, e.Step, e.Text.In(s.Lang)))
			}
		}
		if p.Row.Stage == board.Over && len(p.Events) == 0 {
			s.line("●", p.Row.Sentence.In(s.Lang))
			return nil
		}
	}
}

// table ends the demo: what was expected and what came of it, the record verified, iaas1 untouched.
func (s *show) table(ctx context.Context) (good bool, err error) {
	after, err := lab.Walk(s.hosts["iaas1"].Root(), lab.BootVolatile())
	if err != nil {
		return false, err
	}
	if diff := lab.Diff(s.ours, after); len(diff) > 0 {
		a := s.acts["iaas1"]
		a.good, a.what = false, "touched: "+strings.Join(diff, "; ")
		s.acts["iaas1"] = a
	}
	check, err := s.stage.Client.VerifyRecord(ctx)
	if err != nil {
		return false, err
	}
	good = check.Good
	fmt.Fprintf(s.Out, "\n%-6s %-14s %-20s %-22s %s\n", "host", lang.T("Vertrag", "contract").In(s.Lang), lang.T("erwartet", "expected").In(s.Lang), lang.T("Ergebnis", "outcome").In(s.Lang), "")
	for _, name := range []string{"web1", "web2", "db1", "iaas1"} {
		a := s.acts[name]
		mark := "✓"
		if !a.good {
			mark, good = "✗", false
		}
		fmt.Fprintf(s.Out, "%-6s %-14s %-20s %-22s %s %s\n", name, a.contract, a.expected, a.outcome, mark, a.what)
	}
	fmt.Fprintf(s.Out, "\n%s\n", check.Text.In(s.Lang))
	return good, nil
}
