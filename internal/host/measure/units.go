package measure

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/host/command"
	"github.com/patchwart/patchwart/internal/host/durable"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/host/service"
)

// units stops a unit and what would start it again, and keeps both from starting, whoever asks: a reboot, a
// package's maintainer script, a socket, another service.
//
// It does so by a condition that never holds, in a drop-in, and not by masking: a mask cannot be laid over a
// unit whose file lies in /etc, and a start that a condition forbids is skipped quietly, where a masked unit
// makes the maintainer script fail that wants to start it.
type units struct{ *Desk }

// dropIn is the name of the file that forbids a start. It sorts behind what others put there.
const dropIn = "zz-patchwart-stopped.conf"

func forbids(m mitigation.Measure) []byte {
	return []byte("# Stopped by Patchwart, measure " + m.ID + ". Taking the measure back removes this file.\n" +
		"[Unit]\nConditionPathExists=!/\n")
}

func dropInPath(unit string) string { return path.Join("/etc/systemd/system", unit+".d", dropIn) }

const maxTriggers = 10

// ready wants a unit that is known and may be stopped, that nobody else's measure holds, and whose stop takes
// nothing with it that is not part of it.
func (u units) ready(ctx context.Context, m mitigation.Measure) error {
	all, err := u.covered(ctx, m.Unit)
	if err != nil {
		return err
	}
	others, err := u.inForceBut(mitigation.StopUnit, m.ID)
	if err != nil {
		return err
	}
	var dependents []string
	for _, one := range all {
		switch {
		case mitigation.Spared(one["Id"]):
			return fmt.Errorf("%s: %w", one["Id"], ErrForbidden)
		case one["RefuseManualStop"] == "yes":
			return fmt.Errorf("%s: %w: the unit refuses to be stopped by hand", one["Id"], ErrForbidden)
		}
		for _, k := range others {
			if slices.ContainsFunc(k.Before.Units, func(b fact.Unit) bool { return b.Name == one["Id"] }) {
				return fmt.Errorf("%s: %w: %s", one["Id"], ErrTaken, k.Measure.ID)
			}
		}
		for _, property := range []string{"RequiredBy", "BoundBy", "ConsistsOf"} {
			dependents = append(dependents, strings.Fields(one[property])...)
		}
	}
	dependents = slices.DeleteFunc(dependents, func(name string) bool {
		covered := slices.ContainsFunc(all, func(c map[string]string) bool { return c["Id"] == name })
		return covered || !strings.HasSuffix(name, ".service") && !strings.HasSuffix(name, ".socket")
	})
	if len(dependents) == 0 {
		return nil
	}
	slices.Sort(dependents)
	states, err := u.show(ctx, slices.Compact(dependents)...)
	if err != nil {
		return err
	}
	for _, s := range states {
		if s["ActiveState"] == "active" {
			return fmt.Errorf("%s would be stopped with %s: %w", s["Id"], m.Unit, ErrMore)
		}
	}
	return nil
}

// before keeps the states of all units that will be stopped, and what they serve.
func (u units) before(ctx context.Context, m mitigation.Measure) (Before, error) {
	var b Before
	all, err := u.covered(ctx, m.Unit)
	if err != nil {
		return b, err
	}
	served := map[uint64]bool{}
	for _, one := range all {
		b.Units = append(b.Units, fact.Unit{Name: one["Id"], Active: one["ActiveState"], Sub: one["SubState"]})
		for _, pid := range u.members(one["ControlGroup"]) {
			for _, inode := range u.sockets(pid) {
				served[inode] = true
			}
		}
	}
	b.Listen, err = probe.Served(u.proc(), served)
	if err != nil {
		return b, err
	}
	for _, one := range all {
		if strings.HasSuffix(one["Id"], ".socket") { // the system manager itself holds these
			b.Listen = append(b.Listen, listens(one["Listen"])...)
		}
	}
	return b, nil
}

// covered is the unit with all that would start it again, these first.
func (u units) covered(ctx context.Context, unit string) ([]map[string]string, error) {
	main, err := u.show(ctx, unit)
	if err != nil {
		return nil, err
	}
	if len(main) != 1 || main[0]["LoadState"] != "loaded" {
		return nil, fmt.Errorf("%s: %w", unit, ErrUnknown)
	}
	triggers := strings.Fields(main[0]["TriggeredBy"])
	if len(triggers) == 0 {
		return main, nil
	}
	if len(triggers) > maxTriggers {
		return nil, fmt.Errorf("%s is started by %d others: %w", unit, len(triggers), ErrMore)
	}
	first, err := u.show(ctx, triggers...)
	return append(first, main...), err
}

