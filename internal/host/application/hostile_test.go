package application

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/application"
)

// tree makes a machine out of paths and texts.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	someLock      = `{"packages": [{"name": "a/b", "version": "1.0"}]}`
	someWordPress = "<?php\n$wp_version = '6.4.2';\n"
)

func find(t testing.TB, machine string) (string, string, bool) {
	t.Helper()
	type answer struct {
		found, skipped string
		whole          bool
	}
	done := make(chan answer, 1)
	go func() {
		found, skipped, whole := Find(t.Context(), machine, Usual(), Limits{})
		var b strings.Builder
		for _, s := range skipped {
			b.WriteString(s.Place + ": " + s.Why + "\n")
		}
		done <- answer{lines(found), b.String(), whole}
	}()
	select {
	case a := <-done:
		return a.found, a.skipped, a.whole
	case <-time.After(30 * time.Second):
		t.Fatal("the look hangs")
		return "", "", false
	}
}

// Links lead nowhere: not out of a place, not to another customer, not in circles.
func TestLinksAreNotFollowed(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"root/secret/composer.lock":              `{"packages": [{"name": "secret/secret", "version": "1.0"}]}`,
		"home/anna/public_html/composer.lock":    someLock,
		"home/ben/public_html/x":                 "",
		"var/www/typo3/index.php":                "",
		"var/www/shared/wp-includes/version.php": someWordPress,
	})
	for link, to := range map[string]string{
		"home/eve":                             "../root/secret", // the whole home
		"home/ben/public_html/composer.lock":   "../../../root/secret/composer.lock",
		"home/ben/public_html/secret":          "../../../root/secret",
		"home/ben/public_html/anna":            "../../anna/public_html",
		"home/ben/public_html/round":           ".",
		"home/ben/htdocs":                      "/root/secret",
		"home/ben/public_html/vendor":          "../../../root/secret",
		"var/www/site":                         "shared",
		"var/www/linked/wp-includes":           "../shared/wp-includes",
		"var/www/linked/wp-content":            "../shared/wp-content",
		"var/www/linked-file/version.php":      "/etc/passwd",
		"var/www/linked-file/core/Version.php": "/etc/passwd",
	} {
		at := filepath.Join(dir, link)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, at); err != nil {
			t.Fatal(err)
		}
	}
	found, skipped, whole := find(t, dir)
	if want := "/home/anna/public_html/composer.lock composer_package a/b 1.0\n/var/www/shared wordpress wordpress 6.4.2\n"; found != want {
		t.Errorf("found:\n%s", found)
	}
	for _, want := range []string{"/home/ben/public_html/composer.lock: it is a symbolic link", "/var/www/linked: wp-includes is a symbolic link"} {
		if !strings.Contains(skipped, want) {
			t.Errorf("%q is not said:\n%s", want, skipped)
		}
	}
	if !whole {
		t.Errorf("links make nothing less whole:\n%s", skipped)
	}
}

// A place that is a link on another machine's root must not lead out of that machine.
func TestAMachineElsewhereIsNotLeft(t *testing.T) {
	t.Parallel()
	outside := tree(t, map[string]string{"composer.lock": someLock})
	dir := tree(t, map[string]string{"srv/real/composer.lock": someLock})
	if err := os.MkdirAll(filepath.Join(dir, "var"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "var/www")); err != nil {
		t.Fatal(err)
	}
	found, skipped, whole := find(t, dir)
	if found != "/srv/real/composer.lock composer_package a/b 1.0\n" || whole || !strings.Contains(skipped, "/var/www: the folder cannot be read") {
		t.Errorf("%s\n%s", found, skipped)
	}
}

