package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Notice is something that was told to somebody about a system, once. Its ID says what and to whom, so
// that nobody is told the same twice.
type Notice struct {
	ID        string
	System    string
	Kind      string // asked, told, escalated …
	Recipient string // contact ID, or operator, management
	At        time.Time
	Document  []byte // JSON: the words, and what they rest on
}

// AddNotice keeps a notice. added is false when it was told before; another one under the same ID is
// ErrDiffers.
func (tx *Tx) AddNotice(ctx context.Context, n Notice) (s Statement, added bool, err error) {
	count, err := tx.q.AddNotice(ctx, sqlgen.AddNoticeParams{ID: n.ID, System: n.System, Kind: n.Kind, Recipient: n.Recipient, At: micros(n.At), Document: n.Document})
	if err != nil {
		return s, false, fmt.Errorf("store: notice %q: %w", n.ID, err)
	}
	if count == 0 {
		have, err := tx.q.GetNotice(ctx, n.ID)
		if err != nil {
			return s, false, fmt.Errorf("store: notice %q: %w", n.ID, err)
		}
		if have.System != n.System || have.Kind != n.Kind || have.Recipient != n.Recipient || have.At == micros(n.At) && !bytes.Equal(have.Document, n.Document) {
			return s, false, fmt.Errorf("store: notice %q: %w", n.ID, ErrDiffers)
		}
	}
	s, err = noticeStatement(ctx, tx, n.ID)
	return s, count == 1, err
}

// Notices are the newest notices, newest first, of one system or, without a name, of all. most ≤ 0 means 100.
func (tx *Tx) Notices(ctx context.Context, system string, most int) ([]Notice, error) {
	if most <= 0 || most > 10_000 {
		most = 100
	}
	var rows []sqlgen.Notice
	var err error
	if system == "" {
		rows, err = tx.q.ListNotices(ctx, int32(most))
	} else {
		rows, err = tx.q.ListNoticesOf(ctx, system, int32(most))
	}
	if err != nil {
		return nil, fmt.Errorf("store: notices: %w", err)
	}
	list := make([]Notice, len(rows))
	for i, r := range rows {
		list[i] = Notice{r.ID, r.System, r.Kind, r.Recipient, moment(r.At), r.Document}
	}
	return list, nil
}

// NoticesOfKind are the newest notices of one kind about a system, newest first.
func (tx *Tx) NoticesOfKind(ctx context.Context, system, kind string, most int) ([]Notice, error) {
	rows, err := tx.q.ListNoticesOfKind(ctx, system, kind, int32(most))
	if err != nil {
		return nil, fmt.Errorf("store: notices: %w", err)
	}
	list := make([]Notice, len(rows))
	for i, r := range rows {
		list[i] = Notice{r.ID, r.System, r.Kind, r.Recipient, moment(r.At), r.Document}
	}
	return list, nil
}

func noticeStatement(ctx context.Context, tx *Tx, id string) (Statement, error) {
	r, err := tx.q.GetNotice(ctx, id)
	if err != nil {
		return Statement{}, err
	}
	return state(KindNotice, id, struct {
		ID        string `json:"id"`
		System    string `json:"system"`
		Kind      string `json:"kind"`
		Recipient string `json:"recipient"`
		At        int64  `json:"at"`
	}{r.ID, r.System, r.Kind, r.Recipient, r.At}, r.Document), nil
}

func eachNotice(ctx context.Context, tx *Tx, fn func(string) error) error {
	ids, err := tx.q.ListNoticeIDs(ctx)
	return eachOf(ids, err, fn)
}
