# Everything that people and CI do with Tacit. `make help` lists it.
SHELL    = /bin/sh
GO      ?= go
FUZZTIME ?= 30s
# How many tasks bench-task runs.
TASKS   ?= 40
# How long bench-vault asks for each figure.
LONG    ?= 2s
# How long bench-store runs a case at a time, and what it measures.
RUN ?= 3s
PARTS ?= speed,failover,large
# The logarithms of how many ids bench-psi intersects.
SIZES   ?= 18,20
# How long bench-flood floods the network.
FLOOD   ?= 60s

# -trimpath and no version stamp: the same sources give the same program, and
# so the same measurement, in whatever folder they lie.
BUILD    = $(GO) build -trimpath -buildvcs=false
# Trusted images link no library of the host: what is measured is all that runs.
# It also halves what starting an enclave costs.
INSIDE   = CGO_ENABLED=0 $(BUILD)
ENCLAVE  = $(BUILD) -tags netgo,osusergo -ldflags '-linkmode external -extldflags "-static"'
RELEASE  = ./cmd/tacit ./cmd/tacitd
DEV      = ./cmd/dev/tacitd ./cmd/tacit ./examples/cancer/check
# What has locks worth racing and tests that end soon.
RACED    = ./wire ./rpc ./atls ./store/... ./follow

.PHONY: help build dev onnxruntime demo data check fmt vet tidy test test-long race crash fuzz geth guests image machine bench-demo bench-task bench-flood bench-gas bench-attest bench-store bench-vault bench-psi bench-learn bench-infer mutate mutate-contracts generate clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed 's/:.*##/\t/' | expand -t 14

build: dev ## release programs in bin, those for a devnet in bin/dev
	@mkdir -p bin
	$(BUILD) -o bin/ $(RELEASE)
	$(INSIDE) -o bin/ ./cmd/tacit-manager ./cmd/tacit-dispatcher
	cp bin/dev/tacit-enclave bin/dev/tacit-enclave-infer bin/

dev:
	@mkdir -p bin/dev
	$(BUILD) -o bin/dev/ $(DEV)
	$(INSIDE) -o bin/dev/ ./cmd/dev/tacit-manager ./cmd/dev/tacit-dispatcher
	$(ENCLAVE) -o bin/dev/ ./cmd/tacit-enclave
	$(BUILD) -tags netgo,osusergo -o bin/dev/ ./cmd/tacit-enclave-infer

onnxruntime: ## the runtime for networks, which tacit-enclave-infer then carries; needs npm
	@sh tools/onnxruntime.sh