// Pipes, sockets, folders with the names of files, files with the names of folders.
func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"var/www/good/composer.lock":      someLock,
		"var/www/dir/composer.lock/x":     "",
		"var/www/file/wp-includes":        "",
		"var/www/file/wp-content":         "",
		"var/www/file/vendor":             "",
		"var/www/plug/wp-content/plugins": "",
		"var/www/deep/typo3/sysext/core":  "",
	})
	for _, name := range []string{"pipe/composer.lock", "pipe/version.php", "pipe/wp-includes/version.php", "pipe/wp-content/plugins/a/a.php", "pipe/core/lib/Drupal.php"} {
		at := filepath.Join(dir, "var/www", name)
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(at, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, skipped, _ := find(t, dir)
	if found != "/var/www/good/composer.lock composer_package a/b 1.0\n" {
		t.Error(found)
	}
	for _, name := range []string{"composer.lock", "version.php", "wp-includes/version.php", "core/lib/Drupal.php"} {
		if !strings.Contains(skipped, "/var/www/pipe/"+name+": it is no regular file but a pipe\n") {
			t.Errorf("%s is not reported:\n%s", name, skipped)
		}
	}
}

// One broken file costs itself.
func TestOneBrokenFileLosesNothingElse(t *testing.T) {
	t.Parallel()
	dir := tree(t, map[string]string{
		"var/www/a/composer.lock":                                   `{"packages": [{"name": "a/b"`,
		"var/www/b/composer.lock":                                   someLock,
		"var/www/c/composer.lock":                                   `null`,
		"var/www/d/composer.lock":                                   `{"packages": [{"name": "x/y\u001b[31m", "version": "1"}, {"name": "x/z", "version": "1"}]}`,
		"var/www/e/composer.lock":                                   `{"packages": 3}`,
		"var/www/f/wp-includes/version.php":                         "<?php\n",
		"var/www/g/wp-content/plugins/p/p.php":                      "<?php\n/* Plugin Name: P */",
		"var/www/g/wp-content/plugins/q/q.php":                      "<?php\n/* Plugin Name: Q\nVersion: 1.0 */",
		"var/www/h/vendor/composer/installed.json":                  `[{"name": `,
		"var/lib/docker/image/overlay2/repositories.json":           `{"Repositories": []}`,
		"var/lib/containers/storage/overlay-images/images.json":     `[{"digest": "sha256:1", "names": ["a b:1", "ok:1"]}]`,
		"var/lib/containerd/io.containerd.metadata.v1.bolt/meta.db": "bolt",
	})
	found, skipped, _ := find(t, dir)
	want := `/var/lib/containers/storage/overlay-images/images.json image ok 1 sha256:1
/var/www/b/composer.lock composer_package a/b 1.0
/var/www/d/composer.lock composer_package x/z 1
/var/www/g/wp-content/plugins/q wordpress_plugin q 1.0
`
	if found != want {
		t.Errorf("found:\n%s", found)
	}
	for _, place := range []string{"/a/composer.lock: this is no list of Composer's", "/c/composer.lock: ", "/d/composer.lock: 1 packages have names", "/e/composer.lock: ", "/f: the file tells no version of WordPress", "/p/p.php: the plugin's header has no version", "/h/vendor/composer/installed.json: ", "repositories.json: this is no list of images", `images.json: the image "a b" has characters`} {
		if !strings.Contains(skipped, place) {
			t.Errorf("%q is not said:\n%s", place, skipped)
		}
	}
	if strings.ContainsRune(skipped+found, '\x1b') {
		t.Error("control characters of a customer reach a report")
	}
}

// A list longer than any project's is refused at once.
func TestAListMadeToTakeTime(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`{"packages":[null`)
	for range 60_000 {
		b.WriteString(`,{"name":"a/b","version":"1"}`)
	}
	b.WriteString(`]}`)
	dir := tree(t, map[string]string{"var/www/a/composer.lock": b.String(), "var/www/b/composer.lock": someLock})
	start := time.Now()
	found, skipped, _ := find(t, dir)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	if !strings.Contains(skipped, "60001 packages are more than any project has") || !strings.Contains(found, "/b/composer.lock") {
		t.Errorf("%s\n%s", found, skipped)
	}
}

// Without permission a folder is reported, and the look is not whole.
func TestAFolderWithoutPermission(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		// Root may read everything; a folder that goes away under the look is as unreadable.
		l := &look{ctx: t.Context(), whole: true}
		l.limits.fill()
		dir := tree(t, map[string]string{"gone/x": ""})
		root, err := os.OpenRoot(filepath.Join(dir, "gone"))
		if err != nil {
			t.Fatal(err)
		}
		root.Close()
		l.walk(folder{root: root, path: "/gone"})
		if l.whole || len(l.skipped) != 1 || !strings.Contains(l.skipped[0].Why, "cannot be read") {
			t.Errorf("%+v", l.skipped)
		}
		return
	}
	dir := tree(t, map[string]string{"var/www/a/composer.lock": someLock, "var/www/b/composer.lock": someLock})
	if err := os.Chmod(filepath.Join(dir, "var/www/a"), 0); err != nil {
		t.Fatal(err)
	}
	found, skipped, whole := find(t, dir)
	if whole || !strings.Contains(skipped, "/var/www/a: the folder cannot be read: permission denied") || !strings.Contains(found, "/b/") {
		t.Errorf("%s\n%s", found, skipped)
	}
}

// Reports have a bound, and the last one counts what it left out.
func TestReportsAreBounded(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 20 {
		files[fmt.Sprintf("var/www/%02d/composer.lock", i)] = "broken"
	}
	_, skipped, _ := Find(t.Context(), tree(t, files), Usual(), Limits{Skips: 5})
	if len(skipped) != 5 || skipped[4].Why != "16 more reports like these are left out" {
		t.Errorf("%+v", skipped)
	}
}

func FuzzLists(f *testing.F) {
	f.Add([]byte(someLock))
	f.Add([]byte(`{"Repositories":{"nginx":{"nginx:1":"sha256:a","nginx@sha256:b":"sha256:a"}}}`))
	f.Add([]byte(`[{"digest":"sha256:a","names":["a/b:1","a/b@sha256:c"]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		l := &look{ctx: t.Context(), whole: true, seen: map[application.Found]bool{}}
		l.limits.fill()
		l.composer(text, "/composer.lock")
		images, err := dockerImages(text)
		l.images(images, "/repositories.json", err)
		images, err = podmanImages(text)
		l.images(images, "/images.json", err)
		for _, f := range l.found {
			if !application.ValidName(f.Name) || f.Version != "" && !application.ValidVersion(f.Version) {
				t.Errorf("%+v", f)
			}
		}
	})
}
