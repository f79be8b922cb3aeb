# Two commands: `make run` starts everything on this machine, `make test` proves that it works.
# `make lock` refreshes the pinned, hashed dependencies.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test lock check clean

run: $(VENV)/run.stamp
	@$(BIN)/gateway run

test: $(VENV)/test.stamp check
	$(BIN)/pytest

check: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/gateway policies check

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/test.stamp: requirements-test.lock $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-test.lock
	touch $@

lock: | $(BIN)/python
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --upgrade --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra test --constraint requirements.lock --universal --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --custom-compile-command "make lock" --output-file requirements-test.lock

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache
