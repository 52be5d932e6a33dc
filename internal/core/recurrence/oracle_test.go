package recurrence_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/recurrence"
	"github.com/patchwart/patchwart/internal/core/recurrence/wall"
)

// asked is one rule that is put to both.
type asked struct {
	Rule  string `json:"rule"`
	Start string `json:"start"`
	Zone  string `json:"zone"`
	Most  int    `json:"most"`
}

const (
	oracleRules = 12_000
	oracleSeed  = 5545
	mostOfOne   = 25 // occurrences compared of one rule
)

var oracleEnd = time.Date(2046, time.January, 1, 0, 0, 0, 0, time.UTC)

// python is an interpreter that has dateutil, and "" where there is none.
func python() string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import dateutil.rrule, zoneinfo").Run() == nil {
			return name
		}
	}
	return ""
}

// TestOccurrencesAreThoseOfDateutil puts some thousand random rules to this package and to
// python3-dateutil, an implementation by others, and wants the same moments, one by one.
func TestOccurrencesAreThoseOfDateutil(t *testing.T) {
	t.Parallel()
	interpreter := python()
	if interpreter == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("python3-dateutil is missing: scripts/require test installs it")
		}
		t.Skip("needs the Debian package python3-dateutil")
	}
	wanted := oracleRules
	if testing.Short() {
		wanted /= 10
	}
	random := rand.New(rand.NewPCG(oracleSeed, 1))
	var in bytes.Buffer
	var rules []asked
	var ours [][]int64
	none, never := 0, 0
	for len(rules) < wanted {
		a := randomRule(random)
		r, err := parse(a)
		if err != nil && !strings.Contains(problems(err), "no occurrence at all") {
			none++ // what is refused is compared nowhere
			continue
		}
		var list []int64
		if err != nil {
			// Must be empty there, too. dateutil searches long for a day that never comes: one in ten is put to it.
			if never++; never%10 != 0 {
				continue
			}
		} else {
			list = moments(r, a.Most)
		}
		rules, ours = append(rules, a), append(ours, list)
		line, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.Command(interpreter, "testdata/occurrences.py")
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<20)
	compared, differ := 0, 0
	for i := range rules {
		if !lines.Scan() {
			t.Fatalf("dateutil answered %d rules of %d", i, len(rules))
		}
		var theirs []int64
		if err := json.Unmarshal(lines.Bytes(), &theirs); err != nil {
			t.Fatal(err)
		}
		compared += len(theirs)
		if !slices.Equal(ours[i], theirs) {
			if differ++; differ <= 10 {
				t.Errorf("%+v\n ours   %s\n theirs %s", rules[i], dates(ours[i]), dates(theirs))
			}
		}
	}
	if compared < 10*len(rules) {
		t.Errorf("only %d occurrences compared: the rules are too poor", compared)
	}
	t.Logf("%d rules (%d never recur) with %d occurrences compared, %d differ; %d drawn rules were refused", len(rules), never/10, compared, differ, none)
}

func parse(a asked) (recurrence.Rule, error) {
	start, err := wall.ParseTime(a.Start[:16])
	if err != nil {
		return recurrence.Rule{}, err
	}
	return recurrence.Parse(recurrence.Stated{ID: "r", Rule: a.Rule, Start: start, Zone: a.Zone, Minutes: 1}, time.LoadLocation)
}

// moments are the first begins of a rule before the oracle's end.
func moments(r recurrence.Rule, most int) []int64 {
	list := []int64{}
	begin := r.Stated().Start.Day.In(time.UTC).AddDate(0, 0, -1)
	for days := 100; len(list) < most && begin.Before(oracleEnd); days *= 3 { // dense rules soon have enough
		end := begin.AddDate(0, 0, days)
		for _, o := range r.Between(begin, end) {
			if len(list) < most && !o.Interval.From.Before(begin) && o.Interval.From.In(r.Zone()).Year() <= 2045 {
				list = append(list, o.Interval.From.Unix())
			}
		}
		begin = end
	}
	return list
}

func dates(list []int64) string {
	var b strings.Builder
	for i, s := range list {
		if i == 12 {
			return b.String() + "…"
		}
		fmt.Fprintf(&b, "%s ", time.Unix(s, 0).UTC().Format("Mon 2006-01-02T15:04"))
	}
	return b.String()
}

