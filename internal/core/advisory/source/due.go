package source

import "time"

// Standing is what came of the last looks at a source.
type Standing struct {
	Tried     time.Time // last attempt
	Succeeded time.Time // last attempt that went well
	Failures  int       // attempts that went wrong since
	NotBefore time.Time // the publisher asked to be left alone until then
}

// soonest is how soon after a failure the next attempt is made; it doubles with every further one, up to
// the usual distance.
const soonest = 5 * time.Minute

// Due reports whether it is time to look at the source.
func (s Source) Due(now time.Time, st Standing) bool {
	if now.Before(st.NotBefore) && st.NotBefore.Sub(now) <= s.Every {
		return false
	}
	return !now.Before(s.Next(st))
}

// Next is when to look at the source. A clock that was set back does not silence it.
func (s Source) Next(st Standing) time.Time {
	wait := s.Every
	if st.Failures > 0 {
		wait = min(soonest<<min(st.Failures-1, 20), s.Every)
	}
	if st.Tried.IsZero() {
		return time.Time{}
	}
	return st.Tried.Add(wait)
}

// Stale reports whether nothing may be concluded any more from what the source does not say.
func (s Source) Stale(now time.Time, st Standing) bool {
	return st.Succeeded.IsZero() || now.Sub(st.Succeeded) > s.Fresh
}
