package files_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/patchwart/patchwart/internal/host/restore"
	"github.com/patchwart/patchwart/internal/host/restore/files"
	"github.com/patchwart/patchwart/internal/host/restore/restoretest"
)

// The benchmarks work on a tree of the shape and size of a Debian web host: 30,000 files, 1 GB, most
// of it packaged, 600 MB of that in large libraries, and some thousand files of configuration and
// package database that have to be copied.
const (
	benchFiles = 30_000
	benchBytes = 1 << 30
)

// bigRoot fills a host's root and reports how many files may be replaced by an upgrade.
func bigRoot(b *testing.B) (h restoretest.Host, libraries []string) {
	b.Helper()
	restoretest.NeedRoot(b)
	dir, err := os.MkdirTemp(os.Getenv("PATCHWART_BENCH_DIR"), "restore-bench")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	h = hostIn(b, dir)
	random := rand.NewChaCha8([32]byte{1})
	chunk := make([]byte, 8<<20)
	random.Read(chunk)
	var list strings.Builder
	write := func(path string, size int) {
		p := filepath.Join(h.Scope.Root, path)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			b.Fatal(err)
		}
		off := random.Uint64() % uint64(len(chunk)-size+1)
		if err := os.WriteFile(p, chunk[off:off+uint64(size)], 0o644); err != nil {
			b.Fatal(err)
		}
	}
	const copied, big, bigSize = 6000, 300, 2 << 20
	small := (benchBytes - big*bigSize) / (benchFiles - big - copied)
	for i := range big {
		path := fmt.Sprintf("/usr/lib/x86_64-linux-gnu/lib%03d.so", i)
		write(path, bigSize)
		libraries = append(libraries, path)
		list.WriteString(path + "\n")
	}
	for i := range benchFiles - big - copied {
		path := fmt.Sprintf("/usr/share/p%03d/d%02d/f%05d", i%700, i%13, i)
		write(path, int(random.Uint64()%uint64(2*small)))
		list.WriteString(path + "\n")
	}
	for i := range copied {
		dir := "/var/lib/dpkg/info"
		if i%3 == 0 {
			dir = fmt.Sprintf("/etc/d%03d", i%90)
		}
		write(fmt.Sprintf("%s/c%05d", dir, i), int(random.Uint64()%6000))
	}
	if err := os.WriteFile(filepath.Join(h.Scope.Root, "var/lib/dpkg/info/all.list"), []byte(list.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	return h, libraries
}

// meter sums up the processor time that the measured parts take: unlike the time on the clock it
// means something on a machine that others use as well.
type meter struct{ user, system, from, fromSystem time.Duration }

func (m *meter) start() { m.from, m.fromSystem = cpuTime() }

func (m *meter) stop() {
	u, s := cpuTime()
	m.user, m.system = m.user+u-m.from, m.system+s-m.fromSystem
}

func (m *meter) report(b *testing.B) {
	b.ReportMetric(float64(m.user.Milliseconds())/float64(b.N), "ms-user/op")
	b.ReportMetric(float64(m.system.Milliseconds())/float64(b.N), "ms-system/op")
}

func cpuTime() (user, system time.Duration) {
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano()), time.Duration(r.Stime.Nano())
}

func BenchmarkSave(b *testing.B) {
	h, _ := bigRoot(b)
	d := files.New(h.Scope.Store)
	var p restore.Point
	var m meter
	n := 0
	for b.Loop() {
		n++
		m.start()
		var err error
		if p, err = d.Save(context.Background(), fmt.Sprintf("p%d", n), h.Scope); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		m.stop()
		if err := d.Drop(context.Background(), p.ID); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	m.report(b)
	b.ReportMetric(float64(p.Files), "paths")
	b.ReportMetric(float64(p.Bytes)/1e6, "MB")
	b.ReportMetric(float64(p.Copied), "copied")
}

func BenchmarkVerify(b *testing.B) {
	h, _ := bigRoot(b)
	d := files.New(h.Scope.Store)
	if _, err := d.Save(context.Background(), "p", h.Scope); err != nil {
		b.Fatal(err)
	}
	var m meter
	m.start()
	for b.Loop() {
		if v, err := d.Verify(context.Background(), "p"); err != nil || !v.Identical() {
			b.Fatal(v, err)
		}
	}
	m.stop()
	m.report(b)
}

// BenchmarkRestore undoes an upgrade of 32 packages of 40 files each, with its own verification.
func BenchmarkRestore(b *testing.B) {
	h, libraries := bigRoot(b)
	d := files.New(h.Scope.Store)
	if _, err := d.Save(context.Background(), "p", h.Scope); err != nil {
		b.Fatal(err)
	}
	var m meter
	for b.Loop() {
		b.StopTimer()
		tree := &restoretest.Tree{T: b, Root: h.Scope.Root}
		for i, l := range libraries[:32] {
			tree.Replace(l, strings.Repeat("upgraded ", 200_000))
			for k := range 36 {
				tree.Replace(fmt.Sprintf("/usr/share/p%03d/new/f%02d", i, k), "new")
			}
			for k := range 4 {
				tree.Write(fmt.Sprintf("/var/lib/dpkg/info/c%05d", 3*(i*4+k)+1), "edited")
			}
		}
		b.StartTimer()
		m.start()
		if _, err := d.Restore(context.Background(), "p"); err != nil {
			b.Fatal(err)
		}
		m.stop()
	}
	m.report(b)
}

func BenchmarkDrop(b *testing.B) {
	h, _ := bigRoot(b)
	d := files.New(h.Scope.Store)
	for b.Loop() {
		b.StopTimer()
		if _, err := d.Save(context.Background(), "p", h.Scope); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := d.Drop(context.Background(), "p"); err != nil {
			b.Fatal(err)
		}
	}
}
