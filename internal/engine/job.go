package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Job is one thing to do.
type Job struct {
	Kind Kind
	Key  string    // what to do it with, e.g. a run's ID
	At   time.Time // not before, by this machine's clock; zero = now
}

// args is a job as River keeps it. Turn tells equal jobs apart that exist at the same time: one that is
// running, and the next one, enqueued since.
type args struct {
	kind Kind
	Key  string `json:"key"`
	Turn int    `json:"turn"`
}

// Kind implements river.JobArgs.
func (a args) Kind() string { return string(a.kind) }

// turns bounds how many equal jobs exist at the same time. Two would do: equal jobs do not run at the
// same time in one process.
const turns = 8

// pending are the states in which an equal job is in the way. River demands that running is among them.
var pending = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
	rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

// Enqueue adds jobs in the transaction tx: they exist if and only if it is committed. A job that equals
// one which has not begun yet, and is due no later, is not added twice; one that is due earlier takes
// the other's place. An equal job that is running does not count: it may have looked already.
func (e *Engine) Enqueue(ctx context.Context, tx *sql.Tx, jobs ...Job) error {
	for _, j := range jobs {
		if e.opts.Handlers[j.Kind] == nil {
			return fmt.Errorf("engine: nobody handles jobs of kind %q", j.Kind)
		}
		if err := e.enqueue(ctx, tx, j); err != nil {
			return fmt.Errorf("engine: enqueue %s %q: %w", j.Kind, j.Key, err)
		}
	}
	return nil
}

// most is how many jobs are put to the database at once.
const most = 500

// EnqueueAll is Enqueue for many jobs that mostly are not there yet.
func (e *Engine) EnqueueAll(ctx context.Context, tx *sql.Tx, jobs []Job) error {
	for list := range slices.Chunk(jobs, most) {
		now := time.Now()
		params := make([]river.InsertManyParams, len(list))
		for i, j := range list {
			if e.opts.Handlers[j.Kind] == nil {
				return fmt.Errorf("engine: nobody handles jobs of kind %q", j.Kind)
			}
			params[i] = river.InsertManyParams{Args: args{kind: j.Kind, Key: j.Key}, InsertOpts: insertOpts(j, j.due(now))}
		}
		results, err := e.client.InsertManyTx(ctx, tx, params)
		if err != nil {
			return fmt.Errorf("engine: enqueue %d jobs: %w", len(list), err)
		}
		var added []int64
		var there []Job
		for i, res := range results { // in the order of the parameters
			if res.UniqueSkippedAsDuplicate {
				there = append(there, list[i])
			} else {
				added = append(added, res.Job.ID)
			}
		}
		if len(added) > 0 { // see enqueue; between them are no others, and if there were, the same holds for them
			if _, err := tx.ExecContext(ctx, `update river_job set state = 'available' where id >= $1 and id <= $2 and state = 'scheduled'`, slices.Min(added), slices.Max(added)); err != nil {
				return fmt.Errorf("engine: enqueue %d jobs: %w", len(list), err)
			}
		}
		if err := e.Enqueue(ctx, tx, there...); err != nil {
			return err
		}
	}
	return nil
}

// due is when a job is to begin, now at the earliest.
func (j Job) due(now time.Time) time.Time {
	if j.At.Before(now) {
		return now
	}
	return j.At
}

// insertOpts are how River keeps a job: equal ones once. Without a time of its own River says when it is due.
func insertOpts(j Job, due time.Time) *river.InsertOpts {
	opts := &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: pending}}
	if !j.At.IsZero() {
		opts.ScheduledAt = due
	}
	return opts
}

func (e *Engine) enqueue(ctx context.Context, tx *sql.Tx, j Job) error {
	due := j.due(time.Now())
	for turn := 0; turn < turns; {
		res, err := e.client.InsertTx(ctx, tx, args{kind: j.Kind, Key: j.Key, Turn: turn}, insertOpts(j, due))
		if err != nil {
			return err
		}
		switch {
		case !res.UniqueSkippedAsDuplicate:
			// River would look at jobs of the future every five seconds, and only while it leads. An
			// available job is not fetched before its time either.
			_, err := tx.ExecContext(ctx, `update river_job set state = 'available' where id = $1 and state = 'scheduled'`, res.Job.ID)
			return err
		case res.Job.State == rivertype.JobStateRunning:
			turn++
		case !res.Job.ScheduledAt.After(due):
			return nil
		default:
			if _, err := e.client.JobDeleteTx(ctx, tx, res.Job.ID); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("%d equal jobs are running", turns)
}

// enqueueNow enqueues in a transaction of its own.
func (e *Engine) enqueueNow(ctx context.Context, j Job) error {
	return e.transact(ctx, func(tx *sql.Tx) error { return e.Enqueue(ctx, tx, j) })
}
