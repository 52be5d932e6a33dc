package agent

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/host"
	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/wire"
)

// This file joins the agent with the machine it runs on: package host for all that is done to it, the
// driver of package restore for the way back.

// Real is the host that this process runs on. dir is the agent's state directory, which no restore may
// roll back; policy is the path of the host policy, which names the customer's data.
func Real(dir, policy string) (Host, error) {
	m, err := host.New(host.Options{})
	if err != nil {
		return Host{}, err
	}
	boot, err := m.Boot()
	if err != nil {
		return Host{}, fmt.Errorf("agent: which boot this is: %w", err)
	}
	points := NewPoints(dir, policy)
	real := machine{m: m, policy: policy}
	if kept, ok := points.(interface{ Covers(path string) bool }); ok {
		real.covered = kept.Covers
	}
	return Host{Scout: real, Machine: real, Witness: real, Points: points, Hold: holdOf(policy), Power: real, Boot: boot, Measure: real.measure}, nil
}

// machine is a host.Machine in the terms of the agent.
type machine struct {
	m       *host.Machine
	policy  string            // path of the host policy
	covered func(string) bool // whether restore points hold a path; nil = none is known to be held
}

// told turns a host's trouble into the agent's. It is needed because a nil *host.Trouble in an error
// would not be nil.
func told(t *host.Trouble) error {
	if t == nil {
		return nil
	}
	return &Trouble{Code: t.Code, Text: t.Text, Detail: t.Detail, Cause: t}
}

// Facts are those of the machine, and the dumps that the host's administrator declared as they are there.
func (h machine) Facts(ctx context.Context) (fact.Facts, error) {
	facts, err := h.m.Facts(ctx)
	if err != nil {
		return facts, err
	}
	policy, err := hostpolicy.Load(h.policy)
	if err != nil {
		return facts, nil //nolint:nilerr // the host accepts nothing then, and says so when it is ordered something
	}
	for _, d := range h.m.Dumps(policy.Dumps) {
		seen := fact.Dump{Of: d.Of, Path: d.Path, Hours: int(d.MaxAge / time.Hour), Problem: d.Problem}
		if !d.Made.IsZero() {
			seen.Made = d.Made.Unix()
		}
		facts.Dumps = append(facts.Dumps, seen)
	}
	return facts, nil
}

func (h machine) Observe(ctx context.Context, w wire.WorkOrder) (verdict.Observation, error) {
	return h.m.Observe(ctx, w)
}

func (h machine) Refresh(ctx context.Context) error { return told(h.m.Refresh(ctx)) }

func (h machine) Precheck(ctx context.Context, w wire.WorkOrder) error {
	if t := h.m.Precheck(ctx, w); t != nil {
		return told(t)
	}
	return h.safeguarded(ctx, w)
}

// safeguarded finds whether there is a way back for what files alone do not bring back: a dump for data that
// the update converts, and the backup that is demanded. The host judges by itself, on what is installed now.
func (h machine) safeguarded(ctx context.Context, w wire.WorkOrder) error {
	policy, err := hostpolicy.Load(h.policy)
	if err != nil {
		return err
	}
	if t := h.m.Reversible(w.Packages(), policy.Dumps, h.covers(policy.Data)); t != nil {
		return told(t)
	}
	return told(h.m.BackedUp(ctx, policy.Backup, w.Backup()))
}

// covers says what the restore points hold, without what the host's administrator declared as customers' data.
func (h machine) covers(data []string) func(string) bool {
	return func(path string) bool {
		for _, d := range data {
			if path == d || strings.HasPrefix(path, d+"/") || strings.HasPrefix(d, path+"/") {
				return false
			}
		}
		return h.covered != nil && h.covered(path)
	}
}

