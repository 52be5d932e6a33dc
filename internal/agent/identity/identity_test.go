package identity_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/patchwart/patchwart/internal/agent/agenttest"
	"github.com/patchwart/patchwart/internal/agent/identity"
	"github.com/patchwart/patchwart/internal/core/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func enrolment(t *testing.T, s *agenttest.Server) identity.Enrolment {
	return identity.Enrolment{
		Server: s.URL, System: "web1", Authority: s.Authority(), Token: s.Token("web1"),
		Dir: filepath.Join(t.TempDir(), "state"), Now: time.Now(),
	}
}

func TestEnrolledHostKnowsItsServer(t *testing.T) {
	s := agenttest.New(t)
	e := enrolment(t, s)
	id, err := identity.Enrol(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	again, err := identity.Load(e.Dir)
	if err != nil {
		t.Fatal(err)
	}
	if again.System != "web1" || string(again.OrderKey) != string(id.OrderKey) || again.Server != s.URL {
		t.Errorf("read back: %s at %s", again.System, again.Server)
	}
	conf, err := again.TLS()
	if err != nil || conf.MinVersion != 0x0304 || conf.InsecureSkipVerify {
		t.Errorf("TLS: %v", err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "identity.json": 0o600} {
		if info, err := os.Stat(filepath.Join(e.Dir, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: mode %v, %v", name, info.Mode(), err)
		}
	}
}

func TestEnrolmentIsRefused(t *testing.T) {
	s := agenttest.New(t)
	for _, c := range []struct {
		name  string
		spoil func(e *identity.Enrolment)
		want  fault.Code
		spent bool // the token was shown
	}{
		{"another authority than the pinned one", func(e *identity.Enrolment) { e.Authority = strings.Repeat("ab", 32) }, fault.Forbidden, false},
		{"a server under another name", func(e *identity.Enrolment) { e.Server = strings.Replace(e.Server, "127.0.0.1", "localhost", 1) }, fault.Forbidden, false},
		{"a server that is not there", func(e *identity.Enrolment) { e.Server = "https://127.0.0.1:1" }, fault.Unavailable, false},
		{"a token of another system", func(e *identity.Enrolment) { e.System = "web2" }, fault.Forbidden, true},
		{"a wrong token", func(e *identity.Enrolment) { e.Token = "wrong" }, fault.Forbidden, false},
		{"no encryption", func(e *identity.Enrolment) { e.Server = strings.Replace(e.Server, "https", "http", 1) }, fault.Invalid, false},
		{"an authority that is no hash", func(e *identity.Enrolment) { e.Authority = "abc" }, fault.Invalid, false},
		{"a name that is none", func(e *identity.Enrolment) { e.System = "web 1" }, fault.Invalid, false},
		{"an empty token", func(e *identity.Enrolment) { e.Token = "" }, fault.Invalid, false},
		{"a host whose clock is years off", func(e *identity.Enrolment) { e.Now = e.Now.AddDate(9, 0, 0) }, fault.Forbidden, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			good := enrolment(t, s)
			bad := good
			c.spoil(&bad)
			_, err := identity.Enrol(context.Background(), bad)
			if fault.CodeOf(err) != c.want || err == nil {
				t.Fatalf("%v: code %s, want %s", err, fault.CodeOf(err), c.want)
			}
			if strings.Contains(err.Error(), good.Token) {
				t.Error("the token is in the error")
			}
			if _, err := identity.Load(bad.Dir); fault.CodeOf(err) != fault.NotFound {
				t.Errorf("something was kept: %v", err)
			}
			// Where the token was never shown it is still good.
			if _, err := identity.Enrol(context.Background(), good); (err != nil) != c.spent {
				t.Errorf("with the right data: %v", err)
			}
		})
	}
}

func TestEnrollingAgainMustBeSaid(t *testing.T) {
	s := agenttest.New(t)
	e := enrolment(t, s)
	if _, err := identity.Enrol(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	e.Token = s.Token("web1")
	if _, err := identity.Enrol(context.Background(), e); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("enrolled twice: %v", err)
	}
	e.Again = true
	if _, err := identity.Enrol(context.Background(), e); err != nil {
		t.Fatal(err)
	}
}

func TestIdentityThatOthersCanReadIsNotUsed(t *testing.T) {
	s := agenttest.New(t)
	e := enrolment(t, s)
	if _, err := identity.Enrol(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(e.Dir, "identity.json"), 0o644); err != nil {
		t.Fatal(err)
	}
	var f *fault.Error
	if _, err := identity.Load(e.Dir); !errors.As(err, &f) || f.Code != fault.Internal {
		t.Errorf("loaded: %v", err)
	}
}
