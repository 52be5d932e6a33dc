package apitest

import (
	"context"
	"fmt"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/exception"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// Override takes a rating that is whole.
func (b *Backend) Override(_ context.Context, o severity.Override) (board.Override, error) {
	o.At = Now
	if problem := severity.Default().Problem(o); !problem.IsZero() {
		return board.Override{}, fault.New(fault.Invalid, lang.Textf("Die Einstufung wird nicht angenommen: %[1]s.", "The rating is not accepted: %[1]s.", problem), lang.Text{})
	}
	return board.Override{ID: "e-1", Override: o, Holds: true}, nil
}

// Except takes an exception that is whole.
func (b *Backend) Except(_ context.Context, e exception.Exception) (board.Exception, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e.Scope.System != "" {
		if _, err := b.held(e.Scope.System); err != nil {
			return board.Exception{}, err
		}
	}
	e.RequestedAt, e.Level, e.ID = Now, severity.Critical, fmt.Sprintf("x-%d", len(b.excepted)+1)
	if err := e.Check(Now, exception.DefaultLimits()); err != nil {
		return board.Exception{}, err
	}
	b.excepted = append(b.excepted, e)
	return row(e), nil
}

func row(e exception.Exception) board.Exception {
	_, why := e.Covers(Now, exception.Finding{Advisories: []string{e.Scope.Advisory}, System: e.Scope.System, Customer: e.Scope.Customer, Level: e.Level}, exception.DefaultLimits())
	return board.Exception{Exception: e, State: e.State(Now, exception.DefaultLimits()), Sentence: why}
}

func (b *Backend) changed(id string, edit func(*exception.Exception) error) (board.Exception, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.excepted {
		if b.excepted[i].ID == id {
			err := edit(&b.excepted[i])
			return row(b.excepted[i]), err
		}
	}
	return board.Exception{}, fault.Missing("Die Ausnahme", "exception", id)
}

// Approve puts an exception in force.
func (b *Backend) Approve(_ context.Context, id, by string) (board.Exception, error) {
	return b.changed(id, func(e *exception.Exception) (err error) {
		*e, err = e.Approve(Now, by, exception.DefaultLimits())
		return err
	})
}

// Revoke ends an exception.
func (b *Backend) Revoke(_ context.Context, id, by string) (board.Exception, error) {
	return b.changed(id, func(e *exception.Exception) error {
		e.RevokedBy, e.RevokedAt = by, Now
		return nil
	})
}

// Exceptions lists them.
func (b *Backend) Exceptions(context.Context) ([]board.Exception, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []board.Exception
	for _, e := range b.excepted {
		out = append(out, row(e))
	}
	return out, nil
}

// Mitigate takes a mitigation that is whole. Its host shows it at once.
func (b *Backend) Mitigate(_ context.Context, m mitigation.Mitigation) (board.Mitigation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	m.At = Now
	if err := m.Check(); err != nil {
		return board.Mitigation{}, err
	}
	if _, err := b.held(m.System); err != nil {
		return board.Mitigation{}, err
	}
	m.ID = fmt.Sprintf("g-%d", len(b.measures)+1)
	holds, why := m.Holds(fact.Facts{})
	row := board.Mitigation{Mitigation: m, Holds: holds, Verified: Now, Text: m.Text(), Sentence: why}
	b.measures = append(b.measures, row)
	return row, nil
}

// EndMitigation ends one.
func (b *Backend) EndMitigation(_ context.Context, id, by string) (board.Mitigation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.measures {
		if m := &b.measures[i]; m.ID == id {
			m.EndedBy, m.EndedAt, m.Over, m.Holds = by, Now, true, false
			m.Sentence = lang.Textf("Beendet von %[1]s.", "Ended by %[1]s.", by)
			return *m, nil
		}
	}
	return board.Mitigation{}, fault.Missing("Die Maßnahme", "mitigation", id)
}

// Mitigations lists them.
func (b *Backend) Mitigations(context.Context) ([]board.Mitigation, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.measures, nil
}
