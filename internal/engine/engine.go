// Package engine carries out jobs durably: a job that was enqueued in a committed transaction is run
// until its handler succeeds, also when the process is killed in between. It knows kinds and keys and
// nothing of what they mean; never apt, customers or mail.
//
// Rules for handlers:
//
//   - One job is one short, idempotent step. It reads its row, acts, and writes the row under a guard
//     (expected version), together with the next job, in one transaction. A job may run twice: after a
//     kill, and when it was enqueued again while it ran.
//   - Nothing is awaited in a handler. Who has to wait says "again in so long" and lets go.
//   - An error means: try again, later and later. When the tries are used up, Options.Exhausted is told,
//     and told again until it accepts: nothing is lost silently.
//   - A job's row is never evidence, and its ID is never kept. State, history and cancelling belong to
//     the store.
//
// The engine is River (riverqueue.com) on the same SQLite file as the store, with connections of its
// own. One process at a time works on a file; the lock at path + ".engine" sees to it, and lets the next
// one take over at once what a killed one left behind.
package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // the database itself
)

// Kind is what a job does: a small word of at least two letters, declared by who handles it.
type Kind string

// Handler does the job of a kind with that key. again > 0 asks for the same job after that time.
type Handler func(ctx context.Context, key string) (again time.Duration, err error)

// Periodic is a job, with an empty key, that runs at the start and then every so often, counted from the
// end of the last time. Enqueuing it brings it forward.
type Periodic struct {
	Kind  Kind
	Every time.Duration
}

// Options make an engine.
type Options struct {
	Path     string // the SQLite file; its directory exists
	Log      *slog.Logger
	Handlers map[Kind]Handler
	Periodic []Periodic
	// Exhausted is told of a job that failed Attempts times, with the last error. When it fails itself,
	// it is told again, after eight times Backoff. Nil: the job is logged as an error and given up.
	Exhausted func(ctx context.Context, job Job, last error) error

	Workers  int                    // jobs at a time; 0 = 4
	Timeout  time.Duration          // of one try; 0 = 30 s
	Long     map[Kind]time.Duration // of one try of these kinds, instead
	Attempts int                    // tries before Exhausted; 0 = 12, which takes some half an hour
	Backoff  time.Duration          // pause after the first failure, doubled with each one, 5 minutes at most; 0 = 1 s
}

// Times of the engine. Polling bounds how late a job begins, for new and for scheduled ones alike. River's
// notifications would be three times as quick on average, but not after a rollback, and they poll, too.
const (
	fetchPoll     = 150 * time.Millisecond
	fetchCooldown = 20 * time.Millisecond
	longestPause  = 5 * time.Minute
	keepDone      = 10 * time.Minute
	stopGrace     = 10 * time.Second
)

// Engine runs jobs between Start and Stop. Enqueue works from New on.
type Engine struct {
	opts   Options
	db     *sql.DB
	client *river.Client[*sql.Tx]
	busy   keys
	unlock func()
	stop   sync.Once
}

// New makes an engine and brings its tables up to date, under a file lock.
func New(ctx context.Context, o Options) (*Engine, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	db, err := open(o.Path)
	if err != nil {
		return nil, err
	}
	e := &Engine{opts: o, db: db}
	if err := e.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return e, nil
}

