package api_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/patchwart/patchwart/internal/api"
	"github.com/patchwart/patchwart/internal/api/apitest"
	"github.com/patchwart/patchwart/internal/core/fault"
)

var update = flag.Bool("update", false, "write the golden files anew")

func handler(o api.Options) http.Handler {
	b := apitest.New()
	if o.Token == nil {
		o.Token = func(token string) bool { return token == apitest.Token }
	}
	return api.New(api.Backend{Systems: b, Orders: b, Runs: b, Estate: b, Policies: b, Record: b, SignIn: b, Holes: b, Rulings: b, Lifecycle: b}, o)
}

// ask sends a request as a program on this machine would, and returns what came back.
func ask(t *testing.T, h http.Handler, method, path, body string, change ...func(*http.Request)) (*httptest.ResponseRecorder, string) {
	t.Helper()
	r := httptest.NewRequest(method, "http://127.0.0.1:7480"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+apitest.Token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w, w.Body.String()
}

func problemOf(t *testing.T, res *httptest.ResponseRecorder, body string) api.Problem {
	t.Helper()
	var p api.Problem
	if kind := res.Header().Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("content type %q of %s", kind, body)
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("no problem document: %v in %s", err, body)
	}
	if p.Status != res.Code || p.Text.DE == "" || p.Text.EN == "" || p.Detail != p.Text.EN ||
		p.Type != "urn:patchwart:fault:"+string(p.Code) || p.Title != http.StatusText(p.Status) {
		t.Errorf("incomplete problem with status %d: %+v", res.Code, p)
	}
	return p
}

// The paths, methods and names in the OpenAPI document are promises to other people's programs.
func TestTheOpenAPIDocumentPromisesThesePaths(t *testing.T) {
	t.Parallel()
	res, body := ask(t, handler(api.Options{}), "GET", "/api/v1/openapi.json", "", func(r *http.Request) { r.Header.Del("Authorization") })
	if res.Code != http.StatusOK || res.Header().Get("Content-Type") != "application/openapi+json" {
		t.Fatalf("%d %s", res.Code, res.Header())
	}
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Parameters  []struct {
				Name, In string
				Required bool
			}
			RequestBody *struct{ Content map[string]any }
			Responses   map[string]struct{ Content map[string]any }
		}
		Components struct {
			Schemas map[string]struct{ Properties map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" {
		t.Errorf("OpenAPI %s", doc.OpenAPI)
	}
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		for _, method := range slices.Sorted(maps.Keys(doc.Paths[path])) {
			op := doc.Paths[path][method]
			fmt.Fprintf(&b, "%s %s  %s\n", strings.ToUpper(method), path, op.OperationID)
			for _, p := range op.Parameters {
				fmt.Fprintf(&b, "  %s %s required=%t\n", p.In, p.Name, p.Required)
			}
			if op.RequestBody != nil {
				fmt.Fprintf(&b, "  body %s\n", strings.Join(slices.Sorted(maps.Keys(op.RequestBody.Content)), " "))
			}
			for _, status := range slices.Sorted(maps.Keys(op.Responses)) {
				fmt.Fprintf(&b, "  %s %s\n", status, strings.Join(slices.Sorted(maps.Keys(op.Responses[status].Content)), " "))
			}
		}
	}
	const golden = "testdata/paths.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("paths (-promised +is):\n%s", diff)
	}
	// What encoding/json sends must be in the document, also where an outer field has an inner one's name.
	for schema, fields := range map[string][]string{
		"System":      {"name", "held", "held_data", "due_list", "job", "slot"},
		"Run":         {"id", "stage", "outcome", "state", "events", "usual", "slot"},
		"Problem":     {"code", "text", "mend", "rule", "places", "status", "title", "type", "detail"},
		"Explanation": {"answer", "decision", "facets", "policy"},
	} {
		for _, field := range fields {
			if _, ok := doc.Components.Schemas[schema].Properties[field]; !ok {
				t.Errorf("schema %s lacks %s", schema, field)
			}
		}
	}
}

