package quarter

import (
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/quarter/audit"
)

// The published documents that the estate is under.
const (
	first  = "managedhosting-1"
	second = "managedhosting-2"
	toms   = "iteg-toms-1.1"
)

// windows are those of the service levels: nights, several times a week, once a week. Two begin at 02:30, a time
// that the spring day does not have.
var windows = []estate.Window{
	{Name: "every night, early", Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, Start: "02:30", Hours: 3},
	{Name: "every night, late", Days: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, Start: "22:00", Hours: 4},
	{Name: "twice a week", Days: []string{"tue", "thu"}, Start: "04:00", Hours: 3},
	{Name: "Wednesday evening", Days: []string{"wed"}, Start: "21:00", Hours: 4},
	{Name: "weekend", Days: []string{"sat", "sun"}, Start: "05:00", Hours: 4},
	{Name: "Sunday night", Days: []string{"sun"}, Start: "02:30", Hours: 5},
	{Name: "Monday morning", Days: []string{"mon"}, Start: "05:30", Hours: 2},
}

// build makes up an estate: customers under one of three documents, each with a contract or two.
func build(c Config, d *dice) (estate.Estate, audit.World) {
	e := estate.Estate{Windows: append([]estate.Window(nil), windows...)}
	for i := range e.Windows {
		e.Windows[i].Zone = c.From.Location().String()
	}
	sites := 6
	for i := range sites {
		e.Pools = append(e.Pools, estate.Pool{Name: fmt.Sprintf("site-%d", i+1), Kind: estate.PoolSite, AtOnce: max(3, c.Systems/100)})
	}
	racks := max(2, c.Systems/25)
	for i := range racks {
		e.Pools = append(e.Pools, estate.Pool{Name: fmt.Sprintf("hv-%03d", i+1), Kind: estate.PoolHypervisor, AtOnce: 3})
	}
	left := c.Systems
	for i := range c.Customers {
		id := fmt.Sprintf("k%03d", i+1)
		domain := id + ".example"
		e.Customers = append(e.Customers, estate.Customer{ID: id, Name: "Kunde " + id, Contacts: []estate.Contact{
			{ID: "chef", Name: "Chefin " + id, Email: "chef@" + domain, Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityConsent, estate.AuthorityRead}},
			{ID: "it", Name: "Technik " + id, Email: "it@" + domain, Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityRead}},
			{ID: "buero", Name: "Büro " + id, Email: "buero@" + domain, Authority: []estate.Authority{estate.AuthorityRead}},
		}})
		document := pick(d, []string{first, first, second, second, second, second, toms, toms, toms})
		share := left / (c.Customers - i)
		count := share
		if i < c.Customers-1 && share > 2 {
			count = share/2 + d.below(share+1)
		}
		left -= count
		contracts := 1
		if count > 6 && d.of(50) {
			contracts = 2
		}
		for j := range contracts {
			k := contract(c, d, fmt.Sprintf("%s-c%d", id, j+1), id, document)
			e.Contracts = append(e.Contracts, k)
			many := count / contracts
			if j == contracts-1 {
				many = count - many*(contracts-1)
			}
			for n := range many {
				e.Systems = append(e.Systems, system(d, fmt.Sprintf("%s-web%02d", id, j*50+n+1), k, sites, racks, n))
			}
		}
	}
	world := audit.World{From: c.From, Until: c.From.AddDate(0, 0, c.Days), Customers: e.Customers, Pools: e.Pools}
	for _, s := range e.Systems {
		h, _ := e.Held(s.Name)
		world.Systems = append(world.Systems, audit.System{System: s, Customer: h.Customer.ID, Contract: h.Contract, Window: h.Window, Zone: c.From.Location()})
	}
	return e, world
}

func contract(c Config, d *dice, id, customer, document string) estate.Contract {
	k := estate.Contract{ID: id, Customer: customer, Policy: document, Window: pick(d, windows).Name,
		Model:   pick(d, []policy.ServiceModel{policy.ServiceModelIaaS, policy.ServiceModelPaaS, policy.ServiceModelPaaS, policy.ServiceModelPaaS, policy.ServiceModelSaaS}),
		Package: pick(d, []policy.Package{policy.PackageBasic, policy.PackageBasic, policy.PackageAdvanced, policy.PackageAdvanced, policy.PackageNone})}
	if document == toms && d.of(80) { // most servers are updated every night
		k.Window = windows[d.below(2)].Name
	}
	if document == second && k.Model == policy.ServiceModelPaaS && k.Package == policy.PackageAdvanced {
		interval := pick(d, []estate.Recurrence{estate.Quarterly, estate.Quarterly, estate.Quarterly, estate.Monthly, estate.Weekly, estate.Nightly})
		if interval == estate.Nightly && k.Window != windows[0].Name && k.Window != windows[1].Name { // not oftener than there is a window
			interval = estate.Weekly
		}
		starts := c.From.AddDate(0, -3, d.below(80))
		if starts.Day() > 28 { // a day that every month has
			starts = starts.AddDate(0, 0, -4)
		}
		k.StandingOrder = &estate.StandingOrder{ID: "so-" + id, By: "chef", Given: c.From.AddDate(-1, 0, 0).Format(time.DateOnly), Text: "Bitte spielen Sie Sicherheitsupdates regelmäßig ein.",
			Channel: "ticket", Scope: estate.ScopeSecurity, Interval: interval, Starts: starts.Format(time.DateOnly)}
	}
	return k
}

func system(d *dice, name string, k estate.Contract, sites, racks, n int) estate.System {
	s := estate.System{Name: name, Contract: k.ID, AdminAccess: policy.AdminAccessProvider, OSSupported: policy.OSSupportedFull, Created: "2024-05-01"}
	switch roll := d.below(100); {
	case roll < 5:
		s.AdminAccess = policy.AdminAccessCustomer
	case roll < 8:
		s.AdminAccess = policy.AdminAccessShared
	}
	s.Site = fmt.Sprintf("site-%d", d.below(sites)+1)
	s.Hypervisor = fmt.Sprintf("hv-%03d", d.below(racks)+1)
	if n%5 < 2 { // pairs
		s.Groups = []string{fmt.Sprintf("%s-pair-%d", k.ID, n/5)}
	}
	return s
}
