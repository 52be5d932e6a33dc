// Package web is the console: server-rendered pages for the people on shift, the service desk and
// whoever wants to know whose job an update is.
//
// The pages show values of package board and compute no judgement of their own. They are German by
// default and English by a switch; every word is a lang.Text in a file named after its page. They work
// without JavaScript; one small module makes those that show something under way livelier.
//
// Rules of the house:
//   - A GET changes nothing. What changes something is a POST from this very site.
//   - Without a session there is no page, and only the host names that were given are answered.
//   - Nothing on a page is script or style in line; the content security policy forbids it.
//   - What may grow is capped or paged; every page stays under 100 KB.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/campaign"
)

// Board answers what there is and whose job it is.
type Board interface {
	Today(ctx context.Context) (board.Today, error)
	Systems(ctx context.Context) ([]board.SystemRow, error)
	System(ctx context.Context, name string) (board.System, error)
	Explain(ctx context.Context, q board.Question) (board.Explanation, error)
	AcceptRoot(ctx context.Context, system, by, reason string) (board.RootAccess, error)
}

// Policies shows the published policy versions.
type Policies interface {
	Policies(ctx context.Context) ([]board.PolicyInfo, error)
	PolicyVersion(ctx context.Context, id string) (board.PublishedVersion, error)
}

// Desk takes orders, plans, and lets hosts in. With preview, Plan changes nothing.
type Desk interface {
	PlaceOrder(ctx context.Context, r board.OrderRequest) (board.OrderReceipt, error)
	Orders(ctx context.Context, system string) ([]board.OrderRow, error)
	Order(ctx context.Context, id string) (board.OrderRow, error)
	Withdraw(ctx context.Context, w board.WithdrawalRequest) (board.OrderRow, error)
	PreviewOrder(ctx context.Context, r board.OrderRequest) (board.OrderPreview, error)
	OfferPrice(ctx context.Context, q board.PriceOffer) (board.OrderRow, error)
	AnswerPrice(ctx context.Context, q board.PriceAnswer) (board.OrderRow, error)
	SettleOrder(ctx context.Context, q board.OrderSettlement) (board.OrderRow, error)
	Plan(ctx context.Context, system string, preview bool) (board.PlanResult, error)
	Enrolment(ctx context.Context, system string) (board.Enrolment, error)
	Calendar(ctx context.Context, first time.Time, days int) (board.Calendar, error)
	Messages(ctx context.Context) ([]board.Message, error)
	SettleMessage(ctx context.Context, id, by string) (board.Message, error)
}

// Appointments agrees on times outside of windows.
type Appointments interface {
	Appointments(ctx context.Context, system string) ([]board.Appointment, error)
	Arrange(ctx context.Context, q board.AppointmentEvent) (board.Appointment, error)
}

// Standing shows standing orders and takes what is said about single dates.
type Standing interface {
	StandingOrders(ctx context.Context) ([]board.StandingOrder, error)
	StandingOrder(ctx context.Context, contract string) (board.StandingOrder, error)
	ChangeStandingOrder(ctx context.Context, q board.StandingChange) (board.StandingOrder, error)
}

// Queue shows what waits for a mandate or an answer.
type Queue interface {
	Queue(ctx context.Context) ([]board.Queued, error)
}

// Runs shows runs. Watch blocks until there is something newer than the sequence number after, the
// run is over, or a while has passed.
type Runs interface {
	Runs(ctx context.Context, f board.RunFilter) ([]board.RunRow, error)
	Run(ctx context.Context, id string) (board.Run, error)
	Watch(ctx context.Context, id string, after int64) (board.Progress, error)
	WorkOrder(ctx context.Context, run string) (board.WorkOrder, error)
}

// Record verifies the tamper-evident record.
type Record interface {
	VerifyRecord(ctx context.Context) (board.RecordCheck, error)
}

// Holes tells which published holes the systems have, how the clocks stand, and what that rests on.
type Holes interface {
	Clocks(ctx context.Context, recent bool) ([]board.ClockRow, error)
	Hole(ctx context.Context, id string) (board.Hole, error)
	Holes(ctx context.Context, system string) (board.OpenHoles, error)
	Notices(ctx context.Context, system string) ([]board.Told, error)
	Feeds(ctx context.Context) ([]board.Feed, error)
	Export(ctx context.Context, system string, form board.ExportForm) (board.Document, error)
	Exposure(ctx context.Context, days int) (board.Exposure, error)
}

