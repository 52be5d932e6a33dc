package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/store"
)

func wantEstate(t *testing.T, s *store.Store, want estate.Estate) {
	t.Helper()
	Read(t, s, func(tx *store.Tx) error {
		got, err := tx.Estate(t.Context())
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("estate (-want +got):\n%s", diff)
		}
		return err
	})
}

// estates: what was stated comes back exactly, whatever was stated before; what is gone leaves no trace
// but its history.
func estates(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Read(t, s, func(tx *store.Tx) error {
		_, _, ok, err := tx.EstateStated(ctx)
		if ok {
			t.Error("an estate is stated that nobody stated")
		}
		return err
	})
	Stated(t, s)
	wantEstate(t, s, Hoster())
	Read(t, s, func(tx *store.Tx) error {
		sha, at, ok, err := tx.EstateStated(ctx)
		if sha != "sha-of-hoster" || !at.Equal(Noon) || !ok {
			t.Errorf("stated: %q at %s, %t", sha, at, ok)
		}
		return err
	})

	// web1 has been worked on; then the customer leaves.
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.AddRun(ctx, plannedRun("run-1", "web1"))
		return err
	})
	less := Hoster()
	less.Customers, less.Contracts, less.Systems, less.Windows = less.Customers[1:], less.Contracts[1:], less.Systems[2:], nil
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.SaveEstate(ctx, less, "sha-2", Noon)
		return err
	})
	wantEstate(t, s, less)
	Read(t, s, func(tx *store.Tx) error {
		r, ok, err := tx.Run(ctx, "run-1")
		if !ok || r.System != "web1" {
			t.Errorf("the history of a removed system is %+v, %t", r, ok)
		}
		return err
	})
	Stated(t, s) // and comes back
	wantEstate(t, s, Hoster())

	broken := Hoster()
	broken.Contracts[0].Window = "never stated"
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.SaveEstate(ctx, broken, "sha-3", Noon)
		return err
	}); err == nil {
		t.Error("a contract with a window that does not exist was kept")
	}
	wantEstate(t, s, Hoster())

	rapid.Check(t, func(rt *rapid.T) {
		e := anyEstate(rt)
		Write(t, s, func(tx *store.Tx) error {
			_, err := tx.SaveEstate(ctx, e, "sha", Noon.Add(time.Hour))
			return err
		})
		wantEstate(t, s, e)
		if t.Failed() {
			rt.FailNow()
		}
	})
}

// anyEstate is a consistent estate from a small stock of names, so that successive ones overlap.
func anyEstate(t *rapid.T) estate.Estate {
	names := func(prefix string) []string {
		n := rapid.SliceOfNDistinct(rapid.IntRange(0, 5), 0, 5, rapid.ID[int]).Draw(t, prefix)
		out := make([]string, len(n))
		for i, n := range n {
			out[i] = fmt.Sprint(prefix, n)
		}
		return out
	}
	text := rapid.SampledFrom([]string{"", "a", "Größe \"5\"", "line\nbreak", "'; drop table systems; --"})
	var e estate.Estate
	for _, id := range names("c") {
		c := estate.Customer{ID: id, Name: text.Draw(t, "name")}
		for _, id := range names("p") {
			c.Contacts = append(c.Contacts, estate.Contact{ID: id, Name: text.Draw(t, "contact"), Email: text.Draw(t, "mail"),
				Authority: rapid.SampledFrom([][]estate.Authority{nil, {}, {estate.AuthorityOrder}}).Draw(t, "authority")})
		}
		e.Customers = append(e.Customers, c)
	}
	for _, name := range names("w") {
		e.Windows = append(e.Windows, estate.Window{Name: name, Days: []string{"mon"}, Start: "05:00",
			Hours: rapid.Float64Range(0.1, 24).Draw(t, "hours"), Zone: "Europe/Berlin"})
	}
	for _, name := range names("h") {
		e.Pools = append(e.Pools, estate.Pool{Name: name, Kind: estate.PoolHypervisor, AtOnce: rapid.IntRange(1, 9).Draw(t, "at once")})
	}
	if len(e.Customers) == 0 {
		return e
	}
	for _, id := range names("k") {
		k := estate.Contract{ID: id, Customer: rapid.SampledFrom(e.Customers).Draw(t, "customer").ID, Model: policy.ServiceModelPaaS, Policy: text.Draw(t, "policy")}
		if len(e.Windows) > 0 && rapid.Bool().Draw(t, "window") {
			k.Window = rapid.SampledFrom(e.Windows).Draw(t, "window").Name
		}
		if rapid.Bool().Draw(t, "standing") {
			k.StandingOrder = &estate.StandingOrder{ID: "so", Text: text.Draw(t, "order"), Paused: true}
		}
		e.Contracts = append(e.Contracts, k)
	}
	if len(e.Contracts) == 0 {
		return e
	}
	for _, name := range names("s") {
		e.Systems = append(e.Systems, estate.System{Name: name, Contract: rapid.SampledFrom(e.Contracts).Draw(t, "contract").ID,
			Purpose: text.Draw(t, "purpose"), Services: slices.Clone(rapid.SampledFrom([][]string{nil, {"b", "a"}}).Draw(t, "services"))})
	}
	return e
}
