# The portal's commands. `make run` and `make test` are all one needs; `make help` lists the rest.
# Paths are relative on purpose: the folder may have a space in its name.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

PYTHON ?= python3
PORT ?= 8000
# More words for pytest, e.g. make test ARGS="-k ranking"
ARGS ?=
# Test processes: one per core, four at most. JOBS=0 runs all in one, for a debugger.
JOBS ?= auto

BIN := .venv/bin/python
MANAGE := $(BIN) manage.py
# The types of these are checked strictly (pyproject.toml, [tool.mypy]).
TYPED := -p indicators.domain -m indicators.spec -p evaluations.scoring -p evaluations.checks \
	-p evaluations.files -p evaluations.domain -m kla_portal.indonesian
# Checks look at no data: a database in memory serves them.
CHECKED := KLA_MODE=test DATABASE_URL=sqlite://:memory: $(MANAGE)

.PHONY: help run test setup dev demo check lock python bench \
	check-lint check-format check-types check-imports check-migrations check-templates

help:
	@echo "make run     set up, load the demo and serve it on http://127.0.0.1:$(PORT) (PORT=9000 for another port)"
	@echo "make test    set up and run the tests (ARGS=\"-k ranking\" for some of them)"
	@echo "make setup   only the environment: .venv, .env, static files"
	@echo "make demo    throw the demo's data away and build it anew"
	@echo "make check   linters, types, import contracts, missing migrations, templates"
	@echo "make bench   measure, and write docs/benchmark.md (BENCH=quick for the short way)"
	@echo "make lock    pin the dependencies of pyproject.toml again"

python:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
		echo "$(PYTHON) was not found. Install Python 3.11 or newer (apt install python3 python3-venv)," >&2; \
		echo "or name one: make $(firstword $(MAKECMDGOALS)) PYTHON=python3.12" >&2; exit 1; }

setup: python
	@"$(PYTHON)" .ci/setup.py run

dev: setup
	@"$(PYTHON)" .ci/setup.py dev

run: python
	@"$(PYTHON)" .ci/setup.py port "$(PORT)"
	@"$(PYTHON)" .ci/setup.py run
	@$(BIN) .ci/demo.py build
	@echo
	@echo "Portal KLA: http://127.0.0.1:$(PORT)  (Ctrl+C stops it; the data stay)"
	@grep -qs '^ *PORTAL_URL=' .env || export PORTAL_URL="$${PORTAL_URL:-http://127.0.0.1:$(PORT)}"; \
		exec $(BIN) -m gunicorn kla_portal.wsgi --bind "127.0.0.1:$(PORT)" \
		--workers 1 --worker-class gthread --threads 4 --no-control-socket --log-level warning

demo: setup
	@$(BIN) .ci/demo.py rebuild

# What Python compiled is kept, whatever the host says: the suite starts it some hundred times.
test: dev
	@PYTHONDONTWRITEBYTECODE= $(BIN) -m pytest --numprocesses $(JOBS) --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

# Up to 25 minutes on a machine with nothing else to do; BENCH=quick for six. Writes docs/benchmark.md.
BENCH ?=
bench: dev
	@POSTGRES_DURABLE=1 .ci/with-postgres $(BIN) -m tests.bench $(BENCH)

# All of them, also after one that fails: a reader wants the whole list.
check: dev
	@$(MAKE) --no-print-directory --keep-going \
		check-lint check-format check-types check-imports check-migrations check-templates
	@echo "make check: nothing to mend."

check-lint:
	$(BIN) -m ruff check .

check-format:
	$(BIN) -m ruff format --check .

check-types:
	$(BIN) -m mypy --no-fast-exit $(TYPED)

check-imports:
	.venv/bin/lint-imports

check-migrations:
	$(CHECKED) check --fail-level WARNING
	$(CHECKED) makemigrations --check --dry-run

check-templates:
	$(BIN) -m djlint --lint --quiet templates

# Needs uv (https://docs.astral.sh/uv/). The locks name no download address.
UV ?= uv
COMPILE := $(UV) pip compile -q pyproject.toml --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
lock:
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra s3 --extra signing -o requirements-extras.lock
	$(COMPILE) --extra s3 --extra signing --extra dev -o requirements-dev.lock
