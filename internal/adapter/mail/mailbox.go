package mail

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
)

// What one look at a mailbox brings.
const (
	maxBatch = 20
	maxMail  = 10 << 20 // bytes of one mail that are fetched
)

// Config is a mailbox to be read.
type Config struct {
	Server  Server
	Folder  string        // empty: INBOX
	Done    string        // folder that accepted messages are moved to; empty: they stay, marked as read
	Trusted string        // authserv-id of the receiving server; empty: no Authentication-Results are believed
	Fields  int           // how many Authentication-Results fields that server adds; 0: 1
	Limit   int64         // bytes of one mail that are read; 0: 10 MiB
	Every   time.Duration // between two looks where the server does not say when mail comes, and at most with it; 0: a minute
	First   time.Duration // before a second try, doubled up to Most; 0: 2 s
	Most    time.Duration // 0: 5 min
	// LookupTXT asks the DNS for public keys. nil: the machine's resolver.
	LookupTXT func(ctx context.Context, domain string) ([]string, error)
	// NoDNS leaves signatures to the receiving server.
	NoDNS bool
}

// Mailbox reads one folder. It may be used by one goroutine at a time.
type Mailbox struct {
	config   Config
	mu       sync.Mutex // of the session
	session  session
	validity uint32
	owed     []uint32 // accepted, and not yet marked on the server
}

// New makes a mailbox and connects nowhere.
func New(c Config) (*Mailbox, error) {
	if err := c.Server.check(); err != nil {
		return nil, err
	}
	if c.Server.User == "" {
		return nil, invalid("Das Postfach braucht einen Benutzernamen.", "The mailbox needs a user name.")
	}
	if c.Folder == "" {
		c.Folder = "INBOX"
	}
	if c.Done == c.Folder {
		return nil, invalid("Gelesene Nachrichten können nicht in denselben Ordner verschoben werden.", "Messages that were read cannot be moved to the same folder.")
	}
	if c.Limit <= 0 {
		c.Limit = maxMail
	}
	if c.Every <= 0 {
		c.Every = time.Minute
	}
	if c.First <= 0 {
		c.First = 2 * time.Second
	}
	if c.Most <= 0 {
		c.Most = 5 * time.Minute
	}
	if c.LookupTXT == nil {
		c.LookupTXT = net.DefaultResolver.LookupTXT
	}
	if c.NoDNS {
		c.LookupTXT = nil
	}
	return &Mailbox{config: c}, nil
}

// Fetch reads the next messages behind a place, at most 20, in order; none means that there are no more now.
// Nothing on the server changes by it. If the mailbox is another one than the cursor's, it begins at the start.
func (b *Mailbox) Fetch(ctx context.Context, after Cursor) ([]Received, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	if after.Validity != b.validity {
		after = Cursor{Validity: b.validity}
	}
	for {
		found, err := b.session.list(ctx, after.UID, maxBatch)
		if err != nil {
			return nil, b.lost(err)
		}
		out, err := b.readAll(ctx, found)
		if err != nil {
			err = b.lost(err)
		}
		if len(out) > 0 { // what is there is given out; the next look meets the error again
			return out, nil
		}
		if err != nil || len(found) < maxBatch {
			return nil, err
		}
		after.UID = found[len(found)-1].uid // somebody else took all of them away
	}
}

func (b *Mailbox) readAll(ctx context.Context, found []listed) ([]Received, error) {
	var out []Received
	for _, l := range found {
		r, err := b.read(ctx, l)
		switch {
		case errors.Is(err, errGone):
		case err != nil:
			return out, err
		default:
			out = append(out, r)
		}
	}
	return out, nil
}

func (b *Mailbox) read(ctx context.Context, l listed) (Received, error) {
	r := Received{At: Cursor{Validity: b.validity, UID: l.uid}, Arrived: l.arrived.UTC()}
	raw, err := b.session.body(ctx, l.uid, b.config.Limit)
	if err != nil {
		return r, err
	}
	r.Message, err = Parse(ctx, raw, Reading{
		Trusted: b.config.Trusted, Fields: b.config.Fields, LookupTXT: b.config.LookupTXT,
		Whole: int64(len(raw)) < b.config.Limit || int64(len(raw)) == b.config.Limit && l.size == b.config.Limit,
	})
	if ctx.Err() != nil { // or keys would count as not found
		return r, ctx.Err()
	}
	if err != nil {
		r.Refused = reason(err)
	}
	return r, nil
}

