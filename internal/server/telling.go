package server

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/notice"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/export"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	noticeWork = "work" // who was told of work on a system, as the policy version says
	mostTold   = 500    // notices about work of one system that are read back
)

// AddRun keeps a new run, and notes that somebody may have to be told.
func (c *change) AddRun(ctx context.Context, r store.Run) (store.Statement, error) {
	c.touch(r.System)
	return c.Tx.AddRun(ctx, r)
}

// UpdateRun changes a run, and notes that somebody may have to be told.
func (c *change) UpdateRun(ctx context.Context, r store.Run, expected int64) (store.Statement, error) {
	c.touch(r.System)
	return c.Tx.UpdateRun(ctx, r, expected)
}

func (c *change) touch(system string) {
	if c.worked == nil {
		c.worked = map[string]bool{}
	}
	c.worked[system] = true
}

// report tells, at the end of a change of runs, whoever has to be told of it: what happened and who was told are one
// transaction. Without a way to send, nobody is told and nothing is kept.
func (c *change) report(ctx context.Context) error {
	if c.server.config.Post == nil || len(c.worked) == 0 {
		return nil
	}
	e, err := c.Estate(ctx)
	if err != nil {
		return err
	}
	customers := map[string]bool{}
	for system := range c.worked {
		if held, ok := e.Held(system); ok {
			customers[held.Customer.ID] = true
		}
	}
	return c.tellWork(ctx, e, func(held estate.Held) bool { return customers[held.Customer.ID] }, nil)
}

// remind tells what has become due to be told since: announcements whose lead time has come, what waited for other
// news, what is overdue, and the operators' daily overview.
func (s *Server) remind(ctx context.Context) error {
	if s.config.Post == nil {
		return nil
	}
	err := s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		late, err := c.overdueSystems(ctx, e)
		if err != nil {
			return err
		}
		return c.tellWork(ctx, e, func(estate.Held) bool { return true }, late)
	})
	if err != nil {
		return err
	}
	return s.daily(ctx)
}

// audience is one customer under one set of rules.
type audience struct {
	held  estate.Held
	rules policy.Notices
	facts []notice.Fact
}

// tellWork looks at all work of the customers that are wanted and tells what is due.
func (c *change) tellWork(ctx context.Context, e estate.Estate, wanted func(estate.Held) bool, more []notice.Fact) error {
	active, err := c.ActiveRuns(ctx)
	if err != nil {
		return err
	}
	ended, err := c.EndedRuns(ctx, c.at.Add(-notice.Stale))
	if err != nil {
		return err
	}
	facts := slices.Clone(more)
	for _, r := range append(active, ended...) {
		facts = append(facts, c.server.factOf(r, c.at))
	}
	groups := map[string]*audience{}
	var names []string
	for _, f := range facts {
		held, ok := e.Held(f.System)
		if !ok || !wanted(held) {
			continue
		}
		rules, version := c.server.telling(held, c.at)
		name := held.Customer.ID + "\n" + version
		if groups[name] == nil {
			groups[name], names = &audience{held: held, rules: rules}, append(names, name)
		}
		groups[name].facts = append(groups[name].facts, f)
	}
	slices.Sort(names)
	var roles []notice.Notice // the hoster's own are concerned by systems of many customers
	digest := policy.HouseNotices().Digest
	for _, name := range names {
		g := groups[name]
		list, err := c.due(ctx, g)
		if err != nil {
			return err
		}
		var contacts []notice.Notice
		for _, n := range list {
			if _, ok := g.held.Customer.Contact(n.To); ok {
				contacts = append(contacts, n)
			} else {
				roles = append(roles, n)
			}
		}
		if err := c.sendWork(ctx, e, contacts, g.rules.Digest); err != nil {
			return err
		}
	}
	return c.sendWork(ctx, e, roles, digest)
}

// telling are the rules about notices of the version in force for a system, and the version's name.
func (s *Server) telling(held estate.Held, at time.Time) (policy.Notices, string) {
	sub := s.shelf().subjectOf(held, s.dayFor(held, at))
	if sub.version == nil {
		return policy.HouseNotices(), ""
	}
	return sub.version.Telling(), sub.version.ID
}

// due is what one audience is to be told now.
func (c *change) due(ctx context.Context, g *audience) ([]notice.Notice, error) {
	in := notice.Input{Now: c.at, Facts: g.facts, Rules: g.rules}
	reachable := g.held.Customer
	reachable.Contacts = slices.DeleteFunc(slices.Clone(reachable.Contacts), func(x estate.Contact) bool { return x.Email == "" })
	in.People = notice.Contacts(reachable)
	seen := map[string]bool{}
	for _, f := range g.facts {
		if seen[f.System] {
			continue
		}
		seen[f.System] = true
		kept, err := c.NoticesOfKind(ctx, f.System, noticeWork, mostTold)
		if err != nil {
			return nil, err
		}
		for _, n := range slices.Backward(kept) { // oldest first
			var p noticePaper
			if err := json.Unmarshal(n.Document, &p); err != nil {
				return nil, err
			}
			if p.Told != nil {
				in.Told = append(in.Told, *p.Told)
			}
		}
	}
	slices.SortStableFunc(in.Told, func(a, b notice.Told) int { return a.At.Compare(b.At) })
	return notice.Due(in), nil
}

