package wire

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/mitigation"
	"github.com/patchwart/patchwart/internal/core/policy"
)

var (
	at   = time.Date(2026, 11, 28, 4, 0, 0, 0, time.UTC)
	seed = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32))
	pub  = seed.Public().(ed25519.PublicKey)
)

// permitted is a mandate for one security update of a SaaS host: the provider's duty.
func permitted(t testing.TB, pkg, to string) mandate.Mandate {
	t.Helper()
	m, refusals := mandate.Grant(mandate.Request{
		Held: estate.Held{System: estate.System{Name: "web1"}, Contract: estate.Contract{Policy: "managedhosting-2"}},
		Items: []mandate.Item{{
			Finding:  finding.Finding{Package: pkg, Arch: "amd64", Installed: "1.0-1", Candidate: to, Class: policy.ChangeClassSecurityUpdate},
			Decision: policy.Decision{PolicyID: "managedhosting-2", Verdict: policy.Permitted, Execution: policy.PartyProvider, Trigger: policy.TriggerProactive},
		}},
		Run: "r1", At: at,
	})
	if len(refusals) != 0 {
		t.Fatal(refusals[0].Text.EN)
	}
	return m
}

func closing() Closing {
	return Closing{
		ID: "r1", Facts: strings.Repeat("ab", 32), Issued: at, NotBefore: at, NotAfter: at.Add(2 * time.Hour), MaxMinutes: 60,
		Services: []string{"nginx.service"},
		Checks:   []Check{{Name: "startpage", Kind: estate.CheckHTTP, Port: 80, Path: "/"}},
	}
}

// measures are one of each verb.
var measures = []mitigation.Measure{
	{ID: "g1", Verb: mitigation.StopUnit, Unit: "exim4.service"},
	{ID: "g2", Verb: mitigation.ClosePort, Proto: "tcp", Port: 25},
	{ID: "g3", Verb: mitigation.PlaceFragment, Fragment: "nginx-no-upload", SHA256: strings.Repeat("ef", 32)},
}

// measuring is an order to put a measure in place, or to take it back.
func measuring(t testing.TB, m mitigation.Measure, lift bool) WorkOrder {
	t.Helper()
	granted, refusal := mandate.GrantMeasure(mandate.MeasureRequest{
		Held:     estate.Held{System: estate.System{Name: "web1"}, Contract: estate.Contract{Policy: "managedhosting-2"}},
		Hole:     finding.Finding{Package: "exim4", Class: policy.ChangeClassMitigation},
		Decision: policy.Decision{PolicyID: "managedhosting-2", Verdict: policy.Permitted, Execution: policy.PartyProvider, Trigger: policy.TriggerProactive},
		Measure:  m, Lift: lift, Run: "r1", At: at,
	})
	if refusal != nil {
		t.Fatal(refusal.Text.EN)
	}
	w, err := NewWorkOrder(granted, closing())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// A measure travels like packages do, and an order is about one of them.
func TestAMeasureTravelsAsItWasSigned(t *testing.T) {
	for _, m := range measures {
		for _, lift := range []bool{false, true} {
			w := measuring(t, m, lift)
			s, err := Seal(w, seed)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Open(s, pub)
			if err != nil {
				t.Fatal(err)
			}
			measure, ok := got.Measure()
			if !ok || measure != m || (got.Verb() == Lift) != lift || got.Verb() == UpdatePackages || len(got.Packages()) != 0 {
				t.Errorf("%+v came as %s %+v", m, got.Verb(), measure)
			}
			for name, change := range map[string]func(o *order){
				"with a package":        func(o *order) { o.Packages = []Package{{Name: "nginx", Arch: "amd64", To: "1"}} },
				"without the measure":   func(o *order) { o.Measure = nil },
				"as an update":          func(o *order) { o.Verb = UpdatePackages },
				"with another way back": func(o *order) { o.Restore = restoreFiles },
				"of what is never done": func(o *order) {
					o.Measure = &mitigation.Measure{ID: "g1", Verb: mitigation.StopUnit, Unit: "ssh.service"}
				},
				"of a verb there is not": func(o *order) { o.Measure = &mitigation.Measure{ID: "g1", Verb: "run", Unit: "exim4.service"} },
			} {
				bent := got.doc
				change(&bent)
				if bent.check() == nil {
					t.Errorf("%s %s", w.Verb(), name)
				}
			}
		}
	}
}

func TestAnOrderTravelsAsItWasSigned(t *testing.T) {
	w, err := NewWorkOrder(permitted(t, "openssl", "3.0.18-1~deb12u2"), closing())
	if err != nil {
		t.Fatal(err)
	}
	s, err := Seal(w, seed)
	if err != nil {
		t.Fatal(err)
	}
	golden := "testdata/workorder-v1.json"
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, s.Document, "", "  "); err != nil {
		t.Fatal(err)
	}
	pretty.WriteByte('\n')
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, pretty.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, pretty.Bytes()) {
		t.Errorf("the work order's form changed; agents in the field read version %d as\n%s\nnot\n%s", Version, want, pretty.Bytes())
	}
	got, err := Open(s, pub)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, w) {
		t.Errorf("opened %+v, sealed %+v", got, w)
	}
}

