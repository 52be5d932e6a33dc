package estate

import "github.com/patchwart/patchwart/internal/core/lang"

// System returns the system of that name.
func (e Estate) System(name string) (System, bool) {
	for i := range e.Systems {
		if e.Systems[i].Name == name {
			return e.Systems[i], true
		}
	}
	return System{}, false
}

// Contract returns the contract with that ID.
func (e Estate) Contract(id string) (Contract, bool) {
	for i := range e.Contracts {
		if e.Contracts[i].ID == id {
			return e.Contracts[i], true
		}
	}
	return Contract{}, false
}

// Customer returns the customer with that ID.
func (e Estate) Customer(id string) (Customer, bool) {
	for i := range e.Customers {
		if e.Customers[i].ID == id {
			return e.Customers[i], true
		}
	}
	return Customer{}, false
}

// Window returns the maintenance window of that name.
func (e Estate) Window(name string) (Window, bool) {
	for i := range e.Windows {
		if e.Windows[i].Name == name {
			return e.Windows[i], true
		}
	}
	return Window{}, false
}

// Pool returns the pool of that name.
func (e Estate) Pool(name string) (Pool, bool) {
	for i := range e.Pools {
		if e.Pools[i].Name == name {
			return e.Pools[i], true
		}
	}
	return Pool{}, false
}

// Contact returns the customer's contact with that ID.
func (c Customer) Contact(id string) (Contact, bool) {
	for _, p := range c.Contacts {
		if p.ID == id {
			return p, true
		}
	}
	return Contact{}, false
}

// Held is a system together with all that is agreed about it: what a decision needs to know.
type Held struct {
	System   System   `json:"system"`
	Contract Contract `json:"contract"`
	Customer Customer `json:"customer"`
	Window   Window   `json:"window"` // zero when the contract names none

	// Policy is the ID of the version in force for the contract; empty: the one that the contract names.
	Policy string `json:"policy,omitempty"`
	// NoPolicy says why no version is in force for the contract; then nothing is permitted.
	NoPolicy lang.Text `json:"no_policy,omitzero"`
	// Consents are the individual agreements of the contract that are emergency consents (Notfallfreigabe).
	Consents []Consent `json:"consents,omitempty"`
}

// Consent is an individual agreement by which a contact permits emergency work beforehand.
type Consent struct {
	Agreement string `json:"agreement"` // its ID
	By        string `json:"by"`        // contact ID, needs AuthorityConsent
}

// InForce is the ID of the policy version that decides about the system.
func (h Held) InForce() string {
	if h.Policy != "" {
		return h.Policy
	}
	return h.Contract.Policy
}

// Held joins a system with its contract, customer and window.
func (e Estate) Held(name string) (Held, bool) {
	s, ok := e.System(name)
	if !ok {
		return Held{}, false
	}
	c, ok := e.Contract(s.Contract)
	if !ok {
		return Held{}, false
	}
	cu, ok := e.Customer(c.Customer)
	if !ok {
		return Held{}, false
	}
	w, _ := e.Window(c.Window)
	return Held{System: s, Contract: c, Customer: cu, Window: w}, true
}

// All are all systems with what is agreed about them, by name. It says what Held says of each.
func (e Estate) All() map[string]Held {
	contracts, customers, windows := keyed(e.Contracts, func(c *Contract) string { return c.ID }),
		keyed(e.Customers, func(c *Customer) string { return c.ID }), keyed(e.Windows, func(w *Window) string { return w.Name })
	all := make(map[string]Held, len(e.Systems))
	for i := range e.Systems {
		s := &e.Systems[i]
		if _, twice := all[s.Name]; twice {
			continue
		}
		c := contracts[s.Contract]
		if c == nil || customers[c.Customer] == nil {
			continue
		}
		held := Held{System: *s, Contract: *c, Customer: *customers[c.Customer]}
		if w := windows[c.Window]; w != nil {
			held.Window = *w
		}
		all[s.Name] = held
	}
	return all
}

// keyed finds the first of each name.
func keyed[T any](list []T, key func(*T) string) map[string]*T {
	out := make(map[string]*T, len(list))
	for i := range list {
		if k := key(&list[i]); out[k] == nil {
			out[k] = &list[i]
		}
	}
	return out
}
