package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Agent is an enrolled host: the certificate it may use, and when it was last heard.
type Agent struct {
	System   string
	Serial   string // of the certificate
	NotAfter time.Time
	Enrolled time.Time
	Seen     time.Time     // zero: not yet
	Skew     time.Duration // host's clock minus server's, when it was last seen
	Version  string        // build of the agent, when it was last seen
}

// tokenMemory is how long a token that is over is remembered, for the reader of the database.
const tokenMemory = 30 * 24 * time.Hour

// AddToken keeps the hash (SHA-256, hex) of a one-time enrolment token for a system. The token itself
// is never stored.
func (tx *Tx) AddToken(ctx context.Context, hash, system string, issued, expires time.Time) error {
	err := tx.q.DropOldTokens(ctx, micros(issued.Add(-tokenMemory)))
	if err == nil {
		err = tx.q.AddToken(ctx, hash, system, micros(issued), micros(expires))
	}
	if err != nil {
		return fmt.Errorf("store: add token for %q: %w", system, err)
	}
	return nil
}

// UseToken uses a token up. It is true once, for the token's own system, before it expires, while the
// system is stated; false in every other case.
func (tx *Tx) UseToken(ctx context.Context, hash, system string, now time.Time) (bool, error) {
	n, err := tx.q.UseToken(ctx, micros(now), hash, system)
	if err != nil {
		return false, fmt.Errorf("store: use token for %q: %w", system, err)
	}
	return n == 1, nil
}

// SaveAgent keeps an enrolled agent. An earlier certificate of the system is revoked. It returns one
// statement for each certificate it touched. Seen, Skew and Version are not kept here (see Seen).
func (tx *Tx) SaveAgent(ctx context.Context, a Agent) ([]Statement, error) {
	var statements []Statement
	touched := func(serial string) error {
		s, err := agentStatement(ctx, tx, serial)
		statements = append(statements, s)
		return err
	}
	old, err := tx.q.GoodAgent(ctx, a.System)
	switch {
	case err == nil:
		if err = tx.q.RevokeAgent(ctx, micros(a.Enrolled), old.Serial); err == nil {
			err = touched(old.Serial)
		}
	case errors.Is(err, sql.ErrNoRows):
		err = nil
	}
	if err == nil {
		err = tx.q.AddAgent(ctx, a.Serial, a.System, micros(a.NotAfter), micros(a.Enrolled))
	}
	if err == nil {
		err = touched(a.Serial)
	}
	if err != nil {
		return nil, fmt.Errorf("store: enrol %q: %w", a.System, err)
	}
	return statements, nil
}

// RevokeAgent revokes the system's certificate; ErrMissing when it has none.
func (tx *Tx) RevokeAgent(ctx context.Context, system string, at time.Time) (Statement, error) {
	a, err := tx.q.GoodAgent(ctx, system)
	if errors.Is(err, sql.ErrNoRows) {
		return Statement{}, fmt.Errorf("store: agent of %q: %w", system, ErrMissing)
	}
	if err == nil {
		err = tx.q.RevokeAgent(ctx, micros(at), a.Serial)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("store: revoke agent of %q: %w", system, err)
	}
	return agentStatement(ctx, tx, a.Serial)
}

// FirstEnrolled is when the system's host was enrolled for the first time; zero: never.
func (tx *Tx) FirstEnrolled(ctx context.Context, system string) (time.Time, error) {
	at, err := tx.q.FirstEnrolled(ctx, system)
	if err != nil {
		return time.Time{}, fmt.Errorf("store: first enrolment of %q: %w", system, err)
	}
	return moment(at), nil
}

// Agent is the system's agent. ok is false when none is enrolled or the system is no longer stated.
func (tx *Tx) Agent(ctx context.Context, system string) (Agent, bool, error) {
	row, err := tx.q.AgentOf(ctx, system)
	return oneAgent(sqlgen.ListAgentsRow(row), err)
}

// AgentBySerial is the agent with that certificate. ok is false when the certificate is unknown or
// revoked, or its system is no longer stated. Whether it has expired is for the caller to look at.
func (tx *Tx) AgentBySerial(ctx context.Context, serial string) (Agent, bool, error) {
	row, err := tx.q.AgentBySerial(ctx, serial)
	return oneAgent(sqlgen.ListAgentsRow(row), err)
}

// Agents lists the agents of all stated systems, by system.
func (tx *Tx) Agents(ctx context.Context) ([]Agent, error) {
	rows, err := tx.q.ListAgents(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: agents: %w", err)
	}
	agents := make([]Agent, len(rows))
	for i, row := range rows {
		agents[i] = agentOf(row)
	}
	return agents, nil
}

// Seen notes that the host was heard: when, how far its clock is off (host minus server), which build.
func (tx *Tx) Seen(ctx context.Context, system string, at time.Time, skew time.Duration, version string) error {
	if err := tx.q.PutSighting(ctx, system, micros(at), skew.Microseconds(), version); err != nil {
		return fmt.Errorf("store: seen %q: %w", system, err)
	}
	return nil
}

func oneAgent(row sqlgen.ListAgentsRow, err error) (Agent, bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return Agent{}, false, nil
	}
	if err != nil {
		return Agent{}, false, fmt.Errorf("store: agent: %w", err)
	}
	return agentOf(row), true, nil
}

func agentOf(row sqlgen.ListAgentsRow) Agent {
	return Agent{System: row.System, Serial: row.Serial, NotAfter: moment(row.NotAfter), Enrolled: moment(row.Enrolled),
		Seen: moment(row.Seen), Skew: time.Duration(row.Skew) * time.Microsecond, Version: row.Version}
}

func agentStatement(ctx context.Context, tx *Tx, serial string) (Statement, error) {
	row, err := tx.q.GetAgent(ctx, serial)
	if err != nil {
		return Statement{}, err
	}
	return state(KindAgent, serial, struct {
		Serial   string `json:"serial"`
		System   string `json:"system"`
		NotAfter int64  `json:"not_after"`
		Enrolled int64  `json:"enrolled"`
		Revoked  int64  `json:"revoked"`
	}(row), nil), nil
}

func eachAgent(ctx context.Context, tx *Tx, fn func(string) error) error {
	serials, err := tx.q.ListSerials(ctx)
	return eachOf(serials, err, fn)
}
