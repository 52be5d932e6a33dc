package agent

import (
	_ "embed"
	"fmt"
	"path/filepath"
	"strings"
)

//go:embed patchwart-agent.service
var unit string

// Unit is the systemd unit of an agent whose binary lies at that absolute path. Its comments say why
// it is as it is; in short:
//
//   - It restarts always, after a second, without a limit: a killed agent takes its run up again.
//   - The whole control group dies with it, so that no package manager goes on unseen.
//   - It is hardened no further than apt and maintainer scripts can bear: whatever restricts files,
//     mounts, capabilities or set-uid would restrict the packages that are installed.
//   - It is among the last that the kernel kills when memory runs out.
func Unit(binary string) (string, error) {
	if !filepath.IsAbs(binary) || strings.ContainsAny(binary, " \t\n\"'\\%$;") {
		return "", fmt.Errorf("agent: %q is no path that a unit can name", binary)
	}
	return strings.ReplaceAll(unit, "@BINARY@", binary), nil
}
