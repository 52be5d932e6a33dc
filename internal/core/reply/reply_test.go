package reply_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/reply"
)

var update = flag.Bool("update", false, "write the golden letters anew")

func version(t *testing.T, id string) *policy.Version {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "policies", id+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := policy.Parse(id+".yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// ordinary is an ordinary system on PaaS basic with a security update of the operating system.
func ordinary() policy.Facets {
	return policy.Facets{
		ServiceModel: policy.ServiceModelPaaS, Package: policy.PackageBasic, Layer: policy.LayerOS, ChangeClass: policy.ChangeClassSecurityUpdate,
		Criticality: policy.CriticalityNormal, Origin: policy.OriginStandard, InstalledBy: policy.InstalledByProvider,
		AdminAccess: policy.AdminAccessProvider, SystemCreated: policy.SystemCreatedFrom2025, OSSupported: policy.OSSupportedFull,
	}
}

func TestLettersAServiceDeskCanSend(t *testing.T) {
	t.Parallel()
	saturday := lang.T("Sa 28.11., 05:00–07:00", "Sat 28 Nov, 05:00–07:00")
	for _, c := range []struct {
		name, policy string
		kind         reply.Kind
		change       func(*policy.Facets)
		ordered      bool
		says         []string // in German
	}{
		{"basic-ordered", "managedhosting-2", reply.Confirmation, func(*policy.Facets) {}, true,
			[]string{"MH2-20", "Sa 28.11., 05:00–07:00", "kostenfrei", "selbst installiert haben, prüft der Provider nicht", "vorherigen Zustand"}},
		{"basic-no-order", "managedhosting-2", reply.NeedOrder, func(*policy.Facets) {}, false, []string{"ausdrücklichen Auftrag", "MH2-20", "kostenfrei"}},
		{"php-upgrade", "managedhosting-2", reply.NeedOrder, func(f *policy.Facets) {
			f.Layer, f.ChangeClass = policy.LayerMiddleware, policy.ChangeClassVersionUpgrade
		}, false, []string{"Versionswechsel (Middleware)", "erst nach Ihrer Zustimmung"}},
		{"iaas", "managedhosting-2", reply.Yours, func(f *policy.Facets) { f.ServiceModel, f.Package = policy.ServiceModelIaaS, policy.PackageNone }, false,
			[]string{"MH2-03", "Wechsel zu einem verwalteten System"}},
		{"customer-root", "managedhosting-2", reply.Refusal, func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessShared }, false,
			[]string{"MH2-13", "sobald diese Rechte entzogen sind"}},
		{"who-has-root", "managedhosting-2", reply.NeedFact, func(f *policy.Facets) { f.AdminAccess = policy.AdminAccessUnknown }, false,
			[]string{"wer Administratorrechte hat", "Bis dahin ändern wir nichts"}},
		{"website", "managedhosting-1", reply.Yours, func(f *policy.Facets) {
			f.Layer, f.InstalledBy = policy.LayerWebApplication, policy.InstalledByCustomer
		}, false,
			[]string{"MH1-12", "zeitnah"}},
		{"older-article", "managedhosting-1", reply.NeedOrder, func(*policy.Facets) {}, false, []string{"MH1-04", "nennt keinen", "stimmen wir dafür einen Termin"}},
		{"critical", "iteg-toms-1.1", reply.Confirmation, func(f *policy.Facets) { f.Criticality = policy.CriticalityRemoteTakeover }, false,
			[]string{"IT-30", "24 Stunden ab Bekanntwerden"}},
		{"end-of-life", "iteg-toms-1.1", reply.Refusal, func(f *policy.Facets) { f.OSSupported = policy.OSSupportedEnded }, false,
			[]string{"IT-37", "keine Verantwortung", "kostenlos"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, f := version(t, c.policy), ordinary()
			c.change(&f)
			when := lang.Text{}
			if c.ordered {
				when = saturday
			}
			l := reply.Write(reply.Case{Decision: policy.Decide(v, f), Title: v.Title, Contact: "Eva Kuhn", System: "web1", Ordered: c.ordered, When: when})
			if l.Kind != c.kind {
				t.Errorf("a letter of the kind %s, want %s", l.Kind, c.kind)
			}
			for _, s := range append(c.says, c.policy, "Eva Kuhn") {
				if !strings.Contains(l.Body.DE, s) {
					t.Errorf("does not say %q:\n%s", s, l.Body.DE)
				}
			}
			for _, l1 := range lang.All() {
				golden(t, c.name+"."+string(l1), l.Subject.In(l1)+"\n\n"+l.Body.In(l1))
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-golden +written):\n%s", name, diff)
	}
}

// TestNoLetterPromisesWhatIsNotPermitted: over the whole space of known facts a letter confirms only what is
// permitted, and always names a rule and the version.
func TestNoLetterPromisesWhatIsNotPermitted(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"managedhosting-1", "managedhosting-2", "iteg-toms-1.1"} {
		v := version(t, id)
		n := 0
		for f := range policy.EnumerateKnown {
			if n++; n%41 != 0 {
				continue
			}
			d := policy.Decide(v, f)
			l := reply.Write(reply.Case{Decision: d, Title: v.Title, System: "web1"})
			if l.Kind == reply.Confirmation && (d.Verdict != policy.Permitted || d.Trigger != policy.TriggerProactive) {
				t.Fatalf("confirmed without a mandate: %+v", f)
			}
			if !strings.Contains(l.Body.DE, id) || !strings.Contains(l.Body.EN, d.Governing) || l.Subject.DE == "" || l.Subject.EN == "" {
				t.Fatalf("names neither rule nor version: %+v\n%s", f, l.Body.DE)
			}
		}
	}
}
