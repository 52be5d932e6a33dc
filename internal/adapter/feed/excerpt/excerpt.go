// Package excerpt fetches publications that are too large to be kept, and keeps of them what an estate
// needs: of Ubuntu's OSV records, 10 GB unpacked, those about the releases that its hosts run, without the
// lists of every version and every binary package.
package excerpt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
	"github.com/patchwart/patchwart/internal/core/advisory/osv"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

const (
	// maxFile is the size in bytes of the largest publication that is fetched. Ubuntu's has about 700 MB.
	maxFile = 4 << 30
	// maxReferences is how many links of a record are kept; a kernel's names every notice.
	maxReferences = 8
)

// Files fetches publications into a file.
type Files interface {
	Save(ctx context.Context, s source.Source, known source.Validators, to io.Writer) (source.Fetched, int64, error)
}

// Fetcher fetches publications of all other kinds.
type Fetcher interface {
	Fetch(ctx context.Context, s source.Source, known source.Validators) (source.Fetched, error)
}

// Source fetches publications: of those of the kind OSV it makes an excerpt.
type Source struct {
	Files Files
	Other Fetcher
	Dir   string // for a publication while it is read; private to the server
}

// Fetch looks whether a source has something new, and returns the excerpt then. Its validators name the
// releases that it is for: with another release the publication is read anew. A release that no host runs any
// more stays in, so that the excerpt does not look as if its publisher had lost half of what they knew.
func (x *Source) Fetch(ctx context.Context, s source.Source, known source.Validators) (source.Fetched, error) {
	if s.Kind != source.OSV {
		return x.Other.Fetch(ctx, s, known)
	}
	was, tag, _ := strings.Cut(known.ETag, " ")
	releases := slices.Clone(s.Releases)
	if was != "" {
		releases = append(releases, strings.Split(was, ",")...)
	}
	slices.Sort(releases)
	names := strings.Join(slices.Compact(releases), ",")
	before := source.Validators{ETag: tag, LastModified: known.LastModified}
	if was != names {
		before = source.Validators{}
	}
	if err := os.MkdirAll(x.Dir, 0o700); err != nil {
		return source.Fetched{}, err
	}
	file, err := os.CreateTemp(x.Dir, ".feed-*")
	if err != nil {
		return source.Fetched{}, err
	}
	defer func() { _, _ = file.Close(), os.Remove(file.Name()) }()
	large := s
	large.Limit = maxFile
	out, size, err := x.Files.Save(ctx, large, before, file)
	if err != nil {
		return source.Fetched{}, err
	}
	out.Validators.ETag = names + " " + out.Validators.ETag
	if size == 0 {
		return out, nil
	}
	out.Text, err = excerpt(ctx, file, size, s.Limit, strings.Split(names, ","))
	return out, err
}

var errTooLong = errors.New("the excerpt is too long")

// excerpt makes the excerpt: records as lines, then what could not be read.
func excerpt(ctx context.Context, in io.ReaderAt, size, limit int64, releases []string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	var failed error
	held := until{in, func() error { return errors.Join(ctx.Err(), failed) }}
	skipped, err := osv.Archive(held, size, func(r advisory.Record) {
		switch {
		case failed != nil:
		case int64(b.Len()) > limit:
			failed = errTooLong
		case trim(&r, releases):
			failed = e.Encode(r)
		}
	})
	if err = errors.Join(err, failed); err == nil {
		for _, s := range skipped {
			err = errors.Join(err, e.Encode(s))
		}
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, errTooLong) || int64(b.Len()) > limit:
		return nil, &fault.Error{Code: fault.Unavailable, Text: lang.Textf("Was die Veröffentlichung über %[1]s sagt, ergibt mehr als %[2]d MiB.",
			"What the publication says about %[1]s makes more than %[2]d MiB.", strings.Join(releases, ", "), limit>>20)}
	case err != nil:
		return nil, &fault.Error{Code: fault.Unavailable, Text: lang.Textf("Die Veröffentlichung ist nicht zu lesen: %[1]s", "The publication cannot be read: %[1]s", err.Error()), Cause: fmt.Errorf("excerpt: %w", err)}
	case b.Len() == 0 || bytes.HasPrefix(b.Bytes(), []byte(`{"place"`)):
		return nil, &fault.Error{Code: fault.Unavailable, Text: lang.Textf("Die Veröffentlichung sagt nichts über %[1]s.", "The publication says nothing about %[1]s.", strings.Join(releases, ", "))}
	}
	return b.Bytes(), nil
}

// until is a file that cannot be read any more once there is a reason: reading a publication takes minutes,
// and a server that stops does not wait for it.
type until struct {
	io.ReaderAt
	reason func() error
}

// ReadAt reads unless there is a reason not to.
func (u until) ReadAt(p []byte, at int64) (int, error) {
	if err := u.reason(); err != nil {
		return 0, err
	}
	return u.ReaderAt.ReadAt(p, at)
}

// trim leaves of a record what it says about the releases, and reports whether that is anything. A record
// that is taken back says nothing.
func trim(r *advisory.Record, releases []string) bool {
	r.Affected = slices.DeleteFunc(r.Affected, func(a advisory.Affected) bool {
		codename, _, ok := a.Ecosystem.Release()
		return !ok || !slices.Contains(releases, codename)
	})
	if len(r.References) > maxReferences {
		r.References = r.References[:maxReferences]
	}
	return len(r.Affected) > 0 && !r.Withdrawn
}
