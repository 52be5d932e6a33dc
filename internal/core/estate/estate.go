// Package estate holds what a hoster looks after: customers, their contacts and who among them may
// give orders, contracts with service model and package, the systems, and the maintenance windows.
//
// An Estate is a plain value. It is read from one YAML document (Parse), which reports all errors at
// once with line and column, and is compared with another one (Compare), so that applying the same
// document twice changes nothing. Names, not numbers, identify everything: they are what people say
// in a ticket.
package estate

import (
	"slices"

	"github.com/patchwart/patchwart/internal/core/backup"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/window"
)

// Estate is everything one hoster looks after, as stated in one document.
type Estate struct {
	Customers []Customer `json:"customers"`
	Windows   []Window   `json:"windows"`
	Contracts []Contract `json:"contracts"`
	Pools     []Pool     `json:"pools,omitempty"`
	Systems   []System   `json:"systems"`
}

// Customer is a party that has a contract with the hoster (Kunde, Auftraggeber).
type Customer struct {
	ID       string    `json:"id"`   // short name, unique
	Name     string    `json:"name"` // as on the invoice
	Contacts []Contact `json:"contacts"`
}

// Contact is a person on the customer's side. Only a contact with the authority to order is
// weisungsberechtigt: what others write is no mandate.
type Contact struct {
	ID        string      `json:"id"` // unique within the customer
	Name      string      `json:"name"`
	Email     string      `json:"email"`
	Authority []Authority `json:"authority"`
}

// Authority is what a contact may do in the customer's name.
type Authority string

// The authorities a contact can hold.
const (
	AuthorityOrder   Authority = "order"   // give orders and standing orders
	AuthorityConsent Authority = "consent" // consent to costs, appointments, emergency access
	AuthorityRead    Authority = "read"    // see, nothing else
)

// May reports whether the contact holds the authority.
func (c Contact) May(a Authority) bool {
	for _, have := range c.Authority {
		if have == a {
			return true
		}
	}
	return false
}

// Contract says by which policy version which service is owed (MH2-02, MH2-18).
type Contract struct {
	ID            string              `json:"id"`
	Customer      string              `json:"customer"`
	Model         policy.ServiceModel `json:"model"`
	Package       policy.Package      `json:"package"`
	Policy        string              `json:"policy"` // policy version, e.g. managedhosting-2; or the name of all its versions (as amended)
	Window        string              `json:"window"` // name of the maintenance window; empty when the hoster executes nothing
	StandingOrder *StandingOrder      `json:"standing_order,omitempty"`
	Agreements    []string            `json:"agreements,omitempty"` // IDs of individual agreements (Sonderabsprachen)
	Backup        *backup.Demand      `json:"backup,omitempty"`     // of the host, before packages are changed (IT-20, IT-24)
}

// Scope is the class of changes that an order covers.
type Scope string

// The scopes an order can have. The narrow one is what packages promise (MH2-19, C4).
const (
	ScopeSecurity Scope = "security_updates"
	ScopeUpdates  Scope = "updates" // all updates within the release, security included
)

// System is one host under a contract.
type System struct {
	Name        string             `json:"name"`
	Contract    string             `json:"contract"`
	AdminAccess policy.AdminAccess `json:"admin_access"` // who holds root (MH2-13)
	Purpose     string             `json:"purpose,omitempty"`
	Created     string             `json:"created,omitempty"`      // YYYY-MM-DD; empty: not known (IT-18)
	OSSupported policy.OSSupported `json:"os_supported,omitempty"` // as stated by a person; empty: not known (IT-37)
	Agency      string             `json:"agency,omitempty"`       // who looks after the web applications for the customer, with how to reach them (IT-44)
	Maintained  bool               `json:"maintained,omitempty"`   // the customer has a maintenance contract with the agency (IT-44)
	Reboot      bool               `json:"reboot,omitempty"`       // the provider may reboot it where updates are its own duty, within the window
	Services    []string           `json:"services,omitempty"`     // units that must run after a change as before
	Checks      []Check            `json:"checks,omitempty"`
	Placement
}

// Placement is where a system stands and what it hangs together with.
type Placement struct {
	Site       string   `json:"site,omitempty"`       // name of a pool of the kind site
	Hypervisor string   `json:"hypervisor,omitempty"` // name of a pool of the kind hypervisor
	Shift      string   `json:"shift,omitempty"`      // name of a pool of the kind shift
	Groups     []string `json:"groups,omitempty"`     // names; of the systems of a group never two are changed at a time
	After      []string `json:"after,omitempty"`      // systems that are changed before it, where both are due
}

// Pools are the names of the pools in which a change of the system takes a place.
func (p Placement) Pools() []string {
	return slices.DeleteFunc([]string{p.Site, p.Hypervisor, p.Shift}, func(name string) bool { return name == "" })
}

// PoolKind is what a pool is.
type PoolKind string

// The kinds of pools.
const (
	PoolSite       PoolKind = "site"
	PoolHypervisor PoolKind = "hypervisor"
	PoolShift      PoolKind = "shift"
)

// Pool is where only so many systems are changed at a time: a data centre with one person on duty, a hypervisor that
// does not bear three hosts restarting, a shift of people who look after so many changes at once, wherever they are.
type Pool struct {
	Name   string   `json:"name"`
	Kind   PoolKind `json:"kind"`
	AtOnce int      `json:"at_once"`
}

// CheckKind is a fixed way of asking a service whether it is well.
type CheckKind string

// The kinds of checks. There is no kind that runs a command, on purpose.
const (
	CheckHTTP       CheckKind = "http"       // GET on the host's own loopback address, expected status
	CheckTCP        CheckKind = "tcp"        // a connection to a loopback port is accepted
	CheckTLS        CheckKind = "tls"        // a TLS handshake is completed; name and expiry of the certificate are compared with before
	CheckMySQL      CheckKind = "mysql"      // a MariaDB or MySQL server greets, without credentials
	CheckPostgreSQL CheckKind = "postgresql" // a PostgreSQL server answers to a connection, without credentials
	CheckRedis      CheckKind = "redis"      // a Redis server answers to PING, without credentials
)

// CheckKinds lists the kinds.
var CheckKinds = []CheckKind{CheckHTTP, CheckTCP, CheckTLS, CheckMySQL, CheckPostgreSQL, CheckRedis}

// Check is one question that is put to a service before and after a change, on the host itself.
type Check struct {
	Name   string    `json:"name"`
	Kind   CheckKind `json:"kind"`
	Port   int       `json:"port"`
	Path   string    `json:"path,omitempty"`   // http: absolute path
	Status int       `json:"status,omitempty"` // http: expected status code, 200 when 0
	Host   string    `json:"host,omitempty"`   // tls: the name that is asked for, as browsers do (SNI)
}

// Window is a recurring maintenance window in local time (Wartungsfenster).
type Window = window.Window
