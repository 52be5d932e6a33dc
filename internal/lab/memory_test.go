package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAMemorySeesEveryChange: whatever is done to a file, with its times set back, too, is seen.
func TestAMemorySeesEveryChange(t *testing.T) {
	root := t.TempDir()
	name := filepath.Join(root, "a")
	write := func(text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var m Memory
	walk := func() Tree {
		tree, err := m.Walk(root, nil)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := Walk(root, nil)
		if err != nil || len(Diff(plain, tree)) > 0 {
			t.Fatalf("by memory it is another root: %v, %v", Diff(plain, tree), err)
		}
		return tree
	}
	write("one")
	before := walk()
	if len(m.files) != 0 {
		t.Error("a file that was just changed is remembered")
	}
	write("two") // at once, of the same size
	if diff := Diff(before, walk()); len(diff) != 1 {
		t.Errorf("a change within the clock's tick: %v", diff)
	}
	for end := time.Now().Add(10 * time.Second); len(m.files) == 0 && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		before = walk()
	}
	if len(m.files) != 1 {
		t.Fatal("nothing is remembered")
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	write("six")
	if err := os.Chtimes(name, info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if diff := Diff(before, walk()); len(diff) != 1 || !strings.Contains(diff[0], "content") {
		t.Errorf("a change with its time set back: %v", diff)
	}
	m.Forget()
	walk()
}
