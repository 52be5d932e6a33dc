package host

import (
	"context"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/command"
)

const rebootLimit = time.Minute

// Reboot has the system manager reboot the host in good order, and returns once that is on its way. What is
// written before is flushed first: a shutdown that hangs may be ended by pulling the plug.
func (m *Machine) Reboot(ctx context.Context) *Trouble {
	if err := m.flush(); err != nil {
		return fromError(CodeReboot, err, "")
	}
	if m.opt.Root != "/" {
		return trouble(CodeReboot, lang.T("ein anderes Wurzelverzeichnis lässt sich nicht neu starten", "another root directory cannot be rebooted"), "")
	}
	res, err := m.run.Run(ctx, command.Call{Tool: "systemctl", Args: []string{"--no-pager", "--no-ask-password", "--no-block", "--no-wall", "reboot"}, Limit: rebootLimit})
	if err != nil {
		return fromError(CodeReboot, err, res.Tail)
	}
	return nil
}
