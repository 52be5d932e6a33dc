package matchbench

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// contender is a scanner as a hoster would call it on some inventories.
type contender struct {
	name string
	most int // inventories that it is given; those who need seconds for one are not given thousands
	call func(files []string) [][]string
}

// BenchmarkScanners puts 1, 100 and 10,000 inventories to each scanner and reports wall time and
// processor time for each inventory, and the largest process.
func BenchmarkScanners(b *testing.B) {
	patchwart, err := filepath.Abs("../../../bin/patchwart")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(patchwart); err != nil {
		b.Skip("bin/patchwart is missing: make build")
	}
	feed, err := filepath.Abs(data + "debian")
	if err != nil {
		b.Fatal(err)
	}
	osv := osvDatabase(b, feed)
	files := written(b, hosts(b, 10_000))
	dir := filepath.Dir(files[0])
	for _, c := range []contender{
		{"patchwart", 10_000, func(files []string) [][]string {
			args := []string{patchwart, "match", "--advisories", feed + "/debian-advisories-to-2026-08-21.jsonl.zst", "--release", "bookworm", "--summary", "--json"}
			if len(files) == 10_000 {
				return [][]string{append(args, "--status-dir", dir)}
			}
			if len(files) == 1 {
				return [][]string{append(args, "--status", files[0])}
			}
			return [][]string{append(args, "--status-dir", some(b, files))}
		}},
		{"debsecan", 20, func(files []string) (calls [][]string) {
			for _, f := range files {
				calls = append(calls, []string{"debsecan", "--suite", "bookworm", "--source", "file://" + feed + "/debsecan-format/", "--status", f, "--format", "simple"})
			}
			return calls
		}},
		{"osv-scanner", 20, func(files []string) [][]string {
			args := []string{"osv-scanner", "scan", "source", "--offline", "--local-db-path", osv, "--format", "json"}
			for _, f := range files {
				args = append(args, "-L", "dpkg-status:"+f)
			}
			return [][]string{args}
		}},
	} {
		for _, n := range []int{1, 20, 100, 10_000} {
			if n > c.most {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				if _, err := exec.LookPath(c.call(files[:1])[0][0]); err != nil {
					b.Skipf("%s is not installed", c.name)
				}
				for b.Loop() {
					measure(b, c.call(files[:n]), n)
				}
			})
		}
	}
}

// measure runs the calls one after the other.
func measure(b *testing.B, calls [][]string, inventories int) {
	b.Helper()
	begun := time.Now()
	var cpu time.Duration
	var largest int64
	for _, call := range calls {
		ctx, cancel := context.WithTimeout(b.Context(), 10*time.Minute)
		cmd := exec.CommandContext(ctx, call[0], call[1:]...)
		var errs strings.Builder
		cmd.Stderr = &errs
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		peak := watch(cmd.Process.Pid)
		err := cmd.Wait()
		largest = max(largest, peak())
		cancel()
		if code := cmd.ProcessState.ExitCode(); err != nil && code != 1 { // 1: it found something
			b.Fatalf("%v: %v\n%s", call[:3], err, errs.String())
		}
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	b.ReportMetric(time.Since(begun).Seconds()*1000/float64(inventories), "wall-ms/inventory")
	b.ReportMetric(cpu.Seconds()*1000/float64(inventories), "cpu-ms/inventory")
	b.ReportMetric(float64(largest)/1024, "MiB")
}

// watch looks at how much memory a process has had at most, until asked. The kernel's own figure for a child
// that has ended begins with the size of its parent; this one is of the program alone.
func watch(pid int) (peak func() int64) {
	stop, result := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			for line := range strings.Lines(string(text)) {
				if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
					n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 10, 64)
					most = max(most, n)
				}
			}
			select {
			case <-stop:
				result <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 { close(stop); return <-result }
}

// some is a directory with these files alone.
func some(b *testing.B, files []string) string {
	b.Helper()
	dir := b.TempDir()
	for _, f := range files {
		if err := os.Link(f, filepath.Join(dir, filepath.Base(f))); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

// osvDatabase lays the advisories where osv-scanner looks for them when it is offline.
func osvDatabase(b *testing.B, feed string) string {
	b.Helper()
	db := b.TempDir()
	text, err := os.ReadFile(feed + "/osv-Debian-all.zip")
	if err != nil {
		b.Skipf("the shared data is not beside the project: %v", err)
	}
	place := filepath.Join(db, "osv-scalibr", "Debian")
	if err := os.MkdirAll(place, 0o700); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(place, "all.zip"), text, 0o600); err != nil {
		b.Fatal(err)
	}
	return db
}
