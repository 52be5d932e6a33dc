package web

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestSlipsActOnceAndForget(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 28, 5, 0, 0, 0, time.UTC)
	s := newSlips[int]()
	n := 0
	act := func() (int, error) { n++; return n, nil }
	fails := errors.New("not now")
	if err := s.once("a", "1", now, func() (int, error) { return 0, fails }); !errors.Is(err, fails) {
		t.Fatalf("an act that fails says %v", err)
	}
	if _, ok := s.get("a", "1", now); ok {
		t.Error("an act that failed has a result")
	}
	for range 3 {
		if err := s.once("a", "1", now, act); err != nil {
			t.Fatal(err)
		}
	}
	if got, ok := s.get("a", "1", now.Add(time.Minute)); !ok || got != 1 || n != 1 {
		t.Errorf("acted %d times, kept %d, %v", n, got, ok)
	}
	if _, ok := s.get("b", "1", now); ok {
		t.Error("another session sees the result")
	}
	if _, ok := s.get("a", "1", now.Add(slipLife)); ok {
		t.Error("a result is kept for longer than its life")
	}
	for i := range 3 * maxSlips {
		if err := s.once("a", fmt.Sprint("x", i), now, act); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.kept) > maxSlips || len(s.queue) > maxSlips {
		t.Errorf("%d slips are kept", len(s.kept))
	}
}
