package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
)

// KeepEstate keeps the stated estate as one document, so that later it can be told what was known at a time.
// It is called in the transaction that stated it.
func (tx *Tx) KeepEstate(ctx context.Context, docSHA string, at time.Time) (Statement, error) {
	e, err := tx.Estate(ctx)
	if err != nil {
		return Statement{}, err
	}
	if err := tx.q.AddEstateVersion(ctx, micros(at), docSHA, []byte(list(e))); err != nil {
		return Statement{}, fmt.Errorf("store: keep estate: %w", err)
	}
	return estateVersionStatement(ctx, tx, strconv.FormatInt(micros(at), 10))
}

// EstateAt is the estate as it was stated at a time; ok is false when none was yet.
func (tx *Tx) EstateAt(ctx context.Context, at time.Time) (e estate.Estate, stated time.Time, ok bool, err error) {
	row, err := tx.q.GetEstateVersionBefore(ctx, micros(at))
	if errors.Is(err, sql.ErrNoRows) {
		return e, time.Time{}, false, nil
	}
	if err != nil {
		return e, time.Time{}, false, fmt.Errorf("store: estate at %s: %w", at, err)
	}
	if err := json.Unmarshal(row.Document, &e); err != nil {
		return e, time.Time{}, false, unreadable("estate_versions", strconv.FormatInt(row.At, 10), err)
	}
	return e, moment(row.At), true, nil
}

func estateVersionStatement(ctx context.Context, tx *Tx, subject string) (Statement, error) {
	at, err := strconv.ParseInt(subject, 10, 64)
	if err != nil {
		return Statement{}, sql.ErrNoRows
	}
	row, err := tx.q.GetEstateVersion(ctx, at)
	if err != nil {
		return Statement{}, err
	}
	return state(KindEstateVersion, subject, struct {
		At  int64  `json:"at"`
		SHA string `json:"document_sha256"`
	}{row.At, row.Sha}, row.Document), nil
}

func eachEstateVersion(ctx context.Context, tx *Tx, fn func(string) error) error {
	times, err := tx.q.ListEstateVersions(ctx)
	if err != nil {
		return err
	}
	for _, at := range times {
		if err := fn(strconv.FormatInt(at, 10)); err != nil {
			return err
		}
	}
	return nil
}
