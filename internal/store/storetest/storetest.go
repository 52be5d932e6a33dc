// Package storetest is the suite that every database behind the store has to pass: the stories of the
// state, noun by noun, told through the store's own methods. It runs on SQLite today; another database
// joins by handing Run its own way of opening an empty store.
package storetest

import (
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

// Open opens an empty store that is closed when the test ends.
type Open func(t *testing.T) *store.Store

// Run runs the whole suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	for name, story := range map[string]func(*testing.T, *store.Store){
		"transactions": transactions,
		"estate":       estates,
		"policies":     policies,
		"agreements":   agreements,
		"validities":   validities,
		"estates then": estatesThen,
		"agents":       agents,
		"tokens":       tokens,
		"facts":        facts,
		"refreshes":    refreshes,
		"orders":       orders,
		"runs":         runs,
		"run lists":    runLists,
		"read ahead":   readAhead,
		"papers":       papers,
		"documents":    documents,
		"events":       events,
		"decisions":    decisions,
		"refusals":     refusals,
		"sessions":     sessions,
		"record rows":  recordRows,
		"publications": publications,
		"clocks":       clocks,
		"notices":      notices,
		"rulings":      rulings,
		"happenings":   happenings,
		"desk cursors": deskCursors,
		"statements":   statements,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			story(t, open(t))
		})
	}
}

// Noon is when the stories play.
var Noon = time.Date(2026, 11, 23, 12, 0, 0, 123456000, time.UTC)

// Hoster is a small estate: two customers, three hosts.
func Hoster() estate.Estate {
	return estate.Estate{
		Customers: []estate.Customer{
			{ID: "nordlicht", Name: "Nordlicht e. V.", Contacts: []estate.Contact{
				{ID: "jansen", Name: "Wiebke Jansen", Email: "jansen@nordlicht.example", Authority: []estate.Authority{estate.AuthorityOrder, estate.AuthorityRead}},
				{ID: "azubi", Name: "Özgür Ä.", Email: "azubi@nordlicht.example"},
			}},
			{ID: "allein", Name: "Allein & Söhne"},
		},
		Windows: []estate.Window{
			{Name: "weekend", Days: []string{"sat", "sun"}, Start: "05:00", Hours: 2, Zone: "Europe/Berlin"},
			{Name: "night", Days: []string{"mon"}, Start: "23:30", Hours: 1.5, Zone: "UTC"},
		},
		Pools: []estate.Pool{{Name: "nord", Kind: estate.PoolSite, AtOnce: 2}},
		Contracts: []estate.Contract{
			{ID: "nl-1", Customer: "nordlicht", Model: policy.ServiceModelPaaS, Package: policy.PackageAdvanced, Policy: "managedhosting-2", Window: "weekend",
				StandingOrder: &estate.StandingOrder{ID: "so-1", By: "jansen", Given: "2026-01-02", Text: "Bitte „immer“ einspielen.\nDanke", Channel: "T-1", Scope: estate.ScopeSecurity, Interval: estate.Nightly}},
			{ID: "al-1", Customer: "allein", Model: policy.ServiceModelIaaS, Package: policy.PackageNone, Policy: "managedhosting-2"},
		},
		Systems: []estate.System{
			{Name: "web1", Contract: "nl-1", AdminAccess: policy.AdminAccessProvider, Purpose: "Website", Services: []string{"nginx.service"},
				Checks: []estate.Check{{Name: "start page", Kind: estate.CheckHTTP, Port: 80, Path: "/", Status: 200}}},
			{Name: "db1", Contract: "nl-1", AdminAccess: policy.AdminAccessProvider, Placement: estate.Placement{Site: "nord", Groups: []string{"shop"}, After: []string{"web1"}}},
			{Name: "iaas1", Contract: "al-1", AdminAccess: policy.AdminAccessShared},
		},
	}
}

// Write writes, or ends the test.
func Write(t testing.TB, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Write(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// Read reads, or ends the test.
func Read(t testing.TB, s *store.Store, fn func(*store.Tx) error) {
	t.Helper()
	if err := s.Read(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// Stated is a store in which Hoster is stated.
func Stated(t testing.TB, s *store.Store) *store.Store {
	t.Helper()
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.SaveEstate(t.Context(), Hoster(), "sha-of-hoster", Noon)
		return err
	})
	return s
}