func (o *Options) complete() error {
	o.Workers = orElse(o.Workers, 4)
	o.Timeout = orElse(o.Timeout, 30*time.Second)
	o.Attempts = orElse(o.Attempts, 12)
	o.Backoff = orElse(o.Backoff, time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	for kind, h := range o.Handlers {
		if len(kind) < 2 || h == nil {
			return fmt.Errorf("engine: kind %q needs at least two letters and a handler", kind)
		}
	}
	for _, p := range o.Periodic {
		if o.Handlers[p.Kind] == nil || p.Every <= 0 {
			return fmt.Errorf("engine: periodic job %q needs a handler and a time between runs", p.Kind)
		}
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	o.Path = path
	return nil
}

func orElse[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// open makes the engine's own pool: sharing the store's single writing connection would dead-lock.
// NORMAL will do: a job lost by a power failure was lost before anybody acted on it, and the store's
// commits, which jobs are enqueued in, are flushed by the store.
func open(path string) (*sql.DB, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(10000)", "journal_mode(WAL)", "foreign_keys(1)", "synchronous(NORMAL)", "cache_size(-512)",
	}}
	db, err := sql.Open("sqlite", "file:"+path+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("engine: open %s: %w", path, err)
	}
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(2)
	return db, nil
}

func (e *Engine) prepare(ctx context.Context) error {
	unlock, err := lock(ctx, e.opts.Path+".lock", migrationWait)
	if err != nil {
		return err
	}
	defer unlock()
	log := e.opts.Log.With("part", "engine")
	driver := riversqlite.New(e.db)
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("engine: bring %s up to date: %w", e.opts.Path, err)
	}
	workers := river.NewWorkers()
	for _, kind := range slices.Sorted(maps.Keys(e.opts.Handlers)) {
		river.AddWorkerArgs(workers, args{kind: kind}, &worker{engine: e})
	}
	thrifty, err := newFrugal(ctx, e.db, driver)
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	e.client, err = river.NewClient(thrifty, &river.Config{
		Logger:               log,
		Workers:              workers,
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: e.opts.Workers}},
		PollOnly:             true,
		FetchPollInterval:    fetchPoll,
		FetchCooldown:        fetchCooldown,
		JobTimeout:           e.opts.Timeout,
		RescueStuckJobsAfter: e.opts.Timeout + 15*time.Second,
		MaxAttempts:          riverAttempts,
		RetryPolicy:          e,
		ErrorHandler:         e,
		SoftStopTimeout:      stopGrace,

		CompletedJobRetentionPeriod: keepDone,
		CancelledJobRetentionPeriod: keepDone,
	})
	if err != nil {
		return fmt.Errorf("engine: %w", err)
	}
	return nil
}

// Start begins to run jobs. Jobs that a killed process left behind are taken over at once. It fails when
// another process works on the same file. ctx bounds the start only.
func (e *Engine) Start(ctx context.Context) error {
	unlock, err := lock(ctx, e.opts.Path+".engine", handoverWait)
	if err != nil {
		return err
	}
	err = e.takeOver(ctx)
	for _, p := range e.opts.Periodic {
		if err == nil {
			err = e.enqueueNow(ctx, Job{Kind: p.Kind})
		}
	}
	if err == nil {
		err = e.client.Start(context.WithoutCancel(ctx))
	}
	if err != nil {
		unlock()
		return fmt.Errorf("engine: start: %w", err)
	}
	e.unlock = unlock
	return nil
}

// takeOver makes jobs available that were running when the last process died, and forgets that process.
// We hold the lock, so there is no other one. The tables are River's; nothing in its API does this.
func (e *Engine) takeOver(ctx context.Context) error {
	return e.transact(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `update river_job set state = 'available' where state = 'running'`)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err == nil && n > 0 {
			e.opts.Log.Info("took over jobs that a killed process left behind", "part", "engine", "jobs", n)
		}
		_, err = tx.ExecContext(ctx, `delete from river_leader`)
		return err
	})
}

func (e *Engine) transact(ctx context.Context, fn func(*sql.Tx) error) error {
	tx, err := e.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// Stop ends the engine: running jobs may finish for ten seconds, or until ctx is done, then their
// contexts are cancelled and they are tried again after the next start. Stop is final.
func (e *Engine) Stop(ctx context.Context) error {
	var err error
	e.stop.Do(func() {
		if e.unlock != nil {
			if err = e.client.Stop(ctx); err != nil {
				hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
				defer cancel()
				err = e.client.StopAndCancel(hard)
			}
		}
		err = errors.Join(err, e.db.Close())
		if e.unlock != nil {
			e.unlock()
		}
	})
	if err != nil {
		return fmt.Errorf("engine: stop: %w", err)
	}
	return nil
}
