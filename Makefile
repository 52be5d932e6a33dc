# Patchwart: the commands of the house. `make help` lists them.
SHELL      := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
export CGO_ENABLED ?= 0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -buildid= -X github.com/patchwart/patchwart/internal/core/build.Version=$(VERSION)
GOBUILD := go build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'

# Tools are built once per version, outside the tree, so that the product's go.mod stays the product's.
TOOLS         ?= $(HOME)/.cache/patchwart/tools
GOLANGCI      := $(TOOLS)/golangci-lint-v2.15.0
TEMPL         := $(TOOLS)/templ-v0.3.1001
SQLC          := $(TOOLS)/sqlc-v1.31.1
OSVSCANNER    := $(TOOLS)/osv-scanner

.PHONY: help build demo test unit race lint lab obstacles crash-matrix random-runs wave helpdesk fuzz bench bench-match generate reproducible clean
help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t16

build: ## build bin/patchwart and bin/patchwart-agent, static and reproducible
	@mkdir -p bin
	$(GOBUILD) -o bin/patchwart-agent ./cmd/patchwart-agent
	$(GOBUILD) -o bin/patchwart ./cmd/patchwart

demo: build ## the main job on four real Debian hosts; leaves the console open until Ctrl-C
	bin/patchwart demo

test: ## everything that CI runs; installs what is missing
	@scripts/require test
	@for part in lint unit reproducible lab; do \
		begun=$$SECONDS; $(MAKE) --no-print-directory $$part; echo "make $$part: $$((SECONDS - begun)) s"; \
	done

# Packages whose tests boot hosts are run by `lab`, two at a time; inside a package hosts play side by side:
# they wait more than they work.
LABPKGS := ./internal/lab/... ./internal/host/labtest/... ./internal/e2e
# The restore drivers' tests break them at any of their thousands of writes: minutes under the race detector,
# so CI runs them without it. `make race` runs everything with it.
SLOWRACE := ./internal/host/restore/...
FAST      = $$(go list ./... | grep -vE '/internal/(lab|e2e|host/labtest|host/restore)(/|$$)')

unit: ## fast tests, with the race detector
	CGO_ENABLED=1 go test -race -timeout 45m $(FAST)
	go test -timeout 25m $(SLOWRACE)

race: ## the fast tests and the slow ones, all with the race detector
	CGO_ENABLED=1 go test -race -timeout 40m $(FAST) $(SLOWRACE)

lab: build ## tests on real Debian hosts
	go test -count=1 -p 2 -parallel 4 -timeout 40m $(LABPKGS)

# What the tests of obstacles and crashes saw is collected here, one line each.
PROOFS ?= $(CURDIR)/bin/proofs.jsonl
# What came of the whole crash matrix when it was run last: it takes too long to be run for each page.
CELLS := $(CURDIR)/docs/crash-matrix.jsonl
# The tests that write something down, by their names.
PROVING := Obstacle|Killed|Btrfs|RealHostIsRebooted|HostThatWasAway|WindowThatIsTooShort|PhasedUpdate|NothingIsChangedWhere|OrdersThatAreRefused|OrderIsCarriedOutOnce|HoursKeepLocalTime|CrashMatrix

obstacles: build ## try all obstacles and a sample of the crash matrix, and write docs/obstacles.md
	@scripts/require lab
	rm -f "$(PROOFS)"
	PATCHWART_PROOFS="$(PROOFS)" go test -count=1 -timeout 40m -run '$(PROVING)' ./internal/server ./internal/agent/...
	PATCHWART_PROOFS="$(PROOFS)" go test -count=1 -p 1 -parallel 2 -timeout 60m -run '$(PROVING)' ./internal/host/labtest ./internal/e2e
	go run ./internal/proof/book "$(PROOFS)" "$(CELLS)" > docs/obstacles.md.new && mv docs/obstacles.md.new docs/obstacles.md

crash-matrix: build ## every cell of the crash matrix, then obstacles: about an hour; one that was interrupted goes on where it ended
	@scripts/require lab
	PATCHWART_PROOFS="$(CELLS).new" go test -count=1 -timeout 120m -run CrashMatrix ./internal/e2e -args -crash-matrix-rest
	mv "$(CELLS).new" "$(CELLS)"
	@$(MAKE) --no-print-directory obstacles

