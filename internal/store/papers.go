package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/mandate"
)

// Phase is when a run was decided on.
type Phase string

// A run is decided on twice: when it is planned, as a preview, and right before it begins, when its
// work order is closed.
const (
	Planning Phase = "planning"
	Closing  Phase = "closing"
)

// Paper is what a run's mandate was granted or refused on in one phase, and what came of it.
// mandate.Grant makes the same mandate from the same request again, so a restart loses nothing.
type Paper struct {
	Request mandate.Request   `json:"request"`
	Changes []mandate.Change  `json:"changes"`  // permitted
	LeftOut []mandate.Refusal `json:"left_out"` // refused
	// Measure is what the mandate for a measure was granted or refused on; then Request is empty.
	Measure *mandate.MeasureRequest `json:"measure,omitempty"`
}

// Orders are the customer's orders that the paper's decision knew of.
func (p Paper) Orders() []mandate.Order {
	if p.Measure != nil {
		return p.Measure.Orders
	}
	return p.Request.Orders
}

// Grounds are what the mandate rests on, granted anew from what is kept.
func (p Paper) Grounds() []mandate.Ground {
	if p.Measure != nil {
		granted, _ := mandate.GrantMeasure(*p.Measure)
		return granted.Grounds()
	}
	granted, _ := mandate.Grant(p.Request)
	return granted.Grounds()
}

// SavePaper keeps the paper of a run's phase; planning or closing again replaces it. Its statement holds
// the paper's SHA-256, not the paper: it is long.
func (tx *Tx) SavePaper(ctx context.Context, run string, phase Phase, p Paper, at time.Time) (Statement, error) {
	doc, err := packFast(p)
	if err == nil {
		err = tx.q.PutPaper(ctx, run, string(phase), micros(at), doc)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("store: save %s of run %q: %w", phase, run, err)
	}
	return paperStatement(ctx, tx, paperSubject(run, string(phase)))
}

// Paper is the paper of a run's phase.
func (tx *Tx) Paper(ctx context.Context, run string, phase Phase) (Paper, bool, error) {
	row, err := tx.q.GetPaper(ctx, run, string(phase))
	if errors.Is(err, sql.ErrNoRows) {
		return Paper{}, false, nil
	}
	if err != nil {
		return Paper{}, false, fmt.Errorf("store: %s of run %q: %w", phase, run, err)
	}
	var p Paper
	if err := unpack(row.Document, &p); err != nil {
		return Paper{}, false, unreadable("papers", paperSubject(run, string(phase)), err)
	}
	return p, true, nil
}

func paperSubject(run, phase string) string { return run + "/" + phase }

func paperStatement(ctx context.Context, tx *Tx, subject string) (Statement, error) {
	slash := strings.LastIndexByte(subject, '/')
	if slash < 0 {
		return Statement{}, sql.ErrNoRows
	}
	row, err := tx.q.GetPaper(ctx, subject[:slash], subject[slash+1:])
	if err != nil {
		return Statement{}, err
	}
	return state(KindPaper, subject, struct {
		Run   string `json:"run"`
		Phase string `json:"phase"`
		At    int64  `json:"at"`
		SHA   string `json:"document_sha256"`
	}{row.Run, row.Phase, row.At, hexSum(row.Document)}, nil), nil
}

func eachPaper(ctx context.Context, tx *Tx, fn func(string) error) error {
	rows, err := tx.q.ListPaperIDs(ctx)
	subjects := make([]string, len(rows))
	for i, row := range rows {
		subjects[i] = paperSubject(row.Run, row.Phase)
	}
	return eachOf(subjects, err, fn)
}
