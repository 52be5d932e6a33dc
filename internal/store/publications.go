package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/store/sqlgen"
)

// Publication is a text that a feed published and that was accepted.
type Publication struct {
	Feed     string
	Accepted time.Time
	SHA      string // SHA-256 of the text, hex
	Kind     string // format of the text
	Origin   string // URL or place it came from
	Records  int64  // that could be read
	Skipped  int64  // that could not
}

// maxPublication bounds the text of a publication, in bytes.
const maxPublication = 1 << 30

// AddPublication accepts a text. It is the feed's newest from now on; the one before is kept whole, of
// still older ones only what they were.
func (tx *Tx) AddPublication(ctx context.Context, p Publication, text []byte) (Statement, error) {
	if got := hexSum(text); got != p.SHA {
		return Statement{}, fmt.Errorf("store: publication of %q: the text has SHA-256 %s, not %s", p.Feed, got, p.SHA)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err := z.Write(text)
	if err = errors.Join(err, z.Close()); err == nil {
		err = tx.q.AddPublication(ctx, sqlgen.AddPublicationParams{Feed: p.Feed, Accepted: micros(p.Accepted), Sha: p.SHA, Kind: p.Kind,
			Origin: p.Origin, Records: p.Records, Skipped: p.Skipped})
	}
	if err == nil {
		err = tx.q.AddPublicationText(ctx, p.Feed, micros(p.Accepted), packed.Bytes())
	}
	if err == nil {
		err = tx.q.ThinPublicationTexts(ctx, p.Feed)
	}
	if err != nil {
		return Statement{}, fmt.Errorf("store: publication of %q: %w", p.Feed, err)
	}
	return publicationStatement(ctx, tx, publicationKey(p.Feed, micros(p.Accepted)))
}

// Publications are all accepted publications, by feed, newest first.
func (tx *Tx) Publications(ctx context.Context) ([]Publication, error) {
	rows, err := tx.q.ListPublications(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: publications: %w", err)
	}
	list := make([]Publication, len(rows))
	for i, r := range rows {
		list[i] = Publication{r.Feed, moment(r.Accepted), r.Sha, r.Kind, r.Origin, r.Records, r.Skipped}
	}
	return list, nil
}

// PublicationText is the text of a publication, checked against its hash. ok is false when it is no
// longer kept.
func (tx *Tx) PublicationText(ctx context.Context, p Publication) (text []byte, ok bool, err error) {
	packed, err := tx.q.GetPublicationText(ctx, p.Feed, micros(p.Accepted))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("store: publication of %q: %w", p.Feed, err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		text, err = io.ReadAll(io.LimitReader(z, maxPublication+1))
	}
	if err == nil && len(text) > maxPublication {
		err = fmt.Errorf("more than %d bytes", maxPublication)
	}
	if err == nil && hexSum(text) != p.SHA {
		err = fmt.Errorf("the text has SHA-256 %s, not %s", hexSum(text), p.SHA)
	}
	if err != nil {
		return nil, false, unreadable("publications", p.Feed, err)
	}
	return text, true, nil
}

// Feed is how a feed stands.
type Feed struct {
	Name      string
	Tried     time.Time // last attempt
	Succeeded time.Time // last attempt that said something that holds: a new text, or that there is none
	Document  []byte    // JSON of whoever fetches
}

// PutFeed notes how a feed stands now.
func (tx *Tx) PutFeed(ctx context.Context, f Feed) error {
	if err := tx.q.PutFeed(ctx, f.Name, micros(f.Tried), micros(f.Succeeded), string(f.Document)); err != nil {
		return fmt.Errorf("store: feed %q: %w", f.Name, err)
	}
	return nil
}

// Feeds are all feeds that were ever tried, by name.
func (tx *Tx) Feeds(ctx context.Context) ([]Feed, error) {
	rows, err := tx.q.ListFeeds(ctx)
	if err != nil {
		return nil, fmt.Errorf("store: feeds: %w", err)
	}
	list := make([]Feed, len(rows))
	for i, r := range rows {
		list[i] = Feed{r.Feed, moment(r.Tried), moment(r.Succeeded), []byte(r.Document)}
	}
	return list, nil
}

func publicationKey(feed string, accepted int64) string {
	return feed + "/" + strconv.FormatInt(accepted, 10)
}

// publicationStatement states what was accepted; the text is stated by its hash.
func publicationStatement(ctx context.Context, tx *Tx, subject string) (Statement, error) {
	slash := strings.LastIndexByte(subject, '/')
	at, err := strconv.ParseInt(subject[slash+1:], 10, 64)
	if slash < 0 || err != nil {
		return Statement{}, sql.ErrNoRows
	}
	r, err := tx.q.GetPublication(ctx, subject[:slash], at)
	if err != nil {
		return Statement{}, err
	}
	return state(KindPublication, subject, struct {
		Feed     string `json:"feed"`
		Accepted int64  `json:"accepted"`
		SHA      string `json:"sha256"`
		Kind     string `json:"kind"`
		Origin   string `json:"origin"`
		Records  int64  `json:"records"`
		Skipped  int64  `json:"skipped"`
	}{r.Feed, r.Accepted, r.Sha, r.Kind, r.Origin, r.Records, r.Skipped}, nil), nil
}

func eachPublication(ctx context.Context, tx *Tx, fn func(string) error) error {
	rows, err := tx.q.ListPublications(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := fn(publicationKey(r.Feed, r.Accepted)); err != nil {
			return err
		}
	}
	return nil
}
