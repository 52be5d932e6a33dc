package webhook

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"
)

// GiveUp is how long a delivery is tried.
const GiveUp = 72 * time.Hour

const (
	firstDelay = 30 * time.Second
	mostDelay  = 6 * time.Hour
)

// Next says when a delivery is tried again: first is when it was tried for the first time, tries how often
// it has been tried, last when that was, and notBefore what the receiver asked for. It says false once the
// next try would be more than GiveUp after the first.
//
// The delay doubles from half a minute to six hours, a fifth more or less. That part comes from the
// delivery's id, so that the same question always has the same answer, and the deliveries that failed
// together do not return together.
func Next(id string, tries int, first, last, notBefore time.Time) (time.Time, bool) {
	at := last.Add(Delay(id, tries))
	if notBefore.After(at) {
		at = notBefore
	}
	return at, !at.After(first.Add(GiveUp))
}

// Delay is how long to wait after so many tries, 1 being the first.
func Delay(id string, tries int) time.Duration {
	delay := mostDelay
	if shift := max(tries, 1) - 1; shift < 16 {
		delay = min(firstDelay<<shift, mostDelay)
	}
	sum := sha256.Sum256([]byte(id + "\x00" + strconv.Itoa(tries)))
	spread := int64(delay) * 2 / 5
	return delay*4/5 + time.Duration(int64(binary.BigEndian.Uint64(sum[:8])>>1)%(spread+1))
}