func TestNobodyGetsInWithoutTheToken(t *testing.T) {
	t.Parallel()
	h := handler(api.Options{})
	for name, header := range map[string]string{
		"none": "", "another": "Bearer wrong", "no scheme": apitest.Token, "another scheme": "Basic " + apitest.Token,
		"empty": "Bearer ", "two": "Bearer " + apitest.Token + " " + apitest.Token,
	} {
		for _, path := range []string{"/api/v1/systems", "/api/v1/nosuch", "/api/v1/"} {
			res, body := ask(t, h, "GET", path, "", func(r *http.Request) { r.Header.Set("Authorization", header) })
			if res.Code != http.StatusUnauthorized || res.Header().Get("WWW-Authenticate") == "" || problemOf(t, res, body).Code != fault.Forbidden {
				t.Errorf("%s at %s: %d %s", name, path, res.Code, body)
			}
		}
	}
	none := api.New(api.Backend{}, api.Options{})
	if res, _ := ask(t, none, "GET", "/api/v1/systems", ""); res.Code != http.StatusUnauthorized {
		t.Errorf("without a way to tell a good token, %d", res.Code)
	}
}

// A page in a browser can make its own name point to this machine; the Host header gives it away.
func TestForeignNamesAreNotAnswered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		hosts []string
		host  string
		good  bool
	}{
		{nil, "127.0.0.1:7480", true},
		{nil, "localhost:7480", true},
		{nil, "LOCALHOST", true},
		{nil, "[::1]:7480", true},
		{nil, "evil.example:7480", false},
		{nil, "127.0.0.1.evil.example", false},
		{nil, "192.0.2.1:7480", false},
		{nil, "", false},
		{[]string{"patch.example"}, "patch.example:8443", true},
		{[]string{"patch.example:443"}, "patch.example:443", true},
		{[]string{"patch.example:443"}, "patch.example:444", false},
		{[]string{"patch.example"}, "127.0.0.1:7480", false},
		{[]string{""}, "", false},
	}
	for _, tt := range tests {
		res, body := ask(t, handler(api.Options{Hosts: tt.hosts}), "GET", "/api/v1/systems", "", func(r *http.Request) { r.Host = tt.host })
		if (res.Code == http.StatusOK) != tt.good {
			t.Errorf("host %q with %q: %d", tt.host, tt.hosts, res.Code)
		}
		if !tt.good && (res.Code != http.StatusForbidden || problemOf(t, res, body).Code != fault.Forbidden) {
			t.Errorf("host %q: %d %s", tt.host, res.Code, body)
		}
	}
}

func TestFaultsBecomeProblemsWithTheStatusOfTheirCode(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := handler(api.Options{Log: slog.New(slog.NewTextHandler(&log, nil))})
	order := `{"system":"iaas1","contact":"anna","channel":"mail","text":"Bitte","scope":"security_updates"}`
	tests := []struct {
		method, path, body string
		status             int
		code               fault.Code
	}{
		{"GET", "/api/v1/systems/nosuch", "", 404, fault.NotFound},
		{"GET", "/api/v1/systems/busy", "", 409, fault.Conflict},
		{"GET", "/api/v1/systems/secret", "", 403, fault.Forbidden},
		{"GET", "/api/v1/systems/away", "", 503, fault.Unavailable},
		{"GET", "/api/v1/systems/broken", "", 500, fault.Internal},
		{"GET", "/api/v1/systems/panics", "", 500, fault.Internal},
		{"POST", "/api/v1/orders", order, 409, fault.Refused},
		{"GET", "/api/v1/nosuch", "", 404, fault.NotFound},
		{"DELETE", "/api/v1/systems", "", 405, fault.NotFound},
		{"GET", "/api/v1/runs?limit=1001", "", 422, fault.Invalid},
		{"GET", "/api/v1/runs?stage=done", "", 422, fault.Invalid},
		{"GET", "/api/v1/runs?sistem=web1", "", 422, fault.Invalid},
		{"GET", "/api/v1/explain", "", 422, fault.Invalid},
		{"GET", "/api/v1/runs/r-web1/events?after=-1", "", 422, fault.Invalid},
		{"GET", "/api/v1/runs/r-web1/events?wait=3600", "", 422, fault.Invalid},
		{"POST", "/api/v1/orders", `{"system":"db1","contakt":"anna"}`, 422, fault.Invalid},
		{"POST", "/api/v1/orders", strings.Replace(order, "security_updates", "everything", 1), 422, fault.Invalid},
		{"POST", "/api/v1/orders", `{"system":`, 400, fault.Invalid},
		{"POST", "/api/v1/orders", "", 400, fault.Invalid},
		{"POST", "/api/v1/orders", `{"text":"` + strings.Repeat("x", 1<<20) + `"}`, 413, fault.Invalid},
		{"PUT", "/api/v1/estate", strings.Repeat("#", 4<<20+1), 413, fault.Invalid},
		{"PUT", "/api/v1/estate", "systems: [{name: web1}]", 422, fault.Invalid},
	}
	for _, tt := range tests {
		res, body := ask(t, h, tt.method, tt.path, tt.body)
		p := problemOf(t, res, body)
		if res.Code != tt.status || p.Code != tt.code {
			t.Errorf("%s %s %.60s: %d %s, want %d %s\n%.300s", tt.method, tt.path, tt.body, res.Code, p.Code, tt.status, tt.code, body)
		}
		if strings.Contains(body, "malformed") || strings.Contains(body, "as its name says") {
			t.Errorf("%s %s: the cause reached the reader: %s", tt.method, tt.path, body)
		}
		if tt.status == 422 && len(p.Places) == 0 {
			t.Errorf("%s %s: no places in %s", tt.method, tt.path, body)
		}
	}
	for _, cause := range []string{"database disk image is malformed", "as its name says"} {
		if !strings.Contains(log.String(), cause) {
			t.Errorf("the cause %q is not in the log:\n%s", cause, &log)
		}
	}
	if strings.Contains(log.String(), apitest.Token) {
		t.Error("the token is in the log")
	}
}

