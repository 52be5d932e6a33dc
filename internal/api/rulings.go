package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// Rulings is what people decide about holes.
type Rulings interface {
	Override(ctx context.Context, o severity.Override) (board.Override, error)
	Except(ctx context.Context, e exception.Exception) (board.Exception, error)
	Approve(ctx context.Context, id, by string) (board.Exception, error)
	Revoke(ctx context.Context, id, by string) (board.Exception, error)
	Exceptions(ctx context.Context) ([]board.Exception, error)
	Mitigate(ctx context.Context, m mitigation.Mitigation) (board.Mitigation, error)
	EndMitigation(ctx context.Context, id, by string) (board.Mitigation, error)
	Mitigations(ctx context.Context) ([]board.Mitigation, error)
}

// mitigationInput is what is done about a hole besides the update.
type mitigationInput struct {
	Name string `path:"name" maxLength:"63" doc:"Name of the system"`
	Body struct {
		Hole     string           `json:"hole" minLength:"1" maxLength:"80" doc:"CVE"`
		Verb     mitigation.Verb  `json:"verb" enum:"stop_unit,close_port,place_fragment" doc:"What is done"`
		Unit     string           `json:"unit,omitempty" maxLength:"210" doc:"Service that is stopped"`
		Proto    string           `json:"proto,omitempty" maxLength:"8" doc:"tcp or udp, of the port that is closed"`
		Port     int              `json:"port,omitempty" minimum:"0" maximum:"65535" doc:"Port that is closed"`
		Fragment string           `json:"fragment,omitempty" maxLength:"63" doc:"Prepared piece of configuration on the host"`
		Hands    mitigation.Hands `json:"hands,omitempty" enum:"agent,people" doc:"Who carries it out: the host's agent, by a signed order and with a way back, or people; without it, the agent"`
		Reason   string           `json:"reason" maxLength:"4000" doc:"Why this keeps the hole from being used"`
		By       string           `json:"by" maxLength:"200" doc:"Whose word it is"`
		Review   time.Time        `json:"review" doc:"When somebody has to look whether it still fits"`
		Expires  time.Time        `json:"expires" doc:"The first moment at which it does not count any more"`
	}
}

type mitigationList struct {
	Mitigations []board.Mitigation `json:"mitigations"`
}

// ratingInput rates a hole otherwise than the rules.
type ratingInput struct {
	ID   string `path:"id" maxLength:"80" doc:"CVE-2026-1234, or another name of the hole"`
	Body struct {
		Level          severity.Level `json:"level" enum:"critical,high,medium,low,none" doc:"How bad it is"`
		By             string         `json:"by" minLength:"1" maxLength:"200" doc:"Who says so"`
		Reason         string         `json:"reason" minLength:"1" maxLength:"4000" doc:"Why"`
		Expires        time.Time      `json:"expires" doc:"The first moment at which it does not hold any more"`
		KnowsExploited bool           `json:"knows_exploited,omitempty" doc:"It is known that the hole is exploited"`
	}
}

// exceptionInput asks for an accepted non-installation.
type exceptionInput struct {
	Body struct {
		Advisory     string    `json:"advisory" minLength:"1" maxLength:"80" doc:"CVE or advisory"`
		System       string    `json:"system,omitempty" maxLength:"63" doc:"Name of the system, or a customer"`
		Customer     string    `json:"customer,omitempty" maxLength:"63" doc:"ID of the customer, for all of its systems"`
		Reason       string    `json:"reason" maxLength:"4000" doc:"Why it is not installed"`
		RiskOwner    string    `json:"risk_owner" maxLength:"4000" doc:"Who carries the risk"`
		Compensation string    `json:"compensation" maxLength:"4000" doc:"What is done instead"`
		Expires      time.Time `json:"expires" doc:"The first moment at which it does not hold any more"`
		RequestedBy  string    `json:"requested_by" minLength:"1" maxLength:"200" doc:"Who asks for it"`
	}
}

