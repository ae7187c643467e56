# The only list of commands. `make demo` and `make test` need Python 3.11 or newer and nothing else.
PYTHON ?= $(shell for v in 3.14 3.13 3.12 3.11; do if python$$v -c 'import ensurepip, venv' >/dev/null 2>&1; then echo python$$v; exit; fi; done; \
	if python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo python3; fi)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary=:all: --no-binary=geometric --constraint constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench notebook clean

help:
	@echo "make demo      run the three workloads on small settings and print the report's address"
	@echo "make test      run the tests"
	@echo "make lint      style, types and import layers"
	@echo "make bench     the runtime against its peers, as ratios"
	@echo "make notebook  rebuild the notebooks from their sources, with outputs"
	@echo "make clean     remove the environment"

.venv/installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Kaname needs Python 3.11 to 3.14, found none: install one, or say where it is with 'make PYTHON=/path/to/python'."; exit 1; }
	@test -x $(BIN)/python || { echo "Creating .venv with $(PYTHON)"; $(PYTHON) -m venv .venv; }
	@echo "Installing Kaname into .venv (a minute or two on the first run)"
	@$(PIP) --editable .
	@touch $@

.venv/installed-dev: .venv/installed
	@echo "Installing the developers' tools into .venv"
	@$(PIP) --editable '.[dev,notebook]'
	@touch $@

.venv/installed-bench: .venv/installed
	@echo "Installing the peers of the bench into .venv"
	@$(PIP) --editable '.[bench]'
	@touch $@

demo: .venv/installed
	@$(BIN)/kaname run nitrogen_bond stock_selection parts_delivery --quick --output runs/demo

# Two processes with one thread each in PySCF and BLAS; the simulator's own kernels keep theirs.
test: .venv/installed-dev
	OMP_NUM_THREADS=1 $(BIN)/pytest --numprocesses 2 --dist loadfile

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/installed-bench
	$(BIN)/kaname bench

notebook: .venv/installed-dev
	$(BIN)/jupytext --to ipynb workloads/notebooks/*.py
	$(BIN)/jupyter execute --inplace workloads/notebooks/*.ipynb

clean:
	rm -rf .venv
