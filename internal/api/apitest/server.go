package apitest

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/patchwart/patchwart/internal/api"
)

// Serve puts a backend behind the real handlers on a loopback address until the test ends.
func Serve(t testing.TB, b *Backend) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(api.New(api.Backend{Systems: b, Orders: b, Runs: b, Estate: b, Policies: b, Record: b, SignIn: b, Holes: b, Rulings: b, Lifecycle: b, Calendar: b, Inbox: b, Standing: b, Campaigns: b, Webhooks: b, Queue: b},
		api.Options{Token: func(token string) bool { return token == Token }}))
	t.Cleanup(server.Close)
	return server
}

// TokenFile writes the token as the server does, for its owner alone, and returns the path.
func TokenFile(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "api-token")
	if err := os.WriteFile(path, []byte(Token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
