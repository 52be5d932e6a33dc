package server

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/lifecycle"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	noticeLifecycle = "lifecycle"
	ruleEnd         = "IT-37" // no duty, and no responsibility, after the end of the operating system
)

// standingOf is how the operating system of a host stands.
func (s *Server) standingOf(now time.Time, os fact.OS) lifecycle.Standing {
	return s.knows.Load().life.Of(now, cmp.Or(os.ID, "debian"), os.Codename, os.Version)
}

// supported fills in whether the operating system is looked after, where no person stated it: a person may know
// of paid support, and their word counts.
func (s *Server) supported(sub *subject) {
	if sub.facts == nil || sub.held.System.OSSupported != "" || s.knows.Load().life.Empty() {
		return
	}
	if known := s.standingOf(s.local(sub.held, s.now()), sub.facts.OS).Phase.Supported(); known != policy.OSSupportedUnknown {
		sub.held.System.OSSupported = known
	}
}

// pauses are the spans in which there is no duty about a system: from the end of its operating system on.
func (s *Server) pauses(sub subject) []clock.Pause {
	if sub.facts == nil || sub.held.System.OSSupported != policy.OSSupportedEnded {
		return nil
	}
	st := s.standingOf(s.local(sub.held, s.now()), sub.facts.OS)
	if st.End.IsZero() || st.Phase.Supported() != policy.OSSupportedEnded {
		return nil // a person says so; since when, nobody does
	}
	return []clock.Pause{{From: st.End.AddDate(0, 0, 1), Rule: ruleEnd, Reason: lang.Textf(
		"%[1]s bekommt keine Sicherheitsupdates mehr", "%[1]s gets no security updates any more", st.Name)}}
}

// Lifecycle lists how all systems stand, the one that ends first on top; those of which nothing is known are
// last.
func (s *Server) Lifecycle(ctx context.Context) ([]board.Life, error) {
	var out []board.Life
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		notes, err := lifeNotesOf(ctx, tx)
		if err != nil {
			return err
		}
		for _, sys := range e.Systems {
			held, _ := e.Held(sys.Name)
			row, ok, err := tx.Facts(ctx, sys.Name)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			one, err := s.life(ctx, tx, held, row.Facts, notes)
			if err != nil {
				return err
			}
			out = append(out, one)
		}
		return nil
	})
	slices.SortStableFunc(out, func(a, b board.Life) int {
		if a.Standing.End.IsZero() != b.Standing.End.IsZero() {
			return cmp.Compare(b.Standing.End.Unix(), a.Standing.End.Unix())
		}
		return a.Standing.End.Compare(b.Standing.End)
	})
	return out, err
}

// life is how one system stands.
func (s *Server) life(ctx context.Context, tx *store.Tx, held estate.Held, f fact.Facts, notes lifeNotes) (board.Life, error) {
	now, k := s.local(held, s.now()), s.knows.Load()
	name := held.System.Name
	out := board.Life{System: name, Customer: held.Customer.Name, Standing: s.standingOf(now, f.OS), Stated: string(held.System.OSSupported),
		Move: "", Moves: notes.moves[name], Zone: cmp.Or(held.Window.Zone, hostersZone)}
	if len(out.Moves) > 0 {
		out.Move = out.Moves[0].State
	}
	if r, ok := notes.receipts[name]; ok && r.End.Equal(out.Standing.End) {
		out.Receipt = &r
	}
	out.Paused = cmp.Or(held.System.OSSupported, out.Standing.Phase.Supported()) == policy.OSSupportedEnded
	told, err := notices(ctx, tx, name, 100)
	if err != nil {
		return out, err
	}
	for _, n := range told {
		if n.Kind == noticeLifecycle {
			out.Told = append(out.Told, n)
		}
	}
	inv := inventoryOf(f)
	var sources []string
	for _, p := range inv.Packages {
		sources = append(sources, p.Source)
	}
	out.Middleware = k.life.Middleware(now, out.Standing, softwareOf(f, inv))
	slices.Sort(sources)
	less := k.life.Less(inv.Release, slices.Compact(sources))
	for source, support := range less {
		out.Less = append(out.Less, board.LessSupport{Source: source, Support: support})
	}
	slices.SortFunc(out.Less, func(a, b board.LessSupport) int { return strings.Compare(a.Source, b.Source) })
	return out, nil
}

// softwareOf are the source packages on a host, and whether the distribution ships them.
func softwareOf(f fact.Facts, inv advisory.Inventory) []lifecycle.Software {
	shipped := map[string]bool{}
	for _, p := range f.Packages {
		for _, o := range p.Origins {
			if o.Origin == "Debian" || o.Origin == "Ubuntu" {
				shipped[cmp.Or(p.Source, p.Name)] = true
			}
		}
	}
	list := make([]lifecycle.Software, 0, len(inv.Packages))
	for _, p := range inv.Packages {
		list = append(list, lifecycle.Software{Source: p.Source, Version: p.SourceVersion, Distro: shipped[p.Source]})
	}
	return list
}

// lifeNotes are what people said about the ends of systems.
type lifeNotes struct {
	receipts map[string]board.Receipt
	moves    map[string][]board.MoveNote // newest first
}

func lifeNotesOf(ctx context.Context, tx *store.Tx) (lifeNotes, error) {
	out := lifeNotes{map[string]board.Receipt{}, map[string][]board.MoveNote{}}
	receipts, err := tx.Rulings(ctx, store.RulingReceipt)
	if err != nil {
		return out, err
	}
	for _, r := range receipts { // newest first
		var one board.Receipt
		if err := json.Unmarshal(r.Document, &one); err != nil {
			return out, err
		}
		if _, have := out.receipts[r.About]; !have {
			out.receipts[r.About] = one
		}
	}
	moves, err := tx.Rulings(ctx, store.RulingMove)
	if err != nil {
		return out, err
	}
	for _, r := range moves {
		var one board.MoveNote
		if err := json.Unmarshal(r.Document, &one); err != nil {
			return out, err
		}
		out.moves[r.About] = append(out.moves[r.About], one)
	}
	return out, nil
}

