package intake_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the zones of the test, on any machine

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/intake"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// The house of the tests: two customers of their own, one person who speaks for two more, and the published
// policy (MH2).
var house = estate.Estate{
	Customers: []estate.Customer{
		{ID: "muster", Name: "Muster GmbH", Contacts: []estate.Contact{
			{ID: "erika", Name: "Erika Muster", Email: "erika@muster.example", Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityConsent}},
			{ID: "rolf", Name: "Rolf Muster", Email: "rolf@muster.example", Authority: []estate.Authority{estate.AuthorityOrder}},
			{ID: "karin", Name: "Karin Kasse", Email: "karin@muster.example", Authority: []estate.Authority{estate.AuthorityConsent}},
			{ID: "leo", Name: "Leo Leser", Email: "leo@muster.example", Authority: []estate.Authority{estate.AuthorityRead}},
		}},
		{ID: "nord", Name: "Nord AG", Contacts: []estate.Contact{
			{ID: "nina", Name: "Nina Nord", Email: "nina@nord.example", Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityConsent}},
		}},
		{ID: "a", Name: "A", Contacts: []estate.Contact{{ID: "agentur", Name: "Anna", Email: "anna@agentur.example", Authority: []estate.Authority{estate.AuthorityOrder}}}},
		{ID: "b", Name: "B", Contacts: []estate.Contact{{ID: "agentur", Name: "Anna", Email: "anna@agentur.example", Authority: []estate.Authority{estate.AuthorityOrder}}}},
	},
	Windows: []estate.Window{{Name: "weekend", Days: []string{"sat", "sun"}, Start: "05:00", Hours: 2, Zone: "Europe/Berlin"}},
	Contracts: []estate.Contract{
		{ID: "m-basic", Customer: "muster", Model: policy.ServiceModelPaaS, Package: policy.PackageBasic, Policy: "managedhosting-2", Window: "weekend"},
		{ID: "m-iaas", Customer: "muster", Model: policy.ServiceModelIaaS, Package: policy.PackageNone, Policy: "managedhosting-2"},
		{ID: "n-basic", Customer: "nord", Model: policy.ServiceModelPaaS, Package: policy.PackageBasic, Policy: "managedhosting-2", Window: "weekend"},
		{ID: "a-basic", Customer: "a", Model: policy.ServiceModelPaaS, Package: policy.PackageBasic, Policy: "managedhosting-2", Window: "weekend"},
		{ID: "b-basic", Customer: "b", Model: policy.ServiceModelPaaS, Package: policy.PackageBasic, Policy: "managedhosting-2", Window: "weekend"},
	},
	Systems: []estate.System{
		{Name: "web1", Contract: "m-basic", AdminAccess: policy.AdminAccessProvider},
		{Name: "web2", Contract: "m-basic", AdminAccess: policy.AdminAccessProvider},
		{Name: "db1", Contract: "m-basic", AdminAccess: policy.AdminAccessProvider},
		{Name: "de-10-srv-1234", Contract: "m-basic", AdminAccess: policy.AdminAccessProvider},
		{Name: "shop", Contract: "m-basic", AdminAccess: policy.AdminAccessProvider},
		{Name: "root1", Contract: "m-iaas", AdminAccess: policy.AdminAccessCustomer},
		{Name: "dunkel1", Contract: "m-basic"}, // nobody knows who holds root
		{Name: "nord7", Contract: "n-basic", AdminAccess: policy.AdminAccessProvider},
		{Name: "app-a1", Contract: "a-basic", AdminAccess: policy.AdminAccessProvider},
		{Name: "app-b1", Contract: "b-basic", AdminAccess: policy.AdminAccessProvider},
	},
}

var packages = map[string][]string{
	"web1": {"openssl", "nginx", "patch", "at", "libssl3", "curl"}, "web2": {"openssl", "nginx"}, "db1": {"postgresql-15", "openssl"},
	"nord7": {"exim4"},
}

// received is a Monday morning in Berlin.
var received = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

var published = sync.OnceValue(func() *policy.Version {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", "managedhosting-2.yaml"))
	if err != nil {
		panic(err)
	}
	v, err := policy.Parse("managedhosting-2.yaml", data)
	if err != nil {
		panic(err)
	}
	return v
})

func decide(system string, class policy.ChangeClass) policy.Decision {
	held, _ := house.Held(system)
	return policy.Decide(published(), policy.Facets{
		ServiceModel: held.Contract.Model, Package: held.Contract.Package, Layer: policy.LayerOS, ChangeClass: class,
		Criticality: policy.CriticalityNormal, Origin: policy.OriginStandard, InstalledBy: policy.InstalledByProvider,
		AdminAccess: held.System.AdminAccess, SystemCreated: policy.SystemCreatedFrom2025, OSSupported: policy.OSSupportedFull,
	})
}

