// Package apitest is a backend in memory for the tests of what speaks over the API: the handlers,
// the client, the command line. It tells one small story – web1 updated, web2 put back, db1 waiting
// for its customer's order, iaas1 the customer's own – and a few systems whose names name the error
// they answer with. Its clock stands still.
package apitest

import (
	"context"
	"errors"
	"fmt"
	"github.com/patchwart/patchwart/internal/core/campaign"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/countersign"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Token is the one the tests' servers accept.
const Token = "pw-test-token"

// Now is the time at which the story is told: Tuesday, 24 November 2026, 10:00 in Berlin.
var Now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// Slot is the next maintenance window: Saturday, 28 November 2026, 05:00 to 07:00 in Berlin.
var Slot = window.Interval{
	From: time.Date(2026, 11, 28, 4, 0, 0, 0, time.UTC),
	To:   time.Date(2026, 11, 28, 6, 0, 0, 0, time.UTC),
}

// Backend is the story. Its methods are those that package api asks for.
type Backend struct {
	subscribed []board.Subscription

	// Broken makes the record verify badly.
	Broken bool

	mu                 sync.Mutex
	estate             estate.Estate
	freezes            []board.Freeze
	rootBy, rootReason string
	settled            string // who dealt with the message that waited
	orders             []mandate.Order
	arranged           []appointment.Appointment
	runs               []*story
	published          []board.PublishedVersion
	feeds              []board.Feed
	excepted           []exception.Exception
	life               []board.Life
	measures           []board.Mitigation
	seconds            map[string]*countersign.Signature
	stops              []campaign.Stop
	signed             []campaign.SignOff
}

// New makes the story from its beginning.
func New() *Backend { return &Backend{estate: theEstate(), runs: stories()} }

// named answers for the systems whose names are errors.
func named(system string) error {
	switch system {
	case "panics":
		panic("as its name says")
	case "broken":
		return errors.New("database disk image is malformed")
	case "busy":
		return fault.New(fault.Conflict, lang.T("Für busy ist schon ein Lauf unterwegs.", "A run for busy is already under way."),
			lang.T("Bitte warten Sie dessen Ende ab.", "Please wait for its end."))
	case "secret":
		return fault.New(fault.Forbidden, lang.T("Dieses System dürfen Sie nicht sehen.", "You may not see this system."), lang.Text{})
	case "away":
		return fault.New(fault.Unavailable, lang.T("Die Datenbank antwortet nicht.", "The database does not answer."), lang.Text{})
	}
	return nil
}

func (b *Backend) held(system string) (estate.Held, error) {
	if err := named(system); err != nil {
		return estate.Held{}, err
	}
	h, ok := b.estate.Held(system)
	if !ok {
		return h, fault.Missing("Das System", "system", system)
	}
	return h, nil
}

// Today is the start page.
func (b *Backend) Today(context.Context) (board.Today, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := board.Today{Now: Now, Total: len(b.estate.Systems), Waiting: waiting(), Yours: []string{"iaas1"}}
	for _, r := range b.runs {
		switch row := r.row(); {
		case row.Stage == board.Planned:
			t.Next = append(t.Next, row)
		case row.Stage != board.Over:
			t.Running = append(t.Running, row)
		case row.Outcome == "succeeded":
			t.Done = append(t.Done, row)
		default:
			t.Needs = append(t.Needs, row)
		}
	}
	return t, nil
}

// Systems lists the systems.
func (b *Backend) Systems(context.Context) ([]board.SystemRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rows []board.SystemRow
	for _, s := range b.estate.Systems {
		rows = append(rows, b.systemRow(s.Name))
	}
	return rows, nil
}

// System is one system whole.
func (b *Backend) System(_ context.Context, name string) (board.System, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, err := b.held(name)
	if err != nil {
		return board.System{}, err
	}
	s := board.System{
		SystemRow: b.systemRow(name), Held: h, DueList: due(h), Job: decision(h, name),
		Orders: slices.DeleteFunc(slices.Clone(b.orders), func(o mandate.Order) bool { return o.System != name }),
		NoSlot: lang.T("Für dieses System führt der Provider nichts aus.", "The provider executes nothing on this system."),
	}
	if h.Window.Name != "" {
		s.Slot = &board.Slot{System: name, At: Slot, Estimate: 4 * time.Minute, Reason: lang.T("Nächstes Wartungsfenster.", "Next maintenance window.")}
		s.NoSlot = lang.Text{}
	}
	for _, r := range b.runs {
		if r.system == name {
			s.Runs = append(s.Runs, r.row())
		}
	}
	return s, nil
}

// Explain answers whose job something is.
func (b *Backend) Explain(_ context.Context, q board.Question) (board.Explanation, error) {
	system, pkg := q.System, q.Package
	b.mu.Lock()
	defer b.mu.Unlock()
	h, err := b.held(system)
	if err != nil {
		return board.Explanation{}, err
	}
	if pkg != "" && pkg != "openssl" {
		return board.Explanation{}, fault.Missing("Das Paket", "package", pkg)
	}
	d := decision(h, system)
	return board.Explanation{
		System: system, Package: pkg, Answer: d.Answer(), Allowed: system == "web1", Why: d.ReasonLine(), Ask: asks[system],
		Rule: d.GoverningRule(), Decision: d, Facets: d.Facets, At: Now,
		Policy: board.PolicyInfo{ID: "managedhosting-2", Title: "Verantwortlichkeit für Updates und Patches", SHA256: strings.Repeat("ab", 32)},
	}, nil
}

// Due lists due changes.
func (b *Backend) Due(_ context.Context, system string) ([]board.DueRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if system != "" {
		h, err := b.held(system)
		return due(h), err
	}
	var rows []board.DueRow
	for _, s := range b.estate.Systems {
		h, _ := b.estate.Held(s.Name)
		rows = append(rows, due(h)...)
	}
	return rows, nil
}

// PlaceOrder takes an order by a contact who may give one.
func (b *Backend) PlaceOrder(_ context.Context, r board.OrderRequest) (board.OrderReceipt, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h, err := b.held(r.System)
	if err != nil {
		return board.OrderReceipt{}, err
	}
	contact, known := h.Customer.Contact(r.Contact)
	switch {
	case h.Contract.Model == "iaas":
		d := decision(h, r.System)
		return board.OrderReceipt{}, &fault.Error{Code: fault.Refused, Rule: d.GoverningRule(), Text: d.Refusal()}
	case !known || !contact.May(estate.AuthorityOrder):
		return board.OrderReceipt{}, fault.New(fault.Forbidden,
			lang.Textf("%[1]s darf für %[2]s keine Aufträge geben.", "%[1]s may not give orders for %[2]s.", r.Contact, h.Customer.Name), lang.Text{})
	}
	o := mandate.Order{
		ID: fmt.Sprintf("o-%d", len(b.orders)+1), System: r.System, Customer: h.Customer.ID, Contact: r.Contact,
		Channel: r.Channel, Text: r.Text, Explicit: r.Explicit, Scope: r.Scope, Given: Now,
		Terms: mandate.Terms{Packages: r.Packages, Change: r.Change, NotBefore: r.NotBefore},
	}
	b.orders = append(b.orders, o)
	return board.OrderReceipt{Order: o, Allowed: len(due(h)), Confirmation: lang.T(
		"Wir spielen die Sicherheitsupdates im nächsten Wartungsfenster kostenfrei ein. Ob Ihre eigene Software dazu passt, prüfen wir nicht (MH2-15).",
		"We install the security updates in the next maintenance window, free of charge. Whether your own software suits them we do not check (MH2-15).")}, nil
}

// Orders are the orders that were placed, the newest first.
func (b *Backend) Orders(_ context.Context, system string) ([]board.OrderRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if system != "" {
		if _, err := b.held(system); err != nil {
			return nil, err
		}
	}
	var rows []board.OrderRow
	for _, o := range slices.Backward(b.orders) {
		if system == "" || o.System == system {
			rows = append(rows, b.orderRow(o))
		}
	}
	return rows, nil
}

// Order is one of them.
func (b *Backend) Order(_ context.Context, id string) (board.OrderRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.orders {
		if o.ID == id {
			return b.orderRow(o), nil
		}
	}
	return board.OrderRow{}, fault.Missing("Den Auftrag", "order", id)
}

// Withdraw takes one back.
func (b *Backend) Withdraw(_ context.Context, w board.WithdrawalRequest) (board.OrderRow, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.orders {
		o := &b.orders[i]
		switch {
		case o.ID != w.Order:
		case o.Withdrawn:
			return board.OrderRow{}, fault.New(fault.Conflict, lang.Textf("Der Auftrag %[1]s ist schon zurückgezogen.", "Order %[1]s is withdrawn already.", o.ID), lang.Text{})
		default:
			o.Withdrawn, o.Withdrawal = true, &mandate.Withdrawal{Contact: w.Contact, Channel: w.Channel, Text: w.Text, At: Now}
			return b.orderRow(*o), nil
		}
	}
	return board.OrderRow{}, fault.Missing("Den Auftrag", "order", w.Order)
}

func (b *Backend) orderRow(o mandate.Order) board.OrderRow {
	state := mandate.StateOf(o, mandate.Pursuit{})
	return board.OrderRow{Order: o, CustomerName: o.Customer, ContactName: o.Contact, SHA256: o.SHA256(), State: state, Zone: "Europe/Berlin", Sentence: state.Text()}
}

// Plan plans db1 once it is ordered, and says why not the rest.
func (b *Backend) Plan(_ context.Context, system string, preview bool) (board.PlanResult, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if system != "" {
		if _, err := b.held(system); err != nil {
			return board.PlanResult{}, err
		}
	}
	p := board.PlanResult{Preview: preview}
	if len(b.orders) == 0 {
		p.Refused = waiting()
		return p, nil
	}
	p.Slots = []board.Slot{{System: "db1", Run: "r-db1", At: Slot, Estimate: 4 * time.Minute,
		Reason: lang.T("Nächstes Wartungsfenster.", "Next maintenance window.")}}
	p.Not = []board.NotPlanned{{System: "web1", Code: "busy",
		Reason: lang.T("Für web1 ist schon ein Lauf unterwegs.", "A run for web1 is already under way.")}}
	return p, nil
}

// PlanDiff moves web1 and adds what Plan would.
func (b *Backend) PlanDiff(ctx context.Context, system string) (board.PlanDiff, error) {
	p, err := b.Plan(ctx, system, true)
	if err != nil {
		return board.PlanDiff{}, err
	}
	later := window.Interval{From: Slot.From.AddDate(0, 0, 7), To: Slot.To.AddDate(0, 0, 7)}
	return board.PlanDiff{Added: p.Slots, Unchanged: 3, Text: lang.T("1 neu, 1 verschoben, 0 entfallen, 3 unverändert, 0 nicht geplant.", "1 new, 1 moved, 0 gone, 3 unchanged, 0 not planned."),
		Moved: []board.Moved{{System: "web1", Run: "r-web1", Before: Slot, After: later, Code: "made_room",
			Reason: lang.T("Sie hat Platz gemacht für r-db1; diese Änderung ist dringender.", "It made room for r-db1, which is more urgent.")}}}, nil
}

// Apply reads the document with the estate's own parser.
func (b *Backend) Apply(_ context.Context, name string, doc []byte) (board.Applied, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, places := estate.Parse(name, doc, time.LoadLocation, estate.Known{Policy: func(id string) bool { return id == "managedhosting-2" }})
	if len(places) > 0 {
		return board.Applied{}, &fault.Error{Code: fault.Invalid, Places: places,
			Text: lang.Textf("%[1]s wurde nicht übernommen, nichts ist geändert.", "%[1]s was not applied, nothing has changed.", name),
			Mend: lang.T("Bitte berichtigen Sie die genannten Stellen.", "Please correct the places named.")}
	}
	c := estate.Compare(b.estate, e)
	b.estate = e
	return board.Applied{Added: c.Added, Changed: c.Changed, Removed: c.Removed, Unchanged: c.Unchanged}, nil
}

// Enrolment gives a token for a known system.
func (b *Backend) Enrolment(_ context.Context, system string) (board.Enrolment, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.held(system); err != nil {
		return board.Enrolment{}, err
	}
	return board.Enrolment{
		System: system, Token: "once-0123456789", Expires: Now.Add(time.Hour), Server: "https://patch.example:7443",
		Authority: strings.Repeat("cd", 32), Command: "patchwart-agent enrol --server https://patch.example:7443 --name " + system + " --token-file -",
	}, nil
}

// VerifyRecord finds the record good, or entry 17 broken.
func (b *Backend) VerifyRecord(context.Context) (board.RecordCheck, error) {
	c := board.RecordCheck{Size: 42, Root: strings.Repeat("ef", 32), Good: true, Text: lang.T("42 Einträge, alle unverändert.", "42 entries, all unchanged.")}
	if b.Broken {
		c.Good, c.Text = false, lang.T("Ein Eintrag wurde verändert.", "An entry was altered.")
		c.Broken = &board.Broken{Index: 17, Kind: "order", What: lang.T("Der Inhalt passt nicht zum Baum.", "The content does not match the tree.")}
	}
	return c, nil
}

// SignInLink gives a link.
func (b *Backend) SignInLink(context.Context) (string, error) {
	return "http://127.0.0.1:7480/sign-in?once=abc", nil
}
