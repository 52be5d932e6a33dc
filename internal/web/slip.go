package web

import (
	"crypto/rand"
	"sync"
	"time"
)

// slips keeps the results of forms for a while, so that a form that is sent twice – a double click, a
// reload – acts once, and its result can be shown by a page that may be reloaded. Each form carries a
// number; the result is kept under the session and that number.
type slips[T any] struct {
	mu    sync.Mutex
	kept  map[slipKey]*slip[T]
	queue []slipKey // oldest first
}

type slipKey struct{ session, number string }

type slip[T any] struct {
	mu    sync.Mutex // held while the form is acted on
	done  bool
	value T
	at    time.Time
}

// Bounds of what is kept.
const (
	maxSlips = 256
	slipLife = time.Hour
)

func newSlips[T any]() *slips[T] { return &slips[T]{kept: map[slipKey]*slip[T]{}} }

// newNumber makes the number of a new form.
func newNumber() string { return rand.Text() }

// goodNumber reports whether a form's number could be one of ours.
func goodNumber(n string) bool { return len(n) >= 16 && len(n) <= 64 }

// once acts unless the same form was acted on before; then it does nothing. An act that fails may be
// tried again with the same form.
func (s *slips[T]) once(session, number string, now time.Time, act func() (T, error)) error {
	one := s.slip(slipKey{session, number})
	one.mu.Lock()
	defer one.mu.Unlock()
	if one.done {
		return nil
	}
	value, err := act()
	if err != nil {
		return err
	}
	one.value, one.done, one.at = value, true, now
	return nil
}

// slip finds or makes the slip of a form, and forgets the oldest when there are too many.
func (s *slips[T]) slip(key slipKey) *slip[T] {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, ok := s.kept[key]; ok {
		return one
	}
	if len(s.queue) >= maxSlips {
		delete(s.kept, s.queue[0])
		s.queue = s.queue[1:]
	}
	one := new(slip[T])
	s.kept[key] = one
	s.queue = append(s.queue, key)
	return one
}

// get returns the result of a form, while it is kept.
func (s *slips[T]) get(session, number string, now time.Time) (T, bool) {
	s.mu.Lock()
	one, ok := s.kept[slipKey{session, number}]
	s.mu.Unlock()
	if !ok {
		var none T
		return none, false
	}
	one.mu.Lock()
	defer one.mu.Unlock()
	return one.value, one.done && now.Sub(one.at) < slipLife
}
