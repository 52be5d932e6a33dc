// Package exception holds accepted non-installations: a patch is not installed, and somebody has said why,
// carries the risk, compensates for it, and until when. NIS2 demands that the decision not to patch is
// documented and reasoned (Annex 6.6.2 of Implementing Regulation (EU) 2024/2690), IT-Grundschutz a reason
// for what is not installed (OPS.1.1.3.A15), C5 the handling of exceptions (OPS-18).
//
// An exception secures nothing. It covers a finding until it expires, and then the finding is open again by
// itself. It covers the risk that was accepted and no larger one: when the hole turns out to be worse than it
// was at the approval, or its level is not known any more, the finding is open again, too.
package exception

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// The demands that exceptions answer to, as sentences cite them.
const (
	CiteNIS2        = "NIS2 6.6.2"
	CiteGrundschutz = "OPS.1.1.3.A15"
)

// Exception is one accepted non-installation.
type Exception struct {
	ID           string         `json:"id"`
	Scope        Scope          `json:"scope"`
	Level        severity.Level `json:"level"`        // of the hole when the exception was approved
	Reason       string         `json:"reason"`       // why it is not installed
	RiskOwner    string         `json:"risk_owner"`   // who carries the risk
	Compensation string         `json:"compensation"` // what is done instead
	RequestedBy  string         `json:"requested_by"`
	RequestedAt  time.Time      `json:"requested_at"`
	ApprovedBy   string         `json:"approved_by,omitempty"`
	ApprovedAt   time.Time      `json:"approved_at,omitzero"` // it holds from here
	Expires      time.Time      `json:"expires"`              // the first moment at which it does not hold any more
	RevokedBy    string         `json:"revoked_by,omitempty"`
	RevokedAt    time.Time      `json:"revoked_at,omitzero"`
}

// Scope is what an exception is about: one advisory, on one system or on all systems of one customer.
// Exactly one of System and Customer is set; there is no exception for everybody.
type Scope struct {
	Advisory string `json:"advisory"`
	System   string `json:"system,omitempty"`
	Customer string `json:"customer,omitempty"`
}

// Finding is what an exception may cover.
type Finding struct {
	Advisories []string // the names of the hole: advisory, CVE and other publishers' names
	System     string
	Customer   string
	Level      severity.Level // today
}

// State is how an exception stands at a moment.
type State string

// The states.
const (
	Incomplete State = "incomplete" // it lacks what it needs, or holds for too long; it covers nothing
	Proposed   State = "proposed"   // not approved yet
	InForce    State = "in_force"
	Expired    State = "expired"
	Revoked    State = "revoked"
)

// State is how the exception stands now, under the limits.
func (e *Exception) State(now time.Time, l Limits) State {
	switch {
	case !e.RevokedAt.IsZero() && !now.Before(e.RevokedAt):
		return Revoked
	case len(e.gaps(l)) > 0:
		return Incomplete
	case e.ApprovedAt.IsZero() || now.Before(e.ApprovedAt):
		return Proposed
	case !now.Before(e.Expires):
		return Expired
	}
	return InForce
}

// Covers reports whether the exception covers the finding now, and why or why not.
func (e *Exception) Covers(now time.Time, f Finding, l Limits) (bool, lang.Text) {
	if why := e.Scope.misses(f); !why.IsZero() {
		return false, e.not(why)
	}
	switch e.State(now, l) {
	case Incomplete:
		gaps := e.gaps(l)
		list := make([]lang.Text, len(gaps))
		for i, g := range gaps {
			list[i] = g.text
		}
		return false, e.not(lang.Textf("unvollständig – %[1]s", "incomplete – %[1]s", lang.JoinTexts(list)))
	case Proposed:
		return false, e.not(lang.T("noch nicht genehmigt", "not approved yet"))
	case Expired:
		return false, e.not(lang.Textf("abgelaufen am %[1]s; der Befund ist wieder offen", "expired on %[1]s; the finding is open again", moment(e.Expires, now)))
	case Revoked:
		return false, e.not(lang.Textf("widerrufen am %[1]s durch %[2]s; der Befund ist wieder offen", "revoked on %[1]s by %[2]s; the finding is open again", moment(e.RevokedAt, now), e.RevokedBy))
	}
	if !e.carries(f.Level) {
		return false, e.not(lang.Textf(
			"das Risiko war als „%[1]s“ angenommen und ist jetzt „%[2]s“; der Befund ist wieder offen",
			`the risk was accepted as "%[1]s" and is "%[2]s" now; the finding is open again`, e.Level.Text(), f.Level.Text()))
	}
	return true, lang.Textf(
		"Nicht installiert, mit angenommener Ausnahme %[1]s (%[2]s, %[3]s) bis %[4]s: %[5]s. Das Risiko trägt %[6]s, genehmigt hat %[7]s; stattdessen: %[8]s. Danach ist der Befund von selbst wieder offen.",
		"Not installed, with the accepted exception %[1]s (%[2]s, %[3]s) until %[4]s: %[5]s. The risk is carried by %[6]s, approved by %[7]s; instead: %[8]s. After that the finding is open again by itself.",
		e.ID, CiteNIS2, CiteGrundschutz, moment(e.Expires, now), clause(e.Reason), e.RiskOwner, e.ApprovedBy, clause(e.Compensation))
}

