package agenttest

import (
	"crypto/ed25519"
	"fmt"
	"strings"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/mandate"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/internal/wire"
)

// Closing is what a server adds to a mandate: an order issued at that time, good for two hours.
func Closing(id string, at time.Time) wire.Closing {
	return wire.Closing{
		ID: id, Facts: strings.Repeat("ab", 32), Issued: at, NotBefore: at, NotAfter: at.Add(2 * time.Hour),
		MaxMinutes: 60, Services: []string{"nginx.service"},
	}
}

// Seal closes and signs an order for the packages, by a mandate that allows exactly them. An order that
// cannot be made is a mistake in the test, and panics.
func Seal(system string, c wire.Closing, key ed25519.PrivateKey, packages ...wire.Package) wire.Signed {
	const version = "managedhosting-2"
	request := mandate.Request{
		Held: estate.Held{System: estate.System{Name: system, Reboot: c.Reboot}, Contract: estate.Contract{Policy: version}},
		Run:  c.ID, At: c.Issued,
	}
	for _, p := range packages {
		request.Items = append(request.Items, mandate.Item{
			Finding: finding.Finding{Package: p.Name, Arch: p.Arch, Installed: p.From, Candidate: p.To},
			Decision: policy.Decision{
				PolicyID: version, PolicySHA256: strings.Repeat("cd", 32), Verdict: policy.Permitted,
				Execution: policy.PartyProvider, Trigger: policy.TriggerProactive,
			},
		})
	}
	granted, refused := mandate.Grant(request)
	order, err := wire.NewWorkOrder(granted, c)
	if err != nil {
		panic(fmt.Sprintf("agenttest: %v (refused: %v)", err, refused))
	}
	signed, err := wire.Seal(order, key)
	if err != nil {
		panic(fmt.Sprintf("agenttest: %v", err))
	}
	return signed
}
