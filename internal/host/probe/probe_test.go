package probe

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/patchwart/patchwart/internal/core/estate"
	"github.com/patchwart/patchwart/internal/core/fact"
)

func golden(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestListenersOfARealHost(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, proto string
		want        []string
	}{
		{"tcp.txt", "tcp", []string{"tcp 0.0.0.0 2024", "tcp 0.0.0.0 22", "tcp 0.0.0.0 80", "tcp 127.0.0.1 43905"}},
		{"tcp6.txt", "tcp", []string{"tcp :: 22", "tcp :: 80", "tcp :: 3306"}},
		{"udp6.txt", "udp", nil},
	} {
		list, err := ParseSockets(bytes.NewReader(golden(t, c.file)), c.proto)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range list {
			got = append(got, fmt.Sprintf("%s %s %d", s.Proto, s.Address, s.Port))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, want %v", c.file, got, c.want)
		}
	}
}

func TestDatagramSockets(t *testing.T) {
	t.Parallel()
	text := `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
   12: 3600007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 1234 2 0000000000000000 0
   13: 0100007F:A000 0100007F:0035 01 00000000:00000000 00:00000000 00000000   101        0 1235 2 0000000000000000 0
`
	list, err := ParseSockets(strings.NewReader(text), "udp")
	if err != nil || len(list) != 1 || list[0].Address.String() != "127.0.0.54" || list[0].Port != 53 || list[0].Inode != 1234 {
		t.Errorf("%+v, %v", list, err)
	}
}

// Who listens, seen from this very process.
func TestListeningSeesThisProcess(t *testing.T) {
	t.Parallel()
	l := listenLow(t)
	all, err := Listening("/proc")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	for _, s := range all {
		if s.Port == port {
			if s.Process == "" || s.Proto != "tcp" || s.Address != "127.0.0.1" {
				t.Errorf("%+v", s)
			}
			return
		}
	}
	t.Errorf("port %d is not among %v", port, all)
}

// listenLow listens below the ephemeral ports, where services do.
func listenLow(t *testing.T) net.Listener {
	t.Helper()
	for port := 20480; port < 20600; port++ {
		if l, err := net.Listen("tcp4", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			t.Cleanup(func() { l.Close() })
			return l
		}
	}
	t.Fatal("no free port")
	return nil
}

func TestEphemeralPortsAreNoPromises(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	all, err := Listening("/proc")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if s.Port >= EphemeralPort {
			t.Errorf("%+v", s)
		}
	}
}

func TestHTTPChecks(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/ok", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1<<20)) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "half")
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	port := server.Listener.Addr().(*net.TCPAddr).Port
	for _, c := range []struct {
		path   string
		status int
		passed bool
		saw    string
	}{
		{"/ok", 0, true, "HTTP 200"},
		{"/ok", 204, false, "HTTP 200"},
		{"/broken", 0, false, "HTTP 500"},
		{"/moved", 302, true, "HTTP 302"},
		{"/nowhere", 404, true, "HTTP 404"},
		{"/cut", 0, false, "HTTP 200, then connection closed"},
	} {
		got := One(context.Background(), estate.Check{Name: "c", Kind: estate.CheckHTTP, Port: port, Path: c.path, Status: c.status})
		if got.Passed != c.passed || got.Saw != c.saw {
			t.Errorf("%s: passed %v, saw %q; want %v, %q", c.path, got.Passed, got.Saw, c.passed, c.saw)
		}
	}
}

func TestChecksOfPorts(t *testing.T) {
	t.Parallel()
	open, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closedPort := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	results := Checks(context.Background(), []estate.Check{
		{Name: "six", Kind: estate.CheckTCP, Port: open.Addr().(*net.TCPAddr).Port},
		{Name: "closed", Kind: estate.CheckTCP, Port: closedPort},
		{Name: "closed web", Kind: estate.CheckHTTP, Port: closedPort, Path: "/"},
		{Name: "odd", Kind: "ping", Port: 1},
	})
	want := []string{"six true connected", "closed false connection refused", "closed web false connection refused", `odd false no such kind of check: "ping"`}
	for i, r := range results {
		if got := fmt.Sprintf("%s %v %s", r.Check.Name, r.Passed, r.Saw); got != want[i] {
			t.Errorf("%q, want %q", got, want[i])
		}
	}
}

