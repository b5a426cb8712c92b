# Every target has one line of help; "make" prints them. Tools are pinned here
# and in tools.mod.
GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOVULNCHECK   := golang.org/x/vuln/cmd/govulncheck@v1.9.0
BIN           := $(CURDIR)/bin
VERSION       ?= development
GO_FLAGS      := -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
APP           := web/built/index.html
APP_SOURCES   := web/build.mjs $(shell find web/build web/public web/src locales/app/en.json -type f)

.DEFAULT_GOAL := help
.PHONY: help run demo build test test-web test-app pictures test-fast bench fuzz lint fmt generate vuln clean

help: ## Print this help.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## Start the server with a demo agency on http://127.0.0.1:8080; data goes to ./data.
	$(BIN)/waymark serve --demo

demo: build ## Replay a release of 7,141 people against a server of its own.
	$(BIN)/waymark demo

build: $(APP) ## Build the app, and bin/waymark with it, static and without a C compiler.
	CGO_ENABLED=0 go build $(GO_FLAGS) -o $(BIN)/waymark ./cmd/waymark

test: $(APP) test-web test-app ## Run every test with the race detector, the MongoDB store against a server of its own included.
	go vet ./...
	go test -race -timeout 20m $$(go list ./... | grep -v '/web$$') # test-web has run those; nothing in them runs side by side
	cd itest && go vet ./... && go test ./...
	cd benchmarks/engines && go vet ./... && go test ./...

test-web: web/node_modules ## Check the app, and hold its interpreter to the Go engine; needs Node.
	cd web && npm run --silent check && npm run --silent test
	go test -timeout 10m ./web

test-app: build ## Try the app in Chromium as people use it; installs Debian's where there is none.
	./.ci/chromium
	cd web && npm run --silent e2e

pictures: build ## Take pictures of the main screens in four languages, into docs/pictures.
	./.ci/chromium
	cd web && npm run --silent pictures

test-fast: $(APP) ## Run every test without the race detector, which is much faster.
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

generate: openapi/typescript/node_modules ## Generate the API types of server and app from openapi/openapi.yaml.
	go generate ./...
	cd openapi/typescript && npm run --silent generate

vuln: ## Look for known vulnerabilities; needs the vulnerability database.
	go run $(GOVULNCHECK) ./...

clean: ## Remove what was built; data stays.
	rm -rf $(BIN) web/dist
	find web/built -mindepth 1 ! -name README.md -delete

$(APP): web/node_modules $(APP_SOURCES)
	cd web && npm run --silent build

web/node_modules openapi/typescript/node_modules: %/node_modules: %/package.json %/package-lock.json %/.npmrc
	cd $* && npm ci
	touch $@

$(BIN)/golangci-lint: Makefile
	GOBIN=$(BIN) go install $(GOLANGCI_LINT)
