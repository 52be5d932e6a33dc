package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

// Fetcher looks at a source: over the network, or in a directory. Its errors are *fault.Error in words, or
// *source.BusyError.
type Fetcher interface {
	Fetch(ctx context.Context, s source.Source, known source.Validators) (source.Fetched, error)
}

// fetchEvery is how often it is looked which feeds are due.
const fetchEvery = time.Minute

// watchFeeds looks at the sources when they are due, one after the other, until the server stops.
func (s *Server) watchFeeds(ctx context.Context) {
	tick := time.NewTicker(fetchEvery)
	defer tick.Stop()
	for {
		for _, src := range s.config.Sources {
			if err := s.look(ctx, src); err != nil && ctx.Err() == nil {
				s.log.Warn("feed", "feed", src.Name, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// look fetches a source if it is due. Whatever comes of it is kept with the feed; what was known stays in
// force unless something newer is taken.
func (s *Server) look(ctx context.Context, src source.Source) error {
	var f store.Feed
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Feeds(ctx)
		for _, have := range list {
			if have.Name == src.Name {
				f = have
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	paper, err := feedPaperOf(f)
	if err != nil {
		return err
	}
	if !src.Due(s.now(), source.Standing{Tried: f.Tried, Succeeded: f.Succeeded, Failures: paper.Failures, NotBefore: paper.NotBefore}) {
		return nil
	}
	if src.Only != "" {
		if src.Releases, err = s.crowd.runs(ctx, s, src.Only); err != nil || len(src.Releases) == 0 {
			return err
		}
	}
	got, err := s.config.Fetcher.Fetch(ctx, src, paper.Validators)
	switch {
	case err != nil:
		return s.missed(ctx, src.Name, err)
	case got.Unchanged():
		return s.attempt(ctx, src.Name, func(f *store.Feed, p *feedPaper) {
			f.Succeeded = f.Tried
			p.Problem, p.Failures, p.NotBefore = lang.Text{}, 0, time.Time{}
		})
	}
	if _, err := s.Deliver(ctx, board.Delivery{Feed: src.Name, Origin: got.From, Text: got.Text}); err != nil {
		return err // it is kept with the feed already
	}
	return s.attempt(ctx, src.Name, func(_ *store.Feed, p *feedPaper) { p.Validators = got.Validators })
}

// missed notes that nothing came, and why.
func (s *Server) missed(ctx context.Context, feed string, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err() // the server stops; nobody is to blame
	}
	problem := lang.T("Der Feed ist nicht zu holen.", "The feed cannot be fetched.")
	var f *fault.Error
	if errors.As(cause, &f) {
		problem = f.Text
	}
	var busy *source.BusyError
	err := s.attempt(ctx, feed, func(_ *store.Feed, p *feedPaper) {
		p.Problem = problem
		p.Failures++
		p.NotBefore = time.Time{}
		if errors.As(cause, &busy) {
			p.NotBefore = busy.NotBefore
		}
	})
	return errors.Join(cause, err)
}

// unpack unpacks a publication that is packed with gzip or zstd; others it leaves as they are.
func unpack(text []byte, limit int64) ([]byte, error) {
	var in io.Reader
	switch {
	case bytes.HasPrefix(text, []byte("\x1f\x8b")):
		z, err := gzip.NewReader(bytes.NewReader(text))
		if err != nil {
			return nil, err
		}
		in = z
	case bytes.HasPrefix(text, []byte("\x28\xb5\x2f\xfd")):
		z, err := zstd.NewReader(bytes.NewReader(text), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(128<<20))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		in = z
	default:
		return text, nil
	}
	out, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(out)) > limit {
		err = fmt.Errorf("it has more than %d MiB", limit>>20)
	}
	return out, err
}
