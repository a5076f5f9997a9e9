# Needs Python 3.11 or newer and a package index; everything else is fetched and pinned by hash.
PYTHON ?= python3
V := .venv/bin
# Commands are started many times: let them keep what they compiled.
unexport PYTHONDONTWRITEBYTECODE
READY := .venv/ready

.PHONY: help demo test test-deps bench accuracy lock migration clean

help: ## What there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "$(PYTHON) is older than 3.11: run make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	$(V)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	$(V)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index \
	  --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## The whole story in a temporary home: several firms, noise, one leak
	$(V)/canary demo

test: $(READY) ## Every gate and every test, on both databases
	$(V)/ruff format --check
	$(V)/ruff check
	$(V)/mypy
	$(V)/lint-imports
	$(V)/codespell
	$(V)/deptry .
	$(V)/pytest --cov --cov-report=term
	@echo "All gates passed: format, lint, types, imports, spelling, dependencies, tests."

test-deps: ## Programs that some tests need: PostgreSQL, Chromium, wrk, a compiler
	@.ci/test-deps

bench: $(READY) ## Throughput and latency against the floor
	$(V)/python -m bench.contacts

accuracy: $(READY) ## Attribution against worlds whose truth is known
	$(V)/python -m bench.accuracy

lock: $(READY) ## Pin every dependency by hash, for Python 3.11 and newer
	$(V)/uv pip compile pyproject.toml --no-config --quiet --all-extras --generate-hashes \
	  --no-emit-index-url --python-version 3.11 --universal $(if $(upgrade),--upgrade) \
	  --custom-compile-command "make lock" --output-file requirements.txt

migration: $(READY) ## Draft a revision from tables.py: make migration m="why"
	@test -n "$(m)" || { echo 'Say what it is for: make migration m="why"'; exit 1; }
	$(V)/python -m canary.schema "$(m)"
	$(V)/ruff format --quiet canary/migrations/versions
	$(V)/ruff check --quiet --fix canary/migrations/versions
	$(V)/ruff format --quiet canary/migrations/versions

clean: ## Everything that was made
	rm -rf .venv .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
