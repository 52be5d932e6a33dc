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

// TestAnInvitationIsWhatCalendarProgramsExpect (RFC 5546): one appointment is requested or cancelled under its name,
// several are published.
func TestAnInvitationIsWhatCalendarProgramsExpect(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	one := export.Appointment{ID: "r1@patchwart", From: at.Add(time.Hour), To: at.Add(2 * time.Hour), Title: lang.T("Wartung", "Maintenance"), Kind: "run", Sequence: 2}
	off := one
	off.Cancelled = true
	for want, list := range map[string][]export.Appointment{"REQUEST": {one}, "CANCEL": {off}, "PUBLISH": {one, {ID: "r2@patchwart", From: at, To: at.Add(time.Hour)}}} {
		var b bytes.Buffer
		method, err := export.Invitation(&b, list, "dienst@hoster.example", "eva@kuhn.example", lang.DE, at)
		if err != nil || method != want {
			t.Fatalf("%s: %s, %v", want, method, err)
		}
		cal, err := ical.NewDecoder(&b).Decode()
		if err != nil || len(cal.Events()) != len(list) || cal.Props.Get(ical.PropMethod).Value != want {
			t.Fatalf("%s: %v", want, err)
		}
		event := cal.Events()[0]
		if event.Props.Get(ical.PropUID).Value != "r1@patchwart" || event.Props.Get(ical.PropSequence).Value != "2" || event.Props.Get(ical.PropOrganizer).Value != "mailto:dienst@hoster.example" {
			t.Errorf("%s: %+v", want, event.Props)
		}
		if attendee := event.Props.Get(ical.PropAttendee); (attendee == nil) != (want == "PUBLISH") {
			t.Errorf("%s: attendee %v", want, attendee)
		}
		if status := event.Props.Get(ical.PropStatus).Value; (status == "CANCELLED") != (want == "CANCEL") {
			t.Errorf("%s: %s", want, status)
		}
	}
}
