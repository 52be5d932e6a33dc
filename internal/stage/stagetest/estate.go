// Package stagetest is what the tests and benchmarks on a stage share.
package stagetest

import (
	"fmt"
	"time"
)

// Estate is the begin of an estate document, up to its list of systems, which callers append to: one customer, and a
// contract "c" in the package basic, in which every run needs the customer's order. That is how a test says what is to
// be done. The window is open all day, from an hour before now.
func Estate(now time.Time) []byte {
	return fmt.Appendf(nil, `
customers:
  - id: kuhn
    name: Bäckerei Kuhn GmbH
    contacts:
      - {id: eva, name: Eva Kuhn, email: eva@kuhn.example, authority: [order]}
windows:
  - {name: always, days: [mon, tue, wed, thu, fri, sat, sun], start: "%s", hours: 24, zone: UTC}
contracts:
  - {id: c, customer: kuhn, model: paas, package: basic, policy: managedhosting-2, window: always}
systems:
`, now.UTC().Add(-time.Hour).Format("15:04"))
}
