// Package api is the HTTP API for people's programs: what the command line, scripts and other
// systems see of Patchwart. Everything lies under /api/v1/ and is described by the OpenAPI 3.1
// document at /api/v1/openapi.json.
//
// Its rules:
//
//   - Every request but the one for the OpenAPI document carries a bearer token.
//   - The Host header must name this server. A page in a browser that rebinds its own name to the
//     loopback address thereby gets nothing.
//   - Handlers compute nothing: they ask the backend and send what it says, as the values of package
//     board. A list that is null is empty.
//   - An error is a problem document (RFC 9457) with the fault's code, its sentence in both
//     languages, what mends it, the rule that says so, and the places in the input (see Problem).
//   - Everything is bounded: bodies, waiting, and the time a request may take.
package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/simulation"
)

// Prefix is the path that all of the API lies under.
const Prefix = "/api/v1"

// Systems is what is known of the hosts.
type Systems interface {
	Today(ctx context.Context) (board.Today, error)
	Systems(ctx context.Context) ([]board.SystemRow, error)
	System(ctx context.Context, name string) (board.System, error)
	Explain(ctx context.Context, q board.Question) (board.Explanation, error)
	Due(ctx context.Context, system string) ([]board.DueRow, error) // "" = all systems
	RootAccess(ctx context.Context, system string) (board.RootAccess, error)
	AcceptRoot(ctx context.Context, system, by, reason string) (board.RootAccess, error)
}

// Orders takes customers' orders and plans what they permit.
type Orders interface {
	PlaceOrder(ctx context.Context, order board.OrderRequest) (board.OrderReceipt, error)
	Orders(ctx context.Context, system string) ([]board.OrderRow, error) // "" = all systems
	Order(ctx context.Context, id string) (board.OrderRow, error)
	Withdraw(ctx context.Context, w board.WithdrawalRequest) (board.OrderRow, error)
	PreviewOrder(ctx context.Context, order board.OrderRequest) (board.OrderPreview, error)
	OfferPrice(ctx context.Context, q board.PriceOffer) (board.OrderRow, error)
	AnswerPrice(ctx context.Context, q board.PriceAnswer) (board.OrderRow, error)
	SettleOrder(ctx context.Context, q board.OrderSettlement) (board.OrderRow, error)
	Appointments(ctx context.Context, system string) ([]board.Appointment, error) // "" = all systems
	Arrange(ctx context.Context, e board.AppointmentEvent) (board.Appointment, error)
	Plan(ctx context.Context, system string, preview bool) (board.PlanResult, error) // "" = all systems
	PlanDiff(ctx context.Context, system string) (board.PlanDiff, error)             // "" = all systems
}

// Runs is what was, is and will be done.
type Runs interface {
	Runs(ctx context.Context, filter board.RunFilter) ([]board.RunRow, error)
	Run(ctx context.Context, id string) (board.Run, error)
	// Watch blocks until the run has events after the sequence number, or is over, or some time has
	// passed; in the last case the progress has no events.
	Watch(ctx context.Context, id string, after int64) (board.Progress, error)
	WorkOrder(ctx context.Context, run string) (board.WorkOrder, error)
	Countersign(ctx context.Context, q board.CountersignRequest) (board.WorkOrder, error)
}

// Estate takes the document that states what is looked after, and enrols hosts.
type Estate interface {
	Apply(ctx context.Context, name string, doc []byte) (board.Applied, error)
	Enrolment(ctx context.Context, system string) (board.Enrolment, error)
}

// Policies are the published policy versions and individual agreements.
type Policies interface {
	Policies(ctx context.Context) ([]board.PolicyInfo, error)
	PolicyVersion(ctx context.Context, id string) (board.PublishedVersion, error)
	Publish(ctx context.Context, name string, text []byte) (board.Published, error)
	StateValidity(ctx context.Context, id, from, to, by string) error
	Simulate(ctx context.Context, name string, text []byte) (simulation.Report, error)
}

// Record is the tamper-evident record.
type Record interface {
	VerifyRecord(ctx context.Context) (board.RecordCheck, error)
}

// SignIn makes one-time links that sign a browser in to the console.
type SignIn interface {
	SignInLink(ctx context.Context) (string, error)
}

// Backend is who answers, noun by noun. All of it may be one value.
type Backend struct {
	Systems   Systems
	Orders    Orders
	Runs      Runs
	Estate    Estate
	Policies  Policies
	Record    Record
	SignIn    SignIn
	Holes     Holes
	Rulings   Rulings
	Lifecycle Lifecycle
	Calendar  Calendar
	Inbox     Inbox
	Standing  Standing
	Campaigns Campaigns
	Webhooks  Webhooks
	Queue     Queue
}

