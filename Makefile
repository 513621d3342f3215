# Everything a newcomer needs is here: `make demo` and `make test` do all set-up.
SHELL := /bin/bash
PYTHON ?= python3
SCALE ?= 1
VENV := .venv
BIN := $(VENV)/bin
POSTGRES := $(BIN)/python -m tests.support.postgres run --
BOTH := tests/store tests/service tests/faults

.PHONY: install demo test check slow bench lock

# Locked and hashed; repeated only when a lock or the project file changed.
install: $(VENV)/.installed
$(VENV)/.installed: requirements-dev.lock requirements-uv.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements-dev.lock requirements-uv.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	touch $@

# The main job with simulated people, from an intake to a verified certificate: on handwritten digits, or on
# another example (make demo EXAMPLE=shelves; assay demo --list names them).
demo: install
	$(BIN)/assay demo $(if $(EXAMPLE),--example $(EXAMPLE))

# Everything on SQLite, then what touches rows once more on PostgreSQL.
test: install
	$(BIN)/python -m pytest -m "not slow"
	$(POSTGRES) $(BIN)/python -m pytest -m "database and not slow and not one_database" $(BOTH)

check: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest tests/architecture

# The full counts; SCALE=0.1 runs a tenth of them.
slow: install
	SCALE=$(SCALE) $(BIN)/python -m pytest -m slow --timeout 36000
	SCALE=$(SCALE) $(POSTGRES) $(BIN)/python -m pytest -m slow --timeout 36000 tests/service tests/faults

bench: install
	$(BIN)/python -m bench.run

lock:
	$(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url pyproject.toml -o requirements.lock --custom-compile-command "make lock"
	$(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock --custom-compile-command "make lock"
	echo "uv>=0.9" | $(BIN)/uv pip compile -q --generate-hashes --python-version 3.11 --no-emit-index-url - -o requirements-uv.lock --custom-compile-command "make lock"
