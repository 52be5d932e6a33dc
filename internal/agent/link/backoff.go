package link

import (
	"math/rand/v2"
	"time"
)

// Backoff is how long to wait after failures in a row: doubled each time, bounded, and drawn at
// random from the upper half, so that a thousand hosts do not come back at the same moment.
type Backoff struct {
	First time.Duration // after the first failure, about
	Most  time.Duration // never longer
	n     int
}

// Next is the wait after one more failure. atLeast is what the server asked for.
func (b *Backoff) Next(atLeast time.Duration) time.Duration {
	wait := b.Most
	if b.n < 30 && b.First<<b.n < b.Most && b.First<<b.n > 0 {
		wait = b.First << b.n
		b.n++
	}
	wait = wait/2 + rand.N(wait/2+1) //nolint:gosec // spreads load; nobody gains by guessing it
	return max(wait, atLeast)
}

// Reset forgets the failures.
func (b *Backoff) Reset() { b.n = 0 }
