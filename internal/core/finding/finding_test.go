package finding_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/finding"
	"github.com/patchwart/patchwart/internal/core/policy"
)

var (
	bookworm         = fact.OS{ID: "debian", Version: "12", Codename: "bookworm", Name: "Debian GNU/Linux 12 (bookworm)"}
	bookwormMain     = fact.Origin{Origin: "Debian", Label: "Debian", Suite: "oldstable", Codename: "bookworm", Component: "main", Site: "mirror.example"}
	bookwormUpdates  = fact.Origin{Origin: "Debian", Label: "Debian", Suite: "oldstable-updates", Codename: "bookworm-updates", Component: "main", Site: "mirror.example"}
	bookwormSecurity = fact.Origin{Origin: "Debian", Label: "Debian-Security", Suite: "oldstable-security", Codename: "bookworm-security", Component: "main", Site: "security.debian.org"}
	backports        = fact.Origin{Origin: "Debian Backports", Label: "Debian Backports", Suite: "oldstable-backports", Codename: "bookworm-backports", Component: "main", Site: "mirror.example"}
	sury             = fact.Origin{Origin: "deb.sury.org", Label: "deb.sury.org", Suite: "bookworm", Codename: "bookworm", Component: "main", Site: "packages.sury.org"}
	// evil says of itself what only Debian's security archive is entitled to.
	evil = fact.Origin{Origin: "Evil", Label: "Debian-Security", Suite: "oldstable-security", Codename: "bookworm-security", Component: "main", Site: "apt.evil.example"}
	// anonymous does the same and keeps quiet about who it is.
	anonymous = fact.Origin{Label: "Debian-Security", Codename: "bookworm-security"}
	flat      = fact.Origin{Site: "repo.example.org"} // a folder of packages without a release file
)

// due is the one finding on a host where openssl is due from these repositories.
func due(t testing.TB, os fact.OS, origins ...fact.Origin) finding.Finding {
	t.Helper()
	found := finding.Due(fact.Facts{OS: os, Pending: []fact.Pending{{
		Name: "openssl", Arch: "amd64", Installed: "3.0.17-1", Candidate: "3.0.18-1", Source: "openssl", Origins: origins,
	}}})
	if len(found) != 1 {
		t.Fatalf("%d findings for one pending change", len(found))
	}
	return found[0]
}

