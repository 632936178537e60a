# Everything a person or a machine needs: `make run`, `make test`. The rest are parts of these.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
# A registry that does not answer is asked again; as variables they also reach the pip that builds us.
export PIP_RETRIES ?= 10
export PIP_DEFAULT_TIMEOUT ?= 60
# $(call persist,COMMAND): up to three times, for what retrying within pip does not mend (a download cut off half-way).
persist = for pause in 5 20 0; do $(1) && exit 0; sleep $$pause; done; exit 1
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: setup run test test-postgresql test-setup check eval bench clean
.DEFAULT_GOAL := run

# `setup` is done again when the dependencies change.
$(VENV)/.installed: setup.cfg pyproject.toml
	$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else "Yaodian needs Python 3.11 to 3.13, this is %d.%d; choose one with: make PYTHON=python3.12" % v)'
	$(PYTHON) -m venv $(VENV)
	$(call persist,$(INSTALL) -e .)
	touch $@

setup: $(VENV)/.installed

run: setup
	$(BIN)/yaodian index seeds || echo "Some documents could not be read (named above); the others are served." >&2
	$(BIN)/yaodian serve --host $(HOST) --port $(PORT)

$(VENV)/.installed-test: $(VENV)/.installed
	$(call persist,$(INSTALL) -e '.[test]')
	touch $@

test-setup: $(VENV)/.installed-test
	sh tests/install-browser.sh $(BIN)

check: test-setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: test-setup check
	$(BIN)/python -m pytest indexer search_app tests

# The same tests of the database on PostgreSQL: a server of their own, which must be installed.
test-postgresql: $(VENV)/.installed-test
	sh tests/with-postgresql.sh $(BIN)/python -m pytest tests/test_database*.py tests/test_collection*.py tests/test_feeds.py

eval: setup
	$(BIN)/python -m benchmarks.relevance

$(VENV)/.installed-bench: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[bench]'
	touch $@

bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks.bench $(BENCH)

clean:
	rm -rf $(VENV) build dist *.egg-info benchmarks/.cache
