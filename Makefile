# Every target has one line of help; "make" prints them. Tools are pinned here
# and in tools.mod.
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0
BIN           := $(CURDIR)/bin
VERSION       ?= development
GO_FLAGS      := -trimpath -ldflags "-s -w -X main.version=$(VERSION)"

.DEFAULT_GOAL := help
.PHONY: help run demo build test test-web test-fast bench fuzz lint fmt generate vuln clean

help: ## Print this help.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Start the server with a demo agency on http://127.0.0.1:8080; data goes to ./data.
	$(BIN)/waymark serve --demo

demo: build ## Replay a release of 7,141 people against a server of its own.
	$(BIN)/waymark demo

build: ## Build bin/waymark, static and without a C compiler.
	CGO_ENABLED=0 go build $(GO_FLAGS) -o $(BIN)/waymark ./cmd/waymark

test: test-web ## Run every test with the race detector, the MongoDB store against a server of its own included.
	go vet ./...
	go test -race -timeout 20m $$(go list ./... | grep -v '/web$$') # test-web has run those; nothing in them runs side by side
	cd itest && go vet ./... && go test ./...
	cd benchmarks/engines && go vet ./... && go test ./...

test-web: web/node_modules ## Check the tablet's interpreter and hold it to the Go engine; needs Node.
	cd web && npm run --silent check && npm run --silent test
	go test -timeout 10m ./web

test-fast: ## Run every test without the race detector, which is much faster.
	go test -timeout 10m ./...

bench: ## Print every benchmark beside its limit, as ratios of one run.
	go run ./benchmarks
	cd benchmarks/engines && go run .

fuzz: ## Fuzz every parser for a minute each.
	./.ci/fuzz 60s

lint: $(BIN)/golangci-lint ## Run golangci-lint.
	$(BIN)/golangci-lint run ./...

fmt: $(BIN)/golangci-lint ## Format the code.
	$(BIN)/golangci-lint fmt

generate: ## Generate the API types from openapi/openapi.yaml.
	go generate ./...

vuln: ## Look for known vulnerabilities; needs the vulnerability database.
	go run $(GOVULNCHECK) ./...

clean: ## Remove what was built; data stays.
	rm -rf $(BIN) web/dist

web/node_modules: web/package.json web/package-lock.json web/.npmrc
	cd web && npm ci
	touch web/node_modules

$(BIN)/golangci-lint: Makefile
	GOBIN=$(BIN) go install $(GOLANGCI_LINT)
