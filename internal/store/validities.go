package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Validity is what a person stated about when a policy version is valid. Of several statements about one
// version the newest counts; the older ones stay, because decisions rested on them.
type Validity struct {
	Policy    string
	ValidFrom string // YYYY-MM-DD or "unknown"
	ValidTo   string
	By        string // who stated it
	At        time.Time
}

// AddValidity keeps a statement. The version must be published.
func (tx *Tx) AddValidity(ctx context.Context, v Validity) (Statement, error) {
	err := tx.q.AddValidity(ctx, sqlgen.AddValidityParams{Policy: v.Policy, At: micros(v.At), ValidFrom: v.ValidFrom, ValidTo: v.ValidTo, StatedBy: v.By})
	if err != nil {
		return Statement{}, fmt.Errorf("store: validity of %q: %w", v.Policy, err)
	}
	return validityStatement(ctx, tx, validityKey(v.Policy, micros(v.At)))
}

// Validities are all statements about validity, by version and time.
func (tx *Tx) Validities(ctx context.Context) ([]Validity, error) {
	rows, err := tx.q.ListValidities(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: validities: %w", err)
	}
	out := make([]Validity, len(rows))
	for i, r := range rows {
		out[i] = Validity{r.Policy, r.ValidFrom, r.ValidTo, r.StatedBy, moment(r.At)}
	}
	return out, nil
}

func validityKey(policy string, at int64) string { return policy + "/" + strconv.FormatInt(at, 10) }

func validityStatement(ctx context.Context, tx *Tx, subject string) (Statement, error) {
	policy, text, _ := strings.Cut(subject, "/")
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return Statement{}, sql.ErrNoRows
	}
	r, err := tx.q.GetValidity(ctx, policy, at)
	if err != nil {
		return Statement{}, err
	}
	return state(KindValidity, subject, struct {
		Policy string `json:"policy"`
		At     int64  `json:"at"`
		From   string `json:"valid_from"`
		To     string `json:"valid_to"`
		By     string `json:"stated_by"`
	}{r.Policy, r.At, r.ValidFrom, r.ValidTo, r.StatedBy}, nil), nil
}

func eachValidity(ctx context.Context, tx *Tx, fn func(string) error) error {
	rows, err := tx.q.ListValidities(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := fn(validityKey(r.Policy, r.At)); err != nil {
			return err
		}
	}
	return nil
}
