package storetest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/store"
)

// policies: published means unchangeable.
func policies(t *testing.T, s *store.Store) {
	ctx := t.Context()
	text, sha := []byte("rules: [MH2-09]\n"), "85ff5ee29a3dc81ed9f28c01e6c9ecabc9b8d4b3a8b3e2a0b0a0e5d9f6b9e0c1"
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, _, err := tx.SavePolicy(ctx, "managedhosting-2", sha, text, Noon)
		return err
	}); err == nil {
		t.Error("a text was kept under a hash that is not its own")
	}
	sha = hexSum(text)
	for i, want := range []bool{true, false} {
		Write(t, s, func(tx *store.Tx) error {
			_, added, err := tx.SavePolicy(ctx, "managedhosting-2", sha, text, Noon.Add(time.Duration(i)*time.Hour))
			if added != want {
				t.Errorf("time %d: added = %t", i+1, added)
			}
			return err
		})
	}
	other := []byte("rules: []\n")
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, _, err := tx.SavePolicy(ctx, "managedhosting-2", hexSum(other), other, Noon)
		return err
	}); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("another text under the same ID: %v", err)
	}
	Read(t, s, func(tx *store.Tx) error {
		got, gotSHA, ok, err := tx.Policy(ctx, "managedhosting-2")
		if string(got) != string(text) || gotSHA != sha || !ok || err != nil {
			t.Errorf("Policy = %q, %s, %t, %v", got, gotSHA, ok, err)
		}
		if _, _, ok, err := tx.Policy(ctx, "managedhosting-3"); ok || err != nil {
			t.Errorf("a policy nobody published: %t, %v", ok, err)
		}
		ids, err := tx.Policies(ctx)
		if diff := cmp.Diff([]string{"managedhosting-2"}, ids); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

// tokens: good once, for one system, for a while.
func tokens(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	use := func(hash, system string, now time.Time) (ok bool) {
		Write(t, s, func(tx *store.Tx) (err error) {
			ok, err = tx.UseToken(ctx, hash, system, now)
			return err
		})
		return ok
	}
	Write(t, s, func(tx *store.Tx) error {
		return tx.AddToken(ctx, "h1", "web1", Noon, Noon.Add(time.Hour))
	})
	switch {
	case use("h2", "web1", Noon):
		t.Error("an unknown token is good")
	case use("h1", "db1", Noon):
		t.Error("a token is good for another system")
	case use("h1", "web1", Noon.Add(time.Hour)):
		t.Error("a token is good after its time")
	case !use("h1", "web1", Noon.Add(time.Minute)):
		t.Error("a token is not good")
	case use("h1", "web1", Noon.Add(time.Minute)):
		t.Error("a token is good twice")
	}
	if err := s.Write(ctx, func(tx *store.Tx) error {
		return tx.AddToken(ctx, "h3", "nowhere", Noon, Noon.Add(time.Hour))
	}); err == nil {
		t.Error("a token was issued for a system that does not exist")
	}
	Write(t, s, func(tx *store.Tx) error {
		return tx.AddToken(ctx, "h4", "web1", Noon, Noon.Add(time.Hour))
	})
	unstate(t, s)
	if use("h4", "web1", Noon) {
		t.Error("a token is good for a system that is no longer stated")
	}
}

// unstate states an estate without systems.
func unstate(t *testing.T, s *store.Store) {
	t.Helper()
	e := Hoster()
	e.Systems = nil
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.SaveEstate(t.Context(), e, "sha", Noon)
		return err
	})
}

// agents: one certificate per system; the old one is worth nothing once there is a new one.
func agents(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	enrol := func(serial string, at time.Time) (n int) {
		Write(t, s, func(tx *store.Tx) error {
			st, err := tx.SaveAgent(ctx, store.Agent{System: "web1", Serial: serial, NotAfter: at.Add(24 * time.Hour), Enrolled: at})
			n = len(st)
			return err
		})
		return n
	}
	known := func(serial string) (a store.Agent, ok bool) {
		Read(t, s, func(tx *store.Tx) (err error) {
			a, ok, err = tx.AgentBySerial(ctx, serial)
			return err
		})
		return a, ok
	}
	if n := enrol("aa", Noon); n != 1 {
		t.Errorf("%d statements for a first certificate", n)
	}
	Write(t, s, func(tx *store.Tx) error {
		return tx.Seen(ctx, "web1", Noon.Add(time.Minute), -1500*time.Millisecond, "v0.1")
	})
	want := store.Agent{System: "web1", Serial: "aa", NotAfter: Noon.Add(24 * time.Hour), Enrolled: Noon,
		Seen: Noon.Add(time.Minute), Skew: -1500 * time.Millisecond, Version: "v0.1"}
	if got, ok := known("aa"); !ok || got != want {
		t.Errorf("agent = %+v, %t", got, ok)
	}
	if n := enrol("bb", Noon.Add(time.Hour)); n != 2 {
		t.Errorf("%d statements for a certificate that replaces one", n)
	}
	if _, ok := known("aa"); ok {
		t.Error("the replaced certificate is still good")
	}
	if a, ok := known("bb"); !ok || a.System != "web1" {
		t.Errorf("the new certificate: %+v, %t", a, ok)
	}
	Read(t, s, func(tx *store.Tx) error {
		all, err := tx.Agents(ctx)
		if len(all) != 1 || all[0].Serial != "bb" {
			t.Errorf("agents = %+v", all)
		}
		if _, ok, err := tx.Agent(ctx, "db1"); ok || err != nil {
			t.Errorf("db1 has an agent: %t, %v", ok, err)
		}
		for system, want := range map[string]time.Time{"web1": Noon, "db1": {}} { // the first certificate, not the one that is good
			if at, err := tx.FirstEnrolled(ctx, system); err != nil || !at.Equal(want) {
				t.Errorf("%s was enrolled first at %s, %v", system, at, err)
			}
		}
		return err
	})
	unstate(t, s)
	if _, ok := known("bb"); ok {
		t.Error("the agent of a system that is no longer stated is known")
	}
	Stated(t, s)
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.RevokeAgent(ctx, "web1", Noon)
		return err
	})
	if _, ok := known("bb"); ok {
		t.Error("a revoked certificate is good")
	}
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.RevokeAgent(ctx, "web1", Noon)
		return err
	}); !errors.Is(err, store.ErrMissing) {
		t.Errorf("revoking nothing: %v", err)
	}
}