build/cancer.wasm: $(wildcard examples/cancer/*.go) go.mod
	@mkdir -p build
	GOOS=wasip1 GOARCH=wasm $(GO) build -trimpath -buildvcs=false -o $@ ./examples/cancer

build/signed.wasm: $(wildcard examples/signed/*.go) go.mod
	@mkdir -p build
	GOOS=wasip1 GOARCH=wasm $(GO) build -trimpath -buildvcs=false -o $@ ./examples/signed

# fetch.sh exits 3 when the table is there but another one than the expected
# model was made from; the demo then says so when it compares.
data: ## the demo's two tables in build/data
	@mkdir -p build/data
	@sh examples/cancer/fetch.sh build/data || [ $$? -eq 3 ]
	@$(GO) run ./examples/cancer/split build/data/breast_cancer.csv build/data

demo: dev build/cancer.wasm data ## the whole story on this machine
	@bin/dev/tacit demo --service build/cancer.wasm --data build/data --expected examples/cancer/expected.json

fmt:
	@out=$$(gofmt -l $$(find . -name '*.go' -not -path '*/node_modules/*')); [ -z "$$out" ] || { echo "not formatted:"; echo "$$out"; exit 1; }

vet:
	$(GO) vet ./...

tidy:
	$(GO) mod tidy -diff

# The floors of the house, deps/*.txt, cases.md, golden vectors, the bindings'
# digests and docs/errors.md are held against the tree by go test. What takes longest
# is named first, as it would keep the others waiting at the end.
check: fmt vet tidy ## what must hold before a commit
	$(GO) test -timeout 45m ./cmd/tacit ./settle ./...

race:
	$(GO) test -race -skip "Linearizable|BrokenBuilds|PowerCutsOfAll|PausedForTen" $(RACED)

# The programs are built with failpoints in a folder of their own; see
# docs/failpoints.md. KILLS and CRASH_TASKS say how much.
KILLS       ?= 50
CRASH_TASKS ?= 300
LOSSES      ?= 20
crash: ## kills every role at steps of the protocol while tasks run, upgrades them, has one lie
	$(GO) test ./cmd/internal/crash -run 'N91|N96|Auditor|PowerCuts|Lying|Replicas|TwoDispatchers' -count=1 -v -timeout 90m -args -crash.shared 96 -crash.kills $(KILLS) -crash.tasks $(CRASH_TASKS) -crash.losses $(LOSSES)

test: ## what ./test and CI run: check, race, more seeds and call sequences, and kills
	SIMULATE_SEEDS=1000 CONTRACT_SEQUENCES=10000 $(MAKE) --no-print-directory check
	$(MAKE) --no-print-directory race
	$(GO) test ./cmd/internal/crash -run 'N91|Replicas|TwoDispatchers' -count=1 -v -timeout 30m -args -crash.shared 12 -crash.delay=false -crash.kills 50 -crash.tasks 300 -crash.losses 4

# Newer versions do not build from the module proxy alone. It has a module of its
# own, so that nothing of it is among ours.
GETH = v1.17.8
build/geth:
	@mkdir -p build/gethmod
	@printf 'module geth.build\n\ngo 1.26\n' > build/gethmod/go.mod
	@printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/ethereum/go-ethereum/cmd/geth"\n' > build/gethmod/tools.go
	cd build/gethmod && $(GO) get github.com/ethereum/go-ethereum/cmd/geth@$(GETH) && $(GO) build -trimpath -o ../geth github.com/ethereum/go-ethereum/cmd/geth

geth: build/geth ## a real node of the chain in build/geth, the contracts' client and a whole network on it
	TACIT_GETH=$(CURDIR)/build/geth $(GO) test ./cmd/tacit -run ARealNode -count=1 -v -timeout 30m

image: dev ## a machine that boots measured, in build/image
	@sh tools/image.sh

machine: image data ## boots it in QEMU with Secure Boot and a TPM, as a worker of a network
	TACIT_IMAGE=$(CURDIR)/build/image TACIT_DATA=$(CURDIR)/build/data $(GO) test ./cmd/tacit -run AMachineThatBootsMeasured -count=1 -v -timeout 30m

test-long: ## the same tests three times in another order, with the race detector
	TACIT_LONG=1 $(GO) test ./cmd/tacit -run 'Stories|Upgraded|OwnSite' -timeout 60m
	TACIT_LONG=1 $(GO) test ./vault -run N78 -count=1 -v
	$(GO) test -count=3 -shuffle=on ./...
	$(GO) test ./store/replica -run TestN95Linearizable -v -timeout 3h -linear.ops 1000000
	SIMULATE_SEEDS=100 CONTRACT_SEQUENCES=200 $(GO) test -race -timeout 60m ./...
	SIMULATE_SEEDS=20000 $(GO) test ./devnet/simulate -run TestSeeds -v -timeout 6h
	CONTRACT_SEQUENCES=200000 $(GO) test ./settle -run BareEVM -v -timeout 6h
	$(MAKE) crash KILLS=1000 CRASH_TASKS=1000
	$(MAKE) geth
	$(MAKE) machine
	$(GO) run ./cmd/internal/mutate -file 'verifier/batch.go' -max 3

mutate: ## takes each check out in turn; renews docs/mutations.md
	$(GO) run ./cmd/internal/mutate -o docs/mutations.md

mutate-contracts: ## the same with the contracts' checks; needs node
	$(GO) run ./cmd/internal/mutate -contracts -o docs/mutations.md

fuzz: ## every fuzz target for FUZZTIME (30s)
	@set -e; grep -rl --include='*_test.go' '^func Fuzz' . | grep -v node_modules | sort | while read -r f; do \
		for target in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$f"); do \
			echo "== $$(dirname "$$f") $$target"; \
			$(GO) test "$$(dirname "$$f")" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME); \
		done; \
	done

GUESTS ?=
guests: ## guests in C, Rust, AssemblyScript and Python, built and run; needs their tools
	@mkdir -p bin/dev
	$(BUILD) -o bin/dev/ ./cmd/tacit
	@sh examples/guests/run.sh $(GUESTS)

bench-demo: dev build/cancer.wasm data ## seconds of the demo; the last line is JSON
	@$(GO) run ./cmd/internal/bench demo bin/dev

bench-task: dev ## latency, throughput and CPU of tasks on a devnet; the last line is JSON
	@GOOS=wasip1 GOARCH=wasm $(GO) build -trimpath -buildvcs=false -o build/copy.wasm ./cmd/internal/bench/guest
	@$(GO) run ./cmd/internal/bench task bin/dev build/copy.wasm $(TASKS)

bench-flood: dev ## one tenant's latency while another floods the network for FLOOD; the last line is JSON
	@$(GO) run ./cmd/internal/bench flood bin/dev $(FLOOD)

bench-gas: ## gas of every call of the contracts; the last line is JSON
	@$(GO) run ./cmd/internal/bench gas

bench-attest: ## evidence verified in a second, against the vendors' libraries; the last line is JSON
	@$(GO) run ./cmd/internal/bench attest

bench-vault: ## requests that the key vault serves, LONG for each figure; VAULT names HashiCorp's program as peer
	@$(GO) build -o build/bench ./cmd/internal/bench
	@build/bench vault $(LONG)

bench-store: ## the replicated store, against etcd if ETCD names a built cmd/internal/bench/etcdpeer; the last line is JSON
	@mkdir -p build
	@$(GO) build -trimpath -buildvcs=false -o build/bench ./cmd/internal/bench
	@build/bench store $(RUN) $(PARTS)

bench-psi: ## intersections of 2^SIZES ids; DUCKDB and KKRT name peers; the last line is JSON
	@mkdir -p bin/dev
	@$(ENCLAVE) -o bin/dev/ ./cmd/tacit-enclave
	@$(GO) build -trimpath -buildvcs=false -o build/bench ./cmd/internal/bench
	@build/bench psi build/psi $(SIZES) bin/dev

bench-learn: ## boosted trees on one thread, against XGBoost (python3-xgboost; PYTHON names another Python); the last line is JSON
	@mkdir -p build
	@$(GO) build -trimpath -buildvcs=false -o build/bench ./cmd/internal/bench
	@build/bench learn build/learn

bench-infer: onnxruntime dev ## sessions with networks against the runtime outside; the last line is JSON
	@mkdir -p build
	@$(GO) build -trimpath -buildvcs=false -o build/bench ./cmd/internal/bench
	@build/bench infer bin/dev

generate: ## bindings, golden vectors, deps, cases.md, docs/errors.md, docs/cli.md and docs/schema
	sh contracts/generate.sh
	$(GO) test ./wire ./fault -run 'Golden|Errors|N81|Docs' -update
	$(GO) test ./cmd/internal/spec -update
	$(GO) run ./cmd/tacit reference > docs/cli.md
	$(GO) test . -update

clean: ## all that make made
	rm -rf bin build
