package bench

import (
	"flag"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What is measured can be chosen, because everything takes hours: go test … -args -fleet 1,5 -work small.
var (
	fleetSizes = flag.String("fleet", "1,5,20", "how many hosts are updated at a time, one figure for each fleet; empty: no fleets")
	fleetWork  = flag.String("work", "small,large,failing", "workloads of the fleets: small, large, failing (small with hosts on which it fails), failing-large")
	fleetOnly  = flag.String("only", "", "only contenders whose names contain one of these")
	fleetSkip  = flag.String("without", "", "no contenders whose names contain one of these")
	fleetTurns = flag.Int("rounds", 1, "turns of each contender in each fleet and workload; medians are reported")
	fleetLog   = flag.String("log", "", "folder that takes what server, agent and Ansible said")
	oneHost    = flag.Bool("one", true, "also the single host of BenchmarkUpdates")
)

// numbers reads a list such as 1,5,20, in ascending order.
func numbers(list string) ([]int, bool) {
	var out []int
	for _, field := range words(list) {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 || n > 200 { // a lab has room for no more
			return nil, false
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

func words(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

func TestNumbers(t *testing.T) {
	for list, want := range map[string][]int{"": nil, "20,1,5": {1, 5, 20}, "2, 2": {2}} {
		if got, ok := numbers(list); !ok || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v, want %v", list, got, ok, want)
		}
	}
	for _, list := range []string{"0", "x", "1,-2", "201"} {
		if got, ok := numbers(list); ok {
			t.Errorf("%q was read as %v", list, got)
		}
	}
}
