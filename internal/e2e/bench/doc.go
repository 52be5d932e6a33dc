// Package bench measures Patchwart beside what hosters update with today, on real lab hosts. Run it with make
// bench; the figures and how they came about stand in docs/benchmarks.md.
//
//   - BenchmarkUpdates: one grown host, the same root and the same real security updates in turn, beside plain apt
//     and unattended-upgrade.
//   - BenchmarkFleet: fleets of several sizes, beside plain apt and unattended-upgrade on all hosts at once, and an
//     Ansible play (testdata/hoster.yaml) one host after the other and on all hosts at once. Patchwart's server is
//     the program itself. Measured are wall time, what the control side uses, and how many hosts on which an update
//     fails are put back to the identical state.
//
// Parts are chosen with flags: make bench BENCH='-fleet 1,5 -work small,failing -rounds 3 -one=false'.
package bench
