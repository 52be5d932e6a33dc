// Package build says which build of the product this is. The version is set by the linker.
package build

// Version is the version of this build, as git describes it; "dev" when built without make.
var Version = "dev"