func TestARefusalNamesItsRule(t *testing.T) {
	t.Parallel()
	res, body := ask(t, handler(api.Options{}), "POST", "/api/v1/orders",
		`{"system":"iaas1","contact":"anna","channel":"mail","text":"Bitte","scope":"updates"}`)
	p := problemOf(t, res, body)
	if p.Rule != "MH2-03" || !strings.HasPrefix(p.Text.DE, "MH2-03") {
		t.Errorf("%+v", p)
	}
}

func TestEstateErrorsKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	h := handler(api.Options{})
	res, body := ask(t, h, "PUT", "/api/v1/estate?name=mine.yaml", "systems:\n  - name: web1\n    contract: c\n    admin: me\n",
		func(r *http.Request) { r.Header.Set("Content-Type", "application/yaml") })
	p := problemOf(t, res, body)
	if res.Code != http.StatusUnprocessableEntity || len(p.Places) != 3 || p.Places[2].Line != 4 || p.Places[0].File != "mine.yaml" {
		t.Errorf("%d %+v", res.Code, p)
	}
	if _, after := ask(t, h, "GET", "/api/v1/systems/web1", ""); !strings.Contains(after, `"name":"web1"`) {
		t.Errorf("something was applied by half: %.200s", after)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	h := handler(api.Options{})
	for path, want := range map[string]string{
		"/api/v1/due?system=web1":          `{"due":[]}`,
		"/api/v1/runs?system=nosuch":       `{"runs":[]}`,
		"/api/v1/runs/r-db1/events?wait=0": `"events":[]`,
	} {
		if _, body := ask(t, h, "GET", path, ""); !strings.Contains(body, want) {
			t.Errorf("%s: %s, want %s", path, body, want)
		}
	}
}

// A program that asks with wait=1 for a planned run hears after a second how things stand.
func TestWaitingForEventsEndsWithTheWait(t *testing.T) {
	t.Parallel()
	res, body := ask(t, handler(api.Options{}), "GET", "/api/v1/runs/r-db1/events?wait=1", "")
	var p struct {
		Row    struct{ Stage string }
		Events []any
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil || res.Code != http.StatusOK || p.Row.Stage != "planned" || p.Events == nil || len(p.Events) != 0 {
		t.Errorf("%d %v %s", res.Code, err, body)
	}
}

func TestEventsCanBeReadWithoutWaiting(t *testing.T) {
	t.Parallel()
	_, body := ask(t, handler(api.Options{}), "GET", "/api/v1/runs/r-web1/events?wait=0&after=6", "")
	var p struct{ Events []struct{ Seq int64 } }
	if err := json.Unmarshal([]byte(body), &p); err != nil || len(p.Events) != 8 {
		t.Fatalf("%v %s", err, body)
	}
	for i, e := range p.Events {
		if e.Seq != int64(7+i) {
			t.Errorf("event %d has number %d", i, e.Seq)
		}
	}
}

func TestAnswersAreNotKeptByBrowsersAndProxies(t *testing.T) {
	t.Parallel()
	res, _ := ask(t, handler(api.Options{}), "GET", "/api/v1/today", "")
	if res.Header().Get("Cache-Control") != "no-store" || res.Header().Get("X-Content-Type-Options") != "nosniff" || res.Code != http.StatusOK {
		t.Errorf("%d %v", res.Code, res.Header())
	}
}
