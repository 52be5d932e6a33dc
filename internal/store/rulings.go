package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// The kinds of rulings.
const (
	RulingOverride   = "override"   // an operator's own rating of a hole
	RulingException  = "exception"  // an accepted non-installation
	RulingMitigation = "mitigation" // what is done about a hole besides the update
	RulingReceipt    = "receipt"    // somebody confirmed to know that a system is at its end
	RulingMessage    = "message"    // a customer's message, and what came of it
	RulingLetter     = "letter"     // a mail to be sent
	RulingFreeze     = "freeze"     // a time in which nothing is changed
	RulingSubscribed = "subscribed" // a calendar that somebody subscribes to
	RulingRoot       = "root"       // who may be root on a system, as somebody accepted it
	RulingStanding   = "standing"   // what was said about single dates of a standing order
	// A time for work on a system that customer and provider agree on; about the system.
	RulingAppointment = "appointment"
	RulingMove        = "move"     // how far the move of a system to a newer generation is
	RulingCampaign    = "campaign" // work on many systems that belongs together
	RulingStop        = "stop"     // that nothing more begins, in a campaign (about) or anywhere
	RulingSignOff     = "sign_off" // that somebody has looked at a system in a campaign (about)
	RulingOutcome     = "outcome"  // how the systems of a campaign (about) stood when it ended
)

// Ruling is what a person decided about a hole, a system, or a customer. What it says is its document.
type Ruling struct {
	ID       string
	Kind     string
	About    string // a CVE, an advisory, a system, a customer; empty: all
	Given    time.Time
	Version  int64  // counts its changes
	Document []byte // JSON
}

// AddRuling keeps a new ruling.
func (tx *Tx) AddRuling(ctx context.Context, r Ruling) (Statement, error) {
	err := tx.q.AddRuling(ctx, sqlgen.AddRulingParams{ID: r.ID, Kind: r.Kind, About: r.About, Given: micros(r.Given), Document: r.Document})
	if err != nil {
		return Statement{}, fmt.Errorf("store: ruling %q: %w", r.ID, err)
	}
	return rulingStatement(ctx, tx, r.ID)
}

// UpdateRuling changes what a ruling says that is at the given version; ErrStale when it is not.
func (tx *Tx) UpdateRuling(ctx context.Context, r Ruling) (Statement, error) {
	n, err := tx.q.UpdateRuling(ctx, r.Document, r.ID, r.Version)
	switch {
	case err != nil:
		return Statement{}, fmt.Errorf("store: ruling %q: %w", r.ID, err)
	case n == 0:
		return Statement{}, fmt.Errorf("store: ruling %q: %w", r.ID, ErrStale)
	}
	return rulingStatement(ctx, tx, r.ID)
}

// Ruling is the ruling of that ID.
func (tx *Tx) Ruling(ctx context.Context, id string) (Ruling, bool, error) {
	row, err := tx.q.GetRuling(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return Ruling{}, false, nil
	}
	if err != nil {
		return Ruling{}, false, fmt.Errorf("store: ruling %q: %w", id, err)
	}
	return rulingOf(row), true, nil
}

// Standing is what was said about the standing order of that ruling.
func (tx *Tx) Standing(ctx context.Context, id string) (Ruling, bool, error) {
	if a := tx.ahead; a != nil && a.whole {
		r, err := a.standing.of(ctx, id, func(ctx context.Context) (map[string]Ruling, error) {
			list, err := tx.Rulings(ctx, RulingStanding)
			of := make(map[string]Ruling, len(list))
			for _, r := range list {
				of[r.ID] = r
			}
			return of, err
		})
		return r, r.ID != "", err
	}
	r, ok, err := tx.Ruling(ctx, id)
	return r, ok && r.Kind == RulingStanding, err
}

// Rulings are those of a kind, the newest first, whether they still hold or not.
func (tx *Tx) Rulings(ctx context.Context, kind string) ([]Ruling, error) {
	rows, err := tx.q.ListRulings(ctx, kind)
	return manyRulings(rows, err)
}

func manyRulings(rows []sqlgen.Ruling, err error) ([]Ruling, error) {
	if err != nil {
		return nil, fmt.Errorf("store: rulings: %w", err)
	}
	list := make([]Ruling, len(rows))
	for i, r := range rows {
		list[i] = rulingOf(r)
	}
	return list, nil
}

// RulingsAbout are the newest of a kind about one thing, the newest first.
func (tx *Tx) RulingsAbout(ctx context.Context, kind, about string, most int) ([]Ruling, error) {
	rows, err := tx.q.ListRulingsAbout(ctx, kind, about, int32(most))
	return manyRulings(rows, err)
}

// NewestRulings are the newest of a kind, the newest first.
func (tx *Tx) NewestRulings(ctx context.Context, kind string, most int) ([]Ruling, error) {
	rows, err := tx.q.ListNewestRulings(ctx, kind, int32(most))
	return manyRulings(rows, err)
}

func rulingOf(r sqlgen.Ruling) Ruling {
	return Ruling{r.ID, r.Kind, r.About, moment(r.Given), r.Version, r.Document}
}

func rulingStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	r, err := tx.q.GetRuling(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	if tx.ahead != nil && r.Kind == RulingStanding {
		tx.ahead.standing = batch[Ruling]{} // read anew when it is asked for
	}
	return state(KindRuling, id, struct {
		ID      string `json:"id"`
		Kind    string `json:"kind"`
		About   string `json:"about"`
		Given   int64  `json:"given"`
		Version int64  `json:"version"`
	}{r.ID, r.Kind, r.About, r.Given, r.Version}, r.Document), nil
}

func eachRuling(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListRulingIDs(ctx)
	return eachOf(ids, err, fn)
}
