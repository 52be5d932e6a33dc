package clock_test

import (
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/clock"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/severity"
)

// One word for a list never says less than the clock: what is overdue is not "open", what the customer
// has to decide is not "running".
func TestOneWordForAList(t *testing.T) {
	t.Parallel()
	known := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	at := func(h float64) time.Time { return known.Add(time.Duration(h * float64(time.Hour))) }
	own := clock.Duty{Footing: clock.Own, Hours: 24, Rule: "IT-33", Level: severity.Critical}
	consent := clock.Duty{Footing: clock.Consent, Rule: "MH2-09", Level: severity.Critical}
	mitigated := []clock.Mitigation{{ID: "m-1", Applied: at(1), Verified: at(1), Review: at(3), Expires: at(48)}}
	for name, tt := range map[string]struct {
		now   float64
		times clock.Times
		duty  clock.Duty
		want  clock.Standing
		de    string
	}{
		"a deadline runs":            {5.5, clock.Times{Known: known}, own, clock.StandsRunning, "noch 18 h 30 min"},
		"it has passed":              {26, clock.Times{Known: known}, own, clock.StandsOverdue, "überfällig seit 2 h"},
		"the update runs":            {26, clock.Times{Known: known, Installed: at(3), Effective: at(3)}, own, clock.StandsSecured, "gesichert"},
		"installed, not effective":   {26, clock.Times{Known: known, Installed: at(3)}, own, clock.StandsOverdue, "überfällig seit 2 h"},
		"a port is closed":           {2, clock.Times{Known: known, Mitigations: mitigated}, own, clock.StandsMitigated, "abgemildert"},
		"and it is time to look":     {4, clock.Times{Known: known, Mitigations: mitigated}, own, clock.StandsMitigated, "abgemildert, zu prüfen"},
		"and it has expired":         {49, clock.Times{Known: known, Mitigations: mitigated}, own, clock.StandsOverdue, "überfällig seit 1 Tag 1 h"},
		"the customer is to decide":  {1, clock.Times{Known: known}, consent, clock.StandsAsking, "Kunde zu fragen"},
		"and was asked":              {1, clock.Times{Known: known, Asked: at(0.5)}, consent, clock.StandsAsking, "Kunde gefragt"},
		"and does not answer":        {90, clock.Times{Known: known, Asked: at(0.5), Silence: at(80)}, consent, clock.StandsSilent, "Kunde schweigt"},
		"and says no":                {2, clock.Times{Known: known, Asked: at(0.5), Refused: at(1)}, consent, clock.StandsRefused, "Kunde lehnt ab"},
		"and says yes":               {2, clock.Times{Known: known, Asked: at(0.5), Consented: at(1)}, consent, clock.StandsOpen, "offen, ohne Frist"},
		"the customer's own system":  {2, clock.Times{Known: known}, clock.Duty{Footing: clock.Customers}, clock.StandsCustomers, "Aufgabe des Kunden"},
		"facts are missing":          {2, clock.Times{Known: known}, clock.Duty{Footing: clock.Undecided}, clock.StandsUnclear, "unklar, wessen Aufgabe"},
		"an exception covers it":     {30, clock.Times{Known: known, Accepted: []clock.Acceptance{{ID: "x", From: at(1), Until: at(90)}}}, own, clock.StandsAccepted, "Ausnahme angenommen"},
		"the system has reached EOL": {30, clock.Times{Known: known, Pauses: []clock.Pause{{From: at(-10), Reason: lang.T("Ende der Pflege", "end of life"), Rule: "IT-37"}}}, own, clock.StandsPaused, "Pflicht ruht"},
		"the software is gone":       {3, clock.Times{Known: known, Removed: at(2)}, own, clock.StandsSecured, "gesichert: entfernt"},
	} {
		c := clock.State(at(tt.now), tt.times, tt.duty)
		if got := c.Standing(); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
		if got := c.Short(); got.DE != tt.de || got.EN == "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if len(clock.Standings()) != 12 {
		t.Error(clock.Standings())
	}
}
