package webtest

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/promise"
	"github.com/patchwart/patchwart/internal/core/statute"
)

// folder holds the published policies, seen from the tests of the console.
var folder = filepath.Join("..", "..", "policies")

// versions are the published policies, as a server has them.
var versions = []string{"iteg-toms-1.1", "managedhosting-1", "managedhosting-2"}

// Policies lists the published versions.
func (b *Backend) Policies(ctx context.Context) ([]board.PolicyInfo, error) {
	b.mu.Lock()
	fail := b.Fail
	b.mu.Unlock()
	if fail != nil {
		return nil, fail
	}
	var list []board.PolicyInfo
	for _, id := range versions {
		v, err := b.PolicyVersion(ctx, id)
		if err != nil {
			return nil, err
		}
		list = append(list, v.PolicyInfo)
	}
	return list, nil
}

// PolicyVersion is one of them whole.
func (b *Backend) PolicyVersion(_ context.Context, id string) (board.PublishedVersion, error) {
	text, err := os.ReadFile(filepath.Join(folder, filepath.Base(id)+".yaml"))
	if err != nil {
		return board.PublishedVersion{}, fault.Missing("Eine Fassung", "version", id)
	}
	v, err := policy.Parse(id+".yaml", text)
	if err != nil {
		return board.PublishedVersion{}, err
	}
	laws, err := os.ReadFile(filepath.Join(folder, "citations", "statutes.yaml"))
	if err != nil {
		return board.PublishedVersion{}, err
	}
	table, err := statute.Parse("statutes.yaml", laws)
	if err != nil {
		return board.PublishedVersion{}, err
	}
	return board.PublishedVersion{
		PolicyInfo: board.PolicyInfo{
			ID: v.ID, Name: v.Name, Label: v.Label, Title: v.Title.DE, Titles: v.Title, Publisher: v.Publisher, Source: v.Source.Title,
			SHA256: v.SHA256, From: v.ValidFrom, To: v.ValidTo, Recorded: v.RecordedAt, Supersedes: v.Supersedes,
		},
		Version: v, Document: string(text), Published: b.Now, Contracts: 4, Promises: promise.Of(v, table, b.Now.Format(time.DateOnly)),
	}, nil
}

// about answers for a layer and a class of change, with what the older article says beside it.
func (b *Backend) about(e *board.Explanation, q board.Question) {
	if q.Layer == "" && q.Change == "" && q.Day == "" {
		return
	}
	f := e.Facets
	if q.Layer != "" {
		f.Layer = q.Layer
	}
	if q.Change != "" {
		f.ChangeClass = q.Change
	}
	if q.Critical != "" {
		f.Criticality = q.Critical
	}
	newer, err := b.PolicyVersion(context.Background(), "managedhosting-2")
	if err != nil {
		return
	}
	older, err := b.PolicyVersion(context.Background(), "managedhosting-1")
	if err != nil {
		return
	}
	e.Decision, e.Facets, e.Policy, e.Day, e.KnownAt = policy.Decide(newer.Version, f), f, newer.PolicyInfo, q.Day, q.KnownAt
	e.Answer, e.Rule = e.Decision.Answer(), e.Decision.GoverningRule()
	then := policy.Decide(older.Version, f)
	e.Beside = []board.Beside{{Policy: older.PolicyInfo, Decision: then, Answer: then.Answer(), Differs: true}}
	e.Inactive = []policy.Inactive{{Agreement: "kuhn-2026", Rule: "SA-01", By: "MH1-10", Text: lang.T(
		"Die Sonderabsprache kuhn-2026 ist noch nicht wirksam: MH1-10 verlangt dafür auch Anweisung.",
		"The individual agreement kuhn-2026 has no effect yet: MH1-10 also demands: instruction.")}}
}
