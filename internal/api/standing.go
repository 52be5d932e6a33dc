package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// Standing are the standing orders of contracts and their dates.
type Standing interface {
	StandingOrders(ctx context.Context) ([]board.StandingOrder, error)
	StandingOrder(ctx context.Context, contract string) (board.StandingOrder, error)
	ChangeStandingOrder(ctx context.Context, q board.StandingChange) (board.StandingOrder, error)
}

type standingPath struct {
	Contract string `path:"contract" maxLength:"63" doc:"ID of the contract"`
}

// standingInput says something about single dates.
type standingInput struct {
	Contract string `path:"contract" maxLength:"63" doc:"ID of the contract"`
	Body     struct {
		Kind   board.StandingKind `json:"kind" enum:"move,leave_out,pause,resume" doc:"What is said"`
		Day    string             `json:"day,omitempty" maxLength:"10" doc:"move, leave_out: the day on which the rule has the date, 2026-12-05"`
		To     string             `json:"to,omitempty" maxLength:"16" doc:"move: where to, in local time, 2026-12-12T05:00"`
		From   string             `json:"from,omitempty" maxLength:"10" doc:"pause: first day; empty: today"`
		Until  string             `json:"until,omitempty" maxLength:"10" doc:"pause: last day; empty: until further notice"`
		By     string             `json:"by" minLength:"1" maxLength:"200" doc:"Who says so; of a customer's contact the id"`
		As     board.StandingSide `json:"as,omitempty" enum:"contact,provider" doc:"In whose name; empty: contact"`
		Reason string             `json:"reason" minLength:"1" maxLength:"4000" doc:"Why"`
	}
}

type standingList struct {
	StandingOrders []board.StandingOrder `json:"standing_orders"`
}

// said is what the input says. Days and times that are none are named here.
func (in *standingInput) said() (board.StandingChange, error) {
	b := in.Body
	q := board.StandingChange{Contract: in.Contract, Kind: b.Kind, By: b.By, As: cmp.Or(b.As, board.ByContact), Reason: b.Reason}
	var places []fault.Place
	for _, f := range []struct {
		name, text string
		into       *wall.Day
	}{{"day", b.Day, &q.Day}, {"from", b.From, &q.From}, {"until", b.Until, &q.Until}} {
		if err := f.into.UnmarshalText([]byte(f.text)); err != nil {
			places = append(places, fault.Place{Field: f.name, Problem: lang.Textf("„%[1]s“ ist kein Tag; zum Beispiel 2026-12-05", `"%[1]s" is no day; for example 2026-12-05`, f.text)})
		}
	}
	if err := q.To.UnmarshalText([]byte(b.To)); err != nil {
		places = append(places, fault.Place{Field: "to", Problem: lang.Textf("„%[1]s“ ist keine Zeit; zum Beispiel 2026-12-12T05:00", `"%[1]s" is no time; for example 2026-12-12T05:00`, b.To)})
	}
	if len(places) > 0 {
		return q, &fault.Error{Code: fault.Invalid, Places: places,
			Text: lang.T("Das wird über den Dauerauftrag nicht angenommen.", "This is not accepted about the standing order."), Mend: lang.T("Bitte ändern Sie die genannten Angaben.", "Please change the fields named.")}
	}
	return q, nil
}

func (s *service) standing() {
	register(s, s.operation(http.MethodGet, "/standing-orders", "standingOrders", "Standing orders with their dates and what is overdue", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[standingList], error) {
			list, err := s.backend.Standing.StandingOrders(ctx)
			return answer(standingList{filled(list)}, err)
		})
	register(s, s.operation(http.MethodGet, "/standing-orders/{contract}", "standingOrder", "The standing order of a contract", limitRead),
		func(ctx context.Context, in *standingPath) (*body[board.StandingOrder], error) {
			return answer(s.backend.Standing.StandingOrder(ctx, in.Contract))
		})
	register(s, s.operation(http.MethodPost, "/standing-orders/{contract}/changes", "changeStandingOrder",
		"Move or leave out a date, pause or resume; the customer is told", limitWrite),
		func(ctx context.Context, in *standingInput) (*body[board.StandingOrder], error) {
			q, err := in.said()
			if err != nil {
				return answer(board.StandingOrder{}, err)
			}
			return answer(s.backend.Standing.ChangeStandingOrder(ctx, q))
		})
}
