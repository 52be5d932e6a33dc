package web

import (
	"cmp"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/exception"
)

// markOfRuling is the mark of a rating by a person.
func markOfRuling(holds bool) mark {
	if holds {
		return mark{"may", holeWords.InForce}
	}
	return mark{"idle", holeWords.Over}
}

// markOfException is the mark of an exception.
func markOfException(s exception.State) mark {
	switch s {
	case exception.InForce:
		return mark{"may", holeWords.InForce}
	case exception.Proposed:
		return mark{"wait", holeWords.Proposed}
	}
	return mark{"idle", holeWords.Over}
}

// markOfMitigation is the mark of a mitigation.
func markOfMitigation(m board.Mitigation) mark {
	switch {
	case m.Over:
		return mark{"idle", holeWords.Over}
	case m.Holds:
		return mark{"done", holeWords.Holds}
	}
	return mark{"stop", holeWords.HoldsNot}
}

// lastOf is the newest of a mitigation's runs.
func lastOf(runs []string) string {
	if len(runs) == 0 {
		return ""
	}
	return runs[len(runs)-1]
}

// exceptionScope is what an exception holds for.
func exceptionScope(e board.Exception) string { return cmp.Or(e.Scope.System, e.Scope.Customer) }
