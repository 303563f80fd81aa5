# The named commands. `make run` opens a demo hall, `make test` runs everything; both install what they need first.
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8000

.PHONY: help setup run serve test lint bench clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(VENV)/.installed ## virtual environment, and espeak-ng and a CJK font where they may be installed
	@deploy/system-packages.sh espeak-ng fonts-noto-cjk

$(VENV)/.installed: pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@python3 -c 'import ensurepip' 2>/dev/null || deploy/system-packages.sh python3-venv
	python3 -m venv $(VENV)
	$(PY) -m pip install -q --disable-pip-version-check --upgrade pip
	$(PY) -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PY) -m pip install -q --disable-pip-version-check -e '.[test]'
	@touch $@

run: setup ## open the demo hall on port 8000 (PORT=...)
	$(VENV)/bin/queue-server demo --port $(PORT)

serve: setup ## run a real hall from ./data
	$(VENV)/bin/queue-server serve --data data --port $(PORT)

test: setup $(VENV)/.installed-test ## all tests, Chromium included
	@deploy/system-packages.sh chromium curl
	$(MAKE) lint
	$(PY) -m pytest -q --cov=queue_server/core --cov-branch --cov-report=term:skip-covered --cov-fail-under=99 --ignore=tests/e2e
	$(PY) -m pytest -q tests/e2e --e2e

lint: $(VENV)/.installed-test ## ruff and mypy
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

bench: setup $(VENV)/.installed-test ## measure against the floor program; prints one table
	$(PY) -m bench

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
