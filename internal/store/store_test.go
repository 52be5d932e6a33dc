package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/internal/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T) *store.Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "new", "state.db"))
}

func openAt(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestNobodyElseMayReadTheDatabase(t *testing.T) {
	t.Parallel()
	s := open(t)
	storetest.Stated(t, s)
	entries, err := os.ReadDir(filepath.Dir(s.Path()))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries { // the journal beside the database included
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %s", e.Name(), info.Mode())
		}
	}
	info, err := os.Stat(filepath.Dir(s.Path()))
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %s, %v", info.Mode(), err)
	}
	if len(entries) < 3 {
		t.Errorf("only %d files were looked at", len(entries))
	}
}

func TestWhatWasWrittenIsThereAfterOpeningAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	first, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Stated(t, first)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	storetest.Read(t, openAt(t, path), func(tx *store.Tx) error {
		e, err := tx.Estate(t.Context())
		if len(e.Systems) != 3 {
			t.Errorf("%d systems", len(e.Systems))
		}
		return err
	})
}

func TestManyMayOpenANewDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			s, err := store.Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestADatabaseOfANewerVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Write(t, s, func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(t.Context(), `insert into goose_db_version (version_id, is_applied) values (999, 1)`)
		return err
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err := store.Open(t.Context(), path); err == nil {
		_ = s.Close()
		t.Error("it was opened")
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("this is no database, but a text of some length"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no directory":        filepath.Join(file, "state.db"),
		"not a database":      file,
		"path with a meaning": filepath.Join(dir, "state.db?mode=memory"),
	} {
		if s, err := store.Open(t.Context(), path); err == nil {
			_ = s.Close()
			t.Errorf("%s: opened", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := store.Open(ctx, filepath.Join(dir, "state.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("opened although nobody waits: %v", err)
	}
}
