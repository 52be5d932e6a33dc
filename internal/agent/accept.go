package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/agent/hostpolicy"
	"github.com/patchwart/patchwart/internal/agent/journal"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/wire"
)

// The codes of refusals, as in wire.Refusal.
const (
	codeSignature  = "signature"
	codeForm       = "form"
	codeSystem     = "system"
	codeTime       = "time"
	codeClock      = "clock"
	codeReplay     = "replay"
	codeHostPolicy = "host_policy"
	// codeSecondKey: the order lies outside the host's hours and nobody countersigned it yet. It may come again.
	codeSecondKey = "second_key"
	// codeJournal: an earlier run's journal does not hold, so the host takes no orders.
	codeJournal = "journal"
)

// maxAhead bounds how far ahead an order may lie. An order is closed when its run begins.
const maxAhead = 24 * time.Hour

// accept judges a signed document and begins its run. It reports whether anything came of it: an
// order that is under way, or comes while another one is, is left alone and comes again.
func (a *Agent) accept(ctx context.Context, s wire.Signed) (acted bool, err error) {
	w, err := wire.Open(s, a.Identity.Pinned())
	switch {
	case errors.Is(err, wire.ErrSignature):
		return a.refuse(s, "", codeSignature, "the signature is not by the pinned key")
	case err != nil:
		return a.refuse(s, "", codeForm, err.Error())
	case w.System() != a.Identity.System:
		return a.refuse(s, w.ID(), codeSystem, fmt.Sprintf("the order is for %q, this host is %q", w.System(), a.Identity.System))
	}
	digest, known, err := a.dir.Digest(w.ID())
	if known {
		if err == nil && digest == s.Digest() && !a.delivered(w.ID()) {
			return false, nil // it is in hand: the server learns the rest from the events
		}
		return a.refuse(s, w.ID(), codeReplay, "an order of this ID was carried out or refused already")
	}
	if err != nil {
		return false, err
	}
	if a.busy() {
		return false, nil
	}
	code, text, detail := a.judge(ctx, w, s)
	if code == codeSecondKey {
		if a.held == s.Digest() {
			return false, nil // said already
		}
		fresh, err := a.refuse(s, w.ID(), code, detail)
		if err == nil {
			a.held = s.Digest()
		}
		return fresh, err
	}
	if code == "" {
		a.mu.Lock()
		defer a.mu.Unlock()
		j, err := a.dir.Create(w.ID(), s)
		if err != nil {
			return false, err
		}
		if !a.start(ctx, j) {
			return false, errors.Join(errors.New("agent: two runs at once"), j.Close())
		}
		a.Log.Info("order accepted", "order", w.ID(), "packages", len(w.Packages()))
		return true, nil
	}
	if err := a.decline(w, s, code, text, detail); err != nil {
		return false, err
	}
	return a.refuse(s, w.ID(), code, detail)
}

// delivered reports whether the server knows the end of a run.
func (a *Agent) delivered(id string) bool {
	sent, err := a.dir.Sent(id)
	return err == nil && sent.Done
}

