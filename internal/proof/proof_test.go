package proof

import (
	"os"
	"path/filepath"
	"testing"
)

// What a test saw is written down when it has ended, and only then.
func TestOnlyWhatEndedWellIsWrittenDown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "proofs")
	t.Setenv(Env, file)
	t.Run("a good one", func(t *testing.T) {
		Obstacle(t, 4, "restored", "The script failed and the host was put back.")
		Cell(t, "begun applying", "files", "kill", "restored, identical")
		if _, err := os.Stat(file); err == nil {
			t.Error("written before the test has ended")
		}
	})
	t.Run("a skipped one", func(t *testing.T) {
		Obstacle(t, 5, "restored", "Nobody looked.")
		t.Skip("this machine cannot")
	})
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := Read(text)
	if err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, %v: %s", len(lines), err, text)
	}
	for _, l := range lines {
		if l.File != "internal/proof/proof_test.go" || l.Test != t.Name()+"/a_good_one" {
			t.Errorf("%+v", l)
		}
	}
	if _, err := Read([]byte("{\"obstacle\":\n")); err == nil {
		t.Error("half a line was read")
	}
}

func TestNothingIsWrittenUnasked(t *testing.T) {
	t.Setenv(Env, "")
	Obstacle(t, 4, "restored", "The script failed and the host was put back.")
}