func TestNoOrderWithoutAMandate(t *testing.T) {
	if _, err := NewWorkOrder(mandate.Mandate{}, closing()); !errors.Is(err, ErrNoMandate) {
		t.Fatalf("made: %v", err)
	}
	c := closing()
	c.ID = "r2"
	if _, err := NewWorkOrder(permitted(t, "openssl", "2"), c); err == nil {
		t.Fatal("another run's mandate was taken")
	}
	if _, err := Seal(WorkOrder{}, seed); !errors.Is(err, ErrNoMandate) {
		t.Fatalf("the zero order was signed: %v", err)
	}
}

// TestNoFieldCarriesACommand tries to smuggle shell lines, options and paths through every text field
// of a work order, first in the form the server builds, then in a document signed with the real key,
// as a stolen server would.
func TestNoFieldCarriesACommand(t *testing.T) {
	smuggled := []string{
		"; rm -rf /", "$(id)", "`id`", "-o APT::Update::Pre-Invoke::=id", "--allow-unauthenticated", "../../etc/passwd",
		"a b", "a\nb", "a\x00b", "|id", "&& id", "nginx.service; id", "nginx.service --help", "/bin/sh", "$PATH", "a'b", `a"b`, "é", "",
	}
	w, err := NewWorkOrder(permitted(t, "openssl", "3.0.18-1"), closing())
	if err != nil {
		t.Fatal(err)
	}
	fields := 0
	var walk func(v reflect.Value, name string)
	var smuggle = func(order WorkOrder) {
		w = order
		walk(reflect.ValueOf(&w.doc).Elem(), "order")
	}
	walk = func(v reflect.Value, name string) {
		switch v.Kind() {
		case reflect.Struct:
			if v.Type() == reflect.TypeFor[time.Time]() {
				return
			}
			for i := range v.NumField() {
				walk(v.Field(i), name+"."+v.Type().Field(i).Name)
			}
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), name)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), name)
			}
		case reflect.String:
			fields++
			old := v.String()
			for _, s := range smuggled {
				if s == "" && strings.HasSuffix(name, ".From") {
					continue // a package that was not installed before
				}
				if s == "/bin/sh" && strings.HasSuffix(name, ".Path") {
					continue // the path of a URL, never one of a file
				}
				if s == "" && old == "" {
					continue // a field of another verb
				}
				v.SetString(s)
				doc, err := json.Marshal(w.doc)
				if err != nil {
					t.Fatal(err)
				}
				forged := Signed{Document: doc, Key: KeyID(pub), Signature: ed25519.Sign(seed, append([]byte(signingContext), doc...))}
				if _, err := Open(forged, pub); !errors.Is(err, ErrForm) {
					t.Errorf("%s carried %q: %v", name, s, err)
				}
			}
			v.SetString(old)
		}
	}
	smuggle(w)
	for _, m := range measures {
		smuggle(measuring(t, m, false))
	}
	if fields < 60 {
		t.Fatalf("only %d text fields were tried", fields)
	}
}

