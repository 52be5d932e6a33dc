package lab

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// upstream is an archive that counts what it is asked for.
type upstream struct {
	asked  atomic.Int32
	answer atomic.Pointer[http.HandlerFunc]
}

func (u *upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.asked.Add(1)
	(*u.answer.Load())(w, r)
}

func (u *upstream) say(answer http.HandlerFunc) { u.answer.Store(&answer) }

func newTestMirror(t *testing.T) (*upstream, *mirror, *httptest.Server) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("the mirror's cache belongs to root: run the tests as root")
	}
	archive := &upstream{}
	archive.say(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, "content of "+r.URL.Path) })
	server := httptest.NewServer(archive)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	m, err := newMirror(t.TempDir(), archives{release: base.JoinPath("a"), security: base.JoinPath("s")}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.close)
	front := httptest.NewServer(m)
	t.Cleanup(front.Close)
	return archive, m, front
}

func ask(t *testing.T, server *httptest.Server, path string) (int, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func TestMirrorKeepsWhatNeverChanges(t *testing.T) {
	t.Parallel()
	archive, m, front := newTestMirror(t)
	const pool = "/debian/pool/main/a/apt/apt_2.6.1_amd64.deb"
	for range 3 {
		if code, body, err := ask(t, front, pool); code != 200 || body != "content of /a"+pool[7:] || err != nil {
			t.Fatalf("got %d %q %v", code, body, err)
		}
	}
	if n := archive.asked.Load(); n != 1 {
		t.Errorf("the archive was asked %d times for one package", n)
	}
	archive.say(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "broken", http.StatusInternalServerError) })
	if code, _, _ := ask(t, front, pool); code != 200 {
		t.Errorf("a kept package depends on the archive: %d", code)
	}
	old := time.Now().Add(-48 * time.Hour)
	local := filepath.Join(m.dir, pool)
	if err := os.Chtimes(local, old, old); err != nil {
		t.Fatal(err)
	}
	if !fresh(local, true, time.Now()) {
		t.Error("a package got stale")
	}
	if info, err := os.Stat(local); err != nil || time.Since(info.ModTime()) > time.Hour {
		t.Error("its use was not noted")
	}
}

func TestMirrorAsksAgainForIndices(t *testing.T) {
	t.Parallel()
	archive, m, front := newTestMirror(t)
	const index = "/debian-security/dists/bookworm-security/InRelease"
	if _, body, _ := ask(t, front, index); body != "content of /s/dists/bookworm-security/InRelease" {
		t.Fatalf("got %q", body)
	}
	archive.say(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "newer") })
	if _, body, _ := ask(t, front, index); body == "newer" {
		t.Error("asked again at once")
	}
	old := time.Now().Add(-2 * indexTTL)
	if err := os.Chtimes(filepath.Join(m.dir, index), old, old); err != nil {
		t.Fatal(err)
	}
	if _, body, _ := ask(t, front, index); body != "newer" {
		t.Errorf("got %q, want the newer index", body)
	}
	// An archive out of reach: the last known index is better than none, and still verified by apt.
	if err := os.Chtimes(filepath.Join(m.dir, index), old, old); err != nil {
		t.Fatal(err)
	}
	archive.say(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if code, body, err := ask(t, front, index); code != 200 || body != "newer" || err != nil {
		t.Errorf("without the archive: %d %q %v", code, body, err)
	}
	if code, _, _ := ask(t, front, "/debian/dists/trixie/InRelease"); code != http.StatusBadGateway {
		t.Errorf("an unknown index without the archive: %d", code)
	}
}

func TestMirrorNeverTakesHalfForWhole(t *testing.T) {
	t.Parallel()
	archive, m, front := newTestMirror(t)
	archive.say(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, strings.Repeat("x", 500))
	})
	const pool = "/debian/pool/main/h/half/half_1_all.deb"
	if _, body, err := ask(t, front, pool); err == nil {
		t.Errorf("a broken transfer looked whole: %d bytes", len(body))
	}
	if _, err := os.Stat(filepath.Join(m.dir, pool)); err == nil {
		t.Error("half a package was kept")
	}
	left, err := filepath.Glob(filepath.Join(m.dir, partialPrefix+"*"))
	if err != nil || len(left) > 0 {
		t.Errorf("remains: %v %v", left, err)
	}
}

func TestMirrorFetchesOnceForMany(t *testing.T) {
	t.Parallel()
	archive, _, front := newTestMirror(t)
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if code, _, err := ask(t, front, "/debian/pool/main/m/many/many_1_all.deb"); code != 200 || err != nil {
				t.Errorf("got %d %v", code, err)
			}
		})
	}
	wait.Wait()
	if n := archive.asked.Load(); n != 1 {
		t.Errorf("%d transfers of one file", n)
	}
}

func TestMirrorServesArchivesOnly(t *testing.T) {
	t.Parallel()
	archive, m, front := newTestMirror(t)
	for _, path := range []string{
		"/", "/debian", "/debian/", "/debian/README", "/etc/passwd", "/debian-security/../etc/passwd", "/other/dists/x",
	} {
		if _, ok := m.upstream(path); ok {
			t.Errorf("%s is passed on", path)
		}
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, front.URL+"/debian/dists/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := front.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("writing was answered with %d", response.StatusCode)
	}
	archive.say(http.NotFound)
	if code, _, _ := ask(t, front, "/debian/pool/none"); code != http.StatusNotFound {
		t.Errorf("a package that is not there: %d", code)
	}
	if archive.asked.Load() != 1 {
		t.Error("the archive was bothered")
	}
}

func TestCacheForgetsWhatWasUnusedForLongest(t *testing.T) {
	t.Parallel()
	dir, now := t.TempDir(), time.Now()
	put := func(name string, size int, age time.Duration) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	oldest, old, young := put("oldest", 400, 3*time.Hour), put("old", 400, 2*time.Hour), put("young", 400, time.Minute)
	crashed, running := put(partialPrefix+"1", 10, 2*time.Hour), put(partialPrefix+"2", 10, time.Minute)
	if err := trimCache(dir, 900, now); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{oldest: false, old: true, young: true, crashed: false, running: true} {
		if _, err := os.Stat(path); (err == nil) != want {
			t.Errorf("%s: kept %v, want %v", filepath.Base(path), err == nil, want)
		}
	}
}
