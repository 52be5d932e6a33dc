package verdict_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

var packages = []string{"curl", "nginx", "openssl"}

func orders(t *rapid.T) []verdict.Ordered {
	var list []verdict.Ordered
	for _, name := range packages[:rapid.IntRange(0, len(packages)).Draw(t, "ordered")] {
		list = append(list, verdict.Ordered{Package: name, Arch: "amd64", From: "1", To: rapid.SampledFrom([]string{"2", "2", "2", "2", "2", "2", "2", "2", "3", ""}).Draw(t, "to")})
	}
	return list
}

// observation draws a host: every second one is well, so that all outcomes come up.
func observation(t *rapid.T) verdict.Observation {
	isWell := rapid.Bool().Draw(t, "well")
	mostly := func(what, good string, bad ...string) string {
		if isWell {
			return good
		}
		return rapid.SampledFrom(append([]string{good, good, good, good}, bad...)).Draw(t, what)
	}
	o := verdict.Observation{Versions: map[string]string{}}
	for _, name := range packages {
		if v := mostly("version", "2", "1", ""); v != "" {
			o.Versions[verdict.Key(name, "amd64")] = v
		}
		o.Units = append(o.Units, fact.Unit{Name: name + ".service", Active: mostly("active", "active", "failed", "activating", ""), Sub: mostly("sub", "running", "exited")})
		if mostly("listens", "yes", "no") == "yes" {
			o.Listen = append(o.Listen, fact.Listener{Proto: "tcp", Port: map[bool]int{true: 80, false: 32768}[mostly("port", "80", "high") == "80"]})
		}
		o.Checks = append(o.Checks, check(name, mostly("passed", "yes", "no") == "yes", ""))
		if mostly("broken", "no", "yes") == "yes" {
			o.Broken = append(o.Broken, name)
		}
	}
	o.Reboot.Required = rapid.IntRange(0, 3).Draw(t, "reboot") == 0
	if rapid.IntRange(0, 3).Draw(t, "stale") == 0 {
		o.Reboot.Services = []string{"dbus.service"}
	}
	return o
}

// notAlready tells a reason that is the change's from what was broken before it.
func notAlready(why verdict.Reason) bool { return why.Code != "already_broken" }

// TestOnlySuccessIsSuccess holds a judgement against what must be true of every judgement.
func TestOnlySuccessIsSuccess(t *testing.T) {
	t.Parallel()
	seen := map[verdict.Outcome]int{}
	rapid.Check(t, func(t *rapid.T) {
		order, before, after := orders(t), observation(t), observation(t)
		v, ok := verdict.Judge(order, before, after)
		seen[v.Outcome]++
		switch v.Outcome {
		case verdict.Succeeded:
			if !ok || slices.ContainsFunc(v.Reasons, notAlready) || after.Reboot.Required || len(after.Reboot.Services) > 0 {
				t.Fatalf("success with reasons %v", v.Reasons)
			}
		case verdict.NotEffective:
			if !ok || len(v.Reasons) == 0 || v.Reasons[0].Code != "not_effective" || slices.ContainsFunc(v.Reasons[1:], notAlready) || !after.Reboot.Required && len(after.Reboot.Services) == 0 {
				t.Fatalf("not effective because of %v", v.Reasons)
			}
		case verdict.Unknown:
			if ok || len(v.Reasons) == 0 {
				t.Fatal("to be undone, and nobody says why")
			}
		default:
			t.Fatalf("Judge cannot know that the run ended %s", v.Outcome)
		}
		for _, c := range order {
			if now := after.Versions[verdict.Key(c.Package, c.Arch)]; ok && (now != c.To || now == "") {
				t.Fatalf("kept, although %s is %q instead of %q", c.Package, now, c.To)
			}
			if ok && slices.Contains(after.Broken, c.Package) {
				t.Fatalf("kept, although %s is half-installed", c.Package)
			}
		}
		for i, u := range before.Units {
			if ok && u.Active == "active" && after.Units[i].Active != "active" {
				t.Fatalf("kept, although %s is lost", u.Name)
			}
		}
		for _, r := range v.Reasons {
			if r.Code == "" || r.Text.DE == "" || r.Text.EN == "" {
				t.Fatalf("a reason without words: %+v", r)
			}
		}
		if again, _ := verdict.Judge(order, before, after); cmp.Diff(v, again) != "" {
			t.Fatal("the same observations gave another verdict")
		}
	})
	for _, o := range []verdict.Outcome{verdict.Succeeded, verdict.NotEffective, verdict.Unknown} {
		if seen[o] == 0 {
			t.Errorf("%s never came up in %v: the hosts drawn are too much alike", o, seen)
		}
	}
}

// TestOldTroubleIsNotBlamed: what was broken before the change and is just as broken after it is no
// reason to undo it.
func TestOldTroubleIsNotBlamed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		host := observation(t)
		order := []verdict.Ordered{{Package: "linux-image-amd64", Arch: "amd64", To: "6.1"}}
		host.Versions[verdict.Key("linux-image-amd64", "amd64")] = "6.1"
		if v, ok := verdict.Judge(order, host, host); !ok {
			t.Fatalf("a host that did not change is undone because of %v", v.Reasons)
		}
	})
}

// FuzzJudge: whatever two observations say, judging them neither panics nor keeps a version that was
// not ordered.
func FuzzJudge(f *testing.F) {
	for _, o := range []verdict.Observation{well("1.22.1-9"), well("1.22.1-9+deb12u3"), {}} {
		doc, err := json.Marshal(o)
		if err != nil {
			f.Fatal(err)
		}
		f.Add("1.22.1-9+deb12u3", doc, doc)
	}
	f.Fuzz(func(t *testing.T, to string, b, a []byte) {
		var before, after verdict.Observation
		if json.Unmarshal(b, &before) != nil || json.Unmarshal(a, &after) != nil {
			return
		}
		order := []verdict.Ordered{{Package: "nginx", Arch: "amd64", To: to}}
		v, ok := verdict.Judge(order, before, after)
		if now := after.Versions["nginx:amd64"]; ok && (now == "" || now != to) || ok == (v.Outcome == verdict.Unknown) {
			t.Fatalf("%s (keep: %v) with %q instead of %q", v.Outcome, ok, now, to)
		}
		if s := v.Sentence("web1"); s.DE == "" || s.EN == "" {
			t.Fatal(fmt.Sprint("nothing is said of ", v.Outcome))
		}
	})
}
