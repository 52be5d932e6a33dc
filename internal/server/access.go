package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

// Lifetimes of what lets somebody in.
const (
	enrolmentFor = time.Hour
	signInFor    = 15 * time.Minute
	sessionFor   = 12 * time.Hour
)

func newSecret() (string, error) {
	raw := make([]byte, 32)
	_, err := rand.Read(raw)
	return hex.EncodeToString(raw), err
}

// Enrolment makes a one-time token for one system. Only its hash is kept. IaaS systems get none: the
// provider has no access there (MH2-07).
func (s *Server) Enrolment(ctx context.Context, system string) (board.Enrolment, error) {
	var out board.Enrolment
	token, err := newSecret()
	if err != nil {
		return out, err
	}
	err = s.change(ctx, func(c *change) error {
		e, err := c.Estate(ctx)
		if err != nil {
			return err
		}
		held, ok := e.Held(system)
		if !ok {
			return fault.Missing("Das System", "system", system)
		}
		if err := mayEnrol(held); err != nil {
			return err
		}
		out = board.Enrolment{
			System: system, Token: token, Expires: c.at.Add(enrolmentFor), Server: s.agentURL(), Authority: s.ca.fingerprint(),
		}
		out.Command = fmt.Sprintf("patchwart-agent enrol --server %s --name %s --authority %s --token-file -", out.Server, out.System, out.Authority)
		return c.AddToken(ctx, hashOf(token), system, c.at, out.Expires)
	})
	return out, err
}

func mayEnrol(held estate.Held) error {
	if held.Contract.Model != "iaas" {
		return nil
	}
	f := fault.New(fault.Refused,
		lang.Textf("%[1]s ist IaaS: Der Kunde führt seine Updates selbst aus, wir haben dort keinen Zugriff.",
			"%[1]s is IaaS: the customer carries out the updates, we have no access there.", held.System.Name), lang.Text{})
	f.Rule = "MH2-07"
	return f
}

// SignInLink makes a one-time link to the console.
func (s *Server) SignInLink(ctx context.Context) (string, error) {
	token, err := newSecret()
	if err != nil {
		return "", err
	}
	err = s.change(ctx, func(c *change) error { return c.AddSignIn(ctx, hashOf(token), c.at, c.at.Add(signInFor)) })
	return "http://" + s.Addr() + "/anmelden?token=" + token, err
}

// SignIn uses a link's token up and opens a session.
func (s *Server) SignIn(ctx context.Context, token string) (session string, err error) {
	session, err = newSecret()
	if err != nil {
		return "", err
	}
	err = s.change(ctx, func(c *change) error {
		good, err := c.UseSignIn(ctx, hashOf(token), c.at)
		if err != nil {
			return err
		}
		if !good {
			return fault.New(fault.Forbidden,
				lang.T("Dieser Anmeldelink gilt nicht (mehr).", "This sign-in link is not (or no longer) valid."),
				lang.T("Einen neuen gibt es mit: patchwart console", "Get a new one with: patchwart console"))
		}
		return c.AddSession(ctx, hashOf(session), c.at, c.at.Add(sessionFor))
	})
	return session, err
}

// Valid reports whether a session is good now.
func (s *Server) Valid(ctx context.Context, session string) bool {
	good := false
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		good, err = tx.Session(ctx, hashOf(session), s.now())
		return err
	})
	if err != nil {
		s.log.Error("look up session", "error", err)
		return false
	}
	return good
}

// SignOut ends a session.
func (s *Server) SignOut(ctx context.Context, session string) {
	if err := s.change(ctx, func(c *change) error { return c.DropSession(ctx, hashOf(session)) }); err != nil {
		s.log.Error("end session", "error", err)
	}
}

// tokenGood compares a bearer token in constant time.
func (s *Server) tokenGood(token string) bool {
	return subtle.ConstantTimeCompare([]byte(token), []byte(s.keys.token)) == 1
}
