package service

import (
	"bufio"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/host/command"
)

// Manager is how needrestart names the system manager itself, which is not restarted but executed anew.
const Manager = "systemd-manager"

// Kernel states of needrestart (needrestart(1), NEEDRESTART-KSTA).
const (
	KernelUnknown = 0
	KernelCurrent = 1
	KernelABI     = 2 // same name, newer build
	KernelVersion = 3 // newer version
)

// Restarts is what needrestart found.
type Restarts struct {
	Kernel   int
	Running  string // kernel that runs
	Expected string // kernel that should run; empty when needrestart cannot tell, as in a container
	Services []string
}

// Needrestart looks for services that use replaced files, and at the kernel. It lists, and restarts
// nothing: "-b" for machines, "-r l" against a configuration that restarts by itself.
func Needrestart() command.Call {
	return command.Call{Tool: "needrestart", Args: []string{"-b", "-r", "l", "-k", "-l"}, Limit: 3 * time.Minute, Keep: 4 << 20}
}

// ParseNeedrestart reads its lines "NEEDRESTART-KEY: value" (README.batch.md of needrestart).
func ParseNeedrestart(r io.Reader) (Restarts, error) {
	var found Restarts
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	for in.Scan() {
		key, value, _ := strings.Cut(strings.TrimPrefix(in.Text(), "NEEDRESTART-"), ": ")
		value = strings.TrimSpace(value)
		switch key {
		case "KCUR":
			found.Running = value
		case "KEXP":
			found.Expected = value
		case "KSTA":
			if len(value) == 1 && value[0] >= '0' && value[0] <= '3' {
				found.Kernel = int(value[0] - '0')
			}
		case "SVC":
			if (value == Manager || isUnit(value)) && len(found.Services) < maxUnits {
				found.Services = append(found.Services, value)
			}
		}
	}
	slices.Sort(found.Services)
	found.Services = slices.Compact(found.Services)
	return found, in.Err()
}

// isUnit keeps what is passed on to systemctl to the form of a unit's name (systemd.unit(5)).
func isUnit(s string) bool {
	if s == "" || s[0] == '-' || len(s) > 255 {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte(":-_.\\@", c) >= 0:
		default:
			return false
		}
	}
	return strings.HasSuffix(s, ".service")
}
