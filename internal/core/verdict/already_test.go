package verdict_test

import (
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/verdict"
)

// told are the codes and English sentences of a verdict.
func told(v verdict.Verdict) string {
	var all []string
	for _, why := range v.Reasons {
		all = append(all, why.Code+": "+why.Text.EN)
	}
	return strings.Join(all, "\n")
}

func TestWhatWasBrokenBeforeIsSaidAndNotBlamed(t *testing.T) {
	t.Parallel()
	v, ok := verdict.Judge(ordered(), well("1.22.1-9"), well("1.22.1-9+deb12u3"))
	if !ok || v.Outcome != verdict.Succeeded || !strings.Contains(told(v), "already_broken: old.service had failed before already") ||
		!strings.Contains(told(v), "already_broken: Check blog did not pass before already: HTTP 500") {
		t.Errorf("%s\n%s", v.Outcome, told(v))
	}
	if s := v.Sentence("web1"); strings.Contains(s.EN, "before already") {
		t.Errorf("the one line on a success begins with what is not its doing: %s", s.EN)
	}
}

func TestAServiceThatRestartsAgainAndAgainIsBroken(t *testing.T) {
	t.Parallel()
	before, after := well("1.22.1-9"), well("1.22.1-9+deb12u3")
	after.Flapping = []string{"nginx.service"}
	if v, ok := verdict.Judge(ordered(), before, after); ok || told(v) != "flapping: nginx.service restarts again and again." {
		t.Errorf("it runs at this moment: %v %s", ok, told(v))
	}
	after.Units = append([]fact.Unit{{Name: "nginx.service", Active: "activating", Sub: "auto-restart"}}, after.Units...)
	if v, ok := verdict.Judge(ordered(), before, after); ok || told(v) != "flapping: nginx.service restarts again and again." {
		t.Errorf("it is on its way up at this moment, which is said once: %v %s", ok, told(v))
	}
	before.Flapping = []string{"nginx.service"}
	if v, ok := verdict.Judge(ordered(), before, after); !ok || !strings.Contains(told(v), "already_broken: nginx.service restarted again and again before already.") {
		t.Errorf("as before: %v %s", ok, told(v))
	}
	after.Flapping = []string{"old.service"}
	if v, ok := verdict.Judge(ordered(), well("1.22.1-9"), after); !ok && strings.Contains(told(v), "flapping: old.service") {
		t.Errorf("it had failed before: %s", told(v))
	}
}

func TestAnotherCertificateIsAFailureAndARenewedOneIsNot(t *testing.T) {
	t.Parallel()
	may := time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		story    string
		was, now *verdict.Certificate
		says     string
	}{
		{"the same", &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may}, &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may}, ""},
		{"renewed", &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may}, &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may.AddDate(0, 3, 0)}, ""},
		{"the distribution's own", &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may}, &verdict.Certificate{Names: []string{"localhost"}, NotAfter: may.AddDate(9, 0, 0)}, "other names: localhost instead of kuhn.example"},
		{"an old one", &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may}, &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may.AddDate(-1, 0, 0)}, "ends sooner"},
		{"not asked before", nil, &verdict.Certificate{Names: []string{"kuhn.example"}, NotAfter: may}, ""},
	} {
		before, after := well("1.22.1-9"), well("1.22.1-9+deb12u3")
		before.Checks[0].Certificate, after.Checks[0].Certificate = c.was, c.now
		v, ok := verdict.Judge(ordered(), before, after)
		if ok != (c.says == "") || !strings.Contains(told(v), c.says) {
			t.Errorf("%s: %v %s", c.story, ok, told(v))
		}
	}
}
