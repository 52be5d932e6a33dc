package agent

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/wire"
)

// lookout keeps the last look at the host, in the compressed form in which it is sent: the facts of a
// host with 2,000 packages take megabytes as values and a tenth of that compressed, and most days
// nobody asks for them.
type lookout struct {
	mu       sync.Mutex
	packed   []byte // gzipped wire.FactsReport
	sum      string
	observed time.Time // by the host's clock
	looked   time.Time // by the monotonic clock; zero when a look is due
	sentSum  string
	sentAt   time.Time
}

// due says whether it is time to look again.
func (l *lookout) due(interval time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.looked.IsZero() || time.Since(l.looked) >= interval
}

// stale makes the next look due.
func (l *lookout) stale() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looked = time.Time{}
}

// failed notes a look that failed; enough of them, and the next one waits for its interval.
func (l *lookout) failed(enough bool) {
	if enough {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.looked = time.Now()
	}
}

// take keeps what was seen at that time of the host's clock.
func (l *lookout) take(f fact.Facts, at time.Time) error {
	f.Sort()
	sum := f.Hash()
	var buf bytes.Buffer
	packer := gzip.NewWriter(&buf)
	err := json.NewEncoder(packer).Encode(wire.FactsReport{Hash: sum, Observed: at.UTC(), Facts: f})
	if cerr := packer.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("agent: pack facts: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.packed, l.sum, l.observed, l.looked = buf.Bytes(), sum, at.UTC(), time.Now()
	return nil
}

// hash names the last look; empty before the first.
func (l *lookout) hash() (sum string, observed time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sum, l.observed
}

// report gives the last look for sending; fresh is false if there is none or if it was just sent.
func (l *lookout) report() (packed []byte, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	again := l.sentSum == l.sum && time.Since(l.sentAt) < 2*betweenIdle
	return l.packed, l.packed != nil && !again
}

// told notes that the last look was sent.
func (l *lookout) told() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sentSum, l.sentAt = l.sum, time.Now()
}

// facts unpacks the last look.
func (l *lookout) facts() (fact.Facts, error) {
	l.mu.Lock()
	packed := l.packed
	l.mu.Unlock()
	if packed == nil {
		return fact.Facts{}, errors.New("agent: the host was not looked at yet")
	}
	unpacker, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fact.Facts{}, fmt.Errorf("agent: unpack facts: %w", err)
	}
	var r wire.FactsReport
	if err := json.NewDecoder(io.LimitReader(unpacker, wire.MaxFacts)).Decode(&r); err != nil {
		return fact.Facts{}, fmt.Errorf("agent: unpack facts: %w", err)
	}
	return r.Facts, nil
}
