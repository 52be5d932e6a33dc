// Package bench measures Patchwart beside plain apt and unattended-upgrade on one lab host: the same
// root, the same real security updates, in turn. Run it with make bench; the figures and how they came
// about stand in docs/benchmarks.md.
package bench
