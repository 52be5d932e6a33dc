// Package webtest holds a server in memory for the console's tests: systems, runs and orders as plain
// values, made by Demo (a small hoster on a busy morning), Fleet (thousands of systems), Empty and
// Hostile (names and texts that try to break out of a page). It keeps its promises – an order placed
// permits what it covers, a plan makes runs – but judges nothing by itself.
package webtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// Backend is a server in memory. Its zero value knows nothing.
type Backend struct {
	Now     time.Time
	Check   board.RecordCheck
	Fail    error  // when set, every question is answered with it
	settled string // who dealt with the message that waited
	stops   []campaign.Stop
	abos    []board.Subscription
	apart   []*board.Run      // runs that no list shows
	ended   *board.EndRequest // the round by hand
	signed  []campaign.SignOff
	Placed  []string      // IDs of the orders that were placed
	Plans   int           // how often something was planned, previews not counted
	Enrols  int           // how many enrolment commands were made
	Quiet   time.Duration // how long Watch waits when nothing happens; 0 = a second
	mu      sync.Mutex
	systems []*board.System
	runs    []*board.Run
	board   board.Today
	clocks  []board.ClockRow
	notices []board.Told
	feeds   []board.Feed

	meetings []appointment.Appointment
	said     map[string][]board.StandingChange // by contract
	overdue  map[string][]board.Overdue        // by contract
	asked    []board.Queued

	changed chan struct{} // closed and replaced whenever a run changes
}

// Today is the start page's board.
func (b *Backend) Today(context.Context) (board.Today, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.board, b.Fail
}

// Systems lists all systems.
func (b *Backend) Systems(context.Context) ([]board.SystemRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := make([]board.SystemRow, len(b.systems))
	for i, s := range b.systems {
		rows[i] = s.SystemRow
	}
	return rows, b.Fail
}

// System is one system.
func (b *Backend) System(_ context.Context, name string) (board.System, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.find(name)
	if err != nil {
		return board.System{}, err
	}
	return *s, nil
}

func (b *Backend) find(name string) (*board.System, error) {
	if b.Fail != nil {
		return nil, b.Fail
	}
	for _, s := range b.systems {
		if s.Name == name {
			return s, nil
		}
	}
	return nil, fault.Missing("Ein System", "system", name)
}

// Explain answers for a system or one package of it.
func (b *Backend) Explain(_ context.Context, q board.Question) (board.Explanation, error) {
	system, pkg := q.System, q.Package
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.find(system)
	if err != nil {
		return board.Explanation{}, err
	}
	e := board.Explanation{
		System: system, Package: pkg, Decision: s.Job, Facets: s.Job.Facets, Policy: Policy, At: b.Now,
		Answer: s.Job.Answer(), Rule: s.Job.GoverningRule(),
	}
	if pkg == "" {
		b.about(&e, q)
		return e, nil
	}
	for _, d := range s.DueList {
		if d.Finding.Package == pkg {
			e.Decision, e.Facets, e.Allowed = d.Decision, d.Decision.Facets, d.Allowed
			e.Answer, e.Ask, e.Rule = d.Decision.Answer(), d.Ask, d.Rule
			if !d.Allowed {
				e.Why = d.Why
			}
			return e, nil
		}
	}
	return board.Explanation{}, fault.Missing("Ein installiertes Paket", "installed package", pkg)
}