// Options are what the API needs besides its backend.
type Options struct {
	// Token says whether a bearer token is good, in constant time. Nil refuses every token.
	Token func(token string) bool
	// Log receives what the reader of an error is not told. Nil discards it.
	Log *slog.Logger
	// Hosts are the Host headers that are answered: a name or address, with a port or, for any
	// port, without. Empty means this machine's own names: localhost and loopback addresses.
	Hosts []string
	// Version is the build's version, for the OpenAPI document.
	Version string
}

// How long requests may take. The limits are those of the slowest backend imaginable, not of a good one.
const (
	limitRead   = 30 * time.Second
	limitWrite  = 60 * time.Second
	limitVerify = 10 * time.Minute // the record grows for years
	grace       = 10 * time.Second // between the end of an operation and that of its connection
)

// New makes the handler of the API. It answers everything under Prefix.
func New(b Backend, o Options) http.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	s := &service{backend: b, log: o.Log, huma: humago.New(mux, configuration(o))}
	s.systems()
	s.orders()
	s.runs()
	s.estate()
	s.policies()
	s.record()
	s.holes()
	s.rulings()
	s.calendar()
	s.standing()
	s.subscriptions()
	s.inbox()
	s.webhooks()
	s.queue()
	s.lifecycle()
	s.campaigns()
	s.describe(mux)
	return guard(mux, o)
}

// service registers the operations; its methods are the nouns.
type service struct {
	backend Backend
	log     *slog.Logger
	huma    huma.API
}

func configuration(o Options) huma.Config {
	version := o.Version
	if version == "" {
		version = "0"
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:   "Patchwart",
				Version: version,
				Description: "Patches Debian hosts under a contract, with a way back. " +
					"Errors are problem documents; act on their code, show their text.",
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"token": {Type: "http", Scheme: "bearer", Description: "The token from the server's data directory, file api-token."},
				},
			},
			Security: []map[string][]string{{"token": {}}},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{asProblem},
	}
}

// schemaName names a type in the OpenAPI document: those of package board by their own name, others
// with the name of their package before it, because several packages have a System.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	path := t.PkgPath()
	name := huma.DefaultSchemaNamer(t, hint)
	switch pkg := path[strings.LastIndex(path, "/")+1:]; pkg {
	case "", "board", "api":
		return name
	default:
		return strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
}

// operation is what all operations have in common.
func (s *service) operation(method, path, id, summary string, limit time.Duration) huma.Operation {
	problem := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return huma.Operation{
		OperationID: id, Method: method, Path: Prefix + path, Summary: summary,
		MaxBodyBytes: maxBody,
		// Over HTTP/1 a read deadline that passes while the backend works counts as a reader gone away.
		BodyReadTimeout: limit + grace,
		Middlewares:     huma.Middlewares{deadline(limit)},
		Responses: map[string]*huma.Response{"default": {
			Description: "A problem: code, text in both languages, mend, rule, places",
			Content:     map[string]*huma.MediaType{problemType: {Schema: problem}},
		}},
	}
}

// maxBody bounds the JSON bodies of requests, in bytes.
const maxBody = 64 << 10

// register adds an operation whose errors become problem documents.
func register[I, O any](s *service, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, s.problem(ctx, op.OperationID, err)
		}
		return out, nil
	})
}

// body is a response of one JSON value.
type body[T any] struct{ Body T }

func answer[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// describe serves the OpenAPI document, which is made once.
func (s *service) describe(mux *http.ServeMux) {
	complete(s.huma.OpenAPI().Components.Schemas, "System", "SystemRow")
	doc, err := json.MarshalIndent(s.huma.OpenAPI(), "", "  ")
	if err != nil { // the document is made of constants: every test sees this
		panic("api: the OpenAPI document cannot be written: " + err.Error())
	}
	mux.HandleFunc("GET "+documentPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(doc) // a reader that went away is nobody's error
	})
}

// complete adds to the schema of a type the fields of a type it embeds that huma left out, because
// the outer type has a field of the same Go name: encoding/json goes by the JSON names and sends both.
func complete(r huma.Registry, outer, inner string) {
	to, from := r.Map()[outer], r.Map()[inner]
	for name, property := range from.Properties {
		if to.Properties[name] == nil {
			to.Properties[name] = property
			if slices.Contains(from.Required, name) {
				to.Required = append(to.Required, name)
			}
		}
	}
}

const documentPath = Prefix + "/openapi.json"
