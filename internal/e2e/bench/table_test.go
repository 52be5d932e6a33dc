package bench

import (
	"fmt"
	"strings"
	"testing"
)

// table tells in Markdown how the contenders fared: medians, and ratios to plain apt and to Ansible.
func table(hosts, updates int, w workload, list []contender, turns map[string][]turn) string {
	of := func(name string, pick func(turn) float64) float64 {
		values := make([]float64, 0, len(turns[name]))
		for _, t := range turns[name] {
			values = append(values, pick(t))
		}
		return median(values)
	}
	seconds := func(name string) float64 { return of(name, func(t turn) float64 { return t.seconds }) }
	cpu := func(name string) float64 { return of(name, func(t turn) float64 { return t.cpu }) }
	peak := func(name string) float64 { return of(name, func(t turn) float64 { return t.peak }) }

	var out strings.Builder
	fmt.Fprintf(&out, "Workload %s: %d hosts, %d updates each, medians of %d rounds\n\n", w.name, hosts, updates, len(turns[list[0].name]))
	out.WriteString("| contender | wall | to apt | hosts a minute | CPU of a host | control side CPU | control side memory | updated | failed hosts returned |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, c := range list {
		updated, failed, returned := 0, 0, 0
		for _, t := range turns[c.name] {
			updated, failed, returned = updated+t.updated, failed+t.failed, returned+t.returned
		}
		all := hosts*len(turns[c.name]) - failed
		used := "– | –"
		if c.control {
			used = fmt.Sprintf("%.2f s | %.1f MiB", cpu(c.name), peak(c.name))
		}
		back := "–"
		if failed > 0 {
			back = fmt.Sprintf("%d of %d", returned, failed)
		}
		fmt.Fprintf(&out, "| %s | %.2f s | %s | %.1f | %.2f s | %s | %d of %d | %s |\n", c.name, seconds(c.name), ratio(seconds(c.name), seconds(plainApt)),
			60*float64(hosts)/seconds(c.name), of(c.name, func(t turn) float64 { return t.hosts }), used, updated, all, back)
	}
	for _, c := range list {
		if strings.HasPrefix(c.name, "ansible") && len(turns["patchwart"]) > 0 {
			fmt.Fprintf(&out, "\nPatchwart beside %s: %s times its throughput, %s of its CPU time, %s of its memory.", c.name,
				ratio(seconds(c.name), seconds("patchwart")), ratio(cpu("patchwart"), cpu(c.name)), ratio(peak("patchwart"), peak(c.name)))
		}
	}
	return out.String() + "\n"
}

func ratio(a, b float64) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", a/b)
}

// TestTable: medians, ratios and shares are what was measured, and who has no control side has none in the table.
func TestTable(t *testing.T) {
	list := []contender{{name: "apt, all hosts at once"}, {name: "ansible, serial: 1", control: true}, {name: "patchwart", control: true}}
	got := table(4, 2, workload{name: "failing"}, list, map[string][]turn{
		"apt, all hosts at once": {{seconds: 8, hosts: 2, updated: 3, failed: 1}, {seconds: 10, hosts: 3, updated: 3, failed: 1}, {seconds: 90, hosts: 4, updated: 3, failed: 1}},
		"ansible, serial: 1":     {{seconds: 40, hosts: 6, cpu: 20, peak: 200, updated: 3, failed: 1}},
		"patchwart":              {{seconds: 20, hosts: 5, cpu: 2, peak: 50, updated: 3, failed: 1, returned: 1}},
	})
	for _, want := range []string{
		"| apt, all hosts at once | 10.00 s | 1.00 | 24.0 | 3.00 s | – | – | 9 of 9 | 0 of 3 |\n",
		"| ansible, serial: 1 | 40.00 s | 4.00 | 6.0 | 6.00 s | 20.00 s | 200.0 MiB | 3 of 3 | 0 of 1 |\n",
		"| patchwart | 20.00 s | 2.00 | 12.0 | 5.00 s | 2.00 s | 50.0 MiB | 3 of 3 | 1 of 1 |\n",
		"Patchwart beside ansible, serial: 1: 2.00 times its throughput, 0.10 of its CPU time, 0.25 of its memory.",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no line %q in\n%s", want, got)
		}
	}
}
