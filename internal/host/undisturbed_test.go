package host

import (
	"errors"
	"os"
	"testing"
)

// TestAnswersAreAboutOneState: while the lists are asked, another apt-get refreshes them. What was answered before
// and after does not fit together, so it is asked anew, and where that never ends, it is said.
func TestAnswersAreAboutOneState(t *testing.T) {
	m := hostAt(t, fewPackages)
	lists := m.path("/var/lib/apt/lists")
	if err := os.MkdirAll(lists, 0o755); err != nil {
		t.Fatal(err)
	}
	refresh := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(lists+"/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	refresh("security_InRelease", "old")
	broken := errors.New("apt-get ended with 100")
	for name, c := range map[string]struct {
		ask   func(n int) error
		asked int
		want  error
	}{
		"nothing moves": {func(int) error { return nil }, 1, nil},
		"a list is replaced meanwhile": {func(n int) error {
			if n == 1 {
				refresh("security_InRelease", "newer")
			}
			return nil
		}, 2, nil},
		"a list is new": {func(n int) error {
			if n == 1 {
				refresh("vendor_InRelease", "")
			}
			return nil
		}, 2, nil},
		"somebody installs meanwhile": {func(n int) error {
			if n == 1 {
				return os.WriteFile(m.path("/var/lib/dpkg/status"), []byte(fewPackages+"\n"), 0o644)
			}
			return nil
		}, 2, nil},
		"a hold is set in the host's settings": {func(n int) error {
			if n > 1 {
				return nil
			}
			return os.MkdirAll(m.path("/etc/apt/preferences.d"), 0o755)
		}, 2, nil},
		"it moves all the time": {func(n int) error { refresh("security_InRelease", string(make([]byte, 10+n))); return nil }, askTries, errMoving},
		"the question fails":    {func(int) error { return broken }, 1, broken},
	} {
		asked := 0
		if err := m.undisturbed(func(uint64) error { asked++; return c.ask(asked) }); !errors.Is(err, c.want) || asked != c.asked {
			t.Errorf("%s: asked %d times, %v", name, asked, err)
		}
	}
}