// exceptionChange approves or revokes an exception.
type exceptionChange struct {
	ID   string `path:"id" maxLength:"64" doc:"ID of the exception"`
	Body struct {
		By string `json:"by" minLength:"1" maxLength:"200" doc:"Who does it"`
	}
}

type exceptionList struct {
	Exceptions []board.Exception `json:"exceptions"`
}

func (s *service) rulings() {
	register(s, s.operation(http.MethodPost, "/advisories/{id}/rating", "rate", "Rate a hole otherwise than the rules, with a reason and for a while", limitFeed),
		func(ctx context.Context, in *ratingInput) (*body[board.Override], error) {
			b := in.Body
			return answer(s.backend.Rulings.Override(ctx, severity.Override{Hole: in.ID, Level: b.Level, By: b.By, Reason: b.Reason, Expires: b.Expires, KnowsExploited: b.KnowsExploited}))
		})
	register(s, s.operation(http.MethodGet, "/exceptions", "exceptions", "Accepted non-installations, those in force first", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[exceptionList], error) {
			list, err := s.backend.Rulings.Exceptions(ctx)
			return answer(exceptionList{filled(list)}, err)
		})
	add := s.operation(http.MethodPost, "/exceptions", "except", "Ask for an exception: not to install what closes a hole, for a while", limitWrite)
	add.DefaultStatus = http.StatusCreated
	register(s, add, func(ctx context.Context, in *exceptionInput) (*body[board.Exception], error) {
		b := in.Body
		return answer(s.backend.Rulings.Except(ctx, exception.Exception{
			Scope:  exception.Scope{Advisory: b.Advisory, System: b.System, Customer: b.Customer},
			Reason: b.Reason, RiskOwner: b.RiskOwner, Compensation: b.Compensation, Expires: b.Expires, RequestedBy: b.RequestedBy,
		}))
	})
	register(s, s.operation(http.MethodGet, "/mitigations", "mitigations", "What is done about holes besides updates, the newest first", limitRead),
		func(ctx context.Context, _ *struct{}) (*body[mitigationList], error) {
			list, err := s.backend.Rulings.Mitigations(ctx)
			return answer(mitigationList{filled(list)}, err)
		})
	mitigate := s.operation(http.MethodPost, "/systems/{name}/mitigations", "mitigate", "Mitigate a hole: carried out by the agent where that is permitted; it secures once the host's own report shows that it holds", limitWrite)
	mitigate.DefaultStatus = http.StatusCreated
	register(s, mitigate, func(ctx context.Context, in *mitigationInput) (*body[board.Mitigation], error) {
		b := in.Body
		measure := mitigation.Measure{Verb: b.Verb, Unit: b.Unit, Proto: b.Proto, Port: b.Port, Fragment: b.Fragment}
		return answer(s.backend.Rulings.Mitigate(ctx, mitigation.Mitigation{Measure: measure, System: in.Name, Hole: b.Hole, Hands: cmp.Or(b.Hands, mitigation.ByAgent),
			Reason: b.Reason, By: b.By, Review: b.Review, Expires: b.Expires}))
	})
	register(s, s.operation(http.MethodPost, "/mitigations/{id}/end", "endMitigation", "End a mitigation: the agent takes back what it did, and the clock of the hole runs again", limitWrite),
		func(ctx context.Context, in *exceptionChange) (*body[board.Mitigation], error) {
			return answer(s.backend.Rulings.EndMitigation(ctx, in.ID, in.Body.By))
		})
	register(s, s.operation(http.MethodPost, "/exceptions/{id}/approval", "approveException", "Approve an exception; not by whoever asked for it", limitFeed),
		func(ctx context.Context, in *exceptionChange) (*body[board.Exception], error) {
			return answer(s.backend.Rulings.Approve(ctx, in.ID, in.Body.By))
		})
	register(s, s.operation(http.MethodPost, "/exceptions/{id}/revocation", "revokeException", "End an exception before its time", limitFeed),
		func(ctx context.Context, in *exceptionChange) (*body[board.Exception], error) {
			return answer(s.backend.Rulings.Revoke(ctx, in.ID, in.Body.By))
		})
}
