package host

import (
	"bytes"
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/debian"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/host/probe"
	"github.com/patchwart/patchwart/internal/host/service"
)

// settledLast is for how long it is told what Settle found, instead of looking through all processes again: verdict and
// first facts after a change are asked for as soon as it is made effective, and nothing has changed by then.
const settledLast = time.Minute

// settled is what Settle found.
type settled struct {
	reboot fact.Reboot
	at     time.Time
}

// reboot tells whether what runs is what is installed. Without needrestart, the memory maps and the
// images in /boot tell most of it.
func (m *Machine) reboot(ctx context.Context) (fact.Reboot, error) {
	m.mu.Lock()
	known := m.settled
	m.mu.Unlock()
	if known != nil && time.Since(known.at) < settledLast {
		return known.reboot, nil
	}
	found, err := m.stale(ctx)
	if err != nil {
		return fact.Reboot{}, err
	}
	return found.reboot(), nil
}

// stale is what runs and is not what is installed.
type stale struct {
	required bool
	expected string
	services []string
}

func (s stale) reboot() fact.Reboot {
	return fact.Reboot{Required: s.required, Expected: s.expected, Services: s.services}
}

func (m *Machine) stale(ctx context.Context) (stale, error) {
	var s stale
	container := probe.Container(m.opt.Root, procDir)
	if _, ok := m.run.Find("needrestart"); ok {
		res, err := m.run.Run(ctx, service.Needrestart())
		if err != nil {
			return s, err
		}
		found, err := service.ParseNeedrestart(bytes.NewReader(res.Output))
		if err != nil {
			return s, err
		}
		s.services = found.Services
		if !container && found.Kernel >= service.KernelABI {
			s.required, s.expected = true, found.Expected
		}
	} else if running, err := probe.Running(); err == nil && !container {
		newest := probe.NewestKernel(m.opt.Root, debian.Compare)
		if newest != "" && debian.Compare(newest, running) > 0 {
			s.required, s.expected = true, newest
		}
	}
	// The kernel of a container is not its own: no reboot of it would change anything.
	if _, err := os.Stat(m.path("/run/reboot-required")); err == nil && !container {
		s.required = true
	}
	s.services = append(s.services, service.Replaced(procDir, m.opt.Aside)...)
	slices.Sort(s.services)
	s.services = slices.Compact(s.services)
	s.services = slices.DeleteFunc(s.services, func(name string) bool { return name == m.opt.Unit || strings.HasPrefix(name, "user@") })
	return s, nil
}
