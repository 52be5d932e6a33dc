package tracker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/patchwart/patchwart/internal/core/advisory"
)

// entry is one CVE of one source package in the tracker's JSON.
type entry struct {
	Description string             `json:"description"`
	Scope       string             `json:"scope"` // remote, local; often missing
	Releases    map[string]outlook `json:"releases"`
}

type outlook struct {
	Status       string `json:"status"` // open, resolved, undetermined
	FixedVersion string `json:"fixed_version"`
	Urgency      string `json:"urgency"`
	NoDSA        string `json:"nodsa"`
	NoDSAReason  string `json:"nodsa_reason"`
}

// JSON reads the tracker's JSON, source package by source package, so that its 60 MB never stand in
// memory at once. An error means that the text ended or broke off early: what came before must then not
// replace what is known.
func JSON(in io.Reader, emit func(advisory.Record)) (skipped []advisory.Skip, err error) {
	var s skips
	d := json.NewDecoder(in)
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("the tracker's JSON begins with a brace and the first source package, not with %v", t)
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return s, fmt.Errorf("at byte %d: %w", d.InputOffset(), err)
		}
		source, _ := t.(string)
		var holes map[string]json.RawMessage
		if err := d.Decode(&holes); err != nil {
			if wrongType(err) {
				s.add(source, "the entry of a source package is an object of CVEs: %v", err)
				continue
			}
			return s, fmt.Errorf("at byte %d (%s): %w", d.InputOffset(), source, err)
		}
		for cve, raw := range holes {
			var e entry
			if err := json.Unmarshal(raw, &e); err != nil {
				s.add(source+"/"+cve, "%v", err)
				continue
			}
			emit(e.record(source, cve, &s))
		}
	}
	if _, err := d.Token(); err != nil {
		return s, fmt.Errorf("the text ends before its closing brace: %w", err)
	}
	return s, nil
}

// wrongType reports a value of another type than expected, after which the decoder can go on.
func wrongType(err error) bool {
	var t *json.UnmarshalTypeError
	return errors.As(err, &t)
}

func (e entry) record(source, cve string, s *skips) advisory.Record {
	r := advisory.Record{ID: cve, CVEs: []string{cve}, Publisher: Publisher, Title: shorten(e.Description)}
	for codename, o := range e.Releases {
		a := advisory.Affected{Ecosystem: advisory.Debian(codename), Package: source, Urgency: strings.TrimRight(o.Urgency, "*"), Note: o.NoDSAReason}
		switch o.Status {
		case "resolved":
			if o.FixedVersion == "0" { // the tracker's way to say: never affected
				a.State = advisory.NotAffected
				break
			}
			if o.FixedVersion == "" {
				s.add(source+"/"+cve+"/"+codename, "resolved, and no fixed_version")
				a.State = advisory.Undetermined
				break
			}
			a.State = advisory.Fixed
			a.Ranges = []advisory.Range{{Introduced: "0", Fixed: o.FixedVersion}}
		case "open":
			switch {
			case o.Urgency == "end-of-life":
				a.State = advisory.EndOfLife
			case o.NoDSA != "" || o.NoDSAReason != "":
				a.State = advisory.NoDSA
			default:
				a.State = advisory.Unfixed
			}
		case "undetermined":
			a.State = advisory.Undetermined
		default:
			s.add(source+"/"+cve+"/"+codename, "%.40q is no status; it is open, resolved or undetermined", o.Status)
			a.State = advisory.Undetermined
		}
		r.Affected = append(r.Affected, a)
	}
	return r
}

// shorten keeps the beginning of a description, for a list.
func shorten(text string) string {
	const most = 300
	if len(text) <= most {
		return text
	}
	cut := strings.LastIndexByte(text[:most], ' ')
	if cut <= 0 {
		cut = most
	}
	return strings.ToValidUTF8(text[:cut], "") + " …"
}
