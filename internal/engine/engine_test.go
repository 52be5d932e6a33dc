package engine_test

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/patchwart/patchwart/internal/engine"
)

func TestMain(m *testing.M) {
	if path := childPath(); path != "" {
		child(path)
		return
	}
	goleak.VerifyTestMain(m)
}

// patience bounds every wait of these tests.
const patience = 20 * time.Second

// started makes an engine on a new file and starts it; the pool is the application's own.
func started(t *testing.T, o engine.Options) (*engine.Engine, *sql.DB) {
	t.Helper()
	if o.Path == "" {
		o.Path = filepath.Join(t.TempDir(), "state.db")
	}
	e, err := engine.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	db := appPool(t, o.Path)
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e, db
}

func appPool(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // as the store does: an engine that shared this pool would wait for itself
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// enqueue commits the jobs, or takes them back.
func enqueue(t testing.TB, e *engine.Engine, db *sql.DB, commit bool, jobs ...engine.Job) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err == nil {
		err = e.Enqueue(t.Context(), tx, jobs...)
	}
	if err == nil && commit {
		err = tx.Commit()
	} else if err == nil {
		err = tx.Rollback()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func receive[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatal("waited in vain")
		panic("unreachable")
	}
}

// ran is a handler that tells the keys of its jobs.
func ran(c chan<- string) engine.Handler {
	return func(_ context.Context, key string) (time.Duration, error) {
		c <- key
		return 0, nil
	}
}

func TestACommittedJobRunsAndARolledBackOneDoesNot(t *testing.T) {
	t.Parallel()
	keys := make(chan string, 10)
	e, db := started(t, engine.Options{Handlers: map[engine.Kind]engine.Handler{"step": ran(keys)}})
	enqueue(t, e, db, false, engine.Job{Kind: "step", Key: "taken back"})
	enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "first"})
	if got := receive(t, keys); got != "first" {
		t.Fatalf("ran %q", got)
	}
	enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "second"})
	if got := receive(t, keys); got != "second" {
		t.Fatalf("ran %q: a job ran twice, or one that was never committed", got)
	}
}

// TestALongJobHasItsOwnTime: planning thousands of systems may take longer than a step of a run.
func TestALongJobHasItsOwnTime(t *testing.T) {
	t.Parallel()
	left := make(chan time.Duration, 10)
	looks := func(ctx context.Context, _ string) (time.Duration, error) {
		ends, _ := ctx.Deadline()
		left <- time.Until(ends)
		return 0, nil
	}
	e, db := started(t, engine.Options{Timeout: time.Minute, Long: map[engine.Kind]time.Duration{"plan": time.Hour},
		Handlers: map[engine.Kind]engine.Handler{"step": looks, "plan": looks}})
	enqueue(t, e, db, true, engine.Job{Kind: "step"})
	if got := receive(t, left); got > time.Minute || got <= 0 {
		t.Errorf("a step has %s", got)
	}
	enqueue(t, e, db, true, engine.Job{Kind: "plan"})
	if got := receive(t, left); got <= time.Minute || got > time.Hour {
		t.Errorf("a plan has %s", got)
	}
}

func TestEqualJobsThatHaveNotBegunAreOne(t *testing.T) {
	t.Parallel()
	keys := make(chan string, 10)
	e, db := started(t, engine.Options{Handlers: map[engine.Kind]engine.Handler{"step": ran(keys)}})
	soon := time.Now().Add(time.Second)
	enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "run-1", At: soon}, engine.Job{Kind: "step", Key: "run-1", At: soon.Add(time.Hour)})
	enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "run-1", At: soon.Add(time.Minute)}, engine.Job{Kind: "step", Key: "last", At: soon.Add(time.Second)})
	if got := receive(t, keys); got != "run-1" {
		t.Fatalf("ran %q", got)
	}
	if got := receive(t, keys); got != "last" {
		t.Fatalf("ran %q: equal jobs were not one", got)
	}
	if time.Now().Before(soon) {
		t.Fatal("a job ran before its time")
	}
	if n := waiting(t, db); n != 0 {
		t.Fatalf("%d jobs are left", n)
	}
}

// TestManyJobsAtOnceAreLikeOneAfterTheOther: more than are put to the database at once all run, not before their time;
// one that is there already, and due later, gives way.
func TestManyJobsAtOnceAreLikeOneAfterTheOther(t *testing.T) {
	t.Parallel()
	keys := make(chan string, 2000)
	e, db := started(t, engine.Options{Handlers: map[engine.Kind]engine.Handler{"step": ran(keys)}})
	enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "run-7", At: time.Now().Add(time.Hour)})
	soon := time.Now().Add(time.Second)
	var jobs []engine.Job
	for i := range 520 {
		jobs = append(jobs, engine.Job{Kind: "step", Key: "run-" + strconv.Itoa(i), At: soon})
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(e.EnqueueAll(t.Context(), tx, jobs), tx.Commit()); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range jobs {
		key := receive(t, keys)
		if seen[key] || time.Now().Before(soon) {
			t.Fatalf("%s ran twice, or before its time", key)
		}
		seen[key] = true
	}
	if n := waiting(t, db); n != 0 {
		t.Fatalf("%d jobs are left", n)
	}
}

// until asks until the answer is true.
func until(t *testing.T, db *sql.DB, what, query string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		var yes bool
		if err := db.QueryRowContext(t.Context(), query).Scan(&yes); err != nil {
			t.Fatal(err)
		}
		if yes {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

// waiting counts jobs that have not ended. A job's handler returns before the job ends, so it waits
// until the count is what it stays at, or patience ends.
func waiting(t *testing.T, db *sql.DB) int {
	t.Helper()
	n := -1
	for end := time.Now().Add(patience); time.Now().Before(end) && n != 0; {
		if err := db.QueryRowContext(t.Context(), `select count(*) from river_job where finalized_at is null`).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

func TestAnEarlierJobTakesTheLaterOnesPlace(t *testing.T) {
	t.Parallel()
	keys := make(chan string, 10)
	e, db := started(t, engine.Options{Handlers: map[engine.Kind]engine.Handler{"begin": ran(keys)}})
	enqueue(t, e, db, true, engine.Job{Kind: "begin", Key: "run-1", At: time.Now().Add(time.Hour)})
	enqueue(t, e, db, true, engine.Job{Kind: "begin", Key: "run-1"}) // the operator moved the slot
	if got := receive(t, keys); got != "run-1" {
		t.Fatalf("ran %q", got)
	}
	if n := waiting(t, db); n != 0 {
		t.Fatalf("%d jobs are left: the later one is still there", n)
	}
}

func TestAJobEnqueuedWhileAnEqualOneRunsIsNotLost(t *testing.T) {
	t.Parallel()
	begun, goOn := make(chan string, 10), make(chan bool)
	var at atomic.Int32
	e, db := started(t, engine.Options{Handlers: map[engine.Kind]engine.Handler{
		"step": func(_ context.Context, key string) (time.Duration, error) {
			if at.Add(1) > 1 {
				t.Error("equal jobs run at the same time")
			}
			begun <- key
			<-goOn
			at.Add(-1)
			return 0, nil
		},
	}})
	enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "run-1"})
	receive(t, begun) // it has looked at the state already
	for range 3 {     // … which changes now
		enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "run-1"})
	}
	until(t, db, "the second one is put off", `select count(*) > 0 from river_job where metadata ->> 'snoozes' > 0`)
	goOn <- true
	receive(t, begun)
	goOn <- true
	if n := waiting(t, db); n != 0 {
		t.Fatalf("%d jobs are left", n)
	}
	if len(begun) != 0 {
		t.Fatal("it ran a third time")
	}
}

func TestAgainRunsTheSameJobLater(t *testing.T) {
	t.Parallel()
	done := make(chan time.Time, 10)
	var n atomic.Int32
	e, db := started(t, engine.Options{Handlers: map[engine.Kind]engine.Handler{
		"wait": func(context.Context, string) (time.Duration, error) {
			done <- time.Now()
			if n.Add(1) < 3 {
				return 300 * time.Millisecond, nil
			}
			return 0, nil
		},
	}})
	enqueue(t, e, db, true, engine.Job{Kind: "wait", Key: "host"})
	last := receive(t, done)
	for range 2 {
		now := receive(t, done)
		if now.Sub(last) < 290*time.Millisecond {
			t.Fatalf("came back after %s", now.Sub(last))
		}
		last = now
	}
	if n := waiting(t, db); n != 0 {
		t.Fatalf("%d jobs are left", n)
	}
}

func TestAFailingJobIsTriedAndThenReportedUntilSomebodyTakesIt(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is full")
	var tries, told atomic.Int32
	reported := make(chan engine.Job, 10)
	e, db := started(t, engine.Options{
		Attempts: 3, Backoff: 5 * time.Millisecond,
		Handlers: map[engine.Kind]engine.Handler{
			"step": func(context.Context, string) (time.Duration, error) {
				if tries.Add(1) == 2 {
					panic("even worse")
				}
				return 0, broken
			},
		},
		Exhausted: func(_ context.Context, j engine.Job, last error) error {
			if !errors.Is(last, broken) {
				t.Errorf("told %v", last)
			}
			if told.Add(1) == 1 {
				return errors.New("the database is locked")
			}
			reported <- j
			return nil
		},
	})
	enqueue(t, e, db, true, engine.Job{Kind: "step", Key: "run-1"})
	if j := receive(t, reported); j.Kind != "step" || j.Key != "run-1" {
		t.Fatalf("reported %+v", j)
	}
	if n := waiting(t, db); n != 0 || told.Load() != 2 || tries.Load() != 4 {
		t.Fatalf("%d jobs left, told %d times after %d tries", n, told.Load(), tries.Load())
	}
}