// mail is a first message by an authorised, aligned sender.
func mail(text string) intake.Message {
	return intake.Message{
		Channel: intake.ChannelMail, ID: "m1", Thread: "t1", First: true, Text: text, Received: received,
		Sender: intake.Sender{Address: "Erika@muster.example", Standing: intake.Aligned},
	}
}

func input(m intake.Message) intake.Input {
	return intake.Input{Message: m, Estate: house, Packages: packages, Decide: decide, Zones: time.LoadLocation}
}

// told is an outcome on one line, as the tables write it.
func told(o intake.Outcome) string {
	s := string(o.Kind)
	switch {
	case o.Order != nil:
		s += " " + strings.Join(o.Order.Systems, ",") + " " + string(o.Order.Scope)
		s += draftTold(o.Order.Draft)
		for _, a := range o.Order.Awaits {
			s += " awaits-" + string(a)
		}
	case o.Question != nil:
		for _, u := range o.Question.Unclear {
			s += " " + string(u)
		}
	case o.Refusal != nil:
		s += " " + strings.Join(o.Refusal.Systems, ",") + " " + o.Refusal.Rule
	case o.Withdrawal != nil:
		s += " " + strings.Join(o.Withdrawal.Orders, ",")
	case o.Answer != nil:
		s += " " + o.Answer.Asked + " " + string(o.Answer.Said)
		if !o.Answer.At.IsZero() {
			s += " " + o.Answer.At.Format("2006-01-02T15:04")
		}
	case o.Unauthorised != nil:
		for _, n := range o.Unauthorised.Notices {
			s += " " + n.Customer
		}
	}
	return s
}

func draftTold(d intake.Draft) string {
	s := ""
	if len(d.Packages) > 0 {
		s += " " + strings.Join(d.Packages, ",") + " " + string(d.Class)
	}
	if d.Software != "" {
		s += fmt.Sprintf(" %s %s->%s", d.Software, cmp.Or(d.From, "?"), d.To)
	}
	if len(d.Measures) > 0 {
		s += " " + strings.Join(d.Measures, ",")
	}
	if !d.Explicit {
		s += " implicit"
	}
	switch d.Wish {
	case intake.WishUnstated:
	case intake.WishAt:
		s += " at " + d.At.Format("2006-01-02T15:04")
	case intake.WishDay:
		s += " day " + d.At.Format("2006-01-02")
	case intake.WishSoon, intake.WishNext, intake.WishOutside:
		s += " " + string(d.Wish)
	}
	return s
}

// failing is a test or a property.
type failing interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// whole checks what every outcome must have: one part, reasons, and a reply in both languages or why there is none.
func whole(t failing, in intake.Input, o intake.Outcome) {
	t.Helper()
	parts := map[intake.Kind]bool{
		intake.KindOrder: o.Order != nil, intake.KindQuestion: o.Question != nil, intake.KindUnauthorised: o.Unauthorised != nil,
		intake.KindRefusal: o.Refusal != nil, intake.KindWithdrawal: o.Withdrawal != nil, intake.KindAnswer: o.Answer != nil,
	}
	for kind, set := range parts {
		if set != (kind == o.Kind) {
			t.Fatalf("%s: part %s is set: %v", o.Kind, kind, set)
		}
	}
	replies, silent := o.Reply.DE != "" && o.Reply.EN != "", o.NoReply.DE != "" && o.NoReply.EN != ""
	if replies == silent || o.Reply.IsZero() != !replies || len(o.Reasons) == 0 {
		t.Fatalf("%s has no reply and no reason for it, or both: %+v", o.Kind, o)
	}
	for _, text := range []string{o.Reply.DE, o.Reply.EN, o.NoReply.DE, o.NoReply.EN} {
		if strings.Contains(text, "%!") {
			t.Fatalf("badly formatted: %s", text)
		}
	}
	var quotes []intake.Quote
	if o.Order != nil {
		quotes = o.Order.Quotes
		if len(quotes) == 0 || o.Order.SHA256 != in.Message.Digest() {
			t.Fatal("an order without its words")
		}
	}
	if o.Withdrawal != nil {
		quotes = o.Withdrawal.Quotes
	}
	for _, q := range quotes {
		if q.Message == in.Message.ID && in.Message.Verbatim()[q.From:q.To] != q.Words {
			t.Fatalf("%q does not stand at %d–%d", q.Words, q.From, q.To)
		}
	}
}