func TestWhereAChangeComesFrom(t *testing.T) {
	t.Parallel()
	const (
		security   = policy.ChangeClassSecurityUpdate
		update     = policy.ChangeClassUpdate
		unknown    = policy.ChangeClassUnknown
		standard   = policy.OriginStandard
		thirdParty = policy.OriginThirdParty
	)
	bullseye, trixie := fact.OS{ID: "debian", Version: "11", Codename: "bullseye"}, fact.OS{ID: "debian", Version: "13", Codename: "trixie"}
	jammy := fact.OS{ID: "ubuntu", Version: "22.04", Codename: "jammy"}
	for _, c := range []struct {
		name    string
		os      fact.OS
		origins []fact.Origin
		class   policy.ChangeClass
		origin  policy.Origin
		from    string
	}{
		{"Debian 11, security", bullseye, []fact.Origin{{Origin: "Debian", Label: "Debian-Security", Suite: "oldoldstable-security", Codename: "bullseye-security"}}, security, standard, "Debian-Security/bullseye-security"},
		{"Debian 12, security", bookworm, []fact.Origin{bookwormSecurity}, security, standard, "Debian-Security/bookworm-security"},
		{"Debian 13, security", trixie, []fact.Origin{{Origin: "Debian", Label: "Debian-Security", Suite: "stable-security", Codename: "trixie-security"}}, security, standard, "Debian-Security/trixie-security"},
		{"Debian 10 called its security suite otherwise; the label tells", fact.OS{ID: "debian"}, []fact.Origin{{Origin: "Debian", Label: "Debian-Security", Suite: "oldstable", Codename: "buster"}}, security, standard, "Debian-Security/buster"},
		{"Ubuntu labels nothing; the suite tells", jammy, []fact.Origin{{Origin: "Ubuntu", Label: "Ubuntu", Suite: "jammy-security", Codename: "jammy"}}, security, standard, "Ubuntu/jammy"},
		{"Debian 12, the point release", bookworm, []fact.Origin{bookwormMain}, update, standard, "Debian/bookworm"},
		{"Debian 12, stable updates (clamav, tzdata)", bookworm, []fact.Origin{bookwormUpdates}, update, standard, "Debian/bookworm-updates"},
		{"the point release has taken the security update over: it remains one", bookworm, []fact.Origin{bookwormMain, bookwormSecurity}, security, standard, "Debian-Security/bookworm-security"},
		{"in whatever order", bookworm, []fact.Origin{bookwormSecurity, bookwormMain}, security, standard, "Debian-Security/bookworm-security"},
		{"backports are no standard repository", bookworm, []fact.Origin{backports}, update, thirdParty, "mirror.example/bookworm-backports"},
		{"PHP from Sury", bookworm, []fact.Origin{sury}, update, thirdParty, "packages.sury.org/bookworm"},
		{"a folder of packages on some server", bookworm, []fact.Origin{flat}, update, thirdParty, "repo.example.org"},
		{"from no repository at all", bookworm, nil, unknown, policy.OriginUnknown, ""},

		{"a stranger calls itself Debian-Security: not a security update, not standard, and not shown as such", bookworm, []fact.Origin{evil}, update, thirdParty, "apt.evil.example/bookworm-security"},
		{"a stranger without a name does", bookworm, []fact.Origin{anonymous}, update, thirdParty, "local/bookworm-security"},
		{"a stranger calls itself Debian with a blank", bookworm, []fact.Origin{{Origin: "Debian ", Label: "Debian-Security"}}, update, thirdParty, "local"},
		{"the stranger offers what the point release offers, too", bookworm, []fact.Origin{bookwormMain, evil}, update, thirdParty, "apt.evil.example/bookworm-security"},
		{"a real security update that a stranger offers, too: the stranger counts", bookworm, []fact.Origin{bookwormSecurity, sury}, security, thirdParty, "packages.sury.org/bookworm"},
		{"the stranger first", bookworm, []fact.Origin{evil, bookwormSecurity}, security, thirdParty, "apt.evil.example/bookworm-security"},
		{"Debian's own on another distribution is a stranger", jammy, []fact.Origin{bookwormSecurity}, update, thirdParty, "security.debian.org/bookworm-security"},

		{"the host does not say what it runs", fact.OS{}, []fact.Origin{bookwormSecurity}, unknown, policy.OriginUnknown, "security.debian.org/bookworm-security"},
		{"neither the host nor the repository says who it is", fact.OS{}, []fact.Origin{{}}, unknown, policy.OriginUnknown, "local"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := due(t, c.os, c.origins...)
			if f.Class != c.class || f.Origin != c.origin || f.From != c.from {
				t.Fatalf("%s, %s, from %q; want %s, %s, from %q", f.Class, f.Origin, f.From, c.class, c.origin, c.from)
			}
		})
	}
}

func TestLayers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		source, name string
		layer        policy.Layer
	}{
		{"nginx", "nginx-core", policy.LayerMiddleware},
		{"php8.2", "php8.2-fpm", policy.LayerMiddleware},
		{"mariadb", "libmariadb3", policy.LayerMiddleware},
		{"postgresql-15", "postgresql-client-15", policy.LayerMiddleware},
		{"", "redis-server", policy.LayerMiddleware},
		{"openssl", "libssl3", policy.LayerOS},
		{"linux-signed-amd64", "linux-image-6.1.0-41-amd64", policy.LayerOS},
		// The source counts, not what the package happens to be called.
		{"systemd", "nginx-lookalike", policy.LayerOS},
		{"", "openssh-server", policy.LayerOS},
		{"", "", policy.LayerOS},
	} {
		found := finding.Due(fact.Facts{OS: bookworm, Pending: []fact.Pending{{Name: c.name, Source: c.source}}})
		if found[0].Layer != c.layer {
			t.Errorf("%s of source %q belongs to %s, not %s", c.name, c.source, found[0].Layer, c.layer)
		}
	}
}

