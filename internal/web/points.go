package web

import (
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/conversion"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// How many restore points and dumps a system's page shows.
const (
	maxPoints = 20
	maxDumps  = 50
)

// points are the restore points on the host, the newest first.
func points(v systemView) []fact.Point {
	list := slices.Clone(v.S.Facts.Points)
	slices.Reverse(list)
	return list[:min(len(list), maxPoints)]
}

// dumpRow is a declared dump, and whether it counts.
type dumpRow struct {
	Of, Path string
	Made     time.Time // zero: there is none
	Mark     mark
	Why      lang.Text // why it does not count; zero: it does
}

// dumps judges the declared dumps by the time at which the host saw them, as planning does: how old one is now says
// nothing about a host that has not reported since.
func dumps(v systemView) []dumpRow {
	var rows []dumpRow
	for _, d := range v.S.Facts.Dumps[:min(len(v.S.Facts.Dumps), maxDumps)] {
		row := dumpRow{Of: d.Of, Path: d.Path, Mark: mark{"done", pointWords.Counts}}
		if d.Made > 0 {
			row.Made = unix(d.Made)
		}
		one := conversion.Dump{Of: d.Of, Path: d.Path, Made: row.Made, MaxAge: time.Duration(d.Hours) * time.Hour, Problem: d.Problem}
		if row.Why = one.Stale(v.S.Observed); !row.Why.IsZero() {
			row.Mark = mark{"late", pointWords.CountsNot}
		}
		rows = append(rows, row)
	}
	return rows
}

func unix(s int64) time.Time { return time.Unix(s, 0) }
