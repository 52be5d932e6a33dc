package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// FactsHead says which facts are a system's latest, without reading them.
type FactsHead struct {
	Hash     string
	Observed time.Time // when the host last looked and saw just this, by the host's clock
	Received time.Time // when the server got the document
}

// FactsRow is a system's facts.
type FactsRow struct {
	FactsHead
	Facts fact.Facts
}

// FactsHistory is how many documents are kept per system, the latest included.
const FactsHistory = 50

// SaveFacts makes facts the system's latest. The document is stored once per hash, compressed; of older
// ones the newest FactsHistory are kept. The hash must be the facts' own.
func (tx *Tx) SaveFacts(ctx context.Context, system, hash string, observed, received time.Time, facts fact.Facts) error {
	if own := facts.Hash(); own != hash {
		return fmt.Errorf("store: facts of %q have the hash %s, not %s", system, own, hash)
	}
	doc, err := pack(facts)
	if err == nil {
		err = tx.q.PutFactDocument(ctx, sqlgen.PutFactDocumentParams{System: system, Hash: hash,
			Observed: micros(observed), Received: micros(received), Document: doc})
	}
	if err == nil {
		err = tx.q.PutFacts(ctx, system, hash, micros(observed), micros(received))
	}
	if err == nil {
		err = tx.trimFacts(ctx, system, hash)
	}
	if err != nil {
		return fmt.Errorf("store: save facts of %q: %w", system, err)
	}
	tx.changed(system)
	return nil
}

func (tx *Tx) trimFacts(ctx context.Context, system, latest string) error {
	history, err := tx.q.ListFactHistory(ctx, system)
	if err != nil {
		return err
	}
	kept := 1 // the latest
	for _, h := range history {
		if h.Hash == latest {
			continue
		}
		if kept < FactsHistory {
			kept++
			continue
		}
		if err := tx.q.DropFactDocument(ctx, system, h.Hash); err != nil {
			return err
		}
	}
	return nil
}

// TouchFacts notes that the host looked again and saw the same. It is false when the system's latest
// facts have another hash, or none are known: then the host must send them.
func (tx *Tx) TouchFacts(ctx context.Context, system, hash string, observed time.Time) (bool, error) {
	head, ok, err := tx.FactsHead(ctx, system)
	if err != nil || !ok || head.Hash != hash {
		return false, err
	}
	if _, err := tx.q.TouchFacts(ctx, system, hash, micros(observed)); err != nil {
		return false, fmt.Errorf("store: touch facts of %q: %w", system, err)
	}
	tx.changed(system)
	return true, nil
}

// Facts are the system's latest facts.
func (tx *Tx) Facts(ctx context.Context, system string) (FactsRow, bool, error) {
	head, ok, err := tx.FactsHead(ctx, system)
	if err != nil || !ok {
		return FactsRow{}, false, err
	}
	row, ok, err := tx.FactsAt(ctx, system, head.Hash)
	row.FactsHead = head
	return row, ok, err
}

// FactsAt are facts of the system from its history, by their hash, which is checked. Observed and Received are those of
// the document's last arrival.
func (tx *Tx) FactsAt(ctx context.Context, system, hash string) (FactsRow, bool, error) {
	row, err := tx.q.GetFactDocument(ctx, system, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return FactsRow{}, false, nil
	}
	var facts fact.Facts
	if err != nil {
		return FactsRow{}, false, fmt.Errorf("store: facts of %q: %w", system, err)
	}
	if err := unpack(row.Document, &facts); err != nil {
		return FactsRow{}, false, unreadable("fact_documents", system, err)
	}
	if own := facts.Hash(); own != hash { // decisions rest on them
		return FactsRow{}, false, unreadable("fact_documents", system, fmt.Errorf("facts have the hash %s, not %s", own, hash))
	}
	return FactsRow{FactsHead{hash, moment(row.Observed), moment(row.Received)}, facts}, true, nil
}

// FactsHead says which facts are the system's latest.
func (tx *Tx) FactsHead(ctx context.Context, system string) (FactsHead, bool, error) {
	if a := tx.allAhead(system); a != nil {
		h, err := a.heads.of(ctx, system, tx.allFactsHeads)
		return h, h.Hash != "", err
	}
	row, err := tx.q.GetFactsHead(ctx, system)
	if errors.Is(err, sql.ErrNoRows) {
		return FactsHead{}, false, nil
	}
	if err != nil {
		return FactsHead{}, false, fmt.Errorf("store: facts of %q: %w", system, err)
	}
	return FactsHead{row.Hash, moment(row.Observed), moment(row.Received)}, true, nil
}

func (tx *Tx) allFactsHeads(ctx context.Context) (map[string]FactsHead, error) {
	rows, err := tx.q.ListAllFactsHeads(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: facts: %w", err)
	}
	heads := make(map[string]FactsHead, len(rows))
	for _, row := range rows {
		heads[row.System] = FactsHead{row.Hash, moment(row.Observed), moment(row.Received)}
	}
	return heads, nil
}

// FactsHeads says which facts are the latest, for every stated system that has any.
func (tx *Tx) FactsHeads(ctx context.Context) (map[string]FactsHead, error) {
	rows, err := tx.q.ListFactsHeads(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: facts: %w", err)
	}
	heads := make(map[string]FactsHead, len(rows))
	for _, row := range rows {
		heads[row.System] = FactsHead{row.Hash, moment(row.Observed), moment(row.Received)}
	}
	return heads, nil
}

// FactsKept lists the facts of a system that are kept, newest first.
func (tx *Tx) FactsKept(ctx context.Context, system string) ([]FactsHead, error) {
	rows, err := tx.q.ListFactHistory(ctx, system)
	if err != nil {
		return nil, fmt.Errorf("store: facts of %q: %w", system, err)
	}
	heads := make([]FactsHead, len(rows))
	for i, row := range rows {
		heads[i] = FactsHead{row.Hash, moment(row.Observed), moment(row.Received)}
	}
	return heads, nil
}