// Accepted marks messages as read, and moves them if so configured. It is called after they are kept durably;
// what cannot be marked now is owed until the next time, and forgotten with the process.
func (b *Mailbox) Accepted(ctx context.Context, at ...Cursor) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.open(ctx); err != nil {
		return err
	}
	for _, c := range at {
		if c.Validity == b.validity && c.UID != 0 {
			b.owed = append(b.owed, c.UID)
		}
	}
	return b.settle(ctx)
}

func (b *Mailbox) settle(ctx context.Context) error {
	if len(b.owed) == 0 {
		return nil
	}
	err := b.session.settle(ctx, b.owed, b.config.Done)
	var f *fault.Error
	if err == nil || errors.As(err, &f) { // the server's no would be the same the next time
		b.owed = nil
	}
	if err != nil && f == nil {
		return b.lost(err)
	}
	return err
}

// open makes sure of a session.
func (b *Mailbox) open(ctx context.Context) error {
	if b.session != nil {
		return nil
	}
	s, validity, err := enter(ctx, b.config.Server, b.config.Folder)
	if err != nil {
		return err
	}
	if validity == 0 {
		s.close()
		return &fault.Error{Code: fault.Unavailable, Text: lang.T("Der Mailserver kann Nachrichten nicht wiedererkennen (UIDVALIDITY).", "The mail server cannot recognise messages again (UIDVALIDITY).")}
	}
	if validity != b.validity {
		b.owed = nil
	}
	b.session, b.validity = s, validity
	return nil
}

// lost gives up the session and says why.
func (b *Mailbox) lost(err error) error {
	if b.session != nil {
		b.session.close()
		b.session = nil
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return unreachable(err)
}

// Close ends the connection. The mailbox can be used again.
func (b *Mailbox) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.session != nil {
		b.session.close()
		b.session = nil
	}
}

// Watch reads the mailbox until ctx ends: it gives each message to accept, in order, one at a time, and when
// accept has kept it, marks it on the server. A message that accept returns an error for is given again later,
// and none behind it before. Connections that break are made again. What goes wrong is told to trouble, which
// may be nil; the error that Watch returns is the one of ctx.
func (b *Mailbox) Watch(ctx context.Context, after Cursor, accept func(context.Context, Received) error, trouble func(error)) error {
	defer b.Close()
	failed := 0
	for ctx.Err() == nil {
		next, err := b.look(ctx, after, accept)
		if next != after {
			after, failed = next, 0
		}
		if err == nil {
			failed = 0
			continue
		}
		if ctx.Err() != nil {
			break
		}
		if trouble != nil {
			trouble(err)
		}
		b.sleep(ctx, failed)
		failed++
	}
	return ctx.Err()
}

// look takes what is there and then waits for more. It returns how far it came.
func (b *Mailbox) look(ctx context.Context, after Cursor, accept func(context.Context, Received) error) (Cursor, error) {
	batch, err := b.Fetch(ctx, after)
	if err != nil {
		return after, err
	}
	for _, r := range batch {
		if err := accept(ctx, r); err != nil {
			return after, err
		}
		after = r.At
		if err := b.Accepted(ctx, r.At); err != nil {
			return after, err
		}
	}
	if len(batch) > 0 {
		return after, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.session == nil {
		return after, nil
	}
	if err := b.settle(ctx); err != nil {
		return after, err
	}
	if err := b.session.wait(ctx, b.config.Every); err != nil {
		return after, b.lost(err)
	}
	return after, nil
}

// sleep waits before another try: doubled each time, and drawn from the upper half.
func (b *Mailbox) sleep(ctx context.Context, failed int) {
	wait := b.config.Most
	if failed < 20 && b.config.First<<failed < wait {
		wait = b.config.First << failed
	}
	timer := time.NewTimer(wait/2 + rand.N(wait/2+1)) //nolint:gosec // spreads load; nobody gains by guessing it
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
