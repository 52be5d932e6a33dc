package api

import (
	"context"
	"net/http"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// changeInput is a change of version.
type changeInput struct {
	Class    policy.ChangeClass `json:"class" enum:"version_upgrade,os_migration" doc:"Kind of change"`
	Software string             `json:"software" minLength:"1" maxLength:"64" doc:"What is changed: php, mariadb, debian"`
	From     string             `json:"from,omitempty" maxLength:"64" doc:"Version that is there; needed for an upgrade"`
	To       string             `json:"to" minLength:"1" maxLength:"64" doc:"Version that is wanted"`
}

// orderBody is what an order says.
type orderBody struct {
	System   string `json:"system" minLength:"1" maxLength:"63" doc:"Name of the system"`
	Contact  string `json:"contact" minLength:"1" maxLength:"63" doc:"Who ordered: the contact's id; needs the authority to order"`
	Channel  string `json:"channel" minLength:"1" maxLength:"200" doc:"Ticket number, or where it was said"`
	Text     string `json:"text" minLength:"1" maxLength:"4000" doc:"What was said, verbatim"`
	Explicit bool   `json:"explicit,omitempty" doc:"Whether it says plainly what is to be done"`
	Scope    string `json:"scope,omitempty" enum:"security_updates,updates," doc:"Which class of changes it covers; empty: security updates"`

	Mitigation bool         `json:"mitigation,omitempty" doc:"It orders measures against holes (a service stopped, a port closed) instead of updates"`
	Reboot     bool         `json:"reboot,omitempty" doc:"The system may be rebooted for it, once, within its window"`
	Packages   []string     `json:"packages,omitempty" maxItems:"200" doc:"Limits it to these source or binary packages"`
	Change     *changeInput `json:"change,omitempty" doc:"It orders a version upgrade or a migration instead: a task for people, never a run"`
	Price      string       `json:"price,omitempty" maxLength:"200" doc:"Offers this price along with it, in words; the customer has to agree first"`
	PricedBy   string       `json:"priced_by,omitempty" maxLength:"200" doc:"Who offers the price"`
	NotBefore  time.Time    `json:"not_before,omitempty" doc:"Earliest time that the customer wishes"`
}

func (b orderBody) request() board.OrderRequest {
	q := board.OrderRequest{System: b.System, Contact: b.Contact, Channel: b.Channel, Text: b.Text, Explicit: b.Explicit, Scope: estate.Scope(b.Scope),
		Mitigation: b.Mitigation, Reboot: b.Reboot, Packages: b.Packages, Price: b.Price, PricedBy: b.PricedBy, NotBefore: b.NotBefore}
	if v := b.Change; v != nil {
		q.Change = &mandate.VersionChange{Class: v.Class, Software: v.Software, From: v.From, To: v.To}
	}
	return q
}

// orderInput places an order, or asks what it would do.
type orderInput struct{ Body orderBody }

// priceInput names a price.
type priceInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the order"`
	Body struct {
		Amount string `json:"amount" minLength:"1" maxLength:"200" doc:"The price, in words: 180 € net"`
		By     string `json:"by" minLength:"1" maxLength:"200" doc:"Who offers it"`
	}
}

// answerInput is what a contact said to a price.
type answerInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the order"`
	Body struct {
		Contact string `json:"contact" minLength:"1" maxLength:"63" doc:"Who answers: the contact's id; needs the authority to consent"`
		Channel string `json:"channel" minLength:"1" maxLength:"200" doc:"Ticket number, or where it was said"`
		Text    string `json:"text" minLength:"1" maxLength:"4000" doc:"What was said, verbatim"`
		Yes     bool   `json:"yes" doc:"Whether it is a yes"`
	}
}

// settlementInput closes an order by hand.
type settlementInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the order"`
	Body struct {
		By   string `json:"by" minLength:"1" maxLength:"200" doc:"Who closes it"`
		Note string `json:"note" minLength:"1" maxLength:"4000" doc:"What was done, or why it is not"`
		Done bool   `json:"done" doc:"Carried out by hand (a version upgrade or a migration only); otherwise it is refused"`
	}
}

// orderPath names an order in the path.
type orderPath struct {
	ID string `path:"id" maxLength:"64" doc:"ID of the order"`
}

// withdrawalInput takes an order back.
type withdrawalInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the order"`
	Body struct {
		Contact string `json:"contact" minLength:"1" maxLength:"63" doc:"Who takes it back: the contact's id; needs the authority to order"`
		Channel string `json:"channel" minLength:"1" maxLength:"200" doc:"Ticket number, or where it was said"`
		Text    string `json:"text" minLength:"1" maxLength:"4000" doc:"What was said, verbatim"`
	}
}

