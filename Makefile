# Everything runs in .venv, which is made and kept up to date by itself. Choose an interpreter with PYTHON=…
BIN := .venv/bin
CODE := $(wildcard src tests benchmarks scripts/docs)
TESTS ?=
ARGS ?=
# One worker for each core, up to four, and whole files to each: a worker may start a database server of its own,
# and thousands of small tests cost more to hand out one by one than to run.
JOBS ?= auto

.PHONY: help venv demo test check format bench docs clean

help:
	@echo 'make demo    try Wordferry against the sandbox, offline'
	@echo 'make test    run the tests (TESTS=tests/ledger for some of them, ARGS for more options of pytest)'
	@echo 'make check   everything that reads the code without running it'
	@echo 'make format  put the code into the form that check asks for'
	@echo 'make bench   measure what the README claims'
	@echo 'make docs    write the generated pages again (CHECK=1 only looks)'
	@echo 'make clean   remove what the others made'

venv:
	@sh scripts/venv

demo: venv
	@$(BIN)/wordferry demo $(ARGS)

test: venv
	@sh scripts/postgres
	@sh scripts/chromium
	@sh scripts/node
	@$(BIN)/python -m pytest -n $(JOBS) --maxprocesses 4 --dist loadfile $(TESTS) $(ARGS)

check: venv
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy $(CODE)
	@$(BIN)/lint-imports --no-logo
	@$(MAKE) --no-print-directory docs CHECK=1

format: venv
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: venv
	@$(BIN)/python -m benchmarks $(ARGS)

docs: venv
	@if [ -d scripts/docs ]; then $(BIN)/python -m scripts.docs $(if $(CHECK),--check); fi

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist docs/_build
	find src tests benchmarks scripts -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
