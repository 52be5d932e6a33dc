package host

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host/measure"
	"github.com/patchwart/patchwart/internal/wire"
)

// Measure is one measure against a hole on this host, to be put in place or to be taken back. It has the steps
// of a run, as a change of packages has; its restore point is its own record, which holds exactly what it
// touches.
type Measure struct {
	m    *Machine
	what mitigation.Measure
	lift bool
}

// Measure gives the steps of an order about a measure; ok is false for every other order.
func (m *Machine) Measure(w wire.WorkOrder) (Measure, bool) {
	what, ok := w.Measure()
	return Measure{m: m, what: what, lift: w.Verb() == wire.Lift}, ok
}

// Precheck says why the order cannot be carried out now. It writes nothing.
func (s Measure) Precheck(ctx context.Context) *Trouble {
	return s.refused(s.m.desk.Ready(ctx, s.what, s.lift))
}

// Save keeps what will have to be put back.
func (s Measure) Save(ctx context.Context) (run.Point, *Trouble) {
	kept, err := s.m.desk.Save(ctx, s.what, s.lift)
	if err != nil {
		return run.Point{}, s.refused(err)
	}
	return run.Point{ID: s.what.ID, Driver: "measure", Files: kept.Things(), ManifestSHA256: kept.ManifestSHA256()}, nil
}

// Apply does what was ordered.
func (s Measure) Apply(ctx context.Context, line func(string)) *Trouble {
	if s.lift {
		return s.failed(s.m.desk.Back(ctx, s.what, line))
	}
	return s.failed(s.m.desk.Put(ctx, s.what, line))
}

// Undo brings the host back to how it was before the order, and proves it: without the measure, or, where one
// was to be taken back, with it.
func (s Measure) Undo(ctx context.Context, line func(string)) (verdict.Proof, *Trouble) {
	if !s.lift {
		if err := s.m.desk.Back(ctx, s.what, line); err != nil {
			return verdict.Proof{}, s.failed(err)
		}
		proof, err := s.m.desk.Proof(ctx, s.what)
		return proof, s.failed(err)
	}
	if err := s.m.desk.Put(ctx, s.what, line); err != nil {
		return verdict.Proof{}, s.failed(err)
	}
	state, err := s.m.desk.State(ctx, s.what, false)
	proof := verdict.Proof{Point: s.what.ID, Checked: 1}
	if err == nil && !state.Done {
		proof.Differences = []string{state.Saw}
	}
	return proof, s.failed(err)
}

// Complete reports whether all of the order is done, and what is missing.
func (s Measure) Complete(ctx context.Context) (bool, string, error) {
	state, err := s.m.desk.State(ctx, s.what, s.lift)
	return state.Done, state.Saw, err
}

// Observe looks at what a verdict on a measure compares: what it takes away on purpose is left out, and how it
// stands is added. No versions are looked at, and nothing is waited for but services on their way up or down.
func (s Measure) Observe(ctx context.Context, w wire.WorkOrder) (verdict.Observation, error) {
	seen, err := s.m.steady(ctx, w)
	if err != nil {
		return seen, err
	}
	units, listen, err := s.m.desk.Taken(ctx, s.what)
	if err != nil {
		return seen, err
	}
	seen.Units = slices.DeleteFunc(seen.Units, func(u fact.Unit) bool { return slices.Contains(units, u.Name) })
	served := map[string]bool{}
	for _, l := range listen {
		served[l.Proto+"/"+strconv.Itoa(l.Port)] = true
	}
	seen.Listen = slices.DeleteFunc(seen.Listen, func(l fact.Listener) bool { return served[l.Proto+"/"+strconv.Itoa(l.Port)] })
	seen.Checks = slices.DeleteFunc(seen.Checks, func(c verdict.CheckResult) bool { return served["tcp/"+strconv.Itoa(c.Check.Port)] })
	seen.Reboot = fact.Reboot{} // no measure makes a reboot due, and none waits for one
	state, err := s.m.desk.State(ctx, s.what, s.lift)
	seen.Measure = &state
	return seen, err
}

// reasons word what can keep a measure from being carried out.
var reasons = []struct {
	is   error
	text lang.Text
}{
	{measure.ErrTool, lang.T("dem Host fehlt ein Werkzeug", "the host lacks a tool")},
	{measure.ErrUnknown, lang.T("das gibt es auf dem Host nicht", "there is no such thing on the host")},
	{measure.ErrForbidden, lang.T("das wird nie getan", "this is never done")},
	{measure.ErrTaken, lang.T("es ist schon belegt", "it is taken already")},
	{measure.ErrMore, lang.T("es würde mehr getroffen als gemeint", "more would be hit than is meant")},
	{measure.ErrChanged, lang.T("es ist nicht, was freigegeben wurde", "it is not what was approved")},
	{measure.ErrRejected, lang.T("der Dienst lehnt die Konfiguration ab", "the service rejects the configuration")},
	{measure.ErrNotKept, lang.T("die Maßnahme gilt hier nicht", "the measure is not in force here")},
}

func (s Measure) refused(err error) *Trouble { return worded(CodeMeasure, s.what, err) }
func (s Measure) failed(err error) *Trouble  { return worded(CodeMeasureApply, s.what, err) }

func worded(code string, m mitigation.Measure, err error) *Trouble {
	if err == nil {
		return nil
	}
	why := same(err.Error())
	for _, r := range reasons {
		if errors.Is(err, r.is) {
			detail := strings.ReplaceAll(err.Error(), ": "+r.is.Error(), "")
			why = lang.Textf("%[1]s (%[2]s)", "%[1]s (%[2]s)", r.text, detail)
			break
		}
	}
	if errors.Is(err, context.Canceled) {
		code = CodeStopped
	}
	return trouble(code, lang.Textf("%[1]s – %[2]s", "%[1]s – %[2]s", m.Text(), why), err.Error())
}
