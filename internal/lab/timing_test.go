package lab
import ("testing";"time";"fmt";"os";"strings")
func TestTiming(t *testing.T) {
	b := time.Now()
	step := func(s string) { fmt.Printf("%8.3f %s\n", time.Since(b).Seconds(), s); b = time.Now() }
	l := openLab(t)
	step("open")
	for _, p := range []Profile{Base, Web, DB, Bench} {
		_, err := l.Prepare(t.Context(), p); check(t, err)
		step("prepare "+string(p))
		h := newHost(t, l, HostSpec{Name: string(p), Profile: p, Security: true}); step("host")
		check(t, h.Boot(t.Context())); step("boot")
		run(t, h, "apt-get", "-q", "update"); step("update")
		fmt.Println(strings.Count(run(t, h, "apt-get", "-s", "upgrade"), "\nInst ")); step("simulate")
		fmt.Println(run(t, h, "systemctl", "--failed", "--no-legend"))
		run(t, h, "sh", "-c", "find / -xdev -type f | wc -l >/root/n"); 
		n, _ := h.ReadFile("/root/n"); fmt.Println("regular files", string(n))
		b = time.Now()
		check(t, h.Poweroff(t.Context())); step("off")
		_, err = Walk(h.Root(), BootVolatile()); check(t, err); step("walk")
		_, err = Walk(h.Root(), BootVolatile()); check(t, err); step("walk again")
		check(t, h.Save(t.Context(), "x")); step("save")
		check(t, h.Close()); step("close")
	}
	u, _ := os.ReadFile("/proc/loadavg"); fmt.Println(string(u))
}
