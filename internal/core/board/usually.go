package board

import (
	"time"

	"github.com/patchwart/patchwart/internal/core/duration"
)

// Usually is how long something took before on the same host.
type Usually struct {
	MedianMillis int64 `json:"median_ms"`
	HighMillis   int64 `json:"high_ms"` // nine of ten times do not exceed it
	Samples      int   `json:"samples"`
	Few          bool  `json:"few,omitempty"` // so few that high_ms is a guess
}

// UsuallyOf is a range as it is shown.
func UsuallyOf(r duration.Range) Usually {
	return Usually{r.Median.Milliseconds(), r.High.Milliseconds(), r.Samples, r.Few}
}

// Known reports whether anything is known.
func (u Usually) Known() bool { return u.Samples > 0 }

// Median is the middle.
func (u Usually) Median() time.Duration { return time.Duration(u.MedianMillis) * time.Millisecond }

// High is what nine of ten times do not exceed.
func (u Usually) High() time.Duration { return time.Duration(u.HighMillis) * time.Millisecond }
