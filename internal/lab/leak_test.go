package lab
import ("testing";"time";"fmt";"os")
func TestLeak(t *testing.T) {
	l := openLab(t)
	b := newHost(t, l, HostSpec{Name: "bb"})
	a := bootHost(t, l, HostSpec{Name: "aa"})
	table, _ := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", a.PID()))
	fmt.Println(string(table))
	s := time.Now()
	err := b.Save(t.Context(), "x")
	fmt.Println("a booted after b mounted:", time.Since(s), err)
	c := newHost(t, l, HostSpec{Name: "cc"})
	_, err = a.Run(t.Context(), "systemctl", "restart", "dbus", "systemd-journald")
	fmt.Println(err)
	s = time.Now()
	err = c.Save(t.Context(), "x")
	fmt.Println("a on while c mounted:", time.Since(s), err)
	for range 20 {
		d := make(chan error, 2)
		go func(){ d <- a.Kill(); d <- a.Boot(t.Context()) }()
		time.Sleep(150*time.Millisecond)
		s = time.Now()
		err = c.Save(t.Context(), "x")
		fmt.Println("a booting while c mounted:", time.Since(s), err, <-d, <-d)
	}
}
