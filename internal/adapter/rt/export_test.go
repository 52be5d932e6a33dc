package rt

import "time"

// WithoutWaiting makes a client try again at once, and tells how long it would have waited.
func (c *Client) WithoutWaiting() *[]time.Duration {
	waited := &[]time.Duration{}
	c.wait = func(d time.Duration) <-chan time.Time {
		*waited = append(*waited, d)
		now := make(chan time.Time, 1)
		now <- time.Time{}
		return now
	}
	return waited
}
