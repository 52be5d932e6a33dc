package server

import (
	"context"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

// Explain answers whose job a change on a system is: of a package that is due, of a class of change in a
// layer, or of security updates of the operating system; today, or as it was valid and known on other days.
func (s *Server) Explain(ctx context.Context, q board.Question) (board.Explanation, error) {
	if err := checkQuestion(q); err != nil {
		return board.Explanation{}, err
	}
	var out board.Explanation
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		if q.Day == "" && q.KnownAt == "" {
			e, err := tx.Estate(ctx)
			if err != nil {
				return err
			}
			sub, err := s.subject(ctx, tx, e, q.System)
			if err != nil {
				return err
			}
			out, err = explain(s.shelf(), sub, q, s.now())
			return err
		}
		sh, e, err := s.asKnown(ctx, tx, q.KnownAt)
		if err != nil {
			return err
		}
		held, ok := e.Held(q.System)
		if !ok {
			return fault.Missing("Das System", "system", q.System)
		}
		day := q.Day
		if day == "" {
			day = q.KnownAt
		}
		out, err = explainThen(sh, sh.subjectOf(held, day), q, s.now())
		return err
	})
	return out, err
}

// checkQuestion refuses values outside their enumerations and days that are none.
func checkQuestion(q board.Question) error {
	var wrong []fault.Place
	check := func(field, facet, value string) {
		if value != "" && value != "unknown" && !slices.Contains(policy.Values(facet), value) {
			wrong = append(wrong, fault.Place{Field: field, Problem: lang.Textf("„%[1]s“ ist hier kein Wert", `"%[1]s" is no value here`, value)})
		}
	}
	check("layer", "layer", string(q.Layer))
	check("change", "change_class", string(q.Change))
	check("origin", "origin", string(q.Origin))
	check("installed_by", "installed_by", string(q.InstalledBy))
	check("critical", "criticality", string(q.Critical))
	for field, day := range map[string]string{"at": q.Day, "known_at": q.KnownAt} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			wrong = append(wrong, fault.Place{Field: field, Problem: lang.Textf("„%[1]s“ ist kein Tag wie 2026-11-27", `"%[1]s" is not a day like 2026-11-27`, day)})
		}
	}
	if len(wrong) == 0 {
		return nil
	}
	f := fault.New(fault.Invalid, lang.T("Die Frage ist nicht zu verstehen.", "The question cannot be understood."), lang.T("Bitte berichtigen Sie die genannten Angaben.", "Please correct what is named."))
	f.Places = wrong
	return f
}

// asKnown reads policies, agreements and estate as they were recorded by the end of a day (UTC); an empty
// day means now.
func (s *Server) asKnown(ctx context.Context, tx *store.Tx, day string) (*shelf, estate.Estate, error) {
	if day == "" {
		e, err := tx.Estate(ctx)
		return s.shelf(), e, err
	}
	end, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil, estate.Estate{}, err
	}
	end = end.AddDate(0, 0, 1).Add(-time.Microsecond)
	sh, err := readShelf(ctx, tx, end)
	if err != nil {
		return nil, estate.Estate{}, err
	}
	e, _, ok, err := tx.EstateAt(ctx, end)
	if err != nil {
		return nil, estate.Estate{}, err
	}
	if !ok || len(sh.dated) == 0 {
		return nil, estate.Estate{}, fault.New(fault.NotFound,
			lang.Textf("Bis zum %[1]s war hier noch kein Bestand oder kein Regelwerk aufgezeichnet.", "By %[1]s no estate or no policy had been recorded here yet.", day),
			lang.T("Bitte nennen Sie einen späteren Tag; seit wann etwas aufgezeichnet ist, zeigt das Protokoll.", "Please name a later day; the record shows since when something is recorded."))
	}
	return sh, e, nil
}

// asked is the change that the question is about, when it is about no package.
func asked(q board.Question) finding.Finding {
	f := finding.Finding{Layer: policy.LayerOS, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginStandard}
	if q.Layer != "" {
		f.Layer = q.Layer
	}
	if q.Change != "" {
		f.Class = q.Change
	}
	if q.Origin != "" {
		f.Origin = q.Origin
	}
	return f
}

// facetsOf are the facets of the question about a system.
func facetsOf(held estate.Held, q board.Question, f finding.Finding) policy.Facets {
	out := finding.Facets(held, f)
	if q.Critical != "" {
		out.Criticality = q.Critical
	}
	if q.InstalledBy != "" {
		out.InstalledBy = q.InstalledBy
	}
	return out
}

