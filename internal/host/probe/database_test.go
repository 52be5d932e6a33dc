package probe

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/patchwart/patchwart/internal/core/estate"
)

// serve answers each connection on a loopback port with one text, after it was told something if it waits.
func serve(t *testing.T, waits bool, answer string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			if waits {
				_, _ = conn.Read(make([]byte, 1024))
			}
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func TestDatabasesAreAskedWithoutCredentials(t *testing.T) {
	t.Parallel()
	greeting := "\x0a5.5.5-10.11.19-MariaDB-0+deb12u1\x00rest of it"
	refusal := func(code string) string {
		body := "SFATAL\x00C" + code + "\x00Mtext\x00\x00"
		return "E" + string([]byte{0, 0, 0, byte(len(body) + 4)}) + body
	}
	for _, c := range []struct {
		story  string
		kind   estate.CheckKind
		answer string
		passed bool
		saw    string
	}{
		{"MariaDB greets", estate.CheckMySQL, string([]byte{byte(len(greeting)), 0, 0, 0}) + greeting, true, "version 5.5.5-10.11.19-MariaDB"},
		{"MariaDB is full", estate.CheckMySQL, "\x17\x00\x00\x00\xff\x10\x04Too many connections", false, "error 1040: Too many connections"},
		{"something else on MariaDB's port", estate.CheckMySQL, "HTTP/1.1 400 Bad Request\r\n\r\n", false, "not the expected protocol"},
		{"MariaDB breaks off", estate.CheckMySQL, "\x40\x00\x00\x00\x0a10", false, "connection closed"},
		{"PostgreSQL wants a password", estate.CheckPostgreSQL, "R\x00\x00\x00\x08\x00\x00\x00\x0a", true, "takes connections"},
		{"PostgreSQL does not know the user", estate.CheckPostgreSQL, refusal("28000"), true, "takes connections"},
		{"PostgreSQL starts", estate.CheckPostgreSQL, refusal("57P03"), false, "57P03, it cannot be connected to now"},
		{"PostgreSQL is full", estate.CheckPostgreSQL, refusal("53300"), false, "too many connections"},
		{"PostgreSQL's disk is broken", estate.CheckPostgreSQL, refusal("58030"), false, "error 58030"},
		{"something else on PostgreSQL's port", estate.CheckPostgreSQL, "+PONG\r\n", false, "not the expected protocol"},
		{"Redis", estate.CheckRedis, "+PONG\r\n", true, "PONG"},
		{"Redis wants a password", estate.CheckRedis, "-NOAUTH Authentication required.\r\n", true, "wants a password"},
		{"Redis loads its data", estate.CheckRedis, "-LOADING Redis is loading the dataset in memory\r\n", false, "LOADING"},
		{"an endless line", estate.CheckRedis, strings.Repeat("x", 9000), false, "not the expected protocol"},
	} {
		got := One(t.Context(), estate.Check{Name: "db", Kind: c.kind, Port: serve(t, c.kind != estate.CheckMySQL, c.answer)})
		if got.Passed != c.passed || !strings.Contains(got.Saw, c.saw) {
			t.Errorf("%s: %v %q, want %v %q", c.story, got.Passed, got.Saw, c.passed, c.saw)
		}
	}
}

func TestTLSShowsItsCertificate(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Date(2031, 5, 1, 0, 0, 0, 0, time.UTC)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"www.kuhn.example", "kuhn.example"}, NotBefore: time.Unix(0, 0), NotAfter: ends}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(io.Discard, conn); _ = conn.Close() }()
		}
	}()
	got := One(t.Context(), estate.Check{Name: "web", Kind: estate.CheckTLS, Port: l.Addr().(*net.TCPAddr).Port, Host: "www.kuhn.example"})
	if !got.Passed || got.Certificate == nil || !got.Certificate.NotAfter.Equal(ends) || !slices.Equal(got.Certificate.Names, []string{"kuhn.example", "www.kuhn.example"}) {
		t.Errorf("%+v %+v", got, got.Certificate)
	}
	if got := One(t.Context(), estate.Check{Name: "web", Kind: estate.CheckTLS, Port: serve(t, true, "220 no TLS here\r\n")}); got.Passed || got.Certificate != nil {
		t.Errorf("no TLS: %+v", got)
	}
}

func FuzzDatabaseAnswers(f *testing.F) {
	f.Add([]byte("\x17\x00\x00\x00\xff\x10\x04Too many connections"))
	f.Add([]byte("R\x00\x00\x00\x08\x00\x00\x00\x0a"))
	f.Add([]byte("E\x00\x00\x00\x10SFATAL\x00C57P03\x00\x00"))
	f.Add([]byte("+PONG\r\n"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		for _, read := range []func(io.Reader) (bool, string, error){ReadMySQL, ReadPostgreSQL, ReadRedis} {
			if passed, _, err := read(bytes.NewReader(answer)); passed && err != nil {
				t.Errorf("passed, and %v", err)
			}
		}
	})
}
