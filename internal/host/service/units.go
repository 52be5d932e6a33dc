// Package service knows the services of a host: which run, which still use replaced files and have to
// be restarted, and which are better left running.
//
// Units are the promises of a host: what runs before a change must run after it. Jobs are no promises:
// what a timer, a socket or the message bus starts for a while is left out, so that a job that
// happened to run before a change is not missed afterwards, and two looks at an idle host agree.
package service

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/command"
)

const (
	maxUnits = 20_000
	maxLine  = 1 << 20
)

// Unit is a service as the system manager shows it.
type Unit struct {
	Name, Active, Sub string
	Type              string // simple, oneshot, dbus …
	Transient         bool
	TriggeredBy       []string // sockets, timers, paths that start it
	Wanted            bool     // some target asks for it, so it is started at boot
	RefuseStop        bool     // the unit's own setting RefuseManualStop
	Restarts          int      // how often the system manager restarted it by itself since somebody last started it
	Since             int64    // when it last became active, in microseconds of the host's monotonic clock; 0 = never
}

// List asks for all services that are not at rest: a host has several times as many that are loaded and inactive,
// and the system manager works for each that is asked for. Names given besides are shown in any state, even if they
// are not loaded.
func List(names ...string) command.Call {
	return command.Call{Tool: "systemctl", Args: append([]string{
		"show", "--no-pager",
		"--property=Id,ActiveState,SubState,Type,Transient,TriggeredBy,WantedBy,RequiredBy,RefuseManualStop,NRestarts,ActiveEnterTimestampMonotonic",
		"--", "*.service",
	}, names...)}
}

// ParseUnits reads what "systemctl show" prints: one block of KEY=value lines for each unit.
func ParseUnits(r io.Reader) ([]Unit, error) {
	var all []Unit
	var u Unit
	seen := map[string]bool{}
	err := ReadBlocks(r, func(key, value string) { u.set(key, value) }, func() error {
		if u.Name == "" {
			return nil
		}
		if len(all) == maxUnits {
			return fmt.Errorf("systemctl show: more than %d units", maxUnits)
		}
		if !seen[u.Name] {
			seen[u.Name] = true
			all = append(all, u)
		}
		u = Unit{}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// ReadBlocks reads what "systemctl show" prints: it gives each KEY=value line to set, and calls end behind each
// block.
func ReadBlocks(r io.Reader, set func(key, value string), end func() error) error {
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 64<<10), maxLine)
	for in.Scan() {
		if in.Text() == "" {
			if err := end(); err != nil {
				return err
			}
			continue
		}
		key, value, found := strings.Cut(in.Text(), "=")
		if !found {
			return fmt.Errorf("systemctl show: %.80q is no property", in.Text())
		}
		set(key, value)
	}
	if err := in.Err(); err != nil {
		return fmt.Errorf("systemctl show: %w", err)
	}
	return end()
}

func (u *Unit) set(key, value string) {
	switch key {
	case "Id":
		u.Name = value
	case "ActiveState":
		u.Active = value
	case "SubState":
		u.Sub = value
	case "Type":
		u.Type = value
	case "Transient":
		u.Transient = value == "yes"
	case "TriggeredBy":
		u.TriggeredBy = strings.Fields(value)
	case "WantedBy", "RequiredBy":
		u.Wanted = u.Wanted || strings.Contains(value, ".target")
	case "RefuseManualStop":
		u.RefuseStop = value == "yes"
	case "NRestarts":
		u.Restarts, _ = strconv.Atoi(value) // system managers before version 235 do not count
	case "ActiveEnterTimestampMonotonic":
		u.Since, _ = strconv.ParseInt(value, 10, 64)
	}
}

// Promise says whether the unit is expected to stay as it is: active until somebody stops it.
func (u Unit) Promise() bool {
	switch {
	case u.Transient, strings.HasPrefix(u.Name, "user@"), strings.HasPrefix(u.Name, "user-runtime-dir@"):
		return false // made at run time, or comes and goes with somebody's session
	case u.Type == "dbus" && !u.Wanted:
		return false // started by the message bus on demand, ends by itself
	}
	for _, t := range u.TriggeredBy {
		switch {
		case strings.HasSuffix(t, ".timer"), strings.HasSuffix(t, ".path"):
			return false // a job
		case strings.HasSuffix(t, ".socket") && !u.Wanted:
			return false // the socket is the promise
		}
	}
	return true
}

// Coming says that the unit is on its way to another state.
func (u Unit) Coming() bool {
	return u.Active == "activating" && u.Type != "oneshot" || u.Active == "deactivating" || u.Active == "reloading"
}

// Running lists the services that are active or failed and are promises, and the names of all that
// failed. own is the agent's unit, which is nobody's promise. Units in always are listed as they are.
func Running(all []Unit, own string, always ...string) (units []fact.Unit, failed []string) {
	for _, u := range all {
		f := fact.Unit{Name: u.Name, Active: u.Active, Sub: u.Sub}
		wanted := slices.Contains(always, u.Name)
		if u.Name == own && !wanted {
			continue
		}
		if u.Active == "failed" {
			failed = append(failed, u.Name)
		}
		if wanted || u.Active == "failed" || u.Active == "active" && u.Promise() {
			units = append(units, f)
		}
	}
	slices.SortFunc(units, func(a, b fact.Unit) int { return strings.Compare(a.Name, b.Name) })
	slices.Sort(failed)
	return units, failed
}