// not is the sentence that an exception does not cover.
func (e *Exception) not(why lang.Text) lang.Text {
	return lang.Textf("Die Ausnahme %[1]s deckt den Befund nicht (%[3]s, %[4]s): %[2]s.", "The exception %[1]s does not cover the finding (%[3]s, %[4]s): %[2]s.",
		e.ID, why, CiteNIS2, CiteGrundschutz)
}

// carries reports whether the accepted risk is as large as today's. Who accepted the worst or the unknown
// accepted everything; otherwise what is unknown today was not accepted.
func (e *Exception) carries(today severity.Level) bool {
	switch {
	case e.Level == severity.Critical || e.Level == severity.Unknown:
		return true
	case today.Rank() < 0:
		return false
	}
	return today.Rank() <= e.Level.Rank()
}

// About reports whether the exception is about this hole on this system, whether it holds or not.
func (e *Exception) About(f Finding) bool { return e.Scope.misses(f).IsZero() }

// misses says what of the finding is outside of the scope; zero when nothing is.
func (s Scope) misses(f Finding) lang.Text {
	switch {
	case s.Advisory == "" || !slices.Contains(f.Advisories, s.Advisory):
		return lang.T("sie gilt für eine andere Lücke", "it is about another hole")
	case s.System != "" && s.System != f.System:
		return lang.T("sie gilt für ein anderes System", "it is about another system")
	case s.Customer != "" && s.Customer != f.Customer:
		return lang.T("sie gilt für einen anderen Kunden", "it is about another customer")
	case s.System == "" && s.Customer == "":
		return lang.T("sie nennt weder System noch Kunden", "it names neither system nor customer")
	}
	return lang.Text{}
}

// Covering returns the exception of a list that covers the finding for longest, and nil with the reasons of
// those about this hole when none does.
func Covering(now time.Time, list []Exception, f Finding, l Limits) (*Exception, []lang.Text) {
	var best *Exception
	var chosen lang.Text
	var why []lang.Text
	for i := range list {
		e := &list[i]
		ok, text := e.Covers(now, f, l)
		switch {
		case ok && (best == nil || e.Expires.After(best.Expires)):
			best, chosen = e, text
		case !ok && e.Scope.misses(f).IsZero():
			why = append(why, text)
		}
	}
	if best != nil {
		return best, []lang.Text{chosen}
	}
	return nil, why
}

// Order sorts exceptions for a list: those in force first, the next to expire on top, then the proposed and
// incomplete, then what is over, the latest first.
func Order(now time.Time, list []Exception, l Limits) {
	slices.SortStableFunc(list, func(a, b Exception) int {
		pa, pb := rank(a.State(now, l)), rank(b.State(now, l))
		byExpiry := a.Expires.Compare(b.Expires)
		if pa == rank(Expired) {
			byExpiry = -byExpiry
		}
		return cmp.Or(cmp.Compare(pa, pb), byExpiry, strings.Compare(a.ID, b.ID))
	})
}

func rank(s State) int {
	switch s {
	case InForce:
		return 0
	case Proposed, Incomplete:
		return 1
	}
	return 2
}

// clause is what a person wrote, fit for the middle of a sentence.
func clause(s string) string { return strings.TrimRight(strings.TrimSpace(s), ".") }

// moment writes a time in the location of now.
func moment(t, now time.Time) lang.Text {
	t = t.In(now.Location())
	return lang.Text{DE: lang.DateTime(t, lang.DE), EN: lang.DateTime(t, lang.EN)}
}