// explanation begins the answer.
func (sub subject) explanation(sh *shelf, q board.Question, at time.Time) board.Explanation {
	out := board.Explanation{System: sub.held.System.Name, Package: q.Package, At: at, Day: q.Day, KnownAt: q.KnownAt, Inactive: sub.inactive}
	if d, ok := sh.version(sub.held.Policy); ok {
		out.Policy = policyInfo(d)
	}
	return out
}

// decide fills in the decision, and beside it what the other versions of the same name say.
func (sub subject) decide(out *board.Explanation, sh *shelf, d policy.Decision) {
	out.Decision, out.Facets, out.Answer, out.Rule = d, d.Facets, d.Answer(), d.GoverningRule()
	if sub.version == nil {
		out.Answer = sub.held.NoPolicy
		out.Why = sub.held.NoPolicy
		return
	}
	for _, other := range sh.dated {
		if other.Version.Name != sub.version.Name || other.Version.ID == sub.version.ID {
			continue
		}
		b := policy.Decide(other.Version, d.Facets)
		x, y := policy.Judge(other.Version, d.Facets), policy.Judge(sub.version, d.Facets)
		x.Governing, y.Governing = "", ""
		out.Beside = append(out.Beside, board.Beside{Policy: policyInfo(other), Decision: b, Answer: b.Answer(), Differs: x != y})
	}
}

func explain(sh *shelf, sub subject, q board.Question, at time.Time) (board.Explanation, error) {
	out := sub.explanation(sh, q, at)
	if q.Package == "" {
		f := asked(q)
		sub.decide(&out, sh, policy.Decide(sub.version, facetsOf(sub.held, q, f)))
		// Whether it may be done now is asked with the one change that the answer is about.
		granted, refusals := mandate.Grant(mandate.Request{
			Held: sub.held, Items: []mandate.Item{{Finding: f, Decision: out.Decision}}, Orders: sub.orders, At: at,
		})
		out.Allowed = !granted.Zero()
		if len(refusals) > 0 {
			out.Why, out.Ask = refusals[0].Text, refusals[0].Ask
		}
		return out, nil
	}
	for _, row := range sub.rows(at) {
		if row.Finding.Package == q.Package {
			sub.decide(&out, sh, row.Decision)
			out.Rule, out.Allowed = row.Rule, row.Allowed
			if !row.Allowed {
				out.Why, out.Ask = row.Why, row.Ask
			}
			return out, nil
		}
	}
	if sub.facts == nil {
		return out, fault.New(fault.NotFound,
			lang.Textf("%[1]s hat noch nichts berichtet; was fällig ist, ist nicht bekannt.", "%[1]s has not reported yet; what is due is not known.", sub.held.System.Name),
			lang.Textf("Den Agenten einrichten: patchwart enrol %[1]s", "Set the agent up: patchwart enrol %[1]s", sub.held.System.Name))
	}
	return out, fault.New(fault.NotFound,
		lang.Textf("Für %[1]s ist auf %[2]s nichts fällig.", "Nothing is due for %[1]s on %[2]s.", q.Package, sub.held.System.Name),
		lang.Textf("Was fällig ist, zeigt: patchwart due %[1]s", "What is due shows: patchwart due %[1]s", sub.held.System.Name))
}

// explainThen answers for another day. What was due then is not kept, so a package cannot be asked about;
// and whether something might be done then is not judged.
func explainThen(sh *shelf, sub subject, q board.Question, at time.Time) (board.Explanation, error) {
	if q.Package != "" {
		return board.Explanation{}, fault.New(fault.Invalid,
			lang.T("Was an einem anderen Tag für ein Paket fällig war, ist nicht aufgezeichnet.", "What was due for a package on another day is not recorded."),
			lang.T("Bitte fragen Sie nach Schicht und Art der Änderung statt nach einem Paket.", "Please ask for layer and class of change instead of a package."))
	}
	out := sub.explanation(sh, q, at)
	sub.decide(&out, sh, policy.Decide(sub.version, facetsOf(sub.held, q, asked(q))))
	if out.Why.IsZero() {
		out.Why = lang.T("Für einen anderen Tag wird nur gesagt, was galt; ob etwas erlaubt gewesen wäre, wird nicht beurteilt.",
			"For another day only what was valid is told; whether something would have been permitted is not judged.")
	}
	return out, nil
}