// factOf is how a run stands, as people are told of it.
func (s *Server) factOf(r store.Run, now time.Time) notice.Fact {
	f := notice.Fact{Run: r.ID, System: r.System, Stands: policy.HappensPlanned, Since: r.Created, Slot: r.Slot, Note: r.Sentence}
	switch r.Stage {
	case board.Over:
		f.Stands, f.Since = endOf[r.Outcome], r.Ended
	case board.Running:
		f.Stands, f.Note = policy.HappensBegun, lang.Text{}
		if f.Since = r.State.Begun; f.Since.Before(r.Slot.From) || f.Since.After(now) { // the host's clock is not ours
			f.Since = r.Slot.From
		}
		if limit := r.State.Last.Add(s.config.RunLimit + overdue); now.After(limit) {
			f.Stands, f.Since, f.Slot.From = policy.HappensOverdue, limit, limit
			f.Note = lang.Textf("Lauf %[1]s hat sich seitdem nicht gemeldet; wie er steht, ist ungeklärt.", "Run %[1]s has been silent since; how it stands cannot be told.", r.ID)
		}
	case board.Planned, board.Asked, board.Ordered:
	}
	return f
}

// sendWork keeps who is told what, and has it sent: one letter each, or one with everything. Who has no address is
// not told, and nothing is kept that says so.
func (c *change) sendWork(ctx context.Context, e estate.Estate, list []notice.Notice, digest policy.Digest) error {
	var reached []notice.Notice
	for _, n := range list {
		held, _ := e.Held(n.System)
		if c.server.addressOf(n.To, held) == "" {
			c.server.log.Warn("somebody who is to be told has no address", "recipient", n.To, "system", n.System, "happening", string(n.Happening))
			continue
		}
		reached = append(reached, n)
	}
	for _, l := range notice.Letters(reached, digest) {
		var ids []string
		for _, n := range l.Notices {
			id, err := c.keepTold(ctx, e, n)
			if err != nil {
				return err
			}
			ids = append(ids, id)
		}
		if err := c.postWork(ctx, e, l, ids); err != nil {
			return err
		}
	}
	return nil
}

// keepTold keeps that somebody is told something. Its name says what and to whom, so that it is kept once.
func (c *change) keepTold(ctx context.Context, e estate.Estate, n notice.Notice) (string, error) {
	sum := sha256.Sum256([]byte(strings.Join([]string{noticeWork, n.Run, string(n.Happening), n.To, n.Slot.From.UTC().String(), n.Slot.To.UTC().String(),
		strconv.Itoa(n.Sequence)}, "\n")))
	id := "n-" + hex.EncodeToString(sum[:12])
	held, _ := e.Held(n.System)
	text := n.Sentence(c.server.zoneOf(held))
	doc, err := json.Marshal(noticePaper{Text: lang.T(text.DE+" ("+n.Why.DE+")", text.EN+" ("+n.Why.EN+")"), Step: string(n.Happening), Told: &n.Told})
	if err != nil {
		return "", err
	}
	st, added, err := c.AddNotice(ctx, store.Notice{ID: id, System: n.System, Kind: noticeWork, Recipient: n.To, At: c.at, Document: doc})
	if err != nil || !added {
		return id, err
	}
	return id, c.put(ctx, st, nil)
}

// postWork queues a letter, with a calendar object where it is about when work takes place.
func (c *change) postWork(ctx context.Context, e estate.Estate, l notice.Letter, ids []string) error {
	held, _ := e.Held(l.Notices[0].System)
	text, subject := l.Text(c.server.zoneOf(held)), l.Subject()
	sum := sha256.Sum256([]byte(strings.Join(ids, "\n")))
	letter := board.Letter{ID: "work-" + hex.EncodeToString(sum[:12]), To: c.server.addressOf(l.To, held), Subject: subject.DE,
		Text: text.DE + "\n\n* * *\n\n" + subject.EN + "\n\n" + text.EN + "\n"}
	var list []export.Appointment
	for _, n := range l.Notices {
		if a, ok := appointmentOf(n); ok {
			list = append(list, a)
		}
	}
	if len(list) > 0 {
		var b bytes.Buffer
		method, err := export.Invitation(&b, list, cmp.Or(c.server.config.Post.Address(roleSender), c.server.config.Post.Address(string(policy.ToOperator))), letter.To, lang.DE, c.at)
		if err != nil {
			return err
		}
		letter.Calendar, letter.Method = b.String(), method
	}
	return c.post(ctx, letter)
}

// appointmentOf is what stands in the recipient's calendar after a notice; ok is false where it changes nothing
// there.
func appointmentOf(n notice.Notice) (a export.Appointment, ok bool) {
	a = export.Appointment{ID: uidOf(n.Run), From: n.Slot.From, To: n.Slot.To, Kind: "run", Sequence: n.Sequence,
		Title: lang.Textf("Wartung %[1]s", "Maintenance %[1]s", n.System), Description: n.Note}
	switch n.Happening {
	case policy.HappensPlanned, policy.HappensMoved:
		return a, true
	case policy.HappensCancelled:
		a.Cancelled, a.From, a.To = true, n.Was.From, n.Was.To
		return a, true
	}
	return a, false
}

// uidOf is the name of a run in calendars, the same in letters and in the calendar that is subscribed to.
func uidOf(run string) string { return run + "@patchwart" }

// zoneOf is where a system's clocks hang.
func (s *Server) zoneOf(held estate.Held) *time.Location {
	if zone, err := s.zones(cmp.Or(held.Window.Zone, hostersZone)); err == nil && zone != nil {
		return zone
	}
	return time.UTC
}