// PlaceOrder records an order: due changes that it covers are permitted from then on.
func (b *Backend) PlaceOrder(_ context.Context, r board.OrderRequest) (board.OrderReceipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, err := b.find(r.System)
	if err != nil {
		return board.OrderReceipt{}, err
	}
	if s.Job.Execution == policy.PartyCustomer {
		f := fault.New(fault.Refused, s.Job.Refusal(), lang.Text{})
		f.Rule = s.Job.GoverningRule()
		return board.OrderReceipt{}, f
	}
	o := mandate.Order{
		ID: fmt.Sprintf("A-2026-%04d", 118+len(b.Placed)), System: r.System, Customer: s.Held.Customer.ID, Contact: r.Contact,
		Channel: r.Channel, Text: r.Text, Explicit: r.Explicit, Scope: r.Scope, Reboot: r.Reboot, Given: b.Now,
		Terms: mandate.Terms{Packages: r.Packages, Change: r.Change},
	}
	b.Placed = append(b.Placed, o.ID)
	s.Orders = append([]mandate.Order{o}, s.Orders...)
	out := board.OrderReceipt{Order: o, Confirmation: confirmation(s.Name, r.Scope)}
	for i := range s.DueList {
		d := &s.DueList[i]
		covered := d.Decision.Verdict == policy.Permitted && (r.Explicit || !d.Decision.ExplicitRequest) &&
			(d.Finding.Class == policy.ChangeClassSecurityUpdate || r.Scope == estate.ScopeUpdates)
		if !covered {
			out.LeftOut++
			continue
		}
		out.Allowed++
		d.Allowed, d.Ask = true, lang.Text{}
		d.Why = d.Decision.Answer()
		d.Ground = &mandate.Ground{Kind: mandate.ByOrder, Basis: o.ID, Contact: o.Contact, Rules: d.Decision.Rules()}
	}
	if out.Allowed > 0 {
		b.board.Waiting = slices.DeleteFunc(b.board.Waiting, func(w board.Waiting) bool { return w.System == r.System })
	}
	return out, nil
}

// Orders are the orders of the systems, the newest first.
func (b *Backend) Orders(_ context.Context, _ string) ([]board.OrderRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Fail != nil {
		return nil, b.Fail
	}
	var rows []board.OrderRow
	for _, s := range b.systems {
		for _, o := range s.Orders {
			rows = append(rows, orderRow(s, o))
		}
	}
	slices.SortStableFunc(rows, func(x, y board.OrderRow) int { return y.Given.Compare(x.Given) })
	return rows, nil
}

// Order is one of them.
func (b *Backend) Order(ctx context.Context, id string) (board.OrderRow, error) {
	rows, err := b.Orders(ctx, "")
	if err != nil {
		return board.OrderRow{}, err
	}
	for _, o := range rows {
		if o.ID == id {
			return o, nil
		}
	}
	return board.OrderRow{}, fault.Missing("Den Auftrag", "order", id)
}

// Withdraw takes one back.
func (b *Backend) Withdraw(ctx context.Context, w board.WithdrawalRequest) (board.OrderRow, error) {
	row, err := b.Order(ctx, w.Order)
	if err != nil {
		return row, err
	}
	if w.Text == "" || w.Channel == "" {
		return row, fault.New(fault.Invalid, lang.T("So lässt sich der Auftrag nicht zurückziehen.", "The order cannot be withdrawn like this."), lang.Text{})
	}
	b.mu.Lock()
	for _, s := range b.systems {
		for i := range s.Orders {
			if o := &s.Orders[i]; o.ID == w.Order {
				o.Withdrawn, o.Withdrawal = true, &mandate.Withdrawal{Contact: w.Contact, Channel: w.Channel, Text: w.Text, At: b.Now}
			}
		}
	}
	b.mu.Unlock()
	return b.Order(ctx, w.Order)
}

