package csaf

import (
	"fmt"
	"math"
	"strings"

	gocvss20 "github.com/pandatix/go-cvss/20"
	gocvss30 "github.com/pandatix/go-cvss/30"
	gocvss31 "github.com/pandatix/go-cvss/31"
)

// vector is a CVSS vector of any of the versions that CSAF 2.0 knows.
type vector interface {
	BaseScore() float64
	TemporalScore() float64
	EnvironmentalScore() float64
}

// scores are the CVSS objects of a document.
func scores(doc node) []node {
	return doc.all("vulnerabilities[]/scores[]/cvss_v2", "vulnerabilities[]/scores[]/cvss_v3")
}

func parseVector(version, text string) (vector, error) {
	switch version {
	case "2.0":
		return gocvss20.ParseVector(completed(text))
	case "3.0":
		return gocvss30.ParseVector(text)
	default:
		return gocvss31.ParseVector(text)
	}
}

// completed writes a CVSS 2.0 vector with all metrics in the order of the guide, which the library wants;
// the schema allows any order, and optional metrics one by one. A repeated metric stays where it is, so
// that the library refuses it.
func completed(text string) string {
	const base, rest = 6, "ND"
	order := []string{"AV", "AC", "Au", "C", "I", "A", "E", "RL", "RC", "CDP", "TD", "CR", "IR", "AR"}
	values := map[string]string{}
	for part := range strings.SplitSeq(text, "/") {
		metric, value, _ := strings.Cut(part, ":")
		if _, again := values[metric]; again {
			return text + "/" + part
		}
		values[metric] = value
	}
	parts := make([]string, 0, len(order))
	for i, metric := range order {
		value, ok := values[metric]
		if !ok && i >= base {
			value = rest
		}
		parts = append(parts, metric+":"+value)
	}
	return strings.Join(parts, "/")
}

// repeatedScores is test 6.1.7: a product has one score of each CVSS version.
func repeatedScores(doc node) []Violation {
	var found []Violation
	for _, v := range doc.find("vulnerabilities[]") {
		seen := map[string]bool{}
		for _, s := range v.find("scores[]") {
			for _, version := range s.all("cvss_v2/version", "cvss_v3/version") {
				for _, p := range s.find("products[]") {
					key := version.text() + " " + p.text()
					if seen[key] {
						found = append(found, Violation{"6.1.7", p.path, fmt.Sprintf("the product %q has more than one score of CVSS %s", p.text(), version.text())})
					}
					seen[key] = true
				}
			}
		}
	}
	return found
}

// wrongScores is test 6.1.9: scores and severities are those that follow from the vector.
func wrongScores(doc node) []Violation {
	var found []Violation
	for _, s := range scores(doc) {
		text := s.at("vectorString")
		v, err := parseVector(s.at("version").text(), text.text())
		if err != nil {
			found = append(found, Violation{"6.1.9", text.path, fmt.Sprintf("no score follows from the vector %q: %v", text.text(), err)})
			continue
		}
		for name, right := range map[string]float64{"base": v.BaseScore(), "temporal": v.TemporalScore(), "environmental": v.EnvironmentalScore()} {
			score, severity := s.at(name+"Score"), s.at(name+"Severity")
			if said, ok := score.number(); ok && math.Abs(said-right) > 0.001 {
				found = append(found, Violation{"6.1.9", score.path, fmt.Sprintf("the score is %.1f, and %.1f follows from the vector", said, right)})
			}
			rating, err := gocvss31.Rating(right)
			if err == nil && severity.there() && severity.text() != rating {
				found = append(found, Violation{"6.1.9", severity.path, fmt.Sprintf("the severity is %s, and %s follows from the vector", severity.text(), rating)})
			}
		}
	}
	return found
}