// orderList is a list of orders.
type orderList struct {
	Orders []board.OrderRow `json:"orders"`
}

// planInput asks for a plan.
type planInput struct {
	Body struct {
		System  string `json:"system,omitempty" maxLength:"63" doc:"Name of the system; empty: all systems"`
		Preview bool   `json:"preview,omitempty" doc:"Only say what would be planned"`
	}
}

func (s *service) orders() {
	place := s.operation(http.MethodPost, "/orders", "order", "Place a customer's order", limitWrite)
	place.DefaultStatus = http.StatusCreated
	register(s, place, func(ctx context.Context, in *orderInput) (*body[board.OrderReceipt], error) {
		return answer(s.backend.Orders.PlaceOrder(ctx, in.Body.request()))
	})
	register(s, s.operation(http.MethodPost, "/orders/preview", "previewOrder", "What an order would do, when and at what price; nothing is kept", limitWrite),
		func(ctx context.Context, in *orderInput) (*body[board.OrderPreview], error) {
			return answer(s.backend.Orders.PreviewOrder(ctx, in.Body.request()))
		})
	register(s, s.operation(http.MethodPost, "/orders/{id}/price", "offerPrice", "Name the price of an order; nothing runs before the customer agrees", limitWrite),
		func(ctx context.Context, in *priceInput) (*body[board.OrderRow], error) {
			return answer(s.backend.Orders.OfferPrice(ctx, board.PriceOffer{Order: in.ID, Amount: in.Body.Amount, By: in.Body.By}))
		})
	register(s, s.operation(http.MethodPost, "/orders/{id}/answer", "answerPrice", "Keep what a contact said to the price, verbatim", limitWrite),
		func(ctx context.Context, in *answerInput) (*body[board.OrderRow], error) {
			b := in.Body
			return answer(s.backend.Orders.AnswerPrice(ctx, board.PriceAnswer{Order: in.ID, Contact: b.Contact, Channel: b.Channel, Text: b.Text, Yes: b.Yes}))
		})
	register(s, s.operation(http.MethodPost, "/orders/{id}/settlement", "settleOrder", "Close an order that no run carries out: done by hand, or refused", limitWrite),
		func(ctx context.Context, in *settlementInput) (*body[board.OrderRow], error) {
			return answer(s.backend.Orders.SettleOrder(ctx, board.OrderSettlement{Order: in.ID, By: in.Body.By, Note: in.Body.Note, Done: in.Body.Done}))
		})
	s.appointments()
	register(s, s.operation(http.MethodGet, "/orders", "orders", "Customers' orders and how far they have come, the newest first", limitRead),
		func(ctx context.Context, in *systemQuery) (*body[orderList], error) {
			list, err := s.backend.Orders.Orders(ctx, in.System)
			return answer(orderList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/orders/{id}", "orderByID", "One order, verbatim, and how far it has come", limitRead),
		func(ctx context.Context, in *orderPath) (*body[board.OrderRow], error) {
			return answer(s.backend.Orders.Order(ctx, in.ID))
		})
	register(s, s.operation(http.MethodPost, "/orders/{id}/withdrawal", "withdrawOrder", "Take an order back, until its run begins", limitWrite),
		func(ctx context.Context, in *withdrawalInput) (*body[board.OrderRow], error) {
			return answer(s.backend.Orders.Withdraw(ctx, board.WithdrawalRequest{Order: in.ID, Contact: in.Body.Contact, Channel: in.Body.Channel, Text: in.Body.Text}))
		})
	register(s, s.operation(http.MethodGet, "/plan/diff", "planDiff", "What planning now would change against what is planned; changes nothing", limitRead),
		func(ctx context.Context, in *systemQuery) (*body[board.PlanDiff], error) {
			d, err := s.backend.Orders.PlanDiff(ctx, in.System)
			d.Added, d.Moved, d.Removed, d.Not = filled(d.Added), filled(d.Moved), filled(d.Removed), filled(d.Not)
			return answer(d, err)
		})
	register(s, s.operation(http.MethodPost, "/plan", "plan", "Plan what is permitted, and say why not the rest", limitWrite),
		func(ctx context.Context, in *planInput) (*body[board.PlanResult], error) {
			return answer(s.backend.Orders.Plan(ctx, in.Body.System, in.Body.Preview))
		})
}
