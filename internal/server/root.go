package server

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

// rootPaper is what is kept of who may be root on a system: what was accepted, by whom, and why.
type rootPaper struct {
	System  string        `json:"system"`
	Holders []fact.Holder `json:"holders"`
	By      string        `json:"by"`
	Reason  string        `json:"reason"`
}

// noticeRoot is told when somebody has become root on a system that the provider answers for.
const noticeRoot = "root"

// silentAgent stands for an agent that told who can become root, and does so no longer.
var silentAgent = fact.Holder{Way: fact.Unread, Who: "the agent no longer says who can become root", From: "/etc"}

// rootAccess reads who can become root on a system, and what of it is new.
func rootAccess(ctx context.Context, tx *store.Tx, held estate.Held, facts *fact.Facts) (board.RootAccess, error) {
	rows, err := tx.RulingsAbout(ctx, store.RulingRoot, held.System.Name, 1)
	if err != nil {
		return board.RootAccess{}, err
	}
	return accessBeside(rows, held, facts)
}

// acceptedRoots are, by system, who was accepted last: one question for a page that shows all systems.
func acceptedRoots(ctx context.Context, tx *store.Tx) (map[string][]store.Ruling, error) {
	rows, err := tx.Rulings(ctx, store.RulingRoot) // the newest first
	out := map[string][]store.Ruling{}
	for i, r := range rows {
		if _, newer := out[r.About]; !newer {
			out[r.About] = rows[i : i+1]
		}
	}
	return out, err
}

// accessBeside is who can become root on a system beside what was accepted last, if anything was.
func accessBeside(accepted []store.Ruling, held estate.Held, facts *fact.Facts) (board.RootAccess, error) {
	out := board.RootAccess{System: held.System.Name, Watched: held.System.AdminAccess == policy.AdminAccessProvider}
	if facts != nil {
		out.Now = facts.Root
	}
	papers, err := documents[rootPaper](accepted, nil)
	if err != nil || len(papers) == 0 {
		return out, err
	}
	p := papers[0]
	out.Accepted, out.By, out.Reason = accepted[0].Given, p.By, p.Reason
	if facts == nil {
		return out, nil
	}
	out.New, out.Gone = fact.NewHolders(p.Holders, out.Now), fact.NewHolders(out.Now, p.Holders)
	if len(out.Now) == 0 {
		out.New, out.Gone = []fact.Holder{silentAgent}, nil
	}
	return out, nil
}

// drift are the ways to become root that nobody accepted, on a system that the provider answers for.
func drift(a board.RootAccess) []fact.Holder {
	if !a.Watched {
		return nil
	}
	return a.New
}

// watchRoot takes what a host reports about who can become root. The first report is the state in which the
// provider takes the answer for the system; what comes later is told to the desk, once (MH1-02).
func (c *change) watchRoot(ctx context.Context, system string, facts *fact.Facts) error {
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	held, ok := e.Held(system)
	if !ok || len(facts.Root) == 0 {
		return nil
	}
	access, err := rootAccess(ctx, c.Tx, held, facts)
	if err != nil {
		return err
	}
	if access.Accepted.IsZero() {
		return c.acceptRoot(ctx, rootPaper{System: system, Holders: facts.Root, By: "patchwart", Reason: "as found when the agent first reported"})
	}
	fresh := drift(access)
	if len(fresh) == 0 {
		return nil
	}
	doc, err := json.Marshal(fresh)
	if err != nil {
		return err
	}
	return c.tell(ctx, system, noticeRoot, string(doc), string(clock.Operator), rootDrift(system, fresh))
}

func (c *change) acceptRoot(ctx context.Context, p rootPaper) error {
	id, err := newID("a", c.at)
	if err != nil {
		return err
	}
	doc, err := json.Marshal(p)
	if err != nil {
		return err
	}
	st, err := c.AddRuling(ctx, store.Ruling{ID: id, Kind: store.RulingRoot, About: p.System, Given: c.at, Document: doc})
	c.wake()
	return c.put(ctx, st, err)
}

// rootDrift says what is new, and what follows.
func rootDrift(system string, fresh []fact.Holder) lang.Text {
	const shown = 3
	var who []lang.Text
	for _, h := range fresh[:min(len(fresh), shown)] {
		who = append(who, lang.T(h.Who+" ("+h.From+")", h.Who+" ("+h.From+")"))
	}
	if more := len(fresh) - shown; more > 0 {
		who = append(who, lang.Textf("%[1]d weitere", "%[1]d more", more))
	}
	return lang.Textf(
		"Auf %[1]s kann jemand root werden, den niemand bestätigt hat: %[2]s. Die Betriebsverantwortung ist dort nur zugesagt, wo der Kunde kein root hat (MH1-02); bis das geklärt ist, wird nichts geändert.",
		"On %[1]s somebody can become root whom nobody has accepted: %[2]s. Responsibility for operation is promised only where the customer does not hold root (MH1-02); until that is settled, nothing is changed.",
		system, lang.JoinTexts(who))
}

// rootHolds says why nothing is changed on a system: somebody has become root there. The zero text: nobody has.
func (c *change) rootHolds(ctx context.Context, sub subject) (lang.Text, error) {
	access, err := rootAccess(ctx, c.Tx, sub.held, sub.facts)
	if fresh := drift(access); err == nil && len(fresh) > 0 {
		return rootDrift(sub.held.System.Name, fresh), nil
	}
	return lang.Text{}, err
}

// RootAccess tells who can become root on a system.
func (s *Server) RootAccess(ctx context.Context, system string) (board.RootAccess, error) {
	var out board.RootAccess
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		sub, err := s.subject(ctx, tx, e, system)
		if err != nil {
			return err
		}
		out, err = rootAccess(ctx, tx, sub.held, sub.facts)
		return err
	})
	return out, err
}

// AcceptRoot has a person accept who can become root on a system now. It is for what the provider itself has
// set up; where the customer holds root, the estate has to say so.
func (s *Server) AcceptRoot(ctx context.Context, system, by, reason string) (board.RootAccess, error) {
	by, reason = strings.TrimSpace(by), strings.TrimSpace(reason)
	if by == "" || reason == "" {
		return board.RootAccess{}, fault.New(fault.Invalid, lang.T("Es fehlt, wer das bestätigt und warum.", "It does not say who accepts it and why."),
			lang.T("Bitte beides angeben.", "Please give both."))
	}
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		sub, err := s.subject(ctx, c.Tx, e, system)
		if err != nil {
			return err
		}
		if sub.facts == nil || len(sub.facts.Root) == 0 {
			return fault.New(fault.Conflict, lang.Textf("%[1]s hat noch nicht gemeldet, wer root werden kann.", "%[1]s has not reported who can become root yet.", system),
				lang.T("Der Agent auf dem Host muss laufen und aktuell sein.", "The agent on the host has to run and be up to date."))
		}
		return c.acceptRoot(ctx, rootPaper{System: system, Holders: sub.facts.Root, By: by, Reason: reason})
	})
	if err != nil {
		return board.RootAccess{}, err
	}
	return s.RootAccess(ctx, system)
}
