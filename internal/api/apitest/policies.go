package apitest

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/core/simulation"
)

// Policies lists what was published.
func (b *Backend) Policies(context.Context) ([]board.PolicyInfo, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []board.PolicyInfo
	for _, v := range b.published {
		list = append(list, v.PolicyInfo)
	}
	return list, nil
}

// PolicyVersion is a version that was published.
func (b *Backend) PolicyVersion(_ context.Context, id string) (board.PublishedVersion, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.IndexFunc(b.published, func(v board.PublishedVersion) bool { return v.ID == id })
	if i < 0 {
		return board.PublishedVersion{}, fault.Missing("Eine Fassung", "version", id)
	}
	return b.published[i], nil
}

// Publish publishes a version in memory.
func (b *Backend) Publish(_ context.Context, name string, text []byte) (board.Published, error) {
	if strings.HasPrefix(string(text), "agreement:") {
		a, err := policy.ParseAgreement(name, text)
		if err != nil {
			return board.Published{}, err
		}
		return board.Published{Kind: board.PublishedAgreement, ID: a.ID, SHA256: a.SHA256, Added: true}, nil
	}
	v, err := policy.Parse(name, text)
	if err != nil {
		return board.Published{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, have := range b.published {
		if have.ID == v.ID && have.SHA256 != v.SHA256 {
			return board.Published{}, fault.New(fault.Conflict, lang.T("schon mit anderem Text veröffentlicht", "published already with another text"), lang.T("neue ID", "new ID"))
		}
		if have.ID == v.ID {
			return board.Published{Kind: board.PublishedPolicy, ID: v.ID, SHA256: v.SHA256}, nil
		}
	}
	b.published = append(b.published, board.PublishedVersion{
		PolicyInfo: board.PolicyInfo{ID: v.ID, Name: v.Name, Label: v.Label, Title: v.Title.DE, Titles: v.Title, SHA256: v.SHA256, From: v.ValidFrom, To: v.ValidTo},
		Version:    v, Document: string(text), Published: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC),
	})
	return board.Published{Kind: board.PublishedPolicy, ID: v.ID, SHA256: v.SHA256, Added: true}, nil
}

// StateValidity changes the dates of a version.
func (b *Backend) StateValidity(ctx context.Context, id, from, to, _ string) error {
	if _, err := b.PolicyVersion(ctx, id); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.published {
		if b.published[i].ID == id {
			if from != "" {
				b.published[i].From = from
			}
			if to != "" {
				b.published[i].To = to
			}
		}
	}
	return nil
}

// Simulate simulates over no systems.
func (b *Backend) Simulate(_ context.Context, name string, text []byte) (simulation.Report, error) {
	v, err := policy.Parse(name, text)
	if err != nil {
		return simulation.Report{}, err
	}
	return simulation.Run(nil, v, time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)), nil
}
