# Everything a newcomer needs is here: `make demo` and `make test` do all set-up.
SHELL := /bin/bash
PYTHON ?= python3
SCALE ?= 1
VENV := .venv
BIN := $(VENV)/bin
POSTGRES := $(BIN)/python -m tests.support.postgres run --
BOTH := tests/store tests/service tests/faults
PARTS := tests/service tests/faults tests/entry tests/journeys
CHECKED := tests/architecture

PAGES := src/assay/entry/web/static/built/manifest.json
SERVE ?= 1

# A command that may not keep its bytecode compiles everything anew at each start, and the tests start hundreds.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo test test-core test-service test-journeys test-postgres check slow slow-sqlite slow-postgres bench lock inventory

# Locked and hashed; repeated only when a lock or the project file changed.
install: $(VENV)/.installed $(PAGES)
$(VENV)/.installed: requirements-dev.lock requirements-uv.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements-dev.lock requirements-uv.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

# The pages' tools and their build, which need Node 20 or later.
ui/node_modules/.installed: ui/package.json ui/package-lock.json
	@command -v npm >/dev/null || { echo "Assay's pages are built with Node 20 or later (npm); it was not found."; exit 1; }
	cd ui && npm ci --no-audit --no-fund --loglevel=error
	touch $@
$(PAGES): ui/node_modules/.installed $(shell find ui/src ui/plugins ui/vite.config.mjs ui/icons.txt ui/tsconfig.json -type f 2>/dev/null)
	cd ui && npm run --silent build
	touch $@

# The main job with simulated people, from an intake to a verified certificate: on handwritten digits, or on
# another example (make demo EXAMPLE=shelves; assay demo --list names them). It ends by serving the portal with a
# login for each role; SERVE=0 ends after the job.
demo: install
	$(BIN)/assay demo $(if $(EXAMPLE),--example $(EXAMPLE)) $(if $(filter-out 0,$(SERVE)),--serve)

# Everything on SQLite, in a browser too, and what touches rows once more on PostgreSQL: four parts, two at a time, longest first.
# Structure and documents are tested by `make check`.
test: install
	$(MAKE) --no-print-directory -j2 -k -Otarget test-service test-journeys test-postgres test-core

test-core: install
	$(BIN)/python -m pytest -m "not slow" $(PARTS:%=--ignore %) $(CHECKED:%=--ignore %)
test-service: install
	$(BIN)/python -m pytest -m "not slow" $(filter-out tests/journeys,$(PARTS))
test-journeys: install
	$(BIN)/python -m pytest -m "not slow" tests/journeys
test-postgres: install
	$(POSTGRES) $(BIN)/python -m pytest -m "database and not slow and not one_database" $(BOTH)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest $(CHECKED)
	cd ui && npm run --silent lint && npm run --silent types && npm run --silent test

# The full counts, on both databases beside each other; SCALE=0.1 runs a tenth of them.
slow: install
	$(MAKE) --no-print-directory -j2 -k -Otarget slow-sqlite slow-postgres
slow-sqlite: install
	SCALE=$(SCALE) $(BIN)/python -m pytest -m slow --timeout 36000
slow-postgres: install
	SCALE=$(SCALE) $(POSTGRES) $(BIN)/python -m pytest -m "slow and not one_database" --timeout 36000 tests/service tests/faults

bench: install
	$(BIN)/python -m bench.run

lock:
	$(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url pyproject.toml -o requirements.lock --custom-compile-command "make lock"
	$(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock --custom-compile-command "make lock"
	echo "uv>=0.9" | $(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url - -o requirements-uv.lock --custom-compile-command "make lock"

# What is shipped with each build: every package that runs with Assay, and its licence. Run it after `make lock`.
inventory: install
	$(BIN)/python -m tools.inventory
