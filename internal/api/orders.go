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
	}
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
			Text: in.Body.Text, Explicit: in.Body.Explicit, Scope: estate.Scope(in.Body.Scope), Mitigation: in.Body.Mitigation,
		}))
	})
	register(s, s.operation(http.MethodPost, "/plan", "plan", "Plan what is permitted, and say why not the rest", limitWrite),
		func(ctx context.Context, in *planInput) (*body[board.PlanResult], error) {
			return answer(s.backend.Orders.Plan(ctx, in.Body.System, in.Body.Preview))
		})
}
