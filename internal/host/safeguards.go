package host

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/lang"
	look "github.com/patchwart/patchwart/internal/host/backup"
)

// BackedUp finds whether the host's backup is what the order and the host itself demand (IT-20, IT-24). Where
// nothing is demanded, nothing is looked at. It changes nothing in the backup.
func (m *Machine) BackedUp(ctx context.Context, source backup.Source, ordered backup.Demand) *Trouble {
	demand := backup.Strictest(source.Demand, ordered)
	if demand.Zero() {
		return nil
	}
	desk := look.Desk{Tools: m.run, Root: m.opt.Root, Dir: m.opt.StateDir, Now: m.opt.Now}
	seen, fault := desk.Look(ctx, source, demand)
	if fault == nil {
		fault = backup.Judge(demand, seen, m.opt.Now())
	}
	if ctx.Err() != nil {
		return fromError(CodeStopped, ctx.Err(), "")
	}
	if fault == nil {
		return nil
	}
	return &Trouble{Code: fault.Code, Text: lang.Textf( // the codes are those of package backup
		"Ohne gute Sicherung wird nichts geändert. %[1]s %[2]s", "Nothing is changed without a good backup. %[1]s %[2]s", fault.Text, fault.Mend)}
}
