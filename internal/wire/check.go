package wire

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"

	"github.com/patchwart/patchwart/internal/core/estate"
)

// The patterns of all free fields. Package names and versions are those of Debian Policy 5.6.1, 5.6.7
// and 5.6.12; hyphens stand last in their class, where they are hyphens. None can begin with a hyphen,
// so none can be taken for an option.
var (
	orderID     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	systemName  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$`)
	policyID    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)
	packageName = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]{1,127}$`)
	packageArch = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,31}$`)
	version     = regexp.MustCompile(`^([0-9]{1,9}:)?[0-9][A-Za-z0-9.+~-]{0,127}$`)
	unitName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9:_.@\\-]{0,127}\.(service|socket|timer)$`)
	checkName   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
	hostName    = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?){0,8}$`)
	urlPath     = regexp.MustCompile(`^/[A-Za-z0-9/._~%?=&-]{0,255}$`)
)

// ValidSystem reports whether a name can be a system's.
func ValidSystem(name string) bool { return systemName.MatchString(name) }

// ValidUnit reports whether a name can be a unit's.
func ValidUnit(name string) bool { return unitName.MatchString(name) }

// check holds an order against the closed form of its verb. The first breach is returned.
func (o order) check() error {
	bad := func(field, value, want string) error {
		return fmt.Errorf("wire: work order field %s: %.80q is not %s", field, value, want)
	}
	switch {
	case o.Version != Version:
		return fmt.Errorf("wire: work order version %d; this build speaks %d", o.Version, Version)
	case !orderID.MatchString(o.ID):
		return bad("id", o.ID, "an order ID")
	case !slices.Contains(Verbs, o.Verb):
		return bad("verb", string(o.Verb), "a known verb")
	case !systemName.MatchString(o.System):
		return bad("system", o.System, "a system name")
	case !policyID.MatchString(o.Policy):
		return bad("policy", o.Policy, "a policy version")
	case !isSHA256(o.Mandate):
		return bad("mandate", o.Mandate, "a SHA-256")
	case !isSHA256(o.Facts):
		return bad("facts", o.Facts, "a SHA-256")
	case o.Issued.IsZero() || o.NotBefore.IsZero() || !o.NotAfter.After(o.NotBefore):
		return fmt.Errorf("wire: work order times: issued %s, from %s to %s is no span", o.Issued, o.NotBefore, o.NotAfter)
	case o.NotAfter.Sub(o.NotBefore) > MaxSpan:
		return fmt.Errorf("wire: work order spans %s, more than %s", o.NotAfter.Sub(o.NotBefore), MaxSpan)
	case o.MaxMinute < 1 || o.MaxMinute > int(MaxRunTime.Minutes()):
		return fmt.Errorf("wire: work order max_minutes %d is not within 1 and %d", o.MaxMinute, int(MaxRunTime.Minutes()))
	case o.Backup != nil && (o.Backup.Zero() || !o.Backup.Valid()):
		return fmt.Errorf("wire: work order demands a backup of %d hours, checked within %d days: no demand there is", o.Backup.MaxAgeHours, o.Backup.VerifiedMaxAgeDays)
	case len(o.Services) > MaxServices || len(o.Checks) > MaxChecks:
		return fmt.Errorf("wire: work order has %d services and %d checks, more than %d and %d", len(o.Services), len(o.Checks), MaxServices, MaxChecks)
	}
	if err := o.content(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, p := range o.Packages {
		switch {
		case !packageName.MatchString(p.Name):
			return bad("package name", p.Name, "a package name")
		case !packageArch.MatchString(p.Arch):
			return bad("package architecture", p.Arch, "an architecture")
		case !version.MatchString(p.To):
			return bad("package version", p.To, "a version")
		case p.From != "" && !version.MatchString(p.From):
			return bad("package version", p.From, "a version")
		case seen[p.Name+":"+p.Arch]:
			return fmt.Errorf("wire: work order names %s:%s twice", p.Name, p.Arch)
		}
		seen[p.Name+":"+p.Arch] = true
	}
	for _, s := range o.Services {
		if !unitName.MatchString(s) {
			return bad("service", s, "a unit name")
		}
	}
	for _, c := range o.Checks {
		if err := CheckForm(c); err != nil {
			return err
		}
	}
	return nil
}

// content holds what the order is about against its verb: packages, or a measure, and the restore point that
// belongs to it.
func (o order) content() error {
	driver, least, most := restoreFiles, 1, MaxPackages
	if o.Verb != UpdatePackages {
		driver, least, most = restoreMeasure, 0, 0
	}
	switch {
	case o.Restore != driver:
		return fmt.Errorf("wire: work order field restore: %.80q is not the driver that %s goes with", o.Restore, o.Verb)
	case len(o.Packages) < least || len(o.Packages) > most:
		return fmt.Errorf("wire: work order to %s has %d packages, not %d to %d", o.Verb, len(o.Packages), least, most)
	case (o.Measure == nil) != (o.Verb == UpdatePackages):
		return fmt.Errorf("wire: a measure belongs to mitigate and lift, and to nothing else; this is %s", o.Verb)
	case o.Measure == nil:
		return nil
	}
	if err := o.Measure.Check(); err != nil {
		return fmt.Errorf("wire: work order field measure: %w", err)
	}
	return nil
}

// CheckForm holds one check against its closed form.
func CheckForm(c Check) error {
	switch {
	case !checkName.MatchString(c.Name):
		return fmt.Errorf("wire: %.80q is no name for a check", c.Name)
	case c.Port < 1 || c.Port > 65535:
		return fmt.Errorf("wire: check %s: %d is no port", c.Name, c.Port)
	case !slices.Contains(estate.CheckKinds, c.Kind):
		return fmt.Errorf("wire: check %s: %.20q is no kind of check", c.Name, c.Kind)
	case c.Kind != estate.CheckHTTP && (c.Path != "" || c.Status != 0):
		return fmt.Errorf("wire: check %s: a %s check has neither path nor status", c.Name, c.Kind)
	case c.Kind != estate.CheckTLS && c.Host != "", c.Host != "" && !hostName.MatchString(c.Host):
		return fmt.Errorf("wire: check %s: %.80q is no name to ask for", c.Name, c.Host)
	case c.Kind != estate.CheckHTTP:
		return nil
	case !urlPath.MatchString(c.Path):
		return fmt.Errorf("wire: check %s: %.80q is no absolute path", c.Name, c.Path)
	case c.Status != 0 && (c.Status < 100 || c.Status > 599):
		return fmt.Errorf("wire: check %s: %d is no HTTP status", c.Name, c.Status)
	}
	return nil
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}
