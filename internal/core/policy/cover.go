package policy

import "slices"

// Box is a set of combinations, as conditions on facets; a facet that is not named may have any known
// value. A box without conditions is the whole space of known facts.
type Box []Condition

// Holds reports whether the combination lies in the box.
func (b Box) Holds(f Facets) bool {
	values := f.strings()
	for _, c := range b {
		if !slices.Contains(c.Values, values[facetByName(c.Facet)]) {
			return false
		}
	}
	return true
}

// area is a box as bits: for each facet the values it may have.
type area [facetCount]uint8

// mergeOrder is in which order facets are merged: those that matter least come first, so that they
// disappear from the boxes and what is left reads like a rule.
var mergeOrder = [facetCount]int{
	facetSystemCreated, facetOSSupported, facetCriticality, facetInstalledBy, facetOrigin, facetAdminAccess,
	facetPackage, facetChangeClass, facetLayer, facetServiceModel,
}

// cover describes a set of combinations, all facts known, by disjoint boxes that hold exactly them.
func cover(points []point) []Box {
	areas := make([]area, len(points))
	for i, p := range points {
		for j, value := range p {
			areas[i][j] = 1 << value
		}
	}
	for before := len(areas) + 1; len(areas) < before; {
		before = len(areas)
		for _, facet := range mergeOrder {
			areas = merge(areas, facet)
		}
	}
	slices.SortFunc(areas, func(a, b area) int {
		for i := range a {
			if a[i] != b[i] {
				return int(a[i]) - int(b[i])
			}
		}
		return 0
	})
	boxes := make([]Box, len(areas))
	for i, a := range areas {
		boxes[i] = a.box()
	}
	return boxes
}

// merge joins the areas that differ in one facet alone.
func merge(areas []area, facet int) []area {
	at := make(map[area]int, len(areas))
	out := areas[:0]
	for _, a := range areas {
		rest, mask := a, a[facet]
		rest[facet] = 0
		if i, ok := at[rest]; ok {
			out[i][facet] |= mask
			continue
		}
		at[rest] = len(out)
		out = append(out, a)
	}
	return out
}

func (a area) box() Box {
	box := Box{}
	for i, mask := range a {
		if mask == 1<<len(facets[i].known)-1 {
			continue
		}
		c := Condition{Facet: facets[i].name}
		for j, value := range facets[i].known {
			if mask&(1<<j) != 0 {
				c.Values = append(c.Values, value)
			}
		}
		box = append(box, c)
	}
	return box
}
