package server

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// terms are what the contract says about a system's web applications. Whose job they are is asked of the
// policy; what it leaves open is the customer's (IT-43).
func terms(sub subject) application.Terms {
	d := policy.Decide(sub.version, finding.Facets(sub.held, finding.Finding{
		Layer: policy.LayerWebApplication, Class: policy.ChangeClassSecurityUpdate, Origin: policy.OriginCustomer,
	}))
	t := application.Terms{Owner: policy.PartyCustomer, Agency: sub.held.System.Agency, Maintenance: sub.held.System.Maintained}
	if d.Verdict == policy.Permitted && d.Execution == policy.PartyProvider {
		t.Owner = policy.PartyProvider
	}
	return t
}

// appHoles are the published holes in a system's web applications, the worst first.
func (k *knowledge) appHoles(s *Server, sub subject, f fact.Facts) []board.AppHole {
	t := terms(sub)
	known := slices.DeleteFunc(slices.Clone(f.Applications), func(a application.Found) bool { // a host's word is checked
		return !application.ValidName(a.Name) || a.Version != "" && !application.ValidVersion(a.Version)
	})
	findings, unclear := k.shelf.Applications.Match(application.Assign(known, t))
	out := make([]board.AppHole, 0, len(findings)+len(unclear))
	for _, x := range findings {
		level := severity.Unknown
		for _, cve := range x.CVEs {
			if l := k.rate(s, hole{"", x.Name, cve}).Level; l.Rank() > level.Rank() {
				level = l
			}
		}
		out = append(out, board.AppHole{Finding: &x, Found: x.Found, Level: level, Advice: application.Advice(x, t)})
	}
	slices.SortStableFunc(out, func(a, b board.AppHole) int { return b.Level.Rank() - a.Level.Rank() })
	for _, x := range unclear {
		out = append(out, board.AppHole{Unclear: &x, Found: x.Found, Level: severity.Unknown, Advice: x.Advice(t)})
	}
	return out
}
