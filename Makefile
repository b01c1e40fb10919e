# Lintas: everything a person types. Needs Python 3.11 or newer, make and git; nothing else.
#   make run     the site, on http://localhost:8000 or the next free port
#   make test    every test
#   make check   what to run before each commit
SHELL := /bin/bash
.DELETE_ON_ERROR:
.PHONY: run test check lint bench data translations lock venv clean help

BIN := .venv/bin
RUN_STAMP := .venv/.runtime-installed
TEST_STAMP := .venv/.tests-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
WORKERS ?= 3

help:
	@sed -n '1,5s/^# \{0,1\}//p' Makefile

run: $(RUN_STAMP)
	@exec $(BIN)/planner start

# The oldest supported Python that answers wins no prize: the first one in this list that works is taken.
.venv/bin/python:
	@set -e; found=; \
	for name in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	  if "$$name" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] <= (3, 14)))' >/dev/null 2>&1; then found="$$name"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "Lintas needs Python 3.11, 3.12, 3.13 or 3.14, and found none of them. Install one, or name it: make run PYTHON=/path/to/python3"; exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' >/dev/null 2>&1; then \
	  echo "$$found is there, but without its venv module. On Debian and Ubuntu: apt-get install python3-venv (or python3.11-venv for Python 3.11)."; exit 1; \
	fi; \
	echo "Making .venv with $$($$found --version)"; \
	rm -rf .venv; "$$found" -m venv .venv

$(RUN_STAMP): requirements.lock setup.cfg pyproject.toml | .venv/bin/python
	@echo "Installing what the site needs (about a minute the first time)"
	@$(PIP) install --require-hashes -r requirements.lock | grep -v "^Requirement already satisfied"; exit $${PIPESTATUS[0]}
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(TEST_STAMP): requirements-test.lock $(RUN_STAMP)
	@echo "Installing what the tests need"
	@$(PIP) install --require-hashes -r requirements-test.lock | grep -v "^Requirement already satisfied"; exit $${PIPESTATUS[0]}
	@touch $@

.venv venv: $(TEST_STAMP)

# Debian's Chromium for the browser tests; where it cannot be installed those tests say so and are skipped.
.PHONY: chromium
chromium:
	@if [ -x /usr/bin/chromium ] || [ -n "$$CHROMIUM" ]; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Debian's chromium for the browser tests"; \
	  (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium) >/tmp/lintas-chromium.log 2>&1 \
	    || { tail -3 /tmp/lintas-chromium.log; echo "chromium could not be installed: browser tests will be skipped"; }; \
	else echo "No /usr/bin/chromium and no way to install it here: browser tests will be skipped"; fi

# What judges the HTML of every page runs on the Node that came with the tests; without it that test is skipped.
HTML_STAMP := .venv/html/.installed
$(HTML_STAMP): tests/html/package.json tests/html/package-lock.json | $(TEST_STAMP)
	@echo "Installing what judges the HTML of every page"
	@if $(BIN)/python -m tests.html.judge >/tmp/lintas-html.log 2>&1; then touch $@; \
	else tail -3 /tmp/lintas-html.log; echo "html-validate could not be installed: the HTML of the pages will not be judged"; fi

test: $(TEST_STAMP) $(HTML_STAMP) chromium
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(TEST_STAMP)
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy

check: lint
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m "not slow and not browser" $(ARGS)

bench: $(TEST_STAMP)
	$(BIN)/python -m pytest tests/bench -q -s $(ARGS)

data: $(RUN_STAMP)
	$(BIN)/python -m planner.data.build

# Collects the words of code and templates for translators; the site compiles what they wrote by itself.
translations: $(RUN_STAMP)
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy_gettext -k _l --no-location --sort-output --project Lintas --version "" -o build/messages.pot .
	@for language in id; do \
	  $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-pot-creation-date -i build/messages.pot -d planner/translations -l $$language; \
	done

# For who changes a dependency: resolves setup.cfg anew for every supported Python. Needs uv.
UV ?= uv
LOCK := $(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 --no-emit-index-url --no-emit-find-links setup.cfg
lock:
	$(LOCK) --extra build --extra test -o requirements-test.lock
	$(LOCK) --extra build -c requirements-test.lock -o requirements.lock

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
