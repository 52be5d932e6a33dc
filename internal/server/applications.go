package server

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/application"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
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

// carried are the applications on a host, with their owner. A host's word is checked.
func carried(f fact.Facts, t application.Terms) []application.Found {
	return application.Assign(slices.DeleteFunc(slices.Clone(f.Applications), func(a application.Found) bool {
		return !application.ValidName(a.Name) || a.Version != "" && !application.ValidVersion(a.Version)
	}), t)
}

// appLives is until when a system's web applications are looked after, and the PHP that the host has for them.
// Which of several each runs on is not known.
func (s *Server) appLives(sub subject, f fact.Facts) (lives []board.AppLife, php []lifecycle.Middleware) {
	now, t, k := s.local(sub.held, s.now()), terms(sub), s.knows.Load()
	for _, l := range application.Lives(now, k.life, carried(f, t)) {
		lives = append(lives, board.AppLife{Life: l, Advice: l.Advice(now, t)})
	}
	if len(lives) == 0 {
		return nil, nil
	}
	all := k.life.Middleware(now, s.standingOf(now, f.OS), softwareOf(f, inventoryOf(f)))
	return lives, slices.DeleteFunc(all, func(m lifecycle.Middleware) bool { return m.Product != "php" })
}

// appHoles are the published holes in a system's web applications, the worst first.
func (k *knowledge) appHoles(s *Server, sub subject, f fact.Facts) []board.AppHole {
	t := terms(sub)
	findings, unclear := k.shelf.Applications.Match(carried(f, t))
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
