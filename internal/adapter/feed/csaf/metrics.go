package csaf

import (
	"fmt"
	"strings"
)

// metricNames are the members of CVSS objects that repeat a metric of the vector. Those of version 2 and 3
// that share a name share the metric, too.
var metricNames = map[string]string{
	"accessVector": "AV", "accessComplexity": "AC", "authentication": "Au", // 2.0
	"exploitability": "E", "collateralDamagePotential": "CDP", "targetDistribution": "TD",

	"attackVector": "AV", "attackComplexity": "AC", "privilegesRequired": "PR", "userInteraction": "UI", "scope": "S", // 3.x
	"exploitCodeMaturity":  "E",
	"modifiedAttackVector": "MAV", "modifiedAttackComplexity": "MAC", "modifiedPrivilegesRequired": "MPR",
	"modifiedUserInteraction": "MUI", "modifiedScope": "MS",
	"modifiedConfidentialityImpact": "MC", "modifiedIntegrityImpact": "MI", "modifiedAvailabilityImpact": "MA",

	"confidentialityImpact": "C", "integrityImpact": "I", "availabilityImpact": "A", // both
	"remediationLevel": "RL", "reportConfidence": "RC",
	"confidentialityRequirement": "CR", "integrityRequirement": "IR", "availabilityRequirement": "AR",
}

// shortV2 are the values of CVSS 2.0 that a vector does not write with their first letter alone.
var shortV2 = map[string]string{
	"NOT_DEFINED": "ND", "PROOF_OF_CONCEPT": "POC", "OFFICIAL_FIX": "OF", "TEMPORARY_FIX": "TF",
	"UNCONFIRMED": "UC", "UNCORROBORATED": "UR", "LOW_MEDIUM": "LM", "MEDIUM_HIGH": "MH",
}

// short is a value as vectors write it.
func short(version, value string) string {
	switch {
	case value == "":
		return ""
	case version == "2.0" && shortV2[value] != "":
		return shortV2[value]
	case version != "2.0" && value == "NOT_DEFINED":
		return "X"
	}
	return value[:1]
}

// contradictingMetrics is test 6.1.10: what a CVSS object says beside its vector is what the vector says. A
// metric that the vector leaves out is not contradicted: OASIS's cases for test 6.2.19 hold such objects for
// valid.
func contradictingMetrics(doc node) []Violation {
	var found []Violation
	for _, s := range scores(doc) {
		in := map[string]string{}
		for part := range strings.SplitSeq(s.at("vectorString").text(), "/") {
			metric, value, _ := strings.Cut(part, ":")
			in[metric] = value
		}
		for _, m := range s.members() {
			metric := metricNames[m.path[len(s.path)+1:]]
			if value, ok := in[metric]; ok && value != short(s.at("version").text(), m.text()) {
				found = append(found, Violation{"6.1.10", m.path, fmt.Sprintf("%q contradicts the vector, which has %s:%s", m.text(), metric, value)})
			}
		}
	}
	return found
}
