package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/agent"
	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// places are the flags of all verbs that need the agent's files.
func places(set *flag.FlagSet) (dir, policy *string) {
	return set.String("state", agent.DefaultDir, ""), set.String("policy", hostpolicy.Path, "")
}

const lookLimit = 2 * time.Minute

func (c command) status(ctx context.Context, args []string) error {
	set := c.flags("status")
	dir, policy := places(set)
	asJSON := set.Bool("json", false, "")
	if err := c.parse(set, args); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	s, err := agent.Look(ctx, *dir, *policy, agent.NewPoints(*dir, *policy))
	if err != nil {
		return err
	}
	if *asJSON {
		return c.json(s)
	}
	for _, line := range sentences(s) {
		c.say(c.out, line)
	}
	return nil
}

func sentences(s agent.Status) []lang.Text {
	when := func(t time.Time) lang.Text {
		if t.IsZero() {
			return lang.T("noch nie", "never yet")
		}
		t = t.Local()
		return lang.T(lang.DateTime(t, lang.DE), lang.DateTime(t, lang.EN))
	}
	list := []lang.Text{
		lang.Textf("%[1]s, angemeldet bei %[2]s seit %[3]s, Zertifikat bis %[4]s.", "%[1]s, enrolled with %[2]s since %[3]s, certificate until %[4]s.",
			s.System, s.Server, when(s.Enrolled), when(s.Expires)),
		lang.Textf("Letzter Kontakt zum Server: %[1]s.", "Last contact with the server: %[1]s.", when(s.Contact)),
	}
	switch o := s.Order; {
	case o == nil:
		list = append(list, lang.T("Kein Auftrag in Arbeit.", "No order under way."))
	case o.Step == "":
		list = append(list, lang.Textf("Auftrag %[1]s ist angenommen und noch nicht begonnen.", "Order %[1]s is accepted and not yet begun.", o.ID))
	default:
		list = append(list, lang.Textf("In Arbeit: Auftrag %[1]s, Schritt %[2]s, begonnen %[3]s.", "Under way: order %[1]s, step %[2]s, begun %[3]s.", o.ID, o.Step, when(o.Begun)))
	}
	if s.Unsent+s.Refusals > 0 {
		list = append(list, lang.Textf("Noch nicht beim Server: Läufe %[1]d, Ablehnungen %[2]d.", "Not yet with the server: runs %[1]d, refusals %[2]d.", s.Unsent, s.Refusals))
	}
	for _, id := range s.Damaged {
		list = append(list, lang.Textf(
			"Das Journal von %[1]s ist beschädigt. Sehen Sie den Host an und verschieben Sie es dann; bis dahin nimmt er keinen Auftrag an.",
			"The journal of %[1]s is damaged. Look at the host, then move it away; until then it accepts no order.", id))
	}
	if s.Policy != "" {
		list = append(list, lang.Textf("Hostrichtlinie: %[1]s", "Host policy: %[1]s", s.Policy))
	}
	if s.NoPoints != "" {
		list = append(list, lang.Textf("Sicherungspunkte: %[1]s", "Restore points: %[1]s", s.NoPoints))
	}
	for _, p := range s.Points {
		whole := lang.Text{}
		if !p.Complete {
			whole = lang.T(" (unvollständig)", " (incomplete)")
		}
		until := lang.T("bleibt", "stays")
		if !p.Expires.IsZero() {
			until = lang.Textf("entfällt nach %[1]s", "goes after %[1]s", when(p.Expires))
		}
		list = append(list, lang.Textf("Sicherungspunkt %[1]s (%[4]s) von %[2]s%[3]s: %[5]s.", "Restore point %[1]s (%[4]s) of %[2]s%[3]s: %[5]s.",
			p.ID, when(p.Created), whole, p.Driver, until))
	}
	return list
}

func (c command) facts(ctx context.Context, args []string) error {
	set := c.flags("facts")
	dir, policy := places(set)
	asJSON := set.Bool("json", false, "")
	if err := c.parse(set, args); err != nil {
		return err
	}
	host, err := agent.Real(*dir, *policy)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	f, err := host.Scout.Facts(ctx)
	if err != nil {
		return fmt.Errorf("look at the host: %w", err)
	}
	f.Sort()
	if *asJSON {
		return c.json(f)
	}
	for _, line := range summary(f) {
		c.say(c.out, line)
	}
	return nil
}

func summary(f fact.Facts) []lang.Text {
	list := []lang.Text{
		lang.Textf("%[1]s: %[2]s, Kernel %[3]s.", "%[1]s: %[2]s, kernel %[3]s.", f.Host, f.OS.Name, f.Kernel.Running),
		lang.Textf("Pakete: %[1]d installiert, %[2]d mit neuer Fassung.", "Packages: %[1]d installed, %[2]d with a new version.", len(f.Packages), len(f.Pending)),
	}
	for _, p := range f.Pending {
		held := lang.Text{}
		if p.Held {
			held = lang.T(" (zurückgehalten)", " (on hold)")
		}
		from := "–"
		if len(p.Origins) > 0 {
			from = p.Origins[0].Label + "/" + p.Origins[0].Suite
		}
		list = append(list, lang.Textf("  %[1]s %[2]s → %[3]s  %[4]s%[5]s", "  %[1]s %[2]s → %[3]s  %[4]s%[5]s", p.Name, p.Installed, p.Candidate, from, held))
	}
	named := func(de, en string, names []string) {
		if len(names) > 0 {
			list = append(list, lang.Textf(de, en, strings.Join(names, ", ")))
		}
	}
	named("Halb installiert: %[1]s.", "Half-installed: %[1]s.", f.Dpkg.Broken)
	named("Fehlgeschlagene Dienste: %[1]s.", "Failed services: %[1]s.", f.Failed)
	named("Paketlisten: %[1]s.", "Package lists: %[1]s.", f.Indices.Errors)
	named("Läuft noch auf ersetzten Dateien: %[1]s.", "Still runs on replaced files: %[1]s.", f.Reboot.Services)
	if f.Reboot.Required {
		list = append(list, lang.Textf("Ein Neustart steht aus (Kernel %[1]s).", "A reboot is pending (kernel %[1]s).", f.Reboot.Expected))
	}
	return list
}