func TestWhatIsNotSignedByThePinnedKeyIsNotRead(t *testing.T) {
	w, err := NewWorkOrder(permitted(t, "openssl", "3.0.18-1"), closing())
	if err != nil {
		t.Fatal(err)
	}
	good, err := Seal(w, seed)
	if err != nil {
		t.Fatal(err)
	}
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, 32))
	foreign, err := Seal(w, other)
	if err != nil {
		t.Fatal(err)
	}
	relabelled := foreign
	relabelled.Key = good.Key
	naked := good
	naked.Signature = ed25519.Sign(seed, good.Document) // without the context: a signature for something else
	for name, s := range map[string]Signed{"foreign key": foreign, "foreign key, relabelled": relabelled, "no context": naked, "nothing": {}} {
		if _, err := Open(s, pub); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for i := range good.Document {
		bent := good
		bent.Document = bytes.Clone(good.Document)
		bent.Document[i] ^= 1
		if _, err := Open(bent, pub); !errors.Is(err, ErrSignature) {
			t.Fatalf("byte %d bent: %v", i, err)
		}
	}
	if _, err := Open(good, nil); err == nil {
		t.Error("opened without a pinned key")
	}
}

func TestDocumentsAreReadStrictly(t *testing.T) {
	w, err := NewWorkOrder(permitted(t, "openssl", "3.0.18-1"), closing())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := json.Marshal(w.doc)
	if err != nil {
		t.Fatal(err)
	}
	text := string(doc)
	for name, bad := range map[string]string{
		"unknown field":  strings.Replace(text, `{`, `{"run":"id",`, 1),
		"trailing bytes": text + `{}`,
		"other version":  strings.Replace(text, `"version":1`, `"version":2`, 1),
		"other verb":     strings.Replace(text, `"update_packages"`, `"exec"`, 1),
		"package twice":  regexp.MustCompile(`"packages":\[(.*?)\]`).ReplaceAllString(text, `"packages":[$1,$1]`),
		"no packages":    regexp.MustCompile(`"packages":\[.*?\]`).ReplaceAllString(text, `"packages":[]`),
		"a year's span":  strings.Replace(text, "2026-11-28T06", "2027-11-28T06", 1),
		"ends first":     strings.Replace(text, "2026-11-28T06", "2026-11-28T03", 1),
		"port 0":         strings.Replace(text, `"port":80`, `"port":0`, 1),
		"no limit":       strings.Replace(text, `"max_minutes":60`, `"max_minutes":0`, 1),
	} {
		if bad == text {
			t.Fatalf("%s: nothing was changed", name)
		}
		s := Signed{Document: []byte(bad), Key: KeyID(pub), Signature: ed25519.Sign(seed, []byte(signingContext+bad))}
		if _, err := Open(s, pub); !errors.Is(err, ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	w, err := NewWorkOrder(permitted(f, "openssl", "3.0.18-1"), closing())
	if err != nil {
		f.Fatal(err)
	}
	doc, _ := json.Marshal(w.doc)
	f.Add(doc)
	f.Add([]byte(`{"version":1,"packages":[{"name":"a"}]}`))
	f.Fuzz(func(t *testing.T, doc []byte) {
		s := Signed{Document: doc, Key: KeyID(pub), Signature: ed25519.Sign(seed, append([]byte(signingContext), doc...))}
		got, err := Open(s, pub)
		if err == nil {
			if err := got.doc.check(); err != nil {
				t.Fatalf("opened what does not hold: %v", err)
			}
		}
	})
}
