package server

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/wire"
)

// TestAnUpdateThatConvertsDataWaitsForADump: the rest is ordered, the database is left out with the reason; when
// the host reports a fresh dump, it is ordered, too.
func TestAnUpdateThatConvertsDataWaitsForADump(t *testing.T) {
	pending := []fact.Pending{security("openssl", "3.0.17-1", "3.0.18-1"), security("slapd", "2.4.57-3", "2.5.13-5")}
	t.Run("no dump", func(t *testing.T) {
		o := open(t)
		web := o.host("web1", pending...)
		o.plan("")
		order := web.await()
		want := []wire.Package{{Name: "openssl", Arch: "amd64", From: "3.0.17-1", To: "3.0.18-1"}}
		if !slices.Equal(order.Packages(), want) {
			t.Fatalf("ordered %v", order.Packages())
		}
		left := o.run(order.ID()).LeftOut
		if len(left) != 1 || left[0].Finding.Package != "slapd" || left[0].Rule != "MH2-16" || !strings.Contains(left[0].Text.EN, "/var/lib/ldap") ||
			!strings.Contains(left[0].Ask.DE, "slapcat") {
			t.Fatalf("left out %+v", left)
		}
	})
	t.Run("a fresh dump", func(t *testing.T) {
		o := open(t)
		web := o.host("web1", pending...)
		web.facts.Dumps = []fact.Dump{{Of: "OpenLDAP", Path: "/var/backups/slapd.ldif", Made: time.Now().Add(-time.Hour).Unix(), Hours: 24}}
		o.plan("")
		if order := web.await(); len(order.Packages()) != 2 {
			t.Fatalf("ordered %v, left out %+v", order.Packages(), o.run(order.ID()).LeftOut)
		}
	})
}