func TestAPeriodicJobGoesOnAndCanBeBroughtForward(t *testing.T) {
	t.Parallel()
	ticks := make(chan string, 10)
	fail := errors.New("not today")
	var n atomic.Int32
	e, db := started(t, engine.Options{
		Attempts: 1,
		Periodic: []engine.Periodic{{Kind: "tick", Every: 100 * time.Millisecond}, {Kind: "rare", Every: time.Hour}},
		Handlers: map[engine.Kind]engine.Handler{
			"rare": ran(ticks),
			"tick": func(context.Context, string) (time.Duration, error) {
				if n.Add(1) == 2 {
					return 0, fail // gives up at once, and still comes again
				}
				if n.Load() < 5 {
					ticks <- "tick"
				}
				return 0, nil
			},
		},
	})
	got := map[string]int{}
	for range 4 {
		got[receive(t, ticks)]++
	}
	if got["tick"] != 3 || got[""] != 1 {
		t.Fatalf("ran %v", got)
	}
	enqueue(t, e, db, true, engine.Job{Kind: "rare"})
	if k := receive(t, ticks); k != "" {
		t.Fatalf("ran %q", k)
	}
}

func TestWhatAKilledProcessLeftBehindIsTakenOverAtOnce(t *testing.T) {
	t.Parallel()
	o := engine.Options{Path: filepath.Join(t.TempDir(), "state.db"), Attempts: 2}
	keys, told := make(chan string, 10), make(chan string, 10)
	o.Handlers = map[engine.Kind]engine.Handler{"step": ran(keys)}
	o.Exhausted = func(_ context.Context, j engine.Job, _ error) error {
		told <- j.Key
		return nil
	}
	killed, err := engine.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	db := appPool(t, o.Path)
	enqueue(t, killed, db, true, engine.Job{Kind: "step", Key: "first try"}, engine.Job{Kind: "step", Key: "last try"})
	// The process was killed while both were running, the second one for the second time.
	if _, err := db.ExecContext(t.Context(), `update river_job set state = 'running', attempted_at = scheduled_at, attempt = case when args ->> 'key' = 'last try' then 2 else 1 end`); err != nil {
		t.Fatal(err)
	}
	if err := killed.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	started(t, o)
	if k := receive(t, keys); k != "first try" {
		t.Errorf("ran %q", k)
	}
	if k := receive(t, told); k != "last try" {
		t.Errorf("told of %q", k)
	}
	if len(keys) > 0 {
		t.Errorf("a job that kills its process was run once more")
	}
}

func TestASecondProcessIsTurnedAway(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	o := engine.Options{Path: path, Handlers: map[engine.Kind]engine.Handler{"step": ran(make(chan string))}}
	started(t, o)
	other, err := engine.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := other.Start(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("started: %v", err)
	}
	if err := other.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestMisdeclaredOptionsAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := func(context.Context, string) (time.Duration, error) { return 0, nil }
	for name, o := range map[string]engine.Options{
		"short kind":         {Handlers: map[engine.Kind]engine.Handler{"x": h}},
		"no handler":         {Handlers: map[engine.Kind]engine.Handler{"step": nil}},
		"unhandled periodic": {Periodic: []engine.Periodic{{Kind: "tick", Every: time.Second}}},
		"endless periodic":   {Handlers: map[engine.Kind]engine.Handler{"tick": h}, Periodic: []engine.Periodic{{Kind: "tick"}}},
	} {
		o.Path = filepath.Join(dir, "state.db")
		if e, err := engine.New(t.Context(), o); err == nil {
			t.Errorf("%s: accepted", name)
			_ = e.Stop(t.Context())
		}
	}
	e, db := started(t, engine.Options{Handlers: map[engine.Kind]engine.Handler{"step": h}})
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := e.Enqueue(t.Context(), tx, engine.Job{Kind: "nonsense"}); err == nil {
		t.Error("a job that nobody handles was accepted")
	}
}

// BenchmarkEnqueueToRun measures from the commit of a job to the beginning of its handler.
func BenchmarkEnqueueToRun(b *testing.B) {
	path := filepath.Join(b.TempDir(), "state.db")
	keys := make(chan string, 1)
	e, err := engine.New(b.Context(), engine.Options{Path: path, Handlers: map[engine.Kind]engine.Handler{"step": ran(keys)}})
	if err == nil {
		err = e.Start(b.Context())
	}
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = e.Stop(context.Background()) }()
	db := appPool(b, path)
	for b.Loop() {
		enqueue(b, e, db, true, engine.Job{Kind: "step", Key: "run-1"})
		receive(b, keys)
	}
}
