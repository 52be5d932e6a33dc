package csaf

// mandatory are the tests of section 6.1 of CSAF 2.0, by number. Each looks at the whole document. Tests
// 6.1.8 and parts of 6.1.12 and 6.1.13 are done by the schema, see schemaTest.
var mandatory = []func(doc node) []Violation{
	missingProducts,      // 6.1.1
	repeatedProducts,     // 6.1.2
	circularProducts,     // 6.1.3
	missingGroups,        // 6.1.4
	repeatedGroups,       // 6.1.5
	contradictingStatus,  // 6.1.6
	repeatedScores,       // 6.1.7
	wrongScores,          // 6.1.9
	contradictingMetrics, // 6.1.10
	wrongWeaknesses,      // 6.1.11
	wrongLanguages,       // 6.1.12
	wrongPackageURLs,     // 6.1.13
	unsortedHistory,      // 6.1.14
	silentTranslator,     // 6.1.15
	outdatedVersion,      // 6.1.16
	undeclaredDraft,      // 6.1.17
	unreleasedHistory,    // 6.1.18
	prereleaseHistory,    // 6.1.19
	prereleaseVersion,    // 6.1.20
	gapsInHistory,        // 6.1.21
	repeatedRevisions,    // 6.1.22
	repeatedCVEs,         // 6.1.23
	repeatedInvolvements, // 6.1.24
	repeatedHashes,       // 6.1.25
	prohibitedCategory,   // 6.1.26
	profile,              // 6.1.27.1 to 6.1.27.11
	sameLanguages,        // 6.1.28
	aimlessRemediations,  // 6.1.29
	mixedVersions,        // 6.1.30
	rangesAsVersions,     // 6.1.31
	aimlessFlags,         // 6.1.32
	repeatedFlags,        // 6.1.33
}

// verify runs the mandatory tests on a document that fits the schema.
func verify(doc node) []Violation {
	var found []Violation
	for _, test := range mandatory {
		found = append(found, test(doc)...)
		if len(found) > maxViolations {
			break
		}
	}
	return found
}
