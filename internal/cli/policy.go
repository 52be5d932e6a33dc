package cli

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/core/lang"
	"github.com/patchwart/patchwart/internal/core/policy"
	"github.com/patchwart/patchwart/policies"
)

// maxPolicy bounds what is read of a policy document, in bytes.
const maxPolicy = 256 << 10

// errFindings is a policy in which something was found. What was found has been said.
var errFindings = errors.New("something was found")

// policyText is the text of a policy: of one that came with the program, by its ID, or of a file.
func (a *app) policyText(ref string) (name string, text []byte, err error) {
	if text, ok := policies.Lookup(ref); ok {
		return ref + ".yaml", text, nil
	}
	if _, err := os.Stat(ref); err != nil && ref != "-" && !strings.ContainsAny(ref, `/\`) && filepath.Ext(ref) != ".yaml" {
		return "", nil, &client.Error{Code: client.CodeNotFound,
			Text: lang.Textf("Ein Regelwerk „%[1]s“ gibt es nicht.", `There is no policy "%[1]s".`, ref),
			Mend: lang.Textf("Mitgeliefert sind: %[1]s. Sonst nennen Sie bitte den Pfad einer YAML-Datei.",
				"Included are: %[1]s. Else please name the path of a YAML file.", strings.Join(policies.IDs(), ", "))}
	}
	text, err = a.readInput(ref, maxPolicy)
	return filepath.Base(ref), text, err
}

// loadPolicy reads a policy strictly.
func (a *app) loadPolicy(ref string) (*policy.Version, error) {
	name, text, err := a.policyText(ref)
	if err != nil {
		return nil, err
	}
	v, err := policy.Parse(name, text)
	return v, err
}

// oneOf refuses a value outside its enumeration in one line that names the allowed ones.
func oneOf(flag, value string, allowed []string) error {
	if value == "" || slices.Contains(allowed, value) {
		return nil
	}
	return &usageError{alone: true, text: lang.Textf(
		"--%[1]s: „%[2]s“ ist kein Wert; möglich sind: %[3]s", `--%[1]s: "%[2]s" is no value; possible are: %[3]s`,
		flag, value, strings.Join(allowed, ", "))}
}
