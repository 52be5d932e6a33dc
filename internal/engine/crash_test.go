package engine_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/engine"
)

// What the killed process works on: every item is taken from version 0 to lastVersion, one job per step.
const (
	items       = 40
	lastVersion = 5
)

// childPath is the database that this process works on as the child of a crash test; empty in a test.
func childPath() string { return os.Getenv("PATCHWART_ENGINE_CHILD") }

// child works until everything is done, or until it is killed.
func child(path string) {
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(1)
	var e *engine.Engine
	step := func(ctx context.Context, key string) (time.Duration, error) {
		var version int
		if err := db.QueryRowContext(ctx, `select version from item where id = $1`, key).Scan(&version); err != nil {
			return 0, err
		}
		if version == lastVersion {
			return 0, nil
		}
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return 0, err
		}
		defer func() { _ = tx.Rollback() }()
		res, err := tx.ExecContext(ctx, `update item set version = version + 1 where id = $1 and version = $2`, key, version)
		if err != nil {
			return 0, err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return 0, err // somebody else was faster
		}
		if _, err := tx.ExecContext(ctx, `insert into done (item, step) values ($1, $2)`, key, version); err != nil {
			return 0, err
		}
		if err := e.Enqueue(ctx, tx, engine.Job{Kind: "step", Key: key}); err != nil {
			return 0, err
		}
		return 0, tx.Commit()
	}
	e, err = engine.New(context.Background(), engine.Options{
		Path: path, Attempts: 500, Backoff: 10 * time.Millisecond,
		Handlers: map[engine.Kind]engine.Handler{"step": step},
		Exhausted: func(context.Context, engine.Job, error) error {
			return errors.New("nothing may be given up here")
		},
	})
	if err == nil {
		err = e.Start(context.Background())
	}
	if err != nil {
		panic(err)
	}
	fmt.Println("working")
	select {} // the parent ends it
}

func TestKilledAtAnyMomentEverythingIsDoneExactlyOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	e, err := engine.New(t.Context(), engine.Options{Path: path, Handlers: map[engine.Kind]engine.Handler{
		"step": func(context.Context, string) (time.Duration, error) { return 0, nil },
	}})
	if err != nil {
		t.Fatal(err)
	}
	db := appPool(t, path)
	for _, q := range []string{
		`create table item (id text primary key, version integer not null)`,
		`create table done (item text not null, step integer not null)`,
	} {
		if _, err := db.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	for i := range items {
		key := strconv.Itoa(i)
		if _, err := db.ExecContext(t.Context(), `insert into item values ($1, 0)`, key); err != nil {
			t.Fatal(err)
		}
		enqueue(t, e, db, true, engine.Job{Kind: "step", Key: key})
	}
	if err := e.Stop(t.Context()); err != nil { // it was never started: the children do the work
		t.Fatal(err)
	}

	kills, began := 0, time.Now()
	for ; count(t, db, `select count(*) from item where version < $1`, lastVersion) > 0; kills++ {
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("not done after %d kills", kills)
		}
		// On a slow machine nothing is done in so short a life: it gets longer with every kill.
		workUntilKilled(t, path, time.Duration(rand.IntN(250+25*kills))*time.Millisecond)
	}
	t.Logf("%d items, %d steps each, %d kills in %s", items, lastVersion, kills, time.Since(began).Round(time.Millisecond))
	if kills < 3 {
		t.Errorf("only %d kills: the test proves little", kills)
	}
	if n := count(t, db, `select count(*) from done`); n != items*lastVersion {
		t.Errorf("%d steps were done, %d ordered", n, items*lastVersion)
	}
	if n := count(t, db, `select count(*) from (select distinct item, step from done)`); n != items*lastVersion {
		t.Errorf("%d different steps were done, %d ordered", n, items*lastVersion)
	}
}

// workUntilKilled lets a child work for so long after it has begun, and kills it.
func workUntilKilled(t *testing.T, path string, after time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "PATCHWART_ENGINE_CHILD="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 1)); err != nil {
		t.Errorf("the child did not begin: %v", err)
	}
	select {
	case <-time.After(after):
	case <-t.Context().Done():
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait() // it was killed, of course
}

func count(t *testing.T, db *sql.DB, query string, params ...any) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query, params...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
