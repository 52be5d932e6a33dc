package agent

import (
	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/btrfs"
	"github.com/patchwart/patchwart/internal/host/restore/files"
)

// saving picks the driver that a new restore point is made with: snapshots where the root is a btrfs
// subvolume, files everywhere else. A host policy that pins one is obeyed or, where that cannot work, the
// run is blocked: another way back than the one asked for would be a guess.
func saving(sc restore.Scope, pinned string) (restore.Driver, error) {
	why := btrfs.Usable(sc)
	switch {
	case pinned == hostpolicy.RestoreFiles:
		return keeping(sc), nil
	case why == nil:
		return btrfs.New(sc.Store), nil
	case pinned == hostpolicy.RestoreBtrfs:
		return nil, &Trouble{Code: "point_driver", Detail: why.Error(), Cause: why, Text: lang.T(
			"Die Hostrichtlinie verlangt Snapshots mit btrfs, und dieser Host kann sie nicht machen.",
			"The host policy demands snapshots by btrfs, and this host cannot make them.")}
	}
	return files.New(sc.Store), nil
}

// keeping gives the driver for points that are there, whichever made them. It needs no policy: the way back
// must not depend on a file that can be wrong.
func keeping(sc restore.Scope) restore.Driver {
	if btrfs.Usable(sc) == nil {
		return btrfs.Files(sc.Store)
	}
	return files.New(sc.Store)
}
