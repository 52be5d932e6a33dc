package api

import (
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
)

// orderInput places an order.
type orderInput struct {
	Body struct {
		System   string `json:"system" minLength:"1" maxLength:"63" doc:"Name of the system"`
		Contact  string `json:"contact" minLength:"1" maxLength:"63" doc:"Who ordered: the contact's id; needs the authority to order"`
		Channel  string `json:"channel" minLength:"1" maxLength:"200" doc:"Ticket number, or where it was said"`
		Text     string `json:"text" minLength:"1" maxLength:"4000" doc:"What was said, verbatim"`
		Explicit bool   `json:"explicit,omitempty" doc:"Whether it says plainly what is to be done"`
		Scope    string `json:"scope" enum:"security_updates,updates" doc:"Which class of changes it covers"`

		Mitigation bool `json:"mitigation,omitempty" doc:"It orders measures against holes (a service stopped, a port closed) instead of updates"`
		Reboot     bool `json:"reboot,omitempty" doc:"The system may be rebooted for it, once, within its window"`
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
		return answer(s.backend.Orders.PlaceOrder(ctx, board.OrderRequest{
			System: in.Body.System, Contact: in.Body.Contact, Channel: in.Body.Channel,
			Text: in.Body.Text, Explicit: in.Body.Explicit, Scope: estate.Scope(in.Body.Scope), Mitigation: in.Body.Mitigation, Reboot: in.Body.Reboot,
		}))
	})
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
