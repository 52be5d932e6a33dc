package restore

import (
	"errors"
	"fmt"
	"strings"
)

var (
	// ErrNotFound says: there is no point of that name.
	ErrNotFound = errors.New("no such restore point")
	// ErrExists says: a complete point of that name is there and is not overwritten.
	ErrExists = errors.New("restore point exists already")
	// ErrIncomplete says: saving the point was never finished. Save it again or drop it.
	ErrIncomplete = errors.New("restore point is incomplete")
	// ErrNoSpace says: the point would not fit. Nothing was written. See SpaceError.
	ErrNoSpace = errors.New("not enough space for a restore point")
	// ErrChanging says: something writes to a path while it is being saved.
	ErrChanging = errors.New("changes while it is being saved")
	// ErrPointDamaged says: what the point holds is no longer what its manifest says. See DamagedError.
	ErrPointDamaged = errors.New("restore point is damaged")
	// ErrNotIdentical says: after a restore the system still differs from the point.
	ErrNotIdentical = errors.New("system is not identical to the restore point")
	// ErrBusy says: another save, restore or drop works on the same store.
	ErrBusy = errors.New("restore points are in use by another process")
	// ErrUnsafe says: the place for the points is open to others than its owner, or not usable as one.
	ErrUnsafe = errors.New("restore store is not safe")
)

// SpaceError says what a point needs and what is there. It is an ErrNoSpace.
type SpaceError struct {
	Need, Free Space
	Store      string
}

// Space is an amount of a file system.
type Space struct {
	Bytes  int64 `json:"bytes"`
	Inodes int64 `json:"inodes"`
}

func (e *SpaceError) Error() string {
	return fmt.Sprintf("%s: %v: needs %d bytes and %d inodes, free are %d and %d; free some space or declare customer data as such",
		e.Store, ErrNoSpace, e.Need.Bytes, e.Need.Inodes, e.Free.Bytes, e.Free.Inodes)
}

// Unwrap makes the error an ErrNoSpace.
func (e *SpaceError) Unwrap() error { return ErrNoSpace }

// DamagedError names the paths that the point can no longer give back: their saved content was
// changed in place. It is an ErrPointDamaged.
type DamagedError struct {
	ID    string
	Paths []string // never empty, at most MaxDifferences
}

func (e *DamagedError) Error() string {
	shown := e.Paths
	if len(shown) > 5 {
		shown = shown[:5]
	}
	more := ""
	if n := len(e.Paths) - len(shown); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("restore point %s: %v: the saved content of %s%s was changed in place and cannot be given back; everything else is restored",
		e.ID, ErrPointDamaged, strings.Join(shown, ", "), more)
}

// Unwrap makes the error an ErrPointDamaged.
func (e *DamagedError) Unwrap() error { return ErrPointDamaged }
