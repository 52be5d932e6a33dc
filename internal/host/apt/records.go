package apt

import (
	"fmt"
	"io"
	"strings"

	"github.com/patchwart/patchwart/internal/host/command"
)

// Records asks for the index entries of exact versions, "name=version" each.
func Records(names []string) command.Call {
	return command.Call{Tool: "apt-cache", Args: append([]string{"show", "--no-all-versions", "--"}, names...)}
}

// ParseSources reads index entries and gives the source package of each package that has another name
// than its source.
func ParseSources(r io.Reader) (map[string]string, error) {
	sources := map[string]string{}
	name := ""
	err := eachLine(r, func(line string) error {
		if v, ok := strings.CutPrefix(line, "Package: "); ok {
			name = v
		}
		if v, ok := strings.CutPrefix(line, "Source: "); ok && name != "" {
			if len(sources) == maxPackages {
				return fmt.Errorf("apt-cache show: more than %d packages", maxPackages)
			}
			if source, _, _ := strings.Cut(v, " "); source != "" {
				sources[name] = source
			}
		}
		if line == "" {
			name = ""
		}
		return nil
	})
	return sources, err
}
