// Package restore is the way back: the contract of restore points and the values that go with it.
//
// A restore point is taken before the first write of a run. It holds what is needed to bring the
// system's own paths back to exactly what they were: path, type, mode, owner, extended attributes,
// hard links and content. What belongs to the customer is neither saved nor rolled back, so that
// nothing written since is lost (see Scope).
//
// The rules every driver keeps, and that package restoretest checks:
//
//   - Save returns only after the point is durable. A point that is not complete is never restored from.
//   - Restore may be cut off at any instant and called again; it ends with a full check of its own and
//     returns nil only if the system is identical to the point.
//   - Nothing that came since is deleted by Restore: it is moved aside, into the point.
//   - What cannot be brought back is named and is an error, and everything else is brought back first.
//   - Nothing is dropped by itself. How long a point is kept is its caller's policy.
package restore

import (
	"context"
	"time"
)

// Driver keeps restore points of one host in one place. Its calls are safe to repeat after a crash;
// a call while another one works on the same store fails with ErrBusy.
type Driver interface {
	// Save takes a point named id of what sc covers. It fails with ErrExists if a complete point of
	// that name is there, with ErrNoSpace before anything is written if it would not fit, and with
	// ErrChanging if something else writes to what is being saved. An incomplete point of the same
	// name, left by a crash, is replaced.
	Save(ctx context.Context, id string, sc Scope) (Point, error)
	// Restore brings everything the point covers back and then verifies all of it. The error is nil
	// only if the result is identical. Errors: ErrNotFound, ErrIncomplete, ErrPointDamaged (the rest
	// is restored; Result.Damaged names the paths), ErrNotIdentical (Result.Verified has the differences).
	Restore(ctx context.Context, id string) (Result, error)
	// Verify compares the system with the point, all content included, and changes nothing.
	// Differences are a result, not an error.
	Verify(ctx context.Context, id string) (VerifyResult, error)
	// Drop removes a point, complete or not, with what was moved aside into it. Dropping what is not
	// there succeeds, so that it can be repeated after a crash.
	Drop(ctx context.Context, id string) error
	// List gives all points in the order they were created, incomplete ones included.
	List(ctx context.Context) ([]Point, error)
}

// Preparer is a Driver that can do part of the work of a Save beforehand, while nothing waits for it.
type Preparer interface {
	// Prepare looks at what sc covers as a Save would, and keeps what the next Save would otherwise have to find
	// out. It makes no point and changes nothing outside the driver's store. Cut off, it keeps what it came to.
	Prepare(ctx context.Context, sc Scope) (Preparation, error)
}

// Preparation says what a Prepare did.
type Preparation struct {
	Files int   // whose content need not be read by the next Save
	Read  int64 // bytes it had to read for that; the rest was known
}

// Point describes one restore point.
type Point struct {
	ID       string        `json:"id"`
	Driver   string        `json:"driver"`  // which driver made it: "files", …
	Created  time.Time     `json:"created"` // by the clock the driver was given, UTC
	Complete bool          `json:"complete"`
	Files    int           `json:"files"`  // paths covered, of every type
	Bytes    int64         `json:"bytes"`  // content covered
	Stored   int64         `json:"stored"` // content the point holds as copies of its own
	Linked   int           `json:"linked"` // files kept by a hard link
	Copied   int           `json:"copied"`
	Cloned   int           `json:"cloned"` // files kept by sharing blocks (reflink)
	Took     time.Duration `json:"took"`
	// Whole says that the point is of the whole disk: restoring it takes back what customers wrote since,
	// too. Only a driver outside the host makes such points.
	Whole bool `json:"whole,omitempty"`
	// ManifestSHA256 names the saved state: two points with the same value saved the same thing at the
	// same time. It belongs in the journal and in the report.
	ManifestSHA256 string `json:"manifest_sha256"`
}

// Age is how old the point is at now.
func (p Point) Age(now time.Time) time.Duration { return now.Sub(p.Created) }

// Aspects of a path in which a system can differ from its point. The time of last modification is
// restored but is not one of them.
const (
	Missing = "missing" // the point has the path, the system has not
	Extra   = "extra"   // the system has the path, the point has not
	Type    = "type"    // file, directory, symlink, …
	Mode    = "mode"    // permission bits with set-uid, set-gid and sticky
	Owner   = "owner"   // uid:gid
	Xattr   = "xattr"   // extended attributes, with capabilities and access lists
	Content = "content" // SHA-256 of a file
	Target  = "target"  // of a symbolic link
	Rdev    = "rdev"    // number of a device node
	Link    = "link"    // which paths are one file
)

// Difference is one aspect of one path in which the system is not what the point says.
type Difference struct {
	Path   string `json:"path"` // absolute below the scope's root
	Aspect string `json:"aspect"`
	Want   string `json:"want"`
	Got    string `json:"got"`
}

// MaxDifferences is how many differences a VerifyResult lists; the rest is only counted.
const MaxDifferences = 1000

// VerifyResult is the outcome of a comparison.
type VerifyResult struct {
	Checked     int          `json:"checked"` // paths compared
	Bytes       int64        `json:"bytes"`   // content hashed
	Differences []Difference `json:"differences,omitempty"`
	Omitted     int          `json:"omitted,omitempty"` // differences beyond MaxDifferences
	// ManifestSHA256 is that of the point compared with.
	ManifestSHA256 string        `json:"manifest_sha256"`
	Took           time.Duration `json:"took"`
}

// Identical says that everything was compared and nothing differs.
func (v VerifyResult) Identical() bool { return len(v.Differences) == 0 && v.Omitted == 0 }

// Result is what a Restore did. It is filled as far as the Restore came, also when it failed.
type Result struct {
	Replaced int `json:"replaced"` // paths put back from the point
	Mended   int `json:"mended"`   // paths whose mode, owner or attributes alone were put back
	Aside    int `json:"aside"`    // paths that came since and were moved aside, a whole tree counting once
	// AsideDir is where they are now, empty if nothing was moved.
	AsideDir string `json:"aside_dir,omitempty"`
	// Damaged are the paths that the point can no longer give back.
	Damaged  []string      `json:"damaged,omitempty"`
	Verified VerifyResult  `json:"verified"`
	Took     time.Duration `json:"took"`
}

// Progress is reported while a driver works.
type Progress struct {
	Phase string // "save", "restore" or "verify"
	Done  int    // paths
	Total int    // paths
}
