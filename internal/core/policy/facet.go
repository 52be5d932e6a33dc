package policy

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
// runtime, database), and the application itself.
const (
	LayerOS          Layer = "os"
	LayerMiddleware  Layer = "middleware"
	LayerApplication Layer = "application"
	LayerUnknown     Layer = "unknown"
)

// AllLayers lists the layers, unknown last.
func AllLayers() []Layer {
	return []Layer{LayerOS, LayerMiddleware, LayerApplication, LayerUnknown}
}

// ChangeClass is what kind of change is asked about.
type ChangeClass string

// The classes of change. A version upgrade leaves the release series of a component (PHP 8.2 → 8.4),
// a migration the generation of the operating system; both are never part of a security update (C3).
const (
	ChangeClassSecurityUpdate ChangeClass = "security_update"
	ChangeClassUpdate         ChangeClass = "update"
	ChangeClassVersionUpgrade ChangeClass = "version_upgrade"
	ChangeClassMigration      ChangeClass = "migration"
	ChangeClassUnknown        ChangeClass = "unknown"
)

// AllChangeClasses lists the classes of change, unknown last.
func AllChangeClasses() []ChangeClass {
	return []ChangeClass{
		ChangeClassSecurityUpdate, ChangeClassUpdate, ChangeClassVersionUpgrade,
		ChangeClassMigration, ChangeClassUnknown,
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

// The origins: the distribution's own repository, somebody else's, or none at all (a package file
// or a source build).
const (
	OriginStandard   Origin = "standard"
	OriginThirdParty Origin = "third_party"
	OriginLocal      Origin = "local"
	OriginUnknown    Origin = "unknown"
)

// AllOrigins lists the origins, unknown last.
func AllOrigins() []Origin {
	return []Origin{OriginStandard, OriginThirdParty, OriginLocal, OriginUnknown}
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

// AdminAccess is who holds root or administrator rights on the system (MH2-13).
type AdminAccess string

// The holders of administrative access. It makes no difference to any rule whether the customer
// holds it alone or together with the provider.
const (
	AdminAccessProviderOnly AdminAccess = "provider_only"
	AdminAccessCustomerToo  AdminAccess = "customer_too"
	AdminAccessUnknown      AdminAccess = "unknown"
)

// AllAdminAccess lists the holders of administrative access, unknown last.
func AllAdminAccess() []AdminAccess {
	return []AdminAccess{AdminAccessProviderOnly, AdminAccessCustomerToo, AdminAccessUnknown}
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
