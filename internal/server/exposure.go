package server

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/exposure"
	"github.com/patchwart/patchwart/internal/core/fault"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/store"
)

const (
	maxExposureDays = 3 * 366
	securedWithin   = 24 * time.Hour // IT-33
)

// Exposure is how many critical holes were open in the last so many days, on all systems.
func (s *Server) Exposure(ctx context.Context, days int) (board.Exposure, error) {
	if days < 1 || days > maxExposureDays {
		return board.Exposure{}, fault.New(fault.Invalid, lang.Textf("Der Verlauf reicht von 1 bis %[1]d Tage.", "The time reaches from 1 to %[1]d days.", maxExposureDays), lang.Text{})
	}
	now := s.now()
	out := board.Exposure{From: now.AddDate(0, 0, -days), To: now, Limit: securedWithin}
	var spans []exposure.Span
	err := s.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Clocks(ctx, out.From)
		for _, c := range list {
			spans = append(spans, exposure.Span{From: c.Known, To: c.Closed})
		}
		return err
	})
	out.Series = exposure.Series(spans, out.From, out.To, min(max(days, 24), 120))
	out.Summary = exposure.Sum(spans, out.From, out.To, out.Limit)
	return out, err
}

// Metrics are the numbers about clocks and feeds in the text format of Prometheus.
func (s *Server) Metrics(ctx context.Context) ([]byte, error) {
	rows, err := s.Clocks(ctx, false)
	if err != nil {
		return nil, err
	}
	feeds, err := s.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	clocks := make([]clock.Clock, len(rows))
	for i, r := range rows {
		clocks[i] = r.Clock
	}
	var b bytes.Buffer
	last := ""
	for _, m := range clock.Measure(s.now(), clocks) {
		if m.Name != last {
			fmt.Fprintf(&b, "# TYPE %s gauge\n", m.Name)
			last = m.Name
		}
		fmt.Fprintf(&b, "%s{level=%q} %g\n", m.Name, string(m.Level), m.Value)
	}
	fmt.Fprintln(&b, "# TYPE patchwart_feed_age_seconds gauge")
	for _, f := range feeds {
		if !f.Succeeded.IsZero() {
			fmt.Fprintf(&b, "patchwart_feed_age_seconds{feed=%q} %g\n", f.Name, s.now().Sub(f.Succeeded).Seconds())
		}
	}
	fmt.Fprintln(&b, "# TYPE patchwart_feed_stale gauge")
	for _, f := range feeds {
		stale := 0
		if f.Stale {
			stale = 1
		}
		fmt.Fprintf(&b, "patchwart_feed_stale{feed=%q} %d\n", f.Name, stale)
	}
	return b.Bytes(), nil
}