// Lifecycle tells until when the systems are looked after.
type Lifecycle interface {
	Lifecycle(ctx context.Context) ([]board.Life, error)
	LifeOf(ctx context.Context, system string) (board.Life, error)
}

// Campaigns shows work on many systems that belongs together, takes sign-offs, and stops things.
type Campaigns interface {
	Campaigns(ctx context.Context) ([]board.CampaignRow, error)
	Campaign(ctx context.Context, id string) (board.Campaign, error)
	Begin(ctx context.Context, c campaign.Campaign) (board.Campaign, error)
	SignOff(ctx context.Context, s campaign.SignOff) (board.Campaign, error)
	End(ctx context.Context, q board.EndRequest) (board.Campaign, error)
	Halt(ctx context.Context, q board.StopRequest) (board.Standstill, error)
	Resume(ctx context.Context, q board.ResumeRequest) (board.Standstill, error)
	Standstill(ctx context.Context) (board.Standstill, error)
	Stopped(ctx context.Context) (*campaign.Stop, error)
}

// Backend is all that the console asks of the server. Its errors are *fault.Error; any other error
// is logged and shown as an internal fault.
type Backend interface {
	Board
	Policies
	Desk
	Appointments
	Standing
	Queue
	Runs
	Record
	Holes
	Lifecycle
	Campaigns
	Subscriptions
	Connections
}

// Subscriptions are calendars at secret addresses that people subscribe to.
type Subscriptions interface {
	Subscriptions(ctx context.Context) ([]board.Subscription, error)
	Subscribe(ctx context.Context, q board.SubscriptionRequest) (board.SubscriptionSecret, error)
	RenewSubscription(ctx context.Context, id, by string) (board.SubscriptionSecret, error)
	RevokeSubscription(ctx context.Context, id, by string) (board.Subscription, error)
	CustomerNames(ctx context.Context) ([]board.CustomerName, error)
}

// Connections tells how the help desk and those who subscribe to events are connected.
type Connections interface {
	Helpdesk(ctx context.Context) (board.DeskState, error)
	Webhooks(ctx context.Context) ([]board.Webhook, error)
	Deliveries(ctx context.Context) ([]board.HookDelivery, error)
}

// Sessions knows who is signed in.
type Sessions interface {
	// SignIn spends a one-time token and returns the value of a new session.
	SignIn(ctx context.Context, token string) (session string, err error)
	// Valid reports whether the session exists and has not ended.
	Valid(ctx context.Context, session string) bool
	// SignOut ends the session.
	SignOut(ctx context.Context, session string)
}

// Options are what the console needs besides. The zero value is good for a console on loopback.
type Options struct {
	Clock   func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: slog.Default
	Version string           // shown at the foot of every page
	Hosts   []string         // names and addresses, without port, that the console answers to; nil: loopback
	Zone    *time.Location   // the hoster's zone, where no customer's is known; nil: Europe/Berlin
}

// Loopback are the names a console on loopback is reached by.
var Loopback = []string{"localhost", "127.0.0.1", "::1"}

// console holds what the handlers share.
type console struct {
	backend  Backend
	sessions Sessions
	opts     Options
	zones    *zones
	orders   *slips[board.OrderReceipt]
	plans    *slips[board.PlanResult]
	abos     *slips[string] // IDs of subscriptions; never their secrets
	streams  chan struct{}  // a slot for each open live stream
}

// maxStreams bounds the live streams that are open at a time.
const maxStreams = 128

// New makes the console. The handler serves all paths from the root on.
func New(b Backend, s Sessions, o Options) http.Handler {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Hosts == nil {
		o.Hosts = Loopback
	}
	c := &console{
		backend: b, sessions: s, opts: o, zones: newZones(o.Zone),
		orders: newSlips[board.OrderReceipt](), plans: newSlips[board.PlanResult](), abos: newSlips[string](),
		streams: make(chan struct{}, maxStreams),
	}
	return c.guard(c.routes())
}
