// Package policies holds promises as data: one YAML file for each published policy version, embedded
// so that the program knows them without being installed anywhere.
//
// A file is named after the ID of the version in it. How it is read and what it means is the business
// of internal/core/policy. A published version is not edited: a changed promise is a new version.
package policies

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.yaml
var files embed.FS

//go:embed citations/statutes.yaml
var statutes []byte

// Statutes is the table of laws and references that policies cite (internal/core/statute).
func Statutes() []byte { return statutes }

// Files is the embedded folder, one file "<id>.yaml" for each version.
func Files() fs.FS { return files }

// IDs lists the embedded versions in alphabetical order.
func IDs() []string {
	entries, err := files.ReadDir(".")
	if err != nil { // the folder is part of the program
		panic("policies: " + err.Error())
	}
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = strings.TrimSuffix(e.Name(), ".yaml")
	}
	return ids
}

// Lookup returns the document of an embedded version, and whether there is one.
func Lookup(id string) ([]byte, bool) {
	data, err := files.ReadFile(id + ".yaml")
	return data, err == nil
}
