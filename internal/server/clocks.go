package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/severity"
	"github.com/patchwart/patchwart/internal/store"
)

type debianInstalled = debian.Installed

// noticePaper is what a notice says and rests on.
type noticePaper struct {
	Text   lang.Text `json:"text"`
	CVE    string    `json:"cve"`
	Source string    `json:"source"`
	Step   string    `json:"step"`
	About  string    `json:"about,omitempty"` // the order or appointment that it is about

	Told *notice.Told `json:"told,omitempty"` // about work on the system
}

// The kinds of notices about critical holes.
const (
	noticeStep    = "escalation" // a step of the escalation table
	noticeSecured = "secured"
)

// tick says what has become due to be said about every clock that runs.
func (s *Server) tick(ctx context.Context) error {
	return s.change(ctx, func(c *change) error {
		list, err := c.Clocks(ctx, time.Time{})
		if err != nil || len(list) == 0 {
			return err
		}
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		for _, one := range list {
			held, ok := e.Held(one.System)
			if !ok {
				continue
			}
			if err := c.call(ctx, one, held); err != nil {
				return err
			}
		}
		return nil
	})
}

// call says what is due about one clock, once, and notes it in the clock.
func (c *change) call(ctx context.Context, one store.Clock, held estate.Held) error {
	p, err := paperOf(one)
	if err != nil {
		return err
	}
	now := c.server.local(held, c.at)
	calls := clock.DefaultTable().Due(now, clock.State(now, p.Times, p.Duty), p.Told)
	if len(calls) == 0 {
		return nil
	}
	for _, call := range calls {
		to := recipient(call.To, held)
		if err := c.notify(ctx, one, noticeStep, call.Step+call.Of.String(), to, noticePaper{Text: call.Text, CVE: one.CVE, Source: one.Source, Step: call.Step}); err != nil {
			return err
		}
		p.Told = append(p.Told, clock.Told{Step: call.Step, Of: call.Of, At: c.at})
		switch {
		case call.To == clock.Record:
			p.Times.Silence = c.at
		case call.To == clock.Customer && clock.State(now, p.Times, p.Duty).Job == clock.Ask:
			if p.Times.Asked.IsZero() || p.Times.Asked.Before(call.Of) {
				p.Times.Asked = c.at
			}
		}
	}
	if one.Document, err = json.Marshal(p); err != nil {
		return err
	}
	st, err := c.UpdateClock(ctx, one)
	c.wake()
	return c.put(ctx, st, err)
}

// notify keeps a notice. What was told is not told again.
func (c *change) notify(ctx context.Context, one store.Clock, kind, what, to string, paper noticePaper) error {
	return c.tellOnce(ctx, one.System, kind, to, paper, one.System, one.Source, one.CVE, kind, what, to)
}

// tellOnce keeps a notice under a name made of key, once.
func (c *change) tellOnce(ctx context.Context, system, kind, to string, paper noticePaper, key ...string) error {
	doc, err := json.Marshal(paper)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(strings.Join(key, "\n")))
	return c.keepNotice(ctx, store.Notice{ID: "n-" + hex.EncodeToString(sum[:12]), System: system, Kind: kind, Recipient: to, At: c.at, Document: doc}, paper.Text)
}

// keepNotice keeps a notice, once, and has it sent by mail where that is set up.
func (c *change) keepNotice(ctx context.Context, n store.Notice, text lang.Text) error {
	st, added, err := c.AddNotice(ctx, n)
	if err != nil || !added {
		return err
	}
	if err := c.put(ctx, st, nil); err != nil {
		return err
	}
	return c.mailNotice(ctx, n, text)
}

// recipient is the person behind a role: of a customer's contacts those who may consent, then those who
// may order. Where there is no such person, the operator has to find one.
func recipient(to clock.Role, held estate.Held) string {
	var able []string
	for _, a := range []estate.Authority{estate.AuthorityConsent, estate.AuthorityOrder, estate.AuthorityRead} {
		for _, contact := range held.Customer.Contacts {
			if contact.May(a) && !slices.Contains(able, contact.ID) {
				able = append(able, contact.ID)
			}
		}
	}
	switch {
	case to == clock.Customer && len(able) > 0:
		return able[0]
	case to == clock.SecondContact && len(able) > 1:
		return able[1]
	case to == clock.Customer || to == clock.SecondContact:
		return string(clock.Operator)
	}
	return string(to)
}

// tellSecured tells the customer that a hole on a system of his is closed: an emergency change is told at
// once afterwards.
func (a *assessment) tellSecured(ctx context.Context, c store.Clock, state clock.Clock, sub subject) error {
	text := lang.Textf("%[1]s: Die kritische Lücke %[2]s in %[3]s ist geschlossen, %[4]s nach Bekanntwerden.",
		"%[1]s: the critical hole %[2]s in %[3]s is closed, %[4]s after it became known.", c.System, c.CVE, c.Source,
		lang.T(lang.Duration(state.SinceKnown, lang.DE), lang.Duration(state.SinceKnown, lang.EN)))
	return a.notify(ctx, c, noticeSecured, state.SecuredAt.String(), recipient(clock.Customer, sub.held), noticePaper{Text: text, CVE: c.CVE, Source: c.Source, Step: string(state.By)})
}

// Clocks lists the clocks that run, the most pressing first; with recent, also those that were closed in
// the last seven days.
func (s *Server) Clocks(ctx context.Context, recentToo bool) ([]board.ClockRow, error) {
	var out []board.ClockRow
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		since := time.Time{}
		if recentToo {
			since = s.now().Add(-recent)
		}
		list, err := tx.Clocks(ctx, since)
		if err != nil {
			return err
		}
		out, err = s.clockRows(ctx, tx, list)
		return err
	})
	return out, err
}

