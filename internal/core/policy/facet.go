package policy

import "time"

// ServiceModel is what kind of service a contract owes (MH2-02).
type ServiceModel string

// The service models.
const (
	ServiceModelIaaS    ServiceModel = "iaas"
	ServiceModelPaaS    ServiceModel = "paas"
	ServiceModelSaaS    ServiceModel = "saas"
	ServiceModelUnknown ServiceModel = "unknown"
)

// AllServiceModels lists the service models, unknown last.
func AllServiceModels() []ServiceModel {
	return []ServiceModel{ServiceModelIaaS, ServiceModelPaaS, ServiceModelSaaS, ServiceModelUnknown}
}

// Package is the service package booked on top of the service model (MH2-18).
type Package string

// The packages. None is a statement, too: the contract names no package.
const (
	PackageNone     Package = "none"
	PackageBasic    Package = "basic"
	PackageAdvanced Package = "advanced"
	PackageUnknown  Package = "unknown"
)

// AllPackages lists the packages, unknown last.
func AllPackages() []Package {
	return []Package{PackageNone, PackageBasic, PackageAdvanced, PackageUnknown}
}

// Layer is where in the system a change takes place.
type Layer string

// The layers: the operating system, what sits between it and the application (web server, language
// runtime, database), the standard application (a mail server, a file exchange), and the website that
// the customer or an agency made (a shop, WordPress, TYPO3; MH1-12, IT-42, IT-43).
const (
	LayerOS             Layer = "os"
	LayerMiddleware     Layer = "middleware"
	LayerApplication    Layer = "application"
	LayerWebApplication Layer = "web_application"
	LayerUnknown        Layer = "unknown"
)

// AllLayers lists the layers, unknown last.
func AllLayers() []Layer {
	return []Layer{LayerOS, LayerMiddleware, LayerApplication, LayerWebApplication, LayerUnknown}
}

// ChangeClass is what kind of change is asked about.
type ChangeClass string

// The classes of change. A version upgrade leaves the release series of a component (PHP 8.2 → 8.4),
// an OS migration the generation of the operating system; both are never part of a security update (C3).
// A mitigation closes a hole without an update (IT-34); a configuration changes what a system does
// without a new version of anything.
const (
	ChangeClassSecurityUpdate ChangeClass = "security_update"
	ChangeClassUpdate         ChangeClass = "update"
	ChangeClassVersionUpgrade ChangeClass = "version_upgrade"
	ChangeClassOSMigration    ChangeClass = "os_migration"
	ChangeClassMitigation     ChangeClass = "mitigation"
	ChangeClassConfiguration  ChangeClass = "configuration"
	ChangeClassUnknown        ChangeClass = "unknown"
)

// AllChangeClasses lists the classes of change, unknown last.
func AllChangeClasses() []ChangeClass {
	return []ChangeClass{
		ChangeClassSecurityUpdate, ChangeClassUpdate, ChangeClassVersionUpgrade,
		ChangeClassOSMigration, ChangeClassMitigation, ChangeClassConfiguration, ChangeClassUnknown,
	}
}

// Criticality says whether the hole that a change closes lets strangers take the system over (IT-33).
type Criticality string

// The criticalities.
const (
	CriticalityNormal         Criticality = "normal"
	CriticalityRemoteTakeover Criticality = "remote_takeover"
	CriticalityUnknown        Criticality = "unknown"
)

// AllCriticalities lists the criticalities, unknown last.
func AllCriticalities() []Criticality {
	return []Criticality{CriticalityNormal, CriticalityRemoteTakeover, CriticalityUnknown}
}

// Origin is where the software of a change comes from (MH2-19).
type Origin string

// The origins: the distribution's own repository, somebody else's, or the customer (a package file or a
// source build of the customer's).
const (
	OriginStandard   Origin = "standard"
	OriginThirdParty Origin = "third_party"
	OriginCustomer   Origin = "customer"
	OriginUnknown    Origin = "unknown"
)

// AllOrigins lists the origins, unknown last.
func AllOrigins() []Origin {
	return []Origin{OriginStandard, OriginThirdParty, OriginCustomer, OriginUnknown}
}

// InstalledBy is who put the software on the system (MH2-19).
type InstalledBy string

// The installers.
const (
	InstalledByProvider InstalledBy = "provider"
	InstalledByCustomer InstalledBy = "customer"
	InstalledByUnknown  InstalledBy = "unknown"
)

// AllInstalledBy lists the installers, unknown last.
func AllInstalledBy() []InstalledBy {
	return []InstalledBy{InstalledByProvider, InstalledByCustomer, InstalledByUnknown}
}

// AdminAccess is who holds root or administrator rights on the system (MH1-02, MH2-13, IT-13, IT-16).
type AdminAccess string

// The holders of administrative access: the provider alone, the provider and the customer, or the
// customer alone.
const (
	AdminAccessProvider AdminAccess = "provider"
	AdminAccessShared   AdminAccess = "shared"
	AdminAccessCustomer AdminAccess = "customer"
	AdminAccessUnknown  AdminAccess = "unknown"
)

// AllAdminAccess lists the holders of administrative access, unknown last.
func AllAdminAccess() []AdminAccess {
	return []AdminAccess{AdminAccessProvider, AdminAccessShared, AdminAccessCustomer, AdminAccessUnknown}
}

// SystemCreated is when the system was first set up, as far as a rule asks for it (IT-18).
type SystemCreated string

// The times of creation, divided where IT-18 divides them: at 1 January 2025.
const (
	SystemCreatedBefore2025 SystemCreated = "before_2025"
	SystemCreatedFrom2025   SystemCreated = "from_2025"
	SystemCreatedUnknown    SystemCreated = "unknown"
)

// AllSystemCreated lists the times of creation, unknown last.
func AllSystemCreated() []SystemCreated {
	return []SystemCreated{SystemCreatedBefore2025, SystemCreatedFrom2025, SystemCreatedUnknown}
}

// CreatedOn is the facet for a day of creation (YYYY-MM-DD); unknown for anything that is no day.
func CreatedOn(day string) SystemCreated {
	switch _, err := time.Parse(time.DateOnly, day); {
	case err != nil:
		return SystemCreatedUnknown
	case day < "2025-01-01":
		return SystemCreatedBefore2025
	}
	return SystemCreatedFrom2025
}

// OSSupported is whether the operating system's release still gets security updates (IT-35, IT-37).
type OSSupported string

// The states of support: by the distribution itself, by its long-term effort for a part of the
// packages, or not any more.
const (
	OSSupportedFull     OSSupported = "supported"
	OSSupportedExtended OSSupported = "extended"
	OSSupportedEnded    OSSupported = "ended"
	OSSupportedUnknown  OSSupported = "unknown"
)

// AllOSSupported lists the states of support, unknown last.
func AllOSSupported() []OSSupported {
	return []OSSupported{OSSupportedFull, OSSupportedExtended, OSSupportedEnded, OSSupportedUnknown}
}
