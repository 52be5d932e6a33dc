package policy

import (
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/lang"
)

// Answer says in half a sentence who plans and who executes, with the rules that say so:
// "Planung: Kunde, Durchführung: Kunde (MH2-03)", "customer plans, customer executes (MH2-03)".
func (d Decision) Answer() lang.Text {
	cited := d.cited()
	switch {
	case d.Verdict == Ask:
		return lang.Textf(
			"offen, es fehlt die Angabe: %[1]s; bis dahin führt der Provider nichts aus%[2]s",
			"open, not known: %[1]s; until then the provider does nothing%[2]s", d.missing(), cited)
	case d.Verdict == Permitted:
		return lang.Textf(
			"Planung: %[1]s, Durchführung: %[2]s, %[3]s%[4]s",
			"%[1]s plans, %[2]s executes %[3]s%[4]s", d.Planning.Text(), d.Execution.Text(), d.how(), cited)
	case d.Execution == PartyCustomer:
		return lang.Textf(
			"Planung: %[1]s, Durchführung: %[2]s%[3]s",
			"%[1]s plans, %[2]s executes%[3]s", d.Planning.Text(), d.Execution.Text(), cited)
	}
	return lang.Textf(
		"Planung: %[1]s, Durchführung: nicht durch den Provider%[2]s",
		"%[1]s plans, the provider does not execute%[2]s", d.Planning.Text(), cited)
}

// ReasonLine is the line under a decision: who executes, how, by which rule of which version.
func (d Decision) ReasonLine() lang.Text {
	var who lang.Text
	switch {
	case d.Verdict == Ask:
		who = lang.Textf("Offen, es fehlt die Angabe: %[1]s", "Open, not known: %[1]s", d.missing())
	case d.Verdict == Permitted:
		who = lang.Textf("Ausführung: wir, %[1]s", "Execution: us, %[1]s", d.how())
	case d.Execution == PartyCustomer:
		who = lang.T("Ausführung: Kunde", "Execution: customer")
	default:
		who = lang.T("Ausführung: nicht durch uns", "Execution: not by us")
	}
	if d.Governing == "" {
		return who
	}
	return lang.Textf("%[1]s – %[2]s, Fassung %[3]s", "%[1]s – %[2]s, version %[3]s", who, d.Governing, d.PolicyID)
}

// Refusal says why the provider does not make the change, the governing rule first. For a permitted
// change it is what is said when the trigger is not there.
func (d Decision) Refusal() lang.Text {
	if d.Governing == "" {
		return lang.T(
			"Keine Fassung eines Regelwerks erlaubt diese Änderung. Der Provider führt sie nicht aus.",
			"No policy version permits this change. The provider does not make it.")
	}
	var end lang.Text
	switch {
	case d.Verdict == Ask:
		end = lang.Textf(
			"Dazu fehlt die Angabe: %[1]s. Bis sie vorliegt, führt der Provider die Änderung nicht aus.",
			"For this it must be known: %[1]s. Until then the provider does not make the change.", d.missing())
	case d.Verdict == Permitted && d.Trigger == TriggerOrder && d.ExplicitRequest:
		end = lang.T("Dafür braucht es einen ausdrücklichen Auftrag; er liegt nicht vor.",
			"This needs an explicit order, and there is none.")
	case d.Verdict == Permitted && d.Trigger == TriggerOrder:
		end = lang.T("Dafür braucht es einen Auftrag; er liegt nicht vor.", "This needs an order, and there is none.")
	case d.Verdict == Permitted && d.Trigger == TriggerStandingOrder:
		end = lang.T("Ein gültiger Dauerauftrag dafür liegt nicht vor.", "There is no valid standing order for it.")
	case d.Verdict == Permitted:
		end = lang.T("Der Provider führt die Änderung zurzeit nicht aus.", "The provider does not make the change at present.")
	case d.Execution == PartyCustomer:
		end = lang.T("Die Durchführung liegt beim Kunden, der Provider führt sie nicht aus.",
			"The execution is the customer's, the provider does not make the change.")
	default:
		end = lang.T("Der Provider führt die Änderung nicht aus.", "The provider does not make the change.")
	}
	return lang.Textf("%[1]s: %[2]s %[3]s", "%[1]s: %[2]s %[3]s", d.Governing, d.governingText(), end)
}

// how says what lets the provider act, and how often.
func (d Decision) how() lang.Text {
	how := d.Trigger.Text()
	if d.Trigger == TriggerOrder && d.ExplicitRequest {
		how = lang.T("nur auf ausdrücklichen Auftrag", "only on explicit order")
	}
	if c := d.Cadence.Text(); !c.IsZero() {
		how = lang.Textf("%[1]s, %[2]s", "%[1]s, %[2]s", how, c)
	}
	return how
}

// missing lists the missing facts, each with its name in rule files.
func (d Decision) missing() lang.Text {
	list := make([]lang.Text, len(d.Missing))
	for i, name := range d.Missing {
		list[i] = lang.Textf("%[1]s (%[2]s)", "%[1]s (%[2]s)", FacetTitle(name), name)
	}
	return lang.JoinTexts(list)
}

// cited lists, in brackets, the rules an answer names: the governing one, and those that decided the
// cadence and the executor. The whole trace is in Reasons.
func (d Decision) cited() string {
	ids := make([]string, 0, 3)
	for _, id := range []string{d.Governing, d.deciding(fields[fieldCadence].name), d.deciding(fields[fieldExecution].name)} {
		if id != "" && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ""
	}
	return " (" + strings.Join(ids, ", ") + ")"
}

// governingText is the text of the governing rule.
func (d Decision) governingText() lang.Text {
	for _, r := range d.Reasons {
		if r.RuleID == d.Governing {
			return r.Text
		}
	}
	return lang.Text{}
}
