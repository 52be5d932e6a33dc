// Package store keeps the state of a Patchwart server in SQL: what is stated about the estate, what
// hosts reported, who gave which order, and how every run went.
//
// Rules of the house:
//
//   - One file per noun, and a table is written by the file of its noun only.
//   - The SQL is one text for SQLite and PostgreSQL; the queries in queries/ are compiled to Go by sqlc
//     (directory sqlgen, committed), the tables in migrations/ are brought up to date by Open.
//   - Everything happens in a transaction (Write, Read). There is one writer at a time. What others may
//     learn of a change is announced after its commit (Tx.AfterCommit), never before.
//   - States are guarded by CHECK, references by foreign keys, a run by its version (ErrStale).
//   - Whatever counts as evidence returns a Statement when it is written: the whole row, canonically.
//     The caller appends it to the tamper-evident record in the same transaction; Tx.Document makes the
//     same bytes again from the row, so that a row altered behind the program's back is found.
//   - Times go in and come out in UTC, cut to the microsecond. The zero time stays the zero time.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the database itself

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Errors that callers tell apart with errors.Is.
var (
	ErrBusy    = errors.New("the system already has a run that is not over")
	ErrStale   = errors.New("the row has changed since it was read, or is closed")
	ErrDiffers = errors.New("something else is already stored under that name, and it is not changed afterwards")
	ErrUsed    = errors.New("the order was withdrawn or is used by another run")
	ErrMissing = errors.New("there is no such row")
)

// writeLimit bounds a write transaction, waiting for the writer before it included, when the caller
// brought no deadline.
const writeLimit = 30 * time.Second

// readers bounds concurrent reading transactions. Each open connection costs up to cacheKiB of memory.
const (
	readers  = 4
	cacheKiB = 2048
)

// Store is an open database. All its methods are safe for concurrent use.
type Store struct {
	path   string
	writer *pool // one connection: transactions of this process queue here, not in the database
	reader *pool
	memory memory
}

// Open opens the SQLite database at path, creates it when it is missing (file 0600, its directory 0700
// if that is missing, too), and brings its tables up to date under a file lock (path + ".lock"), so that
// several processes may open it at once.
func Open(ctx context.Context, path string) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if strings.ContainsAny(path, "?#%") {
		return nil, fmt.Errorf("store: the path %q contains one of ?, # and %%; choose a plain one", path)
	}
	if err := create(path); err != nil {
		return nil, err
	}
	writer, err := open(path, "immediate", "synchronous(FULL)")
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	if err := migrate(ctx, path, writer); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader, err := open(path, "deferred", "query_only(1)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(1)
	reader.SetConnMaxIdleTime(time.Minute)
	s := &Store{path: path, writer: &pool{DB: writer}, reader: &pool{DB: reader}}
	if err := errors.Join(s.writer.prepare(ctx), s.reader.prepare(ctx)); err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), s.Close())
	}
	return s, nil
}

// create makes the directory and the file, readable by their owner alone.
func create(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// open makes a pool. The pragmas stand in the data source name because every connection needs them.
// FULL: what the server has acknowledged must survive a power failure, too.
func open(path, lock, pragma string) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)",
		fmt.Sprintf("cache_size(-%d)", cacheKiB), "journal_size_limit(16777216)", pragma,
	}}
	db, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	return db, nil
}

// Path is where the database is. The engine opens its own connections to it.
func (s *Store) Path() string { return s.path }

// Asked is how many statements transactions have put to the database since it was opened: what a page or a plan costs
// may grow with the estate, how often it asks may not.
func (s *Store) Asked() int64 { return s.reader.asked.Load() + s.writer.asked.Load() }

// Close waits for open transactions and closes the database.
func (s *Store) Close() error {
	return errors.Join(s.reader.Close(), s.writer.Close())
}

// Tx is a transaction. It ends with the function it was given to.
type Tx struct {
	tx     *sql.Tx
	q      *sqlgen.Queries
	store  *Store
	ahead  *ahead // nil: what is asked about one system is read for that one
	commit []func()

	restated bool // it has written the estate
}

// SQL is the transaction itself, for enqueuing a job in it.
func (tx *Tx) SQL() *sql.Tx { return tx.tx }

// AfterCommit has fn called once the transaction is committed, in the order of the calls. After a
// rollback fn is never called.
func (tx *Tx) AfterCommit(fn func()) { tx.commit = append(tx.commit, fn) }

// Write runs fn in the one writing transaction of this process: all that fn did is kept, or, when fn
// fails, nothing. It waits its turn; without a deadline in ctx, for 30 seconds at most, fn included.
// Calling Write inside Write waits for itself, in vain.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, writeLimit)
		defer cancel()
	}
	return s.transact(ctx, s.writer, nil, fn)
}

// Read runs fn in a reading transaction: everything fn sees is of one moment. Writing in it fails.
func (s *Store) Read(ctx context.Context, fn func(*Tx) error) error {
	return s.transact(ctx, s.reader, &sql.TxOptions{ReadOnly: true}, fn)
}

func (s *Store) transact(ctx context.Context, db *pool, opts *sql.TxOptions, fn func(*Tx) error) error {
	t, err := db.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	tx := &Tx{tx: t, store: s, q: sqlgen.New(&session{tx: t, pool: db, stmts: map[string]*sql.Stmt{}})}
	done := false
	defer func() {
		if !done { // fn panicked or failed
			_ = t.Rollback()
		}
	}()
	if err := fn(tx); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	done = true
	for _, fn := range tx.commit {
		fn()
	}
	return nil
}