// facts: the latest count, some history stays, an unchanged host costs one hash.
func facts(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	report := func(n int) fact.Facts {
		return fact.Facts{Host: "web1", DiskFree: int64(n), Packages: []fact.Package{{Name: "nginx", Version: fmt.Sprint("1.", n)}}}
	}
	save := func(n int, at time.Time) string {
		f := report(n)
		Write(t, s, func(tx *store.Tx) error { return tx.SaveFacts(ctx, "web1", f.Hash(), at, at.Add(time.Second), f) })
		return f.Hash()
	}
	touch := func(hash string, at time.Time) (ok bool) {
		Write(t, s, func(tx *store.Tx) (err error) {
			ok, err = tx.TouchFacts(ctx, "web1", hash, at)
			return err
		})
		return ok
	}
	if touch("unknown", Noon) {
		t.Error("unknown facts were touched")
	}
	first := save(0, Noon)
	if !touch(first, Noon.Add(time.Hour)) || !touch(first, Noon) {
		t.Error("the latest facts were not touched")
	}
	Read(t, s, func(tx *store.Tx) error {
		got, ok, err := tx.Facts(ctx, "web1")
		want := store.FactsRow{FactsHead: store.FactsHead{Hash: first, Observed: Noon.Add(time.Hour), Received: Noon.Add(time.Second)}, Facts: report(0)}
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("facts, %t (-want +got):\n%s", ok, diff)
		}
		if _, ok, err := tx.Facts(ctx, "db1"); ok || err != nil {
			t.Errorf("facts of a silent host: %t, %v", ok, err)
		}
		return err
	})
	if err := s.Write(ctx, func(tx *store.Tx) error { return tx.SaveFacts(ctx, "web1", "forged", Noon, Noon, report(1)) }); err == nil {
		t.Error("facts were kept under a hash that is not their own")
	}
	var last string
	for n := range store.FactsHistory + 10 {
		last = save(n, Noon.Add(time.Duration(n)*time.Hour))
	}
	back := save(20, Noon.Add(1000*time.Hour)) // as it was before: the document is not stored twice
	Read(t, s, func(tx *store.Tx) error {
		kept, err := tx.FactsKept(ctx, "web1")
		if len(kept) != store.FactsHistory || kept[0].Hash != back || kept[1].Hash != last {
			t.Errorf("%d documents are kept", len(kept))
		}
		if _, ok, err := tx.FactsAt(ctx, "web1", first); ok || err != nil {
			t.Errorf("the oldest facts are still there: %t, %v", ok, err)
		}
		old, ok, err2 := tx.FactsAt(ctx, "web1", last)
		if !ok || old.Facts.DiskFree != store.FactsHistory+9 {
			t.Errorf("older facts = %+v, %t", old, ok)
		}
		heads, err3 := tx.FactsHeads(ctx)
		if len(heads) != 1 || heads["web1"].Hash != back {
			t.Errorf("heads = %+v", heads)
		}
		return errors.Join(err, err2, err3)
	})
}

// refreshes: asked once, done once, and a newer request replaces an older one.
func refreshes(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	pending := func() (id string) {
		Read(t, s, func(tx *store.Tx) error {
			r, err := tx.Refresh(ctx, "web1")
			id = r.Pending()
			return err
		})
		return id
	}
	ask := func(id string) {
		Write(t, s, func(tx *store.Tx) error { return tx.AskRefresh(ctx, "web1", id, Noon) })
	}
	done := func(id string) (ok bool) {
		Write(t, s, func(tx *store.Tx) (err error) {
			ok, err = tx.RefreshDone(ctx, "web1", id, Noon.Add(time.Minute))
			return err
		})
		return ok
	}
	if pending() != "" || done("r0") {
		t.Error("a refresh that nobody asked for")
	}
	ask("r1")
	ask("r2")
	if pending() != "r2" || done("r1") || pending() != "r2" {
		t.Error("the replaced request counts")
	}
	if !done("r2") || pending() != "" || done("r2") {
		t.Error("the request is not done once")
	}
	Read(t, s, func(tx *store.Tx) error {
		r, err := tx.Refresh(ctx, "web1")
		if want := (store.Refresh{Asked: "r2", AskedAt: Noon, Done: "r2", DoneAt: Noon.Add(time.Minute)}); r != want {
			t.Errorf("refresh = %+v", r)
		}
		return err
	})
}
