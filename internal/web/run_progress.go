package web

import (
	"strconv"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
)

// progress is what happens now in a run, since when, and how long it usually takes.
type progress struct {
	Step  stepRow
	Whole board.Usually
}

// now is the step under way; nil while none is.
func (v runView) now() *progress {
	for _, s := range v.Steps {
		if s.Mark.Kind == "live" {
			return &progress{s, v.R.Whole}
		}
	}
	return nil
}

// usually says how long something usually takes, and how sure that is.
func usually(p page, u board.Usually) string {
	switch {
	case !u.Known():
		return p.T(runWords.UsualUnknown)
	case u.Few:
		return p.F(runWords.UsualFew, p.Took(u.Median()), p.Took(u.High()), p.N(u.Samples, runWords.Runs))
	case p.Took(u.Median()) == p.Took(u.High()):
		return p.F(runWords.Usual, p.Took(u.Median()))
	}
	return p.F(runWords.UsualSpan, p.Took(u.Median()), p.Took(u.High()))
}

// slow reports whether something takes longer than nine of ten times.
func slow(took time.Duration, u board.Usually) bool { return u.Known() && took > u.High() }

// millis is a length for the attributes of a bar, and for the module that counts on.
func millis(d time.Duration) string { return strconv.FormatInt(max(d.Milliseconds(), 0), 10) }