// NotRolledBack says which data stays as the new versions left it when a run is put back.
func (h machine) NotRolledBack(w wire.WorkOrder) []lang.Text {
	found, err := h.m.Converted(w.Packages())
	if err != nil {
		return []lang.Text{lang.T("Welche Daten nicht zurückgesetzt sind, ist nicht festzustellen: conversions.yaml ist nicht lesbar.", "Which data is not put back cannot be told: conversions.yaml cannot be read.")}
	}
	policy, err := hostpolicy.Load(h.policy)
	var list []lang.Text
	for _, c := range found {
		held := err == nil
		for _, path := range c.Case.Data {
			held = held && h.covers(policy.Data)(path)
		}
		if !held {
			list = append(list, c.NotRolledBack())
		}
	}
	return list
}

func (h machine) Fetch(ctx context.Context, w wire.WorkOrder, line func(string)) error {
	return told(h.m.Fetch(ctx, w.Packages(), line))
}

func (h machine) Install(ctx context.Context, w wire.WorkOrder, line func(string)) error {
	return told(h.m.Install(ctx, w.Packages(), w.Limit(), line))
}

func (h machine) Settle(ctx context.Context, line func(string)) (fact.Reboot, error) {
	left, t := h.m.Settle(ctx, line)
	return left, told(t)
}

func (h machine) Reboot(ctx context.Context) error { return told(h.m.Reboot(ctx)) }

func (h machine) Revive(ctx context.Context, w wire.WorkOrder, before verdict.Observation, line func(string)) error {
	_, t := h.m.Revive(ctx, before, line, w.Services()...)
	return told(t)
}

func (h machine) KillLeftovers(ctx context.Context) error { return h.m.KillLeftovers(ctx) }

func (h machine) LookUp(ctx context.Context, w wire.WorkOrder) (complete bool, detail string, err error) {
	found, detail := h.m.LookUp(ctx, w.Packages())
	return found == run.FoundComplete, detail, nil
}

// holdOf reads how long restore points are kept.
func holdOf(policy string) func() (time.Duration, error) {
	return func() (time.Duration, error) {
		p, err := hostpolicy.Load(policy)
		return p.RestoreHold, err
	}
}

// points are the restore points of the running system.
type points struct {
	driver restore.Driver // for points that are there
	scope  restore.Scope
	policy string
}

// NewPoints gives the restore points of the running system, for runs and for looking at them.
func NewPoints(dir, policy string) Points {
	scope := restore.DefaultScope()
	scope.Volatile = append(scope.Volatile, filepath.Clean(dir))
	return points{driver: keeping(scope), scope: scope, policy: policy}
}

// Covers says whether a restore point holds a path and all below it, by the scope of its driver.
func (p points) Covers(path string) bool {
	below := func(list []string) bool {
		return slices.ContainsFunc(list, func(top string) bool { return path == top || strings.HasPrefix(path, top+"/") })
	}
	above := slices.ContainsFunc(slices.Concat(p.scope.Data, p.scope.Volatile), func(q string) bool { return strings.HasPrefix(q, path+"/") })
	return below(p.scope.System) && !below(p.scope.Data) && !below(p.scope.Volatile) && !above
}

// next gives the driver and the scope of the next point, by the host's policy as it is now.
func (p points) next() (restore.Driver, restore.Scope, error) {
	policy, err := hostpolicy.Load(p.policy)
	if err != nil {
		return nil, restore.Scope{}, err
	}
	scope := p.scope
	scope.Data = slices.Concat(scope.Data, policy.Data)
	driver, err := saving(scope, policy.RestoreDriver)
	return driver, scope, err
}

// Prepare implements preparer where the host's driver can.
func (p points) Prepare(ctx context.Context) (files int, read int64, err error) {
	driver, scope, err := p.next()
	if err != nil {
		return 0, 0, err
	}
	able, ok := driver.(restore.Preparer)
	if !ok {
		return 0, 0, nil
	}
	done, err := able.Prepare(ctx, scope)
	return done.Files, done.Read, err
}

