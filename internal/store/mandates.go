package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Mandate is the document of a mandate, as evidence. The mandate itself is made again from the closing
// paper of its run (mandate.Grant): no Mandate can be read from a database, on purpose.
type Mandate struct {
	Run      string
	Digest   string
	Policy   string
	At       time.Time
	Document []byte
}

// AddMandate keeps the document of a run's mandate. A run has one: another is ErrDiffers, the same again
// is harmless.
func (tx *Tx) AddMandate(ctx context.Context, m mandate.Mandate, at time.Time) (Statement, error) {
	if m.Zero() {
		return Statement{}, errors.New("store: a mandate that permits nothing is no mandate")
	}
	policy, _ := m.Policy()
	n, err := tx.q.AddMandate(ctx, sqlgen.AddMandateParams{Run: m.Run(), Digest: m.Digest(), Policy: policy, At: micros(at), Document: m.Document()})
	if err != nil {
		return Statement{}, fmt.Errorf("store: add mandate of run %q: %w", m.Run(), err)
	}
	if n == 0 {
		have, _, err := tx.Mandate(ctx, m.Run())
		if err != nil {
			return Statement{}, err
		}
		if !bytes.Equal(have.Document, m.Document()) {
			return Statement{}, fmt.Errorf("store: mandate of run %q: %w", m.Run(), ErrDiffers)
		}
	}
	return mandateStatement(ctx, tx, m.Run())
}

// Mandate is the document of the run's mandate.
func (tx *Tx) Mandate(ctx context.Context, run string) (Mandate, bool, error) {
	row, err := tx.q.GetMandate(ctx, run)
	if errors.Is(err, sql.ErrNoRows) {
		return Mandate{}, false, nil
	}
	if err != nil {
		return Mandate{}, false, fmt.Errorf("store: mandate of run %q: %w", run, err)
	}
	return Mandate{row.Run, row.Digest, row.Policy, moment(row.At), row.Document}, true, nil
}

func mandateStatement(ctx context.Context, tx *Tx, run string) (Statement, error) {
	row, err := tx.q.GetMandate(ctx, run)
	if err != nil {
		return Statement{}, err
	}
	return state(KindMandate, run, struct {
		Run    string `json:"run"`
		Digest string `json:"digest"`
		Policy string `json:"policy"`
		At     int64  `json:"at"`
	}{row.Run, row.Digest, row.Policy, row.At}, row.Document), nil
}

func eachMandate(ctx context.Context, tx *Tx, fn func(string) error) error {
	runs, err := tx.q.ListMandateIDs(ctx)
	return eachOf(runs, err, fn)
}
