# Two commands are all that anybody needs: make up, make test. Everything else is a part of one of them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# pip and uv read registries as they are set up on this machine; locks name packages and hashes, never hosts.
UV := .venv-uv/bin/uv --system-certs --no-progress
PY := .venv/bin/python
LOCKS := uv dev doubles oracles bench mutation

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- the two commands
.PHONY: up
up: setup ## set everything up and start Counterseal on this machine (ARGS="--demo" plays the invented story)
	@echo 'The command counterseal is in .venv/bin: export PATH="$$PWD/.venv/bin:$$PATH" lets you type it anywhere.'
	@.venv/bin/counterseal up $(ARGS)

.PHONY: test
test: setup-tests check ## set up everything that tests need, and pass all of them
	.venv/bin/pytest -n 2 --dist loadfile --cov --cov-report= $(ARGS)
	$(PY) -m tools.coverage_gates

# ---------------------------------------------------------------- parts of them
.PHONY: setup
setup: .venv/.ready ## make the main environment from its lock

.PHONY: setup-tests
setup-tests: .venv/.ready .venv-doubles/.ready .venv-oracles/.ready ## make the environments of the tests, and their Debian packages
	@tools/debian-packages chromium:chromium openjdk-17-jdk-headless:javac

.PHONY: check
check: setup ## format, lint, types and floors; no test is run
	.venv/bin/ruff format --check --quiet .
	.venv/bin/ruff check --quiet .
	.venv/bin/mypy src tests tools bench
	.venv/bin/lint-imports --no-logo

.PHONY: format
format: setup ## format the code
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

.PHONY: unit
unit: setup ## the tests that need no server: seconds
	.venv/bin/pytest tests/unit tests/architecture $(ARGS)

.PHONY: golden
golden: setup ## write the files that are generated from the code
	PYTHONPATH=. $(PY) -m tools.golden

.PHONY: bench
bench: setup .venv-oracles/.ready .venv-bench/.ready ## measure beside the peers, in one run, and print the ratios
	PYTHONPATH=. $(PY) -m bench $(ARGS)

.PHONY: mutation
mutation: setup .venv-mutation/.ready ## change the code that judges, line by line, and count how many changes the tests notice
	PYTHONPATH=. .venv-mutation/bin/python -m tools.mutation $(ARGS)

.PHONY: lock
lock: .venv-uv/.ready ## write the locks anew from requirements/*.in
	for name in $(LOCKS); do \
	  $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    requirements/$$name.in -o requirements/$$name.txt; done

.PHONY: clean
clean: ## remove environments and caches
	rm -rf .venv .venv-uv .venv-doubles .venv-oracles .venv-bench .venv-mutation mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*

# ---------------------------------------------------------------- environments
.venv-uv/.ready: requirements/uv.txt
	@tools/debian-packages python3-venv:@ensurepip
	python3 -m venv .venv-uv
	.venv-uv/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/uv.txt
	@touch $@

define environment
	test -x $(@D)/bin/python || python3 -m venv --without-pip $(@D)
	$(UV) pip sync --quiet --require-hashes --python $(@D)/bin/python $<
endef

.venv/.ready: requirements/dev.txt pyproject.toml .venv-uv/.ready
	$(environment)
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(PY) --editable .
	@touch $@

.venv-doubles/.ready: requirements/doubles.txt .venv-uv/.ready
	$(environment)
	@touch $@

.venv-oracles/.ready: requirements/oracles.txt .venv-uv/.ready
	$(environment)
	@touch $@

.venv-bench/.ready: requirements/bench.txt .venv-uv/.ready
	$(environment)
	@touch $@

.venv-mutation/.ready: requirements/mutation.txt pyproject.toml .venv-uv/.ready
	$(environment)
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(@D)/bin/python --editable .
	@touch $@
