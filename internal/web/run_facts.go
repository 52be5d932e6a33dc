package web

import (
	"strconv"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// factRow is one observation before and after.
type factRow struct {
	Kind          lang.Text // service, port, check
	Name          string
	Before, After lang.Text
	Bad           bool // was well before and is not any more
}

// compareFacts sets the observations side by side: those that differ, and those that do not.
func compareFacts(before, after *verdict.Observation) (changed, same []factRow) {
	if before == nil || after == nil {
		return nil, nil
	}
	rows := compareUnits(before.Units, after.Units)
	rows = append(rows, comparePorts(before.Listen, after.Listen)...)
	rows = append(rows, compareChecks(before.Checks, after.Checks)...)
	for _, row := range rows {
		if row.Before == row.After {
			same = append(same, row)
		} else {
			changed = append(changed, row)
		}
	}
	return changed, same
}

// pairs goes through the keys of two lists in order, each key once.
func pairs[T any](before, after []T, key func(T) string, row func(name string, before, after *T)) {
	index := func(list []T) map[string]*T {
		m := make(map[string]*T, len(list))
		for i := range list {
			m[key(list[i])] = &list[i]
		}
		return m
	}
	was, is := index(before), index(after)
	seen := map[string]bool{}
	for _, list := range [][]T{before, after} {
		for i := range list {
			if k := key(list[i]); !seen[k] {
				seen[k] = true
				row(k, was[k], is[k])
			}
		}
	}
}

func compareUnits(before, after []fact.Unit) (rows []factRow) {
	text := func(u *fact.Unit) lang.Text {
		if u == nil {
			return runWords.Missing
		}
		return lang.T(u.Active+" ("+u.Sub+")", u.Active+" ("+u.Sub+")")
	}
	pairs(before, after, func(u fact.Unit) string { return u.Name }, func(name string, b, a *fact.Unit) {
		bad := b != nil && b.Active == "active" && (a == nil || a.Active != "active" || b.Sub == "running" && a.Sub == "exited")
		rows = append(rows, factRow{runWords.Service, name, text(b), text(a), bad})
	})
	return rows
}

func comparePorts(before, after []fact.Listener) (rows []factRow) {
	text := func(l *fact.Listener) lang.Text {
		switch {
		case l == nil:
			return runWords.NotListening
		case l.Process == "":
			return lang.T(orDash(l.Address), orDash(l.Address))
		}
		return lang.T(l.Process, l.Process)
	}
	key := func(l fact.Listener) string { return l.Proto + "/" + strconv.Itoa(l.Port) }
	pairs(before, after, key, func(name string, b, a *fact.Listener) {
		rows = append(rows, factRow{runWords.Port, name, text(b), text(a), b != nil && a == nil})
	})
	return rows
}

func compareChecks(before, after []verdict.CheckResult) (rows []factRow) {
	text := func(c *verdict.CheckResult) lang.Text {
		switch {
		case c == nil:
			return runWords.NotChecked
		case c.Passed:
			return said(runWords.CheckGood, c.Saw)
		}
		return said(runWords.CheckBad, c.Saw)
	}
	key := func(c verdict.CheckResult) string { return c.Check.Name }
	pairs(before, after, key, func(name string, b, a *verdict.CheckResult) {
		bad := b != nil && b.Passed && (a == nil || !a.Passed)
		rows = append(rows, factRow{runWords.Check, name, text(b), text(a), bad})
	})
	return rows
}

// said adds what was seen to a judgement.
func said(judged lang.Text, saw string) lang.Text {
	if saw == "" {
		return judged
	}
	return lang.Textf("%[1]s (%[2]s)", "%[1]s (%[2]s)", judged, saw)
}