func TestCheckThatIsCalledOff(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0") // accepts and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		if conn, err := l.Accept(); err == nil {
			cancel()
			defer conn.Close()
			<-ctx.Done()
		}
	}()
	got := One(ctx, estate.Check{Name: "c", Kind: estate.CheckHTTP, Port: l.Addr().(*net.TCPAddr).Port, Path: "/"})
	if got.Passed || got.Saw != "not asked to the end" {
		t.Errorf("%+v", got)
	}
}

func TestSSHGreeting(t *testing.T) {
	t.Parallel()
	serve := func(greeting string) fact.Listener {
		l, err := net.Listen("tcp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Write([]byte(greeting))
				conn.Close()
			}
		}()
		return fact.Listener{Proto: "tcp", Address: "0.0.0.0", Port: l.Addr().(*net.TCPAddr).Port}
	}
	if err := SSH(context.Background(), serve("SSH-2.0-OpenSSH_9.2p1\r\n")); err != nil {
		t.Errorf("a good greeting: %v", err)
	}
	for _, bad := range []string{"", "HTTP/1.1 400 Bad Request\r\n"} {
		if err := SSH(context.Background(), serve(bad)); err == nil {
			t.Errorf("%q passes for a greeting", bad)
		}
	}
}

func TestReleases(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]fact.OS{
		"os-release-11.txt": {ID: "debian", Version: "11", Codename: "bullseye", Name: "Debian GNU/Linux 11 (bullseye)"},
		"os-release-12.txt": {ID: "debian", Version: "12", Codename: "bookworm", Name: "Debian GNU/Linux 12 (bookworm)"},
		"os-release-13.txt": {ID: "debian", Version: "13", Codename: "trixie", Name: "Debian GNU/Linux 13 (trixie)"},
	} {
		if got := ParseOSRelease(golden(t, file)); got != want {
			t.Errorf("%s: %+v", file, got)
		}
	}
	if got := ParseOSRelease([]byte("ID='x'\nPRETTY_NAME=\"a \\\"b\\\"\"\n")); got.ID != "x" || got.Name != `a "b"` {
		t.Errorf("%+v", got)
	}
}

func TestRoomAndBoot(t *testing.T) {
	t.Parallel()
	room, err := Free(t.TempDir() + "/not/yet/there")
	if err != nil || room.Bytes <= 0 || room.Device == 0 {
		t.Errorf("%+v, %v", room, err)
	}
	first, err := Boot("/proc")
	if err != nil || first == "" {
		t.Fatal(err)
	}
	if second, _ := Boot("/proc"); second != first {
		t.Error("the same boot has two names")
	}
	// A container that was started anew has the kernel's boot and another first process.
	proc := t.TempDir()
	for name, text := range map[string]string{"sys/kernel/random/boot_id": "id\n", "1/stat": "1 (systemd) S 0 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4711 0\n"} {
		if err := os.MkdirAll(proc+"/"+name[:strings.LastIndex(name, "/")], 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(proc+"/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if id, err := Boot(proc); err != nil || id != "id/4711" {
		t.Errorf("%q, %v", id, err)
	}
}

func TestNewestKernel(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	if got := NewestKernel(root, strings.Compare); got != "" {
		t.Errorf("a host without a kernel has %q", got)
	}
	if err := os.Mkdir(root+"/boot", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"vmlinuz-6.1.0-9-amd64", "vmlinuz-6.1.0-13-amd64", "vmlinuz.old", "initrd.img-6.1.0-20-amd64"} {
		if err := os.WriteFile(root+"/boot/"+name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	byLength := func(a, b string) int { return len(a) - len(b) }
	if got := NewestKernel(root, byLength); got != "6.1.0-13-amd64" {
		t.Errorf("%q", got)
	}
}

func TestContainer(t *testing.T) {
	t.Parallel()
	root, proc := t.TempDir(), t.TempDir()
	if Container(root, proc) {
		t.Error("a host of its own passes for a container")
	}
	if err := os.Mkdir(proc+"/1", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(proc+"/1/environ", []byte("TERM=x\x00container=lxc\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	if !Container(root, proc) {
		t.Error("the container was not seen")
	}
}

func FuzzSockets(f *testing.F) {
	f.Add(golden(f, "tcp.txt"))
	f.Add(golden(f, "tcp6.txt"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, proto := range []string{"tcp", "udp"} {
			list, err := ParseSockets(bytes.NewReader(text), proto)
			if err == nil && len(list) > maxSockets {
				t.Errorf("%d sockets", len(list))
			}
			listeners(list, nil)
		}
	})
}

func FuzzOSRelease(f *testing.F) {
	f.Add(golden(f, "os-release-12.txt"))
	f.Fuzz(func(_ *testing.T, text []byte) { ParseOSRelease(text) })
}