// judge holds a genuine, new order for this host against time and the host's policy. An empty code
// means that it is accepted.
func (a *Agent) judge(ctx context.Context, w wire.WorkOrder, s wire.Signed) (code string, text lang.Text, detail string) {
	a.mu.Lock()
	damaged := append([]string(nil), a.damaged...)
	a.mu.Unlock()
	if len(damaged) > 0 {
		return codeJournal, lang.Textf(
				"Das Journal des Auftrags %[1]s ist beschädigt; bis jemand den Host angesehen hat, nimmt er nichts an.",
				"The journal of order %[1]s is damaged; until somebody has looked at the host, it accepts nothing.", damaged[0]),
			fmt.Sprintf("journal of order %s is damaged: look at the host, then move the journal out of %s", damaged[0], a.Dir)
	}
	p, err := hostpolicy.Load(a.Policy)
	if err != nil {
		return codeHostPolicy, lang.T("Die Hostrichtlinie ist nicht lesbar.", "The host policy cannot be read."), err.Error()
	}
	now, issued := a.Now(), w.Issued()
	second, countersigned := s.Countersigned(p.SecondKeys)
	if countersigned && second.After(issued) {
		issued = second // the order had to wait for it
	}
	waiting := !countersigned && len(p.SecondKeys) > 0 && a.held == s.Digest()
	if skew := now.Sub(issued); skew.Abs() > p.ClockSkew && !waiting {
		return codeClock, lang.Text{
				DE: "Die Uhr des Hosts geht um " + lang.Duration(skew.Abs(), lang.DE) + " anders als die des Servers.",
				EN: "The host's clock differs from the server's by " + lang.Duration(skew.Abs(), lang.EN) + ".",
			},
			fmt.Sprintf("issued %s, the host's clock shows %s; allowed are %s", issued.Format(time.RFC3339), now.UTC().Format(time.RFC3339), p.ClockSkew)
	}
	if !now.Before(w.NotAfter()) || w.NotBefore().Sub(now) > maxAhead {
		return codeTime, lang.T("Die Zeit des Auftrags ist vorbei oder noch fern.", "The order's time is over or still far."),
			fmt.Sprintf("from %s to %s, the host's clock shows %s", w.NotBefore().Format(time.RFC3339), w.NotAfter().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	facts, err := a.look.facts()
	if err == nil {
		err = p.Permits(w, facts)
	}
	if err != nil { // what was seen last may be too old to know the ordered versions
		within, cancel := context.WithTimeout(ctx, lookLimit)
		defer cancel()
		if facts, err = a.Host.Scout.Facts(within); err == nil {
			err = p.Permits(w, facts)
		}
	}
	if err != nil {
		return codeHostPolicy, lang.T("Die Hostrichtlinie erlaubt das nicht.", "The host policy does not allow this."), err.Error()
	}
	begin := now
	if w.NotBefore().After(begin) {
		begin = w.NotBefore()
	}
	if t := closed(p, countersigned, begin); t != nil {
		code := codeHostPolicy
		if len(p.SecondKeys) > 0 {
			code = codeSecondKey
		}
		return code, t.Text, t.Detail
	}
	return "", lang.Text{}, ""
}

// closed says why the host's hours let no writing begin at a time; nil when they do, or when a second operator
// has countersigned the order.
func closed(p hostpolicy.Policy, countersigned bool, at time.Time) *Trouble {
	if countersigned || p.Open(at) {
		return nil
	}
	detail := "the host's hours do not let writing begin at " + at.UTC().Format(time.RFC3339)
	if len(p.SecondKeys) > 0 {
		detail += "; it takes the countersignature of one of its second keys"
	}
	return &Trouble{Code: "outside_hours", Detail: detail, Text: lang.T(
		"Zu dieser Zeit lässt der Host keine Änderungen beginnen.", "At this time the host lets no change begin.")}
}

// hours is closed for an order in hand. The policy is read again each time: it may have become narrower.
func (a *Agent) hours(s wire.Signed) func(time.Time) *Trouble {
	return func(at time.Time) *Trouble {
		p, err := hostpolicy.Load(a.Policy)
		if err != nil {
			return &Trouble{Code: codeHostPolicy, Cause: err, Detail: err.Error(), Text: lang.T(
				"Die Hostrichtlinie ist nicht lesbar.", "The host policy cannot be read.")}
		}
		_, countersigned := s.Countersigned(p.SecondKeys)
		return closed(p, countersigned, at)
	}
}

// decline writes the refusal of a genuine order as its run: one event, the end.
func (a *Agent) decline(w wire.WorkOrder, s wire.Signed, code string, text lang.Text, detail string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	j, err := a.dir.Create(w.ID(), s)
	if errors.Is(err, journal.ErrExists) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = j.Append(run.Event{
		Kind: run.Refused, At: a.Now().UTC(), Code: code, Text: text, Detail: clip(detail, run.MaxDetail),
		Verdict: &verdict.Verdict{Outcome: verdict.Blocked, Reasons: []verdict.Reason{{Code: code, Text: text}}},
	})
	if cerr := j.Close(); err == nil {
		err = cerr
	}
	return err
}

// refuse keeps a refusal for the server.
func (a *Agent) refuse(s wire.Signed, order, code, detail string) (bool, error) {
	fresh, err := a.refusals.add(wire.Refusal{
		Digest: s.Digest(), Order: order, Code: code, Detail: clip(detail, run.MaxDetail), At: a.Now().UTC(),
	})
	if fresh {
		a.Log.Warn("order refused", "order", order, "code", code, "detail", detail)
		a.nudge()
	}
	return fresh, err
}
