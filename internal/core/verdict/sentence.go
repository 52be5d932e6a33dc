package verdict

import (
	"fmt"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Sentence is the verdict in one line, the way a colleague would say it.
func (v Verdict) Sentence(host string) lang.Text {
	first := lang.Text{}
	if len(v.Reasons) > 0 {
		first = v.Reasons[0].Text
	}
	with := func(de, en string) lang.Text {
		return lang.Text{DE: strings.TrimSpace(fmt.Sprintf(de, host) + " " + first.DE), EN: strings.TrimSpace(fmt.Sprintf(en, host) + " " + first.EN)}
	}
	switch v.Outcome {
	case Succeeded:
		if v.After != nil && v.After.Measure != nil {
			return lang.Textf("%[1]s: ausgeführt und geprüft: %[2]s.", "%[1]s: carried out and verified: %[2]s.", host, v.After.Measure.Text)
		}
		return lang.Counted(len(v.Changes), lang.T("%[2]s ist aktualisiert und geprüft: %[1]s Paket.", "%[2]s is updated and verified: %[1]s package."),
			lang.T("%[2]s ist aktualisiert und geprüft: %[1]s Pakete.", "%[2]s is updated and verified: %[1]s packages."), host)
	case NotEffective:
		return with("%s ist aktualisiert.", "%s is updated.")
	case Partial:
		return with("%s ist teilweise aktualisiert.", "%s is partly updated.")
	case Blocked:
		return with("%s blieb unberührt.", "%s was not touched.")
	case Deferred:
		return with("%s wartet.", "%s waits.")
	case Restored:
		t := with("%s ist wie vorher.", "%s is as it was.")
		if v.Proof != nil && len(v.Proof.Differences) == 0 {
			t.DE += fmt.Sprintf(" %s Pfade geprüft, keine Abweichung.", lang.Count(v.Proof.Checked, lang.DE))
			t.EN += fmt.Sprintf(" %s paths checked, no difference.", lang.Count(v.Proof.Checked, lang.EN))
		}
		return t
	case RestoreFailed:
		return with("%s konnte nicht zurückgesetzt werden.", "%s could not be restored.")
	}
	return with("Bei %s ist ungeklärt, was geschehen ist.", "It cannot be told yet what happened on %s.")
}
