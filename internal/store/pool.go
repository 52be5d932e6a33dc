package store

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// pool is a pool of connections with all queries prepared: parsing a query takes longer than most of
// them take to run.
type pool struct {
	*sql.DB
	stmts map[string]*sql.Stmt // by query; not changed after prepare
	asked atomic.Int64         // how many statements were put to it
}

// prepare prepares every query of sqlgen once. Further connections prepare them when they are used.
func (p *pool) prepare(ctx context.Context) error {
	p.stmts = map[string]*sql.Stmt{}
	_, err := sqlgen.Prepare(ctx, collector{p})
	return err
}

// Close closes the prepared queries and the pool.
func (p *pool) Close() error {
	var errs []error
	for _, s := range p.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, p.DB.Close())...)
}

// collector keeps what sqlgen prepares.
type collector struct{ *pool }

// PrepareContext implements sqlgen.DBTX.
func (c collector) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	s, err := c.DB.PrepareContext(ctx, query)
	if err == nil {
		c.stmts[query] = s
	}
	return s, err
}

// session is one transaction's view of the prepared queries. sql.Tx would make a new statement for
// every single use, and keep it to the end: a long transaction would grow and grow.
type session struct {
	tx    *sql.Tx
	pool  *pool
	stmts map[string]*sql.Stmt
}

func (s *session) stmt(ctx context.Context, query string) *sql.Stmt {
	s.pool.asked.Add(1)
	have := s.stmts[query]
	if have == nil {
		have = s.tx.StmtContext(ctx, s.pool.stmts[query])
		s.stmts[query] = have
	}
	return have
}

// PrepareContext implements sqlgen.DBTX.
func (s *session) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return s.stmt(ctx, query), nil
}

// ExecContext implements sqlgen.DBTX.
func (s *session) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return s.stmt(ctx, query).ExecContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it when it ends
}

// QueryContext implements sqlgen.DBTX.
func (s *session) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.stmt(ctx, query).QueryContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it when it ends
}

// QueryRowContext implements sqlgen.DBTX.
func (s *session) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return s.stmt(ctx, query).QueryRowContext(ctx, args...) //nolint:sqlclosecheck // the transaction closes it when it ends
}
