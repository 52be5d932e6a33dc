package engine

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
)

// riverAttempts keeps River from giving a job up by itself: it would do so without telling us when the
// process died in the last try. We count on our own.
const riverAttempts = 1000

// tellAgain is how long until Exhausted is told again, in first pauses.
const tellAgain = 8

// equalPause is how long a job waits that equals one which is running in this process.
const equalPause = 250 * time.Millisecond

// errDied stands for the error that a killed process had no time to write.
var errDied = errors.New("the process died while the job was running, in its last try")

// worker runs the jobs of all kinds.
type worker struct {
	river.WorkerDefaults[args]
	engine *Engine
}

// Timeout implements river.Worker; 0 is the engine's.
func (w *worker) Timeout(job *river.Job[args]) time.Duration {
	return w.engine.opts.Long[Kind(job.Kind)]
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[args]) error {
	e, j := w.engine, Job{Kind: Kind(job.Kind), Key: job.Args.Key}
	if !e.busy.take(j) {
		return river.JobSnooze(equalPause)
	}
	defer e.busy.release(j)

	if job.Attempt > e.opts.Attempts {
		return e.exhausted(ctx, job, j, errDied)
	}
	again, err := e.call(ctx, j)
	switch {
	case err != nil && job.Attempt >= e.opts.Attempts:
		return e.exhausted(ctx, job, j, err)
	case err != nil:
		return err
	}
	return e.finish(ctx, job, e.next(j, again))
}

// call runs the handler and turns a panic into an error.
func (e *Engine) call(ctx context.Context, j Job) (again time.Duration, err error) {
	defer func() {
		if p := recover(); p != nil {
			again, err = 0, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return e.opts.Handlers[j.Kind](ctx, j.Key)
}

// next is the job that follows on j, if one does: what the handler asked for, or the periodic job's turn.
func (e *Engine) next(j Job, again time.Duration) []Job {
	for _, p := range e.opts.Periodic {
		if p.Kind == j.Kind && j.Key == "" && again <= 0 {
			again = p.Every
		}
	}
	if again <= 0 {
		return nil
	}
	j.At = time.Now().Add(again)
	return []Job{j}
}

// finish ends the job and enqueues what follows, both or neither. River would end jobs in batches, a
// moment later, and a kill in that moment would run them again.
func (e *Engine) finish(ctx context.Context, job *river.Job[args], next []Job) error {
	ctx = context.WithoutCancel(ctx) // the work is done: it must not be done again because we are stopping
	return e.transact(ctx, func(tx *sql.Tx) error {
		if _, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job); err != nil {
			return err
		}
		return e.Enqueue(ctx, tx, next...)
	})
}

// exhausted gives a job up, once that was told.
func (e *Engine) exhausted(ctx context.Context, job *river.Job[args], j Job, last error) error {
	e.opts.Log.Error("job failed for good", "part", "engine", "kind", j.Kind, "key", j.Key, "tries", job.Attempt, "error", last)
	if e.opts.Exhausted != nil {
		if err := e.opts.Exhausted(ctx, j, last); err != nil {
			e.opts.Log.Error("failed job could not be reported; will be again", "part", "engine", "kind", j.Kind, "key", j.Key, "error", err)
			return river.JobSnooze(min(tellAgain*e.opts.Backoff, longestPause))
		}
	}
	if next := e.next(j, 0); next != nil { // a periodic job goes on
		return e.finish(ctx, job, next)
	}
	return river.JobCancel(last)
}

// NextRetry implements river.ClientRetryPolicy: the pause doubles with every failure.
func (e *Engine) NextRetry(job *rivertype.JobRow) time.Time {
	pause := e.opts.Backoff
	for i := 1; i < job.Attempt && pause < longestPause; i++ {
		pause *= 2
	}
	return time.Now().Add(min(pause, longestPause))
}

// HandleError implements river.ErrorHandler: a failure is logged, and a job of a kind that nobody
// handles any more, left by another version, is reported and given up.
func (e *Engine) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	var unknown *river.UnknownJobKindError
	if !errors.As(err, &unknown) {
		e.opts.Log.Warn("job failed, will be tried again", "part", "engine", "kind", job.Kind, "try", job.Attempt, "error", err)
		return nil
	}
	e.opts.Log.Error("nobody handles jobs of this kind", "part", "engine", "kind", job.Kind, "args", string(job.EncodedArgs))
	if e.opts.Exhausted != nil && e.opts.Exhausted(ctx, Job{Kind: Kind(job.Kind), Key: string(job.EncodedArgs)}, err) != nil {
		return nil
	}
	return &river.ErrorHandlerResult{SetCancelled: true}
}

// HandlePanic implements river.ErrorHandler. Handlers' panics never come here, see call.
func (e *Engine) HandlePanic(_ context.Context, job *rivertype.JobRow, p any, trace string) *river.ErrorHandlerResult {
	e.opts.Log.Error("job engine panicked", "part", "engine", "kind", job.Kind, "panic", p, "trace", trace)
	return nil
}

// keys is the set of jobs that are running in this process.
type keys struct {
	mu  sync.Mutex
	set map[Job]bool
}

func (k *keys) take(j Job) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.set == nil {
		k.set = map[Job]bool{}
	}
	if k.set[j] {
		return false
	}
	k.set[j] = true
	return true
}

func (k *keys) release(j Job) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.set, j)
}
