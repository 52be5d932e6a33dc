package mandate

import (
	"cmp"
	"slices"
	"time"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
)

// Failure is a run that failed and whose host was put back (MH1-08, MH2-16): what it changed, all together, does not
// work on that host.
type Failure struct {
	Run     string    `json:"run"`
	Ended   time.Time `json:"ended"`
	Changes []Change  `json:"changes"`
}

// Concerns reports whether everything that the run changed is among the items at the same versions. As soon as one of
// them has a newer version, or is not due any more, it would be another change, and may go well.
func (p Failure) Concerns(items []Item) bool {
	due := make(map[string]string, len(items))
	for _, i := range items {
		due[i.Finding.Package+":"+i.Finding.Arch] = i.Finding.Candidate
	}
	return p.within(due)
}

func (p Failure) within(due map[string]string) bool {
	return len(p.Changes) > 0 && !slices.ContainsFunc(p.Changes, func(c Change) bool { return due[c.Package+":"+c.Arch] != c.To })
}

// heldOut are those permitted items, by index, that are left out because the run that made just these changes was put
// back: it would fail again. What comes of the same source package goes with them, for such packages mostly demand
// each other at one version. The rest of the host does not wait for it. Who orders it anew, knowing of the failure,
// wants it all the same (C10). Small failures count first: what failed alone explains what failed with others.
func heldOut(r Request, permitted []int, grounds []Ground) map[int]Failure {
	if len(r.PutBack) == 0 {
		return nil
	}
	due := map[string]string{}
	for _, i := range permitted {
		f := r.Items[i].Finding
		due[f.Package+":"+f.Arch] = f.Candidate
	}
	list := slices.Clone(r.PutBack)
	slices.SortStableFunc(list, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(len(a.Changes), len(b.Changes)), b.Ended.Compare(a.Ended), cmp.Compare(a.Run, b.Run))
	})
	out := map[int]Failure{}
	for _, p := range list {
		if !p.within(due) {
			continue
		}
		var sources []string
		for _, i := range permitted {
			f := r.Items[i].Finding
			if slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Package == f.Package && c.Arch == f.Arch }) && !anew(r, r.Items[i], grounds[i], p) {
				out[i], sources = p, append(sources, f.Source)
			}
		}
		for _, i := range permitted {
			f := r.Items[i].Finding
			if _, known := out[i]; !known && f.Source != "" && slices.Contains(sources, f.Source) && !anew(r, r.Items[i], grounds[i], p) {
				out[i] = p
			}
			if _, known := out[i]; known {
				delete(due, f.Package+":"+f.Arch)
			}
		}
	}
	return out
}

// anew reports whether somebody has ordered an item since a run that made it was put back. Where nobody has to order
// it, only a plain word counts.
func anew(r Request, item Item, g Ground, p Failure) bool {
	o, ordered, _ := order(r, item)
	return ordered && o.Given.After(p.Ended) && (o.Explicit || g.Kind == ByOrder)
}

// heldOutFor refuses an item that is held out, and asks for a person: to find out why, or to order it anew.
func heldOutFor(r Request, item Item, p Failure) *Refusal {
	d := item.Decision
	ask := lang.Textf("Die Ursache im Lauf %[1]s ansehen. Auf einen neuen, ausdrücklichen Auftrag von %[2]s werden auch dieselben Versionen wieder versucht.",
		"Look for the cause in run %[1]s. On a new, explicit order by %[2]s the same versions are tried again, too.", p.Run, r.Held.Customer.Name)
	if d.Trigger == policy.TriggerConsent {
		ask = lang.Textf("Die Ursache im Lauf %[1]s ansehen. Die Notfallfreigabe trägt keinen zweiten Versuch mit derselben Fassung; ein Auftrag von %[2]s trägt ihn.",
			"Look for the cause in run %[1]s. The emergency consent does not carry a second try with the same version; an order by %[2]s does.", p.Run, r.Held.Customer.Name)
	}
	return &Refusal{Finding: item.Finding, Rule: d.GoverningRule(), PutBack: p.Run, Decision: d, Ask: ask, Text: lang.Textf(
		"Lauf %[1]s hat dieselben Versionen eingespielt und wurde zurückgesetzt; von selbst wird es erst mit neuer Fassung wieder versucht.",
		"Run %[1]s installed the same versions and was put back; by itself it is tried again with a newer version only.", p.Run)}
}
