package policy

import "slices"

// clause is a case in the form that Decide walks: facets and fields as numbers.
type clause struct {
	rule   int // index into Version.Rules
	number int // index into Rule.Cases
	when   []test
	result [fieldCount]uint8 // valueUnset where the case says nothing
}

// valueUnset marks a result field that a clause leaves alone.
const valueUnset = uint8(255)

// test holds when the facet's value is one of those whose bits are set.
type test struct {
	facet   uint8
	allowed uint8
}

// standing is how a clause stands to a point.
type standing uint8

const (
	fails standing = iota
	may            // a facet it asks for is unknown
	holds
)

// at tells how the clause stands to the point.
func (c *clause) at(p *point) standing {
	s := holds
	for _, t := range c.when {
		value := p[t.facet]
		switch {
		case value == valueUnknown:
			s = may
		case t.allowed&(1<<value) == 0:
			return fails
		}
	}
	return s
}

// hinge is the one test that hangs on an unknown facet; nil when there are several.
func (c *clause) hinge(p *point) *test {
	var found *test
	for i := range c.when {
		if p[c.when[i].facet] != valueUnknown {
			continue
		}
		if found != nil {
			return nil
		}
		found = &c.when[i]
	}
	return found
}

// unknown returns the facets that the clause asks for and the point does not know, as bits.
func (c *clause) unknown(p *point) uint16 {
	var bits uint16
	for _, t := range c.when {
		if p[t.facet] == valueUnknown {
			bits |= 1 << t.facet
		}
	}
	return bits
}

// compile brings the cases of all rules into the order in which they are walked. It expects what
// Parse has checked: known names and values only.
func compile(rules []Rule) []clause {
	var clauses []clause
	for _, tier := range AllTiers() {
		for i, r := range rules {
			for j, c := range r.Cases {
				if c.Tier == tier {
					clauses = append(clauses, compileCase(i, j, c))
				}
			}
		}
	}
	return clauses
}

func compileCase(rule, number int, c Case) clause {
	out := clause{rule: rule, number: number}
	for _, cond := range c.When {
		t := test{facet: uint8(facetByName(cond.Facet))}
		for _, v := range cond.Values {
			t.allowed |= 1 << slices.Index(facets[t.facet].known, v)
		}
		out.when = append(out.when, t)
	}
	for i := range out.result {
		out.result[i] = valueUnset
	}
	for _, s := range c.Result {
		i := fieldByName(s.Field)
		out.result[i] = uint8(slices.Index(fields[i].values, s.Value))
	}
	return out
}

func fieldByName(name string) int {
	return slices.IndexFunc(fields[:], func(f field) bool { return f.name == name })
}
