# Two commands matter: `make demo` and `make test`. Both set everything up first.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
# Where the original source data lies; only `make data` reads it.
SOURCE ?= ../shared/data
FUZZ_SECONDS ?= 300
# Where the environment forbids byte code, every process of a test run would compile anew.
unexport PYTHONDONTWRITEBYTECODE
# File by file, so that what a module makes is made once.
# (Of `loadgroup` nothing is left with pytest 9.2: pytest-xdist issue 1386.)
PYTEST := $(BIN)/pytest --dist loadfile --no-loadscope-reorder
# A Python of 3.12 or later for OSRM and Valhalla in `make bench-roads`; without it they are left out.
SIDE_PYTHON ?=

.PHONY: help setup demo serve test test-fast check bench bench-console bench-county bench-location bench-roads fuzz data lock words clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: ## install what is missing (system packages, Python environment, map assets)
	@scripts/setup.sh

demo: setup ## a scripted night: calls, counties, teams, assignments, a live map
	@$(BIN)/dispatch119 demo

serve: setup ## keep the system running and print its address and the demo accounts
	@$(BIN)/dispatch119 serve --demo-accounts

# Browsers in processes of their own: those stay small and quick, and Playwright keeps an event
# loop running in them, beside which no test may start one of its own. More processes than two
# processors, because tests also wait: for pages, for streams, for programs that they have started.
test: setup ## every test: units, real PostGIS, real Chromium
	@$(PYTEST) -n 3 tests/browser; browser=$$?; $(PYTEST) -n 3 --ignore tests/browser tests && exit $$browser

test-fast: setup ## what needs no database, no browser and no process of its own
	@$(PYTEST) -n 2 tests -m "not integration and not browser and not process and not slow"

check: setup ## ruff, mypy strict, import-linter, ESLint
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@node_modules/.bin/eslint .

bench: setup ## speed and memory against named peers, as ratios in one run
	@$(BIN)/python -m benchmarks

bench-console: setup ## the dispatcher's page in a real Chromium beside 500 moving teams
	@$(BIN)/python -m benchmarks.console

bench-county: setup ## how often the right county, how calibrated, against the simple ways
	@$(BIN)/python -m benchmarks.county_calibration 20000 docs/images/county-calibration.svg

bench-location: setup ## messages a second for each location format
	@$(BIN)/python -m benchmarks.location

bench-roads: setup ## road times against named peers, with the goals (up to 25 minutes)
	@SIDE_PYTHON="$(SIDE_PYTHON)" scripts/bench_peers.sh
	@$(BIN)/python -m benchmarks.roads --folder .cache/roads --peers-python .cache/bench/bin/python \
	  $(if $(SIDE_PYTHON),--side-python .cache/bench-side/bin/python)

fuzz: setup ## hostile location reports, five minutes long (FUZZ_SECONDS=10 for less)
	@scripts/fuzz.sh $(FUZZ_SECONDS)

data: setup ## rebuild the reference data from SOURCE (default ../shared/data)
	@$(BIN)/dispatch119 data build --source "$(SOURCE)"

lock: ## pin the dependencies anew (names, versions and hashes only)
	@npm install --package-lock-only --ignore-scripts --silent
	@python3 scripts/forget_addresses.py
	@uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header \
	  --extra dev pyproject.toml --output-file requirements-dev.lock

words: setup ## add what ro.po and en.po lack, list what they have in vain
	@PYTHONPATH=. $(BIN)/python -m scripts.words

clean: ## remove what set-up and runs have made (not the data folder)
	@rm -rf .venv .cache node_modules out
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
