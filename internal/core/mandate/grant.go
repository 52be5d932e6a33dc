package mandate

import (
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// Grant gives a mandate for those items that the policy lets the provider execute and for which the
// trigger it demands is there, and a refusal for every other item. Held packages are refused, too: a
// hold is somebody's decision; and so is what was put back with just these versions (see Failure). Nothing is
// granted beyond the items: the mandate names exact versions.
func Grant(r Request) (Mandate, []Refusal) {
	doc := document{System: r.Held.System.Name, Run: r.Run, Policy: r.Held.InForce(), At: r.At.UTC()}
	grounds, refused := make([]Ground, len(r.Items)), make([]*Refusal, len(r.Items))
	var permitted []int
	for i, item := range r.Items {
		if grounds[i], refused[i] = consider(r, item); refused[i] == nil {
			permitted = append(permitted, i)
		}
	}
	for i, failure := range heldOut(r, permitted, grounds) {
		refused[i] = heldOutFor(r, r.Items[i], failure)
	}
	var refusals []Refusal
	for i, item := range r.Items {
		if refused[i] != nil {
			refusals = append(refusals, *refused[i])
			continue
		}
		ground := grounds[i]
		doc.PolicySHA256 = item.Decision.PolicySHA256
		at := slices.IndexFunc(doc.Grounds, func(g Ground) bool { return same(g, ground) })
		if at < 0 {
			at = len(doc.Grounds)
			doc.Grounds = append(doc.Grounds, ground)
		}
		f := item.Finding
		doc.Changes = append(doc.Changes, Change{Package: f.Package, Arch: f.Arch, From: f.Installed, To: f.Candidate, Ground: at})
	}
	if len(doc.Changes) == 0 {
		return Mandate{}, refusals
	}
	return Mandate{doc: doc}, refusals
}

func same(a, b Ground) bool {
	return a.Kind == b.Kind && a.Basis == b.Basis && a.Reboot == b.Reboot && slices.Equal(a.Rules, b.Rules)
}

// consider judges one item: exactly one of its results is meaningful.
func consider(r Request, item Item) (Ground, *Refusal) {
	d := item.Decision
	if !r.Held.NoPolicy.IsZero() {
		return refuse(item, "", r.Held.NoPolicy, lang.Text{})
	}
	if d.PolicyID != r.Held.InForce() {
		return refuse(item, "", lang.Textf(
			"Die Entscheidung stammt aus Fassung %[1]s, der Vertrag gilt nach %[2]s.",
			"The decision was made under version %[1]s, the contract is under %[2]s.", d.PolicyID, r.Held.InForce()), lang.Text{})
	}
	if d.Verdict != policy.Permitted || !d.Execution.Acts() {
		text := d.Refusal()
		return refuse(item, d.GoverningRule(), text, lang.Text{})
	}
	if !item.Finding.Excepted.IsZero() {
		return refuse(item, d.GoverningRule(), item.Finding.Excepted, lang.T(
			"Soll es doch eingespielt werden, muss die Ausnahme zuerst widerrufen werden.", "If it is to be installed after all, the exception has to be revoked first."))
	}
	if item.Finding.Phased {
		return refuse(item, d.GoverningRule(), lang.Textf(
			"%[1]s gibt das Archiv erst nach und nach frei, für diesen Host noch nicht.",
			"The archive releases %[1]s bit by bit, and not yet for this host.", item.Finding.Package), lang.Text{})
	}
	if item.Finding.Held {
		return refuse(item, d.GoverningRule(), lang.Textf(
			"%[1]s ist auf dem Host zurückgehalten (hold) und bleibt es, bis jemand es löst.",
			"%[1]s is on hold on the host, and stays so until somebody releases it.", item.Finding.Package), lang.Text{})
	}
	if !item.Irreversible.IsZero() {
		return refuse(item, "MH2-16", item.Irreversible, item.Mend)
	}
	given, ordered, unfit := order(r, item)
	switch d.Trigger {
	case policy.TriggerProactive:
		return Ground{Kind: ByProviderDuty, Rules: d.Rules(), Reboot: r.Held.System.Reboot}, nil
	case policy.TriggerStandingOrder:
		if ordered { // an explicit order is stronger than the standing one
			return Ground{Kind: ByOrder, Basis: given.ID, Contact: given.Contact, Rules: d.Rules(), Reboot: given.Reboot}, nil
		}
		why := standing(r, item)
		if !unfit.IsZero() && r.Held.Contract.StandingOrder == nil {
			why = unfit
		}
		if why.IsZero() {
			s := r.Held.Contract.StandingOrder
			return Ground{Kind: ByStandingOrder, Basis: s.ID, Contact: s.By, Rules: d.Rules(), Reboot: s.Reboot}, nil
		}
		return refuse(item, d.GoverningRule(), why, askOrder(r))
	case policy.TriggerConsent:
		if c, ok := consent(r, item); ok {
			return Ground{Kind: ByConsent, Basis: c.Agreement, Contact: c.By, Rules: d.Rules()}, nil
		}
		if ordered {
			return Ground{Kind: ByOrder, Basis: given.ID, Contact: given.Contact, Rules: d.Rules(), Reboot: given.Reboot}, nil
		}
		return refuse(item, d.GoverningRule(), lang.T(
			"Eine gültige Notfallfreigabe dafür liegt nicht vor.", "There is no valid emergency consent for it."), askOrder(r))
	case policy.TriggerOrder:
		if ordered {
			return Ground{Kind: ByOrder, Basis: given.ID, Contact: given.Contact, Rules: d.Rules(), Reboot: given.Reboot}, nil
		}
		if !unfit.IsZero() {
			return refuse(item, d.GoverningRule(), unfit, askOrder(r))
		}
		return refuse(item, d.GoverningRule(), d.Refusal(), askOrder(r))
	}
	return refuse(item, d.GoverningRule(), d.Refusal(), lang.Text{})
}

func refuse(item Item, rule string, text, ask lang.Text) (Ground, *Refusal) {
	return Ground{}, &Refusal{
		Finding: item.Finding, Rule: rule, Text: text, Ask: ask,
		Missing: item.Decision.Missing, Decision: item.Decision,
	}
}

// order finds the newest order that covers the item: for this system, by a contact who may order,
// explicit where the policy demands it (MH2-20), not withdrawn, not used by another run, with nothing left to be
// agreed. unfit says why the newest one that is about such changes does not carry this one.
func order(r Request, item Item) (best Order, ok bool, unfit lang.Text) {
	var refused Order
	newer := func(o, than Order) bool {
		return than.ID == "" || o.Given.After(than.Given) || o.Given.Equal(than.Given) && o.ID > than.ID
	}
	for _, o := range r.Orders {
		contact, known := r.Held.Customer.Contact(o.Contact)
		switch {
		case o.System != r.Held.System.Name, o.Customer != r.Held.Customer.ID, o.Withdrawn,
			o.Used != "" && o.Used != r.Run, o.Given.After(r.At), !known || !contact.May(estate.AuthorityOrder),
			item.Decision.ExplicitRequest && !o.Explicit, !orders(o, item.Finding.Class):
			continue
		}
		why := o.agreed(r.Held.Customer, item.Decision, r.At)
		if why.IsZero() && !o.Names(item.Finding) {
			why = lang.Textf("Auftrag %[1]s nennt nur %[2]s; %[3]s gehört nicht dazu.", "Order %[1]s names only %[2]s; %[3]s is not part of it.",
				o.ID, strings.Join(o.Terms.Packages, ", "), item.Finding.Package)
		}
		switch {
		case !why.IsZero() && newer(o, refused):
			refused, unfit = o, why
		case why.IsZero() && newer(o, best):
			best = o
		}
	}
	return best, best.ID != "", unfit
}

// consent finds the emergency consent that the decision rests on: an individual agreement that took part in
// it, given by a contact who may consent.
func consent(r Request, item Item) (estate.Consent, bool) {
	for _, c := range r.Held.Consents {
		contact, known := r.Held.Customer.Contact(c.By)
		took := slices.ContainsFunc(item.Decision.Agreements, func(a policy.Applied) bool { return a.ID == c.Agreement })
		if known && contact.May(estate.AuthorityConsent) && took {
			return c, true
		}
	}
	return estate.Consent{}, false
}

// standing says why the contract's standing order does not carry the item; a zero text means it does.
func standing(r Request, item Item) lang.Text {
	s := r.Held.Contract.StandingOrder
	if s == nil {
		return lang.T("Ein Dauerauftrag liegt nicht vor.", "There is no standing order.")
	}
	contact, known := r.Held.Customer.Contact(s.By)
	today := r.At.Format(time.DateOnly)
	switch {
	case !known || !contact.May(estate.AuthorityOrder):
		return lang.T("Der Dauerauftrag stammt nicht von einer weisungsberechtigten Person.",
			"The standing order was not given by an authorised contact.")
	case s.PausedOn(wall.DayOf(r.At)):
		return lang.T("Der Dauerauftrag ist ausgesetzt.", "The standing order is paused.")
	case s.Given == "" || s.Given > today:
		return lang.T("Der Dauerauftrag gilt noch nicht.", "The standing order is not yet in force.")
	case s.Ends != "" && s.Ends < today:
		return lang.T("Der Dauerauftrag ist abgelaufen.", "The standing order has ended.")
	case !covers(s.Scope, item.Finding.Class):
		return lang.T("Der Dauerauftrag deckt diese Art von Änderung nicht.",
			"The standing order does not cover this class of change.")
	}
	return lang.Text{}
}

// orders reports whether an order is about changes of that class. Who orders updates has not ordered that a
// service stand still, and the other way round.
func orders(o Order, c policy.ChangeClass) bool {
	if o.Terms.Change != nil { // a task for people: no run rests on it
		return false
	}
	if o.Mitigation || c == policy.ChangeClassMitigation {
		return o.Mitigation && c == policy.ChangeClassMitigation
	}
	return covers(o.Scope, c)
}

// covers reports whether an order of that scope includes changes of that class. An unknown class is
// covered by nothing; version upgrades are never part of a scope (C3).
func covers(s estate.Scope, c policy.ChangeClass) bool {
	switch c {
	case policy.ChangeClassSecurityUpdate:
		return s == estate.ScopeSecurity || s == estate.ScopeUpdates
	case policy.ChangeClassUpdate:
		return s == estate.ScopeUpdates
	}
	return false
}

func askOrder(r Request) lang.Text {
	return lang.Textf(
		"Wir brauchen dafür einen ausdrücklichen Auftrag von %[1]s, am besten als Ticket.",
		"For this we need an explicit order by %[1]s, best as a ticket.", r.Held.Customer.Name)
}