func (p points) Save(ctx context.Context, id string) (run.Point, error) {
	driver, scope, err := p.next()
	if err != nil {
		return run.Point{}, err
	}
	// A point of this run that is there is of an earlier try: nothing was written to the host since, but
	// others may have changed it.
	if err := p.driver.Drop(ctx, id); err != nil {
		return run.Point{}, pointTrouble(err)
	}
	kept, err := driver.Save(ctx, id, scope)
	if err != nil {
		return run.Point{}, pointTrouble(err)
	}
	return run.Point{
		ID: kept.ID, Driver: kept.Driver, Files: kept.Files, Bytes: kept.Stored,
		Millis: kept.Took.Milliseconds(), ManifestSHA256: kept.ManifestSHA256,
	}, nil
}

// maxTold bounds the differences that a proof names.
const maxTold = 200

func (p points) Restore(ctx context.Context, id string) (verdict.Proof, error) {
	res, err := p.driver.Restore(ctx, id)
	proof := verdict.Proof{
		Point: id, ManifestSHA256: res.Verified.ManifestSHA256, Checked: res.Verified.Checked,
		Restored: res.Replaced + res.Mended, Aside: res.Aside,
	}
	for _, d := range res.Verified.Differences {
		if len(proof.Differences) == maxTold {
			break
		}
		proof.Differences = append(proof.Differences, d.Path+": "+d.Aspect)
	}
	for _, path := range res.Damaged {
		if len(proof.Differences) == maxTold {
			break
		}
		proof.Differences = append(proof.Differences, path+": damaged")
	}
	if err == nil && !res.Verified.Identical() {
		err = restore.ErrNotIdentical
	}
	if err != nil {
		return proof, pointTrouble(err)
	}
	return proof, nil
}

func (p points) Drop(ctx context.Context, id string) error { return p.driver.Drop(ctx, id) }

func (p points) List(ctx context.Context) ([]KeptPoint, error) {
	list, err := p.driver.List(ctx)
	if err != nil {
		return nil, err
	}
	kept := make([]KeptPoint, 0, len(list))
	for _, k := range list {
		kept = append(kept, KeptPoint{ID: k.ID, Created: k.Created, Driver: k.Driver, Complete: k.Complete, Files: k.Files, Bytes: k.Stored})
	}
	return kept, nil
}

// pointTroubles words what can go wrong with restore points.
var pointTroubles = []struct {
	is   error
	code string
	text lang.Text
}{
	{restore.ErrNoSpace, "disk_full", lang.T("Für den Sicherungspunkt reicht der Platz nicht.", "There is not enough room for the restore point.")},
	{restore.ErrChanging, "changing", lang.T("Während des Sicherns schreibt etwas in die Systempfade.", "Something writes to the system paths while they are being saved.")},
	{restore.ErrPointDamaged, "point_damaged", lang.T("Der Sicherungspunkt ist beschädigt; alles andere ist zurückgesetzt.", "The restore point is damaged; everything else is restored.")},
	{restore.ErrNotIdentical, "not_identical", lang.T("Nach dem Zurücksetzen weicht der Host noch ab.", "After restoring, the host still differs.")},
	{restore.ErrNotFound, "no_point", lang.T("Der Sicherungspunkt fehlt.", "The restore point is missing.")},
	{restore.ErrIncomplete, "no_point", lang.T("Der Sicherungspunkt ist unvollständig.", "The restore point is incomplete.")},
	{restore.ErrBusy, "point_busy", lang.T("Ein anderer Vorgang benutzt die Sicherungspunkte.", "Something else uses the restore points.")},
	{restore.ErrUnsafe, "point_unsafe", lang.T("Der Ort der Sicherungspunkte ist nicht geschützt.", "The place of the restore points is not protected.")},
}

func pointTrouble(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	for _, known := range pointTroubles {
		if errors.Is(err, known.is) {
			return &Trouble{Code: known.code, Text: known.text, Detail: err.Error(), Cause: err}
		}
	}
	return err
}
