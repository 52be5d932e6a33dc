package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// problemType is the media type of errors (RFC 9457).
const problemType = "application/problem+json"

// Problem is the body of every error. Programs act on Code, which is stable; people read Text and
// Mend. Type, Title, Status and Detail say the same again for readers that know RFC 9457 alone.
type Problem struct {
	Type   string        `json:"type" doc:"urn:patchwart:fault: and the code"`
	Title  string        `json:"title" doc:"The status in words"`
	Status int           `json:"status" doc:"The HTTP status"`
	Detail string        `json:"detail" doc:"The English text"`
	Code   fault.Code    `json:"code" enum:"invalid,not_found,refused,conflict,forbidden,unavailable,internal"`
	Text   lang.Text     `json:"text" doc:"What happened, in both languages"`
	Mend   lang.Text     `json:"mend" doc:"What helps; may be empty"`
	Rule   string        `json:"rule,omitempty" doc:"For refused: the rule of the policy that says so"`
	Places []fault.Place `json:"places,omitempty" doc:"For invalid: where in the input what is wrong"`
}

// Status is the HTTP status of a fault's code. A refusal by policy is 409, like a conflict: the
// request is understood and allowed, and what is agreed stands against it; an order can change that.
func Status(code fault.Code) int {
	switch code {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Refused, fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// newProblem renders a fault with the status of its code.
func newProblem(f *fault.Error) *problemError { return problemWith(Status(f.Code), f) }

func problemWith(status int, f *fault.Error) *problemError {
	return &problemError{Problem{
		Type: "urn:patchwart:fault:" + string(f.Code), Title: http.StatusText(status), Status: status,
		Detail: f.Text.EN, Code: f.Code, Text: f.Text, Mend: f.Mend, Rule: f.Rule, Places: f.Places,
	}}
}

// problemError is a problem on its way through huma, which sends it as it is.
type problemError struct{ Problem }

// Error is the English sentence.
func (p *problemError) Error() string { return p.Detail }

// GetStatus tells huma the status.
func (p *problemError) GetStatus() int { return p.Status }

// ContentType tells huma the media type.
func (p *problemError) ContentType(string) string { return problemType }

// internalFault is what the reader is told of our own faults.
func internalFault() *fault.Error {
	return fault.New(fault.Internal,
		lang.T("Der Server hat einen Fehler gemacht.", "The server made an error."),
		lang.T("Einzelheiten stehen im Protokoll des Servers.", "Details are in the server's log."))
}

// problem turns an error into what is sent, and logs what is not.
func (s *service) problem(ctx context.Context, operation string, err error) *problemError {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && !errors.As(err, new(*fault.Error)) {
		s.log.WarnContext(ctx, "request took too long", "operation", operation, "error", err)
		return newProblem(fault.New(fault.Unavailable,
			lang.T("Die Antwort hat zu lange gedauert.", "The answer took too long."),
			lang.T("Bitte versuchen Sie es später noch einmal.", "Please try again later.")))
	}
	var f *fault.Error
	if !errors.As(err, &f) || f.Code == fault.Internal || Status(f.Code) == http.StatusInternalServerError {
		s.log.ErrorContext(ctx, "request failed", "operation", operation, "error", err)
		return newProblem(internalFault())
	}
	if f.Cause != nil {
		s.log.WarnContext(ctx, "request not carried out", "operation", operation, "code", f.Code, "error", err)
	}
	return newProblem(f)
}

// asProblem turns the errors that huma makes itself (a body that does not fit the document, a
// parameter out of bounds) into problem documents.
func asProblem(_ huma.Context, _ string, v any) (any, error) {
	model, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	if model.Status >= http.StatusInternalServerError {
		return newProblem(internalFault()), nil
	}
	f := fault.New(fault.Invalid,
		lang.T("Die Anfrage ist nicht gültig.", "The request is not valid."),
		lang.Textf("Was erwartet wird, steht in %[1]s.", "What is expected is described in %[1]s.", documentPath))
	switch model.Status {
	case http.StatusRequestEntityTooLarge:
		f.Text = lang.T("Die Anfrage ist zu groß.", "The request is too large.")
	case http.StatusRequestTimeout:
		f.Text = lang.T("Die Anfrage kam nicht vollständig an.", "The request did not arrive completely.")
	}
	for _, d := range model.Errors {
		message := strings.TrimSpace(d.Message)
		f.Places = append(f.Places, fault.Place{
			Field: d.Location, Problem: lang.Textf("passt nicht: %[1]s", "does not fit: %[1]s", message),
		})
	}
	if len(f.Places) == 0 {
		f.Places = []fault.Place{{Problem: lang.Textf("passt nicht: %[1]s", "does not fit: %[1]s", model.Detail)}}
	}
	return problemWith(model.Status, f), nil
}

// send writes a problem outside of huma's operations.
func send(w http.ResponseWriter, p *problemError) {
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a reader that went away is nobody's error
}
