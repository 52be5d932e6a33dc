package storetest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/store"
)

// publication is a text of the feed kev, accepted so many hours after noon.
func publication(text string, hours int) store.Publication {
	sum := sha256.Sum256([]byte(text))
	return store.Publication{Feed: "kev", Accepted: Noon.Add(time.Duration(hours) * time.Hour), SHA: hex.EncodeToString(sum[:]), Kind: "kev", Origin: "https://feed.example/kev.json", Records: 3, Skipped: 1}
}

// publications: the newest two texts of a feed are there to go back to; of all it stays known what they
// were.
func publications(t *testing.T, s *store.Store) {
	ctx := t.Context()
	texts := []string{"first", "second", "third"}
	for i, text := range texts {
		Write(t, s, func(tx *store.Tx) error {
			_, err := tx.AddPublication(ctx, publication(text, i), []byte(text))
			return err
		})
	}
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddPublication(ctx, publication("said", 9), []byte("another"))
		return err
	}); err == nil {
		t.Error("a text was accepted under another's hash")
	}
	Read(t, s, func(tx *store.Tx) error {
		list, err := tx.Publications(ctx)
		if diff := cmp.Diff([]store.Publication{publication("third", 2), publication("second", 1), publication("first", 0)}, list); diff != "" {
			t.Error(diff)
		}
		for i, text := range texts {
			got, ok, err := tx.PublicationText(ctx, publication(text, i))
			if err != nil || ok != (i > 0) || ok && string(got) != text {
				t.Errorf("%s: %q %v %v", text, got, ok, err)
			}
		}
		return err
	})
	stands := store.Feed{Name: "kev", Tried: Noon, Succeeded: Noon.Add(-time.Hour), Document: []byte(`{"etag":"x"}`)}
	Write(t, s, func(tx *store.Tx) error {
		return errors.Join(tx.PutFeed(ctx, store.Feed{Name: "kev", Document: []byte("{}")}), tx.PutFeed(ctx, stands))
	})
	Read(t, s, func(tx *store.Tx) error {
		list, err := tx.Feeds(ctx)
		if diff := cmp.Diff([]store.Feed{stands}, list); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

// clocks: a clock is started once, since when a hole is known never changes, and of two who change it at
// once the second has to look again.
func clocks(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	first := store.Clock{System: "web1", Source: "openssl", CVE: "CVE-2026-1", Known: Noon, Document: []byte(`{"a":1}`)}
	second := store.Clock{System: "db1", Source: "openssl", CVE: "CVE-2026-1", Known: Noon.Add(time.Hour), Document: []byte(`{}`)}
	Write(t, s, func(tx *store.Tx) error {
		for _, c := range []store.Clock{first, second} {
			if _, added, err := tx.AddClock(ctx, c); err != nil || !added {
				t.Errorf("start: %v %v", added, err)
			}
		}
		later := first
		later.Known = Noon.Add(48 * time.Hour)
		if _, added, err := tx.AddClock(ctx, later); err != nil || added {
			t.Errorf("started again: %v %v", added, err)
		}
		return nil
	})
	first.Version, second.Version = 1, 1
	closed := first
	closed.Closed, closed.Document = Noon.Add(2*time.Hour), []byte(`{"secured":true}`)
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.UpdateClock(ctx, closed)
		return err
	})
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.UpdateClock(ctx, first)
		return err
	}); !errors.Is(err, store.ErrStale) {
		t.Errorf("a change of what was changed meanwhile: %v", err)
	}
	closed.Version = 2
	Read(t, s, func(tx *store.Tx) error {
		running, err := tx.Clocks(ctx, time.Time{})
		if diff := cmp.Diff([]store.Clock{second}, running); diff != "" {
			t.Error(diff)
		}
		recent, err2 := tx.Clocks(ctx, Noon.Add(time.Hour))
		if diff := cmp.Diff([]store.Clock{closed, second}, recent); diff != "" {
			t.Error(diff)
		}
		of, err3 := tx.ClocksOf(ctx, "web1")
		if diff := cmp.Diff([]store.Clock{closed}, of); diff != "" {
			t.Error(diff)
		}
		hole, err4 := tx.ClocksOfHole(ctx, "CVE-2026-1")
		if diff := cmp.Diff([]store.Clock{second, closed}, hole); diff != "" {
			t.Error(diff)
		}
		one, ok, err5 := tx.Clock(ctx, "web1", "openssl", "CVE-2026-1")
		if diff := cmp.Diff(closed, one); diff != "" || !ok {
			t.Error(diff)
		}
		return errors.Join(err, err2, err3, err4, err5)
	})
}

// notices: nobody is told the same twice.
func notices(t *testing.T, s *store.Store) {
	ctx := t.Context()
	Stated(t, s)
	n := store.Notice{ID: "n-1", System: "web1", Kind: "asked", Recipient: "jansen", At: Noon, Document: []byte(`{}`)}
	Write(t, s, func(tx *store.Tx) error {
		for i, at := range []time.Time{Noon, Noon, Noon.Add(time.Hour)} {
			again := n
			again.At = at
			if _, added, err := tx.AddNotice(ctx, again); err != nil || added != (i == 0) {
				t.Errorf("%d: %v %v", i, added, err)
			}
		}
		return nil
	})
	other := n
	other.Recipient = "azubi"
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, _, err := tx.AddNotice(ctx, other)
		return err
	}); !errors.Is(err, store.ErrDiffers) {
		t.Errorf("another notice of the same ID: %v", err)
	}
	Read(t, s, func(tx *store.Tx) error {
		for _, system := range []string{"", "web1"} {
			list, err := tx.Notices(ctx, system, 0)
			if diff := cmp.Diff([]store.Notice{n}, list); diff != "" || err != nil {
				t.Error(diff, err)
			}
		}
		return nil
	})
}

// rulings: what people decided about holes stays, with every change of it; of two who change it at once
// the second has to look again.
func rulings(t *testing.T, s *store.Store) {
	ctx := t.Context()
	first := store.Ruling{ID: "EXC-1", Kind: store.RulingException, About: "CVE-2026-1", Given: Noon, Document: []byte(`{"a":1}`)}
	other := store.Ruling{ID: "RAT-1", Kind: store.RulingOverride, About: "CVE-2026-1", Given: Noon, Document: []byte(`{}`)}
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.AddRuling(ctx, first)
		_, err2 := tx.AddRuling(ctx, other)
		return errors.Join(err, err2)
	})
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.AddRuling(ctx, first)
		return err
	}); err == nil {
		t.Error("one ID was given twice")
	}
	changed := first
	changed.Version, changed.Document = 1, []byte(`{"approved":true}`)
	Write(t, s, func(tx *store.Tx) error {
		_, err := tx.UpdateRuling(ctx, changed)
		return err
	})
	if err := s.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.UpdateRuling(ctx, changed)
		return err
	}); !errors.Is(err, store.ErrStale) {
		t.Errorf("a change of what was changed meanwhile: %v", err)
	}
	changed.Version = 2
	Read(t, s, func(tx *store.Tx) error {
		list, err := tx.Rulings(ctx, store.RulingException)
		if diff := cmp.Diff([]store.Ruling{changed}, list); diff != "" {
			t.Error(diff)
		}
		one, ok, err2 := tx.Ruling(ctx, "EXC-1")
		if diff := cmp.Diff(changed, one); diff != "" || !ok {
			t.Error(diff)
		}
		_, ok, err3 := tx.Ruling(ctx, "nosuch")
		if ok {
			t.Error("there is no such ruling")
		}
		return errors.Join(err, err2, err3)
	})
}
