package estate

import (
	"testing"

	"github.com/patchwart/patchwart/internal/core/backup"
)

const safeguarded = `
customers: [{id: kuhn, name: Kuhn}]
windows: [{name: weekend, days: [sat], start: "05:00", hours: 2, zone: Europe/Berlin}]
contracts: [{id: c, customer: kuhn, model: saas, policy: managedhosting-2, window: weekend, backup: {max_age_hours: 26, verified_max_age_days: 8}}]
systems:
  - name: web1
    contract: c
    admin_access: provider
    checks: [{name: shop, kind: tls, port: 443, host: www.kuhn.example}, {name: db, kind: postgresql, port: 5432}]
`

func TestABackupAndTheNewChecksAreStated(t *testing.T) {
	t.Parallel()
	e, places := Parse("e.yaml", []byte(safeguarded), zones, Known{Policy: policies})
	if len(places) > 0 {
		t.Fatal(places)
	}
	if b := e.Contracts[0].Backup; b == nil || *b != (backup.Demand{MaxAgeHours: 26, VerifiedMaxAgeDays: 8}) {
		t.Errorf("backup: %+v", b)
	}
	if c := e.Systems[0].Checks; len(c) != 2 || c[0].Kind != CheckTLS || c[0].Host != "www.kuhn.example" || c[1].Kind != CheckPostgreSQL {
		t.Errorf("checks: %+v", c)
	}
}
