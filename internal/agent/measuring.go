package agent

import (
	"context"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/wire"
)

// measure gives the steps of an order about a measure against a hole. It is carried out like a change of
// packages, with the same journal, the same look before and after and the same way back; only what the steps do
// is another.
func (h machine) measure(w wire.WorkOrder) (Steps, bool) {
	s, ok := h.m.Measure(w)
	one := measuring{machine: h, step: s}
	return Steps{Machine: one, Witness: one, Points: one, Power: one}, ok
}

// measuring is one measure on a host.Machine in the terms of the agent.
type measuring struct {
	machine
	step host.Measure
}

func (m measuring) Precheck(ctx context.Context, _ wire.WorkOrder) error {
	return told(m.step.Precheck(ctx))
}

// Fetch has nothing to download.
func (measuring) Fetch(context.Context, wire.WorkOrder, func(string)) error { return nil }

func (m measuring) Install(ctx context.Context, w wire.WorkOrder, line func(string)) error {
	ctx, cancel := context.WithTimeout(ctx, w.Limit())
	defer cancel()
	return told(m.step.Apply(ctx, line))
}

// Settle has nothing to restart beyond what the measure itself does, and no measure needs a reboot.
func (measuring) Settle(context.Context, func(string)) (fact.Reboot, error) {
	return fact.Reboot{}, nil
}

func (m measuring) Observe(ctx context.Context, w wire.WorkOrder) (verdict.Observation, error) {
	return m.step.Observe(ctx, w)
}

func (m measuring) LookUp(ctx context.Context, _ wire.WorkOrder) (complete bool, detail string, err error) {
	return m.step.Complete(ctx)
}

// Revive has nothing to do: putting a measure back starts what it had stopped.
func (measuring) Revive(context.Context, wire.WorkOrder, verdict.Observation, func(string)) error {
	return nil
}

func (m measuring) Save(ctx context.Context, _ string) (run.Point, error) {
	point, t := m.step.Save(ctx)
	return point, told(t)
}

func (m measuring) Restore(ctx context.Context, _ string) (verdict.Proof, error) {
	proof, t := m.step.Undo(ctx, nil)
	return proof, told(t)
}

// Drop has nothing to do: the record of a measure is looked after with the other records.
func (measuring) Drop(context.Context, string) error { return nil }

// List is empty: the records of measures are no restore points of the system, and are looked after elsewhere.
func (measuring) List(context.Context) ([]KeptPoint, error) { return nil, nil }
