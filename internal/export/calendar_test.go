package export_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-ical"

	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/export"
)

// A calendar program reads what is written: times, titles with commas and umlauts, the same ID each time.
func TestCalendarIsReadByOthers(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 4, 0, 0, 0, time.UTC)
	list := []export.Appointment{
		{ID: "r1@patchwart", From: at, To: at.Add(2 * time.Hour), Title: lang.T("Wartung db1, größer", "Maintenance db1, larger"), Description: lang.T("a;b\nc", "a;b\nc"), Kind: "run", Tentative: true},
		{ID: "s1@patchwart", From: at.AddDate(0, 0, 1), To: at.AddDate(0, 0, 2), Title: lang.T("Sperrzeit", "Freeze"), Description: lang.T("x", "x"), Kind: "freeze"},
	}
	var b bytes.Buffer
	if err := export.Calendar(&b, lang.T("Wartung", "Maintenance"), list, lang.DE, at); err != nil {
		t.Fatal(err)
	}
	cal, err := ical.NewDecoder(bytes.NewReader(b.Bytes())).Decode()
	if err != nil || len(cal.Events()) != 2 {
		t.Fatalf("%v\n%s", err, b.String())
	}
	first := cal.Events()[0]
	from, err1 := first.DateTimeStart(time.UTC)
	to, err2 := first.DateTimeEnd(time.UTC)
	title, err3 := first.Props.Text(ical.PropSummary)
	if err1 != nil || err2 != nil || err3 != nil || !from.Equal(at) || !to.Equal(at.Add(2*time.Hour)) || title != "Wartung db1, größer" {
		t.Errorf("%v %v %q %v %v %v", from, to, title, err1, err2, err3)
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(b.String(), "\r\n"), "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
	}
	b.Reset()
	if err := export.Calendar(&b, lang.T("x", "x"), nil, lang.EN, at); err != nil || !strings.HasPrefix(b.String(), "BEGIN:VCALENDAR") {
		t.Errorf("nothing planned: %v %q", err, b.String())
	}
}
