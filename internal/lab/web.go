package lab

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"sync"
	"time"
)

// webServer serves the archives and the local repositories: to the hosts on the
// lab's bridge, and to the building of roots on this machine's loopback.
type webServer struct {
	lab       *Lab
	server    *http.Server
	active    sync.WaitGroup // requests being answered
	hostPort  string         // ":80" is left out of addresses
	localAddr string         // address and port on loopback
}

// serveWeb starts serving. Port 80 of the bridge is used when free, so that
// addresses in hosts stay the same between labs; any other one otherwise.
func serveWeb(ctx context.Context, gateway netip.Addr, l *Lab) (*webServer, error) {
	var open net.ListenConfig
	bridge, err := open.Listen(ctx, "tcp4", netip.AddrPortFrom(gateway, 80).String())
	if err != nil {
		if bridge, err = open.Listen(ctx, "tcp4", netip.AddrPortFrom(gateway, 0).String()); err != nil {
			return nil, fmt.Errorf("listen on the lab's bridge: %w", err)
		}
	}
	local, err := open.Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		_ = bridge.Close()
		return nil, fmt.Errorf("listen for the building of roots: %w", err)
	}
	s := &webServer{lab: l, localAddr: local.Addr().String()}
	if _, port, err := net.SplitHostPort(bridge.Addr().String()); err == nil && port != "80" {
		s.hostPort = ":" + port
	}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	for _, listener := range []net.Listener{bridge, local} {
		go func() { _ = s.server.Serve(listener) }() // ends with close
	}
	return s, nil
}

// close ends all connections and transfers.
func (s *webServer) close() {
	s.lab.mirror.close()
	_ = s.server.Close()
	s.active.Wait()
}

// ServeHTTP sends archive paths to the mirror and the rest to the local
// repositories. It also takes the form in which a client asks a proxy: roots are
// built with the addresses that hosts use, before any bridge is known.
func (s *webServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.active.Add(1)
	defer s.active.Done()
	if r.URL.Host != "" && r.URL.Hostname() != archiveName && r.URL.Hostname() != repoName {
		http.Error(w, "only the lab's own archive is served here", http.StatusForbidden)
		return
	}
	if rest, ok := strings.CutPrefix(path.Clean(r.URL.Path), "/repos/"); ok {
		name, file, _ := strings.Cut(rest, "/")
		s.lab.mu.Lock()
		repo := s.lab.repos[name]
		s.lab.mu.Unlock()
		if repo == nil {
			http.NotFound(w, r)
			return
		}
		repo.serve(w, r, file)
		return
	}
	s.lab.mirror.ServeHTTP(w, r)
}

// archiveURI is the address of a Debian archive as hosts write it.
func (s *webServer) archiveURI(name string) string {
	return "http://" + archiveName + s.hostPort + "/" + name
}

// repoURI is the address of a local repository as hosts write it.
func (s *webServer) repoURI(name string) string {
	return "http://" + repoName + s.hostPort + "/repos/" + name
}

// proxyURL is where tools on this machine may ask for the lab's addresses, as an HTTP proxy.
func (s *webServer) proxyURL() string { return "http://" + s.localAddr }

// archiveLocal is the address of something in a Debian archive for tools on this machine.
func (s *webServer) archiveLocal(name string) string { return "http://" + s.localAddr + "/" + name }
