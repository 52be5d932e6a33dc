package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxEntries bounds the snapshots that are read from one answer.
const maxEntries = 100_000

// ParseRestic reads what "restic snapshots --json" prints and gives the time of the newest snapshot, zero when
// there is none.
func ParseRestic(text []byte) (time.Time, error) {
	var list []struct {
		ID   string    `json:"id"`
		Time time.Time `json:"time"`
	}
	if err := json.Unmarshal(text, &list); err != nil {
		return time.Time{}, fmt.Errorf("restic snapshots: %w", err)
	}
	if list == nil { // "null" is no list, and so no answer to rely on
		return time.Time{}, errors.New("restic snapshots: no list of snapshots")
	}
	if len(list) > maxEntries {
		return time.Time{}, fmt.Errorf("restic snapshots: more than %d", maxEntries)
	}
	var newest time.Time
	for _, s := range list {
		if len(s.ID) != 64 || s.Time.IsZero() {
			return time.Time{}, fmt.Errorf("restic snapshots: %.80q has no ID or no time", s.ID)
		}
		if s.Time.After(newest) {
			newest = s.Time
		}
	}
	return newest.UTC(), nil
}

// borgTime is how borg 1.2 writes times: without a zone, in that of the environment, which is UTC here.
const borgTime = "2006-01-02T15:04:05.000000"

// ParseBorg reads what "borg list --json" prints and gives the time of the newest archive, zero when there is
// none.
func ParseBorg(text []byte) (time.Time, error) {
	var doc struct {
		Archives *[]struct {
			ID   string `json:"id"`
			Time string `json:"time"`
		} `json:"archives"`
		Repository struct {
			ID string `json:"id"`
		} `json:"repository"`
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		return time.Time{}, fmt.Errorf("borg list: %w", err)
	}
	if doc.Archives == nil || len(doc.Repository.ID) != 64 {
		return time.Time{}, errors.New("borg list: no repository, or no list of archives")
	}
	if len(*doc.Archives) > maxEntries {
		return time.Time{}, fmt.Errorf("borg list: more than %d archives", maxEntries)
	}
	var newest time.Time
	for _, a := range *doc.Archives {
		at, err := time.Parse(borgTime, a.Time)
		if err != nil || len(a.ID) != 64 {
			return time.Time{}, fmt.Errorf("borg list: archive %.80q bears no time: %.60q", a.ID, a.Time)
		}
		if at.After(newest) {
			newest = at
		}
	}
	return newest, nil
}

// ParseStamp reads a file that holds the time of a success: one line, RFC 3339 with a zone, or seconds since
// 1970 as "date +%s" prints them.
func ParseStamp(text []byte) (time.Time, error) {
	line := strings.TrimSpace(string(text))
	if at, err := time.Parse(time.RFC3339, line); err == nil {
		return at.UTC(), nil
	}
	var seconds int64
	if len(line) >= 9 && len(line) <= 11 && strings.Trim(line, "0123456789") == "" {
		for _, c := range line {
			seconds = seconds*10 + int64(c-'0')
		}
		return time.Unix(seconds, 0).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%.60q is no time such as 2026-11-28T03:15:00+01:00", line)
}
