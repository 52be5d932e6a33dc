package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// The rows of the tamper-evident record. What they mean is known to internal/record alone, which
// declares these methods as the interfaces it needs; here they are just kept, in the transaction that
// changes the state.

// RecordSize is the number of entries.
func (tx *Tx) RecordSize(ctx context.Context) (int64, error) {
	n, err := tx.q.RecordSize(ctx)
	if err != nil {
		return 0, fmt.Errorf("store: record: %w", err)
	}
	return n, nil
}

// AddRecordEntry keeps the entry of that index. An index is used once.
func (tx *Tx) AddRecordEntry(ctx context.Context, index int64, kind, subject string, at time.Time, salt, document []byte) error {
	err := tx.q.AddRecordEntry(ctx, sqlgen.AddRecordEntryParams{Idx: index, Kind: kind, Subject: subject, At: micros(at), Salt: salt, Document: document})
	if err != nil {
		return fmt.Errorf("store: record entry %d: %w", index, err)
	}
	return nil
}

// AddRecordHashes keeps stored hashes of the tree from index first on.
func (tx *Tx) AddRecordHashes(ctx context.Context, first int64, hashes [][]byte) error {
	for i, h := range hashes {
		if err := tx.q.AddRecordHash(ctx, first+int64(i), h); err != nil {
			return fmt.Errorf("store: record hash %d: %w", first+int64(i), err)
		}
	}
	return nil
}

// AddRecordCheckpoint keeps the signed checkpoint of a size, unless there is one already.
func (tx *Tx) AddRecordCheckpoint(ctx context.Context, size int64, note []byte) error {
	if err := tx.q.AddCheckpoint(ctx, size, note); err != nil {
		return fmt.Errorf("store: checkpoint %d: %w", size, err)
	}
	return nil
}

// mostHashes bounds one read of hashes.
const mostHashes = 4096

// RecordHashes are n stored hashes from index first on; nil stands for one that is not there. At most
// 4096 are read at once.
func (tx *Tx) RecordHashes(ctx context.Context, first int64, n int) ([][]byte, error) {
	if n < 0 || n > mostHashes {
		return nil, fmt.Errorf("store: %d record hashes at once, at most %d", n, mostHashes)
	}
	rows, err := tx.q.ListRecordHashes(ctx, first, first+int64(n))
	if err != nil {
		return nil, fmt.Errorf("store: record hashes: %w", err)
	}
	hashes := make([][]byte, n)
	for _, row := range rows {
		hashes[row.Idx-first] = row.Hash
	}
	return hashes, nil
}

// recordPage is how many entries or checkpoints are read at once; a document may have a megabyte.
const recordPage = 32

// EachRecordEntry calls fn with every entry from index first on, in order, until fn fails.
func (tx *Tx) EachRecordEntry(ctx context.Context, first int64, fn func(index int64, kind, subject string, at time.Time, salt, document []byte) error) error {
	for {
		rows, err := tx.q.ListRecordEntries(ctx, first, recordPage)
		if err != nil {
			return fmt.Errorf("store: record: %w", err)
		}
		for _, row := range rows {
			if err := fn(row.Idx, row.Kind, row.Subject, moment(row.At), row.Salt, row.Document); err != nil {
				return err
			}
		}
		if len(rows) < recordPage {
			return nil
		}
		first = rows[len(rows)-1].Idx + 1
	}
}

// NewestRecordEntry is the index of the newest entry about a subject.
func (tx *Tx) NewestRecordEntry(ctx context.Context, kind, subject string) (index int64, ok bool, err error) {
	index, err = tx.q.NewestRecordEntry(ctx, kind, subject)
	if err != nil {
		return 0, false, fmt.Errorf("store: record: %w", err)
	}
	return index, index >= 0, nil
}

// EachRecordCheckpoint calls fn with every signed checkpoint, smallest first.
func (tx *Tx) EachRecordCheckpoint(ctx context.Context, fn func(size int64, note []byte) error) error {
	after := int64(-1)
	for {
		rows, err := tx.q.ListCheckpoints(ctx, after, recordPage)
		if err != nil {
			return fmt.Errorf("store: checkpoints: %w", err)
		}
		for _, row := range rows {
			if err := fn(row.Size, row.Note); err != nil {
				return err
			}
		}
		if len(rows) < recordPage {
			return nil
		}
		after = rows[len(rows)-1].Size
	}
}

// NewestRecordCheckpoint is the signed checkpoint of the largest size.
func (tx *Tx) NewestRecordCheckpoint(ctx context.Context) (size int64, note []byte, ok bool, err error) {
	row, err := tx.q.NewestCheckpoint(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, false, nil
	}
	if err != nil {
		return 0, nil, false, fmt.Errorf("store: checkpoint: %w", err)
	}
	return row.Size, row.Note, true, nil
}
