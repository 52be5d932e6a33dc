package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/promise"
	"github.com/patchwart/patchwart/internal/core/statute"
	"github.com/patchwart/patchwart/internal/store"
	"github.com/patchwart/patchwart/policies"
)

// publish stores the policy versions that come with this build, and reads all that are stored. A
// published version is immutable: a build that carries another text under a known ID does not start.
func (s *Server) publish(ctx context.Context) error {
	err := s.change(ctx, func(c *change) error {
		for _, id := range policies.IDs() {
			text, _ := policies.Lookup(id)
			st, added, err := c.SavePolicy(ctx, id, hexSum(text), text, c.at)
			if errors.Is(err, store.ErrDiffers) {
				return fmt.Errorf("policy %s is published already with another text: give the changed text a new version ID", id)
			}
			if err != nil {
				return err
			}
			if added {
				if err := c.put(ctx, st, nil); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.restock(ctx)
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// isAgreement tells the two kinds of documents apart by their first field.
var isAgreement = regexp.MustCompile(`(?m)^agreement:`)

// Publish keeps a policy version, or an individual agreement, for ever. A version must be free of flaws;
// the same text again changes nothing, another text under the same ID is refused.
func (s *Server) Publish(ctx context.Context, name string, text []byte) (board.Published, error) {
	if isAgreement.Match(text) {
		return s.publishAgreement(ctx, name, text)
	}
	v, err := policy.Parse(name, text)
	if err != nil {
		return board.Published{}, err
	}
	if report := policy.Lint(v); !report.Clean() {
		return board.Published{}, flawed(name, report)
	}
	out := board.Published{Kind: board.PublishedPolicy, ID: v.ID, SHA256: v.SHA256}
	err = s.change(ctx, func(c *change) error {
		st, added, err := c.SavePolicy(ctx, v.ID, v.SHA256, text, c.at)
		out.Added = added
		return s.kept(ctx, c, st, added, err, v.ID)
	})
	if err != nil {
		return board.Published{}, err
	}
	return out, s.restock(ctx)
}

func (s *Server) publishAgreement(ctx context.Context, name string, text []byte) (board.Published, error) {
	a, err := policy.ParseAgreement(name, text)
	if err != nil {
		return board.Published{}, err
	}
	if !s.shelf().knows(a.Amends) {
		return board.Published{}, fault.New(fault.Invalid,
			lang.Textf("Die Sonderabsprache %[1]s gilt zu %[2]s, und das ist nicht veröffentlicht.", "The individual agreement %[1]s is about %[2]s, which is not published.", a.ID, a.Amends),
			lang.T("Bitte nennen Sie in amends eine veröffentlichte Fassung: patchwart policy list", "Please name a published version in amends: patchwart policy list"))
	}
	out := board.Published{Kind: board.PublishedAgreement, ID: a.ID, SHA256: a.SHA256}
	err = s.change(ctx, func(c *change) error {
		st, added, err := c.SaveAgreement(ctx, a.ID, a.SHA256, text, c.at)
		out.Added = added
		return s.kept(ctx, c, st, added, err, a.ID)
	})
	if err != nil {
		return board.Published{}, err
	}
	return out, s.restock(ctx)
}

// kept records what was published, once.
func (s *Server) kept(ctx context.Context, c *change, st store.Statement, added bool, err error, id string) error {
	if errors.Is(err, store.ErrDiffers) {
		return fault.New(fault.Conflict,
			lang.Textf("%[1]s ist schon mit einem anderen Text veröffentlicht; Verträge und Entscheidungen beruhen auf ihm.", "%[1]s is published already with another text; contracts and decisions rest on it.", id),
			lang.T("Bitte geben Sie dem geänderten Text eine neue ID.", "Please give the changed text a new ID."))
	}
	if err != nil || !added {
		return err
	}
	c.wake()
	return c.put(ctx, st, nil)
}

func flawed(name string, r policy.Report) error {
	f := fault.New(fault.Invalid,
		lang.Textf("In %[1]s wurde etwas gefunden; nichts wurde veröffentlicht.", "Something was found in %[1]s; nothing was published.", name),
		lang.T("Prüfen und berichtigen: patchwart policy lint", "Check and correct: patchwart policy lint"))
	for _, list := range [][]policy.Flaw{r.Gaps, r.Contradictions, r.DeadRules} {
		for _, flaw := range list {
			f.Places = append(f.Places, fault.Place{File: name, Field: strings.Join(flaw.Rules, ", "), Problem: flaw.Text})
		}
	}
	return f
}

// StateValidity keeps what a person says about when a version is valid. The newest statement counts.
func (s *Server) StateValidity(ctx context.Context, id, from, to, by string) error {
	known, ok := s.shelf().version(id)
	if !ok {
		return fault.Missing("Eine Fassung", "version", id)
	}
	if from == "" {
		from = known.ValidFrom
	}
	if to == "" {
		to = known.ValidTo
	}
	for _, day := range []string{from, to} {
		if _, err := time.Parse(time.DateOnly, day); day != policy.DateUnknown && err != nil {
			return fault.New(fault.Invalid, lang.Textf("„%[1]s“ ist kein Tag.", `"%[1]s" is not a day.`, day),
				lang.T("Erwartet ist ein Tag wie 2025-01-01 oder unknown.", "Expected is a day like 2025-01-01, or unknown."))
		}
	}
	if from != policy.DateUnknown && to != policy.DateUnknown && to < from {
		return fault.New(fault.Invalid, lang.Textf("Der letzte Tag %[2]s liegt vor dem ersten %[1]s.", "The last day %[2]s is before the first %[1]s.", from, to), lang.Text{})
	}
	if strings.TrimSpace(by) == "" {
		return fault.New(fault.Invalid, lang.T("Es fehlt, wer das sagt.", "It is missing who says so."), lang.T("Bitte mit --by angeben.", "Please state it with --by."))
	}
	err := s.change(ctx, func(c *change) error {
		st, err := c.AddValidity(ctx, store.Validity{Policy: id, ValidFrom: from, ValidTo: to, By: by, At: c.at})
		c.wake()
		return c.put(ctx, st, err)
	})
	if err != nil {
		return err
	}
	return s.restock(ctx)
}

// Policies lists the published versions.
func (s *Server) Policies(ctx context.Context) ([]board.PolicyInfo, error) {
	sh := s.shelf()
	out := make([]board.PolicyInfo, 0, len(sh.dated))
	for _, d := range sh.dated {
		out = append(out, policyInfo(d))
	}
	return out, ctx.Err()
}

// PolicyVersion is one published version whole.
func (s *Server) PolicyVersion(ctx context.Context, id string) (board.PublishedVersion, error) {
	sh := s.shelf()
	d, ok := sh.version(id)
	if !ok {
		return board.PublishedVersion{}, fault.Missing("Eine Fassung", "version", id)
	}
	table, err := statute.Parse("statutes.yaml", policies.Statutes())
	if err != nil {
		return board.PublishedVersion{}, err
	}
	today := s.now().Format(time.DateOnly)
	out := board.PublishedVersion{
		PolicyInfo: policyInfo(d), Version: d.Version, Published: sh.published[id], Promises: promise.Of(d.Version, table, today),
	}
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		text, _, _, err := tx.Policy(ctx, id)
		if err != nil {
			return err
		}
		out.Document = string(text)
		e, err := tx.Estate(ctx)
		if err != nil {
			return err
		}
		for _, c := range e.Contracts {
			if v, _ := policy.InForce(sh.dated, c.Policy, today); v != nil && v.ID == id {
				out.Contracts++
			}
		}
		return nil
	})
	return out, err
}

func policyInfo(d policy.Dated) board.PolicyInfo {
	v := d.Version
	return board.PolicyInfo{
		ID: v.ID, Name: v.Name, Label: v.Label, Title: v.Title.DE, Titles: v.Title, Publisher: v.Publisher, Source: v.Source.Title,
		SHA256: v.SHA256, From: d.ValidFrom, To: d.ValidTo, Recorded: v.RecordedAt, Supersedes: v.Supersedes,
	}
}
