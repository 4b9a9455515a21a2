# Standclear: one command for each thing a newcomer wants. `make` alone lists them.
# Nothing happens in the build check (.ci/run) that a laptop cannot do with the same words.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := list
.DELETE_ON_ERROR:
MAKEFLAGS   += --no-print-directory --no-builtin-rules

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 $(BIN)/python -m pip

RUN    := $(BIN)/standclear demo --data var/demo
T      :=
A      :=
N      := 2
B      :=

CARGO  := $(shell command -v cargo 2>/dev/null)
CRATE  := $(wildcard engine/Cargo.toml)
CHECKED_PYTHON := $(wildcard src tests bench)

.PHONY: list setup run test lint fix engine bench vectors bare cover clean

list:  ## List the targets (this)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- set up ---------------------------------------------------------------------------------------

setup: $(VENV)/.set-up  ## Make .venv with every pinned dependency and this package, editable

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Standclear needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1)." >&2; \
	  echo "Name another with: make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
	  echo "'$(PYTHON) -m venv' failed; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

# Constraints apply to the build as well: what builds the package is already there, in its pinned version.
$(VENV)/.set-up: pyproject.toml constraints.txt | $(BIN)/python
	@echo "setting up $(VENV) (a minute or two the first time)"
	@$(PIP) install --quiet --constraint constraints.txt --upgrade pip
	@$(PIP) install --quiet --constraint constraints.txt hatchling editables
	@$(PIP) install --quiet --constraint constraints.txt --no-build-isolation --editable '.[server]' --group dev
	@$(PIP) check
	@touch $@

# --- see it ---------------------------------------------------------------------------------------

run: setup  ## Set up, start the service with the demo, keep serving at the printed address
	@$(RUN)

# --- check ----------------------------------------------------------------------------------------

test: setup engine  ## All tests; T=pure runs tests/pure, A='-k tie -x' goes to pytest, N=4 uses four workers
	@$(BIN)/python -m pytest -q -n $(N) $(if $(T),$(if $(wildcard tests/$(T)),tests/$(T),$(T)),tests) $(A)
ifeq ($(T)$(A),)
ifneq ($(and $(CARGO),$(CRATE)),)
	@[ ! -e $(VENV)/.engine ] || { cd engine && $(CARGO) test --quiet --locked --no-default-features; }
endif
	@$(MAKE) bare
endif

lint: setup  ## Lint, format check, types, import contracts, spelling (and clippy where cargo is)
	@$(BIN)/ruff check $(CHECKED_PYTHON)
	@$(BIN)/ruff format --check --quiet $(CHECKED_PYTHON) || { \
	  $(BIN)/ruff format --check $(CHECKED_PYTHON); echo "make fix repairs this" >&2; exit 1; }
	@$(BIN)/mypy --no-incremental
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell
ifneq ($(and $(CARGO),$(CRATE)),)
	@cd engine && { $(CARGO) clippy --version && $(CARGO) fetch --locked --quiet; } >/dev/null 2>&1 || { \
	  echo "lint: no clippy, or no crates, on this machine; the engine is not linted"; exit 0; }; \
	  $(CARGO) fmt --check && PYO3_PYTHON=$(CURDIR)/$(BIN)/python $(CARGO) clippy --quiet --locked --all-targets -- --deny warnings
endif

fix: setup  ## Repair what can be repaired: imports, format, simple lint
	@$(BIN)/ruff check --fix $(CHECKED_PYTHON)
	@$(BIN)/ruff format $(CHECKED_PYTHON)

cover: setup  ## Branch coverage of the pure bands by the pure tests
	@$(BIN)/python -m coverage run -m pytest -q tests/pure $(A)
	@$(BIN)/python -m coverage report

bare: setup  ## Build the wheel, install it without extras in a throw-away place, verify there
	@$(BIN)/python tests/bare_install.py

vectors: setup  ## Regenerate the golden vectors: they must not change
	@for script in tests/vectors/make_*.py; do \
	  [ -e "$$script" ] || { echo "no generator in tests/vectors"; exit 0; }; \
	  echo "$$script"; $(BIN)/python "$$script"; done
	@git diff --exit-code --stat -- tests/vectors
	@[ -z "$$(git ls-files --others --exclude-standard -- tests/vectors)" ] || { \
	  git ls-files --others --exclude-standard -- tests/vectors; echo "new vectors: commit them" >&2; exit 1; }

# --- build ----------------------------------------------------------------------------------------

# Without cargo, or without a crate, the Python predicate decides alone: slower, and the same answers.
engine:  ## Build the Rust engine into .venv (release), where cargo is
ifeq ($(CRATE),)
else ifeq ($(CARGO),)
	@echo "engine: no cargo on this machine; the Python predicate decides alone"
else
engine: setup $(VENV)/.engine

$(VENV)/.engine: $(shell find engine -name target -prune -o -type f -print 2>/dev/null) | $(VENV)/.set-up
	@$(CARGO) fetch --locked --quiet --manifest-path engine/Cargo.toml || { \
	  echo "engine: its crates cannot be fetched; the Python predicate decides alone"; exit 0; }; \
	  echo "building the engine (a minute or two)"; \
	  VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/maturin develop --quiet --release --locked \
	    --manifest-path engine/Cargo.toml; \
	  touch $@
endif

bench: setup engine  ## Measure; B=intake runs bench/intake.py alone
	@for script in $(if $(B),bench/$(B).py,bench/*.py); do \
	  [ -e "$$script" ] || { echo "nothing to measure in bench/"; exit 0; }; \
	  echo "== $$script"; $(BIN)/python "$$script"; done

clean:  ## Remove what was made (not .venv)
	@rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis htmlcov .coverage