// randomRule draws a rule. Most of them are accepted; times are mostly about those at which clocks change.
func randomRule(r *rand.Rand) asked {
	zones := []string{"Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/London", "UTC", "America/New_York", "Australia/Lord_Howe"}
	hour := []int{0, 1, 2, 2, 2, 3, 5, 22, 23}[r.IntN(9)]
	minute := []int{0, 30, r.IntN(60)}[r.IntN(3)]
	start := time.Date(1995+r.IntN(46), time.Month(1+r.IntN(12)), 1+r.IntN(31), hour, minute, 0, 0, time.UTC)
	a := asked{Start: start.Format("2006-01-02T15:04:05"), Zone: zones[r.IntN(len(zones))], Most: mostOfOne}
	freq := []string{"DAILY", "WEEKLY", "MONTHLY", "MONTHLY", "YEARLY", "YEARLY"}[r.IntN(6)]
	parts := []string{"FREQ=" + freq}
	add := func(one int, name string, value func() string) bool {
		if r.IntN(one) != 0 {
			return false
		}
		parts = append(parts, name+"="+value())
		return true
	}
	add(3, "INTERVAL", func() string { return strconv.Itoa(1 + r.IntN([]int{4, 4, 30}[r.IntN(3)])) })
	days := false
	if freq == "YEARLY" && r.IntN(5) == 0 {
		parts = append(parts, "BYWEEKNO="+numbers(r, 3, 1, 53, false))
		parts = append(parts, "BYDAY="+weekdays(r, false))
	} else {
		add(4, "BYMONTH", func() string { return numbers(r, 3, 1, 12, false) })
		if freq != "WEEKLY" && r.IntN(3) == 0 {
			days = true
			parts = append(parts, "BYMONTHDAY="+numbers(r, 3, 1, 31, true))
		}
		if freq == "YEARLY" && r.IntN(5) == 0 {
			days = true
			parts = append(parts, "BYYEARDAY="+numbers(r, 3, 1, 366, true))
		}
		days = add(2, "BYDAY", func() string { return weekdays(r, freq == "MONTHLY" || freq == "YEARLY") }) || days
		if days && (freq == "MONTHLY" || freq == "YEARLY") {
			add(4, "BYSETPOS", func() string { return numbers(r, 2, 1, 6, true) })
		}
	}
	add(3, "BYHOUR", func() string { return strconv.Itoa([]int{0, 1, 2, 2, 3, 5, 23}[r.IntN(7)]) })
	add(4, "BYMINUTE", func() string { return strconv.Itoa(r.IntN(60)) })
	add(4, "WKST", func() string { return dayNames[r.IntN(7)] })
	if !add(6, "COUNT", func() string { return strconv.Itoa(1 + r.IntN(40)) }) {
		until := start.AddDate(r.IntN(8), r.IntN(12), r.IntN(31))
		// dateutil reads a day as its midnight, and a moment in UTC not at all beside a local start.
		add(6, "UNTIL", func() string { return until.Format("20060102") })
	}
	r.Shuffle(len(parts)-1, func(i, j int) { parts[i+1], parts[j+1] = parts[j+1], parts[i+1] })
	a.Rule = strings.Join(parts, ";")
	return a
}

var dayNames = []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

func numbers(r *rand.Rand, most, low, high int, signed bool) string {
	var list []string
	for _, n := range r.Perm(high - low + 1)[:1+r.IntN(most)] {
		n += low
		if signed && r.IntN(3) == 0 {
			n = -n
		}
		list = append(list, strconv.Itoa(n))
	}
	return strings.Join(list, ",")
}

func weekdays(r *rand.Rand, counted bool) string {
	counted = counted && r.IntN(2) == 0
	var list []string
	for _, d := range r.Perm(7)[:1+r.IntN(3+r.IntN(5))] {
		name := dayNames[d]
		if counted {
			n := 1 + r.IntN([]int{5, 5, 53}[r.IntN(3)])
			if r.IntN(3) == 0 {
				n = -n
			}
			name = strconv.Itoa(n) + name
		}
		list = append(list, name)
	}
	return strings.Join(list, ",")
}
