package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory/dossier"
	"github.com/patchwart/patchwart/internal/core/advisory/source"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	// maxDelivery bounds a publication, in bytes.
	maxDelivery = 256 << 20
	// feedStale is how old a feed may be before nothing may be concluded from its silence. Debian's
	// tracker changes several times a day.
	feedStale = 48 * time.Hour
	// shrinks is the share of records, in per cent, below which a publication is not believed: publishers
	// add, they hardly ever take back.
	shrinks = 80
)

var feedName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,62}$`)

// feedPaper is what is kept of a feed's last attempt.
type feedPaper struct {
	Edition string    `json:"edition,omitempty"`
	Problem lang.Text `json:"problem,omitzero"`
	Newest  time.Time `json:"newest,omitzero"` // see dossier.Read; of the publication in force
	Head    string    `json:"head,omitempty"`

	Validators source.Validators `json:"validators,omitzero"` // of the last answer that was taken, or was what is in force
	Failures   int               `json:"failures,omitempty"`  // attempts that went wrong since
	NotBefore  time.Time         `json:"not_before,omitzero"` // the publisher asked for it
}

func feedPaperOf(f store.Feed) (feedPaper, error) {
	var p feedPaper
	if len(f.Document) == 0 {
		return p, nil
	}
	err := json.Unmarshal(f.Document, &p)
	return p, err
}

// Deliver takes a publication of a feed. What cannot be read whole, or has lost records against the one
// in force, does not replace it; that it was tried is known afterwards.
func (s *Server) Deliver(ctx context.Context, d board.Delivery) (board.Delivered, error) {
	var out board.Delivered
	if !feedName.MatchString(d.Feed) {
		return out, fault.New(fault.Invalid, lang.Textf("„%[1]s“ ist kein Name eines Feeds.", `"%[1]s" is no name of a feed.`, d.Feed),
			lang.T("Namen bestehen aus Kleinbuchstaben, Ziffern, Punkt und Bindestrich, zum Beispiel debian-dsa.", "Names are made of lower-case letters, digits, dots and dashes, debian-dsa for example."))
	}
	text, err := unpack(d.Text, maxDelivery)
	if err != nil {
		problem := lang.Textf("Die Veröffentlichung ist nicht auszupacken: %[1]s", "The publication cannot be unpacked: %[1]s", err.Error())
		return out, s.refuseDelivery(ctx, d.Feed, problem, lang.T("Was bekannt war, gilt weiter.", "What was known stays in force."))
	}
	d.Text = text
	if len(d.Text) > maxDelivery {
		return out, fault.New(fault.Invalid, lang.Textf("Die Veröffentlichung ist größer als %[1]d Bytes.", "The publication is larger than %[1]d bytes.", maxDelivery), lang.Text{})
	}
	kind, err := detect(d.Text)
	var read dossier.Read
	if err == nil {
		read, err = newReader().read(kind, d.Feed, s.now(), d.Text)
	}
	if err != nil {
		problem := lang.Textf("Die Veröffentlichung ist nicht zu lesen: %[1]s", "The publication cannot be read: %[1]s", err.Error())
		return out, s.refuseDelivery(ctx, d.Feed, problem, lang.T("Was bekannt war, gilt weiter.", "What was known stays in force."))
	}
	sum := sha256.Sum256(d.Text)
	p := store.Publication{Feed: d.Feed, SHA: hex.EncodeToString(sum[:]), Kind: kind, Origin: d.Origin, Records: int64(read.Records), Skipped: int64(len(read.Skipped))}
	var refused lang.Text
	err = s.change(ctx, func(c *change) error {
		p.Accepted = c.at
		out.Changed, refused, err = c.accept(ctx, p, d, read.Sane(c.at))
		return err
	})
	if err != nil {
		return out, err
	}
	if !refused.IsZero() {
		return out, s.refuseDelivery(ctx, d.Feed, refused, lang.T("Ist das so gewollt, nennen Sie bitte den Grund (--reason).", "If that is intended, please give the reason (--reason)."))
	}
	for _, skip := range read.Skipped[:min(5, len(read.Skipped))] {
		out.Skipped = append(out.Skipped, skip.Place+": "+skip.Why)
	}
	if out.Changed {
		if out.Started, err = s.relearn(ctx); err != nil {
			return out, err
		}
	}
	out.Feed, err = s.feed(ctx, d.Feed)
	return out, err
}

// accept keeps a publication, unless it is the one in force or may not replace it.
func (c *change) accept(ctx context.Context, p store.Publication, d board.Delivery, read dossier.Read) (changed bool, refused lang.Text, err error) {
	list, err := c.Publications(ctx)
	if err != nil {
		return false, refused, err
	}
	stands, err := c.standing(ctx, p.Feed)
	if err != nil {
		return false, refused, err
	}
	before, err := feedPaperOf(stands)
	if err != nil {
		return false, refused, err
	}
	changed = true
	for _, have := range list {
		if have.Feed != p.Feed {
			continue
		}
		changed = have.SHA != p.SHA
		if p.Records*100 < have.Records*shrinks && d.Reason == "" {
			return false, lang.Textf("Die Veröffentlichung hat nur %[1]d Einträge, die bisherige hat %[2]d.",
				"The publication has only %[1]d entries, the one in force has %[2]d.", p.Records, have.Records), nil
		}
		if was := (dossier.Read{Newest: before.Newest, Head: before.Head}); changed && d.Reason == "" && read.Older(was) {
			return false, lang.T("Die Veröffentlichung ist älter als die bisherige.", "The publication is older than the one in force."), nil
		}
		break // the newest is the one in force
	}
	paper, err := json.Marshal(feedPaper{Edition: read.Edition, Newest: read.Newest, Head: read.Head})
	if err != nil {
		return false, refused, err
	}
	if err := c.PutFeed(ctx, store.Feed{Name: p.Feed, Tried: c.at, Succeeded: c.at, Document: paper}); err != nil || !changed {
		return changed, refused, err
	}
	if d.Reason != "" {
		p.Origin += " (" + d.Reason + ")"
	}
	st, err := c.AddPublication(ctx, p, d.Text)
	return true, refused, c.put(ctx, st, err)
}

// standing is what is kept of a feed's last attempts; a new feed has none.
func (c *change) standing(ctx context.Context, feed string) (store.Feed, error) {
	list, err := c.Feeds(ctx)
	for _, f := range list {
		if f.Name == feed {
			return f, err
		}
	}
	return store.Feed{Name: feed}, err
}

// attempt notes an attempt at a feed.
func (s *Server) attempt(ctx context.Context, feed string, note func(*store.Feed, *feedPaper)) error {
	return s.change(ctx, func(c *change) error {
		stands, err := c.standing(ctx, feed)
		if err != nil {
			return err
		}
		paper, err := feedPaperOf(stands)
		if err != nil {
			return err
		}
		stands.Tried = c.at
		note(&stands, &paper)
		if stands.Document, err = json.Marshal(paper); err != nil {
			return err
		}
		c.wake()
		return c.PutFeed(ctx, stands)
	})
}

// refuseDelivery notes that an attempt failed, and says so.
func (s *Server) refuseDelivery(ctx context.Context, feed string, problem, mend lang.Text) error {
	if err := s.attempt(ctx, feed, func(_ *store.Feed, p *feedPaper) {
		p.Problem = problem
		p.Failures++
	}); err != nil {
		return err
	}
	return fault.New(fault.Invalid, problem, mend)
}

// Feeds is how all feeds stand.
func (s *Server) Feeds(ctx context.Context) ([]board.Feed, error) {
	var out []board.Feed
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		var err error
		out, err = s.feedRows(ctx, tx)
		return err
	})
	return out, err
}

func (s *Server) feedRows(ctx context.Context, tx *store.Tx) ([]board.Feed, error) {
	feeds, err := tx.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	publications, err := tx.Publications(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]board.Feed, 0, len(feeds))
	for _, f := range feeds {
		row, err := s.feedRow(f, publications)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

func (s *Server) feed(ctx context.Context, name string) (board.Feed, error) {
	list, err := s.Feeds(ctx)
	for _, f := range list {
		if f.Name == name {
			return f, err
		}
	}
	return board.Feed{}, err
}

func (s *Server) feedRow(f store.Feed, publications []store.Publication) (board.Feed, error) {
	paper, err := feedPaperOf(f)
	if err != nil {
		return board.Feed{}, err
	}
	row := board.Feed{Name: f.Name, Tried: f.Tried, Succeeded: f.Succeeded, Edition: paper.Edition, Problem: paper.Problem}
	for _, p := range publications {
		if p.Feed == f.Name {
			row.Kind, row.Origin, row.Accepted, row.SHA256, row.Records, row.Skipped = p.Kind, p.Origin, p.Accepted, p.SHA, p.Records, p.Skipped
			break
		}
	}
	fresh := feedStale
	for _, src := range s.config.Sources {
		if src.Name == f.Name {
			fresh = src.Fresh
		}
	}
	row.Stale = f.Succeeded.IsZero() || s.now().Sub(f.Succeeded) > fresh
	if row.Stale && row.Problem.IsZero() {
		row.Problem = lang.Textf("Seit mehr als %[1]s nicht aufgefrischt: Dass nichts gemeldet ist, heißt nicht, dass nichts offen ist.",
			"Not refreshed for more than %[1]s: that nothing is reported does not mean that nothing is open.",
			lang.T(lang.DurationDative(fresh, lang.DE), lang.Duration(fresh, lang.EN)))
	}
	return row, nil
}
