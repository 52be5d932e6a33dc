package server

import (
	"context"
	"encoding/json"

	"github.com/patchwart/patchwart/internal/store"
)

// documents reads what rulings say.
func documents[T any](rows []store.Ruling, err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	list := make([]T, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal(r.Document, &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// document reads what the ruling of that kind and ID says; ok is false when there is none.
func document[T any](ctx context.Context, tx *store.Tx, kind, id string) (doc T, row store.Ruling, ok bool, err error) {
	row, ok, err = tx.Ruling(ctx, id)
	if err != nil || !ok || row.Kind != kind {
		return doc, row, false, err
	}
	err = json.Unmarshal(row.Document, &doc)
	return doc, row, err == nil, err
}

// amend changes what a ruling says. missing is the answer where there is none.
func amend[T any](ctx context.Context, c *change, kind, id string, missing error, edit func(*T) error) (T, error) {
	doc, row, ok, err := document[T](ctx, c.Tx, kind, id)
	if err != nil {
		return doc, err
	}
	if !ok {
		return doc, missing
	}
	if err := edit(&doc); err != nil {
		return doc, err
	}
	return doc, c.rewrite(ctx, row, doc)
}

// rewrite keeps what a ruling says from now on.
func (c *change) rewrite(ctx context.Context, row store.Ruling, doc any) (err error) {
	if row.Document, err = json.Marshal(doc); err != nil {
		return err
	}
	st, err := c.UpdateRuling(ctx, row)
	return c.put(ctx, st, err)
}
