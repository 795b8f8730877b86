SHELL := /bin/bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup build demo test unit acceptance bench wheels fuzz lint format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what is missing: Debian packages, and Python tools into .venv
	@scripts/setup.sh

build: setup ## Build lamina in release mode
	swift build -c release --product lamina

demo: build ## The whole path on real input: build a layer, publish it, run a function with it, clean up
	@scripts/demo.sh

test: setup lint unit acceptance ## Everything that CI runs

unit: ## The Swift tests
	swift build --build-tests
	swift test --skip-build --parallel

acceptance: build ## Real clients, aws and boto3, against a real server, as users have it
	python -m pytest Tests/Acceptance -q -n 3 --lamina .build/release/lamina

bench: build ## Figures, one a line, each beside its peer's
	@scripts/setup.sh bench
	@python bench/bench.py --lamina .build/release/lamina
	@python bench/functions.py --lamina .build/release/lamina
	@python bench/layers.py --lamina .build/release/lamina
	@python bench/registry.py --lamina .build/release/lamina

wheels: build ## What the check says of popular wheels, and whether they import: docs/wheels.md
	@python bench/wheels.py

fuzz: ## Feed the parsers with what a fuzzer makes up, a minute each
	@scripts/fuzz.sh

lint: ## Check the format of the Swift code
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz

format: ## Format the Swift code
	swift format --in-place --recursive --parallel Package.swift Sources Tests Fuzz

clean: ## Remove what was built, and the Python tools
	rm -rf .build .build-fuzz .venv
