package api

import (
	"context"
	"net/http"
	"time"

	"github.com/patchwart/patchwart/internal/core/appointment"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Said is what a side says about an appointment.
type Said struct {
	Side    appointment.Side `json:"side" enum:"customer,provider" doc:"Which side says so"`
	By      string           `json:"by" minLength:"1" maxLength:"200" doc:"Who says so; of the customer's side the contact's id, with the authority to order (to propose) or to consent"`
	Channel string           `json:"channel" minLength:"1" maxLength:"200" doc:"Ticket number, or where it was said"`
	Text    string           `json:"text" minLength:"1" maxLength:"4000" doc:"What was said, verbatim"`
	From    time.Time        `json:"from,omitempty" doc:"Begin of the time that is proposed"`
	To      time.Time        `json:"to,omitempty" doc:"End of it, at most 24 hours later"`
}

func (s Said) event(act appointment.Act) appointment.Event {
	return appointment.Event{Act: act, Side: s.Side, By: s.By, Channel: s.Channel, Text: s.Text, Time: window.Interval{From: s.From, To: s.To}}
}

// proposalInput proposes a time.
type proposalInput struct {
	Body struct {
		Said
		Act    appointment.Act `json:"act,omitempty" enum:"propose" doc:"Always propose"`
		System string          `json:"system" minLength:"1" maxLength:"63" doc:"Name of the system"`
		Order  string          `json:"order,omitempty" maxLength:"64" doc:"ID of the order that waits for it from now on"`
	}
}

// appointmentInput answers a proposal.
type appointmentInput struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the appointment"`
	Body struct {
		Said
		Act appointment.Act `json:"act" enum:"propose,accept,decline" doc:"What is said: another time, yes, or no"`
	}
}

type appointmentList struct {
	Appointments []board.Appointment `json:"appointments"`
}

func (s *service) appointments() {
	register(s, s.operation(http.MethodGet, "/appointments", "appointments", "Times for work outside of windows, and how far they are agreed, the newest first", limitRead),
		func(ctx context.Context, in *systemQuery) (*body[appointmentList], error) {
			list, err := s.backend.Orders.Appointments(ctx, in.System)
			return answer(appointmentList{filled(list)}, err)
		})
	propose := s.operation(http.MethodPost, "/appointments", "proposeAppointment", "Propose a time outside of windows; it holds once the other side agrees", limitWrite)
	propose.DefaultStatus = http.StatusCreated
	register(s, propose, func(ctx context.Context, in *proposalInput) (*body[board.Appointment], error) {
		return answer(s.backend.Orders.Arrange(ctx, board.AppointmentEvent{System: in.Body.System, Order: in.Body.Order, Event: in.Body.event(appointment.Propose)}))
	})
	register(s, s.operation(http.MethodPost, "/appointments/{id}", "arrangeAppointment", "Accept a proposed time, decline it, or propose another", limitWrite),
		func(ctx context.Context, in *appointmentInput) (*body[board.Appointment], error) {
			return answer(s.backend.Orders.Arrange(ctx, board.AppointmentEvent{ID: in.ID, Event: in.Body.event(in.Body.Act)}))
		})
}
