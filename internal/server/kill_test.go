package server

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/patchwart/patchwart/client"
	"github.com/patchwart/patchwart/internal/adapter/rt/rttest"
	"github.com/patchwart/patchwart/internal/core/board"
	"github.com/patchwart/patchwart/internal/core/fact"
	"github.com/patchwart/patchwart/internal/core/run"
	"github.com/patchwart/patchwart/internal/core/verdict"
	"github.com/patchwart/patchwart/internal/proof"
	"github.com/patchwart/patchwart/internal/wire"
)

// TestMain serves instead of testing when it is asked to: the process that is killed again and again.
func TestMain(m *testing.M) {
	if dir := os.Getenv("PATCHWART_TEST_SERVE"); dir != "" {
		serveForKill(dir, os.Getenv("PATCHWART_TEST_LISTEN"), os.Getenv("PATCHWART_TEST_AGENTS"))
		return
	}
	code := m.Run()
	rttest.Stop()
	os.Exit(code)
}

func serveForKill(dir, listen, agents string) {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute) // never outlives its test by much
	defer cancel()
	s, err := New(ctx, Config{DataDir: dir, Listen: listen, Agents: agents, Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err == nil {
		err = s.Start(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	<-ctx.Done()
}

// TestAServerKilledAtAnyMomentLosesNothingAndDoesNothingTwice kills the server with -9 at random
// moments while hosts are planned, ordered and report, and starts it again each time.
func TestAServerKilledAtAnyMomentLosesNothingAndDoesNothingTwice(t *testing.T) {
	const hosts, kills = 5, 12
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	dice := mrand.New(mrand.NewPCG(seed, 1))
	w := &ward{T: t, dir: filepath.Join(t.TempDir(), "data"), listen: freeAddr(t), agents: freeAddr(t)}
	w.start()
	defer func() { w.kill() }()
	w.client = w.connect()

	names := []string{}
	for i := range hosts {
		names = append(names, fmt.Sprintf("web%d", i+1))
	}
	doc := officeEstate
	for _, n := range names[1:] {
		doc += fmt.Sprintf("  - {name: %s, contract: c-shop, admin_access: provider}\n", n)
	}
	if _, err := w.client.Apply(t.Context(), "estate.yaml", []byte(doc)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute) // outlives twelve slow starts on a busy machine
	defer cancel()
	var all sync.WaitGroup
	remote := make([]*remoteHost, hosts)
	for i, n := range names {
		remote[i] = w.enrol(n)
		all.Go(func() { remote[i].live(ctx) })
	}
	for range kills {
		time.Sleep(time.Duration(50+dice.IntN(450)) * time.Millisecond)
		w.kill()
		w.start()
		_, _ = w.client.Plan(ctx, "", false) // may be killed as well; the next one repeats it
	}
	deadline := time.Now().Add(3 * time.Minute)
	for done := 0; done < hosts; {
		if time.Now().After(deadline) {
			t.Fatalf("only %d of %d runs ended", done, hosts)
		}
		_, _ = w.client.Plan(ctx, "", false)
		rows, err := w.client.Runs(ctx, board.RunFilter{})
		if err != nil {
			continue
		}
		done = 0
		for _, r := range rows {
			if r.Stage == board.Over && r.Outcome == verdict.Succeeded {
				done++
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	cancel()
	all.Wait()
	rows, err := w.client.Runs(t.Context(), board.RunFilter{})
	if err != nil || len(rows) != hosts {
		t.Errorf("%d runs for %d hosts: %v", len(rows), hosts, err)
	}
	for i, h := range remote {
		if h.applied != 1 || h.orders != 1 {
			t.Errorf("%s was handed %d orders and applied %d times", names[i], h.orders, h.applied)
		}
	}
	check, err := w.client.VerifyRecord(t.Context())
	if err != nil || !check.Good {
		t.Errorf("record: %+v, %v", check, err)
	}
	proof.Obstacle(t, 16, "succeeded", fmt.Sprintf("The server was killed with -9 %d times while %d hosts were planned, ordered and reported; each host got one order and applied it once, and the record is whole (simulated hosts, the real server as a process).", kills, hosts))
}

// ward is a server in a process of its own.
type ward struct {
	*testing.T
	dir, listen, agents string
	cmd                 *exec.Cmd
	errors              bytes.Buffer
	client              *client.Client
}

func freeAddr(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (w *ward) start() {
	w.Helper()
	w.cmd = exec.Command(os.Args[0])
	w.cmd.Env = append(os.Environ(), "PATCHWART_TEST_SERVE="+w.dir, "PATCHWART_TEST_LISTEN="+w.listen, "PATCHWART_TEST_AGENTS="+w.agents)
	w.cmd.Stderr = &w.errors
	if err := w.cmd.Start(); err != nil {
		w.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.DialTimeout("tcp", w.listen, time.Second)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			w.Fatalf("the server does not start: %v\n%s", err, w.errors.String())
		}
	}
}

func (w *ward) kill() {
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait()
}

func (w *ward) connect() *client.Client {
	w.Helper()
	token, err := os.ReadFile(filepath.Join(w.dir, "api-token"))
	if err != nil {
		w.Fatal(err)
	}
	c, err := client.New("http://"+w.listen, strings.TrimSpace(string(token)))
	if err != nil {
		w.Fatal(err)
	}
	return c
}

// remoteHost is a simulated host on the other end of the real wire.
type remoteHost struct {
	name      string
	base      string
	http      *http.Client
	facts     fact.Facts
	refreshed string
	seen      map[string]bool
	orders    int
	applied   int
}

func (w *ward) enrol(name string) *remoteHost {
	w.Helper()
	e, err := w.client.Enrolment(w.Context(), name)
	if err != nil {
		w.Fatal(err)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		w.Fatal(err)
	}
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, key)
	if err != nil {
		w.Fatal(err)
	}
	// The simulated host trusts whom it enrols with; pinning is the real agent's, and tested there.
	h := &remoteHost{name: name, base: "https://" + w.agents, seen: map[string]bool{}, http: &http.Client{
		Timeout: 30 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS13}},
	}}
	var got wire.EnrolResponse
	if err := h.post(w.Context(), wire.PathEnrol, wire.EnrolRequest{Version: wire.Version, System: name, Token: e.Token, Request: csr}, &got); err != nil {
		w.Fatal(err)
	}
	h.http.Transport = &http.Transport{TLSClientConfig: &tls.Config{
		InsecureSkipVerify: true, MinVersion: tls.VersionTLS13,
		Certificates: []tls.Certificate{{Certificate: [][]byte{got.Certificate}, PrivateKey: key}},
	}}
	h.facts = fact.Facts{Host: name, OS: fact.OS{ID: "debian", Codename: "bookworm"}, Pending: []fact.Pending{security("nginx", "1.22-1", "1.22-2")}}
	h.facts.Sort()
	return h
}

func (h *remoteHost) post(ctx context.Context, path string, body, into any) error {
	doc, err := json.Marshal(body)
	if err != nil {
		return err
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, h.base+path, bytes.NewReader(doc))
	if err != nil {
		return err
	}
	q.Header.Set("Content-Type", "application/json")
	a, err := h.http.Do(q)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	data, err := io.ReadAll(io.LimitReader(a.Body, 4<<20))
	if err != nil {
		return err
	}
	if a.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s: %s", path, a.Status, data)
	}
	if into == nil || len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, into)
}

// live polls and works until the context ends. Whatever fails is tried again.
func (h *remoteHost) live(ctx context.Context) {
	for ctx.Err() == nil {
		var got wire.PollResponse
		err := h.post(ctx, wire.PathPoll, wire.PollRequest{
			Version: wire.Version, Agent: "test", Now: time.Now(), Facts: h.facts.Hash(), Observed: time.Now(), Refreshed: h.refreshed, Wait: 5,
		}, &got)
		switch {
		case err != nil:
			time.Sleep(20 * time.Millisecond)
		case got.SendFacts:
			_ = h.post(ctx, wire.PathFacts, wire.FactsReport{Hash: h.facts.Hash(), Observed: time.Now(), Facts: h.facts}, nil)
		case got.Refresh != "":
			h.refreshed = got.Refresh
		case got.Order != nil && !h.seen[got.Order.Digest()]:
			h.seen[got.Order.Digest()] = true
			h.orders++
			h.work(ctx, got.Order)
		}
	}
}

func (h *remoteHost) work(ctx context.Context, order *wire.Signed) {
	var head struct{ ID string }
	if json.Unmarshal(order.Document, &head) != nil {
		return
	}
	var state run.State
	for next := run.Next(); !state.Ended; {
		var events []run.Event
		put := func(e run.Event) {
			e.Order, e.Seq, e.At = head.ID, state.Seq+1, time.Now()
			var err error
			if state, next, err = run.Apply(state, e); err != nil {
				panic(err)
			}
			events = append(events, e)
		}
		switch next.Do {
		case run.DoConclude:
			put(run.Event{Kind: run.Ended, Verdict: &verdict.Verdict{Outcome: next.Outcome}})
			h.facts.Pending = nil
		case run.DoStep:
			step := next.Step
			put(run.Event{Kind: run.Begun, Step: step})
			if step == run.Applying {
				h.applied++
			}
			e := run.Event{Kind: run.Finished, Step: step, Point: &run.Point{ID: "p"}}
			if step == run.Verifying {
				e.Verdict = &verdict.Verdict{Outcome: verdict.Succeeded}
			}
			put(e)
		}
		for {
			var receipt wire.EventsReceipt
			err := h.post(ctx, wire.PathEvents, wire.EventsReport{Order: head.ID, Events: events}, &receipt)
			if err == nil && receipt.Seq >= state.Seq {
				break
			}
			if errors.Is(err, context.Canceled) || ctx.Err() != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}