func (s *Server) clockRows(ctx context.Context, tx *store.Tx, list []store.Clock) ([]board.ClockRow, error) {
	e, err := tx.Estate(ctx)
	if err != nil {
		return nil, err
	}
	rows := make([]board.ClockRow, 0, len(list))
	for _, c := range list {
		p, err := paperOf(c)
		if err != nil {
			return nil, err
		}
		held, _ := e.Held(c.System)
		state := clock.State(s.local(held, s.now()), p.Times, p.Duty)
		row := board.ClockRow{System: c.System, CVE: c.CVE, Source: c.Source, Title: p.Title, Version: p.Version, Fixed: p.Fixed, Binaries: p.Binaries,
			Rating: p.Rating, Clock: state, Now: s.now(), Customer: held.Customer.Name, Zone: cmp.Or(held.Window.Zone, hostersZone), Sentence: standsWords(state)}
		rows = append(rows, row)
	}
	slices.SortStableFunc(rows, func(a, b board.ClockRow) int { return cmp.Compare(pressing(a.Clock), pressing(b.Clock)) })
	return rows, nil
}

// pressing orders clocks: overdue first, then by the time that is left, then those without a deadline,
// then what is secured.
func pressing(c clock.Clock) time.Duration {
	const far = 1 << 60
	switch {
	case c.Secured:
		return far + 1
	case c.Allowed > 0:
		return c.Left
	case c.Job != clock.Nothing:
		return far - 1
	}
	return far
}

// Hole is everything about one CVE, or about the holes of an advisory that is called by its name.
func (s *Server) Hole(ctx context.Context, id string) (board.Hole, error) {
	var out board.Hole
	k := s.knows.Load()
	cve := id
	if names := k.shelf.Named(id); len(names) > 0 {
		cve = names[0]
	}
	feeds, err := s.Feeds(ctx)
	if err != nil {
		return out, err
	}
	out.Feeds = feeds
	d, ok := k.shelf.Hole(cve)
	if !ok {
		return out, fault.New(fault.NotFound, lang.Textf("Kein Feed sagt etwas über %[1]s.", "No feed says anything about %[1]s.", id),
			lang.T("Das heißt nicht, dass es die Lücke nicht gibt: patchwart feed list zeigt, worauf die Antwort beruht.", "That does not mean that there is no such hole: patchwart feed list shows what the answer rests on."))
	}
	out.Dossier, out.Known = *d, true
	release, source := "", ""
	if len(d.Packages) > 0 {
		release, source = d.Packages[len(d.Packages)-1].Release, d.Packages[len(d.Packages)-1].Source
	}
	out.Rating = k.rate(s, hole{release, source, cve})
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.ClocksOfHole(ctx, cve)
		if err != nil {
			return err
		}
		if out.Clocks, err = s.clockRows(ctx, tx, list); err != nil {
			return err
		}
		if err := s.ruled(ctx, tx, &out, d); err != nil {
			return err
		}
		out.Exposed, err = s.exposed(ctx, tx, k, cve)
		return err
	})
	return out, err
}

// exposed lists the systems that have a hole now.
func (s *Server) exposed(ctx context.Context, tx *store.Tx, k *knowledge, cve string) ([]board.Exposed, error) {
	e, err := tx.Estate(ctx)
	if err != nil {
		return nil, err
	}
	var list []board.Exposed
	for _, sys := range e.Systems {
		row, ok, err := tx.Facts(ctx, sys.Name)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		for _, m := range k.shelf.Index.Match(inventoryOf(row.Facts)) {
			for _, h := range m.Holes {
				if h.CVE == cve {
					held, _ := e.Held(sys.Name)
					list = append(list, board.Exposed{System: sys.Name, Customer: held.Customer.Name, Source: m.Source, Version: m.Version, Fixed: h.Fixed})
				}
			}
		}
	}
	return list, nil
}

// Notices are the newest notices, of one system or of all.
func (s *Server) Notices(ctx context.Context, system string) ([]board.Told, error) {
	var out []board.Told
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		var err error
		out, err = notices(ctx, tx, system, 200)
		return err
	})
	return out, err
}

func notices(ctx context.Context, tx *store.Tx, system string, most int) ([]board.Told, error) {
	list, err := tx.Notices(ctx, system, most)
	if err != nil {
		return nil, err
	}
	out := make([]board.Told, 0, len(list))
	for _, n := range list {
		var p noticePaper
		if err := json.Unmarshal(n.Document, &p); err != nil {
			return nil, err
		}
		out = append(out, board.Told{At: n.At, System: n.System, Kind: n.Kind, Recipient: n.Recipient, Text: p.Text, CVE: p.CVE, Source: p.Source, Step: p.Step})
	}
	return out, nil
}

// critical are the source packages of a system with critical holes that are open, and these holes.
func critical(ctx context.Context, tx *store.Tx, system string) (map[string][]string, error) {
	list, err := tx.OpenClocksOf(ctx, system)
	if err != nil {
		return nil, err
	}
	var out map[string][]string
	for _, c := range list {
		p, err := paperOf(c)
		if err != nil {
			return nil, err
		}
		if p.Rating.Critical() == severity.No {
			continue
		}
		if out == nil {
			out = map[string][]string{}
		}
		out[c.Source] = append(out[c.Source], c.CVE)
	}
	return out, nil
}