// LifeOf is how one system stands.
func (s *Server) LifeOf(ctx context.Context, system string) (board.Life, error) {
	var out board.Life
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		held, ok := e.Held(system)
		if !ok {
			return fault.Missing("Das System", "system", system)
		}
		row, ok, err := tx.Facts(ctx, system)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Conflict, lang.T("Der Host hat noch nichts gemeldet.", "The host has not reported yet."), lang.Text{})
		}
		notes, err := lifeNotesOf(ctx, tx)
		if err != nil {
			return err
		}
		out, err = s.life(ctx, tx, held, row.Facts, notes)
		return err
	})
	return out, err
}

// Confirm keeps that somebody knows that a system is at its end, with the words that they confirmed (IT-37).
func (s *Server) Confirm(ctx context.Context, system, by, channel string) (board.Life, error) {
	life, err := s.LifeOf(ctx, system)
	if err != nil {
		return life, err
	}
	switch {
	case strings.TrimSpace(by) == "" || strings.TrimSpace(channel) == "":
		return life, fault.New(fault.Invalid, lang.T("Es fehlt, wer es wo bestätigt hat.", "It does not say who confirmed it where."), lang.Text{})
	case life.Standing.Phase.Supported() != policy.OSSupportedEnded:
		return life, fault.New(fault.Conflict, lang.Textf("%[1]s ist nicht am Ende: Es gibt nichts zu bestätigen.", "%[1]s is not at its end: there is nothing to confirm.", life.Standing.Name), lang.Text{})
	}
	last := lifecycle.Steps()[len(lifecycle.Steps())-1]
	r := board.Receipt{System: system, By: by, Channel: channel, At: s.now(), End: life.Standing.End, Text: last.Words(system, life.Standing)}
	if err := s.change(ctx, func(c *change) error {
		_, err := c.rule(ctx, "q", store.RulingReceipt, system, r)
		return err
	}); err != nil {
		return life, err
	}
	return s.LifeOf(ctx, system)
}

// Move notes how far the move of a system to a newer generation is (IT-38). Only what may follow is taken.
func (s *Server) Move(ctx context.Context, system string, to lifecycle.Move, by, note string) (board.Life, error) {
	life, err := s.LifeOf(ctx, system)
	if err != nil {
		return life, err
	}
	if strings.TrimSpace(by) == "" {
		return life, fault.New(fault.Invalid, lang.T("Es fehlt, von wem das stammt.", "It does not say whose word this is."), lang.Text{})
	}
	if !slices.Contains(life.Move.Next(), to) {
		possible := make([]lang.Text, 0, 3)
		for _, m := range life.Move.Next() {
			possible = append(possible, m.Text())
		}
		return life, fault.New(fault.Conflict, lang.Textf("Der Umzug von %[1]s ist %[2]s; „%[3]s“ kann darauf nicht folgen.", `The move of %[1]s is %[2]s; "%[3]s" cannot follow.`, system, life.Move.Text(), to.Text()),
			lang.Textf("Möglich ist: %[1]s", "Possible is: %[1]s", lang.JoinTexts(possible)))
	}
	if err := s.change(ctx, func(c *change) error {
		_, err := c.rule(ctx, "m", store.RulingMove, system, board.MoveNote{System: system, State: to, By: by, Note: note, At: c.at})
		return err
	}); err != nil {
		return life, err
	}
	return s.LifeOf(ctx, system)
}

// announce tells customers what has become due about systems that near their end: once each, and after the end
// every month until they confirm that they know.
func (s *Server) announce(ctx context.Context) error {
	if s.knows.Load().life.Empty() {
		return nil
	}
	list, err := s.Lifecycle(ctx)
	if err != nil {
		return err
	}
	for _, l := range list {
		if err := s.announceOne(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) announceOne(ctx context.Context, l board.Life) error {
	if l.Standing.End.IsZero() || l.Move == lifecycle.Done {
		return nil
	}
	now := s.now()
	end := l.Standing.End.Format(time.DateOnly)
	var told []string
	var last time.Time
	for _, n := range l.Told {
		if step, of, _ := strings.Cut(n.Step, " "); of == end {
			told = append(told, step)
			if n.At.After(last) {
				last = n.At
			}
		}
	}
	step, due := lifecycle.Due(now, l.Standing.End, told)
	name := step.ID
	ended := slices.Contains(told, "EOL-00")
	if !due && ended && lifecycle.Remind(now, last, l.Receipt != nil) {
		due, step, name = true, lifecycle.Steps()[len(lifecycle.Steps())-1], lifecycle.Reminder
	}
	if !due {
		return nil
	}
	return s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		held, ok := e.Held(l.System)
		if !ok {
			return nil
		}
		key := name + " " + end
		if name == lifecycle.Reminder {
			key += now.Format(" 2006-01")
		}
		paper := noticePaper{Text: step.Words(l.System, l.Standing), Step: name + " " + end}
		c.wake()
		if err := c.notify(ctx, store.Clock{System: l.System}, noticeLifecycle, key, recipient(clock.Customer, held), paper); err != nil {
			return err
		}
		if l.Move == "" { // the offer is part of the words
			_, err = c.rule(ctx, "m", store.RulingMove, l.System, board.MoveNote{System: l.System, State: lifecycle.Offered, By: "patchwart", Note: name, At: c.at})
		}
		return err
	})
}
