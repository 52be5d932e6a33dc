// Package matchbench measures matching beside the scanners that hosters use today, on the same machine,
// the same advisories and the same inventories in one run: `make bench-match`. Its figures stand in
// docs/benchmarks.md.
package matchbench
