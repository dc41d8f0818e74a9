# Every command of the project. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := profiles scheduler functions streams k8s
.DEFAULT_GOAL := help
.PHONY: help setup demo up test coverage lint types contracts docs wheel check bench chaos k8s-tools evaluate evaluate-full lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

setup: $(VENV)/.installed ## Install everything the project needs into .venv

$(VENV)/.installed: requirements/dev.lock requirements/bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"Python 3.11 to 3.13 is needed, found {v[0]}.{v[1]}; try: make PYTHON=python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bootstrap.lock
	@echo "installing the locked dependencies (about 1.1 GB on disk) ..."
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --allow-empty-requirements --require-hashes requirements/dev.lock requirements/bootstrap.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-build-isolation --no-deps -e .
	@echo "compiling the scheduler (half a minute) ..."
	@$(BIN)/python -c 'from scheduler.warming import warm; warm("synergai")'
	@touch $@

demo: setup ## Replay a minute of real traffic on three architectures (under 3 minutes)
	@$(BIN)/synergai demo $(DEMO_ARGS)

up: setup ## Run the local stack of examples/stack.yaml until Ctrl-C
	@$(BIN)/synergai up -f examples/stack.yaml

test: setup ## Run all tests; with Go also those on a real Kubernetes (ten minutes more the first time)
	@$(if $(PYTEST_ARGS),,$(BIN)/python -m tests.k8s.bed.build --where-possible)
	@$(BIN)/pytest $(PYTEST_ARGS)

coverage: setup ## Run all tests and report what they reach
	@$(BIN)/pytest --cov --cov-report=term $(PYTEST_ARGS)
	@rm -f .coverage.*

lint: setup ## Check style and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: setup ## Check types
	@$(BIN)/mypy

contracts: setup ## Check that imports go one way
	@$(BIN)/lint-imports --no-logo

docs: setup ## Write the generated documents anew (events, settings)
	@$(BIN)/python -m streams.documents docs

wheel: setup ## Build the wheel into dist/
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python

check: lint types contracts test ## Everything that must hold before a commit

bench: setup ## Measure speed as ratios; results go to bench/results/
	@$(BIN)/python -m bench

chaos: setup ## Play a seeded campaign of 300 faults under load (half an hour); the report goes to docs/reliability/
	@$(BIN)/python -m streams.chaos --report docs/reliability $(CHAOS_ARGS)

k8s-tools: setup ## Build what tests/k8s runs: etcd, Kubernetes, Knative (once, about 10 minutes on 2 cores; needs Go)
	@$(BIN)/python -m tests.k8s.bed.build

evaluate: setup ## Compare the policies on a short grid (minutes); the report goes to docs/evaluation/
	@$(BIN)/python -m bench.evaluation $(EVALUATE_ARGS)

evaluate-full: setup ## The same on the whole grid (hours; goes on where it was stopped)
	@$(BIN)/python -m bench.evaluation --full $(EVALUATE_ARGS)

lock: setup ## Resolve the dependencies anew
	@$(BIN)/uv pip compile pyproject.toml --quiet --extra local --extra k8s --group dev --universal --generate-hashes --no-emit-index-url --no-header -o requirements/dev.lock

clean: ## Remove what was built here
	@rm -rf $(VENV) build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .coverage*
