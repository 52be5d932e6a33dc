package mailtest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/adapter/mail"
)

// Reader watches a mailbox as the product does and remembers what it took.
type Reader struct {
	mu      sync.Mutex
	taken   []mail.Received
	offered int
	refuse  int // how often taking still fails
	cursor  mail.Cursor
	trouble []error
	stop    context.CancelFunc
	done    chan struct{}
}

var errFull = errors.New("the database is full")

// Watch begins to read behind a place; the first so many times it fails to take what it is given.
func Watch(t *testing.T, c mail.Config, after mail.Cursor, refuse int) *Reader {
	t.Helper()
	c.First, c.Most = 20*time.Millisecond, 200*time.Millisecond
	b, err := mail.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &Reader{refuse: refuse, cursor: after, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		_ = b.Watch(ctx, after, r.take, func(err error) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.trouble = append(r.trouble, err)
		})
	}()
	t.Cleanup(r.Stop)
	return r
}

func (r *Reader) take(_ context.Context, m mail.Received) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.offered++
	if r.refuse > 0 {
		r.refuse--
		return errFull
	}
	r.taken = append(r.taken, m)
	r.cursor = m.At
	return nil
}

// Stop ends the watching and waits for it.
func (r *Reader) Stop() {
	r.stop()
	<-r.done
}

// Await waits until so many messages were taken and returns them.
func (r *Reader) Await(t *testing.T, s *Servers, n int) []mail.Received {
	t.Helper()
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		r.mu.Lock()
		taken := append([]mail.Received{}, r.taken...)
		r.mu.Unlock()
		if len(taken) >= n {
			return taken
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Fatalf("%d of %d messages came; trouble: %v\n%s\n%s", len(r.taken), n, r.trouble, s.Log("postfix.log"), s.Log("dovecot.log"))
	return nil
}

// Taken is what was taken so far, and the place behind it.
func (r *Reader) Taken() ([]mail.Received, mail.Cursor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]mail.Received{}, r.taken...), r.cursor
}
