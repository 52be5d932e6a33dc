package estate

import "github.com/patchwart/patchwart/internal/core/lang"

// System returns the system of that name.
func (e Estate) System(name string) (System, bool) {
	for _, s := range e.Systems {
		if s.Name == name {
			return s, true
		}
	}
	return System{}, false
}

// Contract returns the contract with that ID.
func (e Estate) Contract(id string) (Contract, bool) {
	for _, c := range e.Contracts {
		if c.ID == id {
			return c, true
		}
	}
	return Contract{}, false
}

// Customer returns the customer with that ID.
func (e Estate) Customer(id string) (Customer, bool) {
	for _, c := range e.Customers {
		if c.ID == id {
			return c, true
		}
	}
	return Customer{}, false
}

// Window returns the maintenance window of that name.
func (e Estate) Window(name string) (Window, bool) {
	for _, w := range e.Windows {
		if w.Name == name {
			return w, true
		}
	}
	return Window{}, false
}

// Pool returns the pool of that name.
func (e Estate) Pool(name string) (Pool, bool) {
	for _, p := range e.Pools {
		if p.Name == name {
			return p, true
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
