package lab

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// makeKey generates the repository's signing key in a key store of its own.
func (r *Repo) makeKey(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, repoTimeout)
	defer cancel()
	user := "Patchwart Lab repository " + r.spec.Name
	if _, err := r.gpg(ctx, "--passphrase", "", "--quick-generate-key", user, "ed25519", "sign", "never"); err != nil {
		return fmt.Errorf("generate its key: %w", err)
	}
	list, err := r.gpg(ctx, "--with-colons", "--list-keys")
	if err != nil {
		return fmt.Errorf("read its key: %w", err)
	}
	if r.key = fingerprint(string(list)); r.key == "" {
		return fmt.Errorf("gpg generated no key")
	}
	if r.public, err = r.gpg(ctx, "--armor", "--export", r.key); err != nil {
		return fmt.Errorf("export its key: %w", err)
	}
	return nil
}

// gpg runs in the repository's key store; its agent stays in the lab's control group.
func (r *Repo) gpg(ctx context.Context, argv ...string) ([]byte, error) {
	full := append([]string{"gpg", "--homedir", r.gnupg, "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback"}, argv...)
	return tool(ctx, inGroups(r.lab.groups, full...)...)
}

// stopAgent ends the key store's agent.
func (r *Repo) stopAgent() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, _ = tool(ctx, "gpgconf", "--homedir", r.gnupg, "--kill", "all") // what does not end goes with the lab's group
}

// fingerprint finds the first fingerprint in gpg's colon listing.
func fingerprint(list string) string {
	for line := range strings.Lines(list) {
		if fields := strings.Split(line, ":"); len(fields) > 9 && fields[0] == "fpr" {
			return fields[9]
		}
	}
	return ""
}

// index writes Packages and a signed InRelease anew. The caller holds r.mu.
func (r *Repo) index(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, repoTimeout)
	defer cancel()
	fail := func(err error) error { return fmt.Errorf("index repository %s: %w", r.spec.Name, err) }
	packages, err := r.packages(ctx)
	if err != nil {
		return fail(err)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	if _, err := zip.Write(packages); err != nil {
		return fail(err)
	}
	if err := zip.Close(); err != nil {
		return fail(err)
	}
	files := map[string][]byte{
		"main/binary-amd64/Packages":    packages,
		"main/binary-amd64/Packages.gz": packed.Bytes(),
	}
	r.counter++
	release := r.release(files, time.Now())
	plain := filepath.Join(r.lab.workDir, "repos", r.spec.Name+".Release")
	if err := os.WriteFile(plain, []byte(release), 0o600); err != nil {
		return fail(err)
	}
	defer func() { _ = os.Remove(plain) }()
	signed, err := r.gpg(ctx, "--local-user", r.key, "--digest-algo", "SHA512", "--output", "-", "--clearsign", plain)
	if err != nil {
		return fail(err)
	}
	if r.forged {
		signed = bytes.Replace(signed, []byte("\nSuite: "), []byte("\nSuite: forged-"), 1)
	}
	files["InRelease"] = signed
	dists := filepath.Join(r.dir, "dists", r.spec.Codename)
	for name, data := range files {
		full := filepath.Join(dists, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return fail(err)
		}
		if err := os.WriteFile(full, data, 0o644); err != nil {
			return fail(err)
		}
	}
	return nil
}

// packages lets Debian's own indexer read the pool.
func (r *Repo) packages(ctx context.Context) ([]byte, error) {
	cmd := []string{"apt-ftparchive", "-q", "packages", "pool"}
	return toolIn(ctx, r.dir, cmd...)
}

// release is the text of the Release file. Its date lies a little back and
// grows with every publication, as apt demands; its validity ends in a week, or,
// lapsed, an hour ago.
func (r *Repo) release(files map[string][]byte, now time.Time) string {
	date := now.Add(-2 * 24 * time.Hour).UTC().Truncate(time.Second).Add(time.Duration(r.counter) * time.Second)
	until := now.Add(7 * 24 * time.Hour)
	if r.lapsed {
		until = now.Add(-time.Hour)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "Origin: %s\nLabel: %s\nSuite: %s\nCodename: %s\n", r.spec.Origin, r.spec.Label, r.spec.Suite, r.spec.Codename)
	fmt.Fprintf(&text, "Date: %s\nValid-Until: %s\n", date.Format(releaseTime), until.UTC().Format(releaseTime))
	fmt.Fprintf(&text, "Architectures: amd64\nComponents: main\nDescription: Patchwart Lab\nSHA256:\n")
	for _, name := range []string{"main/binary-amd64/Packages", "main/binary-amd64/Packages.gz"} {
		fmt.Fprintf(&text, " %x %d %s\n", sha256.Sum256(files[name]), len(files[name]), name)
	}
	return text.String()
}

// releaseTime is the form of dates in Release files; they are always UTC.
const releaseTime = "Mon, 02 Jan 2006 15:04:05 UTC"
