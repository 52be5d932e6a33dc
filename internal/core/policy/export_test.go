package policy

import (
	"fmt"
	"slices"
)

// Mutant is a version with one small mistake in its rules.
type Mutant struct {
	Name    string // what was changed: "MH2-21: without"
	Version *Version
}

// Mutants makes every version that differs from v by one rule or case left out, one result left out or
// given another value, one condition left out, or one of its values left out.
func Mutants(v *Version) []Mutant {
	var out []Mutant
	add := func(name string, change func(rules []Rule) []Rule) {
		m := *v
		m.Rules = change(copied(v.Rules))
		m.clauses = compile(m.Rules)
		out = append(out, Mutant{name, &m})
	}
	for i, r := range v.Rules {
		if len(r.Cases) == 0 {
			continue
		}
		add(r.ID+": without", func(rules []Rule) []Rule { return slices.Delete(rules, i, i+1) })
		for j, c := range r.Cases {
			name := r.ID
			if len(r.Cases) > 1 {
				name = fmt.Sprintf("%s (%d)", r.ID, j+1)
				add(name+": without", func(rules []Rule) []Rule { rules[i].Cases = slices.Delete(rules[i].Cases, j, j+1); return rules })
			}
			for k, s := range c.Result {
				if len(c.Result) > 1 {
					add(name+": without "+s.Field, func(rules []Rule) []Rule {
						rules[i].Cases[j].Result = slices.Delete(rules[i].Cases[j].Result, k, k+1)
						return rules
					})
				}
				for _, value := range fields[fieldByName(s.Field)].values {
					if value != s.Value {
						add(name+": "+s.Field+" "+value, func(rules []Rule) []Rule { rules[i].Cases[j].Result[k].Value = value; return rules })
					}
				}
			}
			for k, w := range c.When {
				add(name+": whatever "+w.Facet, func(rules []Rule) []Rule {
					rules[i].Cases[j].When = slices.Delete(rules[i].Cases[j].When, k, k+1)
					return rules
				})
				for l, value := range w.Values {
					if len(w.Values) > 1 {
						add(name+": not for "+w.Facet+" "+value, func(rules []Rule) []Rule {
							rules[i].Cases[j].When[k].Values = slices.Delete(rules[i].Cases[j].When[k].Values, l, l+1)
							return rules
						})
					}
				}
			}
		}
	}
	return out
}

// copied is a deep copy of what Mutants changes.
func copied(rules []Rule) []Rule {
	out := slices.Clone(rules)
	for i := range out {
		out[i].Cases = slices.Clone(out[i].Cases)
		for j := range out[i].Cases {
			c := &out[i].Cases[j]
			c.Result, c.When = slices.Clone(c.Result), slices.Clone(c.When)
			for k := range c.When {
				c.When[k].Values = slices.Clone(c.When[k].Values)
			}
		}
	}
	return out
}

// LintKnown is Lint over the combinations in which everything is known.
func LintKnown(v *Version) Report { return lint(v, EnumerateKnown) }