func (u units) put(ctx context.Context, m mitigation.Measure, b Before, line func(string)) error {
	var names []string
	for _, one := range b.Units {
		names = append(names, one.Name)
		place := u.path(dropInPath(one.Name))
		if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil { //nolint:gosec // as all such folders of the system manager
			return err
		}
		if err := durable.WriteMode(place, forbids(m), 0o644); err != nil {
			return err
		}
	}
	if err := u.systemctl(ctx, line, "daemon-reload"); err != nil {
		return err
	}
	return u.systemctl(ctx, line, append([]string{"stop", "--"}, names...)...)
}

func (u units) back(ctx context.Context, _ mitigation.Measure, b Before, line func(string)) error {
	for _, one := range b.Units {
		place := u.path(dropInPath(one.Name))
		if err := remove(place); err != nil {
			return err
		}
		// The directory goes if nothing else is in it; that it stays is no harm.
		_ = os.Remove(filepath.Dir(place))
	}
	if err := u.systemctl(ctx, line, "daemon-reload"); err != nil {
		return err
	}
	for i := len(b.Units) - 1; i >= 0; i-- {
		if one := b.Units[i]; one.Active == "active" && !strings.HasSuffix(one.Name, ".timer") || one.Active == "active" && one.Sub == "waiting" {
			if err := u.systemctl(ctx, line, "start", "--", one.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (u units) holds(ctx context.Context, m mitigation.Measure, b Before) (string, error) {
	states, err := u.show(ctx, names(b.Units)...)
	if err != nil {
		return "", err
	}
	for _, one := range b.Units {
		text, err := os.ReadFile(u.path(dropInPath(one.Name)))
		if err != nil || !bytes.Equal(text, forbids(m)) {
			return one.Name + " is not kept from starting", nil //nolint:nilerr // the finding
		}
	}
	for _, s := range states {
		switch {
		case s["ActiveState"] != "inactive" && s["ActiveState"] != "failed":
			return s["Id"] + " is " + s["ActiveState"], nil
		case !strings.Contains(s["DropInPaths"], dropIn):
			return s["Id"] + " could be started: the system manager has not read the condition", nil
		}
	}
	if len(states) != len(b.Units) {
		return "a unit is gone", nil
	}
	return "", nil
}

func (u units) differs(ctx context.Context, _ mitigation.Measure, b Before) (list []string, compared int, err error) {
	states, err := u.show(ctx, names(b.Units)...)
	if err != nil {
		return nil, 0, err
	}
	for _, one := range b.Units {
		compared += 2
		there, err := u.exists(dropInPath(one.Name))
		if err != nil {
			return nil, compared, err
		}
		if there {
			list = append(list, dropInPath(one.Name)+" is still there")
		}
		at := slices.IndexFunc(states, func(s map[string]string) bool { return s["Id"] == one.Name })
		switch {
		case at < 0:
			list = append(list, one.Name+" is gone")
		case one.Active == "active" && states[at]["ActiveState"] != "active":
			list = append(list, one.Name+" is "+states[at]["ActiveState"])
		}
	}
	return list, compared, nil
}

// shown are the properties that are asked for.
const shown = "Id,LoadState,ActiveState,SubState,RefuseManualStop,TriggeredBy,RequiredBy,BoundBy,ConsistsOf,ControlGroup,DropInPaths,Listen"

// show asks the system manager for units.
func (u units) show(ctx context.Context, names ...string) ([]map[string]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	res, err := u.Tools.Run(ctx, command.Call{Tool: "systemctl", Args: append([]string{"show", "--no-pager", "--property=" + shown, "--"}, names...)})
	if err != nil {
		return nil, toolError(err)
	}
	return parseShown(res.Output)
}

// parseShown reads blocks of KEY=value lines, one block for each unit. A key that comes again adds to its value.
func parseShown(text []byte) ([]map[string]string, error) {
	var list []map[string]string
	var one map[string]string
	err := service.ReadBlocks(bytes.NewReader(text), func(key, value string) {
		if one == nil {
			one = map[string]string{}
			list = append(list, one)
		}
		if have := one[key]; have != "" {
			value = have + "\n" + value
		}
		one[key] = value
	}, func() error {
		one = nil
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, nil
}

func (d *Desk) systemctl(ctx context.Context, line func(string), args ...string) error {
	if line != nil {
		line("systemctl " + strings.Join(args, " "))
	}
	_, err := d.Tools.Run(ctx, command.Call{Tool: "systemctl", Args: append([]string{"--no-pager", "--no-ask-password"}, args...)})
	return toolError(err)
}

func toolError(err error) error {
	if errors.Is(err, command.ErrMissing) {
		return fmt.Errorf("%w: %w", ErrTool, err)
	}
	return err
}

func names(units []fact.Unit) []string {
	list := make([]string, 0, len(units))
	for _, u := range units {
		list = append(list, u.Name)
	}
	return list
}