func orderRow(s *board.System, o mandate.Order) board.OrderRow {
	row := board.OrderRow{Order: o, CustomerName: s.Held.Customer.Name, ContactName: o.Contact, SHA256: o.SHA256(), Zone: "Europe/Berlin"}
	if contact, ok := s.Held.Customer.Contact(o.Contact); ok {
		row.ContactName = contact.Name
	}
	pursuit := mandate.Pursuit{Planned: s.Next != nil && s.Next.Stage == board.Planned}
	if pursuit.Planned {
		o.Used = ""
	}
	if o.Used != "" {
		pursuit = mandate.Pursuit{Over: true, Outcome: verdict.Succeeded}
	}
	row.State, row.Sentence = mandate.StateOf(o, pursuit), lang.T("Der Auftrag steht; ein Lauf ist noch nicht geplant.", "The order stands; no run is planned yet.")
	switch row.State {
	case mandate.Withdrawn:
		row.Sentence = lang.T("Der Auftrag wurde zurückgezogen; nichts wird getan.", "The order was withdrawn; nothing is done.")
	case mandate.Done:
		row.Run, row.Sentence = o.Used, lang.T("Alles ist aktualisiert und geprüft.", "Everything is updated and verified.")
	case mandate.Scheduled:
		row.Run, row.Slot, row.Sentence = s.Next.ID, s.Next.Slot, s.Next.Sentence
	default:
	}
	return row
}

// Plan plans, or shows what planning would do.
func (b *Backend) Plan(_ context.Context, system string, preview bool) (board.PlanResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if system != "" {
		if _, err := b.find(system); err != nil {
			return board.PlanResult{}, err
		}
	}
	if b.Fail != nil {
		return board.PlanResult{}, b.Fail
	}
	out := board.PlanResult{Preview: preview}
	for _, s := range b.systems {
		if system != "" && s.Name != system {
			continue
		}
		b.planOne(s, preview, &out)
	}
	if system == "" {
		b.replanned(&out)
	}
	for _, w := range b.board.Waiting {
		if system == "" || w.System == system {
			out.Refused = append(out.Refused, w)
		}
	}
	if !preview {
		b.Plans++
	}
	return out, nil
}

func (b *Backend) planOne(s *board.System, preview bool, out *board.PlanResult) {
	allowed := 0
	for _, d := range s.DueList {
		if d.Allowed {
			allowed++
		}
	}
	switch {
	case allowed == 0:
	case s.Next != nil || len(s.Runs) > 0 && s.Runs[0].Stage != board.Over:
		out.Not = append(out.Not, board.NotPlanned{System: s.Name, Code: "busy", Reason: lang.Textf(
			"Für %[1]s ist schon ein Lauf geplant oder unterwegs.", "A run for %[1]s is already planned or under way.", s.Name)})
	case s.Slot != nil:
		slot := *s.Slot
		slot.Run = fmt.Sprintf("R-%04d", 900+len(b.runs))
		out.Slots = append(out.Slots, slot)
		if preview {
			return
		}
		row := board.RunRow{
			ID: slot.Run, System: s.Name, Customer: s.Customer, Stage: board.Planned, Ground: "order",
			Sentence: planned(s.Name), Packages: allowed, Slot: slot.At, Zone: s.Held.Window.Zone, Created: b.Now,
		}
		b.runs = append([]*board.Run{{RunRow: row, Policy: s.Policy}}, b.runs...)
		s.Next, s.Runs = &row, append([]board.RunRow{row}, s.Runs...)
		b.board.Next = append(b.board.Next, row)
	}
}

// Enrolment makes an enrolment command.
func (b *Backend) Enrolment(_ context.Context, system string) (board.Enrolment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.find(system); err != nil {
		return board.Enrolment{}, err
	}
	b.Enrols++
	token := fmt.Sprintf("PW1-%06d-QK7RW2", b.Enrols)
	return board.Enrolment{
		System: system, Token: token, Expires: b.Now.Add(24 * time.Hour), Server: "https://patch.example.net:8443",
		Authority: digest("authority"),
		Command:   "patchwart-agent enrol --server https://patch.example.net:8443 --authority " + digest("authority")[:32] + " --token " + token,
	}, nil
}

// Runs lists runs, newest first.
func (b *Backend) Runs(_ context.Context, f board.RunFilter) ([]board.RunRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rows []board.RunRow
	for _, r := range b.runs {
		if (f.System == "" || f.System == r.System) && (f.Stage == "" || f.Stage == r.Stage) && (f.Limit == 0 || len(rows) < f.Limit) {
			rows = append(rows, r.RunRow)
		}
	}
	return rows, b.Fail
}

