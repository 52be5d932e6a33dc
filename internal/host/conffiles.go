package host

import (
	"context"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/plainfile"
)

// Bounds on what is looked at and told of configuration that waits to be merged.
const (
	maxConffiles     = 100
	maxConffile      = 64 << 10 // bytes of a file that is compared
	maxDiff          = 4 << 10  // bytes of what is told of one
	maxAllDiffs      = 64 << 10
	maxConfigEntries = 100_000 // entries below /etc
)

// beside are the endings under which a new file of configuration is laid beside the changed one: by dpkg when
// it keeps the changed one, by ucf likewise.
var beside = []string{".dpkg-dist", ".dpkg-new", ".ucf-dist", ".ucf-new"}

// conffiles lists the files of configuration below /etc that packages brought anew while the host's own ones
// were kept. What cannot be looked at is left out: this is a list of tasks, not a judgement.
func (m *Machine) conffiles(ctx context.Context) []fact.Conffile {
	top, err := os.OpenRoot(m.path("/"))
	if err != nil {
		return nil
	}
	defer func() { _ = top.Close() }()
	var found []fact.Conffile
	entries, told := 0, 0
	_ = fs.WalkDir(top.FS(), "etc", func(name string, e fs.DirEntry, err error) error {
		entries++
		switch {
		case ctx.Err() != nil || len(found) == maxConffiles || entries > maxConfigEntries:
			return fs.SkipAll
		case err != nil:
			return nil //nolint:nilerr // what cannot be looked at is left out
		case !e.Type().IsRegular():
			return nil
		}
		for _, ending := range beside {
			if used, ok := strings.CutSuffix(name, ending); ok {
				c := fact.Conffile{Path: "/" + used, Offered: "/" + name}
				if told < maxAllDiffs {
					c.Diff = difference(top, used, name)
					told += len(c.Diff)
				}
				found = append(found, c)
			}
		}
		return nil
	})
	return found
}

// difference leads from the used file to the offered one. Files that not everybody on the host may read stay
// on the host.
func difference(top *os.Root, used, offered string) string {
	from, ok := open(top, used)
	to, also := open(top, offered)
	if !ok || !also {
		return ""
	}
	text := string(diff.Diff("/"+used, from, "/"+offered, to))
	_, text, _ = strings.Cut(text, "\n") // the line that names the tool
	text = secrets.ReplaceAllString(text, "$1 …")
	if len(text) > maxDiff {
		text = strings.ToValidUTF8(text[:maxDiff], "") + "\n…\n"
	}
	return strings.ToValidUTF8(text, "?")
}

// secrets are lines of configuration that set something secret; what follows the name is not told.
var secrets = regexp.MustCompile(`(?mi)^([-+ ][^\n]*?[\w.-]*(?:pass|passwd|password|passphrase|secret|token|api_?key|private_?key|credential)[\w.-]*['"]?\s*(?:=>?|:|\s))[^\n]*$`)

// open reads a small plain file that everybody may read.
func open(top *os.Root, name string) ([]byte, bool) {
	text, info, err := plainfile.Follow(top, path.Clean(name), maxConffile)
	return text, err == nil && info.Mode().Perm()&0o004 != 0
}