SEED ?= 20261128
RUNS := $(CURDIR)/docs/random-runs
random-runs: build ## 500 random updates and faults on four real hosts, and write docs/random-runs.md: about an hour; goes on where it was interrupted
	@scripts/require lab
	go test -count=1 -parallel 4 -timeout 240m -run RandomFaults ./internal/e2e -args -random-runs 500 -random-hosts 4 -random-seed $(SEED) \
		-random-log "$(RUNS).jsonl.new" -random-page "$(RUNS).md"
	mv "$(RUNS).jsonl.new" "$(RUNS).jsonl"

wave: build ## a campaign on twenty real hosts, a tenth of which cannot take the update
	@scripts/require lab
	go test -count=1 -timeout 30m -v -run ACampaignStops ./internal/e2e -args -wave-hosts 20

helpdesk: ## tests on a real Request Tracker 5; installs it from Debian
	@scripts/require helpdesk
	CI=true go test -count=1 -timeout 10m ./internal/adapter/rt/... ./internal/adapter/webhook/...

fuzz: ## every fuzz target for FUZZTIME (default 5m) each, one after the other
	@scripts/fuzz

lint: $(GOLANGCI) $(TEMPL) ## vet, golangci-lint, formatting, generated files up to date
	go vet ./...
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt these:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	$(GOLANGCI) run ./...
	@scripts/generated $(TEMPL)

generate: $(TEMPL) $(SQLC) ## make the generated files anew
	$(TEMPL) generate
	$(SQLC) generate
	go run ./cmd/patchwart policy schema > policies/policy.schema.json.new && mv policies/policy.schema.json.new policies/policy.schema.json
	go run ./cmd/patchwart policy promises --format markdown > docs/promises.md.new && mv docs/promises.md.new docs/promises.md
	go test ./internal/core/mandate -run TheDiagram -count=1 -update

reproducible: ## two builds give the same bytes
	@scripts/reproducible

# Everything takes hours; parts are chosen with BENCH: '-fleet 1,5 -work small -rounds 3 -one=false' (go doc ./internal/e2e/bench).
BENCH ?=

bench: build ## Patchwart beside Ansible, unattended-upgrade and plain apt on 1, 5 and 20 hosts; parts: make bench BENCH='-fleet 1,5 -work small'
	@scripts/require bench
	go test -count=1 -timeout 12h -run '^$$' -bench . -benchtime 1x ./internal/e2e/bench/... $(if $(BENCH),-args $(BENCH))

bench-match: build $(OSVSCANNER) ## matching beside debsecan and osv-scanner, on the shared inventories; see docs/benchmarks.md
	@scripts/require match
	PATH="$(TOOLS):$(CURDIR)/bin:$$PATH" go test -count=1 -timeout 60m -run '^$$' -bench . -benchtime 1x ./internal/e2e/matchbench/...

$(GOLANGCI):
	@mkdir -p $(TOOLS)/.build && GOBIN=$(TOOLS)/.build go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
	@mv $(TOOLS)/.build/golangci-lint $@
$(TEMPL):
	@mkdir -p $(TOOLS)/.build && GOBIN=$(TOOLS)/.build go install github.com/a-h/templ/cmd/templ@v0.3.1001
	@mv $(TOOLS)/.build/templ $@
$(OSVSCANNER):
	@mkdir -p $(TOOLS)/.build && GOBIN=$(TOOLS)/.build go install github.com/google/osv-scanner/v2/cmd/osv-scanner@v2.5.0
	@mv $(TOOLS)/.build/osv-scanner $@
$(SQLC):
	@mkdir -p $(TOOLS)/.build && GOBIN=$(TOOLS)/.build CGO_ENABLED=1 go install github.com/sqlc-dev/sqlc/cmd/sqlc@v1.31.1
	@mv $(TOOLS)/.build/sqlc $@

clean: ## remove what was built
	rm -rf bin
