// Package epss reads the daily estimates of how likely holes are to be exploited (FIRST EPSS, CSV).
//
// Estimates of different models cannot be compared, so the model stays with each of them.
package epss

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// Day is the estimates of one day.
type Day struct {
	Model  string    // v2025.03.14
	Date   time.Time // of the estimates
	Scores map[string]Score
}

// Score is the estimate for one hole.
type Score struct {
	Probability float64 `json:"probability"` // of being exploited within 30 days, 0 to 1
	Percentile  float64 `json:"percentile"`  // share of all holes with the same or a lower one, 0 to 1
}

// maxSkips bounds what is reported.
const maxSkips = 1000

// Parse reads a day: a comment with model and date, the names of the columns, a line a hole. Lines that
// cannot be read are reported and left out.
func Parse(in io.Reader) (*Day, []advisory.Skip, error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 4096), 64<<10)
	if !lines.Scan() {
		return nil, nil, fmt.Errorf("the text is empty: %w", broken(lines.Err()))
	}
	d, err := head(lines.Text())
	if err != nil {
		return nil, nil, err
	}
	if !lines.Scan() || strings.TrimSpace(lines.Text()) != "cve,epss,percentile" {
		return nil, nil, fmt.Errorf("line 2: the columns are cve,epss,percentile, not %.80q", lines.Text())
	}
	var skipped []advisory.Skip
	for n := 3; lines.Scan(); n++ {
		cve, s, ok := score(lines.Text())
		if !ok {
			if len(skipped) < maxSkips {
				skipped = append(skipped, advisory.Skip{Place: fmt.Sprintf("line %d", n), Why: fmt.Sprintf("%.80q is no CVE with two numbers between 0 and 1", lines.Text())})
			}
			continue
		}
		d.Scores[cve] = s
	}
	if err := lines.Err(); err != nil {
		return nil, skipped, err
	}
	if len(d.Scores) == 0 {
		return nil, skipped, fmt.Errorf("the text holds no estimate")
	}
	return d, skipped, nil
}

func broken(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

// head reads "#model_version:v2025.03.14,score_date:2026-11-20T12:00:00Z".
func head(line string) (*Day, error) {
	d := &Day{Scores: map[string]Score{}}
	for _, part := range strings.Split(strings.TrimPrefix(strings.TrimSpace(line), "#"), ",") {
		key, value, _ := strings.Cut(part, ":")
		switch key {
		case "model_version":
			d.Model = value
		case "score_date":
			for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05-0700", time.DateOnly} {
				if at, err := time.Parse(layout, value); err == nil {
					d.Date = at
				}
			}
		}
	}
	if !strings.HasPrefix(line, "#") || d.Model == "" || d.Date.IsZero() {
		return nil, fmt.Errorf("line 1: %.80q does not name model and date; it looks like #model_version:v2025.03.14,score_date:2026-11-20T00:00:00+0000", line)
	}
	return d, nil
}

func score(line string) (cve string, s Score, ok bool) {
	f := strings.Split(strings.TrimSpace(line), ",")
	if len(f) != 3 || !strings.HasPrefix(f[0], "CVE-") {
		return "", s, false
	}
	var errs [2]error
	s.Probability, errs[0] = strconv.ParseFloat(f[1], 64)
	s.Percentile, errs[1] = strconv.ParseFloat(f[2], 64)
	in := func(x float64) bool { return x >= 0 && x <= 1 } // false for NaN
	return f[0], s, errs[0] == nil && errs[1] == nil && in(s.Probability) && in(s.Percentile)
}