// TestWhatIsDue: what the host reports arrives whole, and in the order of the names.
func TestWhatIsDue(t *testing.T) {
	t.Parallel()
	got := finding.Due(fact.Facts{OS: bookworm, Pending: []fact.Pending{
		{Name: "openssl", Arch: "amd64", Installed: "3.0.17-1", Candidate: "3.0.18-1", Source: "openssl", Origins: []fact.Origin{bookwormSecurity}, Size: 1_400_000},
		{Name: "libssl3", Arch: "i386", Installed: "3.0.17-1", Candidate: "3.0.18-1", Source: "openssl", Origins: []fact.Origin{bookwormSecurity}},
		{Name: "libssl3", Arch: "amd64", Installed: "3.0.17-1", Candidate: "3.0.18-1", Source: "openssl", Origins: []fact.Origin{bookwormSecurity}},
		{Name: "curl", Arch: "amd64", Candidate: "7.88.1-10", Origins: []fact.Origin{bookwormMain}, Held: true},
	}})
	fromSecurity := func(f finding.Finding) finding.Finding {
		f.Source, f.Installed, f.Candidate = "openssl", "3.0.17-1", "3.0.18-1"
		f.Layer, f.Class, f.Origin, f.From = policy.LayerOS, policy.ChangeClassSecurityUpdate, policy.OriginStandard, "Debian-Security/bookworm-security"
		return f
	}
	want := []finding.Finding{
		{Package: "curl", Arch: "amd64", Candidate: "7.88.1-10", Layer: policy.LayerOS, Class: policy.ChangeClassUpdate, Origin: policy.OriginStandard, From: "Debian/bookworm", Held: true},
		fromSecurity(finding.Finding{Package: "libssl3", Arch: "amd64"}),
		fromSecurity(finding.Finding{Package: "libssl3", Arch: "i386"}),
		fromSecurity(finding.Finding{Package: "openssl", Arch: "amd64", Size: 1_400_000}),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("(-want +got)\n%s", diff)
	}
	if none := finding.Due(fact.Facts{OS: bookworm}); none == nil || len(none) != 0 {
		t.Fatalf("nothing pending is an empty list, not %#v", none)
	}
}

// TestWhoInstalledIt: that the provider installed everything follows only from nobody else being able
// to. What is not known of the system stays unknown.
func TestWhoInstalledIt(t *testing.T) {
	t.Parallel()
	f := due(t, bookworm, bookwormSecurity)
	for access, by := range map[policy.AdminAccess]policy.InstalledBy{
		policy.AdminAccessProvider: policy.InstalledByProvider,
		policy.AdminAccessShared:   policy.InstalledByUnknown,
		policy.AdminAccessUnknown:  policy.InstalledByUnknown,
		"":                         policy.InstalledByUnknown,
	} {
		got := finding.Facets(estate.Held{
			System:   estate.System{Name: "web1", AdminAccess: access},
			Contract: estate.Contract{Model: policy.ServiceModelPaaS, Package: policy.PackageAdvanced},
		}, f)
		want := policy.Facets{
			ServiceModel: policy.ServiceModelPaaS, Package: policy.PackageAdvanced, Layer: policy.LayerOS,
			ChangeClass: policy.ChangeClassSecurityUpdate, Criticality: policy.CriticalityUnknown, Origin: policy.OriginStandard,
			InstalledBy: by, AdminAccess: access, SystemCreated: policy.SystemCreatedUnknown, OSSupported: policy.OSSupportedUnknown,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with administrative access %q (-want +got)\n%s", access, diff)
		}
	}
}