// Run is one run.
func (b *Backend) Run(_ context.Context, id string) (board.Run, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.findRun(id)
}

func (b *Backend) findRun(id string) (board.Run, error) {
	if b.Fail != nil {
		return board.Run{}, b.Fail
	}
	for _, r := range slices.Concat(b.runs, b.apart) {
		if r.ID == id {
			return *r, nil
		}
	}
	return board.Run{}, fault.Missing("Einen Lauf", "run", id)
}

// Watch waits for something newer than the sequence number after.
func (b *Backend) Watch(ctx context.Context, id string, after int64) (board.Progress, error) {
	quiet := b.Quiet
	if quiet == 0 {
		quiet = time.Second
	}
	timer := time.NewTimer(quiet)
	defer timer.Stop()
	for {
		b.mu.Lock()
		r, err := b.findRun(id)
		if b.changed == nil {
			b.changed = make(chan struct{})
		}
		changed := b.changed
		b.mu.Unlock()
		if err != nil {
			return board.Progress{}, err
		}
		p := board.Progress{Row: r.RunRow, State: r.State}
		for _, e := range append(slices.Clone(r.Events), r.Lines...) {
			if e.Seq > after {
				p.Events = append(p.Events, e)
			}
		}
		if r.State.Seq > after || r.Stage == board.Over {
			return p, nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return p, nil
		case <-ctx.Done():
			return board.Progress{}, ctx.Err()
		}
	}
}

// VerifyRecord is the prepared result.
func (b *Backend) VerifyRecord(context.Context) (board.RecordCheck, error) { return b.Check, b.Fail }

// Advance folds further events into a run, as a host would report them. It numbers them.
func (b *Backend) Advance(id string, events ...run.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.runs, func(r *board.Run) bool { return r.ID == id })
	if i < 0 {
		return errors.New("no run " + id)
	}
	r := b.runs[i]
	for _, e := range events {
		e.Order, e.Seq = r.State.Order, r.State.Seq+1
		next, _, err := run.Apply(r.State, e)
		if err != nil {
			return err
		}
		r.State = next
		if e.Kind == run.Line {
			r.Lines = append(r.Lines, e)
		} else {
			r.Events = append(r.Events, e)
		}
	}
	r.Step = r.State.Step
	if r.State.Ended {
		r.Stage, r.Outcome, r.EndedAt = board.Over, r.State.Outcome, r.State.Last
		r.Sentence = r.State.Verdict.Sentence(r.System)
	}
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
	b.board.Running = slices.DeleteFunc(b.board.Running, func(x board.RunRow) bool { return x.ID == id })
	if r.Stage == board.Running {
		b.board.Running = append(b.board.Running, r.RunRow)
	} else if r.Outcome == verdict.Succeeded {
		b.board.Done = append([]board.RunRow{r.RunRow}, b.board.Done...)
	}
	return nil
}

// Sessions signs in with the tokens it was given, each once.
type Sessions struct {
	mu     sync.Mutex
	tokens []string
	open   map[string]bool
	n      int
}

// NewSessions makes sessions that the tokens open.
func NewSessions(tokens ...string) *Sessions {
	return &Sessions{tokens: tokens, open: map[string]bool{}}
}

// SignIn spends a token.
func (s *Sessions) SignIn(_ context.Context, token string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.tokens, token)
	if i < 0 {
		return "", errors.New("unknown or spent token")
	}
	s.tokens = slices.Delete(s.tokens, i, i+1)
	s.n++
	session := fmt.Sprintf("session-%d", s.n)
	s.open[session] = true
	return session, nil
}

// Valid reports whether the session is open.
func (s *Sessions) Valid(_ context.Context, session string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.open[session]
}

// SignOut closes the session.
func (s *Sessions) SignOut(_ context.Context, session string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, session)
}

// Left is how many tokens are unspent.
func (s *Sessions) Left() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.tokens)
}
